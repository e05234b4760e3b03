/* The list of figures: a new one is one file and one line here. */
#include "figure.h"

#include "tracer/base/nearest.h"

#include <string.h>

extern const Figure MATRIX_FIGURE, ATTENTION_FIGURE, ARCS_FIGURE, STEP_FIGURE, RULE_FIGURE, PROBABILITIES_FIGURE;
extern const Figure LOSS_FIGURE, GRAPH_FIGURE, FLOW_FIGURE, UPDATE_FIGURE, EMBEDDING_FIGURE, OVER_TRAINING_FIGURE;
extern const Figure PAIRS_FIGURE, MERGE_TREE_FIGURE, COMPRESSION_FIGURE;
extern const Figure LENS_FIGURE, CIRCUIT_FIGURE, PATCHING_FIGURE, CURVES_FIGURE;
extern const Figure DIFF_FIGURE, TOKENS_FIGURE, FLOPS_FIGURE, MEMORY_FIGURE, ROOFLINE_FIGURE;
extern const Figure SCALE_FIGURE, BLAME_FIGURE, PRODUCT_FIGURE, RIVER_FIGURE;
extern const Figure LIFE_FIGURE, SPREAD_FIGURE;
extern const Figure PLANE_FIGURE, ANALOGIES_FIGURE, PULL_FIGURE, SENSES_FIGURE;
extern const Figure DRAWING_FIGURE, READING_FIGURE;
extern const Figure TILES_FIGURE, TRAFFIC_FIGURE, EXPERTS_FIGURE, TREE_FIGURE;
extern const Figure TRAINED_FIGURE, SINGULAR_FIGURE, CONFUSION_FIGURE;
extern const Figure TAUGHT_FIGURE, WALL_FIGURE;
extern const Figure SOLVER_FIGURE, GUIDANCE_FIGURE, VELOCITIES_FIGURE, MODULATION_FIGURE, WORDS_FIGURE, LATENT_FIGURE;

const Figure *const FIGURES[] = {
    &MATRIX_FIGURE, &ATTENTION_FIGURE, &ARCS_FIGURE, &TOKENS_FIGURE, &STEP_FIGURE, &RULE_FIGURE,
    &PROBABILITIES_FIGURE, &LOSS_FIGURE, &GRAPH_FIGURE, &FLOW_FIGURE, &UPDATE_FIGURE, &EMBEDDING_FIGURE,
    &OVER_TRAINING_FIGURE, &DIFF_FIGURE, &FLOPS_FIGURE, &MEMORY_FIGURE, &ROOFLINE_FIGURE, &SCALE_FIGURE,
    &BLAME_FIGURE, &PRODUCT_FIGURE, &RIVER_FIGURE, &SPREAD_FIGURE, &LIFE_FIGURE,
    &PAIRS_FIGURE, &MERGE_TREE_FIGURE, &COMPRESSION_FIGURE,
    &DRAWING_FIGURE, &READING_FIGURE,
    &TILES_FIGURE, &TRAFFIC_FIGURE, &EXPERTS_FIGURE, &TREE_FIGURE,
    &TRAINED_FIGURE, &SINGULAR_FIGURE, &CONFUSION_FIGURE,
    &TAUGHT_FIGURE, &WALL_FIGURE,
    &LENS_FIGURE, &CIRCUIT_FIGURE, &PATCHING_FIGURE, &CURVES_FIGURE,
    &PLANE_FIGURE, &ANALOGIES_FIGURE, &PULL_FIGURE, &SENSES_FIGURE,
    &SOLVER_FIGURE, &GUIDANCE_FIGURE, &VELOCITIES_FIGURE, &MODULATION_FIGURE, &WORDS_FIGURE, &LATENT_FIGURE,
};
const int FIGURE_COUNT = sizeof FIGURES / sizeof *FIGURES;

const Figure *figure_find(const char *name, Error *error)
{
    Nearest nearest = {0};
    char answer[NEAREST_TEXT];
    for (int i = 0; i < FIGURE_COUNT; i++) {
        if (strcmp(FIGURES[i]->name, name) == 0)
            return FIGURES[i];
        nearest_offer(&nearest, name, FIGURES[i]->name);
    }
    error_set(error, EXIT_USED_WRONGLY, "no figure is called \"%.60s\"; %s", name,
              nearest_text(&nearest, answer, "tracer render --list lists them"));
    return NULL;
}

const Theme *theme_find(const char *name, Error *error)
{
    Nearest nearest = {0};
    char answer[NEAREST_TEXT];
    for (int i = 0; i < THEME_COUNT; i++) {
        if (strcmp(THEMES[i].name, name) == 0)
            return &THEMES[i];
        nearest_offer(&nearest, name, THEMES[i].name);
    }
    error_set(error, EXIT_USED_WRONGLY, "no theme is called \"%.60s\"; %s", name,
              nearest_text(&nearest, answer, "use light or dark"));
    return NULL;
}

const ColorSet *color_set_find(const char *name, Error *error)
{
    Nearest nearest = {0};
    char answer[NEAREST_TEXT];
    for (int i = 0; i < COLOR_SET_COUNT; i++) {
        if (strcmp(COLOR_SETS[i].name, name) == 0)
            return &COLOR_SETS[i];
        nearest_offer(&nearest, name, COLOR_SETS[i].name);
    }
    error_set(error, EXIT_USED_WRONGLY, "no colors are called \"%.60s\"; %s", name,
              nearest_text(&nearest, answer, "use blue-orange, viridis, purple-green, teal-brown or grey"));
    return NULL;
}
