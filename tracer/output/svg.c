/* SVG from the draw list: text as text, a tip on every cell, alternative text; see picture.h. */
#include "picture.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Text as XML takes it; control characters, which it does not take, become a replacement. */
static void add_escaped(Text *out, const char *text)
{
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '<' || c == '>' || c == '&' || c == '"')
            text_add(out, "&#%d;", c);
        else if (c < 0x20)
            text_add(out, "\xef\xbf\xbd");
        else
            text_put(out, text, 1);
    }
}

/* A coordinate with at most two decimals. */
static void add_number(Text *out, double number)
{
    char text[40];
    /* A hundredth of a unit is less than any printer shows, and zeros at the end are bytes in every cell. */
    snprintf(text, sizeof text, "%.2f", number);
    char *end = text + strlen(text);
    while (end[-1] == '0')
        *--end = '\0';
    if (end[-1] == '.')
        *--end = '\0';
    text_add(out, "%s", strcmp(text, "-0") == 0 ? "0" : text);
}

static void add_attribute(Text *out, const char *name, double number)
{
    text_add(out, " %s=\"", name);
    add_number(out, number);
    text_add(out, "\"");
}

static void add_paint(Text *out, const Item *item)
{
    const char *color = item->filled || item->kind == ITEM_TEXT ? "fill" : "stroke";
    text_add(out, " %s=\"#%02x%02x%02x\"", color, item->color.r, item->color.g, item->color.b);
    if (item->filled || item->kind == ITEM_TEXT)
        return;
    text_add(out, " fill=\"none\"");
    add_attribute(out, "stroke-width", item->line);
    if (item->dashed)
        text_add(out, " stroke-dasharray=\"4 3\"");
}

static void add_tip(Text *out, const char *tip)
{
    text_add(out, "<title>");
    add_escaped(out, tip);
    text_add(out, "</title>");
}

static void end_shape(Text *out, const Item *item, const char *tag)
{
    /* A browser shows <title> where the pointer rests: every cell tells its exact number. */
    if (!item->tip) {
        text_add(out, "/>\n");
        return;
    }
    text_add(out, ">");
    add_tip(out, item->tip);
    text_add(out, "</%s>\n", tag);
}

static void add_rect(Text *out, const Item *item)
{
    text_add(out, "<rect");
    add_attribute(out, "x", item->x);
    add_attribute(out, "y", item->y);
    add_attribute(out, "width", item->width);
    add_attribute(out, "height", item->height);
    if (item->radius > 0)
        add_attribute(out, "rx", item->radius);
    add_paint(out, item);
    end_shape(out, item, "rect");
}

static void add_path(Text *out, const Item *item)
{
    if (item->point_count == 0)
        return;
    text_add(out, "<path d=\"");
    for (int i = 0; i < item->point_count; i++) {
        bool move = i == 0 || (item->kind == ITEM_SEGMENTS && i % 2 == 0);
        text_add(out, "%s", move ? "M" : item->kind == ITEM_CURVE ? i == 1 ? "C" : " " : "L");
        add_number(out, item->points[i].x);
        text_add(out, " ");
        add_number(out, item->points[i].y);
    }
    text_add(out, "%s\"", item->filled ? "Z" : "");
    add_paint(out, item);
    end_shape(out, item, "path");
}

static void add_hatch(Text *out, const Item *item)
{
    Point points[2 * HATCH_MOST];
    Item lines = *item;
    lines.kind = ITEM_SEGMENTS;
    lines.points = points;
    lines.point_count = hatch_lines(item, points);
    add_path(out, &lines);
}

static void add_text(Text *out, const Item *item)
{
    /* The reader's fonts are not ours: the anchor keeps centred text centred however wide it gets. */
    static const char *const anchors[] = {"", " text-anchor=\"middle\"", " text-anchor=\"end\""};
    text_add(out, "<text");
    if (item->upwards) {
        text_add(out, " transform=\"translate(");
        add_number(out, item->x);
        text_add(out, " ");
        add_number(out, item->y);
        text_add(out, ") rotate(-90)\"");
    } else {
        add_attribute(out, "x", item->x);
        add_attribute(out, "y", item->y);
    }
    add_attribute(out, "font-size", item->size);
    text_add(out, "%s%s", anchors[item->align], item->face == FACE_BOLD ? " font-weight=\"bold\"" : "");
    add_paint(out, item);
    text_add(out, ">");
    add_escaped(out, item->text);
    text_add(out, "</text>\n");
}

/* Nothing here has a rule or an id of its own: two pictures in one page do not disturb each other. */
static void add_head(Text *out, const DrawList *list, const PictureOptions *options)
{
    const char *unit = options->millimetres ? "mm" : "";
    double scale = options->scale * (options->millimetres ? 25.4 / 96 : 1);
    text_add(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" width=\"");
    add_number(out, list->width * scale);
    text_add(out, "%s\" height=\"", unit);
    add_number(out, list->height * scale);
    text_add(out, "%s\" viewBox=\"0 0 ", unit);
    add_number(out, list->width);
    text_add(out, " ");
    add_number(out, list->height);
    text_add(out, "\" font-family=\"DejaVu Sans, Verdana, sans-serif\">\n<title>");
    add_escaped(out, list->title);
    text_add(out, "</title>\n<desc>");
    add_escaped(out, list->description);
    text_add(out, " Made with: ");
    add_escaped(out, options->command);
    text_add(out, "</desc>\n");
    if (!list->transparent)
        add_rect(out, &(Item){.kind = ITEM_RECT, .width = list->width, .height = list->height, .color = list->paper,
                              .filled = true});
}

static void add_item(Text *out, const Item *item)
{
    if (item->kind == ITEM_TEXT)
        add_text(out, item);
    else if (item->kind == ITEM_RECT)
        add_rect(out, item);
    else if (item->kind == ITEM_HATCH)
        add_hatch(out, item);
    else
        add_path(out, item);
}

/* How many items behind a cell lie on it: its hatch, its number. */
static int on_top(const DrawList *list, int cell)
{
    const Item *under = &list->items[cell];
    int count = 0;
    for (int i = cell + 1; i < list->count && under->kind == ITEM_RECT && under->tip; i++, count++) {
        const Item *item = &list->items[i];
        if ((item->kind != ITEM_TEXT && item->kind != ITEM_HATCH) || item->tip || item->x < under->x ||
            item->x > under->x + under->width || item->y < under->y || item->y > under->y + under->height)
            break;
    }
    return count;
}

bool svg_picture(const DrawList *lists, int count, const PictureOptions *options, Text *out, Error *error)
{
    (void)count;
    add_head(out, lists, options);
    for (int i = 0; i < lists->count; i++) {
        Item item = lists->items[i];
        int above = on_top(lists, i);
        /* A number that lies over its cell would hide the cell's tip: both are in a group that has it. */
        if (above > 0) {
            text_add(out, "<g>");
            add_tip(out, item.tip);
            item.tip = NULL;
        }
        add_item(out, &item);
        for (int end = i + above; i < end; i++)
            add_item(out, &lists->items[i + 1]);
        if (above > 0)
            text_add(out, "</g>\n");
    }
    text_add(out, "</svg>\n");
    return !out->failed || error_memory(error);
}
