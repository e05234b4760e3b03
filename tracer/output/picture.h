/* Draw lists as files: PNG, animated PNG, SVG, PDF, and the list itself as text. */
#ifndef TRACER_OUTPUT_PICTURE_H
#define TRACER_OUTPUT_PICTURE_H

#include "tiny_model/error.h"
#include "tracer/base/text.h"
#include "tracer/figures/draw_list.h"

typedef struct {
    double scale;         /* of the whole picture; 1: 96 units are an inch */
    double dpi;           /* pixels for each inch; 96 makes a unit a pixel */
    bool millimetres;     /* an SVG tells its size in them */
    const char *command;  /* what makes the picture again */
    long date;            /* seconds since 1970, or NO_DATE */
} PictureOptions;

enum { NO_DATE = -1, MOST_PIXELS = 100 * 1000 * 1000, MOST_SIDE = 20000, FRAME_MILLISECONDS = 400 };

typedef struct {
    const char *name;     /* and extension */
    bool binary;
    bool draws_letters;   /* with the installed fonts; in the others the reader's fonts do */
    bool animated;        /* takes several lists of the same size; the others take one */
    bool (*write)(const DrawList *lists, int count, const PictureOptions *options, Text *out, Error *error);
} PictureFormat;

extern const PictureFormat PICTURE_FORMATS[];
extern const int PICTURE_FORMAT_COUNT;

/* By name, or by the extension of a file where `name` is NULL. NULL and *error if there is none. */
const PictureFormat *picture_format(const char *name, const char *file, Error *error);

/* Adds the text, each letter that no installed font has as its code point, "U+6C34". False if there
 * is none. */
bool picture_spell(const char *text, Text *out);

bool png_picture(const DrawList *lists, int count, const PictureOptions *options, Text *out, Error *error);
bool svg_picture(const DrawList *lists, int count, const PictureOptions *options, Text *out, Error *error);
bool pdf_picture(const DrawList *lists, int count, const PictureOptions *options, Text *out, Error *error);
bool text_picture(const DrawList *lists, int count, const PictureOptions *options, Text *out, Error *error);

#endif
