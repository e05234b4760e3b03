/* Looking inside: lens, attribution, scores of heads, interventions, against numbers of an independent implementation
 * (golden/reference/looking_inside.json) and against what must hold on any model. */
#include "inside_golden.h"

#include "tracer/query/follow_token.h"

#include <math.h>
#include <stdio.h>

static json_t *inside_golden(void)
{
    Error error = {0};
    json_t *root = json_file_read("golden/reference/looking_inside.json", 1 << 20, &error);
    EXPECT(root, "%s", error.text);
    return root;
}

static void lens_as_golden(void **state)
{
    (void)state;
    Session session;
    json_t *root = inside_golden();
    const json_t *levels = json_object_get(json_object_get(root, "logit_lens"), "levels");
    Looking looking =
        open_inside(&session, (RunOptions){.model = FOLDER "two.json", .weights = FOLDER "two.safetensors"});
    EXPECT((size_t)looking.inside->level_count == json_array_size(levels), "%d levels", looking.inside->level_count);
    for (int i = 0; i < looking.inside->level_count; i++) {
        const json_t *level = json_array_get(levels, (size_t)i);
        const char *at = json_string_value(json_object_get(level, "at"));
        EXPECT(strcmp(looking.inside->levels[i].name, at) == 0, "level %d is %s, not %s", i,
               looking.inside->levels[i].name, at);
        expect_matrix(&looking, looking.inside->levels[i].logits, json_object_get(level, "logits"), at);
    }
    EXPECT(lens_misses(&looking) == 0, "the last level is not the logits");
    expect_all_explained(looking.tape);
    session_close(&session);
    json_decref(root);
}

/* The wrong lenses of the golden, both of the stream behind the first block. */
static void wrong_lenses(void **state)
{
    (void)state;
    static const char *const wrong[][2] = {{"inside.lens_without_norm", "without_norm_wrong"},
                                           {"inside.lens_final_spread", "with_final_statistics_wrong"}};
    json_t *root = inside_golden();
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        Session session;
        Looking looking = open_inside(&session, (RunOptions){.model = FOLDER "two.json", .mistake = wrong[i][0],
                                                             .weights = FOLDER "two.safetensors"});
        const json_t *logits = json_object_get(json_object_get(root, "logit_lens"), wrong[i][1]);
        assert_string_equal(looking.inside->levels[2].name, "block0.output");
        expect_matrix(&looking, looking.inside->levels[2].logits, logits, wrong[i][1]);
        session_close(&session);
    }
    json_decref(root);
}

static double score_of(const Looking *looking, int head, ScoreKind kind)
{
    int score = looking->inside->heads[head].score[kind];
    EXPECT(score >= 0, "the score is undefined");
    return look_at(looking, score, 0, 0);
}

static void expect_score(const Looking *looking, int head, ScoreKind kind, double wanted)
{
    double score = score_of(looking, head, kind);
    EXPECT(is_close(score, wanted, CLOSE), "%s of head %d is %.17g, not %.17g", SCORE_NAMES[kind], head, score, wanted);
}

typedef struct {
    const char *weights;
    size_t at;            /* among the golden's cases */
} HandMade;

static const HandMade HAND_MADE[] = {{FOLDER "head1.safetensors", 0}, {FOLDER "head10.safetensors", 2}};

static void heads_as_golden(void **state)
{
    const HandMade *made = *state;
    Session session;
    json_t *root = inside_golden();
    const json_t *hand = json_object_get(root, "hand_made");
    const json_t *of = json_array_get(json_object_get(hand, "cases"), made->at);
    Looking looking = open_inside(&session, (RunOptions){.model = FOLDER "hand-made.json", .weights = made->weights});
    EXPECT(looking.inside->head_count == 2, "%d heads", looking.inside->head_count);
    expect_score(&looking, 0, SCORE_PREVIOUS, real(of, "layer0_previous"));
    expect_score(&looking, 1, SCORE_INDUCTION, real(of, "layer1_induction"));
    expect_score(&looking, 1, SCORE_DUPLICATE, real(of, "layer1_duplicate"));
    for (int kind = 0; kind < SCORES_OF_A_HEAD; kind++) {
        char name[80];
        snprintf(name, sizeof name, "heads.%s_mask", SCORE_NAMES[kind]);
        const json_t *mask = json_object_get(json_object_get(hand, "masks"), SCORE_NAMES[kind]);
        if (mask)
            expect_matrix(&looking, value_called(&session, name), mask, name);
    }
    if (json_is_array(json_object_get(of, "weights1"))) {
        expect_matrix(&looking, looking.inside->heads[0].weights, json_object_get(of, "weights0"), "weights0");
        expect_matrix(&looking, looking.inside->heads[1].weights, json_object_get(of, "weights1"), "weights1");
        expect_matrix(&looking, looking.inside->logits, json_object_get(of, "logits"), "logits");
    }
    session_close(&session);
    static const char *const wrong[][2] = {{"inside.score_of_duplicates", "layer1_duplicate"},
                                           {"inside.score_one_late", "layer1_zhubert"}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        looking = open_inside(&session, (RunOptions){.model = FOLDER "hand-made.json", .weights = made->weights,
                                                     .mistake = wrong[i][0]});
        expect_score(&looking, 1, SCORE_INDUCTION, real(of, wrong[i][1]));
        session_close(&session);
    }
    looking = open_inside(&session, (RunOptions){.model = FOLDER "hand-made.json", .weights = made->weights,
                                                 .ablate = "block0.head0"});
    expect_score(&looking, 1, SCORE_INDUCTION, real(of, "ablate_layer0_induction"));
    session_close(&session);
    json_decref(root);
}

