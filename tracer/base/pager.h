/* Long answers page by page in a terminal, as git shows them. */
#ifndef TRACER_BASE_PAGER_H
#define TRACER_BASE_PAGER_H

#include <stdbool.h>
#include <sys/types.h>

/* The program that shows them; 0: standard output is what it was. */
typedef struct {
    pid_t process;
} Pager;

/* From here standard output goes through TRACER_PAGER, else PAGER, else less (which ends by itself if all fits on
 * the screen, and keeps colours). Nothing happens if that is empty or "cat", if standard output is no terminal,
 * or if no process can be made. COLUMNS tells the width of the terminal from then on.
 *   returns  the pager, for pager_finish */
Pager pager_start(void);

/* Ends the output and waits until the reader has closed the pager. True if there was one: what was not read
 * because it was closed early is no error. */
bool pager_finish(Pager *pager);

#endif
