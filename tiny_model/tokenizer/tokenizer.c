/* Vocabulary and ids, found before anything is recorded; see tokenizer.h. */
#include "tokenizer.h"

#include "bpe_text.h"
#include "utf8.h"

#include <stdio.h>
#include <string.h>

/* A stretch of the text: one word or one character. */
typedef struct {
    const char *start;
    size_t length;
} Part;

/* Bytes of the blank at the text; 0 if there is none. */
static int blank_at(const char *text)
{
    unsigned point;
    int bytes = utf8_decode(text, &point);
    return bytes && is_blank(point) ? bytes : 0;
}

/* The next piece at or behind *at; false at the end of the text. */
static bool next_piece(TokenizerKind kind, const char **at, Part *piece)
{
    const char *start = *at;
    if (kind == TOKENIZER_WORDS)
        for (int blank; (blank = blank_at(start)) > 0;)
            start += blank;
    if (*start == '\0')
        return false;
    const char *end = start;
    if (kind == TOKENIZER_WORDS) {
        while (*end && !blank_at(end))
            end++;
    } else {
        unsigned point;
        end += utf8_decode(start, &point);
    }
    *piece = (Part){start, (size_t)(end - start)};
    *at = end;
    return true;
}

/* --- the vocabulary: found by the hash of a token's text --- */

static unsigned hash_of(Part piece)
{
    unsigned hash = 2166136261u; /* FNV-1a */
    for (size_t i = 0; i < piece.length; i++)
        hash = (hash ^ (unsigned char)piece.start[i]) * 16777619u;
    return hash;
}

/* The slot of the piece, or the empty one where it belongs. */
static int *slot_of(const Gpt *gpt, Part piece)
{
    for (unsigned at = hash_of(piece);; at++) {
        int *slot = &gpt->slots[at & (unsigned)(gpt->slot_count - 1)];
        const char *token = *slot < 0 ? NULL : gpt->vocabulary.list[*slot];
        if (!token || (strlen(token) == piece.length && memcmp(token, piece.start, piece.length) == 0))
            return slot;
    }
}

int tokenizer_find(const Gpt *gpt, const char *token)
{
    if (gpt->bpe)
        return bpe_find(gpt->bpe, token, strlen(token));
    return gpt->slots ? *slot_of(gpt, (Part){token, strlen(token)}) : -1;
}

static bool slots_begin(Model *model, int tokens, Error *error)
{
    Gpt *gpt = model->settings;
    for (gpt->slot_count = 16; gpt->slot_count < 2 * tokens;)
        gpt->slot_count *= 2;
    gpt->slots = arena_alloc(&model->arena, (size_t)gpt->slot_count * sizeof *gpt->slots);
    if (!gpt->slots)
        return error_memory(error);
    for (int i = 0; i < gpt->slot_count; i++)
        gpt->slots[i] = -1;
    return true;
}

/* Fills the slots from a vocabulary that was given. */
static bool index_vocabulary(Model *model, Error *error)
{
    Gpt *gpt = model->settings;
    int count = gpt->vocabulary.count;
    if (gpt->vocabulary_size && gpt->vocabulary_size != count)
        return error_set(error, EXIT_USED_WRONGLY, "model: \"vocabulary_size\" is %d, but \"vocabulary\" has %d tokens",
                         gpt->vocabulary_size, count);
    gpt->vocabulary_count = count;
    if (!slots_begin(model, count, error))
        return false;
    for (int i = 0; i < count; i++) {
        const char *token = gpt->vocabulary.list[i];
        if (*token == '\0')
            return error_set(error, EXIT_USED_WRONGLY, "model: \"vocabulary\" has an empty token at %d", i);
        int *slot = slot_of(gpt, (Part){token, strlen(token)});
        if (*slot >= 0)
            return error_set(error, EXIT_USED_WRONGLY, "model: \"vocabulary\" has \"%s\" twice", token);
        *slot = i;
    }
    return true;
}

