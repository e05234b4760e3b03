/* The area under the curve; see auc.h. */
#include "auc.h"

#include "../primitives/splitting.h"

#include <math.h>

double area_under_curve(const double *scores, const double *classes, int count, double *room)
{
    double pairs = 0, negatives = 0, positives = 0;
    ascending_rows(scores, 1, count, room);
    for (int i = 0; i < count;) {
        double score = scores[(int)room[i]], negative_here = 0, positive_here = 0;
        for (; i < count && scores[(int)room[i]] == score; i++) {
            positive_here += classes[(int)room[i]] > 0;
            negative_here += classes[(int)room[i]] <= 0;
        }
        pairs += positive_here * (negatives + negative_here / 2);
        negatives += negative_here;
        positives += positive_here;
    }
    return negatives > 0 && positives > 0 ? pairs / (negatives * positives) : NAN;
}
