/* Whole models after their pretraining, and encoder-decoders: preferences, rewards, classes, adapters, two sides with
 * padding. Model files, weights and numbers are those of an independent implementation,
 * golden/reference/after_pretraining.json, which after_pretraining.py makes. */
#include "support.h"

#include "tiny_model/backward.h"
#include "tiny_model/gradcheck.h"
#include "tiny_model/rules/rule.h"
#include "tracer/query/singular_values.h"
#include "tracer/session/json_file.h"
#include "tracer/session/model_file.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CASES = 9 };
static json_t *cases;

static void open_case(Session *session, const json_t *one)
{
    Error error = {0};
    char *text = json_dumps(json_object_get(one, "model"), 0);
    const char *name;
    json_t *matrix;
    int set = 0;
    *session = (Session){0};
    EXPECT(text && model_defaults(&session->model, system_find("gpt"), &error) &&
               model_file_parse(text, strlen(text), "m", &session->model, &error) &&
               model_finish(&session->model, &error) && run_init(&session->run, &session->model, NULL, &error), "%s", error.text);
    free(text);
    json_object_foreach(json_object_get(one, "weights"), name, matrix) {
        int p = parameters_find(&session->run.parameters, "", name);
        EXPECT(p >= 0, "no parameter %s", name);
        const Parameter *of = &session->run.parameters.list[p];
        EXPECT(json_array_size(matrix) == (size_t)of->rows, "%s has %d rows", name, of->rows);
        for (int i = 0; i < of->rows * of->cols; i++)
            run_parameter(&session->run, p)[i] =
                json_number_value(json_array_get(json_array_get(matrix, (size_t)(i / of->cols)), (size_t)(i % of->cols)));
        set++;
    }
    EXPECT(set == session->run.parameters.count, "%d parameters, not %d", session->run.parameters.count, set);
    EXPECT(run_record(&session->run, &error) && session_index(session, &error), "%s", error.text);
}

static void agrees(void **state)
{
    const json_t *one = *state;
    Session session;
    const char *name;
    json_t *matrix;
    int trained = 0, gradients = 0;
    open_case(&session, one);
    json_object_foreach(json_object_get(one, "values"), name, matrix) {
        const Value *value = tape_value(&session.run.tape, value_called(&session, name));
        EXPECT(json_array_size(matrix) == (size_t)value->rows && json_array_size(json_array_get(matrix, 0)) == (size_t)value->cols,
               "%s is %d x %d", name, value->rows, value->cols);
        for (int i = 0; i < value->rows * value->cols; i++) {
            double number = json_number_value(json_array_get(json_array_get(matrix, (size_t)(i / value->cols)), (size_t)(i % value->cols)));
            EXPECT(is_close(value->data[i], number, 1e-12 * fmax(1, fabs(number))), "%s, cell %d: %.17g, PyTorch has %.17g", name, i,
                   value->data[i], number);
        }
        gradients += strstr(name, ".grad") && !strstr(name, "memory");
    }
    for (int p = 0; p < session.run.parameters.count; p++)
        trained += tape_value(&session.run.tape, p)->gradient >= 0;
    EXPECT(trained == gradients && trained >= 8, "%d parameters have gradients, in PyTorch %d", trained, gradients);
    expect_all_explained(&session.run.tape);
    session_close(&session);
}

/* What is frozen is not judged and not moved; everything else has a true gradient. */
static void gradients_are_true(void **state)
{
    Session session;
    Run scratch;
    Error error = {0};
    int frozen = 0;
    open_case(&session, *state);
    EXPECT(run_clone(&scratch, &session.run, &error), "%s", error.text);
    for (int p = 0; p < session.run.parameters.count; p++) {
        const Parameter *of = &session.run.parameters.list[p];
        Gradcheck found = {.ok = true};
        frozen += of->frozen;
        if (of->frozen)
            continue;
        EXPECT(gradcheck_value(&session.run, &scratch, p, EVERY, EVERY, &found, &error), "%s", error.text);
        EXPECT(found.ok && gradcheck_judged(&found) > 0, "%s: %g", of->name, found.max_rel);
    }
    const json_t *keys = json_object_get(*state, "model"), *task = json_object_get(keys, "task");
    const char *kind = json_string_value(json_object_get(task, "kind"));
    bool held = json_object_get(keys, "lora") || (kind && strcmp(kind, "preference") == 0);
    EXPECT((frozen > 0) == held, "%d parameters are frozen", frozen);
    run_free(&scratch);
    session_close(&session);
}

