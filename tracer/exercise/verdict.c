/* The verdict; see verdict.h. */
#include "verdict.h"

#include "search.h"
#include "tiny_model/primitive.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *verdict_name(VerdictKind kind)
{
    static const char *const names[] = {"blank",   "correct", "named",     "consistent", "follow-through",
                                        "rounded", "sign",    "invariant", "unknown",    "refused"};
    return names[kind];
}

double verdict_mark(const Verdict *verdict)
{
    bool follows = verdict->kind == VERDICT_FOLLOWS;
    /* Carried over from an earlier sheet the answer is all that could be done; on the sheet itself the
     * root is still wrong, and what only follows from it is no merit of its own. */
    if (verdict->kind == VERDICT_CORRECT || (follows && !verdict->within_sheet))
        return 1;
    return (follows && verdict->half) || verdict->kind == VERDICT_ROUNDED ? 0.5 : 0;
}

/* How many cells are farther apart than `units`. */
static int cells_beyond(const Variant *variant, const double *a, const double *b, double units)
{
    int count = 0;
    for (int i = 0; i < variant->cell_count; i++)
        count += !(units_apart(a[i], b[i], variant->cells[i].decimals) <= units);
    return count;
}

/* One more suspect, if the answer is what this mistake makes. */
static bool suspect(Variant *variant, const Mistake *mistake, const Answer *answer, double *cells, Verdict *verdict,
                    Error *error)
{
    Error unfit = {0};
    if (!variant_record(variant, mistake, cells, &unfit))
        /* A mistake that does not fit this draw is no suspect; only that there is no memory stops the search. */
        return unfit.code != EXIT_INPUT_OUTPUT || error_set(error, unfit.code, "%s", unfit.text);
    if (cells_beyond(variant, answer->cells, cells, LIKE_UNITS) > 0)
        return true;
    int telling = cells_beyond(variant, cells, variant->truth, LIKE_UNITS);
    /* A mistake that changes nothing the sheet asks for cannot be told from the truth. */
    if (telling == 0 || verdict->suspect_count == MOST_SUSPECTS)
        return true;
    verdict->telling_cells = verdict->suspect_count ? verdict->telling_cells : telling;
    verdict->suspects[verdict->suspect_count++] = mistake;
    return true;
}

static bool all_equal(const Exercise *exercise, const Verdict *verdict)
{
    for (int i = 1; i < verdict->suspect_count; i++)
        if (!exercise_equals(exercise, verdict->suspects[0], verdict->suspects[i]))
            return false;
    return true;
}

static bool name_mistake(Variant *variant, const Answer *answer, Verdict *verdict, Error *error)
{
    const Exercise *exercise = variant->exercise;
    double *cells = malloc((size_t)(variant->cell_count + 1) * sizeof *cells);
    bool whole = cells || error_memory(error);
    for (int i = 0; whole && i < exercise->mistake_count; i++)
        whole = suspect(variant, exercise->mistakes[i], answer, cells, verdict, error);
    free(cells);
    if (!whole || verdict->suspect_count == 0)
        return whole;
    /* By fewer than three cells it may be chance, and by two mistakes with the same numbers nobody can say which. */
    bool sure = verdict->telling_cells >= TELLING_CELLS && all_equal(exercise, verdict);
    verdict->kind = sure ? VERDICT_NAMED : VERDICT_CONSISTENT;
    int used = snprintf(verdict->says, sizeof verdict->says, "%s", sure ? "" : "this is consistent with: ");
    for (int i = 0; i < verdict->suspect_count && used < (int)sizeof verdict->says - 1; i++)
        used += snprintf(verdict->says + used, sizeof verdict->says - (size_t)used, "%s%s", i ? "; or: " : "",
                         verdict->suspects[i]->message);
    return true;
}

