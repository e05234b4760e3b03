/* What is made of a table of numbers and categories: waves, embeddings, products of features, yes or no. */
#ifndef TINY_MODEL_SYSTEMS_TABULAR_H
#define TINY_MODEL_SYSTEMS_TABULAR_H

#include "../data/table.h"

typedef enum { NUMBERS_PLR, NUMBERS_PLAIN } NumbersKind;
typedef enum { STRUCTURE_STACKED, STRUCTURE_PARALLEL } StructureKind;

typedef struct {
    int numbers;                    /* NumbersKind */
    int frequencies, width;         /* k waves of each number, which become so many numbers */
    double sigma;                   /* of the frequencies in the beginning */
    int category_width, categories; /* categories 0: as many as the data have */
    int standardise;
    int cross_layers, cross_rank, cross_experts; /* rank 0: whole matrices; experts 0: one */
    int structure, deep_layers, deep_width;
    int area;                       /* the area under the curve of the rows kept apart is recorded too */
} Tabular;

extern const char *const NUMBERS_KINDS[], *const STRUCTURE_KINDS[];

#define TABULAR_KEY(type_, member_, key_, kind_) \
    .group = "model", .key = #key_, .type = kind_, .place = KEY_OF_SYSTEM, .offset = offsetof(type_, member_.key_)

/* The keys of a Tabular that is a member of the settings `type_`. */
#define TABULAR_KEYS(type_, member_) \
    {TABULAR_KEY(type_, member_, numbers, KEY_CHOICE), .choices = NUMBERS_KINDS, \
     .meaning = "how numbers go in: as waves (periodic, linear, relu), or as they are"}, \
    {TABULAR_KEY(type_, member_, standardise, KEY_FLAG), \
     .meaning = "every feature minus its mean, divided by its deviation, of what is learned from"}, \
    {TABULAR_KEY(type_, member_, frequencies, KEY_INTEGER), .least = 1, .most = MOST_WIDTH, \
     .meaning = "waves of each number; of plr"}, \
    {TABULAR_KEY(type_, member_, sigma, KEY_NUMBER), .least = 0, .most = 1e300, \
     .meaning = "standard deviation of the frequencies in the beginning; of plr"}, \
    {TABULAR_KEY(type_, member_, width, KEY_INTEGER), .least = 1, .most = MOST_WIDTH, \
     .meaning = "numbers that each number becomes; of plr"}, \
    {TABULAR_KEY(type_, member_, category_width, KEY_INTEGER), .least = 1, .most = MOST_WIDTH, \
     .meaning = "numbers that each category becomes"}, \
    {TABULAR_KEY(type_, member_, categories, KEY_INTEGER), .least = 1, .most = MOST_WIDTH, .may_be_absent = true, \
     .meaning = "categories that a column has; absent: those of the data"}, \
    {TABULAR_KEY(type_, member_, cross_layers, KEY_INTEGER), .least = 0, .most = MOST_LAYERS, \
     .meaning = "cross layers, products of features"}, \
    {TABULAR_KEY(type_, member_, cross_rank, KEY_INTEGER), .least = 1, .most = MOST_WIDTH, .may_be_absent = true, \
     .meaning = "their matrices are products of two of this rank; absent: whole matrices"}, \
    {TABULAR_KEY(type_, member_, cross_experts, KEY_INTEGER), .least = 1, .most = MOST_WIDTH, .may_be_absent = true, \
     .meaning = "such products in a layer, mixed by a gate; absent: one, without a gate"}, \
    {TABULAR_KEY(type_, member_, structure, KEY_CHOICE), .choices = STRUCTURE_KINDS, \
     .meaning = "the MLP behind the cross layers, or beside them"}, \
    {TABULAR_KEY(type_, member_, deep_layers, KEY_INTEGER), .least = 0, .most = MOST_LAYERS, \
     .meaning = "layers of the MLP"}, \
    {TABULAR_KEY(type_, member_, deep_width, KEY_INTEGER), .least = 1, .most = MOST_WIDTH, .meaning = "their width"}, \
    {TABULAR_KEY(type_, member_, area, KEY_FLAG), .younger = true, \
     .meaning = "the area under the curve of the rows kept for validation is recorded too, pair by pair"}

#define TABULAR_DEFAULTS \
    {.frequencies = 4, .width = 4, .sigma = 0.5, .category_width = 4, .cross_layers = 2, .deep_layers = 1, \
     .deep_width = 16}

/* Whether the keys fit each other.
 *   errors  naming the key */
bool tabular_works(const Tabular *tabular, Error *error);

/* Whether "area" has somebody of both classes to compare, once the table is read. */
bool tabular_judges(const Tabular *tabular, const Model *model, Error *error);

/* All rows that are kept for validation, in the tape's arena. */
int *tabular_judged(const Scene *scene, int *count);

/* Records the logits [B x 1] of `count` rows of the data, named by the open frame.
 *   beside   [B x m] that goes in beside the features, as it is; or -1 */
int tabular_logits(Scene *scene, const Tabular *tabular, const int *rows, int count, short examples, int beside);

/* Mean and deviation [1 x n] of the rows that are learned from, step by step, for "raw" of the open frame. */
void tabular_spread(const Scene *scene, int raw, int *mean, int *deviation);

/* "probability" and the loss of each row [B x 1], named by the open frame. */
int tabular_losses(Scene *scene, int logits, const int *rows, int count, short examples);

/* Records the area under the curve of these rows in a frame of its own. */
void tabular_area(Scene *scene, int logits, const int *rows, int count, short examples);

/* The probabilities of the two classes, of one row whose `probability` is on the tape [1 x 2]. */
int tabular_both(Tape *tape, int probability);

/* Six customers of a shop, and who came back. */
void tabular_preset_customers(Model *model);

#endif
