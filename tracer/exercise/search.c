/* Searching for the slips that make an answer; see search.h. */
#include "search.h"

#include "tiny_model/primitive.h"
#include "verdict.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Of two slips only one that a student might think of, beside any other. */
enum { RANK_IN_PAIRS = 3 };
/* Bits that must remain of the telling cells when those of all tries are taken off: of a single slip, of a pair. */
static const double LIKELY_BITS = 3, SURE_BITS = 10;

/* What a slip does alone. */
typedef struct Effect {
    bool works;       /* fits, and changes what is asked */
    bool silent;      /* left out without a trace, as the largest is in softmax */
    unsigned bad;     /* asked lines that are not the answer's */
    unsigned reach;   /* asked lines that it can change */
    uint64_t digest;  /* of the asked cells */
    int first, last;  /* steps */
} Effect;

static double made_cell(const Search *search, int i)
{
    const AskedCell *cell = &search->variant->cells[i];
    return cell_of(&search->slice.tape.values[search->slice.asked[cell->line]], cell->row, cell->col);
}

/* Written so that nan is not alike. */
static bool is_alike(const Search *search, int i, double number)
{
    double answer = search->answer->cells[i];
    return answer == number || fabs(answer - number) <= search->allowed[i];
}

static unsigned bad_lines(const Search *search)
{
    unsigned bad = 0;
    for (int i = 0; i < search->variant->cell_count; i++) {
        int line = search->variant->cells[i].line;
        if (!(bad >> line & 1) && !is_alike(search, i, made_cell(search, i)))
            bad |= 1u << line;
    }
    return bad;
}

static uint64_t digest(const Search *search)
{
    uint64_t hash = 14695981039346656037u;
    for (int i = 0; i < search->variant->cell_count; i++) {
        double cell = made_cell(search, i), scaled = isfinite(cell) ? rint(cell * 1e8) : cell;
        uint64_t bits;
        memcpy(&bits, &scaled, sizeof bits);
        hash = (hash ^ bits) * 1099511628211u;
        hash ^= hash >> 29;
    }
    return hash;
}

/* A line in which every answer is the same number was not computed. */
static bool is_constant(const Search *search)
{
    const Variant *variant = search->variant;
    for (int line = 0; line < variant->exercise->asked_count; line++) {
        int count = 0, same = 0;
        double first = 0;
        for (int i = 0; i < variant->cell_count; i++)
            if (variant->cells[i].line == line) {
                first = count++ ? first : search->answer->cells[i];
                same += search->answer->cells[i] == first;
            }
        if ((search->wrong >> line & 1) && count >= TELLING_CELLS && same == count)
            return true;
    }
    return false;
}

bool search_open(Search *search, Variant *variant, const Answer *answer, Error *error)
{
    *search = (Search){.variant = variant, .answer = answer};
    size_t count = (size_t)variant->cell_count + 1;
    double *cells = malloc(count * sizeof *cells);
    search->allowed = malloc(count * sizeof *search->allowed);
    bool whole = (cells && search->allowed) || error_memory(error);
    whole = whole && variant_record(variant, NULL, cells, error) && slice_open(&search->slice, variant, error) &&
            slips_list(&search->slips, &search->slice, variant, error);
    free(cells);
    if (whole) {
        search->effects = calloc((size_t)search->slips.count + 1, sizeof *search->effects);
        whole = search->effects || error_memory(error);
    }
    if (!whole) {
        search_close(search);
        return false;
    }
    for (int i = 0; i < variant->cell_count; i++) {
        int decimals = variant->cells[i].decimals;
        search->allowed[i] = decimals ? LIKE_UNITS * pow(10, -decimals) : 0.01;
    }
    search->wrong = bad_lines(search);
    return true;
}

void search_close(Search *search)
{
    for (int i = 0; i < search->found_count; i++)
        free(search->found[i].cells);
    free(search->allowed);
    free(search->effects);
    slips_free(&search->slips);
    slice_close(&search->slice);
    *search = (Search){0};
}

/* The changes of one slip, or of two: a twist of what the other makes in the same step goes behind it. */
static int changes_of(Search *search, const Slip *slips, int count, Instead *changes)
{
    int scratch = slice_scratch(&search->slice), behind = scratch + MOST_INSTEAD * CHANGE_OPS;
    if (count == 2 && slips[0].step == slips[1].step && slip_is_inside(&slips[0]))
        return slip_both(&search->slice, &slips[0], &slips[1], scratch, &changes[0]);
    int made = slip_changes(&search->slice, &slips[0], scratch, changes);
    if (made == 0 || count == 1)
        return made;
    if (slips[0].step == slips[1].step)
        return slip_then(&search->slice, &slips[1], behind, &changes[0]) ? made : 0;
    int more = slip_changes(&search->slice, &slips[1], behind, changes + made);
    return more ? made + more : 0;
}

