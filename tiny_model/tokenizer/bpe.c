/* Byte-pair encoding: what training and files have in common, encoding; see bpe.h. */
#include "bpe.h"

#include "pairs.h"

#include <stdlib.h>
#include <string.h>

int piece_compare(const Piece *a, const Piece *b)
{
    int shorter = a->length < b->length ? a->length : b->length;
    int order = memcmp(a->bytes, b->bytes, (size_t)shorter);
    return order ? order : a->length - b->length;
}

bool bpe_begin(Bpe *out, Pattern pattern, int pieces, int merges, Error *error)
{
    *out = (Bpe){.pattern = pattern, .piece_count = pieces};
    out->pieces = arena_alloc(&out->arena, (size_t)pieces * sizeof *out->pieces + 1);
    out->merges = arena_alloc(&out->arena, (size_t)merges * sizeof *out->merges + 1);
    if (!out->pieces || !out->merges) {
        bpe_free(out);
        return error_memory(error);
    }
    memset(out->pieces, 0, (size_t)pieces * sizeof *out->pieces);
    for (int byte = 0; byte < BYTES; byte++)
        out->byte_ids[byte] = -1;
    return true;
}

bool bpe_piece(Bpe *bpe, int id, const void *bytes, size_t length, Error *error)
{
    unsigned char *copy = arena_alloc(&bpe->arena, length + 1);
    if (!copy)
        return error_memory(error);
    memcpy(copy, bytes, length);
    copy[length] = '\0';
    bpe->pieces[id] = (Piece){copy, (int)length};
    return true;
}

static bool index_merge(Bpe *bpe, int rank, Error *error)
{
    const Merge *merge = &bpe->merges[rank];
    for (int side = 0; side < 3; side++) {
        int id = side == 0 ? merge->left : side == 1 ? merge->right : merge->made;
        if (id < 0 || id >= bpe->piece_count || bpe->pieces[id].length == 0)
            return error_set(error, EXIT_USED_WRONGLY, "merge %d asks for a token that is not in the vocabulary", rank);
    }
    int *place = pairs_put(&bpe->ranks, merge->left, merge->right);
    if (!place)
        return error_memory(error);
    if (*place)
        return error_set(error, EXIT_USED_WRONGLY, "merge %d is the same as merge %d", rank, *place - 1);
    *place = rank + 1;
    return true;
}

void bpe_sort_specials(Bpe *bpe)
{
    for (int i = 1; i < bpe->special_count; i++)
        for (int j = i; j > 0 && bpe->pieces[bpe->specials[j - 1]].length < bpe->pieces[bpe->specials[j]].length; j--) {
            int id = bpe->specials[j];
            bpe->specials[j] = bpe->specials[j - 1];
            bpe->specials[j - 1] = id;
        }
}

bool bpe_index(Bpe *bpe, Error *error)
{
    for (int byte = 0; byte < BYTES; byte++)
        if (bpe->byte_ids[byte] < 0)
            return error_set(error, EXIT_USED_WRONGLY, "the vocabulary has no token for the byte %d", byte);
    for (int rank = 0; rank < bpe->merge_count; rank++)
        if (!index_merge(bpe, rank, error))
            return false;
    bpe_sort_specials(bpe);
    return true;
}

void bpe_free(Bpe *bpe)
{
    pairs_free(&bpe->ranks);
    arena_free(&bpe->arena);
    *bpe = (Bpe){0};
}

static void *moved(Arena *arena, const void *from, size_t bytes)
{
    void *copy = arena_alloc(arena, bytes + 1);
    if (copy)
        memcpy(copy, from, bytes);
    return copy;
}

const Bpe *bpe_settle(Bpe *bpe, Arena *arena)
{
    size_t capacity = bpe->ranks.capacity;
    uint64_t *keys = capacity ? moved(arena, bpe->ranks.keys, capacity * sizeof *keys) : NULL;
    int *numbers = capacity ? moved(arena, bpe->ranks.numbers, capacity * sizeof *numbers) : NULL;
    Bpe *settled = moved(arena, bpe, sizeof *bpe);
    if (!settled || (capacity && (!keys || !numbers))) {
        bpe_free(bpe);
        return NULL;
    }
    arena_take(arena, &bpe->arena);
    settled->ranks.keys = keys;
    settled->ranks.numbers = numbers;
    settled->arena = (Arena){0};
    bpe_free(bpe);
    return settled;
}

int bpe_rank(const Bpe *bpe, int left, int right)
{
    return pairs_get(&bpe->ranks, left, right) - 1;
}

