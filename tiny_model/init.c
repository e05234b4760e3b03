/* Drawing the weights; see init.h.
 *
 *   python_gauss  every weight and bias: gauss(0, std); gamma 1, beta 0
 *   normal        weights only: gauss(0, std); biases 0
 *   decimal       everything: gauss(0, std), gamma 1 + gauss(0, std), rounded to `decimals`,
 *                 drawn again while it is 0 (gamma: 1), so that no number is without effect
 *   zeros         weights and biases 0, gamma 1
 *   induction     the trained weights of the preset induction (trained.c)
 *   splitmix      weights only: std times normal k of the seed, k the weight's place among all weights; word vectors
 *                 (u - 1/2) / columns, u uniform k of the seed, k the cell's place in its matrix */
#include "init.h"

#include "elementary/elementary.h"
#include "trained.h"

#include <math.h>
#include <string.h>

static double decimal_draw(Random *random, const Init *init, double around)
{
    double unit = pow_of(10, init->decimals);
    for (int tries = 0; tries < 1000; tries++) {
        double x = rint((around + random_gauss(random) * init->std) * unit) / unit;
        if (x != 0 && !(around == 1 && x == 1))
            return x;
    }
    return around + 1 / unit; /* std is too small for the decimals */
}

static bool is_weight(ParameterClass class)
{
    return class == PARAMETER_WEIGHT || class == PARAMETER_TURNED || class == PARAMETER_VECTORS ||
           class == PARAMETER_CONTEXTS || class == PARAMETER_ADAPTER || class == PARAMETER_SPREAD;
}

/* One number; `drawn` counts those of init.kind splitmix. */
static double draw(Random *random, const Init *init, ParameterClass class, uint64_t *drawn)
{
    double around = class == PARAMETER_GAMMA ? 1 : 0;
    if (class == PARAMETER_ADAPTER_ZERO)
        return 0;
    switch ((InitKind)init->kind) {
    case INIT_PYTHON_GAUSS:
        if (is_weight(class) || class == PARAMETER_BIAS || class == PARAMETER_ZEROS)
            return random_gauss(random) * init->std;
        return around;
    case INIT_NORMAL: return is_weight(class) ? random_gauss(random) * init->std : around;
    case INIT_DECIMAL: return decimal_draw(random, init, around);
    case INIT_ZEROS:
    case INIT_INDUCTION: return around;
    case INIT_SPLITMIX:
        return is_weight(class) ? splitmix_normal((uint64_t)init->seed, (*drawn)++) * init->std : around;
    }
    return around;
}

double init_draw(Random *random, const Init *init, ParameterClass class)
{
    uint64_t drawn = 0;
    return draw(random, init, class, &drawn);
}

static void begin_with(const Parameter *p, double *cells)
{
    size_t count = (size_t)p->rows * (size_t)p->cols;
    for (size_t k = 0; k < count; k++)
        cells[k] = p->begin;
}

/* As word2vec begins: small, and apart from each other. */
static void draw_vectors(const Parameter *p, const Init *init, double *cells)
{
    uint64_t seed = (uint64_t)init->seed + (p->class == PARAMETER_CONTEXTS);
    size_t count = (size_t)p->rows * (size_t)p->cols;
    for (size_t k = 0; k < count; k++)
        cells[k] = (splitmix_uniform(seed, k) - 0.5) / p->cols;
}

static void draw_one(const Parameter *p, Random *random, const Init *init, uint64_t *drawn, double *cells)
{
    bool turned = init->reseed == RESEED_PER_STAGE && p->class == PARAMETER_TURNED;
    int outer = turned ? p->cols : p->rows, inner = turned ? p->rows : p->cols;
    Init own = *init;
    own.std = p->class == PARAMETER_SPREAD ? p->begin : init->std;
    for (int a = 0; a < outer; a++)
        for (int b = 0; b < inner; b++) {
            int row = turned ? b : a, col = turned ? a : b;
            cells[(size_t)row * (size_t)p->cols + (size_t)col] = draw(random, &own, p->class, drawn);
        }
}

static bool is_adapter(const Parameter *p)
{
    return p->class == PARAMETER_ADAPTER || p->class == PARAMETER_ADAPTER_ZERO;
}

bool init_parameters(const Parameters *parameters, const Init *init, double *values, Error *error)
{
    if (init->kind == INIT_INDUCTION)
        return trained_parameters(parameters, values, error);
    bool staged = init->reseed == RESEED_PER_STAGE;
    uint64_t drawn = 0;
    Random random;
    random_seed(&random, (uint64_t)init->seed);
    for (int i = 0; i < parameters->count; i++) {
        const Parameter *p = &parameters->list[i];
        if (staged && i > 0 && p->stage != p[-1].stage)
            random_seed(&random, (uint64_t)init->seed);
        if (is_adapter(p) || p->begins_as)
            continue;
        if (init->kind == INIT_SPLITMIX && (p->class == PARAMETER_VECTORS || p->class == PARAMETER_CONTEXTS))
            draw_vectors(p, init, values + p->offset);
        else if (p->class == PARAMETER_CONSTANT)
            begin_with(p, values + p->offset);
        else
            draw_one(p, &random, init, &drawn, values + p->offset);
    }
    for (int i = 0; i < parameters->count; i++)
        if (is_adapter(&parameters->list[i]))
            draw_one(&parameters->list[i], &random, init, &drawn, values + parameters->list[i].offset);
    init_copies(parameters, values);
    return true;
}

void init_copies(const Parameters *parameters, double *values)
{
    for (int i = 0; i < parameters->count; i++) {
        const Parameter *p = &parameters->list[i];
        if (p->begins_as)
            memcpy(values + p->offset, values + parameters->list[p->begins_as - 1].offset,
                   (size_t)p->rows * (size_t)p->cols * sizeof *values);
    }
}
