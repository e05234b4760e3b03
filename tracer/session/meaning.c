/* Numbers that are no quantities: code points and ids; see names.h. */
#include "names.h"

#include "tiny_model/tokenizer/tokenizer.h"
#include "tracer/base/text.h"

#include <stdio.h>
#include <string.h>

static bool among(const char *name, const char *const *list)
{
    while (*list && strcmp(name, *list) != 0)
        list++;
    return *list != NULL;
}

Meaning value_meaning(const Names *names, int value)
{
    static const char *const letters[] = {"text", "vocabulary", "words", NULL};
    static const char *const tokens[] = {"tokens", "targets", NULL}, *const positions[] = {"positions", "target_positions", NULL};
    if (value < 0)
        return MEANS_QUANTITY;
    const Value *of = tape_value(names->tape, value);
    if (of->kind != KIND_INPUT || of->name.base >= 0 || !of->name.local)
        return MEANS_QUANTITY;
    bool tokenizer = of->name.scope && strcmp(of->name.scope, "tokenizer") == 0;
    if (of->name.scope && *of->name.scope && !tokenizer)
        return MEANS_QUANTITY;
    return among(of->name.local, letters)              ? MEANS_LETTER
           : tokenizer || among(of->name.local, tokens) ? MEANS_TOKEN
           : among(of->name.local, positions)           ? MEANS_POSITION
                                                        : MEANS_QUANTITY;
}

char *number_told(const Names *names, int value, double number, int digits, bool sign, char out[TOLD_SIZE])
{
    Meaning meaning = value_meaning(names, value);
    unsigned id = number >= 0 && number <= 0x10ffff ? (unsigned)number : 0;
    if (meaning == MEANS_QUANTITY || id != number)
        return (sign ? number_signed : number_text)(out, number, digits);
    char letter[5] = "", visible[TOLD_SIZE - 12] = "";
    if (meaning == MEANS_LETTER && id > 0) {
        letter[utf8_encode(id, letter)] = '\0';
        if (!names->unknown_letter || !names->unknown_letter(letter))
            token_visible(visible, sizeof visible, letter);
    } else if (meaning == MEANS_TOKEN && id < (unsigned)names->model->vocabulary_size) {
        token_visible(visible, sizeof visible, names->model->vocabulary[id]);
    }
    snprintf(out, TOLD_SIZE, "%u%s%s", id, *visible ? " " : "", visible);
    return out;
}
