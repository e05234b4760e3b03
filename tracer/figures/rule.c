/* figure rule: the stages of one rule side by side, forward or backward. */
#include "figure_page.h"
#include "plain_words.h"
#include "value_panel.h"

#include "tiny_model/rules/rule.h"
#include "tracer/base/nearest.h"
#include "tracer/query/formula.h"

#include <stdio.h>
#include <string.h>

enum { MOST_STAGES = 24 };

static bool has_path(const Frame *frame, const char *path)
{
    return strcmp(frame->path, path) == 0;
}

static bool has_name(const Frame *frame, const char *name)
{
    return strcmp(frame->rule->name, name) == 0 || strcmp(frame->name, name) == 0;
}

/* The first frame of a phase that `fits`. */
static const Frame *first_frame(const Tape *tape, int phase, bool (*fits)(const Frame *, const char *),
                                const char *text)
{
    for (int i = 0; i < tape->frame_count; i++) {
        const Frame *frame = &tape->frames[i];
        if (frame->rule && (int)frame->phase == phase && frame->first <= frame->last && fits(frame, text))
            return frame;
    }
    return NULL;
}

static void offer_names(const Tape *tape, int phase, const char *name, Nearest *nearest)
{
    for (int i = 0; i < tape->frame_count; i++) {
        const Frame *frame = &tape->frames[i];
        if (!frame->rule || (int)frame->phase != phase)
            continue;
        nearest_offer(nearest, name, frame->path);
        /* Once, not for each of its hundred places. */
        if (first_frame(tape, phase, has_name, frame->rule->name) == frame &&
            strcmp(frame->rule->name, frame->path) != 0)
            nearest_offer(nearest, name, frame->rule->name);
    }
}

/* The frame of a rule: by its path, or by the name of the rule or frame alone. A name stands for the
 * first there is forward, so that both phases show the same place. */
static const Frame *find_frame(const Spec *spec, Error *error)
{
    const Tape *tape = spec->session->names.tape;
    int phase = spec->phase == ALL_PHASES ? PHASE_FORWARD : spec->phase;
    Nearest nearest = {0};
    char answer[NEAREST_TEXT];
    const Frame *found = first_frame(tape, phase, has_path, spec->name),
                *forward = first_frame(tape, PHASE_FORWARD, has_name, spec->name);
    if (!found && forward)
        found = first_frame(tape, phase, has_path, forward->path);
    if (!found)
        found = first_frame(tape, phase, has_name, spec->name);
    if (found)
        return found;
    offer_names(tape, phase, spec->name, &nearest);
    error_set(error, EXIT_USED_WRONGLY, "no rule of the phase %s is called \"%.200s\"; %s", phase_name((Phase)phase),
              spec->name,
              nearest_text(&nearest, answer, "write the frame it stands in, as block0.attention.head0.softmax"));
    return NULL;
}

static Panel stage(const Spec *spec, DrawList *list, const Frame *frame, int value)
{
    Panel panel = panel_of_value(list, spec, spec->session, value);
    panel.heading = value_heading(list, spec, value, name_within(&spec->session->names, value, frame->path));
    return panel;
}

/* The right-hand side of the step as the note: "exp(shifted)". */
static const char *note(const Spec *spec, DrawList *list, int step)
{
    Text formula = {0};
    step_formula(&spec->session->names, step, false, false, &formula);
    const char *right = formula.data ? strstr(formula.data, " = ") : NULL;
    const char *kept = draw_format(list, "%s", right ? right + 1 : "");
    list->failed = list->failed || formula.failed;
    text_free(&formula);
    return kept;
}

static bool draw(const Spec *spec, DrawList *list, Error *error)
{
    Panel panels[MOST_STAGES];
    const Frame *frame = find_frame(spec, error);
    if (!frame)
        return false;
    page_begin(list, spec);
    const Tape *tape = spec->session->names.tape;
    const Step *first = &tape->steps[frame->first];
    int count = 0;
    bool backward = frame->phase == PHASE_BACKWARD;
    for (int i = 0; i < first->input_count && i < 2; i++) {
        /* A square reads one value twice. */
        if (i > 0 && first->inputs[i] == first->inputs[0])
            continue;
        panels[count++] = stage(spec, list, frame, first->inputs[i]);
        panels[count - 1].note = "read";
    }
    for (int step = frame->first; step <= frame->last && count < MOST_STAGES; step++) {
        panels[count++] = stage(spec, list, frame, tape->steps[step].output);
        panels[count - 1].note = note(spec, list, step);
    }
    double right = PAGE_MARGIN,
           bottom = shelf_draw(list, spec, panels, NULL, count, PAGE_MARGIN, PAGE_TOP, &right);
    const char *formula = backward ? frame->rule->back : frame->rule->forward;
    page_end(list, spec, right, bottom,
             draw_format(list, "%s, %s: %s", frame->rule->name, phase_name(frame->phase), formula),
             draw_format(list, "%s: %d steps, each panel one of them.", frame->path, frame->last - frame->first + 1),
             draw_format(list, "The rule %s, %s: %s. %d steps at %s, each a heatmap.", frame->rule->name,
                         phase_name(frame->phase), formula, frame->last - frame->first + 1, frame->path));
    return true;
}

/* The first rule that takes some steps; the first of all if each takes one or two. */
static const Frame *telling_frame(const Tape *tape)
{
    enum { SOME = 4 };
    const Frame *first = NULL;
    for (int i = 0; i < tape->frame_count; i++) {
        const Frame *frame = &tape->frames[i];
        if (!frame->rule || frame->last < frame->first)
            continue;
        first = first ? first : frame;
        if (frame->last - frame->first + 1 >= SOME)
            return frame;
    }
    return first;
}

static bool has_rule(const Session *session, const char **why)
{
    *why = "this model uses no rules";
    return telling_frame(session->names.tape) != NULL;
}

static bool usual_rule(const Session *session, char *name, size_t size)
{
    const Frame *frame = telling_frame(session->names.tape);
    snprintf(name, size, "%s", frame ? frame->rule->name : "");
    return frame != NULL;
}

const Figure RULE_FIGURE = {
    .name = "rule",
    .words = "NAME",
    .shows = "the stages of a rule side by side: softmax, layer_norm or a frame's path; --phase backward",
    .name_wanted = true,
    .takes = TAKES_CELLS | TAKES_COLORS | TAKES_ACROSS,
    .fits = has_rule,
    .usual = usual_rule,
    .draw = draw,
};
