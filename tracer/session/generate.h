/* Generating text with a run: token after token, each recorded. Keys and values of what was read are kept on one
 * tape, so that only the new token is read, as long as the context holds them all. */
#ifndef TRACER_SESSION_GENERATE_H
#define TRACER_SESSION_GENERATE_H

#include "session.h"
#include "tiny_model/random.h"

/* Positions that were read, and the multiplications (each with an addition) in their matrix products. */
typedef struct {
    long long positions, products;
} Work;

typedef struct {
    Session *session;
    Sampling how;
    Random random;
    int *tokens;         /* the prompt and what was generated */
    int count, prompt;   /* how many; those of the prompt */
    int most;            /* tokens to generate */
    int window;          /* the last `window` tokens were in sight for the latest one */
    int latest;          /* how many of them were read for it; the others came from the cache */
    bool no_cache;       /* everything is read anew for every token */
    Cache cache;
    Work done, without;  /* with the cache, and what it would have been without */
    Drawing drawing;     /* of the latest token, on the run's tape */
    double number;       /* what chose it */
} Generation;

/* Begins with a prompt in the model's vocabulary, <BOS> before it where the model puts one; NULL is
 * how the model's own text begins: <BOS>, or else its first token. Sampling is plain, the cache is used; with a
 * planted mistake that is not one of sampling or of the cache it is not, since such a mistake may let later tokens
 * change earlier ones.
 *   most    tokens that will be generated at most; 0: those that the context still holds, at least one
 *   memory  generation_end gives it back
 *   errors  a system that writes no text, a token outside of the vocabulary, an empty prompt, out of memory */
bool generation_begin(Generation *generation, Session *session, const char *prompt, int most, Error *error);
void generation_end(Generation *generation);

/* Adds a token. Beyond the context only the last tokens that it holds are read, their positions counted from 0
 * again: all keys and values are others then, so that the cache is of no use and everything is read anew.
 *   errors  those of run_next */
bool generation_next(Generation *generation, Error *error);

/* Whether this model's keys and values can be kept, this mistake or NULL planted. */
bool generation_can_cache(const Session *session, const Mistake *mistake);

/* Whether a mistake is planted while text is generated, and not in the training before. */
bool generation_mistake(const Mistake *mistake);

/* Whether all tokens are there; whether the latest of them is <EOS>, which ends a text before that. */
bool generation_done(const Generation *generation);
bool generation_ended(const Generation *generation);

/* The text so far: words with blanks between them, without what marks its ends;
 * ids where tokens have no texts. */
void generation_text(const Generation *generation, Text *out);

/* The text of a token, or NULL where ids have none. */
const char *generation_token(const Generation *generation, int id);

#endif
