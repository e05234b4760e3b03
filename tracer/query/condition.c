/* Conditions; see condition.h. */
#include "condition.h"

#include "tiny_model/rules/rule.h"
#include "tracer/base/nearest.h"
#include "tracer/base/text.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *text;
    Measure measure;
} MEASURES[] = {
    {"max", MEASURE_MAX}, {"min", MEASURE_MIN}, {"sum", MEASURE_SUM}, {"norm", MEASURE_NORM},
};
enum { MEASURE_COUNT = sizeof MEASURES / sizeof *MEASURES };

bool name_ends(const char *name, const char *wanted)
{
    size_t length = strlen(name), end = strlen(wanted);
    if (length < end || strcmp(name + length - end, wanted) != 0)
        return false;
    return length == end || name[length - end - 1] == '.';
}

static bool some_value(const Names *names, const char *wanted)
{
    for (int id = 0; id < names->count; id++)
        /* A breakpoint is a step: values that no step makes can never stop one. */
        if (tape_value(names->tape, id)->producer >= 0 && name_ends(name_of(names, id), wanted))
            return true;
    return false;
}

static bool some_frame(const Tape *tape, const char *wanted)
{
    for (int i = 0; i < tape->frame_count; i++)
        if (strcmp(tape->frames[i].name, wanted) == 0 || name_ends(tape->frames[i].path, wanted))
            return true;
    return false;
}

/* The end of a name with as many dots as the wanted one has. */
static const char *end_like(const char *name, const char *wanted)
{
    int dots = 0;
    for (const char *at = wanted; *at; at++)
        dots += *at == '.';
    const char *end = name + strlen(name);
    while (end > name && (end[-1] != '.' || dots-- > 0))
        end--;
    return end;
}

static void offer_once(Nearest *nearest, const char *wanted, const char *name)
{
    for (int i = 0; i < nearest->count; i++)
        if (strcmp(nearest->names[i], name) == 0)
            return;
    nearest_offer(nearest, wanted, name);
}

static bool no_value(const Names *names, const char *wanted, Error *error)
{
    Nearest nearest = {0};
    char answer[NEAREST_TEXT];
    for (int id = 0; id < names->count; id++)
        if (tape_value(names->tape, id)->producer >= 0)
            /* "weigths" is meant as the end of a name, and is compared with ends of as many words. */
            offer_once(&nearest, wanted, end_like(name_of(names, id), wanted));
    return error_set(error, EXIT_USED_WRONGLY, "no step makes a value called \"%s\"; %s", wanted,
                     nearest_text(&nearest, answer, "/ searches for names"));
}

static bool no_rule(const char *wanted, Error *error)
{
    Nearest nearest = {0};
    char answer[NEAREST_TEXT];
    for (int i = 0; i < RULE_COUNT; i++)
        nearest_offer(&nearest, wanted, RULES[i]->name);
    return error_set(error, EXIT_USED_WRONGLY, "no rule is called \"%s\"; %s", wanted,
                     nearest_text(&nearest, answer, "softmax, linear and layer_norm are some"));
}

static bool is_rule(const char *name)
{
    for (int i = 0; i < RULE_COUNT; i++)
        if (strcmp(RULES[i]->name, name) == 0)
            return true;
    return false;
}

/* Takes `word` and the blanks behind it from *at. */
static bool take(const char **at, const char *word)
{
    size_t length = strlen(word);
    if (strncmp(*at, word, length) != 0)
        return false;
    *at += length + strspn(*at + length, " ");
    return true;
}

static bool parse_named(const Names *names, const char *text, Condition *out, Error *error)
{
    bool frame = strncmp(text, "frame ", 6) == 0, rule = strncmp(text, "rule ", 5) == 0;
    const char *name = text + (frame ? 6 : rule ? 5 : 0);
    name += strspn(name, " ");
    out->kind = frame ? CONDITION_FRAME : rule ? CONDITION_RULE : CONDITION_VALUE;
    snprintf(out->name, sizeof out->name, "%s", name);
    if (frame)
        return some_frame(names->tape, name) || error_set(error, EXIT_USED_WRONGLY, "no frame is called \"%s\"", name);
    if (rule)
        return is_rule(name) || no_rule(name, error);
    /* What the tree shows is a frame's name: it may be typed without the word "frame". */
    if (!some_value(names, name) && some_frame(names->tape, name)) {
        out->kind = CONDITION_FRAME;
        return true;
    }
    return some_value(names, name) || no_value(names, name, error);
}

/* max(NAME), |x| or x; *at moves behind it. False if it is none of them. */
static bool take_measure(const char **at, Condition *out)
{
    if (take(at, "|x|")) {
        out->measure = MEASURE_ANY_SIZE;
        return true;
    }
    /* "x > 5" and not a value whose name begins with x. */
    if ((*at)[0] == 'x' && strchr(" <>", (*at)[1]) && (*at)[1]) {
        take(at, "x");
        out->measure = MEASURE_ANY;
        return true;
    }
    for (int i = 0; i < MEASURE_COUNT; i++) {
        const char *behind = *at, *close;
        if (!take(&behind, MEASURES[i].text) || !take(&behind, "(") || !(close = strchr(behind, ')')))
            continue;
        int length = (int)(close - behind);
        out->measure = MEASURES[i].measure;
        /* max(x) is of any value, as x alone is. */
        snprintf(out->name, sizeof out->name, "%.*s", length, length == 1 && *behind == 'x' ? "" : behind);
        *at = close + 1 + strspn(close + 1, " ");
        return true;
    }
    return false;
}

bool condition_parse(const Names *names, const char *text, Condition *out, Error *error)
{
    *out = (Condition){.kind = CONDITION_NUMBER};
    text += strspn(text, " ");
    if (strlen(text) >= CONDITION_TEXT || *text == '\0')
        return error_set(error, EXIT_USED_WRONGLY,
                         "say where to stop: frame NAME, rule NAME, a value, |x| > 5, max(NAME) > 0.9, nan, invariant");
    snprintf(out->text, sizeof out->text, "%s", text);
    static const struct {
        const char *text;
        ConditionKind kind;
    } words[] = {{"nan", CONDITION_NAN}, {"inf", CONDITION_INFINITE}, {"invariant", CONDITION_INVARIANT}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(text, words[i].text) == 0) {
            out->kind = words[i].kind;
            return true;
        }
    const char *at = text;
    if (!take_measure(&at, out))
        return parse_named(names, text, out, error);
    if (*at != '<' && *at != '>')
        return error_set(error, EXIT_USED_WRONGLY, "\"%s\" compares with nothing; write it as |x| > 5", text);
    out->comparison = *at == '>' ? COMPARE_ABOVE : COMPARE_BELOW;
    at += 1 + strspn(at + 1, " ");
    if (!parse_number(at, &out->number))
        return error_set(error, EXIT_USED_WRONGLY, "\"%s\" is no number to compare with", at);
    return *out->name == '\0' || some_value(names, out->name) || no_value(names, out->name, error);
}
