/* Passages of the tutorial for the text panel; see tutor.h. */
#include "tutor.h"

static Lesson about(const void *chapters, const Session *session, int frame, int step)
{
    const Passages *passages = chapters;
    if (passages->count == 0)
        return (Lesson){.none = passages->error.text};
    const Passage *passage = passage_of(passages, session, frame, step);
    if (!passage)
        return (Lesson){.none = "the tutorial says nothing about this step"};
    return (Lesson){passage->chapter->number, passage->chapter->title, passage->section, .passage = passage};
}

static bool text(const Lesson *lesson, const Session *session, int marked, int digits, Text *out, Error *error)
{
    return passage_text(lesson->passage, session, marked, digits, out, error);
}

static const char *told_of(const Lesson *lesson, const Session *session)
{
    const Passage *passage = lesson->passage;
    return passage_is_of(passage, session) ? NULL : PRESETS[passage->preset].name;
}

Tutor tutor_of(const Passages *passages)
{
    return (Tutor){passages, about, text, told_of};
}
