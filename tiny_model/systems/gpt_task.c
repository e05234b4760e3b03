/* What a GPT is trained for after its pretraining: the class of a text. Radford et al. 2018. Chapter 32.
 *
 *   h = the stream's last row that is no padding, their mean, or the first row      [1 x d]
 *   logits = h classifier.W + classifier.b                                          [1 x C]
 *   loss = mean over the examples of -log softmax(logits)[class]
 *
 * Preferences: gpt_preference.c. */
#include "gpt_recording.h"

#include "../data/classes.h"
#include "../rules/rule.h"
#include "../tokenizer/tokenizer.h"

#include <string.h>

/* --- what the model file says --- */

static bool several_classes(const Gpt *gpt, int documents, Error *error)
{
    for (int i = 1; i < documents; i++)
        if (gpt->targets_of[i] != gpt->targets_of[0])
            return true;
    return documents == 1 ||
           error_set(error, EXIT_USED_WRONGLY,
                     "model: all %d examples have one class; a classifier needs two to tell apart", documents);
}

static bool prepare_classes(Model *model, Error *error)
{
    Gpt *gpt = model->settings;
    int documents = model->data.example_count;
    Classes classes;
    if (!model->data.examples)
        return error_set(error, EXIT_USED_WRONGLY,
                         "model: \"task\" classify needs \"examples\" or a \"csv\" with classes in \"data\"");
    if (!classes_begin(&classes, model, &gpt->classes, error))
        return false;
    for (int i = 0; i < documents; i++)
        if (!classes_take(&classes, &model->data.examples[i], i, error))
            return false;
    gpt->targets_of = classes.of_row;
    if (!several_classes(gpt, documents, error))
        return false;
    if (!gpt->classes.count && classes.labels[0])
        gpt->classes = (Texts){classes.labels, classes.count};
    gpt->class_count = gpt->classes.count ? gpt->classes.count : classes.count;
    return true;
}

/* How much of each sequence is no padding. */
static bool find_padding(Gpt *gpt, Error *error)
{
    int usual = gpt->vocabulary.count ? tokenizer_find(gpt, "<PAD>") : gpt->labels.count ? -1 : 0;
    gpt->pad_id = gpt->pad ? gpt->pad : usual;
    if (gpt->pad_id >= gpt->vocabulary_count)
        return error_set(error, EXIT_USED_WRONGLY, "model: \"pad\" in \"task\" is %d; the ids go from 0 to %d",
                         gpt->pad, gpt->vocabulary_count - 1);
    for (int i = 0; i < gpt->sequence_count; i++) {
        Sequence *sequence = &gpt->sequences[i];
        while (sequence->real > 0 && sequence->tokens[sequence->real - 1] == gpt->pad_id)
            sequence->real--;
        if (sequence->real < sequence->count && gpt->mask == MASK_NONE && gpt->attention == ATTENTION_FLASH)
            return error_set(error, EXIT_USED_WRONGLY,
                             "model: \"attention\" flash does not hide the padding of example %d, which \"mask\" none "
                             "sees; take \"attention\" plain",
                             i / gpt->each);
        if (sequence->real == 0)
            return error_set(error, EXIT_USED_WRONGLY, "model: example %d is padding only; there is nothing to read",
                             i / gpt->each);
    }
    return true;
}

/* Every target is a matrix that this model has. */
static bool targets_work(const Gpt *gpt, Error *error)
{
    const struct {
        const char *name;
        bool there;
    } matrices[] = {{"W_Q", true}, {"W_K", true}, {"W_V", true}, {"W_O", true},
                    {"W_1", gpt->mlp == MLP_DENSE}, {"W_2", gpt->mlp == MLP_DENSE},
                    {"W_gate", gpt->mlp == MLP_DENSE && gpt->activation == ACTIVATION_SWIGLU},
                    {"head.W", gpt->task != TASK_CLASSIFY && gpt->task != TASK_REWARD && !gpt->tied_head},
                    {"classifier.W", gpt->task == TASK_CLASSIFY}};
    for (int i = 0; i < gpt->targets.count; i++) {
        size_t m = 0;
        while (m < sizeof matrices / sizeof *matrices &&
               !(matrices[m].there && strcmp(matrices[m].name, gpt->targets.list[i]) == 0))
            m++;
        if (m == sizeof matrices / sizeof *matrices)
            return error_set(error, EXIT_USED_WRONGLY,
                             "model: \"targets\" of \"lora\" has \"%.60s\", which is no matrix of this model; take "
                             "of W_Q, W_K, W_V, W_O, W_1, W_2, W_gate, head.W, classifier.W those that it has",
                             gpt->targets.list[i]);
    }
    return true;
}

