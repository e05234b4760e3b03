/* Sentences about the position; see saying.h. */
#include "saying.h"

#include "map.h"
#include "tiny_model/primitives/families.h"
#include "tiny_model/rules/rule.h"
#include "tracer/query/tours.h"

enum { LEAST_ROWS = 20, WITH_TUTORIAL = 120, ONE_ROW = 100, MOST_SAYING = 5 };

/* What steps are for that belong to no rule. */
static const struct {
    Phase phase;
    const Primitive *primitive;
    const char *words;
} WORDS[] = {
    {PHASE_FORWARD, &SPLIT_WORDS, "the text is cut into words; each becomes a row of code points, a number a letter"},
    {PHASE_FORWARD, &FIND_ROWS, "every word is looked up in the vocabulary: its place there is its token id"},
    {PHASE_FORWARD, &SLICE_COLUMNS, "the targets: every token shall foretell the one that comes next"},
    {PHASE_BACKWARD, &FILL, "the way back begins: how fast does the loss grow with itself? 1 for 1"},
    {PHASE_UPDATE, &COLUMN_SUM_OF_SQUARES, "how long is the whole gradient? the squares of all its numbers are added"},
    {PHASE_UPDATE, &ROW_SUM, "how long is the whole gradient? the squares of all its numbers are added"},
    {PHASE_UPDATE, &CONCAT, "how long is the whole gradient? the squares of all its numbers are added"},
    {PHASE_UPDATE, &SQRT, "the root of the sum of all squares is the length of the whole gradient"},
    {PHASE_UPDATE, &FILL, "so long may the whole gradient be at most"},
    {PHASE_UPDATE, &SCALE_BY, "a gradient that is too long is shortened: the direction stays, a leap becomes a step"},
    {PHASE_UPDATE, &MOVING_AVERAGE, "m: the gradient, smoothed over the training steps"},
    {PHASE_UPDATE, &MOVING_AVERAGE_OF_SQUARES, "v: the square of the gradient, smoothed likewise: its usual size"},
    {PHASE_UPDATE, &DIVIDE_BY, "m and v began at 0 and are too small at first; the division makes up for it"},
    {PHASE_UPDATE, &ROOT_PLUS, "the usual size of this gradient: the root of v, and eps, so that it is never 0"},
    {PHASE_UPDATE, &DIVIDE, "one measured by the other: the quotient says how far to go"},
    {PHASE_UPDATE, &DECAYED_STEP, "the step: the parameter moves against its direction, and shrinks where it decays"},
};

static const char *words_of(const Tape *tape, const Step *step)
{
    if (step->primitive == &SLICE_COLUMNS && tape->values[step->output].counts == AXIS_NONE)
        return NULL; /* columns of quantities are no targets */
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (WORDS[i].phase == step->phase && WORDS[i].primitive == step->primitive)
            return WORDS[i].words;
    return NULL;
}

/* "tour attention, 3 of 15: ..."; between two stations, that of the one before. */
static void add_tour(const ViewState *state, Text *out)
{
    const Tour *tour = &TOURS[state->tour - 1];
    TourWay way = tour_way(state_tape(state), tour);
    int at = tour_at(&way, state->cursor.step);
    if (at < 0)
        text_add(out, "tour %s, %s: n goes to the first of %d stations", tour->name, tour->about, way.count);
    else if (way.step[at] == state->cursor.step)
        text_add(out, "tour %s, %d of %d: %s", tour->name, at + 1, way.count, tour->stops[way.stop[at]].words);
    else
        text_add(out, "tour %s, past station %d of %d: n goes on, N back, Esc ends the tour", tour->name, at + 1,
                 way.count);
}

void saying_add(const ViewState *state, Text *out)
{
    if (state->tour) {
        add_tour(state, out);
        return;
    }
    const Step *step = map_shown(state) ? &state_tape(state)->steps[map_marked(state)] : state_step(state);
    const Rule *rule = state_tape(state)->frames[step->frame].rule;
    const char *words = !rule                           ? words_of(state_tape(state), step)
                        : step->phase == PHASE_BACKWARD ? rule->words_back
                                                        : rule->words;
    if (!words)
        return;
    if (rule)
        text_add(out, "%s: %s", rule->name, words);
    else
        text_add(out, "%s", words);
}

/* Outside of tours as many rows at every step, so that nothing moves while one walks; none where a page of the text
 * panel stands, which tells more, and while terms are looked through, which need the room. */
int saying_rows(const ViewState *state, int rows, int cols)
{
    bool map = map_shown(state);
    bool page = state->panes.page || cols >= WITH_TUTORIAL || state->panes.focus == PANE_CELL;
    if (!state->tour && (rows < LEAST_ROWS || state->settings.no_hints || (page && !map)))
        return 0;
    if (!state->tour)
        return cols < ONE_ROW ? 2 : 1;
    Text text = {0};
    Grid nowhere = {0};
    saying_add(state, &text);
    int count = text.data ? grid_put_wrapped(&nowhere, (Area){.cols = cols}, 0, PLAIN, text.data) : 0;
    text_free(&text);
    return count < MOST_SAYING ? count : MOST_SAYING;
}

void saying_view(const ViewState *state, Grid *grid, Area area)
{
    Text text = {0};
    saying_add(state, &text);
    grid->failed |= text.failed;
    if (text.data)
        grid_put_wrapped(grid, area, 0, STYLE(state->tour ? BOLD : 0), text.data);
    text_free(&text);
}
