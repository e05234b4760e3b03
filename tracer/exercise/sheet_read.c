/* A worksheet read back; see sheet_read.h. */
#include "sheet_read.h"

#include "answer_words.h"
#include "sheet.h"
#include "tiny_model/primitive.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST_LINE = 2000 };

/* Cuts one line out of the text; false at its end. */
static bool next_line(const char **text, char line[LONGEST_LINE])
{
    size_t length = strcspn(*text, "\n");
    if (!**text)
        return false;
    snprintf(line, LONGEST_LINE, "%.*s", length < LONGEST_LINE ? (int)length : LONGEST_LINE - 1, *text);
    line[strcspn(line, "\r")] = '\0';
    *text += length + ((*text)[length] == '\n');
    return true;
}

/* The last `count` words of a line as numbers: labels stand before them. */
static bool last_numbers(char *line, int count, double *out)
{
    for (int i = count - 1; i >= 0; i--) {
        size_t end = strlen(line);
        while (end > 0 && line[end - 1] == ' ')
            line[--end] = '\0';
        char *word = strrchr(line, ' ');
        if (!word || !word_number(word + 1, &out[i]))
            return false;
        *word = '\0';
    }
    return true;
}

/* "# given    NAME   R x C", a head, and R rows. */
static bool read_given(const char *text, const char *name, int rows, int cols, double *out)
{
    char wanted[300], line[LONGEST_LINE];
    snprintf(wanted, sizeof wanted, "# given    %.200s   %d x %d", name, rows, cols);
    while (next_line(&text, line))
        if (strcmp(line, wanted) == 0) {
            bool whole = next_line(&text, line);
            for (int r = 0; whole && r < rows; r++)
                whole = next_line(&text, line) && last_numbers(line, cols, out + (size_t)r * (size_t)cols);
            return whole;
        }
    return false;
}

/* The text that the tokens are made of, "" where the sheet has none; ended before its count of tokens. */
static void read_text(const char *sheet, char *out, size_t size)
{
    static const char head[] = "# text     ";
    const char *at = strstr(sheet, head);
    *out = '\0';
    if (!at)
        return;
    snprintf(out, size, "%.*s", (int)strcspn(at + strlen(head), "\r\n"), at + strlen(head));
    char *end = strstr(out, "   (");
    if (end)
        *end = '\0';
}

static bool set_text(Model *model, const char *sheet, Error *error)
{
    char text[LONGEST_LINE];
    read_text(sheet, text, sizeof text);
    if (!model->data.text || !*text)
        return true;
    char *copy = arena_alloc(&model->arena, strlen(text) + 1);
    if (!copy)
        return error_memory(error);
    model->data.text = strcpy(copy, text);
    return true;
}

/* Tokens and vocabulary are printed as words; all others as matrices. */
static bool take_given(Variant *variant, const GivenLine *line, const char *sheet, Error *error)
{
    int id = tape_find(&variant->run.tape, line->name);
    if (id < 0)
        return error_set(error, EXIT_USED_WRONGLY, "the model has no value \"%.100s\"", line->name);
    const Value *value = tape_value(&variant->run.tape, id);
    if (value->counts == AXIS_LETTER)
        return true;
    double *data = malloc(cells_of(value) * sizeof *data);
    if (!data)
        return error_memory(error);
    if (!read_given(sheet, line->name, value->rows, value->cols, data)) {
        free(data);
        return error_set(error, EXIT_USED_WRONGLY, "the sheet does not print \"%.100s\" [%d x %d] as it was handed out",
                         line->name, value->rows, value->cols);
    }
    variant->givens[variant->given_count++] = (Given){.name = line->name, .rows = value->rows,
                                                      .cols = value->cols, .data = data};
    return true;
}

static bool open_whole(Variant *variant, const char *sheet, Error *error)
{
    const Exercise *exercise = variant->exercise;
    if (exercise->choice)
        return error_set(error, EXIT_USED_WRONGLY, "exercise %s cannot be checked without the secret: the bug is drawn",
                         exercise->id);
    /* Weights that have nothing to do with the sheet's: what it does not print must not matter. */
    if (!variant_model(variant, 4711, error) || !set_text(&variant->model, sheet, error) ||
        !model_finish(&variant->model, error) || !run_init(&variant->run, &variant->model, NULL, error) ||
        !variant_begin(variant, error))
        return false;
    for (int i = 0; i < exercise->given_count; i++)
        if (!take_given(variant, &exercise->givens[i], sheet, error))
            return false;
    return variant_end(variant, error);
}

bool sheet_open(Variant *variant, const Exercise *exercise, Whose whose, const char *text, Error *error)
{
    *variant = (Variant){.exercise = exercise, .whose = whose};
    if (open_whole(variant, text, error))
        return true;
    variant_close(variant);
    return false;
}

bool sheet_suffices(const Variant *variant, char *why, size_t size, Error *error)
{
    Variant read;
    Text sheet = {0};
    Error unread = {0};
    if (variant->exercise->choice)
        return true;
    bool whole = sheet_write(variant, false, &sheet, error);
    if (whole && !sheet_open(&read, variant->exercise, variant->whose, sheet.data, &unread)) {
        snprintf(why, size, "its sheet cannot be read back: %.150s", unread.text);
        whole = error_is_memory(&unread) && error_memory(error);
    } else if (whole) {
        int cell = 0, count = variant->cell_count;
        const double *here = read.truth, *there = variant->truth;
        while (cell < count && units_apart(here[cell], there[cell], variant->cells[cell].decimals) <= 0.01)
            cell++;
        if (cell < count)
            snprintf(why, size, "%.100s[%d,%d] cannot be computed from what the sheet prints: a given value is missing",
                     variant->exercise->asked[variant->cells[cell].line].name, variant->cells[cell].row,
                     variant->cells[cell].col);
        whole = cell == count;
        variant_close(&read);
    }
    text_free(&sheet);
    return whole;
}
