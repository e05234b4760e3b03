/* figure confusion: what a classifier takes for what, before a training and after it, in the part of the data that
 * nothing was learned from; below, the mistakes of which it is most certain then. Chapter 32. */
#include "figure_page.h"

#include <math.h>
#include <string.h>

enum { CELL = 62, CELL_LEAST = 24, MOST_DRAWN = 24, LABEL = 84, BETWEEN = 46, SHOWN = 5, ROW = 20, WORDS = 400 };

typedef struct {
    const Spec *spec;
    DrawList *list;
    DataPart part;
    int classes;
    double cell;
} Plan;

static const char *label_of(const Plan *plan, int class)
{
    char label[80];
    return draw_format(plan->list, "%s", class_text(&plan->spec->session->model, class, label, sizeof label));
}

/* One matrix with what it is called; returns the y below it. */
static double draw_matrix(const Plan *plan, const PartEvaluation *of, const char *when, double left, double top)
{
    const Theme *theme = plan->spec->theme;
    DrawList *list = plan->list;
    int c = plan->classes, most = 1;
    for (int i = 0; i < c * c; i++)
        most = of->confusion[i] > most ? of->confusion[i] : most;
    draw_bold(list, left + LABEL, top, ALIGN_LEFT, TEXT_SIZE, theme->ink, when);
    for (int col = 0; col < c; col++)
        draw_text_within(list, left + LABEL + (col + 0.5) * plan->cell, top + 20, plan->cell - 4, ALIGN_CENTER,
                         SMALL_SIZE, theme->muted, label_of(plan, col));
    for (int row = 0; row < c; row++) {
        double y = top + 26 + row * plan->cell;
        draw_text_within(list, left + LABEL - 8, y + plan->cell / 2 + 4, LABEL - 10, ALIGN_RIGHT, SMALL_SIZE,
                         theme->muted, label_of(plan, row));
        for (int col = 0; col < c; col++) {
            int count = of->confusion[row * c + col];
            Rgb fill = scale_color(theme, (Scale){0, most, false}, count);
            Item *box = draw_rect(list, left + LABEL + col * plan->cell, y, plan->cell - 1, plan->cell - 1, fill);
            box->tip = draw_format(list, "%d of class %s, told to be %s", count, label_of(plan, row),
                                   label_of(plan, col));
            draw_text(list, left + LABEL + (col + 0.5) * plan->cell, y + plan->cell / 2 + 4, ALIGN_CENTER, TEXT_SIZE,
                      color_on(fill), draw_format(list, "%d", count));
            if (row == col)
                draw_outline(list, left + LABEL + col * plan->cell + 1, y + 1, plan->cell - 3, plan->cell - 3,
                             theme->mark, 1);
        }
    }
    return top + 26 + c * plan->cell;
}

/* Of all parts: what is learned by heart has none, so that they are those of the others. */
static double draw_mistakes(const Plan *plan, const Evaluation *after, double y, double *right)
{
    const Theme *theme = plan->spec->theme;
    DrawList *list = plan->list;
    char number[NUMBER_SIZE];
    int shown = 0;
    for (int i = 0; i < after->mistake_count && shown < SHOWN; i++) {
        const Mistaken *of = &after->mistakes[i];
        Text text = {0};
        if (shown++ == 0)
            draw_bold(list, PAGE_MARGIN, y += ROW, ALIGN_LEFT, TEXT_SIZE, theme->ink, "most certain and wrong");
        example_text(&plan->spec->session->model, of->row, &text);
        y += ROW;
        draw_text(list, PAGE_MARGIN, y, ALIGN_LEFT, TEXT_SIZE, theme->backward,
                  number_text(number, of->probability, 3));
        draw_text_within(list, PAGE_MARGIN + 46, y, 200, ALIGN_LEFT, TEXT_SIZE, theme->muted,
                         draw_format(list, "%s, said %s (%s)", label_of(plan, of->target), label_of(plan, of->said),
                                     data_part_name(of->part)));
        draw_text_within(list, PAGE_MARGIN + 256, y, WORDS - 20, ALIGN_LEFT, TEXT_SIZE, theme->ink,
                         draw_format(list, "“%s”", text.data && !text.failed ? text.data : ""));
        text_free(&text);
        *right = fmax(*right, PAGE_MARGIN + 236 + WORDS);
    }
    return y;
}

static bool draw(const Spec *spec, DrawList *list, Error *error)
{
    const Evaluation *before = &spec->evaluations[0], *after = &spec->evaluations[1];
    Plan plan = {.spec = spec, .list = list, .part = (DataPart)(DATA_PARTS - 1), .classes = after->classes};
    while (plan.part > PART_LEARNED && after->parts[plan.part].examples == 0)
        plan.part--;
    if (plan.classes > MOST_DRAWN)
        return error_set(error, EXIT_USED_WRONGLY, "the model tells %d classes; at most %d are drawn", plan.classes,
                         MOST_DRAWN);
    page_begin(list, spec);
    plan.cell = fmax(CELL_LEAST, fmin(CELL, 320.0 / plan.classes));
    const PartEvaluation *one = &before->parts[plan.part], *two = &after->parts[plan.part];
    double wide = LABEL + plan.classes * plan.cell, right = PAGE_MARGIN + 2 * wide + BETWEEN;
    draw_matrix(&plan, one, "before", PAGE_MARGIN, PAGE_TOP + 10);
    double y = draw_matrix(&plan, two, draw_format(list, "after %d updates", spec->history->updates),
                           PAGE_MARGIN + wide + BETWEEN, PAGE_TOP + 10);
    y = draw_mistakes(&plan, after, y, &right);
    const char *told = draw_format(
        list, "%d examples of %s: %d are told right before, %d after. A row is the class, a column what the model "
              "says; outlined is what is right.",
        two->examples, data_part_name(plan.part), one->right, two->right);
    page_end(list, spec, right, y + 6, "What is taken for what", told, draw_format(list, "Two matrices. %s", told));
    return true;
}

static bool tells_classes(const Session *session, const char **why)
{
    const Classifier *classifier = session->model.system->classifier;
    *why = "this model tells no classes; \"task\": {\"kind\": \"classify\"} makes one that does";
    return classifier && classifier->classes(&session->model) > 0;
}

const Figure CONFUSION_FIGURE = {
    .name = "confusion", .words = "",
    .shows = "what a classifier takes for what, before and after --updates N, and its most certain mistakes",
    .needs = NEEDS_EVALUATIONS, .fits = tells_classes, .draw = draw,
};
