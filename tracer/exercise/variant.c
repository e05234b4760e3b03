/* The numbers of one student; see variant.h. */
#include "variant.h"

#include "extras.h"
#include "tiny_model/primitive.h"
#include "tiny_model/random.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

double units_apart(double a, double b, int decimals)
{
    if (a == b)
        return 0;
    double distance = fabs(a - b);
    if (!(distance < INFINITY))
        return INFINITY;
    /* Whole numbers are right or wrong: 3 for 4 is not "one unit off". */
    return decimals == 0 ? (distance < 0.01 ? 0 : 1000) : distance * pow(10, decimals);
}

/* FNV-1a, the final NUL included, so that "ab" "c" and "a" "bc" are different draws. */
static uint64_t hash_in(uint64_t hash, const char *text)
{
    do
        hash = (hash ^ (unsigned char)*text) * 1099511628211u;
    while (*text++);
    return hash;
}

/* 53 bits: a seed stands in model files as a number, which JSON readers take for a double. */
static const uint64_t SEED_BITS = (1ull << 53) - 1;

/* The same with the key of a secret. */
static uint64_t salted(const Exercise *exercise, Whose whose, const char *purpose)
{
    char text[4 * MOST_WHOSE];
    int length = snprintf(text, sizeof text, "%s\n%.63s\n%.63s\n%.63s\n%d", purpose, whose.course,
                          exercise->follows ? exercise->follows : exercise->id, whose.student, whose.draw);
    return secret_hash(whose.secret->key, text, (size_t)length);
}

unsigned code_of(const Exercise *exercise, Whose whose)
{
    return (unsigned)((whose.secret ? salted(exercise, whose, "code") : seed_of(exercise, whose)) & 0xffffffffu);
}

uint64_t seed_of(const Exercise *exercise, Whose whose)
{
    char draw[16];
    if (whose.secret)
        return salted(exercise, whose, "seed") & SEED_BITS;
    snprintf(draw, sizeof draw, "%d", whose.draw);
    uint64_t hash = hash_in(14695981039346656037u, whose.course);
    /* An exercise that follows another has its numbers, or the student's own ones could not be carried over. */
    hash = hash_in(hash, exercise->follows ? exercise->follows : exercise->id);
    hash = hash_in(hash_in(hash, whose.student), draw);
    return (hash ^ (hash >> 29)) & SEED_BITS;
}

int tape_find(const Tape *tape, const char *name)
{
    size_t length = strlen(name);
    /* From the end: with a planted mistake the last value of a name is the one that the rule goes on with. */
    for (int id = tape->value_count - 1; id >= 0; id--) {
        const Name *of = &tape->values[id].name;
        size_t last = strlen(of->local);
        /* Most are refused by their last word, before the whole name is made. */
        if (of->from < 0 && !of->repeat && (last > length || memcmp(name + length - last, of->local, last) != 0))
            continue;
        char found[512];
        tape_name(tape, id, found, sizeof found);
        if (strcmp(found, name) == 0)
            return id;
    }
    return -1;
}

static bool choose_model(Variant *variant, Random *random, uint64_t seed, Error *error)
{
    const Exercise *exercise = variant->exercise;
    if (!model_copy(&variant->model, &exercise->model, error))
        return false;
    variant->model.init.seed = (double)seed;
    /* Where the data stay, the weights are others. */
    const System *system = variant->model.system;
    return !system->vary || system->vary(&variant->model, random, exercise->words, error);
}

bool variant_model(Variant *variant, uint64_t seed, Error *error)
{
    Random random;
    random_seed(&random, seed + 1);
    return choose_model(variant, &random, seed, error);
}

/* 0.1 to 1.2 in steps of 0.1, of both signs. */
static double drawn_number(Random *random, Drawn how)
{
    double size = (double)(1 + random_bits(random) % 12) / 10;
    return how == DRAWN_POSITIVE || random_bits(random) % 2 ? size : -size;
}

