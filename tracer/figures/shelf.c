/* Panels side by side; see value_panel.h. */
#include "value_panel.h"

#include "figure_page.h"

#include <math.h>
#include <string.h>

enum {
    GAP = 26, ROW_GAP = 22, SIGN = 20, EVEN_STEP = 8, BARE_WIDTH = 280, LEAST_BARE = 4, MOST_BARE = 26, STRIP = 4,
    LEGIBLE = 8, MOST_HEIGHT = 700, BARE_HEIGHT = 450, MOST_ROWS = 4
};

/* What is laid out: panels, the signs between them, how many side by side (0: as many as fit), and in which width.
 * given: the rows are as the panels or `across` say, however wide that gets. */
typedef struct {
    Panel *panels;
    const char *const *between;
    int count, across;
    double widest;
    bool given;
    bool narrow;                 /* the page has a width that was asked for */
} Shelf;

/* What the strongest color means, where neither numbers nor a color bar tell it. */
static const char *told_scale(DrawList *list, const Panel *panel)
{
    char low[NUMBER_SIZE], high[NUMBER_SIZE], power[NUMBER_SIZE];
    Scale scale = panel->scale;
    const double ends[] = {scale.low, scale.high};
    NumberFormat format = number_format(ends, 2, AUTO_DIGITS, false);
    cell_number(low, scale.low, format);
    cell_number(high, scale.high, format);
    power_text(power, format.power);
    return scale.low == -scale.high ? draw_format(list, "colors: ±%s%s", high, power)
                                    : draw_format(list, "colors: %s to %s%s", low, high, power);
}

/* What a panel without room for numbers, and one whose numbers have a power, say in their note. */
static void add_note(DrawList *list, Panel *panel, bool numbers)
{
    char text[NUMBER_SIZE];
    const char *more = NULL;
    if (numbers && panel->format.power != 0)
        more = power_text(text, panel->format.power) + 1;
    else if (!numbers && panel->rows * panel->cols == 1)
        more = draw_format(list, "= %s", number_text(text, *panel->data, DEFAULT_DIGITS));
    else if (!numbers && !panel->bar && !panel->own_bar && !panel->names)
        more = told_scale(list, panel);
    /* Where both have no room the colors are told: without them the panel means nothing. */
    bool alone = panel->text_most > 0 && !numbers;
    if (more && !alone && panel->note && *panel->note)
        panel->note = draw_format(list, "%s; %s", panel->note, more);
    else if (more)
        panel->note = draw_format(list, "%s", more);
}

/* Words ("max row") are written smaller than signs. */
static double sign_size(const char *sign)
{
    return strlen(sign) <= 4 ? SIGN : 13;
}

static double sign_width(const char *sign)
{
    return sign ? ceil(measure_text(sign, FACE_PLAIN, sign_size(sign))) + 18 : 0;
}

/* How many panels from `first` on stand in one row `widest` wide; the row's width, its top and what is below. */
static int row_length(const Shelf *shelf, int first, double widest, double *used, double *top, double *under)
{
    int last = first;
    *used = *top = *under = 0;
    for (; last < shelf->count; last++) {
        const Panel *panel = &shelf->panels[last];
        double width = panel->width + (last > first ? GAP : 0) +
                       sign_width(shelf->between ? shelf->between[last] : NULL);
        bool full = shelf->across ? last - first == shelf->across : !shelf->given && *used + width > widest;
        if (last > first && (full || panel->new_row))
            break;
        *used += width;
        *top = fmax(*top, panel->top);
        *under = fmax(*under, panel->height - panel->top);
    }
    return last - first;
}

/* How many rows there are, and the width of the widest. */
static int row_count(const Shelf *shelf, double widest, double *most)
{
    int rows = 0;
    double used, top, under;
    *most = 0;
    for (int first = 0; first < shelf->count; rows++) {
        first += row_length(shelf, first, widest, &used, &top, &under);
        *most = fmax(*most, used);
    }
    return rows;
}

static void measure_with(const Shelf *shelf, double cell, bool numbers)
{
    for (int i = 0; i < shelf->count; i++)
        panel_measure_with(&shelf->panels[i], cell, numbers);
}

/* All with numbers, if they fit: in rows as they were asked for, none wider than two thirds of the page. */
static bool numbers_fit(const Shelf *shelf)
{
    double cell = 0, most;
    for (int i = 0; i < shelf->count; i++)
        cell = fmax(cell, panel_number_cell(&shelf->panels[i]));
    for (int i = 0; i < shelf->count; i++) {
        const Panel *panel = &shelf->panels[i];
        if (cell * panel->cols > shelf->widest / 1.5 || cell * panel->rows > 1.4 * PAGE_MOST)
            return false;
    }
    measure_with(shelf, cell, true);
    int rows = row_count(shelf, shelf->widest, &most);
    /* On a narrow page a tower of panels would be the price of the numbers. */
    return most <= shelf->widest && !(shelf->narrow && rows > MOST_ROWS);
}