/* What stays the same when another student makes this mistake with other numbers. */
static void sign_unknown(const Variant *variant, const Answer *answer, Verdict *verdict)
{
    double ratio = 0;
    int larger = 0, turned = 0, wrong = 0;
    for (int i = 0; i < variant->cell_count; i++) {
        double a = answer->cells[i], t = variant->truth[i];
        if (units_apart(a, t, variant->cells[i].decimals) <= RIGHT_UNITS)
            continue;
        wrong++;
        larger += fabs(a) > fabs(t);
        turned += a * t < 0;
        ratio += isfinite(a) && isfinite(t) && t != 0 ? fabs(a / t) : 0;
    }
    double typical = wrong ? ratio / wrong : 0;
    const char *size = typical < 0.7 ? "too small" : typical > 1.4 ? "too large" : "of the right size";
    verdict->kind = VERDICT_UNKNOWN;
    snprintf(verdict->signature, sizeof verdict->signature, "%d of %d cells, %s, %s, signs %s", wrong,
             variant->cell_count, size, 2 * larger > wrong ? "mostly above" : "mostly below",
             turned == 0          ? "right"
             : 2 * turned > wrong ? "turned"
                                  : "mixed");
    int blank = answer->blanks, not_right = wrong - blank, used = 0;
    if (variant->cell_count == 1)
        used = snprintf(verdict->says, sizeof verdict->says,
                        "this number is not right, by none of the mistakes that are known here");
    else if (not_right > 0)
        used = snprintf(verdict->says, sizeof verdict->says,
                        "%d of %d cells %s not right, by none of the mistakes that are known here: "
                        "begin with the first of them",
                        not_right, variant->cell_count, not_right == 1 ? "is" : "are");
    if (blank > 0)
        snprintf(verdict->says + used, sizeof verdict->says - (size_t)used,
                 not_right > 0 ? "; %d %s still blank" : "right so far; %d %s still blank", blank,
                 blank == 1 ? "is" : "are");
}

static bool is_blank(const Variant *variant, const Answer *answer)
{
    return answer->count == 0 || answer->blanks == variant->cell_count;
}

static bool judge_choice(const Variant *variant, const Answer *answer, Verdict *verdict)
{
    int given = (int)answer->cells[0];
    bool right = given == variant->choice;
    verdict->kind = right ? VERDICT_CORRECT : VERDICT_UNKNOWN;
    verdict->wrong_cells = !right;
    snprintf(verdict->says, sizeof verdict->says,
             right ? "right, that is the bug" : "not that one; which is the first value that its inputs do not make?");
    snprintf(verdict->signature, sizeof verdict->signature, "another bug was named");
    return true;
}

static bool say_found(const Search *search, Verdict *verdict, Error *error)
{
    Text words = {0};
    bool sure = search_is_sure(search);
    search_words(search, &words);
    verdict->kind = sure ? VERDICT_NAMED : VERDICT_CONSISTENT;
    verdict->telling_cells = search->telling;
    snprintf(verdict->says, sizeof verdict->says, "%s%s", sure ? "" : "this is consistent with: ",
             words.data ? words.data : "");
    /* Names and formulas, which are the same for everybody who did this. */
    snprintf(verdict->signature, sizeof verdict->signature, "%.119s", words.data ? words.data : "");
    bool whole = !words.failed || error_memory(error);
    text_free(&words);
    return whole;
}

/* Is the answer off by a little, and in all places: in half of the cells at least? */
static bool rounded_early(const Variant *variant, const Answer *answer)
{
    int wrong = cells_beyond(variant, answer->cells, variant->truth, RIGHT_UNITS);
    return cells_beyond(variant, answer->cells, variant->truth, EARLY_UNITS) == 0 && 2 * wrong >= variant->cell_count;
}

