/* vocab.json and merges.txt; see tokenizer_files.h. */
#include "tokenizer_files.h"

#include "alphabet.h"
#include "json_file.h"
#include "tracer/base/files.h"
#include "vocabulary.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { PATH_SIZE = 4200, SHOWN = 120 };
static const size_t LARGEST_MERGES = 64 << 20;
static const char pattern_file[] = "tracer.json";

static bool path_in(const char *folder, const char *name, char path[PATH_SIZE])
{
    int length = snprintf(path, PATH_SIZE, "%s/%s", folder, name);
    return length < PATH_SIZE && file_exists(path);
}

/* The first of two names that is there. */
static bool find_file(const char *folder, const char *name, const char *other, char path[PATH_SIZE], Error *error)
{
    return path_in(folder, name, path) || path_in(folder, other, path) ||
           error_set(error, EXIT_INPUT_OUTPUT, "\"%.200s\" has no %s and no %s: it is no tokenizer's folder", folder,
                     name, other);
}

static bool read_pieces(const char *path, const json_t *json, Bpe *bpe, Error *error)
{
    Vocabulary vocabulary;
    if (!vocabulary_of(path, json, &vocabulary, error))
        return false;
    bool whole = true;
    for (int id = 0; whole && id < vocabulary.count; id++) {
        const VocabularyToken *token = &vocabulary.list[id];
        if (token->length == 0)
            whole = error_set(error, EXIT_USED_WRONGLY, "\"%.200s\": the token of id %d is empty", path, id);
        else
            whole = bpe_piece(bpe, id, token->bytes, (size_t)token->length, error);
        if (token->length == 1)
            bpe->byte_ids[(unsigned char)*token->bytes] = id;
    }
    vocabulary_free(&vocabulary);
    return whole;
}

/* The id of a token as it is written, -1 if there is none. */
static int id_of(const json_t *vocabulary, const char *token)
{
    const json_t *id = json_object_get(vocabulary, token);
    return id ? (int)json_integer_value(id) : -1;
}

static bool read_merge(const char *path, int line, char *text, const json_t *vocabulary, Merge *out, Error *error)
{
    char *second = strchr(text, ' ');
    if (!second || second == text || !second[1] || strchr(second + 1, ' '))
        return error_set(error, EXIT_USED_WRONGLY, "\"%.200s\", line %d: a merge is two tokens with a blank between",
                         path, line);
    *second++ = '\0';
    out->left = id_of(vocabulary, text);
    out->right = id_of(vocabulary, second);
    size_t length = strlen(text);
    char shown[SHOWN];
    if (out->left < 0 || out->right < 0)
        return error_set(error, EXIT_USED_WRONGLY, "\"%.200s\", line %d: the token \"%s\" is not in the vocabulary",
                         path, line, token_visible(shown, sizeof shown, out->left < 0 ? text : second));
    memmove(text + length, second, strlen(second) + 1);
    out->made = id_of(vocabulary, text);
    return out->made >= 0 || error_set(error, EXIT_USED_WRONGLY,
                                       "\"%.200s\", line %d: what it makes, \"%s\", is not in the vocabulary", path,
                                       line, token_visible(shown, sizeof shown, text));
}

/* The lines of merges.txt behind a line "#version"; carriage returns and a mark of byte order are skipped. */
static bool read_merges(const char *path, char *text, const json_t *vocabulary, Bpe *bpe, Error *error)
{
    int number = 0;
    if (strncmp(text, "\xef\xbb\xbf", 3) == 0)
        text += 3;
    while (*text) {
        size_t length = strcspn(text, "\n");
        char *next = text + length + (text[length] != '\0');
        text[length] = '\0';
        if (length && text[length - 1] == '\r')
            text[length - 1] = '\0';
        number++;
        if (*text && !(number == 1 && strncmp(text, "#version", 8) == 0)) {
            if (!read_merge(path, number, text, vocabulary, &bpe->merges[bpe->merge_count], error))
                return false;
            bpe->merge_count++;
        }
        text = next;
    }
    return true;
}

static int count_lines(const char *text)
{
    int count = 1;
    for (; (text = strchr(text, '\n')) != NULL; text++)
        count++;
    return count;
}

static bool is_no_more(const char *path, int lines, Error *error)
{
    return lines <= MOST_MERGES + 2 || /* the version's line, and what stands behind the last */
           error_set(error, EXIT_USED_WRONGLY, "\"%.200s\" has %d lines; at most %d merges are read", path, lines,
                     MOST_MERGES);
}

static bool find_specials(const char *path, Bpe *bpe, Error *error)
{
    bool *made = calloc((size_t)bpe->piece_count + 1, sizeof *made);
    if (!made)
        return error_memory(error);
    for (int i = 0; i < bpe->merge_count; i++)
        made[bpe->merges[i].made] = true;
    for (int id = 0; id < bpe->piece_count && error->code == 0; id++) {
        if (made[id] || bpe->pieces[id].length <= 1)
            continue;
        if (bpe->special_count == MOST_SPECIALS)
            error_set(error, EXIT_USED_WRONGLY, "\"%.200s\": more than %d tokens are made by no merge", path,
                      MOST_SPECIALS);
        else
            bpe->specials[bpe->special_count++] = id;
    }
    free(made);
    return error->code == 0;
}

