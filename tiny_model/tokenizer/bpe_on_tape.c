/* A text becomes byte pairs, recorded: its bytes, a row a pre-token, then merge after merge; see bpe_text.h.
 *
 *   words = cut_rows(text, starts)             [P x L]  the tokens of single bytes, then -1
 *   merge r:  chosen = first_pair(words, merges)  [1 x 3]  the merge of lowest rank whose pair stands there
 *             words  = merge_pair(words, chosen)              everywhere, from left to right
 *   ids   = join_rows(words)                   [1 x T]
 *
 * A window may begin within a pre-token. No merge ever went across the boundary of two tokens, so each side of it
 * merges as it did in the whole text. */
#include "bpe_text.h"

#include "../record.h"

#include <string.h>

/* The words as they change, before anything is recorded: which merges happen, and which could have. */
typedef struct {
    const Bpe *bpe;
    int *ids, *lengths;       /* [rows x cols], [rows] */
    int rows, cols;
    int *met, met_count;      /* ranks that stood side by side at some time, ascending */
    int *made, made_count;    /* ranks in the order in which they were merged */
} Rehearsal;

/* Notes a rank that was seen, in its place. */
static void meet(Rehearsal *on, int rank)
{
    int at = on->met_count;
    while (at > 0 && on->met[at - 1] > rank)
        at--;
    if (at > 0 && on->met[at - 1] == rank)
        return;
    memmove(on->met + at + 1, on->met + at, (size_t)(on->met_count - at) * sizeof *on->met);
    on->met[at] = rank;
    on->met_count++;
}

/* The lowest rank of two neighbours in any row, or -1. */
static int lowest(Rehearsal *on)
{
    int found = -1;
    for (int p = 0; p < on->rows; p++)
        for (int i = 0; i + 1 < on->lengths[p]; i++) {
            int rank = bpe_rank(on->bpe, on->ids[p * on->cols + i], on->ids[p * on->cols + i + 1]);
            if (rank < 0)
                continue;
            meet(on, rank);
            found = found < 0 || rank < found ? rank : found;
        }
    return found;
}

static void merge_row(int *ids, int *length, const Merge *merge)
{
    int kept = 0;
    for (int i = 0; i < *length; kept++) {
        bool pair = i + 1 < *length && ids[i] == merge->left && ids[i + 1] == merge->right;
        ids[kept] = pair ? merge->made : ids[i];
        i += pair ? 2 : 1;
    }
    *length = kept;
}

/* At most as many merges as bytes, each of which brings at most two new neighbours for every pair it takes. */
static void rehearse(Tape *tape, Rehearsal *on, int bytes)
{
    on->met = tape_ints(tape, 3 * bytes, 0);
    on->made = tape_ints(tape, bytes, 0);
    for (int rank; (rank = lowest(on)) >= 0;) {
        for (int p = 0; p < on->rows; p++)
            merge_row(on->ids + p * on->cols, &on->lengths[p], &on->bpe->merges[rank]);
        on->made[on->made_count++] = rank;
    }
}

static int merges_leaf(Tape *tape, const Rehearsal *on, short vocabulary)
{
    double *cells = tape_room(tape, on->met_count, 3);
    for (int i = 0; cells && i < on->met_count; i++) {
        const Merge *merge = &on->bpe->merges[on->met[i]];
        cells[3 * i] = merge->left;
        cells[3 * i + 1] = merge->right;
        cells[3 * i + 2] = merge->made;
    }
    return tape_leaf(tape, KIND_INPUT, "merges", (Shape){on->met_count, 3, .counts = vocabulary}, cells);
}

/* The first byte of each row, counted from the sequence's own; a row ends where the next one begins. */
static int *row_starts(Tape *tape, const Sequence *sequence, int *rows)
{
    int first = 0, count = 1;
    while (first < sequence->cut_count && sequence->cuts[first] <= sequence->begin)
        first++;
    while (first + count - 1 < sequence->cut_count &&
           sequence->cuts[first + count - 1] < sequence->begin + sequence->length)
        count++;
    int *starts = tape_ints(tape, count, 0);
    for (int p = 1; p < count; p++)
        starts[p] = sequence->cuts[first + p - 1] - sequence->begin;
    *rows = count;
    return starts;
}

static int row_end(const Sequence *sequence, const int *starts, int rows, int p)
{
    return p + 1 < rows ? starts[p + 1] : sequence->length;
}

/* The bytes as tokens, into the rehearsal's rows. */
static void fill_rows(Tape *tape, Rehearsal *on, const Sequence *sequence, const int *starts)
{
    for (int p = 0; p < on->rows; p++) {
        int length = row_end(sequence, starts, on->rows, p) - starts[p];
        on->cols = length > on->cols ? length : on->cols;
    }
    on->ids = tape_ints(tape, on->rows * on->cols, -1);
    on->lengths = tape_ints(tape, on->rows, 0);
    for (int p = 0; p < on->rows; p++) {
        on->lengths[p] = row_end(sequence, starts, on->rows, p) - starts[p];
        for (int i = 0; i < on->lengths[p]; i++)
            on->ids[p * on->cols + i] = on->bpe->byte_ids[(unsigned char)sequence->text[starts[p] + i]];
    }
}

static int text_leaf(Tape *tape, const Rehearsal *on, const Sequence *sequence, short places, short vocabulary)
{
    double *bytes = tape_room(tape, 1, sequence->length);
    for (int i = 0; bytes && i < sequence->length; i++)
        bytes[i] = on->bpe->byte_ids[(unsigned char)sequence->text[i]];
    return tape_leaf(tape, KIND_INPUT, "text",
                     (Shape){1, sequence->length, .col_axis = places, .counts = vocabulary}, bytes);
}

static int starts_leaf(Tape *tape, const int *starts, int count, short places)
{
    double *firsts = tape_room(tape, 1, count);
    for (int p = 0; firsts && p < count; p++)
        firsts[p] = starts[p];
    return tape_leaf(tape, KIND_INPUT, "starts", (Shape){1, count, .counts = places}, firsts);
}

int bpe_text_record(Tape *tape, const Gpt *gpt, const Sequence *sequence)
{
    Rehearsal on = {.bpe = gpt->bpe};
    short vocabulary = gpt_vocabulary_axis(tape, gpt);
    short places = tape_axis(tape, (Axis){"byte", sequence->length, NULL, .place = true});
    const int *starts = row_starts(tape, sequence, &on.rows);
    fill_rows(tape, &on, sequence, starts);
    rehearse(tape, &on, sequence->length);
    int inputs[] = {text_leaf(tape, &on, sequence, places, vocabulary), starts_leaf(tape, starts, on.rows, places)};
    int merges = on.met_count ? merges_leaf(tape, &on, vocabulary) : -1;
    tape_begin(tape, "tokenizer", -1, NULL);
    int words = tape_step(tape, &CUT_ROWS, HERE("words"), inputs, 2, (Attributes){.cols = on.cols});
    for (int r = 0; r < on.made_count; r++) {
        tape_begin(tape, "merge", r, NULL);
        int chosen = tape_step(tape, &FIRST_PAIR, HERE("chosen"), (int[]){words, merges}, 2, (Attributes){0});
        words = tape_step(tape, &MERGE_PAIR, HERE("words"), (int[]){words, chosen}, 2, (Attributes){.cols = 3});
        tape_end(tape);
    }
    return words;
}
