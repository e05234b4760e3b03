/* The map: the training step at a glance. What goes in, what the model says comes next and how sure it is, the loss;
 * then the stations of the way, forward, backward, update. With the focus it has the whole screen. */
#include "panel_page.h"

#include "map.h"
#include "tiny_model/rules/rule.h"
#include "tracer/query/parts.h"
#include "tracer/query/stations.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MOST_GUESSES = 3, MOST_TOLD = 24, WITH_FORMULA = 66 };

/* The label of index i of an axis for people, or its number. */
static const char *called(const ViewState *state, const Axis *axis, int i, char *out, size_t size)
{
    const char *label = axis_label(&state->session->names, axis, i);
    if (label)
        return token_visible(out, size, label);
    snprintf(out, size, "%.60s %d", axis->name, i);
    return out;
}

/* "the cat saw the dog", of a long text its end. */
static void add_tokens(const ViewState *state, int ids, Text *out)
{
    const Value *tokens = tape_value(state_tape(state), ids);
    const Axis *axis = tape_counts(state_tape(state), ids);
    int count = (int)cells_of(tokens), from = count > MOST_TOLD ? count - MOST_TOLD : 0;
    char token[64];
    if (from)
        text_add(out, "... ");
    for (int i = from; i < count; i++)
        text_add(out, "%s%s", i > from ? " " : "", called(state, axis, (int)tokens->data[i], token, sizeof token));
}

/* The most probable columns of a row, the first first. */
static int best_columns(const Value *value, int row, int best[MOST_GUESSES])
{
    int count = 0;
    for (; count < MOST_GUESSES && count < value->cols; count++) {
        best[count] = -1;
        for (int c = 0; c < value->cols; c++) {
            bool taken = false;
            for (int i = 0; i < count; i++)
                taken |= best[i] == c;
            if (!taken && (best[count] < 0 || cell_of(value, row, c) > cell_of(value, row, best[count])))
                best[count] = c;
        }
    }
    return count;
}

/* "bird, 31 % sure; then cat 20 %, dog 11 %" */
static void add_guesses(const ViewState *state, int probabilities, int row, Text *out)
{
    const Value *value = tape_value(state_tape(state), probabilities);
    int best[MOST_GUESSES], count = best_columns(value, row, best);
    char label[64];
    for (int i = 0; i < count; i++)
        text_add(out, i == 0 ? "%s, %.0f %% sure" : i == 1 ? "; then %s %.0f %%" : ", %s %.0f %%",
                 called(state, col_axis(&state->session->names, probabilities), best[i], label, sizeof label),
                 100 * cell_of(value, row, best[i]));
}

static void write_says(const ViewState *state, Page *page)
{
    const Tape *tape = state_tape(state);
    int call = part_prediction(tape, 0), ids = part_tokens(tape, 0);
    Text text = {0}, says = {0};
    if (ids >= 0) {
        add_tokens(state, ids, &text);
        page_words(page, "the text  ", text.data ? text.data : "");
    }
    if (call >= 0) {
        int probabilities = part_prediction_of(tape, call).probabilities;
        const Axis *rows = row_axis(&state->session->names, probabilities);
        int row = rows->place ? tape_value(tape, probabilities)->rows - 1 : 0;
        char label[64];
        if (!rows->place)
            text_add(&says, "of %s: ", called(state, rows, row, label, sizeof label));
        add_guesses(state, probabilities, row, &says);
        page_words(page, rows->place ? "next comes" : "model says", says.data ? says.data : "");
    }
    page->text.failed |= text.failed || says.failed;
    text_free(&text);
    text_free(&says);
}

/* "2.2849, as unsure as among 9.8 equally likely ones" */
static void write_loss(const ViewState *state, Page *page)
{
    const Run *run = &state->session->run;
    char number[NUMBER_SIZE], text[160];
    if (run->loss < 0)
        return;
    double loss = run_loss(run);
    int used = snprintf(text, sizeof text, "%s", number_text(number, loss, state->settings.digits));
    if (part_has_perplexity(&run->tape, run->loss) && isfinite(exp(loss)))
        snprintf(text + used, sizeof text - (size_t)used, ": as unsure as among %.1f equally likely ones",
                 exp(loss));
    page_words(page, "the loss  ", text);
}

/* What is known of a station: its name, its result, how often it comes, its chapter. */
typedef struct {
    char name[PART_WORDS], shape[32], chapter[24], often[24];
    const char *formula;
} Told;