/* With decay: what is frozen has neither gradient nor moments on the tape, and is the same to the last bit after three
 * updates; what is trained is not. */
static void frozen_stays(void **state)
{
    static const char *const behind[] = {".grad", ".m", ".v", ".next"};
    Session session;
    Error error = {0};
    int frozen = 0;
    open_case(&session, *state);
    size_t bytes = session.run.parameters.cells * sizeof(double);
    double *before = malloc(bytes);
    memcpy(before, run_parameter(&session.run, 0), bytes);
    EXPECT(run_to(&session.run, 3, NULL, NULL, &error) && session_index(&session, &error), "%s", error.text);
    for (int p = 0; p < session.run.parameters.count; p++) {
        const Parameter *of = &session.run.parameters.list[p];
        bool same = memcmp(run_parameter(&session.run, p), before + of->offset, (size_t)(of->rows * of->cols) * sizeof(double)) == 0;
        EXPECT(same == of->frozen, "%s %s", of->name, same ? "has not moved" : "is frozen and has moved");
        for (size_t i = 0; i < sizeof behind / sizeof *behind && of->frozen; i++) {
            char name[200];
            snprintf(name, sizeof name, "%s%s", of->name, behind[i]);
            EXPECT(name_find(&session.names, name) < 0, "%s is on the tape", name);
        }
        frozen += of->frozen;
    }
    EXPECT(frozen > 0 && session.model.optimizer.weight_decay > 0, "%d are frozen", frozen);
    free(before);
    session_close(&session);
}

/* --- the rules, against numbers that were computed elsewhere: finetune.json --- */

typedef struct {
    const double *a, *b; /* [1 x count] */
    int count;
    bool apart;          /* how far b is from a, instead of which is better */
    int first, output;
} Two;

static int row_of(Tape *tape, const char *name, const double *numbers, int count)
{
    double *room = tape_room(tape, 1, count);
    memcpy(room, numbers, (size_t)count * sizeof *room);
    return tape_leaf(tape, KIND_PARAMETER, name, (Shape){1, count}, room);
}

static void record_two(Tape *tape, void *context)
{
    Two *two = context;
    two->first = row_of(tape, "a", two->a, two->count);
    int second = row_of(tape, "b", two->b, two->count);
    tape_begin_phase(tape, PHASE_FORWARD);
    two->output = two->apart ? divergence(tape, "kl", two->first, second)
                             : preference_loss(tape, "loss", difference(tape, "margin", two->first, second));
    tape_end(tape);
    backward(tape, two->output, NULL, 0);
}

/* The one number that comes of it, and the gradient of a. */
static double number_of_two(Two two, double *gradient)
{
    Error error = {0};
    Tape tape = {.frame = -1};
    EXPECT(tape_attempt(&tape, record_two, &two, &error), "%s", error.text);
    memcpy(gradient, tape_value(&tape, tape_value(&tape, two.first)->gradient)->data, (size_t)two.count * sizeof *gradient);
    double number = tape_value(&tape, two.output)->data[0];
    tape_free(&tape);
    return number;
}

static double number_of(const json_t *of, const char *key)
{
    EXPECT(json_is_number(json_object_get(of, key)), "no %s", key);
    return json_number_value(json_object_get(of, key));
}

