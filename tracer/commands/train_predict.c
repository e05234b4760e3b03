/* What is said of who was not there; see train_predict.h. */
#include "train_predict.h"

#include "tracer/base/files.h"
#include "tracer/base/print.h"

void predicted_header(const char *of, const char *one, Text *out)
{
    text_add(out, "\n%s  probability of ", of ? of : " row");
    text_add_name(out, one ? one : "class 1", 60);
    text_add(out, "\n");
}

void predicted_line(const char *of, int row, double probability, bool json, int digits, Text *out)
{
    char number[NUMBER_SIZE];
    text_add(out, json ? "{" : "");
    if (json && of) {
        text_add(out, "\"user\": ");
        text_json_string(out, of);
    } else if (json) {
        text_add(out, "\"row\": %d", row);
    } else if (of) {
        text_add_name(out, of, 60);
    } else {
        text_add(out, "%4d", row);
    }
    if (json)
        text_add(out, ", \"probability\": %.17g}\n", probability);
    else
        text_add(out, "  %s\n", number_text(number, probability, digits));
}

bool predict_unseen(const Arguments *arguments, Session *session, Error *error)
{
    const Model *model = &session->model;
    const Data *data = &model->data;
    const Classifier *classifier = model->system->classifier;
    bool json = option_of(arguments, "--json") != NULL, whole = true;
    double both[2];
    Text out = {0};
    if (!classifier || classifier->classes(model) != 2)
        return error_set(error, EXIT_USED_WRONGLY, "--predict needs a model that says yes or no; this one does not");
    if (!json)
        predicted_header(data->unseen ? "user" : NULL, classifier->label(model, 1), &out);
    for (int i = 0; whole && i < data->unseen_count; i++) {
        whole = run_classify(&session->run, data->example_count + i, both, error);
        predicted_line(data->unseen ? data->unseen[i] : NULL, i, both[1], json, arguments->digits, &out);
    }
    if (whole)
        print_lines(out.data ? out.data : "");
    text_free(&out);
    return whole && stdout_finish(error);
}