static bool read_pattern(const char *folder, Pattern *out, Error *error)
{
    char path[PATH_SIZE];
    *out = PATTERN_GPT2;
    if (!path_in(folder, pattern_file, path))
        return true;
    json_t *json = json_file_read(path, 1 << 16, error);
    const char *name = json_string_value(json_object_get(json, "pattern"));
    bool known = false;
    for (int i = 0; name && PATTERNS[i]; i++)
        if (strcmp(name, PATTERNS[i]) == 0) {
            *out = (Pattern)i;
            known = true;
        }
    bool whole = json && (known || error_set(error, EXIT_USED_WRONGLY,
                                             "\"%.200s\": \"pattern\" is \"gpt2\" or \"none\"", path));
    json_decref(json);
    return whole;
}

static bool read_both(const char *vocabulary_path, const json_t *vocabulary, const char *merges_path, Pattern pattern,
                      Bpe *out, Error *error)
{
    char *merges;
    size_t size;
    if (!file_read(merges_path, LARGEST_MERGES, &merges, &size, error))
        return false;
    bool whole = is_no_more(merges_path, count_lines(merges), error) &&
                 bpe_begin(out, pattern, (int)json_object_size(vocabulary), count_lines(merges), error) &&
                 read_pieces(vocabulary_path, vocabulary, out, error) &&
                 read_merges(merges_path, merges, vocabulary, out, error) &&
                 find_specials(vocabulary_path, out, error) && bpe_index(out, error);
    free(merges);
    if (!whole)
        bpe_free(out);
    return whole;
}

bool tokenizer_files_read(const char *folder, Bpe *out, Error *error)
{
    char vocabulary_path[PATH_SIZE], merges_path[PATH_SIZE];
    Pattern pattern;
    *out = (Bpe){0};
    if (!find_file(folder, "vocab.json", "encoder.json", vocabulary_path, error) ||
        !find_file(folder, "merges.txt", "vocab.bpe", merges_path, error) || !read_pattern(folder, &pattern, error))
        return false;
    json_t *vocabulary = json_file_read(vocabulary_path, LARGEST_VOCABULARY, error);
    bool whole = vocabulary && read_both(vocabulary_path, vocabulary, merges_path, pattern, out, error);
    json_decref(vocabulary);
    return whole;
}

static bool is_special(const Bpe *bpe, int id)
{
    for (int i = 0; i < bpe->special_count; i++)
        if (bpe->specials[i] == id)
            return true;
    return false;
}

/* Whether a text is read as itself, since each of its characters stands for itself or one of them for nothing. */
static bool reads_as_itself(const Piece *piece)
{
    char read[LONGEST_SPECIAL + 1];
    size_t length = (size_t)piece->length;
    return length <= LONGEST_SPECIAL && strlen((const char *)piece->bytes) == length &&
           alphabet_decode((const char *)piece->bytes, read) == length && memcmp(read, piece->bytes, length) == 0;
}

/* A token as the files write it; specials are written as they are, where that can be read. */
static void add_written(const Bpe *bpe, int id, Text *out)
{
    const Piece *piece = &bpe->pieces[id];
    if (is_special(bpe, id) && reads_as_itself(piece))
        text_put(out, (const char *)piece->bytes, (size_t)piece->length);
    else
        alphabet_encode(piece->bytes, (size_t)piece->length, out);
}

static void add_vocabulary(const Bpe *bpe, Text *out)
{
    text_add(out, "{");
    for (int id = 0; id < bpe->piece_count; id++) {
        Text token = {0};
        add_written(bpe, id, &token);
        text_add(out, "%s", id ? ", " : "");
        text_json_string(out, text_piece(out, &token));
        text_add(out, ": %d", id);
        text_free(&token);
    }
    text_add(out, "}\n");
}

static void add_merges(const Bpe *bpe, Text *out)
{
    text_add(out, "#version: 0.2\n");
    for (int i = 0; i < bpe->merge_count; i++) {
        add_written(bpe, bpe->merges[i].left, out);
        text_add(out, " ");
        add_written(bpe, bpe->merges[i].right, out);
        text_add(out, "\n");
    }
}

static bool write_file(const char *folder, const char *name, Text *text, Error *error)
{
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    bool whole = text->failed ? error_memory(error) : file_write(path, text->data, text->length, error);
    text_free(text);
    return whole;
}

bool tokenizer_files_write(const Bpe *bpe, const char *folder, Error *error)
{
    Text vocabulary = {0}, merges = {0}, pattern = {0};
    if (strlen(folder) + 20 > PATH_SIZE)
        return error_set(error, EXIT_INPUT_OUTPUT, "the path of the folder is too long");
    if (mkdir(folder, 0777) != 0 && errno != EEXIST)
        return error_set(error, EXIT_INPUT_OUTPUT, "cannot make the folder \"%.200s\": %s", folder, strerror(errno));
    add_vocabulary(bpe, &vocabulary);
    add_merges(bpe, &merges);
    text_add(&pattern, "{\"pattern\": \"%s\"}\n", PATTERNS[bpe->pattern]);
    bool whole = write_file(folder, "vocab.json", &vocabulary, error);
    whole = write_file(folder, "merges.txt", &merges, whole ? error : &(Error){0}) && whole;
    return write_file(folder, pattern_file, &pattern, whole ? error : &(Error){0}) && whole;
}
