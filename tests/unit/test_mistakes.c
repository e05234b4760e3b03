/* Every planted mistake: it changes numbers, it is still explained, the gradient check finds those
 * of the way back. */
#include "support.h"

#include "gpt_facts.h"
#include "outside.h"
#include "tiny_model/gradcheck.h"

#include <math.h>
#include <string.h>

static const double BITES = 1e-6;

/* Mistakes that do not fit the first training step of their preset, or change nothing there. */
typedef struct {
    const char *id, *model;
    int step;
} Place;

static const Place ELSEWHERE[] = {
    {"embedding.position_by_token", "golden/reference/m04", 0}, /* a context as long as the vocabulary */
    {"projection.transposed", "golden/reference/m10", 0},       /* a square W_Q: one head */
    {"head.untied", "golden/reference/m01", 0},                 /* a tied head */
    {"flow.gain_without_one", "dit", 0},
    {"flow.gate_missing", "dit", 0},
    {"flow.scale_from_sum", "dit", 0},
    {"flow.unpatchify_transposed", "dit", 0},
    {"tiles.sum_not_rescaled", "flash", 0},
    {"tiles.output_not_rescaled", "flash", 0},
    {"tiles.max_of_the_tile", "flash", 0},
    {"tiles.D_forgotten", "flash", 0},
    {"tiles.gradient_not_scaled", "flash", 0},
    {"experts.one_renormalised", "moe", 0},
    {"experts.gate_raw", "moe", 0},
    {"experts.balance_of_the_chosen", "moe", 0},
    {"experts.gate_forgotten", "moe", 0},
    {"experts.dropped_zeroed", "moe", 0},
    {"experts.row_sum_dropped", "moe", 0},
    {"word2vec.sum_for_mean", "tutorial/exercises/word-pairs.json", 0},
    {"word2vec.whole_gradient", "tutorial/exercises/word-pairs.json", 0},
    {"contrastive.same_are_wrong", "tutorial/exercises/belonging.json", 0},
    {"batch.mean_of_means", "tutorial/exercises/two-texts.json", 0},
    {"batch.by_texts", "tutorial/exercises/two-texts.json", 0},
    {"dropout.not_divided", "tutorial/exercises/dropout.json", 0},
    {"dropout.divided_by_p", "tutorial/exercises/dropout.json", 0},
    {"dropout.gradient_not_masked", "tutorial/exercises/dropout.json", 0},
    {"classify.reads_padding", "tutorial/exercises/padded.json", 0},
    {"user.padding_read", "tutorial/exercises/padded-history.json", 0},
    {"table.spread_leaked", "tutorial/exercises/judged.json", 0},
    {"area.ties_lost", "tutorial/exercises/judged.json", 0},
    {"area.ties_won", "tutorial/exercises/judged.json", 0},
    {"prompt.counts", "tutorial/exercises/adapters.json", 0},
    {"prompt.not_shifted", "tutorial/exercises/adapters.json", 0},
    {"adapter.scale_forgotten", "tutorial/exercises/adapters.json", 0},
    {"adapter.gradient_not_scaled", "tutorial/exercises/adapters.json", 0},
    {"adapter.not_by_rank", "tutorial/exercises/adapters.json", 0},
    {"words.padding_seen", "prompt", 0},
    {"words.only_values", "prompt", 0},
    {"words.only_keys", "prompt", 0},
    {"captions.padding_averaged", "tutorial/exercises/captioned.json", 0},
    {"captions.padding_seen", "tutorial/exercises/captioned.json", 0},
    {"memory.causal", "tutorial/exercises/padded-source.json", 0},
    {"memory.padding_forgotten", "tutorial/exercises/padded-source.json", 0},
    {"adam.time_stays_one", "tiny", 1},
    {"adam.moments_reset", "tiny", 1},
    {"adam.betas_swapped", "tiny", 1},
    {"adam.gradients_not_zeroed", "tiny", 1},
    {"average.turned", "tutorial/exercises/average.json", 1},
    {"average.no_warm_up", "tutorial/exercises/average.json", 1},
    {"average.too_early", "tutorial/exercises/average.json", 1},
};

/* Nothing is trained on what such a mistake changes. */
static bool looks_inside(const Mistake *mistake)
{
    return strncmp(mistake->id, "inside.", 7) == 0;
}

/* The run in which the mistake shows, with it or without. */
static void open_with(Session *session, const Mistake *mistake, bool planted)
{
    Place place = {.model = preset_for(mistake)};
    for (size_t i = 0; i < sizeof ELSEWHERE / sizeof *ELSEWHERE; i++)
        if (strcmp(ELSEWHERE[i].id, mistake->id) == 0)
            place = ELSEWHERE[i];
    if (strcmp(mistake->id, "merges.overlapping") == 0) { /* the same letter several times in a row */
        Error error = {0};
        RunOptions runs = {.model = "bpe", .text = "aaab aaab aaaab aba bb ab", .mistake = planted ? mistake->id : NULL};
        EXPECT(session_open(session, &runs, &error), "%s", error.text);
        return;
    }
    if (looks_inside(mistake))
        place.model = "tutorial/exercises/inside.json";
    open_model(session, place.model, planted ? mistake->id : NULL, place.step);
}

