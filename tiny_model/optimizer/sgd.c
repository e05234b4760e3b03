/* Gradient descent: p' = p - lr (g + weight_decay p). Chapter 17. */
#include "../record.h"
#include "optimizer.h"

void sgd_record(const Update *update)
{
    int gradient = decayed_gradient(update);
    decayed_step(update->tape, DERIVED_AT(update->parameter, "next", update->next), update->parameter, gradient, 1,
                 update->optimizer->lr);
}
