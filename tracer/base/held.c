/* Signals that wait; see held.h. */
#include "held.h"

#include <stddef.h>

Held signals_hold(void)
{
    Held held;
    sigemptyset(&held.signals);
    sigaddset(&held.signals, SIGINT);
    sigaddset(&held.signals, SIGTERM);
    sigaddset(&held.signals, SIGHUP);
    sigprocmask(SIG_BLOCK, &held.signals, &held.before);
    return held;
}

bool signal_came(const Held *held)
{
    sigset_t waiting;
    int which;
    sigpending(&waiting);
    if (!sigismember(&waiting, SIGINT) && !sigismember(&waiting, SIGTERM) && !sigismember(&waiting, SIGHUP))
        return false;
    sigwait(&held->signals, &which);
    return true;
}

void signals_release(const Held *held)
{
    sigprocmask(SIG_SETMASK, &held->before, NULL);
}
