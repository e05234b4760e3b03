/* How a planted mistake changes a step; see mistakes.h. The table is mistake_table.c. */
#include "mistakes.h"

#include "primitives/families.h"
#include "rules/rule.h"
#include "system.h"

#include <string.h>

enum { MOST_INPUTS = 3 };

/* A step that is about to be recorded. */
typedef struct {
    const Primitive *primitive;
    int inputs[MOST_INPUTS];
    int count;
    Attributes attributes;
} Plan;

const Mistake *mistake_at(int i)
{
    if (i < MISTAKE_COUNT)
        return &MISTAKES[i];
    i -= MISTAKE_COUNT;
    for (int s = 0; s < SYSTEM_COUNT; i -= SYSTEMS[s++]->mistake_count)
        if (i < SYSTEMS[s]->mistake_count)
            return &SYSTEMS[s]->mistakes[i];
    return NULL;
}

int mistake_count_of(const System *system)
{
    return MISTAKE_COUNT + system->mistake_count;
}

const Mistake *mistake_of(const System *system, int i)
{
    if (i < MISTAKE_COUNT)
        return &MISTAKES[i];
    return i < mistake_count_of(system) ? &system->mistakes[i - MISTAKE_COUNT] : NULL;
}

int mistake_total(void)
{
    int count = MISTAKE_COUNT;
    for (int s = 0; s < SYSTEM_COUNT; s++)
        count += SYSTEMS[s]->mistake_count;
    return count;
}

const Mistake *mistake_find(const char *id)
{
    const Mistake *mistake;
    for (int i = 0; (mistake = mistake_at(i)); i++)
        if (strcmp(mistake->id, id) == 0)
            return mistake;
    return NULL;
}

bool mistake_may_be_in(const System *system, const Mistake *mistake, Error *error)
{
    if (!mistake_option(mistake))
        return true;
    bool own = mistake >= system->mistakes && mistake < system->mistakes + system->mistake_count;
    bool of_all = mistake >= MISTAKES && mistake < MISTAKES + MISTAKE_COUNT;
    return own || (of_all && !system->without_loss) ||
           error_set(error, EXIT_USED_WRONGLY, "the mistake \"%s\" changes nothing in a model of the system \"%s\"",
                     mistake->id, system->name);
}

bool mistake_is_in(const Mistake *mistake, const char *frame)
{
    const char *first = mistake->edits[0].frame;
    return first && strncmp(first + (*first == '*'), frame, strlen(frame)) == 0;
}

/* Does text fit the pattern, in which * stands for anything? */
static bool fits(const char *pattern, const char *text)
{
    const char *star = NULL, *behind = NULL;
    while (*text) {
        if (*pattern == '*') {
            star = pattern++;
            behind = text;
        } else if (*pattern == *text) {
            pattern++;
            text++;
        } else if (star) {
            pattern = star + 1;
            text = ++behind;
        } else {
            return false;
        }
    }
    while (*pattern == '*')
        pattern++;
    return *pattern == '\0';
}

/* `asked`: the primitive that the rule wants, NULL where that is no longer known. */
static bool means(const Edit *edit, const Frame *frame, Phase phase, const char *label, const Primitive *asked)
{
    if (edit->kind == EDIT_OPTION)
        return false;
    if (edit->on && asked && edit->on != asked)
        return false;
    return edit->phase == phase && (!edit->rule || edit->rule == frame->rule) &&
           (!edit->frame || fits(edit->frame, frame->home)) && (!edit->label || fits(edit->label, label));
}

static _Noreturn void does_not_fit(Tape *tape)
{
    error_set(tape->error, EXIT_USED_WRONGLY, "mistake \"%s\" does not fit the shapes of this model; try another model",
              tape->mistake->id);
    tape_give_up(tape);
}

