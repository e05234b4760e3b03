/* Tokenizing, recorded: the text as code points, cut into words, each looked up in the vocabulary; see tokenizer.h. */
#include "tokenizer.h"

#include "../record.h"
#include "bpe_text.h"
#include "utf8.h"

#include <string.h>

static int count_points(const char *text, size_t length)
{
    int count = 0;
    for (size_t i = 0; i < length; i++)
        count += ((unsigned char)text[i] & 0xc0) != 0x80;
    return count;
}

static void put_points(double *row, const char *text, int count)
{
    unsigned point;
    for (int i = 0; i < count; i++) {
        text += utf8_decode(text, &point);
        row[i] = point;
    }
}

int tokenizer_table(Tape *tape, const Gpt *gpt)
{
    const Texts *texts = &gpt->vocabulary;
    int longest = 1;
    for (int i = 0; i < texts->count; i++) {
        int length = count_points(texts->list[i], strlen(texts->list[i]));
        longest = length > longest ? length : longest;
    }
    double *table = tape_room(tape, texts->count, longest);
    if (table) {
        memset(table, 0, (size_t)texts->count * (size_t)longest * sizeof *table);
        for (int i = 0; i < texts->count; i++)
            put_points(table + (size_t)i * (size_t)longest, texts->list[i],
                       count_points(texts->list[i], strlen(texts->list[i])));
    }
    return tape_leaf(tape, KIND_INPUT, "vocabulary",
                     (Shape){texts->count, longest, .row_axis = gpt_vocabulary_axis(tape, gpt), .counts = AXIS_LETTER},
                     table);
}

static int text_leaf(Tape *tape, const char *text, int bytes)
{
    int length = count_points(text, (size_t)bytes);
    double *points = tape_room(tape, 1, length);
    if (points)
        put_points(points, text, length);
    return tape_leaf(tape, KIND_INPUT, "text", (Shape){1, length, .counts = AXIS_LETTER}, points);
}

/* One special token, as the one number that it is. */
static int special(Tape *tape, const Label *name, int id, short vocabulary)
{
    Label label = label_with_axes(name, AXIS_NONE, AXIS_NONE, vocabulary);
    return fill(tape, &label, id, 1, 1);
}

/* Words or characters, a row each, in the frame that this begins. */
static int split_text(Tape *tape, const Gpt *gpt, const Sequence *sequence, int text, int table, short pieces)
{
    tape_begin(tape, "tokenizer", -1, NULL);
    Label pieced = label_with_axes(HERE("words"), pieces, AXIS_NONE, AXIS_NONE);
    return split_words(tape, &pieced, text, sequence->pieces, tape_value(tape, table)->cols,
                       gpt->tokenizer == TOKENIZER_CHARACTERS);
}

/* The ids of a text, called `name` under the frame around the tokenizer's. */
static int find_ids(Tape *tape, const Gpt *gpt, const Sequence *sequence, int table, short axis, const char *name)
{
    int text = gpt->bpe ? -1 : text_leaf(tape, sequence->text, sequence->length);
    short vocabulary = gpt_vocabulary_axis(tape, gpt);
    table = gpt->bpe || table >= 0 ? table : tokenizer_table(tape, gpt);
    short pieces = tape_axis_part(tape, axis, sequence->pieces, gpt->add_bos);
    int words = gpt->bpe ? bpe_text_record(tape, gpt, sequence) : split_text(tape, gpt, sequence, text, table, pieces);
    bool alone = !gpt->add_bos && !gpt->add_eos;
    int parts[3], count = 0;
    if (gpt->add_bos)
        parts[count++] = special(tape, HERE("bos"), sequence->tokens[0], vocabulary);
    Label ids = label_with_axes(alone ? RESULT(name) : HERE("ids"), AXIS_NONE, gpt->bpe ? pieces : AXIS_NONE,
                                AXIS_NONE);
    parts[count++] = gpt->bpe ? join_rows(tape, &ids, words, sequence->pieces) : find_rows(tape, &ids, words, table);
    if (gpt->add_eos)
        parts[count++] = special(tape, HERE("eos"), sequence->tokens[sequence->count - 1], vocabulary);
    Label whole = label_with_axes(RESULT(name), AXIS_NONE, axis, AXIS_NONE);
    return alone ? parts[0] : concat(tape, &whole, parts, count);
}

int tokenizer_record(Tape *tape, const Gpt *gpt, const Sequence *sequence, int table, int *targets)
{
    Kind kind = tape->kind;
    tape->kind = KIND_INPUT;
    const char *name = sequence->cut ? "window" : "tokens";
    short axis = gpt_token_axis(tape, gpt, sequence->tokens, sequence->count);
    int all;
    if (sequence->text) {
        all = find_ids(tape, gpt, sequence, table, axis, name);
    } else {
        all = gpt_ids_leaf(tape, gpt, name, sequence->tokens, sequence->count, axis);
        tape_begin(tape, "tokenizer", -1, NULL);
    }
    if (!targets) {
        tape_end(tape);
        tape->kind = kind;
        return all;
    }
    int tokens = all, first = gpt->loss_from, count = sequence->count - 1 - first;
    if (sequence->cut) {
        axis = gpt_token_axis(tape, gpt, sequence->tokens, sequence->count - 1);
        Label read = label_with_axes(RESULT("tokens"), AXIS_NONE, axis, AXIS_NONE);
        tokens = slice_columns(tape, &read, all, 0, sequence->count - 1);
    }
    Label placed = label_with_axes(RESULT("targets"), AXIS_NONE, tape_axis_part(tape, axis, count, first), AXIS_NONE);
    *targets = slice_columns(tape, &placed, all, 1 + first, count);
    tape_end(tape);
    tape->kind = kind;
    return tokens;
}