/* Only the gradients are wrong, the loss is that of the model. */
static bool is_of_the_way_back(const Mistake *mistake)
{
    for (int i = 0; i < mistake->edit_count; i++)
        if (mistake->edits[i].kind == EDIT_OPTION || mistake->edits[i].phase != PHASE_BACKWARD)
            return false;
    return true;
}

/* What training is about: the loss, gradients of parameters, parameters after the step; without a loss, and where the
 * model is looked into, everything that is computed. */
static bool is_outcome(const Session *session, bool everything, int id)
{
    const Tape *tape = &session->run.tape;
    if (everything)
        return tape_value(tape, id)->kind == KIND_ACTIVATION;
    const Name *name = &tape->values[id].name;
    if (name->base < 0)
        return strcmp(name->local, "loss") == 0 && *name->scope == '\0';
    bool of_parameter = tape_value(tape, name->base)->kind == KIND_PARAMETER;
    bool is_it = strcmp(name->local, "grad") == 0 || strcmp(name->local, "next") == 0 || strcmp(name->local, "average") == 0;
    return of_parameter && name->from < 0 && is_it;
}

/* The largest difference between outcomes of two runs of one model. */
static double largest_difference(const Session *truth, const Session *wrong, const Mistake *mistake)
{
    bool beside = strcmp(mistake->id, "flow.sampler_sign") == 0 || strncmp(mistake->id, "area.", 5) == 0 ||
                  strncmp(mistake->id, "table.", 6) == 0; /* the loss */
    bool everything = truth->model.system->without_loss || looks_inside(mistake) || beside;
    double most = 0;
    int compared = 0, trained = 0;
    for (int id = 0; id < truth->names.count; id++) {
        if (!is_outcome(truth, everything, id))
            continue;
        const Value *a = tape_value(&truth->run.tape, id);
        const Value *b = tape_value(&wrong->run.tape, value_called(wrong, name_of(&truth->names, id)));
        if ((truth->model.system->without_loss || beside) && (a->rows != b->rows || a->cols != b->cols))
            return INFINITY; /* another tokenizer has other words, other rows are counted */
        EXPECT(a->rows == b->rows && a->cols == b->cols, "%s has another shape", name_of(&truth->names, id));
        compared++;
        for (size_t i = 0; i < cells_of(a); i++)
            if (!(fabs(a->data[i] - b->data[i]) <= most))
                most = fabs(a->data[i] - b->data[i]);
    }
    for (int p = 0; p < truth->run.parameters.count; p++)
        trained += !truth->run.parameters.list[p].frozen;
    EXPECT(compared > 2 * trained && compared > 0, "%d values were compared", compared);
    return most;
}

static int touched_steps(const Session *session, const Mistake *mistake)
{
    int count = 0;
    for (int step = 0; step < session->run.tape.step_count; step++)
        count += mistake_touches(&session->run.tape, mistake, step);
    return count;
}

static void it_bites(void **state)
{
    const Mistake *mistake = *state;
    Session truth, wrong;
    open_with(&truth, mistake, false);
    open_with(&wrong, mistake, true);
    if (mistake_option(mistake) == NULL)
        EXPECT(wrong.run.tape.mistake_hits > 0 && touched_steps(&wrong, mistake) > 0, "no step was changed");
    EXPECT(truth.run.tape.mistake_hits == 0 && touched_steps(&truth, NULL) == 0, "the truth was changed");
    double difference = largest_difference(&truth, &wrong, mistake);
    EXPECT(!(difference <= BITES), "the largest difference is %g", difference);
    expect_all_explained(&wrong.run.tape);
    session_close(&truth);
    session_close(&wrong);
}

static int first_touched(const Tape *tape, const Mistake *mistake)
{
    int step = 0;
    while (step < tape->step_count && !mistake_touches(tape, mistake, step))
        step++;
    return step;
}

static bool same_step(const Session *a, const Session *b, int step)
{
    const Step *one = &a->run.tape.steps[step], *other = &b->run.tape.steps[step];
    const Value *x = step_output(&a->run.tape, one), *y = step_output(&b->run.tape, other);
    return one->primitive == other->primitive && strcmp(one->label, other->label) == 0 && x->rows == y->rows &&
           x->cols == y->cols && memcmp(x->data, y->data, cells_of(x) * sizeof *x->data) == 0;
}

/* A mistake leaves everything in front of it alone; what it records of its own stands in the frame
 * of the step that it changes. */
