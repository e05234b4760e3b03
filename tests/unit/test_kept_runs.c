/* Runs that are kept in a folder: opened at any training step, cut off, of others, refused; and what a training
 * remembers in bounded room. */
#include "support.h"
#include "tensor_files.h"

#include "tracer/query/lab.h"
#include "tracer/session/curve.h"
#include "tracer/session/safetensors.h"
#include "tracer/session/training.h"
#include "tracer/session/worst.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char MODEL[] =
    "{\"text\": \"the cat saw the dog and the bird saw the cat and the dog saw a bird\", \"context\": 4, \"d_model\": 8,"
    " \"dropout\": 0.2, \"training\": {\"loader\": \"random\", \"batch\": 2, \"validation\": 0.4, \"steps\": 12,"
    " \"keep_every\": 5, \"average\": 0.9, \"validate_every\": 3}}";

typedef struct {
    char parent[PATH_SIZE], model[2 * PATH_SIZE], run[2 * PATH_SIZE];
} Place;

static void place_make(Place *place)
{
    folder_make(place->parent);
    folder_put(place->parent, "m.json", MODEL, sizeof MODEL - 1);
    folder_path(place->model, place->parent, "m.json");
    folder_path(place->run, place->parent, "run");
}

static void place_remove(const Place *place)
{
    char command[3 * PATH_SIZE];
    snprintf(command, sizeof command, "rm -rf '%s'", place->parent);
    EXPECT(system(command) == 0, "%s", command);
}

static void keep_run(const Place *place, int last)
{
    Session session;
    RunFolder folder;
    TrainingEnd end;
    Error error = {0};
    EXPECT(session_load(&session, &(RunOptions){.model = place->model}, &error), "%s", error.text);
    EXPECT(run_folder_make(&folder, place->run, &session.model, true, &error), "%s", error.text);
    EXPECT(training_run(&session, &(TrainingPlan){.last = last, .folder = &folder}, &end, &error), "%s", error.text);
    run_folder_close(&folder);
    session_close(&session);
}

/* Every training step of a kept run, opened from its checkpoints, is the one that plain training comes to: the loss
 * and every parameter to the last bit. And the lab goes back and forth between them. */
static void every_step_opens(void **state)
{
    (void)state;
    Place place;
    Error error = {0};
    place_make(&place);
    keep_run(&place, 12);
    for (int step = 0; step <= 12; step++) {
        Session plain, kept;
        EXPECT(session_open(&plain, &(RunOptions){.model = place.model, .step = step}, &error), "%s", error.text);
        EXPECT(session_open(&kept, &(RunOptions){.folder = place.run, .step = step, .step_given = step < 12}, &error), "%s", error.text);
        EXPECT(kept.run.training_step == step && same_bits(run_loss(&plain.run), run_loss(&kept.run)), "step %d: %.17g, not %.17g",
               step, run_loss(&kept.run), run_loss(&plain.run));
        EXPECT(memcmp(plain.run.store.values[1 - plain.run.store.now], kept.run.store.values[1 - kept.run.store.now],
                      plain.run.parameters.cells * sizeof(double)) == 0, "step %d: other parameters", step);
        EXPECT(memcmp(plain.run.store.average[1 - plain.run.store.now], kept.run.store.average[1 - kept.run.store.now],
                      plain.run.parameters.cells * sizeof(double)) == 0, "step %d: another average", step);
        session_close(&plain);
        session_close(&kept);
    }
    Session session, other;
    Lab lab;
    Outline outline;
    EXPECT(session_load(&session, &(RunOptions){.folder = place.run}, &error) && lab_init(&lab, &session, &error) &&
           session_record(&session, &error) && outline_init(&outline, &session.run.tape, &error) &&
           lab_begin(&lab, &outline, &error), "%s", error.text);
    static const int walk[] = {11, 3, 4, 0, 12};
    for (int i = 0; i < 5; i++) {
        EXPECT(lab_record(&lab, &(Wish){.training_step = walk[i]}, &error), "%s", error.text);
        EXPECT(session_open(&other, &(RunOptions){.model = place.model, .step = walk[i]}, &error), "%s", error.text);
        EXPECT(same_bits(run_loss(&lab_session(&lab, TRUTH)->run), run_loss(&other.run)), "the lab's step %d", walk[i]);
        session_close(&other);
    }
    lab_free(&lab);
    outline_free(&outline);
    session_close(&session);
    place_remove(&place);
}

