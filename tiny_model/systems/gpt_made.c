/* Texts that are made: a block of ids said again and again, so that the second time round everything can be known by
 * who looks behind the earlier one of the same token. Chapter 29.
 *
 *   random = Python's random.Random(seed), text after text:
 *   p = randrange(least, most + 1),  ids = 0 ... V - 1 shuffled,  token t = ids[t mod p] */
#include "gpt.h"

#include "../random.h"

#include <string.h>

enum { USUAL_PERIOD = 4 };

static bool periods_work(const Gpt *gpt, Made *made, Error *error)
{
    made->least_period = made->least_period ? made->least_period : USUAL_PERIOD;
    made->most_period = made->most_period ? made->most_period : gpt->vocabulary_count;
    if (made->most_period > gpt->vocabulary_count)
        return error_set(error, EXIT_USED_WRONGLY,
                         "model: \"most_period\" in data is %d, but a block has no token twice and the vocabulary only "
                         "%d of them",
                         made->most_period, gpt->vocabulary_count);
    if (made->least_period > made->most_period)
        return error_set(error, EXIT_USED_WRONGLY, "model: \"least_period\" in data is %d, longer than the longest, %d",
                         made->least_period, made->most_period);
    if (made->count == 0)
        return error_set(error, EXIT_USED_WRONGLY, "model: \"make\" in data needs a \"count\": how many texts");
    if (gpt->length == 0 && gpt->context == 0)
        return error_set(error, EXIT_USED_WRONGLY,
                         "model: \"make\" in data needs a \"context\": how long the texts are");
    return true;
}

static void make_one(Random *random, const Made *made, int *ids, int words, Sequence *out)
{
    int period = made->least_period + (int)random_below(random, (uint32_t)(made->most_period - made->least_period + 1));
    for (int i = 0; i < words; i++)
        ids[i] = i;
    random_shuffle(random, ids, words);
    for (int t = 0; t < out->count; t++)
        out->tokens[t] = ids[t % period];
}

bool gpt_make_sequences(Model *model, Error *error)
{
    Gpt *gpt = model->settings;
    Made *made = &gpt->made;
    if (!periods_work(gpt, made, error))
        return false;
    size_t count = (size_t)made->count, tokens = (size_t)(gpt->length ? gpt->length + 1 : gpt->context);
    gpt->sequence_count = made->count;
    gpt->sequences = arena_alloc(&model->arena, count * sizeof *gpt->sequences);
    int *all = arena_alloc(&model->arena, count * tokens * sizeof *all);
    int *ids = arena_alloc(&model->arena, (size_t)gpt->vocabulary_count * sizeof *ids + 1);
    if (!gpt->sequences || !all || !ids)
        return error_memory(error);
    Random random;
    random_seed(&random, (uint64_t)made->seed);
    for (int i = 0; i < made->count; i++) {
        gpt->sequences[i] = (Sequence){.tokens = all + (size_t)i * tokens, .count = (int)tokens, .pieces = (int)tokens};
        make_one(&random, made, ids, gpt->vocabulary_count, &gpt->sequences[i]);
    }
    return true;
}
