/* What the tutorial says about a place on the tape. Views know no chapters: whoever has read them answers. */
#ifndef TRACER_VIEWS_LESSON_H
#define TRACER_VIEWS_LESSON_H

#include "tracer/session/session.h"

/* The pointers live as long as the chapters. */
typedef struct {
    int chapter;                 /* its number */
    const char *title, *section; /* of the chapter, and the heading or ""; title NULL: nothing is said, */
    const char *none;            /* and this is why */
    const void *passage;         /* for `text` */
} Lesson;

typedef struct {
    const void *chapters;

    /* The lesson about a frame, or about a step of it; step -1: the frame itself. */
    Lesson (*about)(const void *chapters, const Session *session, int frame, int step);

    /* Adds it as Markdown, PASSAGE_MARK (paper.h) before the numbers of the value `marked`.
     *   errors  it is written wrongly (EXIT_USED_WRONGLY), no memory */
    bool (*text)(const Lesson *lesson, const Session *session, int marked, int digits, Text *out, Error *error);

    /* The preset whose numbers stand in it, NULL where they are those of the session. */
    const char *(*told_of)(const Lesson *lesson, const Session *session);
} Tutor;

#endif
