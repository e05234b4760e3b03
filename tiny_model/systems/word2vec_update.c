/* The updates of word2vec between two that are looked at. A training has hundreds of thousands of them, each of which
 * moves a handful of rows; recording takes a matrix of gradients for each.
 *
 * It is the arithmetic of the tape, rule by rule and in the same order of additions; the comments name the rule that
 * each line repeats. tests/unit/test_word2vec.c holds it against recorded updates, bit by bit. */
#include "word2vec.h"

#include "../elementary/elementary.h"
#include "../kernel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* One update. Rows of `gradient` belong to the rows of C that are looked at, in the order of first appearance. */
typedef struct {
    const Word2vec *words;
    size_t d;
    double *input, *output;          /* U, C [V x d] */
    const int *inputs;               /* [input_count] words whose rows of U make the vector */
    int input_count;
    const int *targets;              /* [target_count] rows of C: the word to be found first */
    int target_count;
    double rate;
    double *vector, *scores, *slopes, *sum, *gradient; /* [d], [targets], [targets], [d], [targets x d] */
    int *rows;                       /* [targets] the different ones */
    int row_count;
} Work;

/* matmul: sums run left to right from 0. Four rows side by side, since an addition waits for the last one. */
static void score(const Work *work)
{
    const double *v = work->vector;
    size_t d = work->d;
    int j = 0;
    for (; j + 4 <= work->target_count; j += 4) {
        const double *row[4];
        double sum[4] = {0};
        for (int lane = 0; lane < 4; lane++)
            row[lane] = work->output + (size_t)work->targets[j + lane] * d;
        for (size_t c = 0; c < d; c++)
            for (int lane = 0; lane < 4; lane++)
                sum[lane] += v[c] * row[lane][c];
        for (int lane = 0; lane < 4; lane++)
            work->scores[j + lane] = sum[lane];
    }
    for (; j < work->target_count; j++) {
        const double *row = work->output + (size_t)work->targets[j] * d;
        double sum = 0;
        for (size_t c = 0; c < d; c++)
            sum += v[c] * row[c];
        work->scores[j] = sum;
    }
}

/* gather_rows; for cbow mean_of_rows: column_sum and divide_by. */
static void make_vector(const Work *work)
{
    size_t d = work->d;
    const double *first = work->input + (size_t)work->inputs[0] * d;
    if (work->words->kind == SKIPGRAM) {
        memcpy(work->vector, first, d * sizeof *first);
        return;
    }
    memset(work->vector, 0, d * sizeof *work->vector);
    for (int i = 0; i < work->input_count; i++)
        for (size_t c = 0; c < d; c++)
            work->vector[c] += work->input[(size_t)work->inputs[i] * d + c];
    for (size_t c = 0; c < d; c++)
        work->vector[c] /= work->input_count;
}

/* negative_sampling: the loss, and the slope of each score. */
static double judge_negatives(const Work *work)
{
    double sum = 0;
    for (int j = 0; j < work->target_count; j++) {
        double label = j == 0, s = work->scores[j];
        sum += log_sigmoid_of(s * (label * 2 - 1));
        work->slopes[j] = sigmoid_of(s) - label;
    }
    return sum * -1;
}

/* cross_entropy, where word j of all is target j. */
static double judge_all(const Work *work, int wanted)
{
    double most = work->scores[0], sum = 0;
    for (int j = 1; j < work->target_count; j++)
        most = work->scores[j] > most || work->scores[j] != work->scores[j] ? work->scores[j] : most;
    double target = work->scores[wanted] - most;
    for (int j = 0; j < work->target_count; j++)
        sum += work->slopes[j] = exp_of(work->scores[j] - most);
    for (int j = 0; j < work->target_count; j++)
        work->slopes[j] = 0.0 + (work->slopes[j] / sum - (j == wanted)); /* error, then scatter_rows */
    return log_of(sum) - target;
}

/* The way back of scores: dT = g^T v into rows, one for each word however often it was drawn (scatter_rows), and
 * dv = g T, before any row moves. */
static void gather_gradients(Work *work)
{
    size_t d = work->d;
    memset(work->sum, 0, d * sizeof *work->sum);
    work->row_count = 0;
    for (int j = 0; j < work->target_count; j++) {
        int id = work->targets[j], row = 0;
        const double *of = work->output + (size_t)id * d;
        double g = work->slopes[j];
        for (size_t c = 0; c < d; c++)
            work->sum[c] += g * of[c];
        bool all = work->words->loss == SOFTMAX_OF_ALL;
        for (row = all ? j : 0; !all && row < work->row_count && work->rows[row] != id;)
            row++;
        double *gradient = work->gradient + (size_t)row * d;
        if (row == work->row_count) {
            work->rows[work->row_count++] = id;
            memset(gradient, 0, d * sizeof *gradient);
        }
        for (size_t c = 0; c < d; c++)
            gradient[c] += 0.0 + g * work->vector[c];
    }
}

