/* Captions: how they are made and read, a step of a painter that is told in words and of pairs of captions and pictures
 * in PyTorch (golden/reference), what must hold for any numbers, and what cannot be said. */
#include "made.h"

#include "tiny_model/data/digits.h"
#include "tiny_model/painting.h"
#include "tiny_model/systems/flow.h"
#include "tracer/session/safetensors.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { TEXT_ROOM = 2000, PIXELS = 16 };

#define PICTURE "\"x_0\": [-1, 0.8, 0.9, -1, -1, -0.9, 0.7, -1, -0.9, 0.6, -0.8, -1, 0.9, 1, 0.8, 0.7], " \
                "\"x_1\": [0.3, -1.2, 0.7, 0.5, -0.4, 1.1, -0.6, 0.2, -1.4, 0.1, 0.9, -0.3, 0.6, -0.8, 1.3, -0.5], \"t\": 0.3"

/* A dit that is told CAPTIONS, with more KEYS. */
static const char *told(char json[TEXT_ROOM], const char *const captions[], int count, const char *keys)
{
    snprintf(json, TEXT_ROOM, "{\"system\": \"flow\", \"init\": {\"kind\": \"decimal\", \"std\": 0.5}, \"model\": {\"network\": \"dit\", \"text_width\": 4%s}, \"data\": {\"examples\": [", keys);
    for (int i = 0; i < count; i++)
        sprintf(json + strlen(json), "%s{" PICTURE ", \"caption\": \"%s\"}", i ? ", " : "", captions[i]);
    strcat(json, "]}}");
    return json;
}

static void by_torch(void **state)
{
    (void)state;
    MadeModel made;
    made_preset(&made, "prompt");
    expect_reference(&made, "pictures/prompt.json", 60);
    expect_all_explained(&made.run.tape);
    made_free(&made);
    Session session;
    open_model(&session, "tutorial/exercises/captioned.json", NULL, 0);
    json_t *root = reference_json("contrastive/captions.json"), *numbers;
    const char *name;
    int compared = 0;
    json_object_foreach(json_object_get(root, "values"), name, numbers) {
        expect_matrix(&session.run, name, numbers, 1e-12);
        compared++;
    }
    EXPECT(compared >= 40 && is_close(run_loss(&session.run), json_number_value(json_object_get(root, "loss")), 1e-13), "%d values, loss %.17g", compared, run_loss(&session.run));
    json_decref(root);
    session_close(&session);
}

/* What is said is what is drawn; a share of it, if not all is to be said; every fourth style of a digit can be left out. */
static void made_captions(void **state)
{
    (void)state;
    Digits digits = {.seed = 1, .size = 12, .set = DIGITS_STYLED};
    int left_out = 0, pens = 0, seen[40] = {0};
    for (int i = 0; i < 2000; i++) {
        char whole[DIGIT_CAPTION], part[DIGIT_CAPTION];
        int style = 2 * digit_is_thick(&digits, i) + digit_leans_right(&digits, i);
        digit_caption(&digits, i, 1, whole);
        EXPECT(strcmp(whole, digit_whole_caption(4 * digit_of(i) + style)) == 0, "picture %d: %s", i, whole);
        digit_caption(&digits, i, 0.5, part);
        EXPECT(strstr(part, DIGIT_WORDS[digit_of(i)]), "picture %d: %s", i, part);
        pens += strncmp(part, "thi", 3) == 0;
        left_out += digit_is_held_out(&digits, i);
        seen[4 * digit_of(i) + style] += !digit_is_held_out(&digits, i);
    }
    EXPECT(pens > 850 && pens < 1150 && left_out > 400 && left_out < 600, "%d pens, %d left out", pens, left_out);
    for (int k = 0; k < 40; k++)
        EXPECT((seen[k] == 0) == (k % 4 == k / 4 % 4), "caption %d: %d", k, seen[k]);
    EXPECT(!digit_whole_caption(40), "there are 40");
    MadeModel made;
    made_run(&made, "{\"system\": \"flow\", \"data\": {\"make\": \"digits\", \"count\": 30, \"set\": \"styled\", \"held_out\": true}, \"model\": {\"network\": \"dit\", \"text_width\": 4, \"patch\": 6}, \"training\": {\"batch\": 2}}");
    const Flow *flow = flow_of(&made.model);
    EXPECT(flow->captions.encoder.vocabulary_count == 2 + DIGIT_WORD_COUNT && flow->captions.length == 5, "%d words", flow->captions.encoder.vocabulary_count);
    EXPECT(strcmp(flow->pictures.captions[0], "thin zero leaning left") != 0, "0 thin left is in the data");
    made_free(&made);
}

