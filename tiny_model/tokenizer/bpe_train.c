/* Learning merges; see bpe.h. Equal pre-tokens are kept once, with how often they occur. A round looks for the most
 * frequent pair among all counts and replaces it everywhere; only the counts beside a replacement change, so that
 * nothing is counted again. */
#include "bpe.h"

#include "pairs.h"

#include <stdlib.h>
#include <string.h>

/* Pre-tokens behind one another; each has a length and a number of occurrences. */
typedef struct {
    int *ids;
    size_t *lengths, *starts;
    long *occurrences;
    size_t count, capacity, id_count;
} PreTokens;

/* How often each pair occurs; the pairs in a row too, to look through them. */
typedef struct {
    PairMap places;      /* 1 + where the pair stands below */
    int (*pairs)[2];
    long *counts;
    size_t count, capacity;
} Counts;

static void free_words(PreTokens *words)
{
    free(words->ids);
    free(words->lengths);
    free(words->starts);
    free(words->occurrences);
}

static void free_counts(Counts *counts)
{
    pairs_free(&counts->places);
    free(counts->pairs);
    free(counts->counts);
}

static uint64_t hash_bytes(const char *bytes, size_t length)
{
    uint64_t hash = 14695981039346656037u;
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)bytes[i]) * 1099511628211u;
    return hash;
}

static bool same_bytes(const PreTokens *words, size_t word, const char *bytes, size_t length)
{
    if (words->lengths[word] != length)
        return false;
    const int *ids = words->ids + words->starts[word];
    for (size_t i = 0; i < length; i++)
        if (ids[i] != (unsigned char)bytes[i])
            return false;
    return true;
}

static bool add_word(PreTokens *words, const char *bytes, size_t length)
{
    if (words->count == words->capacity) {
        size_t capacity = 2 * words->capacity + 64;
        size_t *lengths = realloc(words->lengths, capacity * sizeof *lengths);
        words->lengths = lengths ? lengths : words->lengths;
        size_t *starts = realloc(words->starts, capacity * sizeof *starts);
        words->starts = starts ? starts : words->starts;
        long *occurrences = realloc(words->occurrences, capacity * sizeof *occurrences);
        words->occurrences = occurrences ? occurrences : words->occurrences;
        if (!lengths || !starts || !occurrences)
            return false;
        words->capacity = capacity;
    }
    words->starts[words->count] = words->id_count;
    words->lengths[words->count] = length;
    words->occurrences[words->count++] = 1;
    for (size_t i = 0; i < length; i++)
        words->ids[words->id_count++] = (unsigned char)bytes[i];
    return true;
}

/* Cuts a stretch without specials into pre-tokens. `table` [mask + 1] finds those that were there before. */
static bool cut(PreTokens *words, const char *text, size_t length, Pattern pattern, size_t *table, size_t mask)
{
    for (size_t at = 0, bytes; (bytes = pretoken_length(text + at, length - at, pattern)) > 0; at += bytes) {
        size_t place = (size_t)hash_bytes(text + at, bytes) & mask;
        while (table[place] && !same_bytes(words, table[place] - 1, text + at, bytes))
            place = (place + 1) & mask;
        if (table[place])
            words->occurrences[table[place] - 1]++;
        else if (add_word(words, text + at, bytes))
            table[place] = words->count;
        else
            return false;
    }
    return true;
}

static bool cut_all(const Bpe *bpe, PreTokens *words, const char *text, size_t length, Error *error)
{
    size_t size = 1024;
    while (size < 2 * length + 2)
        size *= 2;
    size_t *table = calloc(size, sizeof *table), at;
    words->ids = malloc(length * sizeof *words->ids + 1);
    bool whole = table && words->ids;
    while (whole && length > 0) {
        int special = bpe_find_special(bpe, text, length, &at);
        whole = cut(words, text, at, bpe->pattern, table, size - 1);
        at += special >= 0 ? (size_t)bpe->pieces[special].length : 0;
        text += at;
        length -= at;
    }
    free(table);
    return whole || error_memory(error);
}

static bool count_pair(Counts *counts, int left, int right, long by)
{
    int *place = pairs_put(&counts->places, left, right);
    if (!place)
        return false;
    if (!*place) {
        if (counts->count == counts->capacity) {
            size_t capacity = 2 * counts->capacity + 256;
            int (*pairs)[2] = realloc(counts->pairs, capacity * sizeof *pairs);
            counts->pairs = pairs ? pairs : counts->pairs;
            long *numbers = realloc(counts->counts, capacity * sizeof *numbers);
            counts->counts = numbers ? numbers : counts->counts;
            if (!pairs || !numbers)
                return false;
            counts->capacity = capacity;
        }
        counts->pairs[counts->count][0] = left;
        counts->pairs[counts->count][1] = right;
        counts->counts[counts->count++] = 0;
        *place = (int)counts->count;
    }
    counts->counts[*place - 1] += by;
    return true;
}

static bool count_all(const PreTokens *words, Counts *counts)
{
    for (size_t word = 0; word < words->count; word++) {
        const int *ids = words->ids + words->starts[word];
        for (size_t i = 0; i + 1 < words->lengths[word]; i++)
            if (!count_pair(counts, ids[i], ids[i + 1], words->occurrences[word]))
                return false;
    }
    return true;
}

