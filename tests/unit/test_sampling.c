/* Generating text: against PyTorch and Python's random.choices, and what temperature, cuts and
 * mistakes do to the chances. */
#include "support.h"
#include "tiny_model/systems/gpt.h"

#include "tracer/session/generate.h"
#include "tracer/session/safetensors.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PLAIN SAMPLING_PLAIN

static void begin(Generation *generation, Session *session, Sampling how, uint64_t seed, int most)
{
    Error error = {0};
    EXPECT(generation_begin(generation, session, NULL, most, &error), "%s", error.text);
    generation->how = how;
    random_seed(&generation->random, seed);
}

static void next(Generation *generation)
{
    Error error = {0};
    EXPECT(generation_next(generation, &error), "%s", error.text);
}

static const Value *chances(const Generation *generation)
{
    return tape_value(&generation->session->run.tape, generation->drawing.probabilities);
}

/* What PyTorch computed and Python drew; see golden/reference/reference.py. */
static const struct {
    const char *name;
    Sampling how;
    uint64_t seed;
} DRAWN[] = {{"plain", {1, 0, 1, 0, 1}, 1},
             {"cold", {0.7, 3, 1, 0, 1}, 2},
             {"nucleus", {1.5, 0, 0.8, 0, 1}, 3},
             {"both", {1.2, 5, 0.6, 0, 1}, 4}};

static const NamedMatrix *drawn_tensor(const NamedMatrices *tensors, const char *name, const char *what)
{
    char full[64];
    snprintf(full, sizeof full, "%s.%s", name, what);
    const NamedMatrix *tensor = named_matrix_find(tensors, full);
    EXPECT(tensor, "no %s", full);
    return tensor;
}

static void expect_row(const char *what, int token, const double *row, const NamedMatrix *expected)
{
    for (int c = 0; c < expected->cols; c++) {
        double wanted = expected->data[token * expected->cols + c];
        EXPECT(is_close(row[c], wanted, 1e-9) && (row[c] == 0) == (wanted == 0), "%s of token %d, cell %d: %.17g, not %.17g", what,
               token, c, row[c], wanted);
    }
}

/* A system without a language refuses and says its name. */
static bool is_refused(const char *model)
{
    Session session;
    Generation generation;
    Error error = {0};
    open_model(&session, model, NULL, 0);
    const System *system = session.model.system;
    bool translates = system == &ENCODER_DECODER; /* from its source: test_encoder_decoder.c */
    bool refused = system->language == NULL || translates;
    if (refused && !translates) {
        EXPECT(!generation_begin(&generation, &session, NULL, 3, &error), "%s goes on with a text", system->name);
        expect_error(&error, EXIT_USED_WRONGLY, system->name);
        generation_end(&generation);
    }
    session_close(&session);
    return refused;
}

static void as_python_draws(void **state)
{
    const char *directory = *state;
    char path[256];
    NamedMatrices tensors;
    Error error = {0};
    snprintf(path, sizeof path, "%s/sampled.safetensors", directory);
    if (is_refused(directory)) {
        EXPECT(access(path, F_OK) != 0, "there is %s", path);
        return;
    }
    EXPECT(named_matrices_read(path, &tensors, &error), "%s", error.text);
    for (size_t i = 0; i < sizeof DRAWN / sizeof *DRAWN; i++) {
        Session session;
        Generation generation;
        open_model(&session, directory, NULL, 0);
        const NamedMatrix *tokens = drawn_tensor(&tensors, DRAWN[i].name, "tokens");
        EXPECT(tokens->cols > 1, "nothing was drawn");
        begin(&generation, &session, DRAWN[i].how, DRAWN[i].seed, gpt_of(&session.model)->context + 2);
        for (int at = 1; at < tokens->cols; at++) {
            EXPECT(!generation_done(&generation), "%s ends at %d of %d", DRAWN[i].name, at, tokens->cols);
            next(&generation);
            const Value *all = tape_value(&session.run.tape, generation.drawing.softmax);
            expect_row("softmax", at - 1, &all->data[(size_t)(all->rows - 1) * (size_t)all->cols],
                       drawn_tensor(&tensors, DRAWN[i].name, "softmax"));
            expect_row("chance", at - 1, chances(&generation)->data, drawn_tensor(&tensors, DRAWN[i].name, "chances"));
            EXPECT(generation.tokens[at] == tokens->data[at], "%s, token %d is %d, not %g", DRAWN[i].name, at,
                   generation.tokens[at], tokens->data[at]);
        }
        EXPECT(generation_done(&generation), "%s goes on", DRAWN[i].name);
        generation_end(&generation);
        session_close(&session);
    }
    named_matrices_free(&tensors);
}

