/* Passages of the tutorial for the text panel; see tutor.h. */
#include "tutor.h"

static Lesson about(const void *chapters, const Tape *tape, int frame, int step)
{
    const Passages *passages = chapters;
    if (passages->count == 0)
        return (Lesson){.none = passages->error.text};
    const Passage *passage = passage_of(passages, tape, frame, step);
    if (!passage)
        return (Lesson){.none = "the tutorial says nothing about this step"};
    return (Lesson){passage->chapter->number, passage->chapter->title, passage->section, .passage = passage};
}

static bool text(const Lesson *lesson, const Session *session, int marked, int digits, Text *out, Error *error)
{
    return passage_text(lesson->passage, session, marked, digits, out, error);
}

Tutor tutor_of(const Passages *passages)
{
    return (Tutor){passages, about, text, passage_session};
}
