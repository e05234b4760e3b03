/* Numbers that are no quantities: code points and ids; see names.h. */
#include "names.h"

#include "tiny_model/tokenizer/utf8.h"
#include "tracer/base/text.h"

#include <stdio.h>
#include <string.h>

const Axis *value_counts(const Names *names, int value)
{
    if (value < 0)
        return NULL;
    int axis = tape_value(names->tape, value)->counts;
    return axis == AXIS_NONE ? NULL : &names->tape->axes[axis];
}

bool axis_is_letters(const Names *names, const Axis *axis)
{
    return axis == &names->tape->axes[AXIS_LETTER];
}

char *number_told(const Names *names, int value, double number, int digits, bool sign, char out[TOLD_SIZE])
{
    const Axis *counts = value_counts(names, value);
    unsigned id = number >= 0 && number <= 0x10ffff ? (unsigned)number : 0;
    if (counts && number == -1) {
        snprintf(out, TOLD_SIZE, "-1"); /* behind the end of a row of ids */
        return out;
    }
    if (!counts || id != number)
        return (sign ? number_signed : number_text)(out, number, digits);
    char letter[5] = "", visible[TOLD_SIZE - 12] = "";
    if (axis_is_letters(names, counts) && id > 0) {
        letter[utf8_encode(id, letter)] = '\0';
        if (!names->unknown_letter || !names->unknown_letter(letter))
            token_visible(visible, sizeof visible, letter);
    } else if (!counts->place) {
        const char *label = axis_label(names, counts, (int)id);
        if (label)
            token_visible(visible, sizeof visible, label);
    }
    snprintf(out, TOLD_SIZE, "%u%s%s", id, *visible ? " " : "", visible);
    return out;
}
