/* Flow matching and painting: independent implementations (golden/reference/pictures), what must hold for any numbers,
 * and what cannot be. */
#include "made.h"

#include "tiny_model/data/digits.h"
#include "tiny_model/painting.h"
#include "tiny_model/rules/rule.h"
#include "tiny_model/systems/flow.h"
#include "tracer/session/paintings.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_ROOM = 4000 };

static bool make_model(MadeModel *made, const char *parts, Error *error)
{
    char json[TEXT_ROOM];
    snprintf(json, sizeof json, "{\"system\": \"flow\", \"init\": {\"kind\": \"decimal\", \"std\": 0.5}, %s}", parts);
    return made_model(made, json, error);
}

static void make(MadeModel *made, const char *parts)
{
    Error error = {0};
    EXPECT(make_model(made, parts, &error) && run_init(&made->run, &made->model, NULL, &error) && run_record(&made->run, &error), "%s", error.text);
}

static void add_numbers(char *out, const char *key, const json_t *rows, int row, int count)
{
    sprintf(out + strlen(out), "\"%s\": [", key);
    for (int c = 0; c < count; c++)
        sprintf(out + strlen(out), "%s%.17g", c ? ", " : "", number_in(rows, row, c));
    strcat(out, "]");
}

/* Two pictures, forward, back and four Euler steps from their noise. */
static void golden(void **state)
{
    (void)state;
    json_t *root = reference_json("pictures/flow_matching.json");
    char parts[TEXT_ROOM] = "\"data\": {\"examples\": [";
    for (int i = 0; i < 2; i++) {
        strcat(parts, i ? ", {" : "{");
        add_numbers(parts, "x_0", json_object_get(root, "x0"), i, 4);
        strcat(parts, ", ");
        add_numbers(parts, "x_1", json_object_get(root, "x1"), i, 4);
        sprintf(parts + strlen(parts), ", \"t\": %.17g}", number_in(json_object_get(root, "t"), i, 0));
    }
    strcat(parts, "]}, \"model\": {\"network\": \"mlp\", \"hidden\": 5, \"frequencies\": 1, \"slowest\": 1, \"sampled\": 4}");
    MadeModel made;
    make(&made, parts);
    made_parameters(&made, root);
    static const char *const names[][2] = {
        {"x_t", "x_t"}, {"target", "target"}, {"input", "input"}, {"hidden", "hidden"}, {"velocity", "velocity"}, {"loss", "loss"},
        {"velocity.grad", "velocity_grad"}, {"W_1.grad", "W_1.grad"}, {"b_1.grad", "b_1.grad"}, {"W_2.grad", "W_2.grad"}, {"b_2.grad", "b_2.grad"},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        expect_matrix(&made.run, names[i][0], json_object_get(root, names[i][1]), 1e-13);
    const json_t *states = json_object_get(root, "euler4"), *by_four = json_object_get(root, "rk4_2");
    expect_matrix(&made.run, "x_1", json_array_get(states, 0), 0);
    for (int k = 0; k < 4; k++) {
        char name[20];
        snprintf(name, sizeof name, "euler%d.x", k);
        expect_matrix(&made.run, name, json_array_get(states, (size_t)k + 1), 1e-12);
    }
    double noise[8];
    memcpy(noise, made_value(&made.run, "x_1")->data, sizeof noise);
    Painting painting = {.solver = SOLVER_RK4, .steps = 2, .count = 2, .guidance = 1, .noise = noise};
    int painted[3];
    Error error = {0};
    EXPECT(run_paint(&made.run, &painting, painted, &error), "%s", error.text);
    expect_matrix(&made.run, "rk4_0.x", json_array_get(by_four, 1), 1e-12);
    expect_matrix(&made.run, "rk4_1.x", json_array_get(by_four, 2), 1e-12);
    expect_all_explained(&made.run.tape);
    made_free(&made);
    json_decref(root);
}

/* A block of a transformer, forward and back, as PyTorch has it (dit.py there). */
static void transformer(void **state)
{
    (void)state;
    MadeModel made;
    made_preset(&made, "dit");
    expect_reference(&made, "pictures/dit.json", 60);
    made_free(&made);
}

static void strokes(void **state)
{
    (void)state;
    json_t *root = reference_json("pictures/strokes.json");
    static const struct {
        const char *name;
        Digits digits;
    } sets[] = {{"plain_seed1_first3", {1, 12, DIGITS_PLAIN}}, {"styled_seed2_first3", {2, 12, DIGITS_STYLED}}};
    for (int s = 0; s < 2; s++)
        for (int i = 0; i < 3; i++) {
            double numbers[144], ink = 0;
            digit_draw(&sets[s].digits, i, numbers);
            for (int c = 0; c < 144; c++) {
                double wanted = number_in(json_object_get(root, sets[s].name), i, c);
                EXPECT(is_close(numbers[c], wanted, 1e-13), "%s, picture %d, number %d: %.17g, not %.17g", sets[s].name, i, c, numbers[c], wanted);
                ink += numbers[c] > 0;
            }
            EXPECT(ink > 5, "picture %d is empty", i);
        }
    for (int i = 0; i < 3; i++) {
        const json_t *thick = json_array_get(json_object_get(root, "thick"), (size_t)i), *right = json_array_get(json_object_get(root, "right"), (size_t)i);
        EXPECT(digit_is_thick(&sets[1].digits, i) == (json_is_true(thick) || json_number_value(thick) != 0), "picture %d is thick", i);
        EXPECT(digit_leans_right(&sets[1].digits, i) == (json_is_true(right) || json_number_value(right) != 0), "picture %d leans right", i);
    }
    json_decref(root);
}

/* v_u + w (v_c - v_u). */
static void guidance(void **state)
{
    (void)state;
    json_t *root = reference_json("pictures/cfg.json");
    static const double weights[] = {0, 1, 1.5, 3};
    static const char *const names[] = {"w=0", "w=1", "w=1.5", "w=3"};
    for (int i = 0; i < 4; i++) {
        Tape tape = {.frame = -1};
        double cells[2][6];
        for (int k = 0; k < 6; k++) {
            cells[0][k] = number_in(json_object_get(root, "uncond"), k / 3, k % 3);
            cells[1][k] = number_in(json_object_get(root, "cond"), k / 3, k % 3);
        }
        int u = tape_leaf(&tape, KIND_INPUT, "u", (Shape){2, 3}, cells[0]), c = tape_leaf(&tape, KIND_INPUT, "c", (Shape){2, 3}, cells[1]);
        const Value *v = tape_value(&tape, guided(&tape, "v", u, c, weights[i]));
        for (int k = 0; k < 6; k++)
            EXPECT(is_close(v->data[k], number_in(json_object_get(root, names[i]), k / 3, k % 3), 1e-15), "%s: %.17g", names[i], v->data[k]);
        tape_free(&tape);
    }
    json_decref(root);
}

#define ASKED "\"data\": {\"make\": \"digits\", \"count\": 20, \"size\": 6}, \"model\": {\"network\": \"dit\", \"patch\": 3, \"d_model\": 8, \"classes\": 10, \"drop\": 0.5}, \"training\": {\"batch\": 4}"

/* Left-out classes are those whose number is below the share; the null row alone learns from them. */
static void classes_are_left_out(void **state)
{
    (void)state;
    MadeModel made;
    make(&made, ASKED);
    const Value *class = made_value(&made.run, "class"), *table = made_value(&made.run, "class_embedding.grad");
    double out = 0, by_row[11] = {0};
    for (int i = 0; i < 4; i++) {
        EXPECT(class->data[i] == i || class->data[i] == 10, "picture %d is told to be %g", i, class->data[i]);
        out += class->data[i] == 10;
        by_row[(int)class->data[i]] = 1;
    }
    EXPECT(out > 0 && out < 4, "%g of 4 are left out", out);
    for (int r = 0; r < 11; r++) {
        double size = 0;
        for (int c = 0; c < table->cols; c++)
            size += fabs(cell_of(table, r, c));
        EXPECT((size > 0) == (by_row[r] > 0), "row %d of the classes has gradients of %g", r, size);
    }
    made_free(&made);
}

/* One picture alone is what it is among others; with guidance 1 nobody is asked twice, and 0 is without a class. */
static void alone_or_together(void **state)
{
    (void)state;
    MadeModel made;
    Error error = {0};
    int classes[] = {3, 7}, states[4], alone[4];
    double noise[72], kept[2][36];
    make(&made, ASKED);
    painting_noise(5, 0, noise, 72);
    static const double weights[] = {1, 2.5, 0};
    for (size_t w = 0; w < 3; w++) {
        Painting both = {.steps = 3, .count = 2, .classes = classes, .guidance = weights[w], .noise = noise};
        EXPECT(run_paint(&made.run, &both, states, &error), "%s", error.text);
        memcpy(kept, tape_value(&made.run.tape, states[3])->data, sizeof kept);
        for (int i = 0; i < 2; i++) {
            Painting one = both;
            one.count = 1;
            one.classes = classes + i;
            one.noise = noise + 36 * i;
            EXPECT(run_paint(&made.run, &one, alone, &error), "%s", error.text);
            EXPECT(memcmp(kept[i], tape_value(&made.run.tape, alone[3])->data, sizeof kept[i]) == 0, "picture %d is another one alone", i);
        }
    }
    Painting told = {.steps = 3, .count = 2, .guidance = 1, .noise = noise};
    EXPECT(run_paint(&made.run, &told, states, &error), "%s", error.text);
    const double *free_ones = tape_value(&made.run.tape, states[3])->data;
    for (int i = 0; i < 72; i++)
        EXPECT(is_close(free_ones[i], kept[i / 36][i % 36], 1e-12), "guidance 0 is not without a class: %.17g, %.17g", free_ones[i], kept[i / 36][i % 36]);
    made_free(&made);
}

/* adaLN-Zero: a block is the identity to the last bit, and only the last layer learns from the first step. */
static void begins_at_zero(void **state)
{
    (void)state;
    MadeModel made;
    Error error = {0};
    EXPECT(preset_open(&made.model, preset_find("dit"), &error), "%s", error.text);
    made.model.init.kind = INIT_NORMAL;
    EXPECT(model_finish(&made.model, &error) && run_init(&made.run, &made.model, NULL, &error) && run_record(&made.run, &error), "%s", error.text);
    const Value *tokens = made_value(&made.run, "tokens"), *output = made_value(&made.run, "block0.output");
    EXPECT(memcmp(tokens->data, output->data, cells_of(tokens) * sizeof(double)) == 0, "the block changes something");
    for (int p = 0; p < made.run.parameters.count; p++) {
        const Value *gradient = tape_value(&made.run.tape, tape_value(&made.run.tape, p)->gradient);
        double most = 0;
        for (size_t i = 0; i < cells_of(gradient); i++)
            most = fmax(most, fabs(gradient->data[i]));
        const char *name = made.run.parameters.list[p].name;
        bool last = strcmp(name, "final.W") == 0 || strcmp(name, "final.b") == 0;
        EXPECT((most > 0) == last, "%s has gradients up to %g", name, most);
    }
    made_free(&made);
}

/* In the space of codes: the vae stays as it is, the noise is as long as a code, and pictures are made of what comes out. */
static void codes_are_painted(void **state)
{
    (void)state;
    MadeModel made;
    Error error = {0};
    make(&made, "\"data\": {\"make\": \"digits\", \"count\": 4, \"size\": 4}, \"model\": {\"space\": \"latent\", \"latent\": 3, \"vae_hidden\": 5, \"code_scale\": 2}, \"training\": {\"batch\": 2}");
    const Value *mean = made_value(&made.run, "mean"), *x_0 = made_value(&made.run, "x_0"), *again = made_value(&made.run, "reconstruction");
    EXPECT(mean->cols == 3 && x_0->cols == 3 && again->cols == 16 && made_value(&made.run, "x_1")->cols == 3, "codes of %d", x_0->cols);
    for (int i = 0; i < 6; i++)
        EXPECT(x_0->data[i] == 2 * mean->data[i] && x_0->data[i] != 0, "x_0 is %g, the code %g", x_0->data[i], mean->data[i]);
    int still = 0, learning = 0;
    for (int p = 0; p < made.run.parameters.count; p++) {
        const Parameter *of = &made.run.parameters.list[p];
        bool vae = strncmp(of->name, "encoder.", 8) == 0 || strncmp(of->name, "decoder.", 8) == 0;
        EXPECT((tape_value(&made.run.tape, p)->gradient < 0) == vae && of->fresh == !vae, "%s", of->name);
        still += vae;
        learning += !vae;
    }
    EXPECT(still == 8 && learning == 4, "%d and %d", still, learning);
    double noise[3] = {0.5, -1, 0.25};
    int states[3];
    Painting painting = {.steps = 2, .count = 1, .guidance = 1, .noise = noise};
    EXPECT(run_paint(&made.run, &painting, states, &error), "%s", error.text);
    const Value *last = made_value(&made.run, "euler1.picture"), *code = made_value(&made.run, "euler1.code"), *x = made_value(&made.run, "euler1.x");
    EXPECT(tape_value(&made.run.tape, states[2]) == last && last->cols == 16 && code->data[1] == x->data[1] / 2, "the picture is not that of the code");
    expect_all_explained(&made.run.tape);
    made_free(&made);
}

static void refused(void **state)
{
    (void)state;
    static const char *const models[][2] = {
        {"\"data\": {\"make\": \"digits\"}", "needs a \"count\""},
        {"\"data\": {\"examples\": [{\"x_0\": [1, 2]}, {\"x_0\": [1]}]}", "has 1 numbers, the first picture has 2"},
        {"\"data\": {\"examples\": [{\"x_0\": [1, 2], \"t\": 1.5}]}", "\"t\" of example 0 has 1.5"},
        {"\"data\": {\"examples\": [{\"x_0\": [1, 2], \"x_1\": [1]}]}", "\"x_1\" of example 0 has 1 numbers, it needs 2"},
        {"\"data\": {\"examples\": [{\"x_0\": [1, 2, 3, 4], \"class\": 3}]}, \"model\": {\"classes\": 2}", "the data have class 3"},
        {"\"data\": {\"make\": \"digits\", \"count\": 1, \"size\": 5}, \"model\": {\"network\": \"dit\"}", "does not divide a picture of 5 x 5"},
        {"\"data\": {\"make\": \"digits\", \"count\": 1, \"size\": 4}, \"model\": {\"network\": \"dit\", \"d_model\": 6}", "make it a multiple of 4"},
        {"\"data\": {\"make\": \"digits\", \"count\": 1, \"size\": 4}, \"model\": {\"network\": \"dit\", \"space\": \"latent\"}", "codes, which are no patches"},
    };
    for (size_t i = 0; i < sizeof models / sizeof *models; i++) {
        MadeModel made;
        Error error = {0};
        EXPECT(!make_model(&made, models[i][0], &error), "%s was taken", models[i][0]);
        expect_error(&error, EXIT_USED_WRONGLY, models[i][1]);
        model_free(&made.model);
    }
    static const char *const options[][2] = {
        {"--steps 0", "whole number from 1"}, {"--guidance nan --class 1", "--guidance needs a number"}, {"--class 2", "from 0 to 1"},
        {"--class 1,", "--class needs"}, {"--guidance 2", "say what"}, {"--solver heun", "euler or rk4"}, {"-n 0", "-n needs"}, {"more", "too much"},
    };
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        Session session;
        Error error = {0};
        EXPECT(!session_open(&session, &(RunOptions){.model = "dit", .draw = options[i][0]}, &error), "%s was taken", options[i][0]);
        expect_error(&error, EXIT_USED_WRONGLY, options[i][1]);
    }
    Session session;
    Error error = {0};
    EXPECT(!session_open(&session, &(RunOptions){.model = "flow", .draw = "--class 0"}, &error), "a class for nobody");
    expect_error(&error, EXIT_USED_WRONGLY, "told classes");
    error = (Error){0};
    EXPECT(!session_open(&session, &(RunOptions){.model = "tiny", .draw = ""}, &error), "a GPT paints");
    expect_error(&error, EXIT_USED_WRONGLY, "paints nothing");
}

int test_flow(void)
{
    TestList list = {0};
    tests_add(&list, golden, NULL, "two pictures, forward, back and four steps from noise");
    tests_add(&list, transformer, NULL, "a transformer, forward and back");
    tests_add(&list, strokes, NULL, "digits by formula");
    tests_add(&list, guidance, NULL, "guidance");
    tests_add(&list, classes_are_left_out, NULL, "classes that are left out");
    tests_add(&list, alone_or_together, NULL, "a picture alone and among others");
    tests_add(&list, begins_at_zero, NULL, "what begins at zero");
    tests_add(&list, codes_are_painted, NULL, "codes that are painted");
    tests_add(&list, refused, NULL, "what cannot be painted");
    return tests_run(&list, "flow");
}
