/* What is said of pictures, and the transformer that reads it: tokens in both directions, without positions, so that
 * the order of words says nothing. What the systems contrastive and flow have in common. Chapter 39. */
#ifndef TINY_MODEL_SYSTEMS_CAPTIONS_H
#define TINY_MODEL_SYSTEMS_CAPTIONS_H

#include "gpt.h"
#include "pictures.h"

enum { MOST_CAPTION = 64, MOST_USUAL = 100 };

typedef struct {
    int width;             /* of the encoder's stream; 0: nothing is read */
    int heads, layers;
    Texts vocabulary;      /* empty: derived; <PAD> and <BOS> first */
    int tokens;            /* of a caption at least; 0: as many as the longest has */

    /* derived by captions_take */
    Gpt encoder;
    bool padding_averaged, padding_seen; /* planted mistakes */
    Caption *of;           /* [count + 1]; the last says nothing: <BOS> alone, padded */
    const char *usual[MOST_USUAL]; /* the first of the different ones that are no digits made */
    int usual_count;
    int count, length;     /* of captions; tokens of each, <BOS> among them: shorter ones are padded */
} Captions;

#define CAPTION_KEY(settings, member, group_, key_, part, type_) \
    .group = group_, .key = key_, .type = type_, .place = KEY_OF_SYSTEM, .offset = offsetof(settings, member.part)
#define CAPTION_KEYS(settings, pictures, captions) \
    {CAPTION_KEY(settings, pictures, "data", "said", said, KEY_NUMBER), .least = 0, .most = 1, \
     .meaning = "styled: probability that a caption says the pen, and that it says where the digit leans"}, \
    {CAPTION_KEY(settings, captions, "model", "text_width", width, KEY_INTEGER), .least = 1, .most = MOST_WIDTH, \
     .may_be_absent = true, .meaning = "width of the transformer that reads captions; absent: none are read"}, \
    {CAPTION_KEY(settings, captions, "model", "text_heads", heads, KEY_INTEGER), .least = 1, .most = MOST_WIDTH, \
     .meaning = "captions: its attention heads"}, \
    {CAPTION_KEY(settings, captions, "model", "text_layers", layers, KEY_INTEGER), .least = 1, .most = MOST_LAYERS, \
     .meaning = "captions: its blocks"}, \
    {CAPTION_KEY(settings, captions, "model", "text_tokens", tokens, KEY_INTEGER), .least = 1, .most = MOST_CAPTION, \
     .may_be_absent = true, .meaning = "captions: shorter ones are padded up to so many; absent: up to the longest"}, \
    {CAPTION_KEY(settings, captions, "model", "text_vocabulary", vocabulary, KEY_TEXTS), .least = 1, \
     .most = MOST_VOCABULARY, .may_be_absent = true, \
     .meaning = "captions: <PAD>, <BOS> and the words; absent: those of the data"}

/* Reads all captions: their words, as ids.
 *   texts   [count]
 *   eps     of the norms
 *   memory  the model's arena
 *   errors  a word that is not in the vocabulary, more than MOST_CAPTION tokens, a width that heads do not divide, no
 *           captions at all */
bool captions_take(Model *model, Captions *captions, const char *const *texts, int count, double eps, Error *error);

/* The ids of a text: <BOS>, its words, <PAD> up to `length`.
 *   memory  the arena
 *   text    without words: nothing is said, only <BOS> is seen
 *   errors  naming the words that are not in the vocabulary; too many; out of memory */
bool captions_words(const Captions *captions, const char *text, Arena *arena, Caption *out, Error *error);

/* What the encoder makes of a caption in a frame `text` [tokens x width].
 *   memory  the tape's arena
 *   errors  through tape_attempt */
int captions_read(Scene *scene, const Captions *captions, const Caption *caption);

/* The same of several, in a frame `caption` each where there are more than one.
 *   rows  [count] filled in: value ids */
void captions_read_all(Scene *scene, const Captions *captions, const Conditioning *told, int count, int *rows);

/* The mean of its rows that are no padding [1 x width], `pooled` in the open frame. */
int captions_pooled(Tape *tape, const Captions *captions, const Caption *caption, int rows);

#endif
