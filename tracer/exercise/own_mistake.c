/* Edits out of text; see own_mistake.h. */
#include "own_mistake.h"

#include "tiny_model/primitive.h"
#include "tiny_model/rules/rule.h"
#include "tracer/base/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef enum { NOTHING, NUMBER, PRIMITIVE, PRIMITIVE_AND_NUMBER, NAME } Operand;

static const struct {
    const char *word;
    EditKind kind;
    Operand operand;
} KINDS[] = {
    {"skip", EDIT_SKIP, NOTHING},           {"swap", EDIT_SWAP, NOTHING},      {"transpose", EDIT_TRANSPOSE, NOTHING},
    {"axis", EDIT_OTHER_AXIS, NOTHING},     {"twice", EDIT_TWICE, NOTHING},    {"scale", EDIT_SCALE, NUMBER},
    {"constant", EDIT_CONSTANT, NUMBER},    {"offset", EDIT_OFFSET, NUMBER},   {"replace", EDIT_REPLACE, PRIMITIVE},
    {"then", EDIT_THEN, PRIMITIVE_AND_NUMBER}, {"take", EDIT_TAKE, NAME},
};

static bool refuse(const char *what, const char *word, Error *error)
{
    return error_set(error, EXIT_USED_WRONGLY, "%s \"%.60s\"", what, word);
}

static bool set_number(const char *word, Edit *out, Error *error)
{
    char *end;
    out->number = strtod(word, &end);
    return (end != word && *end == '\0' && fabs(out->number) <= 1e6) || refuse("a number is needed, not", word, error);
}

static const Primitive *primitive_called(const char *word, Error *error)
{
    for (int i = 0; i < PRIMITIVE_COUNT; i++)
        if (strcmp(PRIMITIVES[i]->name, word) == 0)
            return PRIMITIVES[i];
    refuse("no primitive is called", word, error);
    return NULL;
}

static bool set_rule(const char *word, Edit *out, Error *error)
{
    for (int i = 0; i < RULE_COUNT; i++)
        if (strcmp(RULES[i]->name, word) == 0) {
            out->rule = RULES[i];
            return true;
        }
    return refuse("no rule is called", word, error);
}

static bool set_frame(const char *word, Edit *out, Error *error)
{
    (void)error;
    out->frame = word;
    return true;
}

static bool set_label(const char *word, Edit *out, Error *error)
{
    (void)error;
    out->label = word;
    return true;
}

static bool set_phase(const char *word, Edit *out, Error *error)
{
    for (int phase = PHASE_FORWARD; phase <= PHASE_UPDATE; phase++)
        if (strcmp(word, phase_name((Phase)phase)) == 0) {
            out->phase = (Phase)phase;
            return true;
        }
    return refuse("no phase is called", word, error);
}

static bool set_on(const char *word, Edit *out, Error *error)
{
    out->on = primitive_called(word, error);
    return out->on != NULL;
}

static bool set_input(const char *word, Edit *out, Error *error)
{
    long input;
    bool whole = parse_integer(word, 0, 1, &input);
    out->input = whole ? (int)input : 0;
    return whole || refuse("an input is 0 or 1, not", word, error);
}

static const struct {
    const char *word;
    bool (*set)(const char *word, Edit *out, Error *error);
} WHERE[] = {{"rule", set_rule},   {"frame", set_frame}, {"label", set_label},
             {"phase", set_phase}, {"on", set_on},       {"input", set_input}};

static char *next_word(char **rest)
{
    char *word = *rest + strspn(*rest, " \t"), *end = word + strcspn(word, " \t");
    *rest = *end ? end + 1 : end;
    *end = '\0';
    return word;
}

static bool take_operand(Operand operand, char **rest, Edit *out, Error *error)
{
    if (operand == PRIMITIVE || operand == PRIMITIVE_AND_NUMBER)
        out->primitive = primitive_called(next_word(rest), error);
    if ((operand == PRIMITIVE || operand == PRIMITIVE_AND_NUMBER) && !out->primitive)
        return false;
    if (operand == NAME)
        out->other = next_word(rest);
    return (operand != NUMBER && operand != PRIMITIVE_AND_NUMBER) || set_number(next_word(rest), out, error);
}

bool own_edit(char *words, Edit *out, Error *error)
{
    const char *kind = next_word(&words);
    size_t k = 0, kinds = sizeof KINDS / sizeof *KINDS, places = sizeof WHERE / sizeof *WHERE;
    while (k < kinds && strcmp(KINDS[k].word, kind) != 0)
        k++;
    if (k == kinds)
        return refuse("no edit is called", kind, error);
    *out = (Edit){.kind = KINDS[k].kind};
    if (!take_operand(KINDS[k].operand, &words, out, error))
        return false;
    for (const char *word = next_word(&words); *word; word = next_word(&words)) {
        size_t w = 0;
        while (w < places && strcmp(WHERE[w].word, word) != 0)
            w++;
        if (w == places)
            return refuse("a place is rule, frame, label, phase, on or input, not", word, error);
        if (!WHERE[w].set(next_word(&words), out, error))
            return false;
    }
    return out->rule || out->frame || out->label || refuse("say where: rule, frame or label, behind", kind, error);
}