static void count_line(void *context, const UpdateRecord *update)
{
    int *lines = context;
    EXPECT(update->step == *lines && isfinite(update->loss) && update->change > 0, "line %d is of step %d", *lines, update->step);
    EXPECT(isfinite(update->validation) == (update->step % 3 == 0), "validation at step %d", update->step);
    ++*lines;
}

static void kept_log(void **state)
{
    (void)state;
    Place place;
    RunFolder folder;
    Error error = {0};
    int lines = 0;
    place_make(&place);
    keep_run(&place, 12);
    EXPECT(run_folder_open(&folder, place.run, &error) && run_folder_read_log(&folder, count_line, &lines, &error), "%s", error.text);
    EXPECT(lines == 13 && folder.step == 12 && folder.kept_count == 4, "%d lines, %d checkpoints", lines, folder.kept_count);
    EXPECT(folder.best_step >= 0 && isfinite(folder.best_validation), "nothing was the best");
    EXPECT(run_folder_before(&folder, 9) == 5 && run_folder_before(&folder, 10) == 10, "the checkpoint before");
    run_folder_close(&folder);
    place_remove(&place);
}

/* A run that is there stays unless it is said, and files that are cut off or of others are told from good ones. */
static void kept_runs_refused(void **state)
{
    (void)state;
    Place place;
    RunFolder folder;
    Session session;
    Error error = {0};
    char path[3 * PATH_SIZE];
    place_make(&place);
    keep_run(&place, 5);
    EXPECT(session_load(&session, &(RunOptions){.model = place.model}, &error), "%s", error.text);
    EXPECT(!run_folder_make(&folder, place.run, &session.model, false, &error), "a run is written over");
    expect_error(&error, EXIT_USED_WRONGLY, "--force");
    run_folder_close(&folder);
    session_close(&session);
    snprintf(path, sizeof path, "%s/step-000005.safetensors", place.run);
    EXPECT(truncate(path, 1000) == 0, "%s", path);
    error = (Error){0};
    EXPECT(!session_open(&session, &(RunOptions){.folder = place.run}, &error), "a checkpoint that is cut off is read");
    expect_error(&error, EXIT_USED_WRONGLY, "step-000005.safetensors");
    snprintf(path, sizeof path, "%s/step-000005.safetensors", place.run);
    char other[3 * PATH_SIZE];
    snprintf(other, sizeof other, "%s/best.safetensors", place.run);
    EXPECT(rename(other, path) == 0, "%s", path);
    error = (Error){0};
    EXPECT(!session_open(&session, &(RunOptions){.folder = place.run}, &error), "weights are taken for a checkpoint");
    expect_error(&error, EXIT_USED_WRONGLY, "tensors");
    static const char *const states[] = {"", "{", "[]", "{\"format\": \"other\"}", "{\"format\": \"tracer-run\", \"version\": 2}",
                                         "{\"format\": \"tracer-run\", \"version\": 1, \"step\": -1}",
                                         "{\"format\": \"tracer-run\", \"version\": 1, \"step\": 3, \"checkpoints\": [3, 2]}"};
    for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
        folder_put(place.run, "run.json", states[i], strlen(states[i]));
        error = (Error){0};
        EXPECT(!session_open(&session, &(RunOptions){.folder = place.run}, &error), "state %zu is accepted", i);
        expect_error(&error, EXIT_USED_WRONGLY, "run.json");
    }
    error = (Error){0};
    EXPECT(!session_open(&session, &(RunOptions){.folder = place.parent}, &error), "a folder without a run is opened");
    expect_error(&error, EXIT_USED_WRONGLY, "holds no run");
    place_remove(&place);
}

/* --- what is kept in bounded room --- */

static void worst_updates(void **state)
{
    (void)state;
    Worst worst = {0};
    for (int step = 0; step < 1000; step++)
        worst_add(&worst, &(UpdateRecord){.step = step, .loss = 5.0 - step / 1000.0 + (step == 700 ? 0.4 : 0), .learning_rate = 1,
                                          .gradient_norm = step == 123 ? 9 : 1, .change = step == 999 ? 3 : 2});
    EXPECT(worst.list[WORST_ABOVE][0].update.step == 700, "the batch that stands out is %d", worst.list[WORST_ABOVE][0].update.step);
    EXPECT(worst.list[WORST_LOSS][0].update.step == 0 && worst.list[WORST_LOSS][4].update.step == 4, "the largest losses");
    EXPECT(worst.list[WORST_NORM][0].update.step == 123 && worst.list[WORST_NORM][1].update.step == 0, "the largest norms");
    EXPECT(worst.list[WORST_CHANGE][0].update.step == 999, "the largest change");
}