static const Primitive *along_the_other_axis(Tape *tape, const Primitive *primitive)
{
    static const Primitive *const pairs[][2] = {
        {&ROW_SUM, &COLUMN_SUM}, {&ROW_MAX, &COLUMN_MAX}, {&SUB_COL, &SUB_ROW},
        {&MUL_COL, &MUL_ROW},    {&DIV_COL, &DIV_ROW},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        for (int side = 0; side < 2; side++)
            if (pairs[i][side] == primitive)
                return pairs[i][1 - side];
    does_not_fit(tape);
}

/* The latest value called `name` in the frame around the open one. */
static int value_beside(const Tape *tape, const char *name)
{
    const char *scope = tape->frames[tape->frames[tape->frame].parent].path;
    for (int id = tape->value_count - 1; id >= 0; id--) {
        const Name *of = &tape->values[id].name;
        if (of->base < 0 && strcmp(of->local, name) == 0 && strcmp(of->scope, scope) == 0)
            return id;
    }
    return -1;
}

/* The constant of the step of the open frame that is labelled so. */
static double constant_of(const Tape *tape, const char *label)
{
    for (int step = tape->step_count - 1; step >= 0; step--)
        if (tape->steps[step].frame == tape->frame && strcmp(tape->steps[step].label, label) == 0)
            return tape->steps[step].attributes.constants[0];
    return 0;
}

const Label *mistake_part(const Tape *tape, Label *label)
{
    const Frame *frame = &tape->frames[tape->frame];
    int before = 0;
    for (int step = tape->step_count - 1; step >= frame->first; step--) {
        const Name *name = &tape->values[tape->steps[step].output].name;
        before += tape->steps[step].frame == tape->frame && name->base < 0 && strcmp(name->local, label->local) == 0;
    }
    label->repeat = before ? before + 1 : 0;
    return label;
}

static void transpose_input(Tape *tape, Plan *plan, const Edit *edit)
{
    if (plan->primitive->transposes)
        plan->attributes.transposed[edit->input] = !plan->attributes.transposed[edit->input];
    else
        plan->inputs[edit->input] = tape_step_as_told(tape, &TRANSPOSE, PART("turned"), &plan->inputs[edit->input], 1,
                                                      (Attributes){0});
}

/* The value called edit->other, as many columns of it as the input has that it replaces. */
static void take_other(Tape *tape, Plan *plan, const Edit *edit)
{
    int own = plan->inputs[edit->input], other = value_beside(tape, edit->other);
    if (other < 0)
        does_not_fit(tape);
    int cols = tape_value(tape, own)->cols;
    if (tape_value(tape, own)->rows == 1 && tape_value(tape, other)->cols > cols)
        other = tape_step_as_told(tape, &SLICE_COLUMNS, PART("cut"), &other, 1, (Attributes){.cols = cols});
    plan->inputs[edit->input] = other;
}

/* What is changed before the step is recorded. */
static void change(Tape *tape, Plan *plan, const Edit *edit)
{
    switch (edit->kind) {
    case EDIT_SKIP:
        plan->primitive = &COPY;
        plan->inputs[0] = plan->inputs[edit->input];
        plan->count = 1;
        break;
    case EDIT_REPLACE:
        plan->primitive = edit->primitive;
        if (edit->primitive->arity >= 0 && edit->primitive->arity < plan->count)
            plan->count = edit->primitive->arity;
        break;
    case EDIT_SWAP: {
        int first = plan->inputs[0];
        plan->inputs[0] = plan->inputs[1];
        plan->inputs[1] = first;
        break;
    }
    case EDIT_TAKE:
        take_other(tape, plan, edit);
        break;
    case EDIT_TRANSPOSE:
        transpose_input(tape, plan, edit);
        break;
    case EDIT_OTHER_AXIS:
        plan->primitive = along_the_other_axis(tape, plan->primitive);
        break;
    case EDIT_CONSTANT:
        plan->attributes.constants[0] = edit->number;
        break;
    case EDIT_OFFSET:
        plan->attributes.offset = (int)edit->number;
        break;
    case EDIT_OPTION:
    case EDIT_RECORD:
    case EDIT_SCALE:
    case EDIT_TWICE:
    case EDIT_ADD_AFTER:
    case EDIT_THEN:
        break;
    }
}

/* A step that is put behind the planned one, if the edit is of that kind. */
static bool behind(const Tape *tape, const Plan *plan, const Edit *edit, Plan *more)
{
    *more = (Plan){.primitive = &SCALE, .count = 1, .attributes = {.constants = {edit->number}}};
    if (edit->kind == EDIT_TWICE)
        *more = (Plan){.primitive = plan->primitive, .count = 1, .attributes = plan->attributes};
    else if (edit->kind == EDIT_ADD_AFTER)
        *more = (Plan){.primitive = &ADD_CONSTANT, .count = 1,
                       .attributes = {.constants = {constant_of(tape, edit->other)}}};
    else if (edit->kind == EDIT_THEN)
        more->primitive = edit->primitive;
    else
        return edit->kind == EDIT_SCALE;
    return true;
}

/* An id that stands in no row of a table would be our bug in a rule; here it is the mistake's. */
static bool ids_fit(const Tape *tape, const Primitive *primitive, const int *inputs, int rows)
{
    if (tape->dry || (primitive != &GATHER_ROWS && primitive != &SCATTER_ROWS))
        return true;
    const Value *ids = tape_value(tape, inputs[1]);
    for (int i = 0; i < ids->cols; i++)
        if (!(ids->data[i] >= 0 && ids->data[i] < rows))
            return false;
    return true;
}

int mistake_make(Tape *tape, const Primitive *primitive, const Label *label, const int *inputs, int count,
                 Attributes attributes)
{
    Shape shape;
    Step step = {.primitive = primitive, .inputs = inputs, .input_count = count, .attributes = attributes};
    for (int i = 0; i < count; i++)
        if (inputs[i] < 0)
            does_not_fit(tape);
    if ((primitive->arity >= 0 && primitive->arity != count) || !primitive->shape(tape, &step, &shape))
        does_not_fit(tape);
    if (!ids_fit(tape, primitive, inputs, primitive == &GATHER_ROWS ? tape_value(tape, inputs[0])->rows : shape.rows))
        does_not_fit(tape);
    return tape_step_as_told(tape, primitive, label, inputs, count, attributes);
}

static int make(Tape *tape, const Plan *plan, const Label *label, const Edit *instead)
{
    if (!instead)
        return mistake_make(tape, plan->primitive, label, plan->inputs, plan->count, plan->attributes);
    return instead->record(tape, &(Asked){.edit = instead,
                                          .primitive = plan->primitive,
                                          .label = label,
                                          .inputs = plan->inputs,
                                          .count = plan->count,
                                          .attributes = plan->attributes});
}

int mistake_step(Tape *tape, const Primitive *primitive, const Label *label, const int *inputs, int count,
                 Attributes attributes)
{
    if (count > MOST_INPUTS)
        return tape_step_as_told(tape, primitive, label, inputs, count, attributes);
    Plan plan = {.primitive = primitive, .count = count, .attributes = attributes}, more[MOST_EDITS];
    const Edit *instead = NULL;
    int more_count = 0;
    for (int i = 0; i < count; i++)
        plan.inputs[i] = inputs[i];
    for (int i = 0; i < tape->mistake->edit_count; i++) {
        const Edit *edit = &tape->mistake->edits[i];
        if (tape->frame < 0 || !means(edit, &tape->frames[tape->frame], tape->phase, label->tag, primitive))
            continue;
        tape->mistake_hits++;
        change(tape, &plan, edit);
        instead = edit->kind == EDIT_RECORD ? edit : instead;
        more_count += behind(tape, &plan, edit, &more[more_count]);
    }
    int first = tape->step_count;
    int result = make(tape, &plan, more_count ? PART(MISTAKE_PART) : label, instead);
    for (int i = 0; i < more_count; i++) {
        more[i].inputs[0] = result;
        result = make(tape, &more[i], i + 1 < more_count ? PART(MISTAKE_PART) : label, NULL);
    }
    for (int step = first; step < tape->step_count; step++) { /* they stand for the line that asked */
        tape->steps[step].file = label->file;
        tape->steps[step].line = label->line;
    }
    return result;
}

bool mistake_touches(const Tape *tape, const Mistake *mistake, int step)
{
    const Step *of = &tape->steps[step];
    for (int i = 0; mistake && i < mistake->edit_count; i++)
        if (of->frame >= 0 && means(&mistake->edits[i], &tape->frames[of->frame], of->phase, of->label, NULL))
            return true;
    return false;
}
