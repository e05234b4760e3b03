/* The step in words and tables, for who does not see the screen, and its place; see web.h. */
#include "web.h"

#include "tracer/query/formula.h"
#include "tracer/views/hiding.h"
#include "tracer/views/map.h"
#include "tracer/views/notes.h"
#include "tracer/views/own_answer.h"
#include "tracer/views/saying.h"
#include "tracer/views/view.h"

enum { NAME_ROOM = 400, MOST_TOLD_CELLS = 64, MOST_TOLD_TERMS = 24 };

static const ViewState *view_of(const Web *web)
{
    return &web->stepping->stepper.state.view;
}

const char *web_place(Web *web)
{
    const ViewState *view = view_of(web);
    char name[NAME_ROOM] = "";
    Reference cell = state_cell(view);
    Text *out = web_begin(web);
    if (!map_shown(view))
        cell_text(&view->session->names, cell.value, cell.row, cell.col, name, sizeof name);
    text_add(out, "{\"at\":");
    text_json_string(out, name);
    text_add(out, ",\"step\":%d,\"mistake\":", training_step(view));
    /* in a hunt that would be the answer */
    text_json_string(out, view->fork.mistake && !view->hunt.going ? view->fork.mistake->id : "");
    text_add(out, ",\"typing\":%s}", view->prompt.mode == MODE_WALK ? "false" : "true");
    return web_end(web);
}

const char *web_models(Web *web)
{
    Text *out = web_begin(web);
    for (int i = 0; i < PRESET_COUNT; i++)
        if (!PRESETS[i].whole_training)
            text_add(out, "%s\t%s\n", PRESETS[i].name, PRESETS[i].good_for);
    return web_end(web);
}

const char *web_sentence(Web *web)
{
    const State *state = &web->stepping->stepper.state;
    Text *out = web_begin(web);
    if (state->view.message.text[0])
        text_add(out, "%s\n", state->view.message.text);
    if (state->errand.tell == TELL_STEP && !map_shown(&state->view))
        step_sentence(state, out);
    else
        page_sentences(state, out);
    return web_end(web);
}

static void add_labels(const Names *names, const Axis *axis, int count, Text *out)
{
    char visible[128];
    text_add(out, "[");
    for (int i = 0; i < count && i < MOST_TOLD_CELLS; i++) {
        const char *label = axis_label(names, axis, i);
        text_add(out, i ? "," : "");
        if (label)
            text_json_string(out, token_visible(visible, sizeof visible, label));
        else
            text_add(out, "\"%d\"", i);
    }
    text_add(out, "]");
}

static void add_cells(const ViewState *view, int id, Text *out)
{
    const Value *value = tape_value(state_tape(view), id);
    char told[TOLD_SIZE];
    text_add(out, "[");
    for (int r = 0; r < value->rows && r < MOST_TOLD_CELLS; r++) {
        text_add(out, r ? ",[" : "[");
        for (int c = 0; c < value->cols && c < MOST_TOLD_CELLS; c++) {
            bool hidden = mine_hides(view, id, r, c) || cell_hidden(view, (Reference){id, r, c});
            text_add(out, c ? "," : "");
            text_json_string(out, hidden ? "hidden"
                                         : number_told(&view->session->names, id, cell_of(value, r, c),
                                                       view->settings.digits, false, told));
        }
        text_add(out, "]");
    }
    text_add(out, "]");
}

/* selected: the cell that is marked, or row -1. */
static void add_table(const ViewState *view, int id, const char *role, Reference selected, Text *out)
{
    const Names *names = &view->session->names;
    const Value *value = tape_value(state_tape(view), id);
    Text caption = {0};
    bool cut = value->rows > MOST_TOLD_CELLS || value->cols > MOST_TOLD_CELLS;
    text_add(&caption, "%s %s, %d rows, %d columns", role, name_of(names, id), value->rows, value->cols);
    if (cut)
        text_add(&caption, ", the first %d of each", MOST_TOLD_CELLS);
    text_add(out, "{\"caption\":");
    text_json_string(out, text_piece(out, &caption));
    text_add(out, ",\"rows\":");
    add_labels(names, row_axis(names, id), value->rows, out);
    text_add(out, ",\"columns\":");
    add_labels(names, col_axis(names, id), value->cols, out);
    text_add(out, ",\"cells\":");
    add_cells(view, id, out);
    text_add(out, ",\"row\":%d,\"column\":%d}", selected.row, selected.col);
    text_free(&caption);
}

static void add_terms(const ViewState *view, Text *out)
{
    Explanation explanation = {0};
    FormulaStyle style = {.digits = view->settings.digits, .ascii = view->settings.ascii};
    char told[TOLD_SIZE];
    Reference cell = state_cell(view);
    bool hidden = result_hidden(view) || mine_hides(view, cell.value, cell.row, cell.col);
    if (!state_explain(view, &explanation))
        out->failed = true;
    for (int i = 0; i < explanation.count && i < MOST_TOLD_TERMS && !hidden; i++) {
        Text line = {0};
        term_formula(&view->session->names, state_step(view), &explanation.terms[i], style, &line);
        text_add(&line, " = %s", number_told(&view->session->names, state_step(view)->output,
                                             explanation.terms[i].contribution, style.digits, true, told));
        text_add(out, i ? "," : "");
        text_json_string(out, text_piece(out, &line));
        text_free(&line);
    }
    explanation_free(&explanation);
}

/* Headings: where the step is, and its formula. */
static void add_headings(const ViewState *view, Text *out)
{
    Text title = {0}, formula = {0}, says = {0};
    char number[60];
    step_number(view, number, sizeof number);
    text_add(&title, "%s, ", number);
    step_place(state_tape(view), view->cursor.step, &title);
    step_formula(&view->session->names, view->cursor.step, false, view->settings.ascii, &formula);
    saying_add(view, &says);
    text_add(out, "{\"title\":");
    text_json_string(out, text_piece(out, &title));
    text_add(out, ",\"formula\":");
    text_json_string(out, text_piece(out, &formula));
    text_add(out, ",\"says\":");
    text_json_string(out, text_piece(out, &says));
    text_free(&title);
    text_free(&formula);
    text_free(&says);
}

const char *web_tables(Web *web)
{
    const ViewState *view = view_of(web);
    const Step *step = state_step(view);
    Text *out = web_begin(web);
    add_headings(view, out);
    text_add(out, ",\"tables\":[");
    for (int i = 0; i < step->input_count && i < MOST_TOLD_TERMS; i++) {
        add_table(view, step->inputs[i], "operand", (Reference){.row = -1, .col = -1}, out);
        text_add(out, ",");
    }
    add_table(view, step->output, "result", state_cell(view), out);
    text_add(out, "],\"terms\":[");
    add_terms(view, out);
    text_add(out, "]}");
    return web_end(web);
}
