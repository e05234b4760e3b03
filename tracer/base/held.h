/* Signals that wait until a piece of work is whole, so that Ctrl-C never leaves half of it.
 *   memory, errors  none */
#ifndef TRACER_BASE_HELD_H
#define TRACER_BASE_HELD_H

#include <signal.h>
#include <stdbool.h>

typedef struct {
    sigset_t signals, before;
} Held;

/* SIGINT, SIGTERM and SIGHUP wait from here on. */
Held signals_hold(void);

/* Whether one of them has come; it is taken. */
bool signal_came(const Held *held);

/* As it was before. */
void signals_release(const Held *held);

#endif