static bool prepare_lora(Model *model, Error *error)
{
    static const char *const usual[] = {"W_Q", "W_V"};
    Gpt *gpt = model->settings;
    if (gpt->rank == 0 && (gpt->targets.count || gpt->alpha > 0))
        return error_set(error, EXIT_USED_WRONGLY, "model: \"lora\" has no \"rank\"; 8 is usual, 1 the least");
    if (gpt->rank == 0)
        return true;
    gpt->alpha = gpt->alpha > 0 ? gpt->alpha : gpt->rank;
    gpt->targets = gpt->targets.count ? gpt->targets : (Texts){usual, 2};
    return targets_work(gpt, error);
}

/* What is trained: the parts that are named; beside adapters only what is new. */
static void select_trained(Model *model)
{
    static const char *const new_parts[] = {"classifier", "reward"};
    const Gpt *gpt = gpt_of(model);
    model->selective = gpt->train.count || gpt->rank;
    model->trained = gpt->train;
    if (gpt->rank && !gpt->train.count)
        model->trained = (Texts){new_parts, 2};
    for (int i = 0; i < gpt->targets.count && !gpt->train.count; i++)
        if (strcmp(gpt->targets.list[i], "classifier.W") == 0)
            model->trained.count = 0;
}

bool gpt_prepare_task(Model *model, Error *error)
{
    Gpt *gpt = model->settings;
    if (!prepare_lora(model, error))
        return false;
    select_trained(model);
    if (gpt->task != TASK_NEXT && gpt->inside)
        return error_set(error, EXIT_USED_WRONGLY,
                         "model: \"inside\" looks at how the next token is found, which \"task\" does not ask for");
    if (gpt->task != TASK_NEXT && gpt->length)
        return error_set(error, EXIT_USED_WRONGLY,
                         "model: \"task\" learns from whole texts; \"loader\" in \"training\" must be rows");
    return gpt->task == TASK_NEXT ||
           ((gpt->task != TASK_CLASSIFY || prepare_classes(model, error)) && find_padding(gpt, error));
}

/* --- what is recorded --- */

/* 1 where a key is no padding, for a text that is read in both directions; causally nobody looks that far. */
static int keep_leaf(Tape *tape, const Sequence *sequence, short axis)
{
    int count = sequence->count;
    double *keep = tape_room(tape, count, count);
    for (int i = 0; keep && i < count * count; i++)
        keep[i] = i % count < sequence->real;
    return tape_leaf(tape, KIND_INPUT, "keep", (Shape){count, count, axis, axis}, keep);
}

Recording gpt_begin_sequence(Scene *scene, const Gpt *gpt, const Sequence *sequence, int table, bool plain,
                             int *tokens)
{
    Tape *tape = scene->tape;
    *tokens = tokenizer_record(tape, gpt, sequence, table, NULL);
    short axis = tape_value(tape, *tokens)->col_axis;
    Recording to = gpt_recording(scene, gpt, sequence->count, axis, -1, NULL);
    to.plain = plain;
    if (gpt->mask == MASK_NONE && !gpt->window && sequence->real < sequence->count)
        to.keep = keep_leaf(tape, sequence, axis);
    return to;
}

int gpt_record_features(Scene *scene, const Gpt *gpt, const Sequence *sequence, int table, int *tokens)
{
    Recording to = gpt_begin_sequence(scene, gpt, sequence, table, false, tokens);
    return gpt_final_norm(&to, gpt_record_blocks(&to, *tokens));
}

/* Which rows are read. */
static int read_positions(Tape *tape, const Gpt *gpt, const Sequence *sequence, int axis)
{
    int real = gpt->reads_padding ? sequence->count : sequence->real;
    int first = gpt->read == READ_LAST ? real - 1 : 0, count = gpt->read == READ_MEAN ? real : 1;
    return gpt_counting_leaf(tape, "read_positions", first, count, tape_axis_part(tape, axis, count, first), axis);
}

