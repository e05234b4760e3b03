/* What descriptions of payments are cut into: byte pairs, learned from those that the reader has. Chapter 34. */
#include "nufo.h"

#include "../data/transactions.h"
#include "../tokenizer/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A merge of what occurs once teaches nothing of any other description. */
static bool note_useful(void *context, int round, const BpeRound *chosen)
{
    enum { FEWEST = 2 };
    int *useful = context;
    if (chosen->count >= FEWEST)
        *useful = round + 1;
    return chosen->count >= FEWEST;
}

static bool learn(const char *text, size_t length, int merges, Bpe *out, Error *error)
{
    int useful = 0;
    if (!bpe_train(out, text, length, PATTERN_GPT2, merges, NULL, 0, note_useful, &useful, error))
        return false;
    if (useful == out->merge_count)
        return true;
    bpe_free(out);
    return bpe_train(out, text, length, PATTERN_GPT2, useful, NULL, 0, NULL, NULL, error);
}

/* Bytes that are no whole character as <c3>. */
static const char *piece_label(const Piece *piece, Arena *arena)
{
    enum { WIDEST = 4 };
    char *label = arena_alloc(arena, WIDEST * (size_t)piece->length + 1);
    size_t at = 0;
    for (int i = 0, bytes; label && i < piece->length; i += bytes) {
        unsigned point;
        const char *text = (const char *)piece->bytes + i;
        bytes = utf8_decode(text, &point);
        if (bytes > 0 && i + bytes <= piece->length) {
            memcpy(label + at, text, (size_t)bytes);
            at += (size_t)bytes;
        } else {
            at += (size_t)snprintf(label + at, WIDEST + 1, "<%02x>", (unsigned char)*text);
            bytes = 1;
        }
    }
    if (label)
        label[at] = '\0';
    return label;
}

/* The tokens: those of made customers before their merchants, the unknown, the bytes that occur, what was merged. */
static bool list_tokens(Nufo *nufo, Model *model, const bool *occurs, Error *error)
{
    const Bpe *bpe = nufo->gpt.bpe;
    size_t most = TOKEN_PIECE + 1 + (size_t)bpe->piece_count;
    const char **texts = arena_alloc(&model->arena, most * sizeof *texts);
    int *tokens = arena_alloc(&model->arena, (size_t)bpe->piece_count * sizeof *tokens), count = TOKEN_PIECE;
    if (!texts || !tokens)
        return error_memory(error);
    memcpy(texts, TRANSACTION_VOCABULARY, TOKEN_PIECE * sizeof *texts);
    texts[count++] = "<?>";
    for (int id = 0; id < bpe->piece_count; id++) {
        tokens[id] = TOKEN_PIECE;
        if (id < BYTES && !occurs[id])
            continue;
        if (!(texts[count] = piece_label(&bpe->pieces[id], &model->arena)))
            return error_memory(error);
        tokens[id] = count++;
    }
    nufo->tokens_of_pieces = tokens;
    nufo->pieces = (Texts){texts, count};
    return true;
}

bool nufo_learn_pieces(Model *model, const char *descriptions, size_t length, int merges, Error *error)
{
    Nufo *nufo = model->settings;
    Bpe bpe;
    bool occurs[BYTES] = {false};
    if (!learn(descriptions, length, merges, &bpe, error))
        return false;
    if (!(nufo->gpt.bpe = bpe_settle(&bpe, &model->arena)))
        return error_memory(error);
    for (size_t i = 0; i < length; i++)
        occurs[(unsigned char)descriptions[i]] |= descriptions[i] != '\n';
    return list_tokens(nufo, model, occurs, error);
}

bool nufo_cut(const Nufo *nufo, const char *description, TokenIds *out, Error *error)
{
    size_t before = out->count;
    if (!bpe_encode(nufo->gpt.bpe, description, strlen(description), false, out, error))
        return false;
    for (size_t i = before; i < out->count; i++)
        out->list[i] = nufo->tokens_of_pieces[out->list[i]];
    return true;
}
