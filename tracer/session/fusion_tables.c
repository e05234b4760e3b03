/* The rungs without a transformer of their own: cross layers and trees on the table, with or without a row beside it;
 * see fusion.h. */
#include "fusion_parts.h"

#include "tiny_model/data/transactions.h"
#include "tiny_model/systems/nufo.h"
#include "tiny_model/systems/trees.h"

#include <string.h>

enum { TABLE_BATCH = 64 };

/* Examples of the table: x, and with `vectors` the customer's row beside it; in one list for trees, where the
 * categories are numbers. */
static bool table_examples(const Comparison *of, Model *model, bool vectors, bool one_list)
{
    int count = of->sizes->learned + of->sizes->tested, d = vectors ? of->sizes->d_model : 0;
    if (!customers_make(model, FUSION_SEED, 0, count, of->error))
        return false;
    Example *examples = (Example *)model->data.examples;
    for (int i = 0; i < count; i++) {
        Field *fields = (Field *)examples[i].fields;
        double *vector = of->vectors + (size_t)i * (size_t)of->sizes->d_model;
        fields[3] = (Field){"vector", NULL, vector, d};
        examples[i].count = vectors ? 4 : 3;
        if (!one_list)
            continue;
        double *x = arena_alloc(&model->arena, (size_t)(CUSTOMER_FEATURES + 1 + d) * sizeof *x);
        if (!x)
            return error_memory(of->error);
        memcpy(x, fields[0].numbers, CUSTOMER_FEATURES * sizeof *x);
        x[CUSTOMER_FEATURES] = fields[1].numbers[0];
        if (d)
            memcpy(x + CUSTOMER_FEATURES + 1, vector, (size_t)d * sizeof *x);
        fields[0] = (Field){"x", NULL, x, CUSTOMER_FEATURES + 1 + d};
        examples[i].count = 3;
    }
    return true;
}

bool fusion_compare_table(Comparison *of, Rung rung, bool vectors)
{
    Session session = {0};
    const Preset *preset = preset_find("spending");
    Model spending = {0};
    bool whole = preset_open(&spending, preset, of->error) && model_defaults(&session.model, &TABULAR, of->error);
    if (whole) {
        *(Tabular *)session.model.settings = nufo_of(&spending)->tabular;
        session.model.init.std = 0.1;
        session.model.optimizer.lr = 0.005;
        fusion_set_training(of, &session.model.training, of->sizes->table, TABLE_BATCH, true);
        whole = table_examples(of, &session.model, vectors, false) && fusion_begin(of, &session) &&
                fusion_fit(of, &session) && fusion_test_run(of, &session, rung);
    }
    fusion_end(&session);
    model_free(&spending);
    return whole;
}

bool fusion_compare_trees(Comparison *of, Rung rung, bool vectors)
{
    Model model;
    Forest *forest = NULL;
    bool whole = model_defaults(&model, &TREES, of->error);
    if (whole) {
        Trees *trees = model.settings;
        trees->depth = 3;
        trees->learning_rate = 0.1;
        trees->rounds = of->sizes->rounds;
        model.training.validation = fusion_test_share(of->sizes);
        whole = table_examples(of, &model, vectors, true) && model_finish(&model, of->error) &&
                (forest = forest_begin(&model, of->error)) != NULL;
    }
    for (int round = 0; whole && round < of->sizes->rounds; round++)
        forest_round(forest);
    if (whole) {
        memcpy(of->scores, forest_margins(forest) + of->sizes->learned, (size_t)of->sizes->tested * sizeof(double));
        fusion_note_area(of, rung);
    }
    if (forest)
        forest_free(forest);
    model_free(&model);
    return whole;
}
