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
