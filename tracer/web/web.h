/* The stepper as a page of a browser calls it: ints and strings, and one handle that has all of the state. What the
 * page shows and what it does with a finger is in page.js and hands.js; nothing here knows a browser, so it runs and is
 * tested as any other C too.
 *
 * Every string that is returned is UTF-8 and good until the next call with the same handle. Words are what a command
 * line has, ended by U+001F each: "--model\x1ftiny\x1f". */
#ifndef TRACER_WEB_WEB_H
#define TRACER_WEB_WEB_H

#include "tracer/commands/stepping.h"

typedef struct {
    Stepping *stepping;      /* NULL: nothing is open */
    Arguments arguments;     /* that opened it; they point into words */
    char *words;
    Error error;             /* of the last call that failed */
    char written[INPUT_SIZE];
    Text out;                /* what was returned last */
} Web;

/* NULL if there is no memory. */
Web *web_new(void);
void web_free(Web *web);

/* Opens the stepper as `step` does with these words. 1; or 0, and web_error says why, and what was open stays open. */
int web_open(Web *web, const char *words);

/* Runs a command of tracer ("export\x1f--format\x1fjson\x1f"), which writes to standard output; its exit code. */
int web_command(Web *web, const char *words);

/* One line; "" if nothing failed. */
const char *web_error(const Web *web);

/* What a key or a click did. */
enum { WEB_JUMPED = 1, WEB_WROTE = 2 };

/* A key of key_help.h or a character, and a click (click.h) on a screen of that size: WEB_JUMPED if it led to another
 * step by no walk, WEB_WROTE if a file was written, whose name web_written tells. */
int web_key(Web *web, int code, int rows, int cols);
int web_click(Web *web, int row, int col, int click, int rows, int cols);
const char *web_written(const Web *web);

/* The screen: a line "ROW COLUMN" of the cursor (-1: none); then a line a row, of runs
 * "FLAGS \x1f HEAT \x1f TEXT \x1e" (without blanks) whose characters are one column wide each, or WEB_WIDE. */
enum { WEB_WIDE = 16 };
const char *web_grid(Web *web, int rows, int cols);

/* "#rrggbb #rrggbb", fore- and background, a line for every heat from 1 on. */
const char *web_palette(Web *web);

/* "tiny TAB what it is good for", a line for every preset that is read number by number. */
const char *web_models(Web *web);

/* What lies there, as JSON (hover.c): {} or {"name", "number", "text", "readers": [...], "lit": [[row, column, width,
 * "operand" | "reader" | "self"]]}. */
const char *web_hover(Web *web, int row, int col, int rows, int cols);

/* Where it stands, as JSON (described.c): {"at": "NAME[r,c]" or "", "step": training step, "mistake": ID or "",
 * "typing": true while letters are taken for a line}. */
const char *web_place(Web *web);

/* What the plain mode would say now. */
const char *web_sentence(Web *web);

/* The step for who does not see a screen, as JSON: {"title", "formula", "says", "tables": [{"caption", "rows": [...],
 * "columns": [...], "cells": [[...]], "row", "column"}], "terms": [...]}. */
const char *web_tables(Web *web);

/* Within this folder: returns out, empty; gives it to the caller, "" where it is not whole. */
Text *web_begin(Web *web);
const char *web_end(Web *web);

#endif
