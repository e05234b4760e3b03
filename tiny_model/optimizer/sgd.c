/* Gradient descent: p' = p - lr (g + weight_decay p). Chapter 17. */
#include "../record.h"
#include "optimizer.h"

int sgd_record(const Update *update)
{
    return take_step(update, decayed_gradient(update), 1);
}
