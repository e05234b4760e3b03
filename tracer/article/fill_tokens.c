/* Tokens in running text, each on the colour of its number: a row or column of a value over the sentence. */
#include "fill_reference.h"

#include "tiny_model/primitive.h"
#include "tracer/figures/theme.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_SHOWN_TOKENS = 500 };

/* Weights and probabilities go from 0 to 1 wherever they are seen; of others the largest is the end of the scale. */
static Scale scale_for(const Slice *slice, const double *numbers, int count)
{
    bool negative = false, shares = tape_value(slice->names->tape, slice->value)->kind == KIND_ACTIVATION;
    for (int i = 0; i < count; i++) {
        negative = negative || numbers[i] < 0;
        shares = shares && numbers[i] >= 0 && numbers[i] <= 1;
    }
    return shares ? (Scale){.low = 0, .high = 1} : scale_of(numbers, (size_t)count, negative);
}

static void add_token(const Filling *filling, const Slice *slice, int i, Scale scale, int digits, Text *out)
{
    const Names *names = slice->names;
    const Axis *row = row_axis(names, slice->value), *col = col_axis(names, slice->value);
    bool across = slice->cols > 1;
    int index = i + (across ? slice->col : slice->row), asks = across ? slice->row : slice->col;
    const char *label = axis_label(names, across ? col : row, index);
    char token[LABEL_SIZE], number[TOLD_SIZE], background[8], ink[8], place[16];
    double value = slice_number(slice, across ? 0 : i, across ? i : 0);
    snprintf(place, sizeof place, "%d", index);
    Rgb color = scale_color(&THEMES[0], scale, value), on = color_on(color);
    snprintf(background, sizeof background, "%02X%02X%02X", color.r, color.g, color.b);
    snprintf(ink, sizeof ink, "%02X%02X%02X", on.r, on.g, on.b);
    ArticleToken shown = {.token = label ? token_visible(token, sizeof token, label) : place,
                          .number = number_told(names, slice->value, value, digits, false, number),
                          .background = background, .ink = ink, .asks = row == col && index == asks};
    text_add(out, "%s", i ? " " : "");
    filling->form->token(&shown, out);
}

bool fill_tokens(Filling *filling, const char *text, Text *out, bool *stale, Error *error)
{
    char name[MOST_REFERENCE];
    double numbers[MOST_SHOWN_TOKENS];
    int digits = filling->digits;
    Reference reference;
    (void)stale;
    snprintf(name, sizeof name, "%s", text);
    if (filling->in_math)
        return error_set(error, EXIT_USED_WRONGLY, "tokens cannot stand in a formula");
    if (!take_digits(name, &digits, error) || !need_session(filling, error) ||
        !reference_parse(&filling->session.names, name, &reference, error))
        return false;
    Slice slice = slice_of(&filling->session.names, reference);
    int count = slice.rows * slice.cols;
    if (slice.rows != 1 && slice.cols != 1)
        return error_set(error, EXIT_USED_WRONGLY, "\"%.200s\" is %d x %d; tokens are of one row, \"%.200s[0,:]\"",
                         name, slice.rows, slice.cols, name);
    if (count > MOST_SHOWN_TOKENS)
        return error_set(error, EXIT_USED_WRONGLY, "\"%.200s\" has %d tokens; %d can stand in a text", name, count,
                         MOST_SHOWN_TOKENS);
    for (int i = 0; i < count; i++)
        numbers[i] = slice_number(&slice, slice.cols > 1 ? 0 : i, slice.cols > 1 ? i : 0);
    Scale scale = scale_for(&slice, numbers, count);
    for (int i = 0; i < count; i++)
        add_token(filling, &slice, i, scale, digits, out);
    return !out->failed || error_memory(error);
}