static Told told_of(const ViewState *state, const Page *page, const Station *station)
{
    Told told = {.formula = ""};
    const Tape *tape = state_tape(state);
    const Frame *frame = &tape->frames[station->frame];
    const Value *result = step_output(tape, &tape->steps[frame->last]);
    const Rule *rule = frame->rule;
    Lesson lesson = {0};
    if (rule && frame->phase == PHASE_FORWARD) /* the chapter that introduces it */
        lesson = (Lesson){.chapter = rule->chapter, .title = rule->name};
    else
        lesson = state->tutor.about(state->tutor.chapters, state->session, station->frame, -1);
    part_words(*frame->path ? frame->path : frame->name, told.name, sizeof told.name);
    snprintf(told.shape, sizeof told.shape, "%d x %d", result->rows, result->cols);
    if (lesson.title)
        snprintf(told.chapter, sizeof told.chapter, "chapter %d", lesson.chapter);
    if (station->alike > 1)
        snprintf(told.often, sizeof told.often, "%dx", station->alike);
    bool back = frame->phase == PHASE_BACKWARD;
    if (rule && page->ascii)
        told.formula = back ? rule->ascii_back : rule->ascii_forward;
    else if (rule)
        told.formula = back ? rule->back : rule->forward;
    return told;
}

/* The end of a name says what it is, the beginning where: of what is too long the beginning is left out. */
static const char *end_of(const char *name, int room)
{
    for (const char *next; text_width(name) > room && (next = strstr(name, ", ")); name = next + 2)
        continue;
    return name;
}

static void add_station(const ViewState *state, Page *page, const Station *station, bool here)
{
    enum { NAME = 26, SHAPE = 9, CHAPTER = 12, OFTEN = 6 };
    Told told = told_of(state, page, station);
    unsigned char flags = here ? BOLD : 0;
    bool wide = page->width >= WITH_FORMULA;
    if (page->width == 0) {
        page_line(page, flags, "%s: %s%s%s%s%s%s%s%s", told.name, told.shape, *told.chapter ? ", " : "", told.chapter,
                  *told.often ? ", " : "", told.often, *told.formula ? ", " : "", told.formula,
                  here ? "; you are here" : "");
    } else {
        int room = wide ? NAME : page->width - SHAPE - CHAPTER - 2, rest = page->width - 2 - NAME - SHAPE - CHAPTER;
        const char *name = end_of(told.name, room), *mark = !here ? "" : page->ascii ? "*" : "●";
        int pad = room - text_width(name);
        rest -= OFTEN;
        page_line(page, flags, "%s%*s%s%*s%*s  %-*s%-*s%s", mark, *mark ? 1 : 2, "", name, pad > 0 ? pad : 0, "",
                  SHAPE - 2, told.shape, wide ? CHAPTER : 0, told.chapter, wide ? OFTEN : 0, wide ? told.often : "",
                  wide && text_width(told.formula) <= rest ? told.formula : "");
    }
    page_leads(page, state_tape(state)->frames[station->frame].first, 0, 0);
}

static void add_phase(Page *page, Phase phase)
{
    static const char *const headings[] = {
        [PHASE_FORWARD] = "forward: from the input to the result",
        [PHASE_BACKWARD] = "backward: how fast does the loss grow with each number before it?",
        [PHASE_UPDATE] = "update: every parameter takes a step",
    };
    page_line(page, 0, "%s", "");
    page_line(page, BOLD, "%s", page->width && page->width < (int)strlen(headings[phase]) ? phase_name(phase)
                                                                                         : headings[phase]);
}

void write_map(const ViewState *state, Page *page)
{
    const Tape *tape = state_tape(state);
    Stations stations = stations_find(tape, state->outline->first);
    int here = station_of(tape, &stations, state->cursor.step);
    const char *name = state->session->model.name ? state->session->model.name : "one training step";
    snprintf(page->title, sizeof page->title, state->hunt.going ? "%.40s" : "%.40s, %d operations", name,
             tape->step_count);
    if (!state->mine) { /* a worksheet may ask for these */
        write_says(state, page);
        write_loss(state, page);
    }
    for (int i = 0, phase = -1; i < stations.count; i++) {
        const Frame *frame = &tape->frames[stations.list[i].frame];
        if ((int)frame->phase != phase)
            add_phase(page, frame->phase);
        phase = (int)frame->phase;
        add_station(state, page, &stations.list[i], i == here);
        if (i == here)
            page->focus = page->count - 1;
    }
}

bool map_shown(const ViewState *state)
{
    int page = state->panes.page - 1;
    return page >= 0 && state->panes.focus == PANE_PANEL && PANEL_PAGES[page].write == write_map;
}

int map_here(const ViewState *state)
{
    Stations stations = stations_find(state_tape(state), state->outline->first);
    int here = station_of(state_tape(state), &stations, state->cursor.step);
    return here < 0 ? 0 : here;
}

int map_marked(const ViewState *state)
{
    const Tape *tape = state_tape(state);
    Stations stations = stations_find(tape, state->outline->first);
    int line = state->panes.line < stations.count ? state->panes.line : stations.count - 1;
    return line < 0 ? state->cursor.step : tape->frames[stations.list[line].frame].first;
}
