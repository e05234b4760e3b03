/* Lint; see lint.h. */
#include "lint.h"

#include "sheet_read.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* An answer may be 1.5 units off its mistake, another mistake reaches 2 units far: beyond 4 the
 * two cannot be taken for each other. */
static const double CLEAR_UNITS = 4.000001;

typedef struct {
    Variant *variant;
    double *cells;       /* [mistake_count][cell_count] */
    char *why;
    size_t size;
} Linting;

static bool no(const Linting *to, const char *format, const char *one, const char *other)
{
    snprintf(to->why, to->size, format, one, other);
    return false;
}

/* CLEAR_UNITS is more than the checker forgives, so that a draw that passes is judged without doubt. */
static int clear_cells(const Linting *to, const double *a, const double *b)
{
    int count = 0;
    for (int i = 0; i < to->variant->cell_count; i++)
        count += !(units_apart(a[i], b[i], to->variant->cells[i].decimals) <= CLEAR_UNITS);
    return count;
}

static const double *cells_with(const Linting *to, int mistake)
{
    return to->cells + (size_t)mistake * (size_t)to->variant->cell_count;
}

/* Where all is 0, every factor and every order is right. */
static bool truth_is_whole(const Linting *to)
{
    int numbers = 0;
    for (int i = 0; i < to->variant->cell_count; i++) {
        if (isnan(to->variant->truth[i]))
            return no(to, "the truth has a cell that is no number%s%s", "", "");
        numbers += to->variant->truth[i] != 0;
    }
    return numbers > 0 || no(to, "the truth is 0 everywhere%s%s", "", "");
}

/* From the truth in enough cells, and from each mistake before it in one, unless the exercise declares them equal. */
static bool stands_clear(const Linting *to, int mistake)
{
    const Exercise *exercise = to->variant->exercise;
    const Mistake *own = exercise->mistakes[mistake];
    int least = exercise_equals(exercise, own, NULL) ? 0 : exercise_few(exercise, own) ? 1 : TELLING_CELLS;
    if (clear_cells(to, cells_with(to, mistake), to->variant->truth) < least)
        return no(to, "%s changes too little%s", own->id, "");
    for (int other = 0; other < mistake; other++)
        if (!exercise_equals(exercise, own, exercise->mistakes[other]) &&
            clear_cells(to, cells_with(to, mistake), cells_with(to, other)) == 0)
            return no(to, "%s looks like %s", own->id, exercise->mistakes[other]->id);
    return true;
}

static bool lint_cells(const Linting *to, Error *error)
{
    const Exercise *exercise = to->variant->exercise;
    if (!truth_is_whole(to))
        return false;
    for (int i = 0; i < exercise->mistake_count; i++) {
        Error unfit = {0};
        if (!variant_record(to->variant, exercise->mistakes[i], (double *)cells_with(to, i), &unfit))
            return unfit.code == EXIT_INPUT_OUTPUT ? error_set(error, unfit.code, "%s", unfit.text)
                                                   : no(to, "%s%s", unfit.text, "");
        if (!stands_clear(to, i))
            return false;
    }
    return true;
}

static bool lint_numbers(Variant *variant, char *why, size_t size, Error *error)
{
    Linting to = {.variant = variant, .why = why, .size = size};
    to.cells = calloc((size_t)variant->exercise->mistake_count * (size_t)variant->cell_count + 1, sizeof *to.cells);
    if (!to.cells)
        return error_memory(error);
    bool fine = lint_cells(&to, error);
    free(to.cells);
    /* The tape has the last mistake on it by now; what follows reads the truth from it. */
    return fine && variant_record(variant, NULL, variant->truth, error);
}

/* "Name the bug": what is shown must tell all of the bugs apart, as if it were asked. */
static bool lint_choice(Variant *variant, char *why, size_t size, Error *error)
{
    Exercise shown = *variant->exercise;
    Variant open;
    shown.choice = false;
    if (!variant_open(&open, &shown, variant->whose, error))
        return false;
    bool fine = lint_numbers(&open, why, size, error);
    variant_close(&open);
    return fine;
}

/* True if the draw may be handed out; why[size] says what is wrong with it. */
static bool lint_variant(Variant *variant, char *why, size_t size, Error *error)
{
    return (variant->exercise->choice ? lint_choice : lint_numbers)(variant, why, size, error);
}

bool lint_open(Variant *variant, const Exercise *exercise, Whose whose, Error *error)
{
    char why[200] = "";
    for (int last = whose.draw + MOST_DRAWS; whose.draw < last; whose.draw++) {
        if (!variant_open(variant, exercise, whose, error))
            return false;
        if (lint_variant(variant, why, sizeof why, error))
            return true;
        variant_close(variant);
        /* Another draw cannot help where it is the exercise that is wrong. */
        if (error->code)
            return false;
    }
    return error_set(error, EXIT_CHECK_SAID_NO, "exercise %s: no draw for \"%.60s\" can be handed out; %s",
                     exercise->id, whose.student, why);
}

bool lint_folder(const Exercise *exercise, char *why, size_t size)
{
    for (int i = 0; i < WRITTEN_HINTS; i++)
        if (!exercise->hints[i] || !*exercise->hints[i]) {
            snprintf(why, size, "hint %d is missing", i + 1);
            return false;
        }
    for (int i = 0; i < exercise->invariant_count; i++)
        if (!invariant_known(exercise->invariants[i].kind)) {
            snprintf(why, size, "no invariant is called \"%s\"", exercise->invariants[i].kind);
            return false;
        }
    for (int i = 0; i < exercise->own_count; i++)
        if (exercise->own[i].edit_count == 0) {
            snprintf(why, size, "the mistake %s has no line edit", exercise->own[i].id);
            return false;
        }
    bool known = exercise->formula && exercise->chapter > 0;
    if (!known)
        snprintf(why, size, "formula or chapter is missing");
    return known;
}

int lint_everybody(const Exercise *exercise, Whose whose, const Roster *roster, Error *error)
{
    int passed_over = 0;
    char why[200];
    if (!lint_folder(exercise, why, sizeof why)) {
        error_set(error, EXIT_CHECK_SAID_NO, "exercise %s: %s", exercise->id, why);
        return -1;
    }
    for (int i = 0; i < roster->count; i++) {
        Variant variant;
        whose.student = roster->list[i].id;
        if (!lint_open(&variant, exercise, whose, error))
            return -1;
        passed_over += variant.whose.draw;
        bool suffices = sheet_suffices(&variant, why, sizeof why, error);
        variant_close(&variant);
        if (!suffices) {
            error_set(error, EXIT_CHECK_SAID_NO, "exercise %s: %s", exercise->id, why);
            return -1;
        }
    }
    return passed_over;
}
