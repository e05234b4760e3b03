/* Writing a text as options say: those of tracer sample, and the same in one text behind --write, where the tape
 * that is shown is that of the text and not of a training step. */
#ifndef TRACER_SESSION_WRITING_H
#define TRACER_SESSION_WRITING_H

#include "arguments.h"
#include "tiny_model/sampling.h"

typedef struct {
    Sampling how;
    long tokens;      /* 0: as many as the context still holds */
    long seed;
    long wide;        /* beams; 0: tokens are drawn */
    double alpha;     /* of the length penalty */
    bool no_cache;
} Writing;

#define WRITING_OPTIONS \
    {"-n", "N", "tokens (as many as the context still holds)"}, \
    {"--temperature", "T", "above 1 bolder, below 1 surer, 0 always the likeliest (1)"}, \
    {"--top-k", "K", "only the K likeliest, and what equals the last of them"}, \
    {"--top-p", "P", "only the likeliest that together make P (1: all)"}, \
    {"--min-p", "M", "only those at least M times as likely as the likeliest (0: all)"}, \
    {"--repetition", "R", "above 1: what was there already comes less often (1)"}, \
    {"--frequency", "F", "taken off a logit each time that its token was there (0)"}, \
    {"--presence", "Q", "taken off once where it was there at all (0)"}, \
    {"--beam", "B", "follow the B likeliest texts, and draw nothing"}, \
    {"--length-penalty", "A", "beams are compared by log p / length^A (0)"}, \
    {"--seed", "S", "of the numbers that draw (0)"}, \
    {"--no-cache", NULL, "read everything anew for every token"}

/* What the options of a command that has these say.
 *   errors  a number that cannot be, options that go against each other */
bool writing_of(const Arguments *arguments, Writing *writing, Error *error);

/* Writes as the options in one text say ("-n 3 --top-k 3"), behind the prompt of the session's options; the tape is
 * then that of the text.
 *   errors  those of writing_of, of generation_begin and of run_next */
bool writing_record(Session *session, const char *options, Error *error);

#endif
