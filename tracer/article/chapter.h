/* The chapters of the tutorial: Markdown files NN-name.md in tutorial/chapters, and pages beside them. A new
 * chapter is a new file. */
#ifndef TRACER_ARTICLE_CHAPTER_H
#define TRACER_ARTICLE_CHAPTER_H

#include "tracer/session/session.h"

enum { MOST_CHAPTERS = 100, CHAPTER_PATH = 4096, CHAPTER_TITLE = 160, CHAPTER_NAME = 60 };

typedef struct {
    char file[CHAPTER_NAME + 8];   /* "07-softmax.md" */
    char name[CHAPTER_NAME];       /* "softmax" */
    char title[CHAPTER_TITLE];     /* of its first line, without the # */
    int number;                    /* 7 */
} Chapter;

typedef struct {
    char folder[CHAPTER_PATH];     /* "…/tutorial" */
    Chapter chapters[MOST_CHAPTERS];
    int count;                     /* in the order of their numbers; pages are last, with number 0 */
} Tutorial;

/* Finds the folder (tutorial_folder.h) and reads the titles. */
bool tutorial_find(Tutorial *tutorial, Error *error);

/* The chapter with this number ("7", "07") or name ("softmax", or its beginning where that is unique); NULL
 * and *error with the nearest names if there is none. */
const Chapter *chapter_find(const Tutorial *tutorial, const char *word, Error *error);

/* The path of a file of the tutorial, into out[CHAPTER_PATH]. */
const char *chapter_path(const Tutorial *tutorial, const Chapter *chapter, char *out);

/* How a chapter tells the places that the stepper can open: by a number, by the command, or by a link to the stepper's
 * page beside the book (links.h). */
typedef enum { CHAPTER_FOR_TERMINAL, CHAPTER_FOR_BOOK, CHAPTER_FOR_LINKED_BOOK } ChapterFor;

/* The Markdown of a chapter without its comments (filled.h), with lists of places to open.
 *   run   its references are filled from this run; NULL: they stay as they were printed */
bool chapter_text(const Tutorial *tutorial, const Chapter *chapter, ChapterFor reader, const RunOptions *run,
                  int digits, Text *out, Error *error);

#endif