/* Adds a token to a vocabulary that is being derived, unless it is there. */
static bool add_token(Model *model, const char **list, Part piece, Error *error)
{
    Gpt *gpt = model->settings;
    int *slot = slot_of(gpt, piece);
    if (*slot >= 0)
        return true;
    char *copy = arena_alloc(&model->arena, piece.length + 1);
    if (!copy)
        return error_memory(error);
    memcpy(copy, piece.start, piece.length);
    copy[piece.length] = '\0';
    *slot = gpt->vocabulary_count;
    list[gpt->vocabulary_count++] = copy;
    gpt->vocabulary.count = gpt->vocabulary_count;
    return true;
}

/* <PAD>, what stands before and behind a text (or nothing of it), then the tokens of the texts as they appear. */
static bool derive_vocabulary(Model *model, int pieces, Error *error)
{
    Gpt *gpt = model->settings;
    const char *const specials[] = {"<PAD>", gpt->bos, gpt->eos};
    const char **list = arena_alloc(&model->arena, (size_t)(pieces + 3) * sizeof *list);
    if (!list)
        return error_memory(error);
    gpt->vocabulary = (Texts){list, 0};
    gpt->vocabulary_count = 0;
    if (!slots_begin(model, pieces + 3, error))
        return false;
    for (int i = 0; gpt->specials && i < 3; i++)
        if (!add_token(model, list, (Part){specials[i], strlen(specials[i])}, error))
            return false;
    Part piece;
    for (int i = 0; i < gpt->sequence_count; i++)
        for (const char *at = gpt->sequences[i].text; at && next_piece((TokenizerKind)gpt->tokenizer, &at, &piece);)
            if (!add_token(model, list, piece, error))
                return false;
    return true;
}

/* --- texts --- */

static bool text_is_whole(const char *text, size_t bytes, Error *error)
{
    if (bytes > MOST_TEXT)
        return error_set(error, EXIT_USED_WRONGLY, "model: \"text\" is longer than %d bytes; take a part of it",
                         MOST_TEXT);
    unsigned point;
    for (const char *at = text; *at;) {
        int length = utf8_decode(at, &point);
        if (length == 0)
            return error_set(error, EXIT_USED_WRONGLY,
                             "model: \"text\" is not valid UTF-8 at byte %d; save it as UTF-8", (int)(at - text));
        at += length;
    }
    return true;
}

/* The number of pieces; at most one more than `most`. */
static int count_pieces(const Gpt *gpt, const char *text, int most)
{
    int count = 0;
    Part piece;
    for (const char *at = text; count <= most && next_piece((TokenizerKind)gpt->tokenizer, &at, &piece);)
        count++;
    return count;
}

int tokenizer_pieces(const Gpt *gpt, const char *text)
{
    if (!gpt->bpe)
        return count_pieces(gpt, text, MOST_TOKENS);
    Arena arena = {0};
    Error none = {0};
    Sequence split = {.text = text, .length = (int)strlen(text)};
    int count = bpe_text_split(gpt, false, &split, &arena, &none) ? split.pieces : 0;
    arena_free(&arena);
    return count;
}

/* Looks at a text and counts its pieces; byte pairs are found at once. ends: what stands behind it will. */
static bool measure(const Gpt *gpt, bool ends, Sequence *sequence, Arena *arena, Error *error)
{
    size_t length = strlen(sequence->text);
    int most = gpt->length ? MOST_TEXT : MOST_TOKENS; /* windows are short, whatever they are cut from */
    if (!text_is_whole(sequence->text, length, error))
        return false;
    sequence->length = (int)length;
    if (gpt->bpe && !bpe_text_split(gpt, ends, sequence, arena, error))
        return false;
    if (!gpt->bpe)
        sequence->pieces = count_pieces(gpt, sequence->text, most);
    if (sequence->pieces == 0)
        return error_set(error, EXIT_USED_WRONGLY, "model: \"text\" is empty; give it at least one token");
    if (sequence->pieces > most)
        return error_set(error, EXIT_USED_WRONGLY,
                         "model: \"text\" has more than %d tokens; training on windows of it takes \"loader\": "
                         "\"windows\" in \"training\"",
                         most);
    return true;
}

