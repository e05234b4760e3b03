/* Captions and their reader; see captions.h. Chapter 39.
 *
 *   tokens = <BOS> words <PAD> ...             <BOS> is always there: a caption that says nothing is still a row to see
 *   rows = the stream of a transformer that hides padding and nothing else                        [tokens x width] */
#include "captions.h"

#include "../rules/rule.h"
#include "../tokenizer/plain.h"
#include "gpt_recording.h"

#include <stdio.h>
#include <string.h>

enum { PAD, BOS, SPECIALS };

static int find_word(const Texts *vocabulary, const char *word)
{
    for (int i = 0; i < vocabulary->count; i++)
        if (strcmp(vocabulary->list[i], word) == 0)
            return i;
    return -1;
}

/* The words of all captions in the order of first appearance, behind <PAD> and <BOS>. */
static bool derive_vocabulary(Model *model, Texts *out, const char *const *texts, int count, Error *error)
{
    size_t most = SPECIALS;
    for (int i = 0; i < count; i++)
        most += plain_most(texts[i]);
    const char **list = arena_alloc(&model->arena, most * sizeof *list);
    if (!list)
        return error_memory(error);
    list[PAD] = "<PAD>";
    list[BOS] = "<BOS>";
    *out = (Texts){list, SPECIALS};
    for (int i = 0; i < count; i++) {
        char word[PLAIN_WORD + 1];
        bool line;
        for (const char *at = texts[i]; (at = plain_word(at, word, &line));)
            if (find_word(out, word) < 0 && !(list[out->count++] = model_text(model, word)))
                return error_memory(error);
    }
    return true;
}

/* The words of digits, in the order in which digits.c lists them. */
static bool digit_vocabulary(Model *model, Texts *out, Error *error)
{
    const char **list = arena_alloc(&model->arena, (size_t)(SPECIALS + DIGIT_WORD_COUNT) * sizeof *list);
    if (!list)
        return error_memory(error);
    list[PAD] = "<PAD>";
    list[BOS] = "<BOS>";
    memcpy(list + SPECIALS, DIGIT_WORDS, (size_t)DIGIT_WORD_COUNT * sizeof *list);
    *out = (Texts){list, SPECIALS + DIGIT_WORD_COUNT};
    return true;
}

/* Words that nobody knows, with commas between them, as many as fit. */
static bool unknown(const Captions *captions, const char *text, Error *error)
{
    char words[200] = "", word[PLAIN_WORD + 1];
    bool line;
    int count = 0, told = 0;
    for (const char *at = text; (at = plain_word(at, word, &line));) {
        size_t used = strlen(words);
        if (find_word(&captions->encoder.labels, word) >= 0)
            continue;
        if (count++ == told && (told == 0 || used + strlen(word) + 5 < sizeof words)) {
            snprintf(words + used, sizeof words - used, "%s\"%.60s\"", told ? ", " : "", word);
            told++;
        }
    }
    return error_set(error, EXIT_USED_WRONGLY, "the caption \"%.80s\" has %s that the model does not know: %s%s", text,
                     count == 1 ? "a word" : "words", words, count > told ? ", ..." : "");
}

bool captions_words(const Captions *captions, const char *text, Arena *arena, Caption *out, Error *error)
{
    int ids[MOST_CAPTION] = {BOS}, count = 1;
    char word[PLAIN_WORD + 1];
    bool line;
    for (const char *at = text; (at = plain_word(at, word, &line)); count++) {
        if (count == MOST_CAPTION)
            return error_set(error, EXIT_USED_WRONGLY, "the caption \"%.80s\" has more than %d words", text,
                             MOST_CAPTION - 1);
        if ((ids[count] = find_word(&captions->encoder.labels, word)) < 0)
            return unknown(captions, text, error);
    }
    for (; count < captions->length; count++)
        ids[count] = PAD;
    int *kept = arena_alloc(arena, (size_t)count * sizeof *kept);
    if (!kept)
        return error_memory(error);
    memcpy(kept, ids, (size_t)count * sizeof *kept);
    *out = (Caption){kept, count};
    return true;
}

/* Tokens of the longest caption, at least `most`. */
static int longest(const char *const *texts, int count, int most)
{
    for (int i = 0; i < count; i++) {
        char word[PLAIN_WORD + 1];
        bool line;
        int tokens = 1;
        for (const char *at = texts[i]; (at = plain_word(at, word, &line)) && tokens < MOST_CAPTION;)
            tokens++;
        most = tokens > most ? tokens : most;
    }
    return most;
}