static void better_of_two(void **state)
{
    (void)state;
    Error error = {0};
    json_t *root = json_file_read("golden/reference/finetune.json", 1 << 20, &error), *one;
    size_t i;
    json_array_foreach(json_object_get(root, "bradley_terry"), i, one) {
        double chosen = number_of(one, "r_chosen"), rejected = number_of(one, "r_rejected"), gradient;
        double loss = number_of_two((Two){.a = &chosen, .b = &rejected, .count = 1}, &gradient);
        EXPECT(is_close(loss, number_of(one, "loss"), 1e-15) && is_close(gradient, number_of(one, "d_chosen"), 1e-15), "%g and %g: %.17g, gradient %.17g",
               chosen, rejected, loss, gradient);
    }
    EXPECT(i == 4, "%zu pairs", i);
    json_decref(root);
}

static void how_far_apart(void **state)
{
    (void)state;
    static const char *const keys[] = {"kl_pq", "kl_qp", "kl_softmax_q"};
    Error error = {0};
    double p[3], q[3], logits[3], gradient[3];
    json_t *root = json_file_read("golden/reference/finetune.json", 1 << 20, &error), *of = json_object_get(root, "kl");
    for (size_t i = 0; i < 3; i++) {
        p[i] = log(json_number_value(json_array_get(json_object_get(of, "p"), i)));
        q[i] = log(json_number_value(json_array_get(json_object_get(of, "q"), i)));
        logits[i] = json_number_value(json_array_get(json_object_get(of, "logits"), i));
    }
    for (int i = 0; i < 3; i++) {
        double kl = number_of_two((Two){.a = i == 0 ? p : i == 1 ? q : logits, .b = i == 1 ? p : q, .count = 3, .apart = true}, gradient);
        EXPECT(is_close(kl, number_of(of, keys[i]), 1e-14), "%s is %.17g", keys[i], kl);
    }
    for (size_t i = 0; i < 3; i++)
        EXPECT(is_close(gradient[i], json_number_value(json_array_get(json_object_get(of, "d_logits"), i)), 1e-14), "d_logits %zu is %.17g", i, gradient[i]);
    json_decref(root);
}

/* Of [[3, 0], [4, 5]] they are sqrt 45 and sqrt 5 on paper; of an outer product there is one. */
static void singular(void **state)
{
    (void)state;
    double square[] = {3, 0, 4, 5}, wide[] = {3, 4, 0, 0, 0, 0}, outer[6], out[3];
    singular_values(square, 2, 2, out);
    EXPECT(is_close(out[0], sqrt(45), 1e-14) && is_close(out[1], sqrt(5), 1e-14), "%.17g, %.17g", out[0], out[1]);
    singular_values(wide, 2, 3, out);
    EXPECT(is_close(out[0], 5, 1e-15) && out[1] == 0 && out[2] == 0, "%g, %g, %g", out[0], out[1], out[2]);
    for (int i = 0; i < 6; i++)
        outer[i] = (i / 3 + 1) * (i % 3 - 0.5);
    singular_values(outer, 2, 3, out);
    EXPECT(is_close(out[0], sqrt(5 * 2.75), 1e-14) && out[1] == 0 && out[2] == 0, "%.17g, %g, %g", out[0], out[1], out[2]);
}

int test_after_pretraining(void)
{
    TestList list = {0};
    Error error = {0};
    json_t *one;
    size_t i;
    cases = json_file_read("golden/reference/after_pretraining.json", 1 << 20, &error);
    json_array_foreach(cases, i, one) {
        const char *name = json_string_value(json_object_get(one, "name"));
        tests_add(&list, agrees, one, "%s: as PyTorch has it", name);
        tests_add(&list, gradients_are_true, one, "%s: gradients are true", name);
        if (strstr(name, "reference") || strstr(name, "adapters"))
            tests_add(&list, frozen_stays, one, "%s: what is frozen stays", name);
    }
    tests_add(&list, better_of_two, NULL, "which of two is better");
    tests_add(&list, singular, NULL, "singular values");
    tests_add(&list, how_far_apart, NULL, "how far two distributions are apart");
    int failed = tests_run(&list, "after_pretraining") + (i != CASES);
    json_decref(cases);
    return failed;
}