static void trap_without_bos(void **state)
{
    (void)state;
    Session session;
    Looking looking = open_inside(&session, (RunOptions){.model = FOLDER "hand-made.json", .tokens = "0,3,1,4,0,3,1,4",
                                                         .weights = FOLDER "head10.safetensors"});
    EXPECT(fabs(score_of(&looking, 1, SCORE_INDUCTION) - 0.875) < 1e-3, "without a first token the score is %g",
           score_of(&looking, 1, SCORE_INDUCTION));
    session_close(&session);
}

/* A head that looks where the mask says, and nowhere else, has a score of 1. */
static double overlap(const Looking *looking, int a, int b, int queries)
{
    const Value *one = tape_value(looking->tape, a), *other = tape_value(looking->tape, b);
    double sum = 0;
    for (size_t i = 0; i < cells_of(one); i++)
        sum += one->data[i] * other->data[i];
    return sum / queries;
}

static void ideal_heads(void **state)
{
    (void)state;
    Session session;
    Looking looking = open_inside(&session, (RunOptions){.model = FOLDER "hand-made.json"});
    int induction = value_called(&session, "heads.induction_mask"),
        duplicate = value_called(&session, "heads.duplicate_mask"),
        queries = looking.inside->queries[SCORE_INDUCTION];
    assert_int_equal(queries, 4);
    EXPECT(overlap(&looking, induction, induction, queries) == 1, "the ideal head");
    EXPECT(overlap(&looking, induction, duplicate, queries) == 0, "a duplicate-token head");
    session_close(&session);
    looking = open_inside(&session, (RunOptions){.model = FOLDER "hand-made.json", .tokens = "2,2,2"});
    json_t *root = inside_golden();
    expect_matrix(&looking, value_called(&session, "heads.induction_mask"),
                  json_object_get(json_object_get(root, "edge_repeat"), "masks_induction"), "a a a");
    json_decref(root);
    session_close(&session);
    looking = open_inside(&session, (RunOptions){.model = FOLDER "hand-made.json", .tokens = "0,1,2"});
    assert_int_equal(looking.inside->heads[0].score[SCORE_INDUCTION], -1);
    assert_int_equal(looking.inside->queries[SCORE_INDUCTION], 0);
    session_close(&session);
}

static void expect_head(const Looking *looking, const HeadLook *head)
{
    for (int r = 0; r < looking->tokens; r++) {
        double entropy = 0;
        for (int c = 0; c < looking->tokens; c++) {
            double weight = look_at(looking, head->weights, r, c);
            entropy -= weight > 0 ? weight * log(weight) : 0;
        }
        EXPECT(is_close(look_at(looking, head->entropy, r, 0), entropy, 1e-12), "entropy of row %d of %s", r, head->name);
        EXPECT(look_at(looking, head->share, r, 0) <= 1 + 1e-12, "share of row %d of %s", r, head->name);
    }
}

/* What must hold on every GPT: parts add up, rows of the rollout sum to 1, and looking changes nothing. */
static void holds_on(void **state)
{
    const char *path = *state;
    char model[200], weights[200];
    Session session;
    Error error = {0};
    RunOptions options = {.model = path};
    if (strchr(path, '/')) {
        snprintf(model, sizeof model, "%s/model.json", path);
        snprintf(weights, sizeof weights, "%s/weights.safetensors", path);
        options = (RunOptions){.model = model, .weights = weights};
    }
    Session plain;
    EXPECT(session_open(&plain, &options, &error), "%s", error.text);
    if (plain.model.system->language && strcmp(plain.model.system->name, "gpt") == 0) {
        Looking looking = open_inside(&session, options);
        EXPECT(parts_miss(&looking) <= CLOSE, "parts miss the logits by %g", parts_miss(&looking));
        EXPECT(lens_misses(&looking) == 0, "the last level misses the logits by %g", lens_misses(&looking));
        for (int h = 0; h < looking.inside->head_count; h++)
            expect_head(&looking, &looking.inside->heads[h]);
        for (int b = 0; b < looking.inside->rollout_count; b++)
            for (int r = 0; r < looking.tokens; r++) {
                double sum = 0;
                for (int c = 0; c < looking.tokens; c++)
                    sum += look_at(&looking, looking.inside->rollouts[b], r, c);
                EXPECT(is_close(sum, 1, 1e-12), "row %d of rollout %d sums to %g", r, b, sum);
            }
        EXPECT(looking.inside->part_count >= 1 && looking.inside->level_count >= 1, "too little was found");
        for (int id = 0; id < plain.names.count; id++) {
            int same = name_find(&session.names, name_of(&plain.names, id));
            EXPECT(same >= 0, "%s is gone", name_of(&plain.names, id));
            const Value *a = tape_value(&plain.run.tape, id), *b = tape_value(looking.tape, same);
            for (size_t i = 0; i < cells_of(a); i++)
                EXPECT(same_bits(a->data[i], b->data[i]) || a->data[i] != a->data[i], "%s differs", name_of(&plain.names, id));
        }
        session_close(&session);
    }
    session_close(&plain);
}