static double printed_number(double number, int decimals)
{
    double unit = pow(10, decimals), rounded = rint(number * unit) / unit;
    /* No -0.00 on a sheet; -inf stays for masked cells. */
    return isfinite(rounded) && rounded != 0 ? rounded : isfinite(rounded) ? 0 : number;
}

static bool take_given(Variant *variant, const GivenLine *line, Random *random, Error *error)
{
    int id = tape_find(&variant->run.tape, line->name);
    if (id < 0)
        return error_set(error, EXIT_USED_WRONGLY, "exercise %s: the model has no value \"%.100s\"",
                         variant->exercise->id, line->name);
    const Value *value = tape_value(&variant->run.tape, id);
    double *data = malloc(cells_of(value) * sizeof *data);
    if (!data)
        return error_memory(error);
    for (size_t i = 0; i < cells_of(value); i++)
        data[i] = line->drawn ? drawn_number(random, line->drawn) : printed_number(value->data[i], line->decimals);
    variant->givens[variant->given_count++] = (Given){.name = line->name, .rows = value->rows, .cols = value->cols,
                                                      .data = data};
    return true;
}

static bool record(Variant *variant, Run *run, Error *error)
{
    run->tape.givens = variant->givens;
    run->tape.given_count = variant->given_count;
    run->training_step = variant->exercise->training_step;
    return run_record_through(run, variant->exercise->phase, error) &&
           extra_record(variant->exercise->extra, run, error);
}

static bool list_cells(Variant *variant, Error *error)
{
    const Exercise *exercise = variant->exercise;
    /* Counted first, then filled in. */
    for (int pass = 0; pass < 2; pass++) {
        variant->cell_count = 0;
        for (int i = 0; i < exercise->asked_count; i++) {
            const AskedLine *line = &exercise->asked[i];
            int id = tape_find(&variant->run.tape, line->name);
            const Value *value = id < 0 ? NULL : tape_value(&variant->run.tape, id);
            if (!value || line->row >= value->rows || line->col >= value->cols)
                return error_set(error, EXIT_USED_WRONGLY, "exercise %s: the model has no \"%.100s\" of that size",
                                 exercise->id, line->name);
            for (int r = 0; r < value->rows; r++)
                for (int c = 0; c < value->cols; c++)
                    if ((line->row < 0 || line->row == r) && (line->col < 0 || line->col == c)) {
                        if (pass)
                            variant->cells[variant->cell_count] = (AskedCell){i, r, c, line->decimals};
                        variant->cell_count++;
                    }
        }
        if (!pass && !(variant->cells = calloc((size_t)variant->cell_count + 1, sizeof *variant->cells)))
            return error_memory(error);
    }
    variant->truth = calloc((size_t)variant->cell_count + 1, sizeof *variant->truth);
    return variant->truth || error_memory(error);
}

static bool read_cells(const Variant *variant, const Tape *tape, double *cells, Error *error)
{
    int line = -1, id = -1;
    for (int i = 0; i < variant->cell_count; i++) {
        const AskedCell *cell = &variant->cells[i];
        /* Cells of a line stand together, and finding a name is what costs. */
        if (cell->line != line) {
            line = cell->line;
            id = tape_find(tape, variant->exercise->asked[line].name);
        }
        const Value *value = id < 0 ? NULL : tape_value(tape, id);
        if (!value || cell->row >= value->rows || cell->col >= value->cols)
            return error_set(error, EXIT_USED_WRONGLY, "with this mistake there is no \"%s\"",
                             variant->exercise->asked[line].name);
        cells[i] = cell_of(value, cell->row, cell->col);
    }
    return true;
}

/* "Name the bug": one cell, the number of the mistake that is planted in what is shown. */
static bool plant(Variant *variant, Random *random, Error *error)
{
    const Exercise *exercise = variant->exercise;
    variant->choice = 1 + (int)(random_bits(random) % (unsigned)exercise->mistake_count);
    variant->run.tape.mistake = exercise->mistakes[variant->choice - 1];
    variant->cells = calloc(1, sizeof *variant->cells);
    variant->truth = calloc(1, sizeof *variant->truth);
    if (!variant->cells || !variant->truth)
        return error_memory(error);
    variant->cell_count = 1;
    variant->truth[0] = variant->choice;
    return record(variant, &variant->run, error);
}

