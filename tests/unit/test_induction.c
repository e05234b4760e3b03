/* The trained preset: on texts that nobody trained it on it knows what comes, and by the two heads that it is known
 * for; its weights have one decimal. */
#include "inside_golden.h"

#include "tiny_model/random.h"

#include <math.h>
#include <stdio.h>
#include <unistd.h>

enum { TEXTS = 30, TOKENS = 32, WORDS = 16 };

/* Another seed than that of the training: the first `period` ids of a shuffle, again and again. */
static void unseen(Random *random, int period, int count, char *out, size_t size)
{
    int ids[WORDS];
    size_t used = 0;
    for (int i = 0; i < WORDS; i++)
        ids[i] = i;
    random_shuffle(random, ids, WORDS);
    for (int t = 0; t < count; t++)
        used += (size_t)snprintf(out + used, size - used, "%s%d", t ? "," : "", ids[t % period]);
}

static double best(const Looking *looking, ScoreKind kind)
{
    int head = best_head(looking, kind);
    return look_at(looking, looking->inside->heads[head].score[kind], 0, 0);
}

static void knows_unseen_texts(void **state)
{
    (void)state;
    char text[200];
    Random random;
    int right = 0, all = 0;
    double induction = 0;
    random_seed(&random, 4711);
    for (int i = 0; i < TEXTS; i++) {
        Session session;
        int period = 4 + (int)random_below(&random, 13);
        unseen(&random, period, TOKENS, text, sizeof text);
        Looking looking = open_inside(&session, (RunOptions){.model = "induction", .tokens = text});
        for (int t = period; t + 1 < TOKENS; t++) {
            right += likeliest(&looking, looking.inside->logits, t) == id_behind(&looking, t);
            all++;
        }
        EXPECT(strstr(looking.inside->heads[best_head(&looking, SCORE_INDUCTION)].name, "block1"), "text %d", i);
        induction += best(&looking, SCORE_INDUCTION) / TEXTS;
        session_close(&session);
    }
    EXPECT(right > 0.99 * all, "%d of %d are right", right, all);
    EXPECT(induction > 0.95, "the induction head scores %g", induction);
}

/* No period: one token comes back, and behind it what came behind it. */
static void knows_the_head_before(void **state)
{
    (void)state;
    char text[200];
    Random random;
    double previous = 0;
    int right = 0;
    random_seed(&random, 815);
    for (int i = 0; i < TEXTS; i++) {
        Session session;
        unseen(&random, 7 + i % 8, 8 + i % 8, text, sizeof text);
        Looking looking = open_inside(&session, (RunOptions){.model = "induction", .tokens = text});
        EXPECT(strcmp(looking.inside->heads[best_head(&looking, SCORE_PREVIOUS)].name, "block0.attention.head1") == 0,
               "text %d", i);
        previous += best(&looking, SCORE_PREVIOUS) / TEXTS;
        right += likeliest(&looking, looking.inside->logits, looking.tokens - 1) == id_at(&looking, 1);
        session_close(&session);
    }
    EXPECT(previous > 0.95, "the previous-token head scores %g", previous);
    EXPECT(right > 0.95 * TEXTS, "%d of %d are right", right, TEXTS);
}

static void has_one_decimal(void **state)
{
    (void)state;
    Session session;
    int other = 0;
    open_model(&session, "induction", NULL, 0);
    assert_int_equal(session.run.parameters.count, 17);
    for (int id = 0; id < session.run.parameters.count; id++) {
        const Value *value = tape_value(&session.run.tape, id);
        for (size_t c = 0; c < cells_of(value); c++) {
            EXPECT(value->data[c] == rint(value->data[c] * 10) / 10, "%s has %.17g", name_of(&session.names, id),
                   value->data[c]);
            other += value->data[c] != 0;
        }
    }
    EXPECT(other > 5000, "only %d weights are not 0", other);
    session_close(&session);
}

static void refuses_other_sizes(void **state)
{
    (void)state;
    static const char json[] = "{\"text\": \"a b\", \"init\": {\"kind\": \"induction\"}}";
    char path[PATH_SIZE];
    Session session;
    Error error = {0};
    temporary_file(path, json, sizeof json - 1);
    char file[PATH_SIZE + 8];
    snprintf(file, sizeof file, "%s.json", path);
    EXPECT(rename(path, file) == 0, "no file");
    EXPECT(!session_open(&session, &(RunOptions){.model = file}, &error), "weights of other sizes are accepted");
    expect_error(&error, EXIT_USED_WRONGLY, "whose weights have no \"token_embedding\"");
    unlink(file);
}

int test_induction(void)
{
    TestList list = {0};
    tests_add(&list, knows_unseen_texts, NULL, "over 99 %% of unseen texts are known, by an induction head over .95");
    tests_add(&list, knows_the_head_before, NULL, "the previous-token head scores over .95 on texts without a period");
    tests_add(&list, has_one_decimal, NULL, "every weight has one decimal");
    tests_add(&list, refuses_other_sizes, NULL, "weights that do not fit are refused");
    return tests_run(&list, "induction");
}