static void what_comes_before_stays(void **state)
{
    const Mistake *mistake = *state;
    Session truth, wrong;
    open_with(&truth, mistake, false);
    open_with(&wrong, mistake, true);
    const Tape *tape = &wrong.run.tape;
    int touched = first_touched(tape, mistake), same = 0;
    EXPECT(touched < tape->step_count, "no step is touched");
    while (same < touched && same_step(&truth, &wrong, same))
        same++;
    EXPECT(same == touched || tape->steps[same].frame == tape->steps[touched].frame,
           "step %d differs though the mistake comes later", same);
    session_close(&truth);
    session_close(&wrong);
}

static bool gradients_are_true(Session *session)
{
    Run scratch;
    Error error = {0};
    EXPECT(run_clone(&scratch, &session->run, &error), "%s", error.text);
    bool all = true;
    for (int p = 0; p < session->run.parameters.count; p++) {
        Gradcheck result;
        if (tape_value(&session->run.tape, p)->gradient < 0) {
            all = false;
            continue;
        }
        EXPECT(gradcheck_value(&session->run, &scratch, p, EVERY, EVERY, &result, &error), "%s", error.text);
        all = all && result.ok;
    }
    run_free(&scratch);
    return all;
}

static bool listed(const char *const *list, const char *id)
{
    for (; *list; list++)
        if (strcmp(*list, id) == 0)
            return true;
    return false;
}

static void the_gradient_check_finds_it(void **state)
{
    const Mistake *mistake = *state;
    Session wrong;
    open_with(&wrong, mistake, true);
    EXPECT(!gradients_are_true(&wrong), "the gradient check passes");
    session_close(&wrong);
}

/* The published error: exactly the gradients that go through W_O are wrong. */
static void published_error(void **state)
{
    (void)state;
    static const char *const wrong_ones[] = {
        "token_embedding", "position_embedding", "block0.attention.head0.W_Q", "block0.attention.head0.W_K",
        "block0.attention.head0.W_V", "block0.attention.head1.W_Q", "block0.attention.head1.W_K",
        "block0.attention.head1.W_V", NULL};
    Session truth, wrong;
    open_model(&truth, "by-hand", NULL, 0);
    open_model(&wrong, "by-hand", "output_projection.not_transposed", 0);
    int changed = 0;
    for (int p = 0; p < truth.run.parameters.count; p++) {
        const char *name = name_of(&truth.names, p);
        const Value *a = tape_value(&truth.run.tape, tape_value(&truth.run.tape, p)->gradient);
        const Value *b = tape_value(&wrong.run.tape, tape_value(&wrong.run.tape, p)->gradient);
        bool same = memcmp(a->data, b->data, cells_of(a) * sizeof *a->data) == 0;
        EXPECT(same == !listed(wrong_ones, name), "%s.grad is %s", name, same ? "the same" : "another");
        changed += !same;
    }
    EXPECT(changed == 8, "%d gradients changed", changed);
    EXPECT(same_bits(run_loss(&truth.run), run_loss(&wrong.run)), "the loss changed");
    session_close(&truth);
    session_close(&wrong);
}

/* A model without the step that the mistake means, or with shapes that it does not fit. */
static void refused_where_it_does_not_fit(void **state)
{
    (void)state;
    static const struct {
        const char *id, *model, *says;
    } refused[] = {
        {"embedding.no_position", "golden/reference/m07/model.json", "embedding.no_position"},
        {"norm.no_gamma", "golden/reference/m05/model.json", "norm.no_gamma"},
        {"clipping.forgotten", "by-hand", "clipping.forgotten"},
        {"softmax.column", "tiny", "softmax.columns"},
    };
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        Session session;
        Error error = {0};
        RunOptions options = {.model = refused[i].model, .mistake = refused[i].id};
        EXPECT(!session_open(&session, &options, &error), "%s was planted in %s", refused[i].id, refused[i].model);
        expect_error(&error, EXIT_USED_WRONGLY, refused[i].says);
    }
}

/* A mistake of the rules made in another system: it bites there too, or is refused by its name. Some move
 * nothing in the first training step, or where there is no decay and no limit of the norm. */