/* Whether pair a comes before pair b among pairs that are equally frequent: the greater strings. */
static bool goes_first(const Bpe *bpe, const int *a, const int *b)
{
    int order = piece_compare(&bpe->pieces[a[0]], &bpe->pieces[b[0]]);
    return (order ? order : piece_compare(&bpe->pieces[a[1]], &bpe->pieces[b[1]])) > 0;
}

/* The most frequent pair; count 0 where no pair is left. */
static BpeRound choose(const Bpe *bpe, const Counts *counts)
{
    BpeRound best = {0};
    for (size_t i = 0; i < counts->count; i++) {
        const int *pair = counts->pairs[i];
        if (counts->counts[i] < best.count || counts->counts[i] == 0)
            continue;
        bool tie = counts->counts[i] == best.count;
        int ties = tie ? best.ties + 1 : 1;
        if (!tie || goes_first(bpe, pair, (int[]){best.left, best.right}))
            best = (BpeRound){pair[0], pair[1], counts->counts[i], 0};
        best.ties = ties;
    }
    return best;
}

/* Replaces a pair in one pre-token and counts what came and went beside it. */
static bool replace_in(PreTokens *words, size_t word, const Merge *merge, Counts *counts)
{
    int *ids = words->ids + words->starts[word];
    size_t count = words->lengths[word], kept = 0;
    long by = words->occurrences[word];
    bool whole = true;
    for (size_t i = 0; i < count; kept++) {
        if (i + 1 == count || ids[i] != merge->left || ids[i + 1] != merge->right) {
            ids[kept] = ids[i++];
            continue;
        }
        if (kept > 0)
            whole &= count_pair(counts, ids[kept - 1], merge->left, -by) &&
                     count_pair(counts, ids[kept - 1], merge->made, by);
        whole &= count_pair(counts, merge->left, merge->right, -by);
        if (i + 2 < count)
            whole &= count_pair(counts, merge->right, ids[i + 2], -by) &&
                     count_pair(counts, merge->made, ids[i + 2], by);
        ids[kept] = merge->made;
        i += 2;
    }
    words->lengths[word] = kept;
    return whole;
}

static bool join(Bpe *bpe, const Merge *merge, Error *error)
{
    unsigned char bytes[2 * LONGEST_PIECE];
    const Piece *left = &bpe->pieces[merge->left], *right = &bpe->pieces[merge->right];
    memcpy(bytes, left->bytes, (size_t)left->length);
    memcpy(bytes + left->length, right->bytes, (size_t)right->length);
    bpe->merges[bpe->merge_count++] = *merge;
    return bpe_piece(bpe, merge->made, bytes, (size_t)(left->length + right->length), error);
}

static bool learn(Bpe *bpe, PreTokens *words, Counts *counts, int merges, BpeWatch *watch, void *context, Error *error)
{
    for (int round = 0; round < merges; round++) {
        BpeRound chosen = choose(bpe, counts);
        if (chosen.count == 0 ||
            bpe->pieces[chosen.left].length + bpe->pieces[chosen.right].length > LONGEST_PIECE)
            break;
        Merge merge = {chosen.left, chosen.right, BYTES + round};
        bool whole = join(bpe, &merge, error);
        for (size_t word = 0; whole && word < words->count; word++)
            whole = replace_in(words, word, &merge, counts) || error_memory(error);
        if (!whole)
            return false;
        if (watch && !watch(context, round, &chosen))
            break;
    }
    return true;
}

/* The specials stand behind all that may be learned while it is learned, and right behind it in the end. */
static bool place_specials(Bpe *bpe, int first, const char *const *specials, int count, Error *error)
{
    bpe->special_count = 0;
    for (int i = 0; i < count; i++) {
        size_t length = strlen(specials[i]);
        if (length <= 1 || length > LONGEST_SPECIAL)
            return error_set(error, EXIT_USED_WRONGLY,
                             "a special token has 2 to %d bytes, not %zu: each single byte is a token already",
                             LONGEST_SPECIAL, length);
        for (int j = 0; j < i; j++)
            if (strcmp(specials[i], specials[j]) == 0)
                return error_set(error, EXIT_USED_WRONGLY, "the special token \"%s\" is there twice", specials[i]);
        bpe->specials[bpe->special_count++] = first + i;
        if (!bpe_piece(bpe, first + i, specials[i], length, error))
            return false;
    }
    bpe_sort_specials(bpe);
    return true;
}

bool bpe_train(Bpe *out, const char *text, size_t length, Pattern pattern, int merges, const char *const *specials,
               int special_count, BpeWatch *watch, void *context, Error *error)
{
    PreTokens words = {0};
    Counts counts = {0};
    if (!bpe_begin(out, pattern, BYTES + merges + special_count, merges, error))
        return false;
    bool whole = true;
    for (int byte = 0; whole && byte < BYTES; byte++) {
        unsigned char one = (unsigned char)byte;
        out->byte_ids[byte] = byte;
        whole = bpe_piece(out, byte, &one, 1, error);
    }
    whole = whole && place_specials(out, BYTES + merges, specials, special_count, error) &&
            cut_all(out, &words, text, length, error) && (count_all(&words, &counts) || error_memory(error)) &&
            learn(out, &words, &counts, merges, watch, context, error);
    out->piece_count = BYTES + out->merge_count + special_count;
    whole = whole && place_specials(out, BYTES + out->merge_count, specials, special_count, error) &&
            bpe_index(out, error);
    free_words(&words);
    free_counts(&counts);
    if (!whole)
        bpe_free(out);
    return whole;
}
