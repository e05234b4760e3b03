/* Tables on paper; see paper_table.h. */
#include "paper_table.h"

#include "pipes.h"

#include <string.h>

enum { MOST_ROWS = 200, GAP = 2, LEAST_COLUMN = 6 };

typedef struct {
    char *cells[MOST_ROWS][MOST_TABLE_COLUMNS];
    int rows, columns;
    int widths[MOST_TABLE_COLUMNS];
    bool right[MOST_TABLE_COLUMNS];
    int gap;                          /* blanks between columns */
} Table;

static void read_rows(Table *table, char *lines)
{
    char *rest = lines;
    for (char *line; (line = strsep(&rest, "\n")) != NULL && table->rows < MOST_ROWS;) {
        char *cells[MOST_TABLE_COLUMNS];
        int count = pipes_split(line, cells);
        if (table->rows == 1 && count && pipes_is_rule(cells[0])) {
            for (int c = 0; c < count; c++)
                table->right[c] = pipes_is_right(cells[c]);
            continue;
        }
        for (int c = 0; c < count; c++)
            table->cells[table->rows][c] = cells[c];
        table->columns = count > table->columns ? count : table->columns;
        table->rows++;
    }
}

static const char *cell(const Table *table, int r, int c)
{
    return table->cells[r][c] ? table->cells[r][c] : "";
}

/* The widest column of words (right: of numbers) gives way until the row, `used` wide, fits. */
static int narrow(Table *table, int used, int width, bool right)
{
    for (; used > width; used--) {
        int widest = -1;
        for (int c = 0; c < table->columns; c++)
            if (table->right[c] == right && table->widths[c] > LEAST_COLUMN &&
                (widest < 0 || table->widths[c] > table->widths[widest]))
                widest = c;
        if (widest < 0)
            break;
        table->widths[widest]--;
    }
    return used;
}

/* What is too wide gets narrower gaps first, then narrower words, and broken numbers last. */
static void fit(Table *table, int width)
{
    int used = 0;
    for (int c = 0; c < table->columns; c++) {
        for (int r = 0; r < table->rows; r++) {
            int needed = styled_width(cell(table, r, c));
            table->widths[c] = needed > table->widths[c] ? needed : table->widths[c];
        }
        used += table->widths[c];
    }
    bool numbers = table->columns > 1 && table->right[1];
    table->gap = numbers && used + (table->columns - 1) * GAP > width ? 1 : GAP;
    used = narrow(table, used + (table->columns - 1) * table->gap, width, false);
    narrow(table, used, width, true);
}

/* One line of a row: what fits of each cell; true if anything is left for the next one. */
static bool write_line(Writer *writer, const Table *table, const char **left, char *styles)
{
    bool more = false;
    int waiting = 0;     /* blanks, written only if something follows */
    for (int c = 0; c < table->columns; c++) {
        size_t taken = wrap_take(left[c], table->widths[c]);
        char piece[600] = "";
        if (taken < sizeof piece)
            memcpy(piece, left[c], taken);
        int blank = table->widths[c] - styled_width(piece);
        if (styled_width(piece)) {
            writer_pad(writer, waiting + (table->right[c] ? blank : 0));
            waiting = 0;
        }
        writer->style = styles[c];
        writer_add(writer, piece, strlen(piece));
        styles[c] = writer->style;
        waiting += table->gap + (table->right[c] && styled_width(piece) ? 0 : blank);
        left[c] += taken;
        left[c] += strspn(left[c], " ");
        more = more || *left[c];
    }
    text_add(writer->out, "\n");
    return more;
}

static void write_rule(Writer *writer, const Table *table, const char *prefix)
{
    text_add(writer->out, "%s", prefix);
    for (int c = 0; c < table->columns; c++)
        for (int i = 0; i < table->widths[c] + (c + 1 < table->columns ? table->gap : 0); i++)
            text_add(writer->out, "─");
    text_add(writer->out, "\n");
}

void paper_table(Writer *writer, char *lines, const char *prefix, int width)
{
    Table table = {0};
    read_rows(&table, lines);
    fit(&table, width - text_width(prefix));
    for (int r = 0; r < table.rows; r++) {
        const char *left[MOST_TABLE_COLUMNS];
        char styles[MOST_TABLE_COLUMNS];
        for (int c = 0; c < table.columns; c++) {
            left[c] = cell(&table, r, c);
            styles[c] = STYLE_NONE;
        }
        do
            text_add(writer->out, "%s", prefix);
        while (write_line(writer, &table, left, styles));
        if (r == 0)
            write_rule(writer, &table, prefix);
    }
    writer->style = STYLE_NONE;
}