static bool runs(Search *search, const Slip *slips, int count)
{
    Instead changes[2 * MOST_INSTEAD];
    int made = changes_of(search, slips, count, changes);
    search->tried += made > 0;
    return made > 0 && slice_run(&search->slice, changes, made);
}

/* Only other names for what is found already: the same numbers. */
static bool is_renamed(const Search *search, const double *cells)
{
    for (int f = 0; f < search->found_count; f++) {
        bool equal = true;
        for (int i = 0; i < search->variant->cell_count && equal; i++)
            equal = cells[i] == search->found[f].cells[i] ||
                    fabs(cells[i] - search->found[f].cells[i]) <= 1e-9 * (1 + fabs(cells[i]));
        if (equal)
            return true;
    }
    return false;
}

/* How many cells tell this from the truth, by more than the answer may be off. */
static int telling(const Search *search, const double *cells)
{
    int count = 0;
    for (int i = 0; i < search->variant->cell_count; i++) {
        double truth = search->variant->truth[i];
        count += cells[i] != truth && !(fabs(cells[i] - truth) <= search->allowed[i]);
    }
    return count;
}

static bool keep(Search *search, const Slip *slips, int count, Error *error)
{
    size_t size = (size_t)search->variant->cell_count + 1;
    double *cells = malloc(size * sizeof *cells);
    if (!cells)
        return error_memory(error);
    for (int i = 0; i < search->variant->cell_count; i++)
        cells[i] = made_cell(search, i);
    int tells = telling(search, cells);
    if (tells == 0 || search->found_count == MOST_FOUND || is_renamed(search, cells)) {
        free(cells);
        return true;
    }
    Found *found = &search->found[search->found_count++];
    *found = (Found){.count = count, .cells = cells};
    memcpy(found->slips, slips, (size_t)count * sizeof *slips);
    search->telling = search->found_count == 1 ? tells : search->telling;
    return true;
}

/* The information in a telling cell: how much finer the answer is than the numbers of its line are spread. Of equal
 * numbers all but the first tell little, and so does an infinity: only where it stands. */
static double bits_of(const Search *search, const double *cells, int cell)
{
    const Variant *variant = search->variant;
    double largest = 0;
    for (int i = 0; i < variant->cell_count; i++) {
        if (variant->cells[i].line != variant->cells[cell].line)
            continue;
        if (i < cell && (cells[i] == cells[cell] || fabs(cells[cell] - cells[i]) <= search->allowed[cell]))
            return 1;
        largest = isfinite(cells[i]) && fabs(cells[i]) > largest ? fabs(cells[i]) : largest;
    }
    return isfinite(cells[cell]) && largest > 2 * search->allowed[cell] ? log2(largest / search->allowed[cell]) : 1;
}

/* What follows from another wrong line by itself is no evidence of its own, unless a slip was made in between. */
static bool is_evidence(const Search *search, const Found *found, int line)
{
    const Slice *slice = &search->slice;
    for (int root = 0; root < search->variant->exercise->asked_count; root++) {
        int value = slice->asked[root], behind = 0;
        if (value == slice->asked[line] || !(search->wrong >> root & 1) || !(slice->reach[value] >> line & 1))
            continue;
        for (int i = 0; i < found->count; i++)
            behind += found->slips[i].step > slice->tape.values[value].producer;
        if (behind == 0)
            return false;
    }
    return true;
}

static double evidence(const Search *search, const Found *found)
{
    double bits = 0;
    for (int i = 0; i < search->variant->cell_count; i++) {
        double truth = search->variant->truth[i], cell = found->cells[i];
        bool tells = cell != truth && !(fabs(cell - truth) <= search->allowed[i]);
        if (tells && (found->count == 1 || is_evidence(search, found, search->variant->cells[i].line)))
            bits += bits_of(search, found->cells, i);
    }
    return bits;
}

/* Is the first find more than what so many tries meet by chance? */
static bool is_more_than_chance(const Search *search)
{
    const Found *found = &search->found[0];
    double spare = found->count == 1 ? LIKELY_BITS : SURE_BITS;
    return evidence(search, found) >= log2(search->tried + 1) + spare;
}

/* What chance may have met is not told at all. */
static void drop_chance(Search *search)
{
    if (search->found_count == 0 || is_more_than_chance(search))
        return;
    for (int i = 0; i < search->found_count; i++)
        free(search->found[i].cells);
    search->found_count = 0;
}

