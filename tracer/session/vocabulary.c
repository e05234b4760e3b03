/* The tokens of somebody else's model; see vocabulary.h. */
#include "vocabulary.h"

#include "alphabet.h"
#include "json_file.h"
#include "tiny_model/tokenizer/utf8.h"
#include "tracer/base/text.h"

#include <stdlib.h>
#include <string.h>

enum { SHOWN = 120 };

static bool add_token(const char *name, VocabularyToken *token, Error *error)
{
    size_t most = strlen(name);
    token->bytes = malloc(most + 1);
    token->text = malloc(3 * most + 1);
    if (!token->bytes || !token->text)
        return error_memory(error);
    token->length = (int)alphabet_decode(name, token->bytes);
    utf8_readable(token->bytes, (size_t)token->length, token->text);
    return true;
}

static bool bad_id(Error *error, const char *path, const char *token, const char *what)
{
    char shown[SHOWN];
    return error_set(error, EXIT_USED_WRONGLY, "\"%s\": the id of token \"%s\" %s", path,
                     token_visible(shown, sizeof shown, token), what);
}

/* As many ids as tokens, each below their number and none twice: then none is left out. */
static bool read_tokens(const char *path, const json_t *json, Vocabulary *vocabulary, Error *error)
{
    const char *name;
    json_t *told;
    json_object_foreach((json_t *)json, name, told) {
        json_int_t id = json_integer_value(told);
        if (!json_is_integer(told) || id < 0)
            return bad_id(error, path, name, "is no whole number from 0");
        if (id >= vocabulary->count)
            return bad_id(error, path, name, "leaves a hole: there are not that many tokens");
        if (vocabulary->list[id].bytes)
            return bad_id(error, path, name, "is that of another token too");
        if (!add_token(name, &vocabulary->list[id], error))
            return false;
    }
    return true;
}

bool vocabulary_of(const char *path, const json_t *json, Vocabulary *vocabulary, Error *error)
{
    *vocabulary = (Vocabulary){0};
    if (!json_is_object(json) || json_object_size(json) == 0)
        return error_set(error, EXIT_USED_WRONGLY, "\"%s\" must be an object of tokens and their ids", path);
    vocabulary->count = (int)json_object_size(json);
    vocabulary->list = calloc((size_t)vocabulary->count, sizeof *vocabulary->list);
    bool whole = vocabulary->list ? read_tokens(path, json, vocabulary, error) : error_memory(error);
    if (!whole)
        vocabulary_free(vocabulary);
    return whole;
}

bool vocabulary_read(const char *path, Vocabulary *vocabulary, Error *error)
{
    *vocabulary = (Vocabulary){0};
    json_t *json = json_file_read(path, LARGEST_VOCABULARY, error);
    bool whole = json && vocabulary_of(path, json, vocabulary, error);
    json_decref(json);
    return whole;
}

void vocabulary_free(Vocabulary *vocabulary)
{
    for (int i = 0; vocabulary->list && i < vocabulary->count; i++) {
        free(vocabulary->list[i].bytes);
        free(vocabulary->list[i].text);
    }
    free(vocabulary->list);
    *vocabulary = (Vocabulary){0};
}
