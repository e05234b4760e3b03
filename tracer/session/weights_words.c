/* Vocabularies of weights; see weights_words.h. */
#include "weights_words.h"

#include "alphabet.h"
#include "tensors.h"
#include "tiny_model/systems/contrastive.h"
#include "tiny_model/systems/flow.h"
#include "tiny_model/systems/nufo.h"

#include <jansson.h>
#include <string.h>

static const char *const kinds[] = {"words", "characters", "bpe"}; /* as TokenizerKind */
enum { KINDS = sizeof kinds / sizeof *kinds };
#define PAYMENTS "payments"
#define CAPTIONS "captions"

static void add_token(const Gpt *gpt, int id, Text *list)
{
    if (!gpt->bpe) {
        text_json_string(list, gpt->vocabulary.list[id]);
        return;
    }
    Text token = {0};
    alphabet_encode(gpt->bpe->pieces[id].bytes, (size_t)gpt->bpe->pieces[id].length, &token);
    text_json_string(list, text_piece(list, &token));
    text_free(&token);
}

/* The pieces of payments, which have a kind of their own; or NULL. */
static const Texts *pieces_of(const Model *model)
{
    const Nufo *nufo = model->system == &NUFO ? nufo_of(model) : NULL;
    return nufo && nufo->pieces.count ? &nufo->pieces : NULL;
}

/* What reads captions in this model; or NULL. */
static Captions *captions_of(const Model *model)
{
    Captions *captions = model->system == &FLOW ? &((Flow *)model->settings)->captions
                         : model->system == &CONTRASTIVE ? &((Contrastive *)model->settings)->captions : NULL;
    return captions && captions->width ? captions : NULL;
}

void weights_words_write(const Model *model, Text *out)
{
    const Gpt *gpt = model->system == &GPT ? gpt_of(model) : NULL;
    const Captions *captions = captions_of(model);
    const Texts *pieces = captions ? &captions->encoder.labels : pieces_of(model);
    int count = pieces ? pieces->count : !gpt ? 0 : gpt->bpe ? gpt->bpe->piece_count : gpt->vocabulary.count;
    Text list = {0};
    if (!count)
        return;
    text_add(&list, "[");
    for (int id = 0; id < count; id++) {
        text_add(&list, "%s", id ? ", " : "");
        if (pieces)
            text_json_string(&list, pieces->list[id]);
        else
            add_token(gpt, id, &list);
    }
    text_add(&list, "]");
    text_add(out, "{\"tokenizer\":\"%s\",\"vocabulary\":",
             captions ? CAPTIONS : pieces ? PAYMENTS : kinds[gpt->tokenizer]);
    text_json_string(out, text_piece(out, &list));
    text_add(out, "}");
    text_free(&list);
}

static bool is_bad(const char *path, Error *error)
{
    return error_set(error, EXIT_USED_WRONGLY, "\"%.200s\" has a \"vocabulary\" that is no list of tokens", path);
}

/* The byte pairs of the weights are those of the model. */
static bool same_pieces(const char *path, const Gpt *gpt, const json_t *list, Error *error)
{
    size_t count = json_array_size(list);
    char shown[80], other[80];
    for (size_t id = 0; id < count && id < (size_t)gpt->bpe->piece_count; id++) {
        Text token = {0};
        const char *told = json_string_value(json_array_get(list, id));
        alphabet_encode(gpt->bpe->pieces[id].bytes, (size_t)gpt->bpe->pieces[id].length, &token);
        bool same = token.data && told && strcmp(token.data, told) == 0;
        if (!same && !token.failed && told)
            error_set(error, EXIT_USED_WRONGLY,
                      "\"%.200s\" was trained with another tokenizer: token %zu is \"%s\" there, \"%s\" in the model's",
                      path, id, token_visible(shown, sizeof shown, told),
                      token_visible(other, sizeof other, token.data));
        text_free(&token);
        if (!same)
            return told ? error->code == 0 && error_memory(error) : is_bad(path, error);
    }
    return count == (size_t)gpt->bpe->piece_count ||
           error_set(error, EXIT_USED_WRONGLY, "\"%.200s\" was trained with another tokenizer: it has %zu tokens, the "
                     "model's %d", path, count, gpt->bpe->piece_count);
}