short gpt_class_axis(Tape *tape, const Gpt *gpt)
{
    return tape_axis(tape, (Axis){"class", gpt->class_count, gpt->classes.count ? gpt->classes.list : NULL, false});
}

int gpt_record_read(Tape *tape, const Gpt *gpt, const Sequence *sequence, int stream)
{
    int positions = read_positions(tape, gpt, sequence, tape_value(tape, stream)->row_axis);
    if (gpt->read != READ_MEAN)
        return read_row(tape, "read", stream, positions);
    return mean_of_rows(tape, "read", read_row(tape, "read_rows", stream, positions));
}

/* From the stream of a sequence to one row of logits. */
static int record_classes(Scene *scene, const Gpt *gpt, const Sequence *sequence, int stream)
{
    Tape *tape = scene->tape;
    short classes = gpt_class_axis(tape, gpt), feature = gpt_feature_axis(tape, gpt->d_model);
    int read = gpt_record_read(tape, gpt, sequence, stream);
    Shape matrix = {gpt->d_model, gpt->class_count, feature, classes};
    scene->fresh = true;
    int w = parameter(scene, "classifier.W", matrix, PARAMETER_WEIGHT);
    int b = parameter(scene, "classifier.b", (Shape){1, gpt->class_count, .col_axis = classes}, PARAMETER_BIAS);
    scene->fresh = false;
    const Recording to = {.scene = scene, .tape = tape, .gpt = gpt};
    return gpt_linear(&to, "classifier.logits", "classifier.W", read, w, b);
}

static int class_losses(Scene *scene, const Gpt *gpt, int logits, const int *documents, int count)
{
    Tape *tape = scene->tape;
    short axis = tape_value(tape, logits)->row_axis;
    double *targets = tape_room(tape, 1, count);
    for (int i = 0; targets && i < count; i++)
        targets[i] = gpt->targets_of[documents[i]];
    int target = tape_leaf(tape, KIND_INPUT, "targets",
                           (Shape){1, count, .col_axis = axis, .counts = gpt_class_axis(tape, gpt)}, targets);
    int rows = gpt_counting_leaf(tape, "rows", 0, count, axis, axis);
    return cross_entropy_of(tape, "cross_entropy", "loss.per_example", "classifier.probabilities", logits, target, rows,
                            true);
}

static int classify(Scene *scene, const Gpt *gpt, const int *documents, int count)
{
    Tape *tape = scene->tape;
    int *rows = tape_ints(tape, count, -1), tokens, table = -1;
    if (count > 1 && gpt->vocabulary.count)
        table = tokenizer_table(tape, gpt);
    for (int i = 0; i < count; i++) {
        const Sequence *sequence = &gpt->sequences[documents[i]];
        if (count > 1)
            tape_begin_instance(tape, "sequence", i);
        int stream = gpt_record_features(scene, gpt, sequence, table, &tokens);
        rows[i] = record_classes(scene, gpt, sequence, stream);
        if (count > 1)
            tape_end(tape);
    }
    int logits = rows[0];
    if (count > 1)
        logits = stack_rows(tape, "classifier.logits", rows, count,
                            tape_axis(tape, (Axis){"example", count, NULL, false}));
    return class_losses(scene, gpt, logits, documents, count);
}

int gpt_task_losses(Scene *scene, const Gpt *gpt, const int *documents, int count)
{
    return gpt->task == TASK_CLASSIFY ? classify(scene, gpt, documents, count)
                                      : gpt_record_pairs(scene, gpt, documents, count);
}

int gpt_record_task(Scene *scene, const Gpt *gpt)
{
    Batch batch = scene_batch(scene, gpt->learned.examples, 1);
    int *documents = tape_ints(scene->tape, batch.count, 0);
    for (int i = 0; i < batch.count; i++)
        documents[i] = gpt_document(&gpt->learned, batch_row(batch, i));
    int losses = gpt_task_losses(scene, gpt, documents, batch.count);
    return gpt_loss(scene, gpt, &losses, 1);
}

int gpt_record_class_part(Scene *scene, const Gpt *gpt, int stream, int *losses)
{
    int document = gpt_document(&gpt->learned, 0), logits;
    logits = record_classes(scene, gpt, &gpt->sequences[document], stream);
    *losses = class_losses(scene, gpt, logits, &document, 1);
    return logits;
}
