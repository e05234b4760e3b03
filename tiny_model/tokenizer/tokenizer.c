/* Tokenizing; see tokenizer.h. */
#include "tokenizer.h"

#include "../record.h"

#include <string.h>

/* A stretch of the text: one word or one character. */
typedef struct {
    const char *start;
    size_t length;
} Piece;

int utf8_decode(const char *text, unsigned *code_point)
{
    const unsigned char *byte = (const unsigned char *)text;
    int more = byte[0] < 0x80 ? 0 : byte[0] >= 0xc2 && byte[0] < 0xe0 ? 1 : (byte[0] & 0xf0) == 0xe0 ? 2
               : byte[0] >= 0xf0 && byte[0] < 0xf5 ? 3 : -1;
    if (more < 0 || byte[0] == 0)
        return 0;
    unsigned point = more ? byte[0] & (0x3fu >> more) : byte[0];
    for (int i = 1; i <= more; i++) {
        if ((byte[i] & 0xc0) != 0x80)
            return 0;
        point = point << 6 | (byte[i] & 0x3fu);
    }
    static const unsigned least[] = {0, 0x80, 0x800, 0x10000};
    if (point < least[more] || point > 0x10ffff || (point >= 0xd800 && point < 0xe000))
        return 0;
    *code_point = point;
    return more + 1;
}

int utf8_encode(unsigned code_point, char out[4])
{
    static const unsigned char leads[] = {0, 0, 0xc0, 0xe0, 0xf0}; /* one byte stands for itself */
    int length = code_point < 0x80 ? 1 : code_point < 0x800 ? 2 : code_point < 0x10000 ? 3 : 4;
    for (int i = length - 1; i > 0; i--, code_point >>= 6)
        out[i] = (char)(0x80 | (code_point & 0x3f));
    out[0] = (char)(leads[length] | code_point);
    return length;
}

