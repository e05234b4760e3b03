/* Weights into a run: all of them or none. */
#include "support.h"

#include "tracer/base/files.h"
#include "tracer/session/safetensors.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char MODEL[] = "tiny", WEIGHTS[] = "golden/reference/tiny/weights.safetensors";

/* A run whose parameters are all 7, and the weights of the reference to change. */
typedef struct {
    Session session;
    NamedMatrices tensors;
} Loading;

static void begin(Loading *loading)
{
    Error error = {0};
    open_model(&loading->session, MODEL, NULL, 0);
    Run *run = &loading->session.run;
    for (int p = 0; p < run->parameters.count; p++)
        for (int i = 0; i < run->parameters.list[p].rows * run->parameters.list[p].cols; i++)
            run_parameter(run, p)[i] = 7;
    EXPECT(named_matrices_read(WEIGHTS, &loading->tensors, &error), "%s", error.text);
}

static void end(Loading *loading)
{
    named_matrices_free(&loading->tensors);
    session_close(&loading->session);
}

static void expect_untouched(Run *run)
{
    for (int p = 0; p < run->parameters.count; p++)
        for (int i = 0; i < run->parameters.list[p].rows * run->parameters.list[p].cols; i++)
            EXPECT(run_parameter(run, p)[i] == 7, "parameter %d was changed", p);
}

static void expect_file_refused(Loading *loading, const char *path, const char *says)
{
    Error error = {0};
    EXPECT(!weights_load(path, &loading->session.run, &error), "the weights are loaded");
    expect_error(&error, EXIT_USED_WRONGLY, says);
    expect_untouched(&loading->session.run);
}

/* Writes the tensors as they are now and expects that they are refused. */
static void expect_refused(Loading *loading, const char *says)
{
    char path[PATH_SIZE];
    Error error = {0};
    temporary_file(path, "", 0);
    EXPECT(named_matrices_write(path, &loading->tensors, &error), "%s", error.text);
    expect_file_refused(loading, path, says);
    unlink(path);
}

static void missing_and_surplus(void **state)
{
    (void)state;
    Loading loading;
    begin(&loading);
    NamedMatrices *tensors = &loading.tensors;
    NamedMatrix *last = &tensors->list[tensors->count - 1];
    tensors->count--;
    expect_refused(&loading, last->name);
    tensors->count++;
    char *name = last->name, other[] = "block0.attention.head7.W_Q";
    last->name = other;
    expect_refused(&loading, other);
    last->name = name;
    end(&loading);
}

static void surplus_only(void **state)
{
    (void)state;
    Loading loading;
    begin(&loading);
    NamedMatrices *tensors = &loading.tensors;
    double number[] = {1};
    NamedMatrix *more = malloc(((size_t)tensors->count + 1) * sizeof *more);
    EXPECT(more, "out of memory");
    memcpy(more, tensors->list, (size_t)tensors->count * sizeof *more);
    more[tensors->count] = (NamedMatrix){"extra", 1, 1, number};
    NamedMatrix *list = tensors->list;
    tensors->list = more;
    tensors->count++;
    expect_refused(&loading, "\"extra\"");
    tensors->list = list;
    tensors->count--;
    free(more);
    end(&loading);
}

/* The same number of cells, but another shape. */
static void other_shapes(void **state)
{
    (void)state;
    Loading loading;
    begin(&loading);
    int tried = 0;
    for (int i = 0; i < loading.tensors.count; i++) {
        NamedMatrix *tensor = &loading.tensors.list[i];
        int rows = tensor->rows, cols = tensor->cols;
        if (rows == cols)
            continue;
        tried++;
        tensor->rows = cols;
        tensor->cols = rows;
        expect_refused(&loading, tensor->name);
        tensor->rows = rows;
        tensor->cols = cols;
    }
    EXPECT(tried > 5, "%d tensors are not square", tried);
    end(&loading);
}

static void not_finite(void **state)
{
    (void)state;
    static const double numbers[] = {NAN, INFINITY, -INFINITY};
    Loading loading;
    begin(&loading);
    NamedMatrix *last = &loading.tensors.list[loading.tensors.count - 1];
    for (int i = 0; i < 3; i++) {
        double *cell = &last->data[last->rows * last->cols - 1], before = *cell;
        *cell = numbers[i];
        expect_refused(&loading, last->name);
        *cell = before;
    }
    end(&loading);
}

static void cut_off(void **state)
{
    (void)state;
    Loading loading;
    begin(&loading);
    char *bytes, path[PATH_SIZE];
    size_t size;
    Error error = {0};
    EXPECT(file_read(WEIGHTS, 1 << 20, &bytes, &size, &error), "%s", error.text);
    temporary_file(path, bytes, size);
    while (size-- > 0) {
        EXPECT(truncate(path, (off_t)size) == 0, "%s cannot be cut", path);
        expect_file_refused(&loading, path, path);
    }
    free(bytes);
    unlink(path);
    end(&loading);
}

static void of_another_model(void **state)
{
    (void)state;
    Loading loading;
    begin(&loading);
    expect_file_refused(&loading, "golden/reference/by-hand/weights.safetensors", "by-hand");
    expect_file_refused(&loading, "golden/reference/m02/weights.safetensors", "m02");
    end(&loading);
}

/* Before and after the update, and back into another run. */
static void saved_and_loaded(void **state)
{
    Session session, other;
    char path[PATH_SIZE];
    open_model(&session, *state, NULL, 2);
    open_model(&other, *state, NULL, 0);
    temporary_file(path, "", 0);
    for (int after = 0; after < 2; after++) {
        Error error = {0};
        EXPECT(weights_save(path, &session.run, after, &error) && weights_load(path, &other.run, &error), "%s", error.text);
        if (after)
            run_advance(&session.run);
        for (int p = 0; p < session.run.parameters.count; p++) {
            const Parameter *of = &session.run.parameters.list[p];
            size_t bytes = (size_t)of->rows * (size_t)of->cols * sizeof(double);
            bool same = memcmp(run_parameter(&session.run, p), run_parameter(&other.run, p), bytes) == 0;
            EXPECT(same, "%s differs", of->local);
        }
    }
    unlink(path);
    session_close(&session);
    session_close(&other);
}

int test_weights(void)
{
    TestList list = {0};
    tests_add(&list, missing_and_surplus, NULL, "a missing tensor, a name that is not known");
    tests_add(&list, surplus_only, NULL, "a surplus tensor");
    tests_add(&list, other_shapes, NULL, "other shapes");
    tests_add(&list, not_finite, NULL, "numbers that are not finite");
    tests_add(&list, cut_off, NULL, "cut off at every length");
    tests_add(&list, of_another_model, NULL, "weights of another model");
    tests_add_models(&list, saved_and_loaded, "what is saved can be loaded");
    return tests_run(&list, "weights");
}
