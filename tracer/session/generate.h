/* Generating text with a run: token after token, each from a recorded forward phase. */
#ifndef TRACER_SESSION_GENERATE_H
#define TRACER_SESSION_GENERATE_H

#include "session.h"
#include "tiny_model/random.h"

typedef struct {
    Session *session;
    Sampling how;
    Random random;
    int *tokens;         /* the prompt and what was generated */
    int count, prompt;   /* how many; those of the prompt */
    int most;            /* tokens to generate */
    int window;          /* the last `window` tokens were read for the latest one */
    Drawing drawing;     /* of the latest token, on the run's tape */
    double number;       /* what chose it */
} Generation;

/* Begins with a prompt in the model's vocabulary, <BOS> before it where the model puts one; NULL is
 * how the model's own text begins: <BOS>, or else its first token.
 *   most    tokens that will be generated at most; 0: those that the context still holds, at least one
 *   memory  generation_end gives it back
 *   errors  a system that writes no text, a token outside of the vocabulary, an empty prompt, out of memory */
bool generation_begin(Generation *generation, Session *session, const char *prompt, int most, Error *error);
void generation_end(Generation *generation);

/* Adds a token. Beyond the context only the last tokens that it holds are read, their positions
 * counted from 0 again. Records the run's tape anew.
 *   errors  those of run_next */
bool generation_next(Generation *generation, Error *error);

/* Whether all tokens are there; whether the latest of them is <EOS>, which ends a text before that. */
bool generation_done(const Generation *generation);
bool generation_ended(const Generation *generation);

/* The text so far: words with blanks between them, without what marks its ends;
 * ids where tokens have no texts. */
void generation_text(const Generation *generation, Text *out);

/* The text of a token, or NULL where ids have none. */
const char *generation_token(const Generation *generation, int id);

#endif
