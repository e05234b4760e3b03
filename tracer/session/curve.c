/* A curve in bounded room; see curve.h. */
#include "curve.h"

#include <math.h>

static void halve(Curve *curve)
{
    for (int i = 0; i < MOST_POINTS / 2; i++) {
        curve->value[i] = (curve->value[2 * i] + curve->value[2 * i + 1]) / 2;
        curve->step[i] = curve->step[2 * i];
    }
    curve->count = MOST_POINTS / 2;
    curve->stride *= 2;
}

void curve_add(Curve *curve, int step, double value)
{
    curve->stride = curve->stride ? curve->stride : 1;
    if (curve->count == 0 || curve->in_last == curve->stride) {
        if (curve->count == MOST_POINTS)
            halve(curve);
        curve->step[curve->count] = step;
        curve->value[curve->count++] = value;
        curve->in_last = 1;
        return;
    }
    double *last = &curve->value[curve->count - 1];
    *last += (value - *last) / ++curve->in_last;
}

void curve_range(const Curve *curve, double *low, double *high)
{
    for (int i = 0; i < curve->count; i++)
        if (isfinite(curve->value[i])) {
            *low = fmin(*low, curve->value[i]);
            *high = fmax(*high, curve->value[i]);
        }
}
