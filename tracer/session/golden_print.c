/* Goldens for people: reports and labelled numbers; see golden.h. */
#include "golden.h"

#include "tiny_model/primitive.h"

#include "tracer/base/print.h"

static void print_difference(const Golden *golden, const Names *names, const GoldenDifference *d)
{
    char expected[NUMBER_SIZE], found[NUMBER_SIZE];
    const GoldenTensor *tensor = &golden->list[d->tensor];
    if (d->value < 0) {
        print("  root: %s is not on the tape with the shape %d x %d\n", tensor->name, tensor->rows, tensor->cols);
        return;
    }
    print("  %s %s: %d of %d cells, most at [%d,%d]: expected %s, found %s\n", d->root ? "root:" : "     ",
          tensor->name, d->cells, tensor->rows * tensor->cols, d->row, d->col,
          number_exact(expected, tensor->data[(size_t)d->row * (size_t)tensor->cols + (size_t)d->col]),
          number_exact(found, cell_of(tape_value(names->tape, d->value), d->row, d->col)));
}

/* Where in the matrix: a # for each cell that differs. */
static void print_map(const Golden *golden, const Names *names, const GoldenDifference *d)
{
    const GoldenTensor *tensor = &golden->list[d->tensor];
    const Value *value = tape_value(names->tape, d->value);
    enum { MOST_ROWS = 40, MOST_COLS = 72 };
    for (int r = 0; r < tensor->rows && r < MOST_ROWS; r++) {
        print("        ");
        for (int c = 0; c < tensor->cols && c < MOST_COLS; c++) {
            double a = cell_of(value, r, c), g = tensor->data[(size_t)r * (size_t)tensor->cols + (size_t)c];
            print("%c", golden_equal(tensor, a, g) ? '.' : '#');
        }
        print("%s\n", tensor->cols > MOST_COLS ? "..." : "");
    }
}

void golden_print_report(const char *path, const Golden *golden, const Names *names, const GoldenReport *report,
                         bool detailed)
{
    if (report->count == 0 && report->missing == 0) {
        print("%s: all %d tensors as expected\n", path, golden->count);
        return;
    }
    print("%s: %d root%s; %d follow", path, report->roots, report->roots == 1 ? "" : "s",
          report->count - report->roots);
    print(report->missing ? "; %d values of the tape are not in the file\n" : "\n", report->missing);
    for (int i = 0; i < report->count; i++) {
        if (!report->list[i].root && !detailed)
            continue;
        print_difference(golden, names, &report->list[i]);
        if (detailed && report->list[i].value >= 0)
            print_map(golden, names, &report->list[i]);
    }
}

void golden_show(const Golden *golden, const Names *names, int digits)
{
    print("model %s, training step %d\n", golden->model, golden->step);
    if (golden->reason)
        print("accepted: %s\n", golden->reason);
    for (int i = 0; i < golden->count; i++) {
        const GoldenTensor *tensor = &golden->list[i];
        char number[NUMBER_SIZE], visible[160];
        int value = name_find(names, tensor->name);
        print("\n%s  %d x %d\n", tensor->name, tensor->rows, tensor->cols);
        for (int r = 0; r < tensor->rows; r++) {
            const char *token = value < 0 ? NULL : axis_label(names, row_axis(names, value), r);
            print("%4d %-14s", r, token ? token_visible(visible, sizeof visible, token) : "");
            for (int c = 0; c < tensor->cols; c++)
                print(" %*s", digits + 4,
                      number_text(number, tensor->data[(size_t)r * (size_t)tensor->cols + (size_t)c], digits));
            print("\n");
        }
    }
}