static void curves(void **state)
{
    (void)state;
    Curve curve = {0};
    double low = INFINITY, high = -INFINITY;
    for (int step = 0; step < 10000; step++)
        curve_add(&curve, step, step);
    EXPECT(curve.count <= MOST_POINTS && curve.stride == 16, "%d points of %d", curve.count, curve.stride);
    for (int i = 0; i < curve.count; i++)
        EXPECT(curve.step[i] == i * 16 && is_close(curve.value[i], i * 16 + 7.5, 1e-9), "point %d is %g at %d", i, curve.value[i], curve.step[i]);
    curve_range(&curve, &low, &high);
    EXPECT(is_close(low, 7.5, 1e-9) && is_close(high, 9991.5, 1e-9), "from %g to %g", low, high);
}

#define FOUR_DIGITS "\"data\": {\"make\": \"digits\", \"count\": 4, \"size\": 4}"
static const char VAE_MODEL[] = "{\"system\": \"vae\", " FOUR_DIGITS ", \"model\": {\"hidden\": 5, \"latent\": 3}}";
#define LATENT "{\"system\": \"flow\", " FOUR_DIGITS ", \"model\": {%s\"space\": \"latent\", \"latent\": 3, \"vae_hidden\": 5}}"

/* A vae that the model file names is the one that --weights brings; a run that is kept needs the file no more. */
static void a_file_of_a_part(void **state)
{
    (void)state;
    Place place;
    Session vae, named, brought, kept;
    Error error = {0};
    char path[2 * PATH_SIZE], plain[2 * PATH_SIZE], weights[2 * PATH_SIZE], json[300];
    place_make(&place);
    folder_put(place.parent, "vae.json", VAE_MODEL, strlen(VAE_MODEL));
    folder_path(weights, place.parent, "vae.safetensors");
    EXPECT(session_open(&vae, &(RunOptions){.model = folder_path(path, place.parent, "vae.json"), .step = 2}, &error) &&
           weights_save(weights, &vae.run, false, &error), "%s", error.text);
    snprintf(json, sizeof json, LATENT, "\"vae\": \"vae.safetensors\", ");
    folder_put(place.parent, "m.json", json, strlen(json));
    snprintf(json, sizeof json, LATENT, "");
    folder_put(place.parent, "plain.json", json, strlen(json));
    folder_path(plain, place.parent, "plain.json");
    keep_run(&place, 2);
    EXPECT(session_open(&named, &(RunOptions){.model = place.model, .step = 2}, &error), "%s", error.text);
    EXPECT(session_open(&brought, &(RunOptions){.model = plain, .weights = weights, .step = 2}, &error), "%s", error.text);
    EXPECT(remove(weights) == 0 && session_open(&kept, &(RunOptions){.folder = place.run}, &error), "%s", error.text);
    EXPECT(same_bits(run_loss(&named.run), run_loss(&brought.run)) && same_bits(run_loss(&named.run), run_loss(&kept.run)),
           "%.17g named, %.17g brought, %.17g kept", run_loss(&named.run), run_loss(&brought.run), run_loss(&kept.run));
    EXPECT(tape_value(&named.run.tape, value_called(&named, "encoder.W_1"))->data[0] ==
           tape_value(&vae.run.tape, value_called(&vae, "encoder.W_1"))->data[0], "another encoder");
    Session gone;
    EXPECT(!session_open(&gone, &(RunOptions){.model = place.model}, &error), "opened without its file");
    expect_error(&error, EXIT_INPUT_OUTPUT, "vae.safetensors");
    session_close(&vae);
    session_close(&named);
    session_close(&brought);
    session_close(&kept);
    place_remove(&place);
}

int test_kept_runs(void)
{
    TestList list = {0};
    tests_add(&list, every_step_opens, NULL, "every training step of a kept run opens");
    tests_add(&list, kept_log, NULL, "the log of a kept run");
    tests_add(&list, kept_runs_refused, NULL, "kept runs that are refused");
    tests_add(&list, worst_updates, NULL, "the updates that stand out");
    tests_add(&list, curves, NULL, "a curve in bounded room");
    tests_add(&list, a_file_of_a_part, NULL, "a file of a part");
    return tests_run(&list, "kept_runs");
}
