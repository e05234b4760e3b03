/* figure river: the gradient on its way back along the residual stream, as wide as it is large.
 *
 *   stream.grad before = stream.grad after + what came back through the branch
 *
 * Each residual lets the gradient through as it is, and its branch gives back a part of its own. */
#include "figure_page.h"

#include "tiny_model/primitive.h"
#include "tracer/query/parts.h"

#include <math.h>
#include <string.h>

enum { MOST_STEPS = 96, REACH = 120, WIDEST = 56, MIDDLE = 60, SIDE = 84, LABELS = 46, NARROWEST = 2 };

typedef struct {
    double after, before;   /* norms of the stream's gradient at both ends */
    double in, back;        /* into the branch, and what it adds to the stream's */
    bool adds;
    const char *block, *branch;  /* "block 0", "attention" or NULL */
} Bend;

static double norm_of(const Tape *tape, int value)
{
    const Value *of = tape_value(tape, value);
    double sum = 0;
    for (size_t i = 0; i < cells_of(of); i++)
        sum += of->data[i] * of->data[i];
    return sqrt(sum);
}

static double norm_of_difference(const Tape *tape, int a, int b)
{
    const Value *x = tape_value(tape, a), *y = tape_value(tape, b);
    double sum = 0;
    for (size_t i = 0; i < cells_of(x) && cells_of(x) == cells_of(y); i++)
        sum += (x->data[i] - y->data[i]) * (x->data[i] - y->data[i]);
    return sqrt(sum);
}

static int gradient_of(const Tape *tape, int value)
{
    return tape_value(tape, value)->gradient;
}

/* The part of the block that a branch is of, "attention"; NULL: the block itself. */
static const char *name_of_branch(const Tape *tape, int frame, int branch)
{
    int part = tape->steps[tape_value(tape, branch)->producer].frame;
    while (tape->frames[part].parent >= 0 && tape->frames[part].parent != frame)
        part = tape->frames[part].parent;
    return part == frame ? NULL : tape->frames[part].name;
}

/* All reaches in the order of the model, as far as they have gradients: those of one sequence. */
static int find_reaches(DrawList *list, const Tape *tape, Bend reaches[MOST_STEPS])
{
    enum { MOST_OF_BLOCK = 8 };
    StreamStep steps[MOST_OF_BLOCK];
    StreamBlock block;
    char words[PART_WORDS];
    const char *first = NULL;
    int count = 0;
    for (int i = 0, n; (n = part_stream(tape, i, steps, MOST_OF_BLOCK, &block)) > 0; i++) {
        if (first && strcmp(first, tape->frames[block.frame].home) == 0)
            break; /* another sequence */
        first = first ? first : tape->frames[block.frame].home;
        for (int s = 0; s < n && count < MOST_STEPS; s++) {
            int after = gradient_of(tape, steps[s].after), before = gradient_of(tape, steps[s].before);
            int in = gradient_of(tape, steps[s].branch);
            if (after < 0 || before < 0 || in < 0 || tape_value(tape, steps[s].branch)->producer < 0)
                continue;
            reaches[count++] = (Bend){
                .after = norm_of(tape, after), .before = norm_of(tape, before), .in = norm_of(tape, in),
                .back = steps[s].adds ? norm_of_difference(tape, before, after) : norm_of(tape, before),
                .adds = steps[s].adds, .branch = name_of_branch(tape, block.frame, steps[s].branch),
                .block = draw_format(list, "%s", part_words(tape->frames[block.frame].path, words, sizeof words))};
        }
    }
    return count;
}

static double width_of(double norm, double most)
{
    return fmax(NARROWEST, WIDEST * norm / most);
}

/* Out of the stream, around, and back into it, from one width to another. */
static void draw_branch(DrawList *list, Rgb color, double x, double middle, double in, double back)
{
    enum { POINTS = 25 };
    const double half_turn = 3.14159265358979, across = REACH / 2.0 - 12;
    Point *banks = draw_room(list, 2 * POINTS * sizeof *banks);
    for (int i = 0; banks && i < POINTS; i++) {
        double t = (double)i / (POINTS - 1), angle = half_turn * t, half = (in + (back - in) * t) / 2;
        double cx = x + REACH / 2.0, outer = across + half, inner = fmax(across - half, 1);
        banks[i] = (Point){cx + outer * cos(angle), middle + (SIDE + half) * sin(angle)};
        banks[2 * POINTS - 1 - i] = (Point){cx + inner * cos(angle), middle + (SIDE - half) * sin(angle)};
    }
    if (banks)
        draw_lines(list, banks, 2 * POINTS, color, 0)->filled = true;
}