bool tokenizer_special(const Gpt *gpt, const char *token, const char *key, int *id, Error *error)
{
    *id = tokenizer_find(gpt, token);
    return *id >= 0 || error_set(error, EXIT_USED_WRONGLY, "model: \"%s\" needs %s in the \"vocabulary\"", key, token);
}

/* The last tokens of a vocabulary, as an example of what it has: the first ones are marks. */
static void list_some(const Gpt *gpt, char *out, size_t size)
{
    enum { SOME = 5, LONGEST = 20 };
    size_t used = 0;
    *out = '\0';
    for (int i = 0; i < SOME && i < gpt->vocabulary.count && used < size; i++)
        used += (size_t)snprintf(out + used, size - used, "%s\"%.*s\"", i ? ", " : "", LONGEST,
                                 gpt->vocabulary.list[gpt->vocabulary.count - 1 - i]);
}

static bool is_lacking(const Model *model, Part piece, Error *error)
{
    int shown = piece.length > 60 ? 60 : (int)piece.length;
    char some[160];
    if (model && model->data.weights) {
        list_some(gpt_of(model), some, sizeof some);
        return error_set(error, EXIT_USED_WRONGLY,
                         "model: \"text\" has the token \"%.*s\", which is not in the vocabulary of the weights "
                         "\"%.80s\"; give them a --text of what they know (%s ...), or train on a text that has it",
                         shown, piece.start, model->data.weights, some);
    }
    return error_set(error, EXIT_USED_WRONGLY,
                     "model: \"text\" has the token \"%.*s\", which is not in the \"vocabulary\"; add it there "
                     "or leave it out",
                     shown, piece.start);
}

/* The first token of the texts that the vocabulary lacks, in the arena; NULL: it has them all. */
static const char *find_lacking(Model *model)
{
    const Gpt *gpt = gpt_of(model);
    Part piece;
    for (int i = 0; i < gpt->sequence_count; i++)
        for (const char *at = gpt->sequences[i].text; at && next_piece((TokenizerKind)gpt->tokenizer, &at, &piece);)
            if (*slot_of(gpt, piece) < 0) {
                char *token = arena_alloc(&model->arena, piece.length + 1);
                if (!token)
                    return "?";
                memcpy(token, piece.start, piece.length);
                token[piece.length] = '\0';
                return token;
            }
    return NULL;
}

/* The ids of a text whose pieces were counted. model: whose own text it is, or NULL. */
static bool find_tokens(const Model *model, const Gpt *gpt, bool ends, Sequence *sequence, Arena *arena, Error *error)
{
    sequence->tokens = arena_alloc(arena, (size_t)(sequence->pieces + 2) * sizeof *sequence->tokens);
    if (!sequence->tokens)
        return error_memory(error);
    int count = 0;
    if (gpt->add_bos && !tokenizer_special(gpt, gpt->bos, "add_bos", &sequence->tokens[count++], error))
        return false;
    Part piece;
    for (const char *at = sequence->text; next_piece((TokenizerKind)gpt->tokenizer, &at, &piece);) {
        int id = gpt->slots ? *slot_of(gpt, piece) : -1;
        if (id < 0)
            return is_lacking(model, piece, error);
        if (sequence->starts)
            sequence->starts[count] = (int)(piece.start - sequence->text);
        sequence->tokens[count++] = id;
    }
    if (sequence->starts)
        sequence->starts[count] = sequence->length;
    if (ends && gpt->add_eos && !tokenizer_special(gpt, gpt->eos, "add_eos", &sequence->tokens[count++], error))
        return false;
    sequence->count = count;
    return true;
}

static bool needs_ids(Error *error)
{
    return error_set(error, EXIT_USED_WRONGLY,
                     "model: a text cannot be split here, since only the \"vocabulary_size\" is known; "
                     "give ids in its place: --tokens 3,1,4");
}

