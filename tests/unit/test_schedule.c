/* How fast parameters move: warm-up, then constant, a line or a cosine. */
#include "support.h"

#include "tiny_model/systems/gpt.h"
#include "tracer/session/model_file.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static Model model_of(double lr, Training training)
{
    return (Model){.optimizer = {.lr = lr}, .training = training};
}

static void expect_rate(const Model *model, int k, double expected, double tolerance)
{
    double rate = learning_rate(model, k);
    EXPECT(is_close(rate, expected, tolerance), "update %d of %d moves at %.17g, not %.17g", k, model->training.steps, rate, expected);
}

/* lr 1e-3, ten updates, three of them warmer, a cosine to 1e-4: to as many digits as were printed. */
static void published_rates(void **state)
{
    (void)state;
    static const double rates[] = {.0003333, .0006667, .001, .001, .0009397, .000775, .00055, .000325, .0001603, .0001};
    Model model = model_of(1e-3, (Training){.steps = 10, .schedule = SCHEDULE_COSINE, .warmup = 3, .min_lr = 1e-4});
    for (int k = 0; k < 10; k++)
        expect_rate(&model, k, rates[k], 1e-7);
}

/* The rate of update k, written down once more: what is done of the way from the warm-up's end to the last
 * update, 0 to 1. */
static double formula(const Model *model, int k)
{
    const Training *t = &model->training;
    double lr = model->optimizer.lr, done = t->steps - 1 > t->warmup ? (double)(k - t->warmup) / (t->steps - 1 - t->warmup) : 1;
    done = fmin(done, 1);
    if (k < t->warmup)
        return lr * (k + 1) / t->warmup;
    if (t->schedule == SCHEDULE_CONSTANT)
        return lr;
    if (t->schedule == SCHEDULE_LINEAR)
        return lr * (1 - done) + t->min_lr * done;
    return t->min_lr + (lr - t->min_lr) * (1 + cos(acos(-1) * done)) / 2;
}

/* Every schedule, warm-up and length: the formula, never above lr, down to exactly min_lr, and it stays there. */
static void every_schedule(void **state)
{
    (void)state;
    static const double least[] = {0, 1e-5, 0.02};
    int compared = 0;
    for (int schedule = SCHEDULE_CONSTANT; schedule <= SCHEDULE_COSINE; schedule++)
        for (int steps = 1; steps <= 23; steps += 2)
            for (int warmup = 0; warmup <= steps; warmup++)
                for (int i = 0; i < 3; i++) {
                    Model model = model_of(0.02, (Training){.steps = steps, .schedule = schedule, .warmup = warmup, .min_lr = least[i]});
                    for (int k = 0; k < steps + 3; k++, compared++) {
                        expect_rate(&model, k, formula(&model, k), 1e-17);
                        EXPECT(learning_rate(&model, k) <= 0.02 && learning_rate(&model, k) >= fmin(least[i], 0.02 / (warmup + 1)),
                               "update %d moves at %g", k, learning_rate(&model, k));
                    }
                    for (int k = steps - 1; schedule != SCHEDULE_CONSTANT && warmup < steps && k < steps + 3; k++)
                        EXPECT(same_bits(learning_rate(&model, k), least[i]), "the last update moves at %.17g", learning_rate(&model, k));
                }
    EXPECT(compared > 5000, "%d rates", compared);
}

/* microgpt's rate, lr (1 - k/N), is the line down to lr/N. */
static void line_of_microgpt(void **state)
{
    (void)state;
    Model model = model_of(0.01, (Training){.steps = 1000, .schedule = SCHEDULE_LINEAR, .min_lr = 0.01 / 1000});
    for (int k = 0; k < 1000; k++)
        expect_rate(&model, k, 0.01 * (1 - k / 1000.0), 1e-16);
}

/* What is not said is a constant rate without end. */
static void without_a_schedule(void **state)
{
    (void)state;
    Session session;
    open_model(&session, "tiny", NULL, 0);
    for (int k = 0; k < 1000000; k += 99999)
        EXPECT(same_bits(learning_rate(&session.model, k), session.model.optimizer.lr), "update %d", k);
    session_close(&session);
}

static void impossible(void **state)
{
    (void)state;
    static const struct {
        const char *training, *says;
    } cases[] = {
        {"{\"schedule\": \"cosine\"}", "\"steps\""}, {"{\"schedule\": \"linear\", \"warmup\": 2}", "\"steps\""},
        {"{\"steps\": 5, \"warmup\": 6}", "\"warmup\""}, {"{\"steps\": 5, \"schedule\": \"linear\", \"warmup\": 6}", "\"warmup\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char json[200];
        Model model;
        Error error = {0};
        snprintf(json, sizeof json, "{\"training\": %s}", cases[i].training);
        EXPECT(model_defaults(&model, &GPT, &error) && model_file_parse(json, strlen(json), "m.json", &model, &error), "%s", error.text);
        EXPECT(!model_finish(&model, &error), "accepted: %s", json);
        expect_error(&error, EXIT_USED_WRONGLY, cases[i].says);
        model_free(&model);
    }
}

/* The update of a training step moves at the rate of that training step: of plain sgd it is the whole story. */
static void updates_move_at_the_rate(void **state)
{
    (void)state;
    static const char json[] = "{\"system\": \"mlp\", \"init\": {\"std\": 1}, \"optimizer\": {\"kind\": \"sgd\", \"lr\": 0.5, \"weight_decay\": 0}, "
                               "\"training\": {\"steps\": 6, \"schedule\": \"linear\", \"warmup\": 2, \"min_lr\": 0.125}}";
    static const double rates[] = {0.25, 0.5, 0.5, 0.375, 0.25, 0.125, 0.125};
    char path[PATH_SIZE];
    temporary_file(path, json, sizeof json - 1);
    for (int k = 0; k < 7; k++) {
        Session session;
        Error error = {0};
        EXPECT(session_open(&session, &(RunOptions){.model = path, .step = k}, &error), "%s", error.text);
        const Value *now = tape_value(&session.run.tape, value_called(&session, "W_2"));
        const Value *next = tape_value(&session.run.tape, value_called(&session, "W_2.next"));
        const Value *gradient = tape_value(&session.run.tape, now->gradient);
        for (size_t i = 0; i < cells_of(now); i++)
            EXPECT(gradient->data[i] != 0 && is_close(next->data[i], now->data[i] - rates[k] * gradient->data[i], 1e-15),
                   "training step %d, cell %zu", k, i);
        session_close(&session);
    }
    remove(path);
}

int test_schedule(void)
{
    TestList list = {0};
    tests_add(&list, published_rates, NULL, "published rates");
    tests_add(&list, every_schedule, NULL, "every schedule is its formula");
    tests_add(&list, line_of_microgpt, NULL, "the line of microgpt");
    tests_add(&list, without_a_schedule, NULL, "without a schedule the rate stays");
    tests_add(&list, impossible, NULL, "schedules that cannot be");
    tests_add(&list, updates_move_at_the_rate, NULL, "updates move at the rate of their training step");
    return tests_run(&list, "schedule");
}