/* Padding moves nothing, the order of words says nothing, and who is told nothing sees <BOS> alone. */
static void reading(void **state)
{
    (void)state;
    char json[TEXT_ROOM];
    static const char *const captions[][2] = {{"thick one", ""}, {"one thick", ""}};
    double kept[3][PIXELS], silent[PIXELS];
    for (int i = 0; i < 3; i++) {
        MadeModel made;
        made_run(&made, told(json, captions[i == 2], 2, i ? ", \"text_tokens\": 6, \"text_vocabulary\": [\"<PAD>\", \"<BOS>\", \"thick\", \"one\"]" : ""));
        const Value *velocity = made_value(&made.run, "velocity"), *weights = made_value(&made.run, "example1.block0.cross.head0.weights");
        EXPECT(weights->cols == (i ? 6 : 3), "%d tokens", weights->cols);
        for (int p = 0; p < weights->rows; p++)
            for (int w = 0; w < weights->cols; w++)
                EXPECT(cell_of(weights, p, w) == (w == 0), "patch %d sees %g of token %d", p, cell_of(weights, p, w), w);
        memcpy(kept[i], velocity->data, sizeof kept[i]);
        memcpy(silent, velocity->data + PIXELS, sizeof silent);
        made_free(&made);
    }
    double moved = 0;
    for (int k = 0; k < PIXELS; k++) {
        EXPECT(kept[0][k] == kept[1][k], "padding moves pixel %d", k);
        EXPECT(is_close(kept[1][k], kept[2][k], 1e-13), "the order of words moves pixel %d by %g", k, kept[1][k] - kept[2][k]);
        moved = fmax(moved, fabs(kept[0][k] - silent[k]));
    }
    EXPECT(moved > 1e-3, "a caption moves nothing");
}

/* What is seen is multiplied by 0 in the beginning: then only what multiplies it can learn, and only once the last layer
 * is no longer 0. A frozen encoder has no gradients at all. */
static void begins_shut(void **state)
{
    (void)state;
    MadeModel made;
    Error error = {0};
    made_run(&made, "{\"system\": \"flow\", \"init\": {\"kind\": \"normal\", \"std\": 0.3}, \"data\": {\"examples\": [{" PICTURE ", \"caption\": \"one\"}]}, "
                    "\"model\": {\"network\": \"dit\", \"text_width\": 4}, \"optimizer\": {\"kind\": \"sgd\", \"lr\": 0.1}, \"training\": {\"frozen\": [\"text\"]}}");
    static const struct {
        const char *name;
        int learns; /* from which update on */
    } names[] = {{"final.W.grad", 0}, {"block0.cross.W_O.grad", 1}, {"block0.cross.head0.W_V.grad", 2}, {"block0.cross.head0.W_Q.grad", 2}};
    for (int step = 0; step < 3; step++) {
        for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
            const Value *gradient = made_value(&made.run, names[i].name);
            double most = 0;
            for (size_t k = 0; k < (size_t)gradient->rows * (size_t)gradient->cols; k++)
                most = fmax(most, fabs(gradient->data[k]));
            EXPECT((most > 0) == (step >= names[i].learns), "update %d: %s up to %g", step, names[i].name, most);
        }
        EXPECT(tape_value(&made.run.tape, made_value(&made.run, "text.token_embedding") - made.run.tape.values)->gradient < 0, "frozen words have a gradient");
        run_advance(&made.run);
        EXPECT(run_record(&made.run, &error), "%s", error.text);
    }
    made_free(&made);
}

