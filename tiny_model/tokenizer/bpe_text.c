/* A text of the data as byte pairs; see bpe_text.h. */
#include "bpe_text.h"

#include "tokenizer.h"

#include <stdlib.h>
#include <string.h>

/* Where the pre-tokens of the text begin. */
static bool list_cuts(const Bpe *bpe, Sequence *sequence, Arena *arena, Error *error)
{
    size_t length = (size_t)sequence->length, bytes;
    int count = 0;
    for (size_t at = 0; (bytes = pretoken_length(sequence->text + at, length - at, bpe->pattern)) > 0; at += bytes)
        count++;
    int *cuts = arena_alloc(arena, (size_t)count * sizeof *cuts + 1);
    if (!cuts)
        return error_memory(error);
    sequence->cuts = cuts;
    sequence->cut_count = 0;
    for (size_t at = 0; (bytes = pretoken_length(sequence->text + at, length - at, bpe->pattern)) > 0; at += bytes)
        cuts[sequence->cut_count++] = (int)at;
    return true;
}

/* The ids of the text, what stands before and behind it, and where each begins. */
static bool place_tokens(const Gpt *gpt, bool ends, const TokenIds *ids, Sequence *sequence, Arena *arena, Error *error)
{
    size_t most = ids->count + 3;
    sequence->pieces = (int)ids->count;
    sequence->tokens = arena_alloc(arena, most * sizeof *sequence->tokens);
    sequence->starts = arena_alloc(arena, most * sizeof *sequence->starts);
    if (!sequence->tokens || !sequence->starts)
        return error_memory(error);
    int count = 0, at = 0;
    if (gpt->add_bos) {
        sequence->starts[count] = 0;
        if (!tokenizer_special(gpt, gpt->bos, "add_bos", &sequence->tokens[count++], error))
            return false;
    }
    for (size_t i = 0; i < ids->count; i++) {
        sequence->starts[count] = at;
        sequence->tokens[count++] = ids->list[i];
        at += gpt->bpe->pieces[ids->list[i]].length;
    }
    sequence->starts[count] = at;
    if (ends && gpt->add_eos && !tokenizer_special(gpt, gpt->eos, "add_eos", &sequence->tokens[count++], error))
        return false;
    sequence->starts[count] = at;
    sequence->count = count;
    return true;
}

bool bpe_text_split(const Gpt *gpt, bool ends, Sequence *sequence, Arena *arena, Error *error)
{
    const Bpe *bpe = gpt->bpe;
    size_t at;
    int special = bpe_find_special(bpe, sequence->text, (size_t)sequence->length, &at);
    if (special >= 0)
        return error_set(error, EXIT_USED_WRONGLY,
                         "model: \"text\" spells the special token \"%.*s\" at byte %zu; leave it out there, or give "
                         "ids in place of the text: --tokens",
                         bpe->pieces[special].length, (const char *)bpe->pieces[special].bytes, at);
    TokenIds ids = {0};
    bool whole = bpe_encode(bpe, sequence->text, (size_t)sequence->length, false, &ids, error) &&
                 list_cuts(bpe, sequence, arena, error) && place_tokens(gpt, ends, &ids, sequence, arena, error);
    free(ids.list);
    return whole;
}

bool bpe_text_labels(Model *model, Error *error)
{
    Gpt *gpt = model->settings;
    const Bpe *bpe = gpt->bpe;
    if (gpt->vocabulary.count)
        return error_set(error, EXIT_USED_WRONGLY,
                         "model: \"vocabulary\" is that of the \"tokenizer\" where it is made of byte pairs; leave it "
                         "out");
    if (gpt->vocabulary_size && gpt->vocabulary_size < bpe->piece_count)
        return error_set(error, EXIT_USED_WRONGLY,
                         "model: \"vocabulary_size\" is %d, but the \"tokenizer\" has %d tokens; leave it out",
                         gpt->vocabulary_size, bpe->piece_count);
    gpt->vocabulary_count = gpt->vocabulary_size ? gpt->vocabulary_size : bpe->piece_count;
    if (gpt->labels.count)
        return true;
    const char **labels = arena_alloc(&model->arena, (size_t)gpt->vocabulary_count * sizeof *labels);
    if (!labels)
        return error_memory(error);
    for (int id = 0; id < gpt->vocabulary_count; id++) {
        static const Piece none = {(const unsigned char *)"", 0};
        const Piece *piece = id < bpe->piece_count ? &bpe->pieces[id] : &none;
        char *label = arena_alloc(&model->arena, 3 * (size_t)piece->length + 1);
        if (!label)
            return error_memory(error);
        utf8_readable((const char *)piece->bytes, (size_t)piece->length, label);
        labels[id] = label;
    }
    gpt->labels = (Texts){labels, gpt->vocabulary_count};
    return true;
}

/* A blank and letters: such tokens side by side are pre-tokens of their own. */
static bool is_a_word(const Piece *piece)
{
    bool letters = piece->length > 1 && piece->bytes[0] == ' ';
    for (int i = 1; i < piece->length && letters; i++)
        letters = (piece->bytes[i] | 32) >= 'a' && (piece->bytes[i] | 32) <= 'z';
    return letters;
}

bool bpe_text_vary(Model *model, Random *random, int size, Error *error)
{
    const Bpe *bpe = gpt_of(model)->bpe;
    enum { FEWEST = 4 };
    int *words = arena_alloc(&model->arena, (size_t)bpe->piece_count * sizeof *words), count = 0;
    int *chosen = arena_alloc(&model->arena, (size_t)size * sizeof *chosen);
    size_t length = 0;
    if (!words || !chosen)
        return error_memory(error);
    for (int id = 0; id < bpe->piece_count; id++)
        if (is_a_word(&bpe->pieces[id]))
            words[count++] = id;
    if (count < FEWEST)
        return true;
    for (int i = 0; i < size; i++)
        chosen[i] = words[random_bits(random) % (unsigned)count];
    int first = (int)(random_bits(random) % (unsigned)(size - 2));
    chosen[first + 2] = chosen[first];
    for (int i = 0; i < size; i++)
        length += (size_t)bpe->pieces[chosen[i]].length;
    char *text = arena_alloc(&model->arena, length + 1);
    if (!text)
        return error_memory(error);
    length = 0;
    for (int i = 0; i < size; i++) {
        memcpy(text + length, bpe->pieces[chosen[i]].bytes, (size_t)bpe->pieces[chosen[i]].length);
        length += (size_t)bpe->pieces[chosen[i]].length;
    }
    text[length] = '\0';
    model->data.text = text;
    return true;
}