/* One residual, the model's order from left to right: the water flows from right to left. */
static void draw_reach(const Spec *spec, DrawList *list, const Bend *bend, double x, double middle, double most)
{
    const Theme *theme = spec->theme;
    Rgb water = color_mix(theme->paper, theme->backward, 0.6), side = color_mix(theme->paper, theme->update, 0.6);
    char number[NUMBER_SIZE];
    double before = width_of(bend->before, most), after = width_of(bend->after, most);
    Point *banks = draw_room(list, 4 * sizeof *banks);
    draw_branch(list, side, x, middle, width_of(bend->in, most), width_of(bend->back, most));
    if (banks && bend->adds) {
        banks[0] = (Point){x, middle - before / 2};
        banks[1] = (Point){x + REACH, middle - after / 2};
        banks[2] = (Point){x + REACH, middle + after / 2};
        banks[3] = (Point){x, middle + before / 2};
        draw_lines(list, banks, 4, water, 0)->filled = true;
    }
    double y = middle + SIDE;
    draw_text_within(list, x + REACH / 2.0, y + WIDEST / 2.0 + 18, REACH - 6, ALIGN_CENTER, SMALL_SIZE, theme->ink,
                     bend->block);
    if (bend->branch)
        draw_bold(list, x + REACH / 2.0, y + WIDEST / 2.0 + 32, ALIGN_CENTER, SMALL_SIZE, theme->ink, bend->branch);
    draw_text(list, x + REACH / 2.0, y + WIDEST / 2.0 + 46, ALIGN_CENTER, SMALL_SIZE, theme->muted,
              draw_format(list, "gives back %s", number_text(number, bend->back, 3)));
    draw_bold(list, x, middle - WIDEST / 2.0 - 10, ALIGN_CENTER, SMALL_SIZE, theme->backward,
              draw_format(list, "%s", number_text(number, bend->before, 3)));
}

static bool draw(const Spec *spec, DrawList *list, Error *error)
{
    const Tape *tape = spec->session->names.tape;
    Bend *reaches = draw_room(list, MOST_STEPS * sizeof *reaches);
    char number[NUMBER_SIZE], first[NUMBER_SIZE];
    double most = 0, middle = PAGE_TOP + MIDDLE;
    if (!reaches)
        return error_memory(error);
    int count = find_reaches(list, tape, reaches);
    for (int i = 0; i < count; i++)
        most = fmax(most, fmax(fmax(reaches[i].after, reaches[i].before), fmax(reaches[i].in, reaches[i].back)));
    page_begin(list, spec);
    double right = PAGE_MARGIN + LABELS + count * REACH;
    for (int i = 0; i < count; i++)
        draw_reach(spec, list, &reaches[i], PAGE_MARGIN + LABELS + i * REACH, middle, most);
    draw_arrow_head(list, PAGE_MARGIN + LABELS - 14, middle, -1, 0, 14, spec->theme->backward);
    draw_bold(list, right, middle - WIDEST / 2.0 - 10, ALIGN_CENTER, SMALL_SIZE, spec->theme->backward,
              draw_format(list, "%s", number_text(number, reaches[count - 1].after, 3)));
    draw_text(list, right + 6, middle + 4, ALIGN_LEFT, SMALL_SIZE, spec->theme->muted, "← from the loss");
    const char *told = draw_format(
        list, "Widths are norms of gradients. It flows from the loss at the right, where it is %s, to the embedding at "
              "the left, where it is %s. Every residual lets it through as it is; green: the branch, and what it gives "
              "back.",
        number_text(number, reaches[count - 1].after, 3), number_text(first, reaches[0].before, 3));
    page_end(list, spec, right + 100, middle + SIDE + WIDEST / 2.0 + 50, "The gradient along the stream", told,
             draw_format(list, "A river with %d branches. %s", count, told));
    return true;
}

static bool has_river(const Session *session, const char **why)
{
    const Tape *tape = session->names.tape;
    StreamStep step;
    StreamBlock block;
    *why = "there is no stream that a gradient flows along";
    return part_stream(tape, 0, &step, 1, &block) > 0 && gradient_of(tape, step.after) >= 0 &&
           gradient_of(tape, step.before) >= 0 && gradient_of(tape, step.branch) >= 0;
}

const Figure RIVER_FIGURE = {
    .name = "river", .words = "",
    .shows = "the gradient along the residual stream, as wide as it is large, and what each branch gives back",
    .fits = has_river, .draw = draw,
};