/* A guided painting reads its captions once, before the first step; every cell is explained. */
static void painting(void **state)
{
    (void)state;
    MadeModel made;
    Error error = {0};
    Arena arena = {0};
    Caption captions[2];
    double noise[2 * PIXELS];
    int states[4];
    made_preset(&made, "prompt");
    const Painter *painter = made.model.system->painter;
    EXPECT(painter->caption(&made.model, "thin one", &arena, &captions[0], &error) && painter->caption(&made.model, "", &arena, &captions[1], &error), "%s", error.text);
    painting_noise(1, 0, noise, 2 * PIXELS);
    Painting how = {.solver = SOLVER_EULER, .steps = 3, .count = 2, .captions = captions, .guidance = 2, .noise = noise};
    EXPECT(run_paint(&made.run, &how, states, &error), "%s", error.text);
    expect_all_explained(&made.run.tape);
    made_value(&made.run, "conditional.caption0.text.final_norm");
    made_value(&made.run, "unconditional.caption1.text.final_norm");
    const Value *with = made_value(&made.run, "euler2.conditional.velocity"), *without = made_value(&made.run, "euler2.unconditional.velocity");
    double moved = 0;
    for (int k = 0; k < PIXELS; k++) {
        moved = fmax(moved, fabs(with->data[k] - without->data[k]));
        EXPECT(with->data[PIXELS + k] == without->data[PIXELS + k], "an empty caption says something");
    }
    EXPECT(moved > 1e-3, "guidance has nothing to push");
    arena_free(&arena);
    made_free(&made);
}

/* One line that says what to change. */
static void refused(void **state)
{
    (void)state;
    static const struct {
        const char *model, *says;
    } models[] = {
        {"{\"system\": \"flow\", \"model\": {\"network\": \"dit\", \"text_width\": 4, \"patch\": 1}}", "captions"},
        {"{\"system\": \"flow\", \"data\": {\"make\": \"digits\", \"count\": 3}, \"model\": {\"network\": \"dit\", \"text_width\": 4}}", "captions"},
        {"{\"system\": \"flow\", \"data\": {\"make\": \"digits\", \"count\": 3, \"set\": \"styled\"}, \"model\": {\"text_width\": 4}}", "\"network\" dit"},
        {"{\"system\": \"flow\", \"data\": {\"make\": \"digits\", \"count\": 3, \"set\": \"styled\"}, \"model\": {\"network\": \"dit\", \"text_width\": 5}}", "text_heads"},
        {"{\"system\": \"flow\", \"data\": {\"make\": \"digits\", \"count\": 3, \"set\": \"styled\"}, \"model\": {\"network\": \"dit\", \"text_width\": 4, \"text_vocabulary\": [\"<BOS>\", \"<PAD>\", \"one\"]}}", "begins with"},
        {"{\"system\": \"flow\", \"data\": {\"make\": \"digits\", \"count\": 3, \"set\": \"styled\"}, \"model\": {\"network\": \"dit\", \"text_width\": 4, \"text_vocabulary\": [\"<PAD>\", \"<BOS>\", \"one\"]}}", "does not know"},
        {"{\"system\": \"flow\", \"data\": {\"examples\": [{\"x_0\": [1], \"caption\": \"a\"}, {\"x_0\": [1]}]}}", "example 1 has no \"caption\""},
        {"{\"system\": \"contrastive\", \"data\": {\"make\": \"digits\", \"count\": 3}}", "text_width"},
        {"{\"system\": \"contrastive\", \"data\": {\"make\": \"digits\", \"count\": 3, \"set\": \"plain\"}, \"model\": {\"text_width\": 4}}", "captions"},
        {"{\"system\": \"contrastive\", \"model\": {\"text_width\": 4}}", "numbers on the right"},
        {"{\"system\": \"contrastive\", \"model\": {\"shared\": true}, \"data\": {\"examples\": [{\"left\": \"a\", \"y\": [1]}]}}", "must be false here"},
        {"{\"system\": \"contrastive\", \"model\": {\"shared\": true}, \"data\": {\"examples\": [{\"x\": [1], \"right\": \"a\"}]}}", "must be false here"},
        {"{\"system\": \"contrastive\", \"model\": {\"shared\": true, \"hidden\": 2}, \"data\": {\"examples\": [{\"x\": [1], \"y\": [1]}]}}", "must be false here"},
        {"{\"system\": \"contrastive\", \"model\": {\"shared\": true, \"text_width\": 4}, \"data\": {\"examples\": [{\"left\": \"a\", \"y\": [1, 2, 3]}]}}", "must be false here"},
        {"{\"system\": \"flow\", \"data\": {\"make\": \"digits\", \"count\": 3, \"held_out\": true}}", "plain digits"},
    };
    for (size_t i = 0; i < sizeof models / sizeof *models; i++) {
        MadeModel made;
        Error error = {0};
        EXPECT(!made_model(&made, models[i].model, &error), "model %zu was taken", i);
        expect_error(&error, EXIT_USED_WRONGLY, models[i].says);
        model_free(&made.model);
    }
    static const char *const draws[][2] = {
        {"--caption 'fat one'", "\"fat\""}, {"--caption 'fat green one'", "\"fat\", \"green\""}, {"--caption one --class 1", "--class"},
        {"--guidance 2", "--caption"}, {"--caption one --guidance nan", "--guidance"}, {"--caption one --steps 0", "--steps"},
    };
    for (size_t i = 0; i < sizeof draws / sizeof *draws; i++) {
        Session session;
        Error error = {0};
        EXPECT(!session_open(&session, &(RunOptions){.model = "prompt", .draw = draws[i][0]}, &error), "%s was taken", draws[i][0]);
        expect_error(&error, EXIT_USED_WRONGLY, draws[i][1]);
    }
    Session session;
    Error error = {0};
    EXPECT(!session_open(&session, &(RunOptions){.model = "dit", .draw = "--caption one"}, &error), "dit reads");
    expect_error(&error, EXIT_USED_WRONGLY, "reads captions");
}

