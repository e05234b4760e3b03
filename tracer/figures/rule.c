/* figure rule: the stages of one rule side by side, forward or backward. */
#include "page.h"
#include "panel.h"

#include "tiny_model/rules/rule.h"
#include "tracer/query/formula.h"
#include "tracer/query/nearest.h"

#include <string.h>

enum { MOST_STAGES = 24 };

/* The frame of a rule: by its path, or by the name of the rule or frame alone, the first there is. */
static const Frame *find_frame(const Spec *spec, Error *error)
{
    const Tape *tape = spec->session->names.tape;
    int phase = spec->phase == ALL_PHASES ? PHASE_FORWARD : spec->phase;
    Nearest nearest = {0};
    char answer[NEAREST_TEXT];
    for (int pass = 0; pass < 2; pass++)
        for (int i = 0; i < tape->frame_count; i++) {
            const Frame *frame = &tape->frames[i];
            bool fits = frame->rule && (int)frame->phase == phase && frame->first <= frame->last;
            bool same = pass == 0 ? strcmp(frame->path, spec->name) == 0
                                  : frame->rule && (strcmp(frame->rule->name, spec->name) == 0 || strcmp(frame->name, spec->name) == 0);
            if (fits && same)
                return frame;
            if (fits && pass == 0)
                nearest_offer(&nearest, spec->name, frame->path);
        }
    error_set(error, EXIT_USED_WRONGLY, "no rule is called \"%.200s\"; %s", spec->name,
              nearest_text(&nearest, answer, "write the frame it stands in, as block0.attention.head0.softmax"));
    return NULL;
}

static Panel stage(const Spec *spec, DrawList *list, const Frame *frame, int value, const char *heading)
{
    Panel panel = panel_of_value(list, spec, spec->session, value);
    panel.heading = heading ? heading : draw_format(list, "%s", name_within(&spec->session->names, value, frame->path));
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
    const char *arrows[MOST_STAGES];
    const Frame *frame = find_frame(spec, error);
    if (!frame)
        return false;
    page_begin(list, spec);
    const Tape *tape = spec->session->names.tape;
    const Step *first = &tape->steps[frame->first];
    int count = 0;
    bool backward = frame->phase == PHASE_BACKWARD;
    for (int i = 0; i < first->input_count && i < 2; i++) {
        arrows[count] = NULL;
        panels[count++] = stage(spec, list, frame, first->inputs[i], NULL);
        panels[count - 1].note = "read";
    }
    for (int step = frame->first; step <= frame->last && count < MOST_STAGES; step++) {
        arrows[count] = step == frame->first ? "→" : NULL;
        panels[count++] = stage(spec, list, frame, tape->steps[step].output, NULL);
        panels[count - 1].note = note(spec, list, step);
    }
    double right = PAGE_MARGIN, bottom = shelf_draw(list, spec->theme, panels, arrows, count, PAGE_MARGIN, PAGE_TOP, &right);
    const char *formula = backward ? frame->rule->back : frame->rule->forward;
    page_end(list, spec, right, bottom, draw_format(list, "%s, %s: %s", frame->rule->name, phase_name(frame->phase), formula),
             draw_format(list, "%s: %d steps, each panel one of them.", frame->path, frame->last - frame->first + 1),
             draw_format(list, "The rule %s, %s: %s. %d steps at %s, each a heatmap.", frame->rule->name, phase_name(frame->phase), formula,
                         frame->last - frame->first + 1, frame->path));
    return true;
}

const Figure RULE_FIGURE = {
    .name = "rule", .words = "NAME", .shows = "the stages of a rule side by side: softmax, layer_norm or a frame's path; --phase backward",
    .example = "softmax", .name_wanted = true, .draw = draw,
};