static bool open_whole(Variant *variant, Error *error)
{
    const Exercise *exercise = variant->exercise;
    uint64_t seed = seed_of(exercise, variant->whose);
    Random random;
    /* Another stream than the one that draws the weights. */
    random_seed(&random, seed + 1);
    snprintf(variant->code, sizeof variant->code, "%02d.%08x.%d%s", exercise->number,
             code_of(exercise, variant->whose), variant->whose.draw, variant->whose.secret ? "s" : "");
    if (!choose_model(variant, &random, seed, error) || !model_finish(&variant->model, error) ||
        !run_init(&variant->run, &variant->model, NULL, error) || !variant_begin(variant, error))
        return false;
    for (int i = 0; i < exercise->given_count; i++)
        if (!take_given(variant, &exercise->givens[i], &random, error))
            return false;
    if (exercise->choice)
        return plant(variant, &random, error);
    return variant_end(variant, error);
}

bool variant_begin(Variant *variant, Error *error)
{
    return record(variant, &variant->run, error);
}

bool variant_end(Variant *variant, Error *error)
{
    return record(variant, &variant->run, error) && list_cells(variant, error) &&
           read_cells(variant, &variant->run.tape, variant->truth, error);
}

bool variant_open(Variant *variant, const Exercise *exercise, Whose whose, Error *error)
{
    *variant = (Variant){.exercise = exercise, .whose = whose, .effort = SEARCH_EFFORT};
    if (open_whole(variant, error))
        return true;
    variant_close(variant);
    return false;
}

void variant_close(Variant *variant)
{
    for (int i = 0; i < variant->given_count; i++)
        free((double *)variant->givens[i].data);
    free(variant->cells);
    free(variant->truth);
    run_free(&variant->run);
    model_free(&variant->model);
    *variant = (Variant){0};
}

/* A mistake that is a choice of the model needs a run of its own. */
static bool record_option(Variant *variant, const Mistake *mistake, double *cells, Error *error)
{
    Model model;
    Run run;
    if (!mistake_may_be_in(variant->model.system, mistake, error) || !model_copy(&model, &variant->model, error))
        return false;
    mistake_option(mistake)(&model);
    bool whole = run_init(&run, &model, mistake, error);
    if (whole) {
        whole = record(variant, &run, error) && read_cells(variant, &run.tape, cells, error);
        run_free(&run);
    }
    model_free(&model);
    return whole;
}

bool variant_record(Variant *variant, const Mistake *mistake, double *cells, Error *error)
{
    if (mistake && mistake_option(mistake))
        return record_option(variant, mistake, cells, error);
    variant->run.tape.mistake = mistake;
    bool whole = record(variant, &variant->run, error);
    if (whole && mistake && variant->run.tape.mistake_hits == 0)
        whole = error_set(error, EXIT_USED_WRONGLY, "mistake \"%s\" changes nothing in exercise %s", mistake->id,
                          variant->exercise->id);
    variant->run.tape.mistake = NULL;
    return whole && read_cells(variant, &variant->run.tape, cells, error);
}

bool variant_record_with(Variant *variant, const Given *own, double *cells, Error *error)
{
    int count = variant->given_count, at = 0;
    while (at < count && strcmp(variant->givens[at].name, own->name) != 0)
        at++;
    /* Behind the list there is room for one more: an asked value that was computed instead of given. */
    Given before = variant->givens[at];
    variant->givens[at] = *own;
    variant->given_count = at < count ? count : count + 1;
    bool whole = variant_record(variant, NULL, cells, error);
    variant->given_count = count;
    variant->givens[at] = before;
    return whole;
}