static bool is_piece(const Bpe *bpe, int id, const char *bytes, size_t length)
{
    const Piece *piece = &bpe->pieces[id];
    return (size_t)piece->length == length && memcmp(piece->bytes, bytes, length) == 0;
}

int bpe_find(const Bpe *bpe, const char *bytes, size_t length)
{
    for (int i = 0; i < bpe->special_count; i++)
        if (is_piece(bpe, bpe->specials[i], bytes, length))
            return bpe->specials[i];
    for (int id = 0; id < bpe->piece_count; id++)
        if (is_piece(bpe, id, bytes, length))
            return id;
    return -1;
}

/* Two arrays that go together: the ids of one pre-token, and the rank of each with its right neighbour. */
typedef struct {
    int *ids, *ranks;
    size_t count;
} Row;

static int rank_at(const Bpe *bpe, const Row *row, size_t i)
{
    int rank = i + 1 < row->count ? bpe_rank(bpe, row->ids[i], row->ids[i + 1]) : -1;
    return rank < 0 ? MOST_MERGES : rank;
}

static int lowest_rank(const Row *row)
{
    int lowest = MOST_MERGES;
    for (size_t i = 0; i < row->count; i++)
        lowest = row->ranks[i] < lowest ? row->ranks[i] : lowest;
    return lowest;
}

/* Replaces the pairs of one rank, from left to right; only ranks beside the new token change. */
static void merge_rank(const Bpe *bpe, Row *row, int rank)
{
    size_t kept = 0;
    int made = bpe->merges[rank].made;
    for (size_t i = 0; i < row->count; kept++) {
        bool pair = row->ranks[i] == rank;
        row->ids[kept] = pair ? made : row->ids[i];
        row->ranks[kept] = row->ranks[i];
        i += pair ? 2 : 1;
    }
    row->count = kept;
    for (size_t i = 0; i < kept; i++)
        if (row->ids[i] == made || (i + 1 < kept && row->ids[i + 1] == made))
            row->ranks[i] = rank_at(bpe, row, i);
}

static void merge_all(const Bpe *bpe, Row *row)
{
    for (size_t i = 0; i < row->count; i++)
        row->ranks[i] = rank_at(bpe, row, i);
    for (int rank; (rank = lowest_rank(row)) < MOST_MERGES;)
        merge_rank(bpe, row, rank);
}

static bool room_for(TokenIds *ids, size_t more, Error *error)
{
    if (ids->count + more <= ids->capacity)
        return true;
    size_t capacity = 2 * ids->capacity + more;
    int *list = capacity <= SIZE_MAX / sizeof *list ? realloc(ids->list, capacity * sizeof *list) : NULL;
    if (!list)
        return error_memory(error);
    ids->list = list;
    ids->capacity = capacity;
    return true;
}

static bool encode_ordinary(const Bpe *bpe, const char *text, size_t length, TokenIds *out, Error *error)
{
    int *ranks = malloc(length * sizeof *ranks + 1);
    if (!ranks || !room_for(out, length, error)) {
        free(ranks);
        return error_memory(error);
    }
    for (size_t at = 0, bytes; (bytes = pretoken_length(text + at, length - at, bpe->pattern)) > 0; at += bytes) {
        Row row = {out->list + out->count, ranks, bytes};
        for (size_t i = 0; i < bytes; i++)
            row.ids[i] = bpe->byte_ids[(unsigned char)text[at + i]];
        merge_all(bpe, &row);
        out->count += row.count;
    }
    free(ranks);
    return true;
}

int bpe_find_special(const Bpe *bpe, const char *text, size_t length, size_t *at)
{
    for (*at = 0; *at < length; ++*at)
        for (int i = 0; i < bpe->special_count; i++) {
            const Piece *piece = &bpe->pieces[bpe->specials[i]];
            if ((size_t)piece->length <= length - *at && memcmp(text + *at, piece->bytes, (size_t)piece->length) == 0)
                return bpe->specials[i];
        }
    return -1;
}

bool bpe_encode(const Bpe *bpe, const char *text, size_t length, bool specials, TokenIds *out, Error *error)
{
    for (;;) {
        size_t at;
        int special = bpe_find_special(bpe, text, length, &at);
        if (special >= 0 && !specials)
            return error_set(error, EXIT_USED_WRONGLY,
                             "the text spells the special token \"%.*s\"; --allow-special takes it as that token",
                             bpe->pieces[special].length, (const char *)bpe->pieces[special].bytes);
        if (!encode_ordinary(bpe, text, at, out, error) || !room_for(out, 1, error))
            return false;
        if (special < 0)
            return true;
        out->list[out->count++] = special;
        text += at + (size_t)bpe->pieces[special].length;
        length -= at + (size_t)bpe->pieces[special].length;
    }
}
