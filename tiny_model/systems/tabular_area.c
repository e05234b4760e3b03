/* How good a table is at those who are kept apart, as steps. Mean and deviation of those who are learned from, by which
 * the others are standardised too. And the area under the curve: every pair of one who is and one who is not, and which
 * of them the model puts first. No gradient flows through it: it counts. Chapter 38.
 *
 *   pairs[p][n] = 1 where logit p > logit n,  1/2 where they are equal,  0 else;    area = their mean
 *   p of class 1 [P], n of class 0 [N]
 *   source  Fawcett 2006, section 7; the same number as data/auc.h */
#include "tabular.h"

#include "../record.h"

static int members_of(const Model *model, const int *rows, int count, int class)
{
    int members = 0;
    for (int i = 0; i < count; i++)
        members += table_target(model, rows ? rows[i] : table_row(model, PART_HELD, i)) == class;
    return members;
}

bool tabular_judges(const Tabular *tabular, const Model *model, Error *error)
{
    int count = table_count(model, PART_HELD), yes = members_of(model, NULL, count, 1);
    return !tabular->area || (yes > 0 && yes < count) ||
           error_set(error, EXIT_USED_WRONGLY,
                     "model: \"area\" compares customers of both classes, but of those that \"validation\" keeps %d "
                     "are of class 1 and %d of class 0",
                     yes, count - yes);
}

int *tabular_judged(const Scene *scene, int *count)
{
    *count = table_count(scene->model, PART_HELD);
    int *rows = tape_ints(scene->tape, *count, -1);
    for (int i = 0; i < *count; i++)
        rows[i] = table_row(scene->model, PART_HELD, i);
    return rows;
}

void tabular_spread(const Scene *scene, int raw, int *mean, int *deviation)
{
    Tape *tape = scene->tape;
    int count = table_count(scene->model, PART_LEARNED), *rows = tape_ints(tape, count, 0);
    for (int i = 0; i < count; i++)
        rows[i] = i;
    short examples = tape_axis(tape, (Axis){"example", count, NULL, false});
    tape_begin(tape, "spread", -1, NULL);
    int learned = table_numbers(scene, "learned", rows, count, examples);
    int counted = copy(tape, HERE("counted"), learned);
    tape->values[counted].col_axis = tape_value(tape, raw)->col_axis;
    double share = 1.0 / tape_value(tape, counted)->rows;
    *mean = scale(tape, HERE("mean"), column_sum(tape, HERE("sum"), counted), share);
    int squares = column_sum_of_squares(tape, HERE("squares"), sub_row(tape, HERE("centred"), counted, *mean));
    *deviation = square_root(tape, HERE("deviation"), scale(tape, HERE("variance"), squares, share));
    tape_end(tape);
}

/* The logits of one class [members x 1]. */
static int logits_of(const Scene *scene, const int *rows, int count, int class, int logits, short examples)
{
    Tape *tape = scene->tape;
    int members = members_of(scene->model, rows, count, class);
    double *ids = tape_room(tape, 1, members);
    for (int i = 0, at = 0; ids && i < count; i++)
        if (table_target(scene->model, rows[i]) == class)
            ids[at++] = i;
    short axis = tape_axis(tape, (Axis){class ? "yes" : "no", members, NULL, false});
    int leaf = tape_leaf(tape, KIND_INPUT, class ? "positives" : "negatives",
                         (Shape){1, members, .col_axis = axis, .counts = examples}, ids);
    return gather_rows(tape, HERE(class ? "logits.yes" : "logits.no"), logits, leaf);
}

void tabular_area(Scene *scene, int logits, const int *rows, int count, short examples)
{
    Tape *tape = scene->tape;
    tape_begin(tape, "area", -1, NULL);
    int yes = logits_of(scene, rows, count, 1, logits, examples);
    int no = logits_of(scene, rows, count, 0, logits, examples);
    int columns = transpose(tape, HERE("columns"), no), n = tape_value(tape, no)->rows;
    double pairs = (double)tape_value(tape, yes)->rows * n;
    Label one = label_with_axes(HERE("ones"), AXIS_NONE, tape_value(tape, columns)->col_axis, AXIS_NONE);
    int spread = matmul(tape, HERE("spread"), yes, fill(tape, &one, 1, 1, n));
    int ahead = sub_row(tape, HERE("ahead"), spread, columns);
    int won = positive_part_slope(tape, HERE("won"), ahead);
    int lost = positive_part_slope(tape, HERE("lost"), scale(tape, HERE("behind"), ahead, -1));
    int decided = add(tape, HERE("decided"), won, lost);
    int tied = add_constant(tape, HERE("tied"), scale(tape, HERE("turned"), decided, -1), 1);
    int points = add(tape, HERE("pairs"), won, scale(tape, HERE("half"), tied, 0.5));
    int sum = column_sum(tape, HERE("sum"), row_sum(tape, HERE("sums"), points));
    scale(tape, HERE("share"), sum, 1 / pairs);
    tape_end(tape);
}
