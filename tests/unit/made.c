/* Models that tests write down; see made.h. */
#include "made.h"

#include "tracer/session/model_file.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

bool made_model(MadeModel *made, const char *json, Error *error)
{
    return model_defaults(&made->model, &GPT, error) &&
           model_file_parse(json, strlen(json), "here", &made->model, error) && model_finish(&made->model, error);
}

void made_run(MadeModel *made, const char *json)
{
    Error error = {0};
    EXPECT(made_model(made, json, &error) && run_init(&made->run, &made->model, NULL, &error) && run_record(&made->run, &error), "%s", error.text);
}

void made_preset(MadeModel *made, const char *preset)
{
    Error error = {0};
    EXPECT(preset_open(&made->model, preset_find(preset), &error) && model_finish(&made->model, &error) &&
           run_init(&made->run, &made->model, NULL, &error), "%s", error.text);
}

void made_free(MadeModel *made)
{
    run_free(&made->run);
    model_free(&made->model);
}

const Value *made_value(const Run *run, const char *wanted)
{
    char name[200];
    for (int id = 0; id < run->tape.value_count; id++)
        if (tape_name(&run->tape, id, name, sizeof name) && strcmp(name, wanted) == 0)
            return tape_value(&run->tape, id);
    fail_test(__FILE__, __LINE__, "there is no %s", wanted);
}

json_t *reference_json(const char *path)
{
    char whole[200];
    json_error_t why;
    snprintf(whole, sizeof whole, "golden/reference/%s", path);
    json_t *root = json_load_file(whole, 0, &why);
    EXPECT(root, "%s: %s", whole, why.text);
    return root;
}

double number_in(const json_t *matrix, int row, int col)
{
    const json_t *of = json_array_get(matrix, (size_t)row);
    return json_number_value(json_is_array(of) ? json_array_get(of, (size_t)col) : of ? of : matrix);
}

void expect_matrix(const Run *run, const char *name, const json_t *wanted, double tolerance)
{
    const Value *of = made_value(run, name);
    EXPECT(wanted && (of->rows == 1 || json_array_size(wanted) == (size_t)of->rows), "nothing to compare %s with", name);
    double most = 0;
    for (int r = 0; r < of->rows; r++)
        for (int c = 0; c < of->cols; c++) {
            double number = number_in(wanted, r, c);
            most = fmax(most, fabs(number));
            EXPECT(is_close(cell_of(of, r, c), number, tolerance), "%s[%d,%d] is %.17g, not %.17g", name, r, c, cell_of(of, r, c), number);
        }
    EXPECT(most > 1e-6, "%s is all 0", name);
}

void made_parameters(MadeModel *made, const json_t *root)
{
    Error error = {0};
    for (int p = 0; p < made->run.parameters.count; p++) {
        const Parameter *of = &made->run.parameters.list[p];
        char name[200];
        parameter_name(of, name, sizeof name);
        const json_t *numbers = json_object_get(root, name);
        EXPECT(numbers, "no %s", name);
        for (int i = 0; i < of->rows * of->cols; i++)
            run_parameter(&made->run, p)[i] = number_in(numbers, i / of->cols, i % of->cols);
    }
    EXPECT(run_record(&made->run, &error), "%s", error.text);
}

void expect_reference(MadeModel *made, const char *path, int least)
{
    json_t *root = reference_json(path), *numbers;
    const char *name;
    int compared = 0;
    made_parameters(made, json_object_get(root, "parameters"));
    json_object_foreach(json_object_get(root, "values"), name, numbers) {
        expect_matrix(&made->run, name, numbers, 1e-12);
        compared++;
    }
    EXPECT(compared >= least, "only %d values", compared);
    EXPECT(is_close(run_loss(&made->run), json_number_value(json_object_get(root, "loss")), 1e-13), "loss %.17g", run_loss(&made->run));
    json_decref(root);
}
