/* Passages: the parts of the chapters that are about a place on the tape. A passage begins below a comment of
 * one line and ends at the next one or the next heading:
 *
 *   <!-- step: forward softmax; backward attention.head: sum of contributions -->
 *
 * Places are parted by semicolons. Each is a phase; then a rule, or the end of a frame's path without its numbers
 * ("mlp.hidden"), or * for all of them, or nothing for the phase itself; then, if not all steps are meant, a
 * colon and what the rule calls those that are. The place that says most about a step wins.
 *
 * A passage below {{run --model NAME}} tells of that model, and is for runs of its system. */
#ifndef TRACER_ARTICLE_PASSAGE_H
#define TRACER_ARTICLE_PASSAGE_H

#include "chapter.h"

typedef struct {
    const Chapter *chapter;
    char *places;         /* "forward softmax"; "" for the beginning of a chapter */
    char *section;        /* its heading, or "" */
    char *markdown;       /* as it stands in the file */
    int preset;           /* of PRESETS: the model that it tells of; 0 is the tutorial's */
    bool other_run;       /* its first numbers are not those of the preset as it is */
} Passage;

typedef struct {
    Tutorial tutorial;
    Passage *passages;
    int count, capacity;
    Error error;          /* why there are none */
} Passages;

/* Reads the passages of all chapters. Where that is not possible there are none, and passages->error says why.
 * Memory: its own, until passages_free. NULL if there is none. */
Passages *passages_read(void);
void passages_free(Passages *passages);

/* The passage about a frame, or about a step of it; step -1: the frame itself. Where no comment names the frame
 * it is the beginning of its rule's chapter, then what is said about the frame around it. What is said of the system
 * of the session comes first; of another, what is said of a rule or of the update. NULL if nothing is. */
const Passage *passage_of(const Passages *passages, const Session *session, int frame, int step);

/* Adds the passage as Markdown. Numbers are those of the session if it runs the model that the passage tells of on
 * the same data, else as they were printed; PASSAGE_MARK stands before those of the value `marked` and of its
 * likes in other blocks, heads and norms. In the place of a table stands its name as the stepper takes it, in that of a
 * picture the command that draws it.
 *   errors   a reference without an end, no memory */
bool passage_text(const Passage *passage, const Session *session, int marked, int digits, Text *out, Error *error);

/* Whether the session runs the model that the passage tells of on the same data. */
bool passage_is_of(const Passage *passage, const Session *session);

/* Whether a reference {{run OPTIONS}} leaves the tutorial's run. */
bool passage_leaves_run(const char *options);

/* The preset that {{run OPTIONS}} takes, 0 where it is none; without --model it is the one before, without options the
 * tutorial's. *plain: without other options. */
int passage_preset(const char *options, int before, bool *plain);

/* The options of a reference {{run OPTIONS}} or {{run}}, given from behind its {{; NULL if it is another. */
const char *passage_run(const char *reference);

#endif