/* The texts of a list, in the model's arena. */
static bool read_texts(const char *path, Model *model, const json_t *list, Texts *out, Error *error)
{
    size_t count = json_array_size(list);
    if (count == 0 || count > MOST_VOCABULARY)
        return is_bad(path, error);
    const char **tokens = arena_alloc(&model->arena, count * sizeof *tokens);
    if (!tokens)
        return error_memory(error);
    for (size_t id = 0; id < count; id++) {
        const char *token = json_string_value(json_array_get(list, id));
        if (!token)
            return is_bad(path, error);
        if (!(tokens[id] = model_text(model, token)))
            return error_memory(error);
    }
    *out = (Texts){tokens, (int)count};
    return true;
}

static bool take_list(const char *path, Model *model, const json_t *list, Error *error)
{
    Gpt *gpt = model->settings;
    if (gpt->bpe && json_array_size(list) > 0)
        return same_pieces(path, gpt, list, error);
    if (!read_texts(path, model, list, &gpt->vocabulary, error))
        return false;
    gpt->vocabulary_size = 0;
    model->data.weights = path;
    return true;
}

/* A row of the captions' embedding is that of the word that the weights had there. */
static bool take_captions(const char *path, Model *model, const json_t *told, Error *error)
{
    Captions *captions = captions_of(model);
    Texts words;
    const char *kind = json_string_value(json_object_get(told, "tokenizer"));
    const char *text = json_string_value(json_object_get(told, "vocabulary"));
    if (!kind || !text || strcmp(kind, CAPTIONS) != 0)
        return true;
    json_t *list = json_loads(text, 0, NULL);
    bool whole = json_is_array(list) ? read_texts(path, model, list, &words, error) : is_bad(path, error);
    json_decref(list);
    bool same = captions->vocabulary.count == 0 || captions->vocabulary.count == words.count;
    for (int id = 0; whole && same && id < captions->vocabulary.count; id++)
        same = strcmp(captions->vocabulary.list[id], words.list[id]) == 0;
    if (whole && !same)
        return error_set(error, EXIT_USED_WRONGLY,
                         "\"%.200s\" was trained with other words than \"text_vocabulary\" has", path);
    if (whole)
        captions->vocabulary = words;
    return whole;
}

static bool take(const char *path, Model *model, const json_t *told, Error *error)
{
    const Gpt *gpt = gpt_of(model);
    const char *kind = json_string_value(json_object_get(told, "tokenizer"));
    const char *text = json_string_value(json_object_get(told, "vocabulary"));
    if (!kind || !text)
        return true; /* somebody else's words for somebody else's purpose */
    if (strcmp(kind, kinds[gpt->tokenizer]) != 0)
        return error_set(error, EXIT_USED_WRONGLY, "the weights \"%.200s\" read %.20s, but the model reads %s", path,
                         kind, kinds[gpt->tokenizer]);
    json_t *list = json_loads(text, 0, NULL);
    bool whole = json_is_array(list) ? take_list(path, model, list, error) : is_bad(path, error);
    json_decref(list);
    return whole;
}

/* Weights of payments belong to the pieces that were learned from one csv. */
static bool same_payments(const char *path, const Texts *pieces, const json_t *told, Error *error)
{
    const char *kind = json_string_value(json_object_get(told, "tokenizer"));
    const char *text = json_string_value(json_object_get(told, "vocabulary"));
    if (!kind || !text || strcmp(kind, PAYMENTS) != 0)
        return true;
    json_t *list = json_loads(text, 0, NULL);
    bool same = json_array_size(list) == (size_t)pieces->count;
    for (int id = 0; same && id < pieces->count; id++) {
        const char *piece = json_string_value(json_array_get(list, (size_t)id));
        same = piece && strcmp(piece, pieces->list[id]) == 0;
    }
    json_decref(list);
    return same || error_set(error, EXIT_USED_WRONGLY,
                             "\"%.200s\" was trained on descriptions that were cut into other pieces; \"csv\" in data "
                             "names the file that it was trained on, --predict the customers that are new",
                             path);
}

bool weights_words_take(const char *path, Model *model, Error *error)
{
    Tensors tensors;
    const Texts *pieces = pieces_of(model);
    bool captions = captions_of(model) != NULL;
    if (model->system != &GPT && !pieces && !captions)
        return true;
    if (!tensors_open(&tensors, path, error))
        return false;
    json_t *told = tensors.metadata ? json_loads(tensors.metadata, 0, NULL) : NULL;
    bool whole = captions ? take_captions(path, model, told, error)
                 : pieces ? same_payments(path, pieces, told, error) : take(path, model, told, error);
    json_decref(told);
    tensors_close(&tensors);
    return whole;
}
