/* Merges found by what makes them; see merging.h. */
#include "merging.h"

#include "tiny_model/primitives/families.h"

int merge_step(const Tape *tape, int r)
{
    int words = -1, found = -1;
    for (int step = 0; step < tape->step_count && r >= 0; step++) {
        const Step *one = &tape->steps[step];
        if (one->primitive != &MERGE_PAIR || (words >= 0 && one->inputs[0] != words))
            continue;
        words = one->output;
        found = step;
        r--;
    }
    return r < 0 ? found : -1;
}

int merge_count(const Tape *tape)
{
    int count = 0;
    while (merge_step(tape, count) >= 0)
        count++;
    return count;
}

int merge_words(const Tape *tape, int r)
{
    int step = merge_step(tape, r);
    return step >= 0 ? tape->steps[step].inputs[0] : tape->steps[merge_step(tape, r - 1)].output;
}

int merge_occurrences(const Tape *tape)
{
    for (int step = 0; step < tape->step_count; step++)
        if (tape->steps[step].primitive == &COUNT_PAIRS)
            return tape->steps[step].inputs[1];
    return -1;
}

int merge_row_length(const Value *words, int row)
{
    int length = 0;
    while (length < words->cols && cell_of(words, row, length) >= 0)
        length++;
    return length;
}
