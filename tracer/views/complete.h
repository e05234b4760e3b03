/* What a line that is being typed can go on as: commands, names, settings, mistakes ... One function
 * for the command line of the screen and for the prompt of the plain mode. No terminal, no file. */
#ifndef TRACER_VIEWS_COMPLETE_H
#define TRACER_VIEWS_COMPLETE_H

#include "view_state.h"

enum { MOST_OFFERS = 120 };

typedef struct {
    size_t from;                  /* where in the line the word begins that they stand for */
    char words[MOST_OFFERS][KEPT_NAME];
    int count, left_out;          /* those that there was no room for */
    char common[KEPT_NAME];       /* what they all begin with, never less than what is typed */
    bool closed;                  /* there is one, and more words come behind it */
} Offers;

/* Names go on up to their next dot, as folders do; where none begins with the word, those are offered
 * that have it behind a dot. */
void complete(const ViewState *state, const char *line, Offers *out);

/* Goes on with the line, in line[size], as far as there is only one way; false if it does not fit. */
bool complete_line(const Offers *offers, char *line, size_t size);

#endif