/* A row of the embedding stays that of its word: weights bring their words, and other ones are refused; what was trained
 * together is there together. */
static void words_of_weights(void **state)
{
    (void)state;
    static const char *const orders[] = {"one thick", "thick one"};
    char json[2][TEXT_ROOM], files[2][PATH_SIZE], weights[PATH_SIZE], numbers[2][100] = {""};
    for (int i = 0; i < 2; i++) {
        told(json[i], &orders[i], 1, "");
        temporary_file(files[i], json[i], strlen(json[i]));
    }
    temporary_file(weights, "", 0);
    Session session;
    Error error = {0};
    EXPECT(session_open(&session, &(RunOptions){.model = files[0]}, &error) && weights_save(weights, &session.run, false, &error), "%s", error.text);
    snprintf(numbers[0], sizeof numbers[0], "%.17g", made_value(&session.run, "text.token_embedding")->data[4 * 2]);
    EXPECT(strcmp(flow_of(&session.model)->captions.encoder.labels.list[2], "one") == 0, "the first word");
    session_close(&session);
    EXPECT(session_open(&session, &(RunOptions){.model = files[1], .weights = weights}, &error), "%s", error.text);
    snprintf(numbers[1], sizeof numbers[1], "%.17g", made_value(&session.run, "text.token_embedding")->data[4 * 2]);
    EXPECT(strcmp(flow_of(&session.model)->captions.encoder.labels.list[2], "one") == 0 && strcmp(numbers[0], numbers[1]) == 0, "another word has the row of \"one\"");
    session_close(&session);
    told(json[1], &orders[1], 1, ", \"text_vocabulary\": [\"<PAD>\", \"<BOS>\", \"thick\", \"one\"]");
    unlink(files[1]);
    temporary_file(files[1], json[1], strlen(json[1]));
    EXPECT(!session_open(&session, &(RunOptions){.model = files[1], .weights = weights}, &error), "other words were taken");
    expect_error(&error, EXIT_USED_WRONGLY, "other words");
    unlink(files[0]);
    unlink(files[1]);
    unlink(weights);
}

int test_captions(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_torch), cmocka_unit_test(made_captions), cmocka_unit_test(reading), cmocka_unit_test(begins_shut), cmocka_unit_test(painting),
        cmocka_unit_test(refused), cmocka_unit_test(words_of_weights),
    };
    return cmocka_run_group_tests_name("captions", tests, NULL, NULL);
}