static void refuses(void **state)
{
    (void)state;
    Session session;
    Error error = {0};
    static const struct {
        RunOptions options;
        const char *says;
    } cases[] = {
        {{.model = "tiny", .ablate = "block7.head0"}, "no part of this model is called \"block7.head0\""},
        {{.model = "tiny", .ablate = "block0.head9"}, "no part of this model is called \"block0.head9\""},
        {{.model = "tiny", .ablate = "block0.head0=half"}, "a part is set to zero or to its mean"},
        {{.model = "tiny", .patch = "block0.head0"}, "say which with --clean"},
        {{.model = "tiny", .clean = "the cat"}, "there is no --patch"},
        {{.model = "tiny", .patch = "block0.head0", .clean = "the cat"}, "the texts do not fit"},
        {{.model = "tiny", .patch = "block0.head0@9", .clean = "the dog saw the dog"}, "go from 0 to 4"},
        {{.model = "xor", .inside = true}, "has no stream to look into"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        EXPECT(!session_open(&session, &cases[i].options, &error), "case %zu is accepted", i);
        expect_error(&error, EXIT_USED_WRONGLY, cases[i].says);
        error = (Error){0};
    }
    Looking looking = open_inside(&session, (RunOptions){.model = "tiny"});
    assert_int_equal(looking_position(&looking, "saw", &error), 2);
    assert_int_equal(looking_position(&looking, "4", &error), 4);
    assert_int_equal(looking_position(&looking, "the", &error), -1);
    expect_error(&error, EXIT_USED_WRONGLY, "stands in this text 2 times, at 0, 3");
    error = (Error){0};
    assert_int_equal(looking_position(&looking, "5", &error), -1);
    assert_int_equal(looking_position(&looking, "-1", &error), -1);
    assert_int_equal(looking_word(&looking, "bird", &error), 6);
    error = (Error){0};
    assert_int_equal(looking_word(&looking, "brd", &error), -1);
    expect_error(&error, EXIT_USED_WRONGLY, "\"bird\"");
    session_close(&session);
}

/* Every part and every level comes once, in order, and leads to a cell. */
static void follows_all(void **state)
{
    (void)state;
    Session session;
    Looking looking = open_inside(&session, (RunOptions){.model = "tiny"});
    Way way = way_begin(&looking, 2);
    WayLine line;
    int parts = 0, levels = 0;
    double logit = 0;
    while (way_next(&way, &line)) {
        const Value *value = tape_value(looking.tape, line.value);
        EXPECT(line.row < value->rows && line.col < value->cols, "a line leads nowhere");
        parts += line.part != NULL;
        levels += line.level != NULL;
        logit += line.part ? line.logit : 0;
    }
    assert_int_equal(levels, looking.inside->level_count);
    int beta = looking.inside->part_count - 1;
    EXPECT(parts >= beta, "%d parts", parts);
    logit += look_at(&looking, looking.inside->parts[beta].logits, 2, way.target);
    EXPECT(is_close(logit, look_at(&looking, looking.inside->logits, 2, way.target), CLOSE), "the way adds up to %g", logit);
    session_close(&session);
}

int test_inside(void)
{
    TestList list = {0};
    tests_add(&list, lens_as_golden, NULL, "the lens of every level is the golden's");
    for (size_t i = 0; i < sizeof HAND_MADE / sizeof *HAND_MADE; i++)
        tests_add(&list, heads_as_golden, &HAND_MADE[i], "the hand-made heads score as the golden's: %s",
                  HAND_MADE[i].weights);
    tests_add(&list, wrong_lenses, NULL, "the lenses with a mistake are the golden's wrong ones");
    tests_add(&list, trap_without_bos, NULL, "without a first token the hand-made head scores 0.875");
    tests_add(&list, ideal_heads, NULL, "ideal heads score 1 and 0, a a a as pinned, no query is undefined");
    tests_add_models(&list, holds_on, "parts add up to the logits and looking changes nothing: ");
    tests_add(&list, follows_all, NULL, "following a token tells all that is added to it");
    tests_add(&list, refuses, NULL, "what does not exist or does not fit is refused");
    return tests_run(&list, "inside");
}
