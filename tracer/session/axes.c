/* What rows and columns stand for, as the tape knows it, for people to read; see names.h. */
#include "names.h"

int name_root(const Tape *tape, int value)
{
    for (int base; (base = tape->values[value].name.base) >= 0; value = base)
        if (tape->values[base].rows != tape->values[value].rows || tape->values[base].cols != tape->values[value].cols)
            break;
    return value;
}

const Axis *row_axis(const Names *names, int value)
{
    return tape_rows(names->tape, value);
}

const Axis *col_axis(const Names *names, int value)
{
    return tape_cols(names->tape, value);
}

const char *axis_label(const Names *names, const Axis *axis, int i)
{
    if (!axis->labels || i >= axis->size)
        return NULL;
    return names->spell ? names->spell(axis->labels[i], names->letters) : axis->labels[i];
}