static Effect effect_of(Search *search, const Slip *slip, uint64_t truth)
{
    Effect effect = {.first = slip->step, .last = slip->step};
    Instead changes[MOST_INSTEAD];
    int count = slip_changes(&search->slice, slip, slice_scratch(&search->slice), changes);
    /* What is meant for several steps and fits only one is that one. */
    if (count < (slip->alike ? 2 : 1))
        return effect;
    for (int i = 0; i < count; i++) {
        effect.reach |= search->slice.reach[search->slice.tape.steps[changes[i].step].output];
        effect.first = changes[i].step < effect.first ? changes[i].step : effect.first;
        effect.last = changes[i].step > effect.last ? changes[i].step : effect.last;
    }
    if (effect.reach == 0 || !slice_run(&search->slice, changes, count))
        return effect;
    search->tried++;
    effect.bad = bad_lines(search);
    effect.digest = digest(search);
    effect.works = effect.digest != truth;
    effect.silent = !effect.works && slip->kind == SLIP_SKIP && !slip->alike;
    return effect;
}

bool search_singles(Search *search, double *effort, Error *error)
{
    double before = search->slice.work;
    slice_run(&search->slice, NULL, 0);
    uint64_t truth = digest(search);
    if (is_constant(search))
        return true;
    for (int i = 0; i < search->slips.count && search->slice.work - before < *effort; i++) {
        search->effects[i] = effect_of(search, &search->slips.slips[i], truth);
        const Effect *effect = &search->effects[i];
        if (effect->works && effect->bad == 0 && !keep(search, &search->slips.slips[i], 1, error))
            return false;
    }
    drop_chance(search);
    *effort -= search->slice.work - before;
    return true;
}

static bool seen_before(const Search *search, const int *kept, int count, uint64_t digest)
{
    for (int i = 0; i < count; i++)
        if (search->effects[kept[i]].digest == digest)
            return true;
    return false;
}

/* Slips for pairs: of those that do the same alone the first. */
static int list_for_pairs(const Search *search, int *kept)
{
    int count = 0;
    for (int i = 0; i < search->slips.count; i++)
        if (search->effects[i].silent)
            kept[count++] = i;
        else if (search->effects[i].works && search->slips.slips[i].rank <= RANK_IN_PAIRS &&
            !seen_before(search, kept, count, search->effects[i].digest))
            kept[count++] = i;
    return count;
}

/* Each must be able to repair what the other leaves; in one step only as a twist behind something else. */
static bool may_be_both(const Search *search, int i, int j)
{
    const Effect *a = &search->effects[i], *b = &search->effects[j];
    const Slip *one = &search->slips.slips[i], *other = &search->slips.slips[j];
    if ((a->bad & ~b->reach) || (b->bad & ~a->reach))
        return false;
    if (one->step == other->step)
        return !one->alike && !other->alike &&
               (slip_is_inside(one) || slip_is_inside(other) || one->kind == SLIP_AFTER || other->kind == SLIP_AFTER);
    return !(one->alike && other->alike && a->first == b->first);
}

static bool try_pair(Search *search, int i, int j, Error *error)
{
    /* What is changed inside of a step comes first, what is put behind it second. */
    const Slip *one = &search->slips.slips[i], *other = &search->slips.slips[j];
    bool turned = slip_is_inside(other) ? !slip_is_inside(one) : one->kind == SLIP_AFTER && other->kind != SLIP_AFTER;
    Slip slips[2] = {search->slips.slips[turned ? j : i], search->slips.slips[turned ? i : j]};
    if (!runs(search, slips, 2) || bad_lines(search) != 0)
        return true;
    return keep(search, slips, 2, error);
}

bool search_pairs(Search *search, double *effort, Error *error)
{
    double before = search->slice.work;
    int *kept = malloc(((size_t)search->slips.count + 1) * sizeof *kept);
    if (!kept)
        return error_memory(error);
    int count = is_constant(search) ? 0 : list_for_pairs(search, kept);
    bool whole = true;
    /* The likeliest first: by the less likely one of the two. */
    for (int j = 1; j < count && whole && search->slice.work - before < *effort && search->found_count == 0; j++)
        for (int i = 0; i < j && whole; i++)
            if (may_be_both(search, kept[i], kept[j]))
                whole = try_pair(search, kept[i], kept[j], error);
    drop_chance(search);
    *effort -= search->slice.work - before;
    free(kept);
    return whole;
}

bool search_is_sure(const Search *search)
{
    return search->found_count == 1 && search->telling >= TELLING_CELLS;
}

void search_words(const Search *search, Text *out)
{
    for (int f = 0; f < search->found_count; f++) {
        text_add(out, "%s", f ? "; or: " : "");
        const Found *found = &search->found[f];
        for (int i = 0; i < found->count; i++) {
            text_add(out, "%s", found->count == 1 ? "" : i ? "; and " : "two things: ");
            slip_words(&search->slips, &found->slips[i], out);
        }
    }
}
