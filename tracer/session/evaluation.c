/* Asking a classifier of all its data; see evaluation.h. */
#include "evaluation.h"

#include "tiny_model/data/auc.h"
#include "tiny_model/systems/nufo.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

const char *data_part_name(DataPart part)
{
    static const char *const names[DATA_PARTS] = {"train", "validation", "test"};
    return names[part];
}

/* The most certain first; of equals the one that comes first in the data. */
static int by_certainty(const void *a, const void *b)
{
    const Mistaken *first = a, *second = b;
    if (first->probability != second->probability)
        return first->probability > second->probability ? -1 : 1;
    return first->row < second->row ? -1 : first->row > second->row;
}

static int largest(const double *numbers, int count)
{
    int best = 0;
    for (int i = 1; i < count; i++)
        if (numbers[i] > numbers[best])
            best = i;
    return best;
}

static void note(Evaluation *out, DataPart part, int row, int target, const double *probabilities)
{
    PartEvaluation *of = &out->parts[part];
    int said = largest(probabilities, out->classes);
    of->examples++;
    of->right += said == target;
    of->loss -= log(probabilities[target]);
    of->confusion[target * out->classes + said]++;
    if (said != target)
        out->mistakes[out->mistake_count++] = (Mistaken){part, row, target, said, probabilities[said]};
}

/* What was said of class 1, and who is of it: [count] each, and room for as many. */
typedef struct {
    double *said, *is, *room;
    int count;
} Scores;

static void note_score(PartEvaluation *of, Scores *scores, int target, double probability)
{
    int bin = (int)(probability * CALIBRATION_BINS);
    Calibration *in = &of->calibration[bin < CALIBRATION_BINS ? bin : CALIBRATION_BINS - 1];
    in->examples++;
    in->is += target;
    in->said += probability;
    scores->said[scores->count] = probability;
    scores->is[scores->count++] = target;
}

static bool evaluate_part(Session *session, DataPart part, double *probabilities, Progress *progress, Evaluation *out,
                          Error *error)
{
    const Model *model = &session->model;
    const Classifier *classifier = model->system->classifier;
    int count = classifier->count(model, part), all = 0, done = 0;
    double *numbers = calloc((size_t)count * 3 + 1, sizeof *numbers);
    Scores scores = {numbers, numbers + count, numbers + 2 * (size_t)count, 0};
    bool whole = numbers || error_memory(error);
    for (int p = 0; p < DATA_PARTS; p++) {
        all += classifier->count(model, (DataPart)p);
        done += out->parts[p].examples;
    }
    for (int i = 0; whole && i < count; i++) {
        int row = classifier->row(model, part, i), target = classifier->target(model, row);
        if (!(whole = run_classify(&session->run, row, probabilities, error)))
            break;
        note(out, part, row, target, probabilities);
        if (out->classes == 2)
            note_score(&out->parts[part], &scores, target, probabilities[1]);
        progress_show(progress, done + i + 1, all);
    }
    out->parts[part].loss /= count ? count : 1;
    out->parts[part].area = scores.count ? area_under_curve(scores.said, scores.is, scores.count, scores.room) : NAN;
    free(numbers);
    return whole;
}

bool evaluation_make(Session *session, Evaluation *out, Error *error)
{
    const Model *model = &session->model;
    const Classifier *classifier = model->system->classifier;
    *out = (Evaluation){.classes = classifier ? classifier->classes(model) : 0};
    if (out->classes == 0)
        return error_set(error, EXIT_USED_WRONGLY,
                         "the model \"%s\" tells no classes; \"task\": {\"kind\": \"classify\"} makes one that does",
                         model->name);
    size_t cells = (size_t)out->classes * (size_t)out->classes;
    double *probabilities = malloc((size_t)out->classes * sizeof *probabilities);
    out->mistakes = malloc((size_t)model->data.example_count * sizeof *out->mistakes);
    bool whole = probabilities && out->mistakes;
    for (int part = 0; part < DATA_PARTS; part++) {
        out->parts[part].confusion = calloc(cells, sizeof(int));
        whole = whole && out->parts[part].confusion;
    }
    whole = whole || error_memory(error);
    Progress progress = progress_begin("examples");
    for (int part = 0; whole && part < DATA_PARTS; part++)
        whole = evaluate_part(session, (DataPart)part, probabilities, &progress, out, error);
    progress_end(&progress);
    free(probabilities);
    if (whole && out->mistake_count)
        qsort(out->mistakes, (size_t)out->mistake_count, sizeof *out->mistakes, by_certainty);
    if (!whole)
        evaluation_free(out);
    return whole;
}

void evaluation_free(Evaluation *evaluation)
{
    for (int part = 0; part < DATA_PARTS; part++)
        free(evaluation->parts[part].confusion);
    free(evaluation->mistakes);
    *evaluation = (Evaluation){0};
}

void example_text(const Model *model, int row, Text *out)
{
    const Example *example = &model->data.examples[row];
    const Field *text = example_field(example, "text"), *ids = example_field(example, "tokens");
    if (text)
        text_add(out, "%s", text->text);
    const Texts *labels = model->system == &NUFO ? &nufo_of(model)->gpt.labels : NULL;
    for (int i = 0; !text && ids && i < ids->count; i++) {
        int id = (int)ids->numbers[i];
        if (labels && id < labels->count)
            text_add(out, "%s%s", i ? " " : "", labels->list[id]);
        else
            text_add(out, "%s%g", i ? " " : "", ids->numbers[i]);
    }
}

const char *class_text(const Model *model, int class, char *out, size_t size)
{
    const char *label = model->system->classifier->label(model, class);
    if (label)
        snprintf(out, size, "%s", label);
    else
        snprintf(out, size, "%d", class);
    return out;
}