/* The first different ones. */
static void list_usual(Captions *captions, const char *const *texts, int count)
{
    captions->usual_count = 0;
    for (int i = 0; i < count && captions->usual_count < MOST_USUAL; i++) {
        int k = 0;
        while (k < captions->usual_count && strcmp(captions->usual[k], texts[i]) != 0)
            k++;
        if (k == captions->usual_count)
            captions->usual[captions->usual_count++] = texts[i];
    }
}

static bool takes_vocabulary(Model *model, const Captions *captions, const char *const *texts, int count, Texts *out,
                             Error *error)
{
    *out = captions->vocabulary;
    if (out->count)
        return (find_word(out, "<PAD>") == PAD && find_word(out, "<BOS>") == BOS) ||
               error_set(error, EXIT_USED_WRONGLY, "model: \"text_vocabulary\" begins with \"<PAD>\" and \"<BOS>\"");
    return model->data.examples ? derive_vocabulary(model, out, texts, count, error)
                                : digit_vocabulary(model, out, error);
}

bool captions_take(Model *model, Captions *captions, const char *const *texts, int count, double eps, Error *error)
{
    Texts vocabulary;
    if (!texts)
        return error_set(error, EXIT_USED_WRONGLY,
                         "model: \"text_width\" reads captions, and the data have none: \"set\": \"styled\" makes "
                         "them, or \"caption\" in every example");
    if (captions->width % captions->heads != 0)
        return error_set(error, EXIT_USED_WRONGLY,
                         "model: \"text_width\" is %d, which is not a multiple of \"text_heads\" %d; choose one "
                         "that is",
                         captions->width, captions->heads);
    if (!takes_vocabulary(model, captions, texts, count, &vocabulary, error))
        return false;
    captions->length = longest(texts, count, captions->tokens ? captions->tokens : 1);
    captions->encoder = gpt_both_ways(captions->length, captions->width, captions->heads, 4 * captions->width,
                                      captions->layers, ACTIVATION_GELU_TANH, eps);
    captions->encoder.labels = vocabulary;
    captions->encoder.vocabulary_count = vocabulary.count;
    captions->encoder.pad_id = PAD;
    captions->count = count;
    list_usual(captions, texts, count);
    if (!(captions->of = arena_alloc(&model->arena, (size_t)(count + 1) * sizeof *captions->of)))
        return error_memory(error);
    for (int i = 0; i < count; i++)
        if (!captions_words(captions, texts[i], &model->arena, &captions->of[i], error))
            return false;
    return captions_words(captions, "", &model->arena, &captions->of[count], error);
}

int captions_read(Scene *scene, const Captions *captions, const Caption *caption)
{
    Tape *tape = scene->tape;
    const Gpt *gpt = &captions->encoder;
    int count = caption->count;
    tape_begin(tape, "text", -1, NULL);
    short axis = gpt_token_axis(tape, gpt, caption->ids, count);
    int tokens = gpt_ids_leaf(tape, gpt, "tokens", caption->ids, count, axis);
    Recording to = gpt_recording(scene, gpt, count, axis, -1, NULL);
    /* Also where nothing is hidden: then all captions are the same steps. */
    if (!captions->padding_seen)
        to.keep = gpt_keep_leaf(tape, gpt, caption->ids, count, count, axis, axis);
    int rows = gpt_final_norm(&to, gpt_record_blocks(&to, tokens));
    tape_end(tape);
    return rows;
}

void captions_read_all(Scene *scene, const Captions *captions, const Conditioning *told, int count, int *rows)
{
    for (int i = 0; i < count; i++) {
        if (count > 1)
            tape_begin_instance(scene->tape, "caption", i);
        rows[i] = captions_read(scene, captions, &told->captions[told->which[i]]);
        if (count > 1)
            tape_end(scene->tape);
    }
}

int captions_pooled(Tape *tape, const Captions *captions, const Caption *caption, int rows)
{
    int real = caption->count, axis = tape_value(tape, rows)->row_axis;
    while (!captions->padding_averaged && caption->ids[real - 1] == captions->encoder.pad_id)
        real--;
    if (real < caption->count) {
        int read = gpt_counting_leaf(tape, "real", 0, real, tape_axis_part(tape, axis, real, 0), axis);
        rows = read_row(tape, "words", rows, read);
    }
    return mean_of_rows(tape, "pooled", rows);
}
