/* Gradient descent: p' = p - lr (g + weight_decay p). Chapter 17. */
#include "../record.h"
#include "optimizer.h"

void sgd_record(const Update *update)
{
    take_step(update, decayed_gradient(update), 1);
}
