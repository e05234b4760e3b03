/* The list of picture formats, and the draw list as text; see picture.h. */
#include "picture.h"

#include <string.h>
#include <strings.h>

const PictureFormat PICTURE_FORMATS[] = {
    {"png", true, true, false, png_picture},    {"apng", true, true, true, png_picture},
    {"svg", false, false, false, svg_picture},  {"pdf", true, true, false, pdf_picture},
    {"txt", false, false, false, text_picture},
};
const int PICTURE_FORMAT_COUNT = sizeof PICTURE_FORMATS / sizeof *PICTURE_FORMATS;

const PictureFormat *picture_format(const char *name, const char *file, Error *error)
{
    const char *slash = file ? strrchr(file, '/') : NULL, *dot = file ? strrchr(slash ? slash : file, '.') : NULL;
    const char *wanted = name ? name : dot && dot[1] ? dot + 1 : NULL;
    for (int i = 0; wanted && i < PICTURE_FORMAT_COUNT; i++)
        if (strcasecmp(PICTURE_FORMATS[i].name, wanted) == 0)
            return &PICTURE_FORMATS[i];
    if (!wanted)
        error_set(error, EXIT_USED_WRONGLY,
                  "\"%.200s\" does not say what kind of picture; add --format png, svg or pdf", file ? file : "");
    else
        error_set(error, EXIT_USED_WRONGLY, "no picture format is called \"%.60s\"; use png, apng, svg, pdf or txt",
                  wanted);
    return NULL;
}

static void add_points(const Item *item, Text *out)
{
    for (int i = 0; i < item->point_count; i++)
        text_add(out, " %.1f,%.1f", item->points[i].x, item->points[i].y);
}

static void add_item(const Item *item, Text *out)
{
    static const char *const kinds[] = {"rect", "lines", "segments", "curve", "hatch", "text"};
    static const char *const aligns[] = {"left", "center", "right"};
    text_add(out, "%s #%02x%02x%02x", kinds[item->kind], item->color.r, item->color.g, item->color.b);
    if (item->kind == ITEM_TEXT)
        text_add(out, " %.1f,%.1f %s %.1f%s%s \"%s\"", item->x, item->y, aligns[item->align], item->size,
                 item->face == FACE_BOLD ? " bold" : "", item->upwards ? " upwards" : "", item->text);
    else if (item->kind == ITEM_RECT || item->kind == ITEM_HATCH)
        text_add(out, " %.1f,%.1f %.1fx%.1f", item->x, item->y, item->width, item->height);
    add_points(item, out);
    if (item->kind != ITEM_TEXT && !item->filled)
        text_add(out, " line %.1f%s", item->line, item->dashed ? " dashed" : "");
    text_add(out, "%s%s\n", item->tip ? " : " : "", item->tip ? item->tip : "");
}

bool text_picture(const DrawList *lists, int count, const PictureOptions *options, Text *out, Error *error)
{
    (void)count, (void)options, (void)error;
    text_add(out, "%.0f x %.0f\ntitle: %s\ndescription: %s\n", lists->width, lists->height, lists->title,
             lists->description);
    for (int i = 0; i < lists->count; i++)
        add_item(&lists->items[i], out);
    return true;
}
