/* The class as a picture: a row for each student, a column for each exercise, a colour and a sign
 * for each verdict; see class.h. */
#include "class.h"

#include "tracer/figures/theme.h"
#include "tracer/output/picture.h"
#include "tracer/output/spell.h"

#include <stdio.h>

static const double LEFT = 130, TOP = 64, CELL = 24, MOST_HEIGHT = 12000;

/* How a verdict looks. */
typedef struct {
    const char *sign, *says;
    double lightness, chroma, hue;
} Look;

static const Look LOOKS[] = {
    [VERDICT_BLANK] = {".", "blank", 0.93, 0, 0},
    [VERDICT_CORRECT] = {"+", "correct", 0.62, 0.13, 150},
    [VERDICT_NAMED] = {"n", "named mistake", 0.62, 0.17, 40},
    [VERDICT_CONSISTENT] = {"n", "named mistake", 0.62, 0.17, 40},
    [VERDICT_FOLLOWS] = {"~", "right way", 0.82, 0.13, 100},
    [VERDICT_ROUNDED] = {"~", "right way", 0.82, 0.13, 100},
    [VERDICT_SIGN] = {"s", "sign or invariant", 0.74, 0.12, 60},
    [VERDICT_INVARIANT] = {"s", "sign or invariant", 0.74, 0.12, 60},
    [VERDICT_UNKNOWN] = {"?", "unknown", 0.55, 0.12, 300},
    [VERDICT_REFUSED] = {"x", "not readable", 0.4, 0, 0},
};

static Rgb color_of(VerdictKind kind)
{
    return color_oklch(LOOKS[kind].lightness, LOOKS[kind].chroma, LOOKS[kind].hue);
}

static void add_cell(DrawList *list, VerdictKind kind, double x, double y, double height)
{
    Rgb color = color_of(kind);
    draw_rect(list, x + 1, y + (height > 4), CELL - 2, height - 2 * (height > 4), color);
    if (height >= 12)
        draw_text(list, x + CELL / 2, y + height - 5, ALIGN_CENTER, 10, color_on(color), LOOKS[kind].sign);
}

/* The text with the letters that no font has spelled. */
static const char *spelled(DrawList *list, const char *text)
{
    const char *drawn = spell_text(text, &list->arena);
    list->failed = list->failed || !drawn;
    return drawn ? drawn : "";
}

static void add_student(DrawList *list, const Class *graded, int student, double y, double height)
{
    const Theme *theme = &THEMES[0];
    if (height >= 12)
        draw_text_within(list, LEFT - 8, y + height - 5, LEFT - 16, ALIGN_RIGHT, 10, theme->ink,
                         spelled(list, graded->roster->list[student].id));
    for (int e = 0; e < graded->exercises->count; e++) {
        const Entry *entry = class_entry(graded, student, e);
        if (entry->present)
            add_cell(list, entry->verdict.kind, LEFT + e * CELL, y, height);
    }
}

static void add_legend(DrawList *list, double y)
{
    static const VerdictKind shown[] = {VERDICT_CORRECT, VERDICT_FOLLOWS, VERDICT_NAMED,  VERDICT_SIGN,
                                        VERDICT_UNKNOWN, VERDICT_BLANK,   VERDICT_REFUSED};
    double x = LEFT;
    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++) {
        add_cell(list, shown[i], x, y, 16);
        draw_text(list, x + CELL + 3, y + 11, ALIGN_LEFT, 10, THEMES[0].ink, LOOKS[shown[i]].says);
        x += CELL + 18 + measure_text(LOOKS[shown[i]].says, FACE_PLAIN, 10);
    }
    list->width = x > list->width ? x : list->width;
}

bool class_picture(const Class *graded, Text *out, Error *error)
{
    const Theme *theme = &THEMES[0];
    int students = graded->roster->count, exercises = graded->exercises->count;
    double row = students * 16.0 > MOST_HEIGHT ? MOST_HEIGHT / students : 16;
    DrawList list = {.width = LEFT + exercises * CELL + 16, .height = TOP + students * row + 48, .paper = theme->paper};
    list.title = draw_format(&list, "Course %s: %d students, %d exercises", spelled(&list, graded->course), students,
                             exercises);
    list.description = "A row for each student, a column for each exercise; green with + is correct, "
                       "empty is nothing handed in.";
    draw_bold(&list, 16, 26, ALIGN_LEFT, 14, theme->ink, list.title);
    for (int e = 0; e < exercises; e++)
        draw_text(&list, LEFT + e * CELL + CELL / 2, TOP - 8, ALIGN_CENTER, 10, theme->muted,
                  draw_format(&list, "%02d", graded->exercises->list[e].number));
    for (int s = 0; s < students; s++)
        add_student(&list, graded, s, TOP + s * row, row);
    add_legend(&list, TOP + students * row + 16);
    PictureOptions options = {.scale = 1, .dpi = 96, .command = "tracer grade", .date = NO_DATE};
    bool whole = !list.failed ? png_picture(&list, 1, &options, out, error) : error_memory(error);
    draw_list_free(&list);
    return whole;
}
