/* The map and the tours: for whoever wants to be shown around; see keys.h. */
#include "keys.h"

#include "tracer/query/tours.h"
#include "tracer/views/map.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

void map_open(State *state)
{
    panel_open(state, "map");
    state->view.panes.focus = PANE_PANEL;
    state->view.panes.line = map_here(&state->view);
}

void map_close(State *state)
{
    if (!map_shown(&state->view))
        return;
    state->view.panes.page = state->view.panes.line = 0;
    state->view.panes.focus = PANE_OPERATION;
}

void map_key(State *state, int code)
{
    (void)code;
    if (map_shown(&state->view))
        map_close(state);
    else
        map_open(state);
}

void map_enter(State *state)
{
    state_jump(state, map_marked(&state->view));
}

int tour_ahead(const ViewState *view)
{
    TourWay way = tour_way(state_tape(view), &TOURS[view->tour - 1]);
    int next = tour_at(&way, view->cursor.step) + 1;
    return next < way.count ? way.step[next] : -1;
}

int tour_behind(const ViewState *view)
{
    TourWay way = tour_way(state_tape(view), &TOURS[view->tour - 1]);
    int at = tour_at(&way, view->cursor.step - 1);
    return at >= 0 ? way.step[at] : -1;
}

static void list_tours(State *state)
{
    char names[MESSAGE_SIZE] = "";
    for (int i = 0; i < TOUR_COUNT; i++)
        snprintf(names + strlen(names), sizeof names - strlen(names), "%s%s", i ? ", " : "", TOURS[i].name);
    state_complain(state, "write tour and which: %s; or tour off", names);
}

/* On the largest number of the largest matrix of the way: a cell where something happens, unlike those of a token
 * that does not occur. */
static void point_at_largest(State *state, const TourWay *way)
{
    const Value *widest = NULL;
    size_t largest = 0;
    for (int i = 0; i < way->count; i++) {
        const Value *value = step_output(state_tape(&state->view), &state_tape(&state->view)->steps[way->step[i]]);
        widest = widest && cells_of(widest) >= cells_of(value) ? widest : value;
    }
    for (size_t i = 1; widest && i < cells_of(widest); i++)
        if (isfinite(widest->data[i]) && fabs(widest->data[i]) > fabs(widest->data[largest]))
            largest = i;
    state->view.cursor.row = widest ? (int)largest / widest->cols : 0;
    state->view.cursor.col = widest ? (int)largest % widest->cols : 0;
    state->view.cursor.term = state->view.cursor.factor = 0;
}

bool command_tour(State *state, const char *words)
{
    const Tape *tape = state_tape(&state->view);
    int tour = tour_called(words);
    if (strcmp(words, "off") == 0) {
        state->view.tour = 0;
        state_say(state, "n walks on from here");
    } else if (tour < 0) {
        list_tours(state);
    } else if (!TOURS[tour].fits(tape)) {
        state_complain(state, "%s", TOURS[tour].lacks);
    } else {
        TourWay way = tour_way(tape, &TOURS[tour]);
        state->view.tour = tour + 1;
        state_jump(state, way.count ? way.step[0] : 0);
        point_at_largest(state, &way);
        state->view.panes.focus = PANE_OPERATION;
    }
    return true;
}
