/* figure reading: what was read for each token that was written, and what would have been without the cache: the
 * triangle of positions. Chapter 24. */
#include "figure_page.h"

#include "tiny_model/primitive.h"
#include "tracer/query/drawings.h"

#include <math.h>

enum { MOST_READ = 512, WIDEST_CELL = 26, LEFT = 54 };

typedef struct {
    int read, seen; /* positions that were read for a token, and those that it looks back on */
} Reading;

/* One for each token, in order. Returns how many. */
static int readings(const Tape *tape, Reading *out, int *widest)
{
    int count = 0, map;
    *widest = 0;
    while (count < MOST_READ && (map = read_for_token(tape, count)) >= 0) {
        const Value *of = tape_value(tape, map);
        out[count] = (Reading){of->rows, of->cols};
        *widest = of->cols > *widest ? of->cols : *widest;
        count++;
    }
    return count;
}

static void draw_cells(const Spec *spec, DrawList *list, const Reading *reading, int count, double cell)
{
    const Theme *theme = spec->theme;
    Rgb saved = color_mix(theme->paper, theme->line, 0.5);
    double gap = cell > 6 ? 1 : 0;
    for (int t = 0; t < count; t++)
        for (int position = 0; position < reading[t].seen; position++) {
            bool read = position >= reading[t].seen - reading[t].read;
            draw_rect(list, PAGE_MARGIN + LEFT + position * cell, PAGE_TOP + 18 + t * cell, cell - gap, cell - gap,
                      read ? theme->forward : saved)
                ->tip = draw_format(list, "token %d, position %d: %s", t + 1, position,
                                    read ? "read for it" : "kept from before");
        }
}

static bool draw(const Spec *spec, DrawList *list, Error *error)
{
    const Tape *tape = spec->session->names.tape;
    Reading *reading = draw_room(list, MOST_READ * sizeof *reading);
    int widest = 0, count = reading ? readings(tape, reading, &widest) : 0, with = 0, without = 0;
    if (count == 0)
        return error_set(error, EXIT_USED_WRONGLY, "no text is written on this tape");
    for (int t = 0; t < count; t++) {
        with += reading[t].read;
        without += reading[t].seen;
    }
    page_begin(list, spec);
    double cell = fmax(floor(fmin((page_width(spec) - LEFT) / widest, WIDEST_CELL)), 1);
    draw_text(list, PAGE_MARGIN + LEFT, PAGE_TOP + 10, ALIGN_LEFT, SMALL_SIZE, spec->theme->muted, "positions →");
    for (int t = 0; t < count; t++)
        if (cell >= 12 || t == 0 || t == count - 1)
            draw_text(list, PAGE_MARGIN + LEFT - 8, PAGE_TOP + 18 + t * cell + cell / 2 + 4, ALIGN_RIGHT, SMALL_SIZE,
                      spec->theme->muted, draw_format(list, "token %d", t + 1));
    draw_cells(spec, list, reading, count, cell);
    const char *told = draw_format(list,
                                   "A row for each token that was written, a square for each position that it looks "
                                   "back on. Read for it were the strong ones, %d in all; the pale ones were kept from "
                                   "before. Without the cache all %d would have been read.",
                                   with, without);
    page_end(list, spec, fmax(PAGE_MARGIN + LEFT + widest * cell, 320), PAGE_TOP + 18 + count * cell,
             "What was read to write", told, told);
    return true;
}

static bool is_written(const Session *session, const char **why)
{
    *why = "no text is written on this tape; --write '-n 8' shows one";
    return drawn_at(session->names.tape, 0) >= 0 && read_for_token(session->names.tape, 0) >= 0;
}

const Figure READING_FIGURE = {
    .name = "reading", .words = "",
    .shows = "the positions that were read to write a text, and those that the cache saved; with --write",
    .fits = is_written, .draw = draw,
};