/* Every number of it: the forward phase, the cuts, the choice. */
static void all_of_it_is_explained(void **state)
{
    const char *model = *state;
    Session session;
    Generation generation;
    if (is_refused(model))
        return;
    open_model(&session, model, NULL, 0);
    begin(&generation, &session, (Sampling){0.9, 4, 0.7, 0.2, 1.3}, 5, 2);
    next(&generation);
    next(&generation);
    expect_all_explained(&session.run.tape);
    generation_end(&generation);
    session_close(&session);
}

/* The chances of the first token behind "the", for some way of sampling. */
static void first_chances(Session *session, Sampling how, double out[9])
{
    Generation generation;
    begin(&generation, session, how, 1, 1);
    next(&generation);
    double sum = 0;
    for (int c = 0; c < 9; c++)
        sum += out[c] = chances(&generation)->data[c];
    EXPECT(is_close(sum, 1, 1e-12), "the chances make %.17g", sum);
    generation_end(&generation);
}

static int positive(const double *chances_)
{
    int count = 0;
    for (int c = 0; c < 9; c++)
        count += chances_[c] > 0;
    return count;
}

static void cuts_and_temperatures(void **state)
{
    (void)state;
    Session session;
    double plain[9], hot[9], cold[9], cut[9];
    open_model(&session, "tiny", NULL, 0);
    first_chances(&session, PLAIN, plain);
    first_chances(&session, (Sampling){2, 0, 1, 0, 1}, hot);
    first_chances(&session, (Sampling){1e-9, 0, 1, 0, 1}, cold);
    for (int a = 0; a < 9; a++)
        for (int b = 0; b < 9; b++)
            EXPECT(is_close(pow(hot[a] / hot[b], 2), plain[a] / plain[b], 1e-9 * plain[a] / plain[b]), "twice as hot: ratios are roots");
    EXPECT(positive(cold) == 1, "near 0 one token is left, not %d", positive(cold));
    for (int k = 1; k <= 9; k++) {
        first_chances(&session, (Sampling){1, k, 1, 0, 1}, cut);
        EXPECT(positive(cut) == k, "top-k %d leaves %d", k, positive(cut));
    }
    first_chances(&session, (Sampling){1, 0, 0.5, 0, 1}, cut); /* 0.2594 + 0.2316 is not yet a half */
    EXPECT(positive(cut) == 3, "top-p 0.5 leaves %d", positive(cut));
    first_chances(&session, (Sampling){1, 0, 1e-300, 0, 1}, cut);
    EXPECT(positive(cut) == 1, "a tiny top-p leaves %d", positive(cut));
    session_close(&session);
}

/* Over many draws the frequencies are the chances: within five standard deviations. */
static void frequencies_are_chances(void **state)
{
    (void)state;
    enum { DRAWS = 4000 };
    Session session;
    Random random;
    Drawing drawing;
    Error error = {0};
    int counts[9] = {0};
    open_model(&session, "tiny", NULL, 0);
    random_seed(&random, 11);
    for (int i = 0; i < DRAWS; i++) {
        EXPECT(run_next(&session.run, &(Next){gpt_of(&session.model)->sequences[0].tokens, 2, 2, PLAIN, random_uniform(&random), NULL}, &drawing, &error), "%s", error.text);
        counts[(int)tape_value(&session.run.tape, drawing.token)->data[0]]++;
    }
    for (int c = 0; c < 9; c++) {
        double p = tape_value(&session.run.tape, drawing.probabilities)->data[c];
        EXPECT(fabs(counts[c] - DRAWS * p) < 5 * sqrt(DRAWS * p * (1 - p)), "token %d came %d times, chance %g", c, counts[c], p);
    }
    session_close(&session);
}

static double sum_of(const double *numbers, int count)
{
    double sum = 0;
    for (int i = 0; i < count; i++)
        sum += numbers[i];
    return sum;
}

/* The ends of the rod: 0 hits the first piece that is not empty, the largest number the last one,
 * also where rounding has made the rod shorter than 1. */