/* decayed_step: p - lr g. The squares of what is told are added up here. */
static void step_row(double *row, const double *gradient, double rate, size_t d, Updated *updated)
{
    for (size_t c = 0; c < d; c++) {
        double next = 0.0 + 1.0 * row[c] - rate * gradient[c];
        updated->change += (next - row[c]) * (next - row[c]);
        updated->gradient_norm += gradient[c] * gradient[c];
        row[c] = next;
    }
}

/* The rows of U that made the vector: each once, however often its word stood around. */
static void move_inputs(Work *work, Updated *updated)
{
    size_t d = work->d;
    if (work->words->kind == CBOW)
        for (size_t c = 0; c < d; c++)
            work->sum[c] /= work->input_count;
    for (int i = 0; i < work->input_count; i++) {
        int times = 0, before = 0;
        for (int k = 0; k < work->input_count; k++) {
            times += work->inputs[k] == work->inputs[i];
            before += k < i && work->inputs[k] == work->inputs[i];
        }
        if (before)
            continue;
        double *gradient = work->vector; /* needed no more */
        memset(gradient, 0, d * sizeof *gradient);
        for (int t = 0; t < times; t++)
            for (size_t c = 0; c < d; c++)
                gradient[c] += work->sum[c];
        step_row(work->input + (size_t)work->inputs[i] * d, gradient, work->rate, d, updated);
    }
}

static void make_update(Work *work, int wanted, Updated *updated)
{
    make_vector(work);
    score(work);
    updated->loss = work->words->loss == NEGATIVES ? judge_negatives(work) : judge_all(work, wanted);
    gather_gradients(work);
    move_inputs(work, updated);
    for (int r = 0; r < work->row_count; r++)
        step_row(work->output + (size_t)work->rows[r] * work->d, work->gradient + (size_t)r * work->d, work->rate,
                 work->d, updated);
}

/* Word to be found and negatives, or all words. Returns how many. */
static int choose_targets(const Word2vec *words, const Pair *pair, int training_step, int wanted, int *targets)
{
    int count = 0;
    if (words->loss == SOFTMAX_OF_ALL) {
        for (int id = 0; id < words->size; id++)
            targets[count++] = id;
        return count;
    }
    targets[count++] = wanted;
    for (int i = 0; pair->told >= 0 && i < pair->told_count; i++)
        targets[count++] = words->around[pair->told + i];
    for (int i = 0; pair->told < 0 && i < words->negatives; i++) {
        int id = word2vec_drawn(words, word2vec_uniform(words, training_step, 1, 0, i));
        if (id != wanted)
            targets[count++] = id;
    }
    return count;
}

/* Only what this file repeats: one pair, plain gradient descent, nothing clipped, frozen or shuffled. */
static bool is_plain(const Model *model, const Parameters *parameters)
{
    const Optimizer *optimizer = &model->optimizer;
    const Training *training = &model->training;
    return optimizer->kind == OPTIMIZER_SGD && optimizer->weight_decay == 0 && isinf(optimizer->clip_norm) &&
           training->batch <= 1 && training->accumulate <= 1 && training->loader == LOADER_ROWS &&
           isinf(training->shuffle) && training->frozen.count == 0 && parameters->count == 2;
}

bool word2vec_update(const Model *model, const Parameters *parameters, double *values, int training_step,
                     Updated *updated)
{
    const Word2vec *words = model->settings;
    if (!is_plain(model, parameters))
        return false;
    const Pair *pair = &words->pairs[training_step % words->pair_count];
    bool cbow = words->kind == CBOW;
    int most = words->loss == SOFTMAX_OF_ALL ? words->size
                                             : 1 + (pair->told < 0 ? words->negatives : pair->told_count);
    size_t d = (size_t)words->d_model, room = 2 * d + 2 * (size_t)most + (size_t)most * d;
    double *block = malloc(room * sizeof *block + 2 * (size_t)most * sizeof(int));
    if (!block)
        return false;
    int *ids = (int *)(void *)(block + room);
    int wanted = cbow ? pair->center : words->around[pair->first];
    Work work = {.words = words, .d = d,
                 .input = values + parameters->list[0].offset, .output = values + parameters->list[1].offset,
                 .inputs = cbow ? words->around + pair->first : &pair->center, .input_count = cbow ? pair->count : 1,
                 .targets = ids, .rows = ids + most, .rate = learning_rate(model, training_step),
                 .vector = block, .sum = block + d, .scores = block + 2 * d, .slopes = block + 2 * d + most,
                 .gradient = block + 2 * d + 2 * (size_t)most};
    work.target_count = choose_targets(words, pair, training_step, wanted, ids);
    *updated = (Updated){0};
    make_update(&work, wanted, updated);
    updated->gradient_norm = sqrt(updated->gradient_norm);
    updated->change = sqrt(updated->change);
    free(block);
    return true;
}
