/* Drawing the weights; see init.h.
 *
 *   python_gauss  every weight and bias: gauss(0, std); gamma 1, beta 0
 *   normal        weights only: gauss(0, std); biases 0
 *   decimal       everything: gauss(0, std), gamma 1 + gauss(0, std), rounded to `decimals`,
 *                 drawn again while it is 0 (gamma: 1), so that no number is without effect
 *   zeros         weights and biases 0, gamma 1 */
#include "init.h"

#include "random.h"

#include <math.h>

static double decimal_draw(Random *random, const Init *init, double around)
{
    double unit = pow(10, init->decimals);
    for (int tries = 0; tries < 1000; tries++) {
        double x = rint((around + random_gauss(random) * init->std) * unit) / unit;
        if (x != 0 && !(around == 1 && x == 1))
            return x;
    }
    return around + 1 / unit; /* std is too small for the decimals */
}

static double draw(Random *random, const Init *init, ParameterClass class)
{
    double around = class == PARAMETER_GAMMA ? 1 : 0;
    bool drawn = init->kind == INIT_DECIMAL ||
                 (init->kind == INIT_PYTHON_GAUSS && class <= PARAMETER_BIAS) ||
                 (init->kind == INIT_NORMAL && class == PARAMETER_WEIGHT);
    if (!drawn)
        return around;
    return init->kind == INIT_DECIMAL ? decimal_draw(random, init, around) : random_gauss(random) * init->std;
}

void init_parameters(const Parameters *parameters, const Init *init, double *values)
{
    bool staged = init->reseed == RESEED_PER_STAGE;
    Random random;
    random_seed(&random, (uint64_t)init->seed);
    for (int i = 0; i < parameters->count; i++) {
        const Parameter *p = &parameters->list[i];
        if (staged && i > 0 && p->stage != p[-1].stage)
            random_seed(&random, (uint64_t)init->seed);
        double *cells = values + p->offset;
        bool transposed = staged && p->drawn_transposed;
        int outer = transposed ? p->cols : p->rows, inner = transposed ? p->rows : p->cols;
        for (int a = 0; a < outer; a++)
            for (int b = 0; b < inner; b++) {
                int row = transposed ? b : a, col = transposed ? a : b;
                cells[(size_t)row * (size_t)p->cols + (size_t)col] = draw(&random, init, p->class);
            }
    }
}