static void both_ends_of_the_rod(void **state)
{
    (void)state;
    Session session;
    Drawing drawing;
    Error error = {0};
    int short_rods = 0;
    open_model(&session, "tiny", NULL, 0);
    for (int i = 0; i < 90; i++) {
        const Sampling how = {0.1 * (1 + i / 9), 1 + i % 9, 1, 0, 1};
        const double numbers[] = {0, 1 - 0x1p-53};
        for (int end = 0; end < 2; end++) {
            EXPECT(run_next(&session.run, &(Next){gpt_of(&session.model)->sequences[0].tokens, 3, 3, how, numbers[end], NULL}, &drawing, &error), "%s", error.text);
            const double *p = tape_value(&session.run.tape, drawing.probabilities)->data;
            int token = (int)tape_value(&session.run.tape, drawing.token)->data[0];
            EXPECT(p[token] > 0, "a piece of length 0 was hit");
            double beyond = end ? sum_of(p + token + 1, 9 - token - 1) : sum_of(p, token);
            EXPECT(beyond == 0, "%g lies further out than token %d", beyond, token);
            short_rods += sum_of(p, 9) < 1;
        }
    }
    EXPECT(short_rods > 0, "no rod was short");
    session_close(&session);
}

static void no_numbers_no_token(void **state)
{
    (void)state;
    Session session;
    Drawing drawing;
    Error error = {0};
    open_model(&session, "tiny", NULL, 0);
    run_parameter(&session.run, 0)[0] = NAN;
    EXPECT(!run_next(&session.run, &(Next){(int[]){0}, 1, 1, PLAIN, 0.5, NULL}, &drawing, &error), "nan was drawn from");
    expect_error(&error, EXIT_USED_WRONGLY, "no finite numbers");
    session_close(&session);
}

static void expect_prompt(Session *session, const char *prompt, int count, const char *text)
{
    Generation generation;
    Error error = {0};
    Text out = {0};
    EXPECT(generation_begin(&generation, session, prompt, 1, &error), "%s", error.text);
    EXPECT(generation.count == count, "%s is %d tokens", prompt, generation.count);
    generation_text(&generation, &out);
    EXPECT(strcmp(out.data ? out.data : "", text) == 0, "the text is \"%s\"", out.data);
    text_free(&out);
    generation_end(&generation);
}

static void prompts(void **state)
{
    (void)state;
    Session session;
    Generation generation;
    Error error = {0};
    open_model(&session, "by-hand", NULL, 0);
    expect_prompt(&session, NULL, 1, "");
    expect_prompt(&session, "", 1, "");
    expect_prompt(&session, "I like", 3, "I like");
    expect_prompt(&session, "I like I like I like I like", 9, "I like I like I like I like");
    EXPECT(!generation_begin(&generation, &session, "I love", 1, &error), "an unknown word");
    expect_error(&error, EXIT_USED_WRONGLY, "\"love\"");
    generation_end(&generation);
    session_close(&session);
}

/* A mistake in the model or in sampling changes the text or is refused; none of them crashes, also
 * where the context is full. */
static void with_a_mistake(void **state)
{
    const Mistake *mistake = *state;
    Session session;
    Generation generation;
    Error error = {0};
    RunOptions options = {.mistake = mistake->id,
                          .model = strcmp(mistake->id, "cache.before_rotating") == 0 ? "golden/reference/m01/model.json" : NULL};
    bool in_sampling = generation_mistake(mistake);
    if (in_sampling)
        options.mistake = NULL;
    if (!session_open(&session, &options, &error)) /* it needs another model, or is no mistake of a run */
        return expect_error(&error, EXIT_USED_WRONGLY, mistake->id);
    session.run.tape.mistake = mistake;
    begin(&generation, &session, mistake_is_in(mistake, "cache") ? PLAIN : (Sampling){2, 3, 0.8, 0, 1.5}, 2, 9);
    bool whole = true;
    int hits = 0;
    while (whole && !generation_done(&generation)) {
        whole = generation_next(&generation, &error);
        hits += session.run.tape.mistake_hits; /* beyond the context the tape begins anew */
    }
    EXPECT(whole || error.code == EXIT_USED_WRONGLY, "%s", error.text);
    EXPECT(!in_sampling || hits > 0, "it changes nothing");
    generation_end(&generation);
    session_close(&session);
}

int test_sampling(void)
{
    TestList list = {0};
    tests_add_references(&list, as_python_draws, "as Python draws");
    tests_add_models(&list, all_of_it_is_explained, "every number of sampling is explained");
    tests_add(&list, cuts_and_temperatures, NULL, "cuts and temperatures");
    tests_add(&list, frequencies_are_chances, NULL, "frequencies are chances");
    tests_add(&list, both_ends_of_the_rod, NULL, "both ends of the rod");
    tests_add(&list, no_numbers_no_token, NULL, "logits that are no numbers");
    tests_add(&list, prompts, NULL, "prompts");
    for (int i = 0; i < mistake_total(); i++)
        tests_add(&list, with_a_mistake, mistake_at(i), "text with %s", mistake_at(i)->id);
    return tests_run(&list, "sampling");
}
