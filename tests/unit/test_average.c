/* The moving average of parameters: its numbers, what is used by it, and what has none. */
#include "support.h"

#include "tiny_model/painting.h"
#include "tracer/session/safetensors.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define EXAMPLES "\"data\": {\"examples\": [{\"x_0\": [0.5, -0.5, 0.25, 1], \"x_1\": [1, 2, -1, 0.3], \"t\": 0.3}, " \
                 "{\"x_0\": [-0.5, 0.5, 0.5, -1], \"x_1\": [0.1, -2, -1.5, 0.3], \"t\": 0.7}]}"

static void open_text(Session *session, const char *training, int step)
{
    char path[PATH_SIZE], text[1000];
    Error error = {0};
    snprintf(text, sizeof text, "{\"system\": \"flow\", " EXAMPLES ", \"optimizer\": {\"lr\": 0.05}, \"training\": {%s}}", training);
    temporary_file(path, text, strlen(text));
    EXPECT(session_open(session, &(RunOptions){.model = path, .step = step}, &error), "%s", error.text);
    remove(path);
}

static const double *numbers_called(const Session *session, const char *name)
{
    return tape_value(&session->run.tape, value_called(session, name))->data;
}

enum { CELLS = 20 }; /* of W_2, 5 x 4 */

/* Five updates: the decays are written down, the parameters are those of the tape. Plain PyTorch beside it comes to the
 * same averages within 5e-16. */
static void five_updates(void **state)
{
    (void)state;
    static const double grows[] = {1. / 10, 2. / 11, 3. / 12, 4. / 13, 5. / 14}, cut[] = {.1, 2. / 11, .2, .2, .2};
    static const char *const trainings[] = {"\"average\": 0.999", "\"average\": 0.2"};
    for (int i = 0; i < 2; i++) {
        double average[CELLS], apart = 0;
        for (int k = 0; k < 5; k++) {
            Session session;
            open_text(&session, trainings[i], k);
            const double *now = numbers_called(&session, "W_2"), *next = numbers_called(&session, "W_2.next");
            const double *told = numbers_called(&session, "W_2.average");
            double d = i ? cut[k] : grows[k];
            for (int c = 0; c < CELLS; c++) {
                average[c] = k == 0 ? now[c] : average[c];
                EXPECT(k == 0 || same_bits(numbers_called(&session, "W_2.average_before")[c], average[c]), "the one before update %d", k);
                double here = d * average[c] + (1 - d) * next[c];
                EXPECT(is_close(told[c], here, 1e-15), "update %d, cell %d: %.17g, not %.17g", k, c, told[c], here);
                average[c] = told[c];
                apart += fabs(told[c] - next[c]);
            }
            session_close(&session);
        }
        EXPECT(apart > 0.1, "the average is where the parameters are: %g", apart);
    }
}

/* What is trained is the same to the last bit, with an average beside it or without. */
static void nothing_learns_from_it(void **state)
{
    (void)state;
    Session with, without;
    open_text(&with, "\"average\": 0.9", 6);
    open_text(&without, "\"average\": 0", 6);
    EXPECT(memcmp(numbers_called(&with, "W_2.next"), numbers_called(&without, "W_2.next"), CELLS * sizeof(double)) == 0, "other parameters");
    EXPECT(name_find(&without.names, "W_2.average") < 0, "an average that nobody asked for");
    EXPECT(with.run.tape.step_count == without.run.tape.step_count + with.run.parameters.count, "%d steps and %d", with.run.tape.step_count,
           without.run.tape.step_count);
    expect_all_explained(&with.run.tape);
    session_close(&with);
    session_close(&without);
}

static void paint(Session *session, double out[4])
{
    static const double noise[] = {0.3, -1, 0.8, 1.2};
    int states[4];
    Error error = {0};
    EXPECT(run_paint(&session->run, &(Painting){.steps = 3, .count = 1, .guidance = 1, .noise = noise}, states, &error), "%s", error.text);
    memcpy(out, tape_value(&session->run.tape, states[3])->data, 4 * sizeof *out);
}

/* What is painted after six updates is painted with the average, also with the one that is frozen, and so it is from the
 * weights that are saved: in a model without an average, before any update. */
static void painted_and_saved(void **state)
{
    (void)state;
    Session trained, raw, fresh;
    char path[PATH_SIZE];
    double painted[4], of_raw[4], again[4];
    Error error = {0};
    open_text(&trained, "\"average\": 0.9, \"frozen\": [\"W_1\"]", 6);
    open_text(&raw, "\"frozen\": [\"W_1\"]", 6);
    open_text(&fresh, "\"batch\": 2", 0);
    EXPECT(name_find(&trained.names, "W_1.average") < 0 && name_find(&trained.names, "b_1.average") >= 0, "what is frozen has an average");
    temporary_file(path, "", 0);
    EXPECT(weights_save(path, &trained.run, false, &error) && weights_load(path, &fresh.run, &error), "%s", error.text);
    paint(&trained, painted);
    paint(&raw, of_raw);
    paint(&fresh, again);
    EXPECT(memcmp(painted, again, sizeof painted) == 0, "the saved weights paint something else");
    EXPECT(fabs(painted[0] - of_raw[0]) > 1e-6, "painted with the parameters that are trained: %.17g", painted[0]);
    remove(path);
    session_close(&trained);
    session_close(&raw);
    session_close(&fresh);
}

int test_average(void)
{
    TestList list = {0};
    tests_add(&list, five_updates, NULL, "five updates");
    tests_add(&list, nothing_learns_from_it, NULL, "nothing learns from it");
    tests_add(&list, painted_and_saved, NULL, "painted and saved");
    return tests_run(&list, "average");
}
