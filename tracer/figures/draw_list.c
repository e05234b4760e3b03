/* Making draw lists; see draw_list.h. */
#include "draw_list.h"

#include "cell_number.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_CUT = 400 };

void draw_list_free(DrawList *list)
{
    free(list->items);
    arena_free(&list->arena);
    *list = (DrawList){0};
}

/* When memory is out the caller gets an item that nobody draws, and the list says that it failed:
 * figures need no checks. */
static Item *append(DrawList *list, Item item)
{
    if (list->count == list->capacity) {
        int capacity = list->capacity ? 2 * list->capacity : 256;
        Item *moved = realloc(list->items, (size_t)capacity * sizeof *moved);
        if (!moved) {
            list->failed = true;
            return &list->spare;
        }
        list->items = moved;
        list->capacity = capacity;
    }
    list->items[list->count] = item;
    return &list->items[list->count++];
}

void *draw_room(DrawList *list, size_t bytes)
{
    void *room = arena_alloc(&list->arena, bytes ? bytes : 1);
    list->failed = list->failed || !room;
    return room;
}

static const char *keep(DrawList *list, const char *text)
{
    char *copy = draw_room(list, strlen(text) + 1);
    return copy ? strcpy(copy, text) : "";
}

const char *draw_format(DrawList *list, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    char *text = length >= 0 ? draw_room(list, (size_t)length + 1) : NULL;
    if (text)
        vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    return text ? text : "";
}

Item *draw_rect(DrawList *list, double x, double y, double width, double height, Rgb fill)
{
    return append(list, (Item){.kind = ITEM_RECT, .x = x, .y = y, .width = width, .height = height, .color = fill,
                               .filled = true});
}

Item *draw_outline(DrawList *list, double x, double y, double width, double height, Rgb color, double line)
{
    return append(list, (Item){.kind = ITEM_RECT, .x = x, .y = y, .width = width, .height = height, .color = color,
                               .line = line});
}

static Item *with_points(DrawList *list, ItemKind kind, const Point *points, int count, Rgb color, double line)
{
    Point *kept = draw_room(list, (size_t)count * sizeof *kept);
    if (kept)
        memcpy(kept, points, (size_t)count * sizeof *kept);
    return append(list,
                  (Item){.kind = kind, .points = kept, .point_count = kept ? count : 0, .color = color, .line = line});
}

Item *draw_line(DrawList *list, double x1, double y1, double x2, double y2, Rgb color, double line)
{
    return with_points(list, ITEM_LINES, (Point[]){{x1, y1}, {x2, y2}}, 2, color, line);
}

Item *draw_lines(DrawList *list, const Point *points, int count, Rgb color, double line)
{
    return with_points(list, ITEM_LINES, points, count, color, line);
}

Item *draw_curve(DrawList *list, const Point points[4], Rgb color, double line)
{
    return with_points(list, ITEM_CURVE, points, 4, color, line);
}

Item *draw_text(DrawList *list, double x, double y, Align align, double size, Rgb color, const char *text)
{
    return append(list, (Item){.kind = ITEM_TEXT, .x = x, .y = y, .align = align, .size = size, .color = color,
                               .text = keep(list, text)});
}

Item *draw_bold(DrawList *list, double x, double y, Align align, double size, Rgb color, const char *text)
{
    Item *item = draw_text(list, x, y, align, size, color, text);
    item->face = FACE_BOLD;
    return item;
}

Item *draw_text_within(DrawList *list, double x, double y, double width, Align align, double size, Rgb color,
                       const char *text)
{
    char cut[MOST_CUT];
    return draw_text(list, x, y, align, size, color, measure_cut(cut, sizeof cut, text, FACE_PLAIN, size, width));
}

void draw_hatch(DrawList *list, double x, double y, double width, double height, Rgb color)
{
    append(list,
           (Item){.kind = ITEM_HATCH, .x = x, .y = y, .width = width, .height = height, .color = color, .line = 1});
}

int hatch_lines(const Item *item, Point points[2 * HATCH_MOST])
{
    double x = item->x, y = item->y, end = x + y + item->width + item->height;
    int count = 0;
    /* On lines x + y = sum, counted from the corner of the page, so that rectangles side by side join up. */
    for (double sum = ceil((x + y) / HATCH_APART) * HATCH_APART; sum < end && count < 2 * HATCH_MOST;
         sum += HATCH_APART) {
        double left = fmax(x, sum - y - item->height), right = fmin(x + item->width, sum - y);
        if (right <= left)
            continue;
        points[count++] = (Point){left, sum - left};
        points[count++] = (Point){right, sum - right};
    }
    return count;
}

void draw_move_up(DrawList *list, double up)
{
    for (int i = 0; i < list->count; i++) {
        Item *item = &list->items[i];
        Point *moved = item->point_count ? draw_room(list, (size_t)item->point_count * sizeof *moved) : NULL;
        item->y -= up;
        for (int p = 0; moved && p < item->point_count; p++)
            moved[p] = (Point){item->points[p].x, item->points[p].y - up};
        item->points = moved ? moved : item->points;
    }
}

void draw_arrow_head(DrawList *list, double x, double y, double dx, double dy, double size, Rgb color)
{
    double length = hypot(dx, dy);
    /* Written so that nan has no direction either. */
    if (!(length > 0))
        return;
    dx *= size / length;
    dy *= size / length;
    const Point points[] = {{x, y}, {x - dx - 0.45 * dy, y - dy + 0.45 * dx}, {x - dx + 0.45 * dy, y - dy - 0.45 * dx}};
    draw_lines(list, points, 3, color, 0)->filled = true;
}

double draw_paragraph(DrawList *list, double x, double y, double width, double size, Rgb color, const char *text)
{
    size_t room = 3 * strlen(text) + 8;
    char *minus = draw_room(list, room);
    text = minus ? real_minus(minus, room, text) : "";
    while (*text) {
        size_t length = measure_line(text, FACE_PLAIN, size, width);
        draw_text(list, x, y, ALIGN_LEFT, size, color, draw_format(list, "%.*s", (int)length, text));
        text += length;
        while (*text == ' ')
            text++;
        y += 1.4 * size;
    }
    return y;
}