/* What single slips cannot make: rounded too early, pairs of slips, right from own numbers, a sign. */
static bool judge_on(Variant *variant, const Answer *answer, Search *search, Verdict *verdict, Error *error)
{
    if (rounded_early(variant, answer)) {
        verdict->kind = VERDICT_ROUNDED;
        snprintf(verdict->says, sizeof verdict->says,
                 "the way is right, but something was rounded too early: keep all digits until the end");
        return true;
    }
    if (verdict->wrong_cells > 1 && variant->effort > 0 && !search_pairs(search, &variant->effort, error))
        return false;
    if (search->found_count)
        return say_found(search, verdict, error);
    if (!follow_within(variant, answer, &search->slice, verdict, error) || verdict->kind != VERDICT_UNKNOWN)
        return error->code == 0;
    if (!sign_find(variant, answer, verdict) && !invariant_broken(variant, answer, verdict))
        sign_unknown(variant, answer, verdict);
    return true;
}

static bool judge_by_search(Variant *variant, const Answer *answer, Verdict *verdict, Error *error)
{
    Search search;
    if (!search_open(&search, variant, answer, error))
        return false;
    /* One cell that is off is a slip of the pen, whatever formula might make it. */
    bool pen = verdict->wrong_cells == 1 && variant->cell_count >= TELLING_CELLS;
    bool whole = pen || variant->effort <= 0 || search_singles(&search, &variant->effort, error);
    if (whole && search.found_count)
        whole = say_found(&search, verdict, error);
    else if (whole)
        whole = judge_on(variant, answer, &search, verdict, error);
    search_close(&search);
    return whole;
}

static bool judge_wrong(Variant *variant, const Answer *answer, const Given *before, Verdict *verdict, Error *error)
{
    if (!name_mistake(variant, answer, verdict, error))
        return false;
    if (verdict->suspect_count || answer->blanks)
        return true;
    if (!follow_before(variant, answer, before, verdict, error) || verdict->kind == VERDICT_FOLLOWS)
        return error->code == 0;
    return judge_by_search(variant, answer, verdict, error);
}

bool verdict_find(Variant *variant, const Answer *answer, const Given *before, Verdict *verdict, Error *error)
{
    *verdict = (Verdict){.kind = VERDICT_UNKNOWN};
    if (is_blank(variant, answer)) {
        verdict->kind = VERDICT_BLANK;
        snprintf(verdict->says, sizeof verdict->says, "nothing is filled in yet");
        return true;
    }
    if (variant->exercise->choice)
        return judge_choice(variant, answer, verdict);
    verdict->wrong_cells = cells_beyond(variant, answer->cells, variant->truth, RIGHT_UNITS);
    if (verdict->wrong_cells == 0) {
        verdict->kind = VERDICT_CORRECT;
        snprintf(verdict->says, sizeof verdict->says, "correct");
        return true;
    }
    if (!judge_wrong(variant, answer, before, verdict, error))
        return false;
    if (verdict->kind == VERDICT_UNKNOWN && !*verdict->says)
        sign_unknown(variant, answer, verdict);
    return true;
}

void verdict_picture(const Variant *variant, const Answer *answer, bool teacher, Text *out)
{
    int line = -1, row = -1;
    char given[NUMBER_SIZE], wanted[NUMBER_SIZE];
    for (int i = 0; i < variant->cell_count && !variant->exercise->choice; i++) {
        const AskedCell *cell = &variant->cells[i];
        bool right = units_apart(answer->cells[i], variant->truth[i], cell->decimals) <= RIGHT_UNITS;
        if (cell->line != line)
            text_add(out, "%s%s", line < 0 ? "" : "\n", variant->exercise->asked[cell->line].name);
        if (cell->line != line || cell->row != row)
            text_add(out, "\n  row %d:", cell->row);
        line = cell->line;
        row = cell->row;
        number_text(given, answer->cells[i], cell->decimals);
        text_add(out, "  %9s %s", isnan(answer->cells[i]) ? "?" : given, right ? " " : "x");
        if (teacher && !right)
            text_add(out, "(%s)", number_text(wanted, variant->truth[i], cell->decimals));
    }
    text_add(out, "\n");
}
