/* One word, two senses: bank after its whole training keeps them apart on sentences that it never saw, and the numbers
 * are those of a plain reckoning. */
#include "support.h"

#include "tiny_model/data/texts.h"
#include "tracer/query/question.h"
#include "tracer/query/senses.h"

#include <math.h>
#include <string.h>

static Session trained;

static double length(const double *x, int n)
{
    double sum = 0;
    for (int i = 0; i < n; i++)
        sum += x[i] * x[i];
    return sqrt(sum);
}

static void apart(void **state)
{
    (void)state;
    Senses senses;
    Error error = {0};
    EXPECT(run_loss(&trained.run) < 0.5, "it did not learn: loss %g", run_loss(&trained.run));
    EXPECT(senses_find(&senses, &trained, "bank", SENSES, &error), "%s", error.text);
    EXPECT(senses.count == 36 && senses.layer_count == 3, "%d sentences, %d layers", senses.count, senses.layer_count);
    const SenseLayer *first = &senses.layers[0], *last = &senses.layers[2];
    EXPECT(is_close(first->same, 1, 1e-12) && is_close(first->other, 1, 1e-12), "a token has one row: %g, %g", first->same, first->other);
    EXPECT(last->same > 0.95 && fabs(last->other) < 0.3, "same %g, other %g", last->same, last->other);
    EXPECT(last->centred_same > 0.9 && last->centred_other < -0.9, "centred: same %g, other %g", last->centred_same, last->centred_other);
    EXPECT(fabs(last->any) < 0.3, "any two tokens: %g", last->any);
    /* The mean over pairs of one sense again, without a tape. */
    double sum = 0;
    int count = 0, d = 16;
    const double *rows = senses.numbers + 2 * (36 + 36 * 9) * d;
    for (int i = 0; i < 36; i++)
        for (int j = 0; j < 36; j++) {
            double dot = 0;
            if (i == j || strcmp(senses.senses[i], senses.senses[j]) != 0)
                continue;
            for (int c = 0; c < d; c++)
                dot += rows[i * d + c] * rows[j * d + c];
            sum += dot / length(rows + i * d, d) / length(rows + j * d, d);
            count++;
        }
    EXPECT(is_close(sum / count, last->same, 1e-12), "%.17g, on the tape %.17g", sum / count, last->same);
    senses_free(&senses);
}

/* Nothing is known before the last word of the sentence is read: with the cue behind it a causal model cannot tell. */
static void cue_behind(void **state)
{
    (void)state;
    Senses senses;
    Error error = {0};
    EXPECT(senses_find(&senses, &trained, "bank", "river\tthe bank floods\nriver\tthe bank dries\nmoney\tthe bank lends\n", &error), "%s", error.text);
    for (int i = 0; i < senses.layer_count; i++)
        EXPECT(is_close(senses.layers[i].same, 1, 1e-12) && is_close(senses.layers[i].other, 1, 1e-12), "layer %d: same %g, other %g", i, senses.layers[i].same, senses.layers[i].other);
    senses_free(&senses);
}

/* Sentences as one row: of the first token, which has seen nothing but itself; of the last; the mean of all, again without
 * a tape. */
static void pooled(void **state)
{
    (void)state;
    static const char *const lines[] = {"the fisher saw the fish by the bank", "near the loan the clerk saw the bank"};
    Error error = {0};
    SentenceRun reading;
    Layers layers;
    double cosine[3][2];
    for (int how = 0; how < 3; how++) {
        Pooled of = {.how = (Pooling)how};
        EXPECT(pooled_read(&of, &trained, "the duck saw the water by the bank", lines, 2, &error), "%s", error.text);
        Sentences sentences = {.lines = (const char **)(void *)lines, .count = 2};
        Question question = {.asking = ASK_POOLED, .sentences = &sentences, .pooled = &of};
        EXPECT(question_ask(&question, &error), "%s", error.text);
        memcpy(cosine[how], tape_value(&question.tape, question.cosine)->data, sizeof cosine[how]);
        expect_all_explained(&question.tape);
        question_close(&question);
        pooled_free(&of);
    }
    EXPECT(is_close(cosine[POOL_FIRST][0], 1, 1e-12) && cosine[POOL_FIRST][1] < 0.9, "first: %g, %g", cosine[POOL_FIRST][0], cosine[POOL_FIRST][1]);
    EXPECT(cosine[POOL_LAST][0] > 0.95 && fabs(cosine[POOL_LAST][1]) < 0.3, "last: %g, %g", cosine[POOL_LAST][0], cosine[POOL_LAST][1]);
    const char *const all[] = {"the duck saw the water by the bank", lines[0]};
    double sum[2][16] = {{0}}, dot = 0;
    EXPECT(sentence_run_open(&reading, &trained, all, 2, &error), "%s", error.text);
    for (int s = 0; s < 2; s++) {
        EXPECT(layers_of(&reading.run.tape, s, &layers), "no layers");
        const Value *rows = tape_value(&reading.run.tape, layers.stream[layers.count - 1]);
        for (int t = 0; t < rows->rows; t++)
            for (int c = 0; c < 16; c++)
                sum[s][c] += cell_of(rows, t, c) / rows->rows;
    }
    for (int c = 0; c < 16; c++)
        dot += sum[0][c] * sum[1][c];
    EXPECT(is_close(dot / length(sum[0], 16) / length(sum[1], 16), cosine[POOL_MEAN][0], 1e-12), "mean: %.17g", cosine[POOL_MEAN][0]);
    sentence_run_close(&reading);
    Pooling how;
    EXPECT(!pooling_of("cls", &how, &error), "a pooling called cls");
    expect_error(&error, EXIT_USED_WRONGLY, "it can be mean, first or last");
}

static void refused(void **state)
{
    (void)state;
    static const char *const texts[][2] = {
        {"the bank\n", "has no tab"}, {"river\tthe bank\nriver\tthe bank lends\n", "one sense only"}, {"\n", "no sense at all"},
        {"river\tthe bank\nmoney\tthe fish\n", "line 2 of the sentences does not have the word \"bank\""},
        {"river\tthe bank\nmoney\tthe shark bank\n", "shark"},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        Senses senses;
        Error error = {0};
        EXPECT(!senses_find(&senses, &trained, "bank", texts[i][0], &error), "text %zu was taken", i);
        expect_error(&error, EXIT_USED_WRONGLY, texts[i][1]);
        senses_free(&senses);
    }
}

int test_senses(void)
{
    TestList list = {0};
    Error error = {0};
    if (!session_open(&trained, &(RunOptions){.model = "bank", .step = 400, .step_given = true}, &error))
        return 1;
    tests_add(&list, apart, NULL, "two senses kept apart");
    tests_add(&list, cue_behind, NULL, "a cue that comes too late");
    tests_add(&list, pooled, NULL, "sentences as one row");
    tests_add(&list, refused, NULL, "sentences that cannot be compared");
    int failed = tests_run(&list, "senses");
    session_close(&trained);
    return failed;
}
