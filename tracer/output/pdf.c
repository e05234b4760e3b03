/* PDF through cairo: one page, text as text; see picture.h. */
#include "paint.h"
#include "picture.h"

#include <cairo-pdf.h>
#include <stdio.h>
#include <time.h>

static cairo_status_t take(void *closure, const unsigned char *data, unsigned length)
{
    Text *out = closure;
    text_put(out, (const char *)data, length);
    return out->failed ? CAIRO_STATUS_NO_MEMORY : CAIRO_STATUS_SUCCESS;
}

/* An empty date keeps cairo from writing the time of day. */
static void set_metadata(cairo_surface_t *surface, const DrawList *list, const PictureOptions *options)
{
    char date[40] = "";
    if (options->date != NO_DATE) {
        time_t seconds = options->date;
        struct tm parts;
        strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&seconds, &parts));
    }
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, date);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, list->title);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_SUBJECT, list->description);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_KEYWORDS, options->command);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, "tracer");
}

bool pdf_picture(const DrawList *lists, int count, const PictureOptions *options, Text *out, Error *error)
{
    (void)count;
    /* PDF counts in points, 72 to the inch. */
    double points = 72.0 / 96 * options->scale;
    cairo_surface_t *surface = cairo_pdf_surface_create_for_stream(take, out, lists->width * points,
                                                                   lists->height * points);
    set_metadata(surface, lists, options);
    cairo_t *cairo = cairo_create(surface);
    cairo_scale(cairo, points, points);
    bool whole = paint(cairo, lists, NULL);
    cairo_destroy(cairo);
    cairo_surface_finish(surface);
    whole = whole && cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS;
    cairo_surface_destroy(surface);
    return (whole && !out->failed) || error_memory(error);
}
