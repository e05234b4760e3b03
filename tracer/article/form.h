/* The forms that an article can have: how a filled reference stands in it, and what numbers, tables, pictures and
 * tokens look like there. */
#ifndef TRACER_ARTICLE_FORM_H
#define TRACER_ARTICLE_FORM_H

#include "markup.h"

#include "tiny_model/error.h"
#include "tracer/base/text.h"
#include "tracer/output/tables.h"

/* A picture as the article shows it. */
typedef struct {
    const char *path, *alt;
    const char *caption;     /* as its author wrote it, or NULL */
    bool own_size;           /* its author chose how wide it is */
    bool tells_alt;          /* its author wrote the alternative text */
    const char *digest;      /* of what is drawn, where the file's bytes do not tell; or NULL */
} ArticlePicture;

/* One token on its colour. */
typedef struct {
    const char *token, *number;
    const char *background, *ink;  /* "ffe0b0" */
    bool asks;                     /* the one whose row it is */
} ArticleToken;

typedef struct {
    const char *name;
    const char *extensions[4];     /* ended by NULL */
    const char *picture;           /* the kind of a picture that says none */
    const char *unfit_pictures;    /* kinds that it cannot show */
    const char *opening, *opened, *closing;  /* around a reference, and behind what it made */
    bool notes_formulas;           /* a comment within a formula would be seen: it stands before the formula */
    bool is_tex;                   /* blanks at the beginning of a line are lost, as comments take the line's end */
    bool is_notebook;              /* its cells are Markdown */
    void (*markup)(const char *text, Markup *markup);
    void (*table)(const Slice *slice, int digits, Text *out);
    const char *before_table, *after_table, *before_matrix, *after_matrix;
    void (*picture_place)(const ArticlePicture *picture, Text *out);
    void (*token)(const ArticleToken *token, Text *out);
} Form;

extern const Form FORM_MARKDOWN;

/* By the extension of a file; NULL and *error, which tells those there are. */
const Form *form_of(const char *path, Error *error);

/* Adds a number as number_text or printf wrote it. */
void form_number(const Form *form, const char *number, bool percent, bool in_math, Text *out);

#endif
