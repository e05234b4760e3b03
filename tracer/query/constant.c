/* What a number of a step comes from; see constant.h. Chapters 3 and 5. */
#include "constant.h"

#include <math.h>
#include <stdio.h>

static bool is_size(const Tape *tape, double n)
{
    for (int id = 0; id < tape->value_count; id++)
        if (tape->values[id].rows == n || tape->values[id].cols == n)
            return true;
    return false;
}

const char *constant_origin(const Tape *tape, const Step *step, double number, bool ascii, char *out)
{
    Combine combine = step->primitive->combine;
    const char *root = ascii ? "sqrt" : "√";
    double share = round(1 / number), square = round(number * number), share_of_square = round(1 / (number * number));
    out[0] = '\0';
    if ((combine != COMBINE_PRODUCT && combine != COMBINE_QUOTIENT) || step->phase == PHASE_UPDATE || !(number > 0))
        return out;
    /* to the last bit: nothing that only looks like it */
    if (share >= 2 && 1 / share == number && is_size(tape, share))
        snprintf(out, CONSTANT_SIZE, "1/%.0f", share);
    else if (square >= 2 && number != floor(number) && sqrt(square) == number && is_size(tape, square))
        snprintf(out, CONSTANT_SIZE, ascii ? "%s(%.0f)" : "%s%.0f", root, square);
    else if (share_of_square >= 2 && 1 / sqrt(share_of_square) == number && is_size(tape, share_of_square))
        snprintf(out, CONSTANT_SIZE, ascii ? "1/%s(%.0f)" : "1/%s%.0f", root, share_of_square);
    return out;
}