bool tokenizer_split(const Gpt *gpt, const char *text, Arena *arena, Sequence *out, Error *error)
{
    *out = (Sequence){.text = text};
    if (!gpt->slots && !gpt->bpe)
        return needs_ids(error);
    if (*text == '\0' && gpt->add_bos) { /* only what stands before it */
        out->tokens = arena_alloc(arena, sizeof *out->tokens);
        out->count = 1;
        return out->tokens ? tokenizer_special(gpt, gpt->bos, "add_bos", out->tokens, error) : error_memory(error);
    }
    return measure(gpt, false, out, arena, error) && (gpt->bpe || find_tokens(NULL, gpt, false, out, arena, error));
}

/* One sequence an example, two where it is a pair, or the one text. */
static bool list_sequences(Model *model, int *pieces, Error *error)
{
    Gpt *gpt = model->settings;
    const Data *data = &model->data;
    *pieces = 0;
    gpt->each = gpt->task == TASK_PREFERENCE || gpt->task == TASK_REWARD ? 2 : 1;
    if (gpt_makes(model)) {
        gpt->each = 1;
        return true;
    }
    gpt->sequence_count = gpt->each * (data->examples ? data->example_count : 1);
    gpt->sequences = arena_alloc(&model->arena, (size_t)gpt->sequence_count * sizeof *gpt->sequences);
    if (!gpt->sequences)
        return error_memory(error);
    for (int i = 0; i < gpt->sequence_count; i++) {
        if (!data->examples && !data->text)
            return error_set(error, EXIT_USED_WRONGLY, "model: there is no \"text\", no \"file\" and no \"examples\"");
        if (!gpt_row(model, i / gpt->each, i % gpt->each == 1, &gpt->sequences[i], error))
            return false;
        if (gpt->sequences[i].text && !measure(gpt, true, &gpt->sequences[i], &model->arena, error))
            return false;
        *pieces += gpt->sequences[i].pieces;
    }
    return true;
}

/* The ids of every sequence, once the vocabulary is known. */
static bool find_all(Model *model, Error *error)
{
    Gpt *gpt = model->settings;
    if (gpt_makes(model))
        return gpt_make_sequences(model, error);
    for (int i = 0; i < gpt->sequence_count; i++) {
        Sequence *sequence = &gpt->sequences[i];
        if (gpt->length && sequence->text && !gpt->bpe &&
            !(sequence->starts =
                  arena_alloc(&model->arena, (size_t)(sequence->pieces + 1) * sizeof *sequence->starts)))
            return error_memory(error);
        if (!sequence->text ? !gpt_row_ids(model, sequence, error)
                            : !gpt->bpe && !find_tokens(model, gpt, true, sequence, &model->arena, error))
            return false;
        sequence->real = sequence->count;
        if (!gpt_row_mask(model, i / gpt->each, sequence, error))
            return false;
    }
    return true;
}

static bool find_vocabulary(Model *model, int pieces, Error *error)
{
    Gpt *gpt = model->settings;
    bool without_texts = gpt->vocabulary_size && !gpt->vocabulary.count; /* ids that nobody spelled */
    if (without_texts && pieces)
        return needs_ids(error);
    gpt->vocabulary_count = gpt->vocabulary_size;
    if (gpt->vocabulary.count && model->data.may_change) {
        if (!index_vocabulary(model, error))
            return false;
        model->data.lacked = find_lacking(model);
        if (model->data.lacked)
            gpt->vocabulary.count = 0;
    }
    if (gpt->vocabulary.count ? !index_vocabulary(model, error)
                              : !without_texts && !derive_vocabulary(model, pieces, error))
        return false;
    if (gpt->vocabulary.count)
        gpt->labels = gpt->vocabulary;
    return true;
}

bool tokenizer_prepare(Model *model, Error *error)
{
    Gpt *gpt = model->settings;
    int pieces = 0;
    if (gpt->tokenizer == TOKENIZER_BPE && !gpt->bpe)
        return error_set(error, EXIT_USED_WRONGLY, "model: a \"tokenizer\" of byte pairs is {\"bpe\": DIR}");
    if (gpt->tokenizer != TOKENIZER_BPE)
        gpt->bpe = NULL;
    if (gpt->bpe && !bpe_text_labels(model, error))
        return false;
    return list_sequences(model, &pieces, error) && (gpt->bpe || find_vocabulary(model, pieces, error)) &&
           find_all(model, error);
}