static void it_fits_other_systems(void **state)
{
    static const char *const idle[] = {"adam.time_stays_one", "adam.moments_reset", "adam.gradients_not_zeroed",
                                        "adam.no_decay", "adam.l2_decay", "adam.decay_without_rate", "clipping.l1_norm",
                                        "adam.betas_swapped", "scores.divided_by_root_of_d" /* one head as wide as the stream */,
                                        "loss.sum_for_mean" /* of one */, "loss.last_position_only", "logits_gradient.not_averaged", "linear_gradient.bias_of_first_token", "cross.own_input" /* of the first layer */, NULL};
    const Preset *preset = *state;
    Session truth;
    int planted = 0;
    open_model(&truth, preset->name, NULL, 0);
    bool one_class = truth.model.system == &FLOW; /* no row of its table is read twice */
    for (int i = 0; i < MISTAKE_COUNT; i++) {
        const char *id = MISTAKES[i].id;
        Session wrong;
        Error error = {0};
        RunOptions options = {.model = preset->name, .mistake = id};
        if (!session_open(&wrong, &options, &error)) {
            expect_error(&error, EXIT_USED_WRONGLY, id);
            continue;
        }
        planted++;
        double difference = largest_difference(&truth, &wrong, &MISTAKES[i]);
        /* In one block the mask hides nothing from the last row, which is all that fusion reads; it has one head. */
        bool one_head = truth.model.system == &NUFO || reads_captions(&truth.model);
        bool hidden = (truth.model.system == &NUFO && strncmp(id, "mask.", 5) == 0) || (one_head && strncmp(id, "heads.", 6) == 0);
        EXPECT(!(difference <= BITES) || hidden || listed(idle, id) || (one_class && strncmp(id, "embedding_gradient.", 19) == 0), "%s: the largest difference is %g", id, difference);
        expect_all_explained(&wrong.run.tape);
        session_close(&wrong);
    }
    EXPECT(truth.model.system->without_loss ? planted == 0 : planted >= 10, "%d mistakes of the rules can be made in %s", planted, preset->name);
    session_close(&truth);
}

/* Norms behind the residual, whose results are called as steps of theirs are, and norms without gain. */
static void recorded_or_refused(void **state)
{
    (void)state;
    static const char *const models[] = {"golden/reference/m02/model.json", "golden/reference/m29/model.json"};
    for (int i = 0; i < 2 * MISTAKE_COUNT; i++) {
        Session session;
        Error error = {0};
        RunOptions options = {.model = models[i % 2], .mistake = MISTAKES[i / 2].id};
        bool opened = session_open(&session, &options, &error);
        EXPECT(opened || error.code == EXIT_USED_WRONGLY, "%s: %s", options.mistake, error.text);
        if (opened)
            session_close(&session);
    }
}

static void entry_is_whole(void **state)
{
    const Mistake *mistake = *state;
    EXPECT(mistake->id && *mistake->id && mistake->message && *mistake->message, "a text is missing");
    EXPECT(mistake->edit_count >= 1 && mistake->edit_count <= MOST_EDITS, "%d edits", mistake->edit_count);
    EXPECT(mistake_find(mistake->id) == mistake, "%s stands twice", mistake->id);
}

/* A choice writes into the settings of its system: those of another have no room for it. */
static void choices_stay_in_their_system(void **state)
{
    (void)state;
    const Mistake *mistake;
    int refused = 0;
    for (int i = 0; (mistake = mistake_at(i)); i++) {
        Session session;
        Error error = {0};
        if (!mistake_option(mistake) || strcmp(preset_for(mistake), "tiny") != 0 || i < MISTAKE_COUNT)
            continue;
        EXPECT(!session_open(&session, &(RunOptions){.model = "xor", .mistake = mistake->id}, &error), "%s is planted", mistake->id);
        expect_error(&error, EXIT_USED_WRONGLY, "changes nothing in a model of the system \"mlp\"");
        refused++;
    }
    EXPECT(refused >= 2, "%d choices of a gpt", refused);
}

int test_mistakes(void)
{
    TestList list = {0};
    tests_add(&list, choices_stay_in_their_system, NULL, "choices stay in their system");
    for (int i = 0; i < mistake_total(); i++) {
        const Mistake *mistake = mistake_at(i);
        tests_add(&list, entry_is_whole, mistake, "%s: its row is whole", mistake->id);
        if (is_outside_of_training(mistake))
            continue; /* test_extras.c */
        tests_add(&list, it_bites, mistake, "%s: it bites and is explained", mistake->id);
        if (mistake_option(mistake) == NULL)
            tests_add(&list, what_comes_before_stays, mistake, "%s: what comes before stays", mistake->id);
        if (is_of_the_way_back(mistake))
            tests_add(&list, the_gradient_check_finds_it, mistake, "%s: the gradient check finds it", mistake->id);
    }
    if (list.count > 0) {
        tests_add(&list, published_error, NULL, "the published error changes exactly eight gradients");
        tests_add(&list, refused_where_it_does_not_fit, NULL, "a mistake is refused where it does not fit");
        for (int i = 0; i < small_presets(); i++)
            if (PRESETS[i].system != &GPT)
                tests_add(&list, it_fits_other_systems, &PRESETS[i], "mistakes of the rules in %s", PRESETS[i].name);
        tests_add(&list, recorded_or_refused, NULL, "every mistake is recorded or refused with other norms");
    }
    return tests_run(&list, "mistakes");
}