static int count_points(const char *text, size_t length)
{
    int count = 0;
    for (size_t i = 0; i < length; i++)
        count += ((unsigned char)text[i] & 0xc0) != 0x80;
    return count;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The next piece at or behind *at; false at the end of the text. */
static bool next_piece(TokenizerKind kind, const char **at, Piece *piece)
{
    const char *start = *at;
    if (kind == TOKENIZER_WORDS)
        while (is_blank(*start))
            start++;
    if (*start == '\0')
        return false;
    const char *end = start;
    if (kind == TOKENIZER_WORDS) {
        while (*end && !is_blank(*end))
            end++;
    } else {
        unsigned point;
        end += utf8_decode(start, &point);
    }
    *piece = (Piece){start, (size_t)(end - start)};
    *at = end;
    return true;
}

static int find_token(const Model *model, Piece piece)
{
    for (int i = 0; i < model->vocabulary_size; i++)
        if (strlen(model->vocabulary[i]) == piece.length &&
            memcmp(model->vocabulary[i], piece.start, piece.length) == 0)
            return i;
    return -1;
}

static bool text_is_whole(const Model *model, Error *error)
{
    if (strlen(model->text) > MOST_TEXT)
        return error_set(error, EXIT_USED_WRONGLY, "model: \"text\" is longer than %d bytes", MOST_TEXT);
    unsigned point;
    for (const char *at = model->text; *at;) {
        int length = utf8_decode(at, &point);
        if (length == 0)
            return error_set(error, EXIT_USED_WRONGLY, "model: \"text\" is not valid UTF-8 at byte %d; save it as UTF-8",
                             (int)(at - model->text));
        at += length;
    }
    return true;
}

/* The number of pieces; at most one more than a text may have. */
static int count_pieces(const Model *model)
{
    int count = 0;
    Piece piece;
    for (const char *at = model->text; count <= MOST_TOKENS && next_piece((TokenizerKind)model->tokenizer, &at, &piece);)
        count++;
    return count;
}

static bool derive_vocabulary(Model *model, int pieces, Error *error)
{
    static const char *const specials[] = {"<PAD>", "<BOS>", "<EOS>"};
    const char **list = arena_alloc(&model->arena, (size_t)(pieces + 3) * sizeof *list);
    if (!list)
        return error_memory(error);
    memcpy(list, specials, sizeof specials);
    model->vocabulary = list;
    model->vocabulary_size = 3;
    Piece piece;
    for (const char *at = model->text; next_piece((TokenizerKind)model->tokenizer, &at, &piece);) {
        if (find_token(model, piece) >= 0)
            continue;
        char *copy = arena_alloc(&model->arena, piece.length + 1);
        if (!copy)
            return error_memory(error);
        memcpy(copy, piece.start, piece.length);
        copy[piece.length] = '\0';
        list[model->vocabulary_size++] = copy;
    }
    return true;
}

static bool vocabulary_is_legal(const Model *model, Error *error)
{
    if (model->vocabulary_size < 1 || model->vocabulary_size > MOST_WIDTH)
        return error_set(error, EXIT_USED_WRONGLY, "model: \"vocabulary\" has %d tokens; 1 to %d are possible",
                         model->vocabulary_size, MOST_WIDTH);
    for (int i = 0; i < model->vocabulary_size; i++) {
        const char *token = model->vocabulary[i];
        if (*token == '\0')
            return error_set(error, EXIT_USED_WRONGLY, "model: \"vocabulary\" has an empty token at %d", i);
        if (find_token(model, (Piece){token, strlen(token)}) != i)
            return error_set(error, EXIT_USED_WRONGLY, "model: \"vocabulary\" has \"%s\" twice", token);
    }
    return true;
}

static bool special_token(const Model *model, const char *token, const char *key, int *id, Error *error)
{
    *id = find_token(model, (Piece){token, strlen(token)});
    return *id >= 0 || error_set(error, EXIT_USED_WRONGLY, "model: \"%s\" needs %s in the \"vocabulary\"", key, token);
}

static bool find_tokens(Model *model, int pieces, Error *error)
{
    model->tokens = arena_alloc(&model->arena, (size_t)(pieces + 2) * sizeof *model->tokens);
    if (!model->tokens)
        return error_memory(error);
    int count = 0;
    if (model->add_bos && !special_token(model, "<BOS>", "add_bos", &model->tokens[count++], error))
        return false;
    Piece piece;
    for (const char *at = model->text; next_piece((TokenizerKind)model->tokenizer, &at, &piece);) {
        int id = find_token(model, piece);
        if (id < 0)
            return error_set(error, EXIT_USED_WRONGLY,
                             "model: \"text\" has the token \"%.*s\", which is not in the \"vocabulary\"; add it there or leave it out",
                             piece.length > 60 ? 60 : (int)piece.length, piece.start);
        model->tokens[count++] = id;
    }
    if (model->add_eos && !special_token(model, "<EOS>", "add_eos", &model->tokens[count++], error))
        return false;
    model->token_count = count;
    return true;
}

bool tokenizer_prepare(Model *model, Error *error)
{
    if (!text_is_whole(model, error))
        return false;
    int pieces = count_pieces(model);
    if (pieces == 0)
        return error_set(error, EXIT_USED_WRONGLY, "model: \"text\" is empty; give it at least one token");
    if (pieces > MOST_TOKENS)
        return error_set(error, EXIT_USED_WRONGLY, "model: \"text\" has more than %d tokens", MOST_TOKENS);
    if (!model->vocabulary && !derive_vocabulary(model, pieces, error))
        return false;
    return vocabulary_is_legal(model, error) && find_tokens(model, pieces, error);
}

static void put_points(double *row, const char *text, int count)
{
    unsigned point;
    for (int i = 0; i < count; i++) {
        text += utf8_decode(text, &point);
        row[i] = point;
    }
}

/* The vocabulary as a table of code points, one token a row, 0 behind its end. */
static int vocabulary_leaf(Tape *tape, const Model *model)
{
    int longest = 1;
    for (int i = 0; i < model->vocabulary_size; i++) {
        int length = count_points(model->vocabulary[i], strlen(model->vocabulary[i]));
        longest = length > longest ? length : longest;
    }
    double *table = tape_room(tape, model->vocabulary_size, longest);
    if (table) {
        memset(table, 0, (size_t)model->vocabulary_size * (size_t)longest * sizeof *table);
        for (int i = 0; i < model->vocabulary_size; i++)
            put_points(table + (size_t)i * (size_t)longest, model->vocabulary[i],
                       count_points(model->vocabulary[i], strlen(model->vocabulary[i])));
    }
    return tape_leaf(tape, KIND_INPUT, "", "vocabulary", model->vocabulary_size, longest, table);
}

static int text_leaf(Tape *tape, const Model *model)
{
    int length = count_points(model->text, strlen(model->text));
    double *points = tape_room(tape, 1, length);
    if (points)
        put_points(points, model->text, length);
    return tape_leaf(tape, KIND_INPUT, "", "text", 1, length, points);
}

void tokenizer_record(Tape *tape, const Model *model, int *tokens, int *targets)
{
    Kind kind = tape->kind;
    tape->kind = KIND_INPUT;
    int text = text_leaf(tape, model), vocabulary = vocabulary_leaf(tape, model);
    tape_begin(tape, "tokenizer", -1, NULL);
    int pieces = model->token_count - model->add_bos - model->add_eos;
    int words = split_words(tape, HERE("words"), text, pieces, tape_value(tape, vocabulary)->cols,
                            model->tokenizer == TOKENIZER_CHARACTERS);
    bool alone = !model->add_bos && !model->add_eos;
    int parts[3], count = 0;
    if (model->add_bos)
        parts[count++] = fill(tape, HERE("bos"), model->tokens[0], 1, 1);
    parts[count++] = find_rows(tape, alone ? RESULT("tokens") : HERE("ids"), words, vocabulary);
    if (model->add_eos)
        parts[count++] = fill(tape, HERE("eos"), model->tokens[model->token_count - 1], 1, 1);
    *tokens = alone ? parts[0] : concat(tape, RESULT("tokens"), parts, count);
    *targets = slice_columns(tape, RESULT("targets"), *tokens, 1, model->token_count - 1);
    tape_end(tape);
    tape->kind = kind;
}