/* A panel without numbers is small, so that others stand beside it; strips of few rows would be too thin. */
static double bare_cell(const Panel *panel, double widest)
{
    double room = panel->rows * STRIP < panel->cols ? widest / 1.5 : fmin(BARE_WIDTH, widest / 1.5);
    return fmax(LEAST_BARE, fmin(MOST_BARE, floor(fmin(room / panel->cols, (double)BARE_HEIGHT / panel->rows))));
}

/* The largest cell with which the rows are as they were asked for: all panels in one row, if the cells are still
 * legible then. */
static double one_row_cell(const Shelf *shelf, double least)
{
    double most, tallest = 1;
    for (int i = 0; i < shelf->count; i++)
        tallest = fmax(tallest, shelf->panels[i].rows);
    for (double cell = MOST_BARE; cell >= least; cell--) {
        measure_with(shelf, cell, false);
        int rows = row_count(shelf, shelf->widest, &most);
        if ((rows == 1 || shelf->given) && most <= shelf->widest && cell * tallest <= MOST_HEIGHT)
            return cell;
    }
    return shelf->given ? least : 0;
}

/* One size of cells for all, or a number would look larger in one panel than in the next. */
static void measure_all(DrawList *list, const Shelf *shelf, const Spec *spec)
{
    NumberFormat **formats = draw_room(list, (size_t)shelf->count * sizeof *formats);
    for (int i = 0; formats && i < shelf->count; i++)
        formats[i] = &shelf->panels[i].format;
    if (formats)
        number_formats_join(formats, shelf->count, spec->digits);
    bool numbers = numbers_fit(shelf);
    double cell = shelf->panels[0].cell;
    if (!numbers) {
        double smallest = MOST_BARE;
        for (int i = 0; i < shelf->count; i++)
            smallest = fmin(smallest, bare_cell(&shelf->panels[i], shelf->widest));
        double one_row = one_row_cell(shelf, shelf->given ? LEAST_BARE : LEGIBLE);
        cell = shelf->given ? one_row : fmax(one_row, smallest);
    }
    for (int i = 0; i < shelf->count; i++)
        add_note(list, &shelf->panels[i], numbers);
    measure_with(shelf, cell, numbers);
}

/* The narrowest page that needs no more rows than the widest: 9 equal panels stand as 3 x 3, not 4 + 4 + 1. */
static double even_width(const Shelf *shelf)
{
    double width = shelf->widest, most;
    int rows = row_count(shelf, width, &most);
    while (!shelf->given && width > EVEN_STEP && row_count(shelf, width - EVEN_STEP, &most) == rows)
        width -= EVEN_STEP;
    return width;
}

double shelf_draw(DrawList *list, const Spec *spec, Panel *panels, const char *const *between, int count, double x,
                  double y, double *right)
{
    const Theme *theme = spec->theme;
    Shelf shelf = {panels, between, count, spec->across, page_width(spec), spec->across > 0,
                   spec->widest > 0};
    for (int i = 0; i < count; i++) {
        /* Two panels shall fit side by side, whatever is written over them. */
        panels[i].text_most = shelf.narrow ? floor((shelf.widest - GAP) / 2) : 0;
        panels[i].own_bar = spec->color_bar && !panels[i].bar && !panels[i].names;
        shelf.given = shelf.given || panels[i].new_row;
    }
    measure_all(list, &shelf, spec);
    double widest = even_width(&shelf), used;
    for (int first = 0; first < count;) {
        double top, under, at = x;
        int length = row_length(&shelf, first, widest, &used, &top, &under);
        for (int i = first; i < first + length; i++) {
            const char *sign = between ? between[i] : NULL;
            if (i > first)
                at += GAP;
            if (sign) {
                draw_text(list, at, y + top + fmin(under, 400) / 2 + 0.36 * sign_size(sign), ALIGN_LEFT,
                          sign_size(sign), theme->muted, sign);
                at += sign_width(sign);
            }
            panels[i].top = top; /* headings stand in one line too */
            panels[i].height = top + panels[i].cell * panels[i].rows;
            panel_draw(list, theme, &panels[i], at, y);
            at += panels[i].width;
        }
        *right = fmax(*right, at);
        first += length;
        y += top + under + (first < count ? ROW_GAP : 0);
    }
    return y;
}
