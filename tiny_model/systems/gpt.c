/* The system gpt: tokens in, the surprise at the next tokens out; how it goes on with a text, and how a model
 * that is too big for one tape is walked. The stream itself: gpt_stream.c, gpt_block.c. Chapters 2 to 11.
 *
 *   loss = mean or sum over the targets that count of -log softmax(logits)[t][target t] */
#include "gpt_recording.h"

#include "../rules/rule.h"
#include "../tokenizer/bpe_text.h"
#include "../tokenizer/tokenizer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What the sequences of a batch share beside parameters; -1: each has its own. */
typedef struct {
    int vocabulary, waves;
} Shared;

/* The loss of each target that counts. */
static int surprise(Tape *tape, const Gpt *gpt, int logits, int targets)
{
    const Value *of = tape_value(tape, targets);
    int positions = gpt_counting_leaf(tape, "target_positions", gpt->loss_from, of->cols, of->col_axis,
                                  tape_value(tape, logits)->row_axis);
    return cross_entropy(tape, "cross_entropy", "loss.per_token", logits, targets, positions, gpt->loss_from == 0);
}

int gpt_loss(Scene *scene, const Gpt *gpt, const int *losses, int count)
{
    bool priced = gpt_is_priced(scene, gpt);
    int loss = (gpt->loss == LOSS_MEAN ? mean : total)(scene->tape, priced ? "loss.prediction" : "loss", losses, count);
    return priced ? gpt_with_prices(scene, gpt, loss) : loss;
}

/* Whether target t of a sequence counts. */
static bool counts(const Gpt *gpt, const Sequence *sequence, int t)
{
    if (!sequence->mask || gpt->prompt_counts)
        return true;
    return gpt->prompt_late ? t > 0 && sequence->mask[t - 1] != 0 : sequence->mask[t] != 0;
}

static int targets_that_count(const Gpt *gpt, const Sequence *sequence)
{
    int count = 0;
    for (int t = 0; t < sequence->count - 1; t++)
        count += counts(gpt, sequence, t);
    return count;
}

/* Those that the mask of the sequence lets count; the others are looked at all the same. */
static int counting(Tape *tape, const Gpt *gpt, const Sequence *sequence, int losses)
{
    Value of = *tape_value(tape, losses);
    double *mask = tape_room(tape, of.rows, 1);
    for (int t = 0; mask && t < of.rows; t++)
        mask[t] = counts(gpt, sequence, gpt->loss_from + t);
    int leaf = tape_leaf(tape, KIND_INPUT, "loss.mask", (Shape){of.rows, 1, .row_axis = of.row_axis}, mask);
    return counted(tape, "loss.counted", losses, leaf);
}

/* The losses of the targets that count. */
static int only_counted(Tape *tape, const Sequence *sequence, int losses)
{
    short axis = tape_value(tape, losses)->row_axis;
    double *rows = tape_room(tape, 1, sequence->masked);
    for (int t = 0, count = 0; rows && t < sequence->count - 1; t++)
        if (sequence->mask[t])
            rows[count++] = t;
    int leaf = tape_leaf(tape, KIND_INPUT, "counted_positions", (Shape){1, sequence->masked, .counts = axis}, rows);
    return read_row(tape, "loss.only_counted", losses, leaf);
}

/* With masks the mean is that of the targets that count. */
static int masked_loss(Scene *scene, const Gpt *gpt, const int *losses, int count, int targets)
{
    if (gpt->loss == LOSS_SUM)
        return gpt_loss(scene, gpt, losses, count);
    bool priced = gpt_is_priced(scene, gpt);
    int sum = total(scene->tape, "loss.sum", losses, count);
    int loss = scaled(scene->tape, priced ? "loss.prediction" : "loss", sum, targets);
    return priced ? gpt_with_prices(scene, gpt, loss) : loss;
}

/* The losses of one sequence, one for each target that counts; named under their frame. */
static int record_losses(Scene *scene, const Gpt *gpt, const Sequence *sequence, Shared shared)
{
    Tape *tape = scene->tape;
    int first_call = tape->call_count;
    int targets, tokens = tokenizer_record(tape, gpt, sequence, shared.vocabulary, &targets);
    int logits = gpt_record_logits(scene, gpt, tokens, shared.waves);
    int losses = surprise(tape, gpt, logits, targets);
    const Inside *inside = gpt->inside && scene->inside ? inside_record(tape, logits, first_call) : NULL;
    if (inside && !*scene->inside)
        *scene->inside = inside;
    return losses;
}

static int held_out(const Model *model)
{
    return gpt_of(model)->held.examples;
}

static int held_out_losses(Scene *scene, int i)
{
    if (gpt_of(scene->model)->task != TASK_NEXT) {
        int document = gpt_document(&gpt_of(scene->model)->held, i);
        return gpt_task_losses(scene, gpt_of(scene->model), &document, 1);
    }
    Sequence example = gpt_example(gpt_of(scene->model), true, i);
    int losses = record_losses(scene, gpt_of(scene->model), &example, (Shared){-1, -1});
    return example.mask ? only_counted(scene->tape, &example, losses) : losses;
}

static bool has_masks(const Gpt *gpt)
{
    for (int i = 0; i < gpt->sequence_count; i++)
        if (gpt->sequences[i].mask)
            return true;
    return false;
}

static int forward(Scene *scene)
{
    Tape *tape = scene->tape;
    const Gpt *gpt = gpt_of(scene->model);
    if (gpt->task != TASK_NEXT)
        return gpt_record_task(scene, gpt);
    Batch batch = scene_batch(scene, gpt->learned.examples, 1);
    int *losses = tape_ints(tape, batch.count, -1), targets = 0;
    bool masks = has_masks(gpt);
    Shared shared = {-1, -1};
    if (batch.count > 1 && gpt->vocabulary.count)
        shared.vocabulary = tokenizer_table(tape, gpt);
    if (batch.count > 1 && gpt->position == POSITION_SINUSOIDAL)
        shared.waves = gpt_waves(tape, gpt);
    for (int i = 0; i < batch.count; i++) {
        if (batch.count > 1)
            tape_begin_instance(tape, "sequence", i);
        Sequence example = gpt_example(gpt, false, batch_row(batch, i));
        losses[i] = record_losses(scene, gpt, &example, shared);
        if (masks)
            losses[i] = counting(tape, gpt, &example, losses[i]);
        targets += masks ? targets_that_count(gpt, &example) : 0;
        if (batch.count > 1)
            tape_end(tape);
    }
    if (masks)
        return masked_loss(scene, gpt, losses, batch.count, targets);
    return gpt_loss(scene, gpt, losses, batch.count);
}

/* --- part by part: the embedding, each block, the head with the loss --- */

static int part_count(const Model *model)
{
    return gpt_of(model)->n_layers + 2;
}

static int part_of(const Model *model, const char *name)
{
    static const char *const first[] = {"text",
                                        "vocabulary",
                                        "starts",
                                        "merges",
                                        "tokenizer",
                                        "tokens",
                                        "token_embedding",
                                        "position_embedding",
                                        "positions",
                                        "embedding",
                                        "embedding_scaled",
                                        "norm_embedding",
                                        NULL};
    size_t length = strcspn(name, ".[");
    if (strncmp(name, "block", 5) == 0)
        return atoi(name + 5) < gpt_of(model)->n_layers ? atoi(name + 5) + 1 : -1;
    for (int i = 0; first[i]; i++)
        if (strlen(first[i]) == length && strncmp(first[i], name, length) == 0)
            return 0;
    return part_count(model) - 1;
}

static int targets_leaf(Tape *tape, const Gpt *gpt, const Sequence *sequence, int axis)
{
    int first = gpt->loss_from, count = sequence->count - 1 - first;
    return gpt_ids_leaf(tape, gpt, "targets", sequence->tokens + 1 + first, count,
                        tape_axis_part(tape, axis, count, first));
}

static int record_part(Scene *scene, int part, int stream, int *loss)
{
    Tape *tape = scene->tape;
    const Gpt *gpt = gpt_of(scene->model);
    const Sequence example = gpt_example(gpt, false, 0), *sequence = &example;
    int last = part_count(scene->model) - 1, targets;
    if (part == 0) {
        int tokens = tokenizer_record(tape, gpt, sequence, -1, gpt->task == TASK_NEXT ? &targets : NULL);
        Recording to =
            gpt_recording(scene, gpt, sequence_reads(sequence), tape_value(tape, tokens)->col_axis, -1, NULL);
        return gpt_record_embedding(&to, tokens);
    }
    Recording to =
        gpt_recording(scene, gpt, sequence_reads(sequence),
                      gpt_token_axis(tape, gpt, sequence->tokens, sequence_reads(sequence)), -1, NULL);
    tape->values[stream].row_axis = to.token_axis;
    tape->values[stream].col_axis = to.feature;
    if (part < last)
        return gpt_record_block(&to, part - 1, stream);
    if (gpt->task == TASK_CLASSIFY) {
        int logits = gpt_record_class_part(scene, gpt, gpt_final_norm(&to, stream), loss);
        *loss = gpt_loss(scene, gpt, loss, 1);
        return logits;
    }
    if (gpt->tied_head)
        to.token_embedding =
            gpt_weight(&to, "token_embedding", gpt->vocabulary_count, to.vocabulary, gpt->d_model, to.feature, false);
    int logits = gpt_record_head(&to, stream);
    int losses = surprise(tape, gpt, logits, targets_leaf(tape, gpt, sequence, to.token_axis));
    *loss = gpt_loss(scene, gpt, &losses, 1);
    return logits;
}

static const Walkable PARTS = {.count = part_count, .part_of = part_of, .record = record_part};

static bool leaves_out(const Model *model, const char *name)
{
    int task = gpt_of(model)->task;
    return (task == TASK_CLASSIFY || task == TASK_REWARD) && name_is_under(name, "head");
}

static const Texts *named_parts(const Model *model)
{
    return &gpt_of(model)->train;
}

static bool speaks(const Model *model)
{
    int task = gpt_of(model)->task;
    return task == TASK_NEXT || task == TASK_PREFERENCE;
}

/* --- going on with a text --- */

static bool prompt(const Model *model, const char *text, Arena *arena, int **ids, int *count, Error *error)
{
    const Gpt *gpt = gpt_of(model);
    if (!speaks(model))
        return error_set(error, EXIT_USED_WRONGLY,
                         "this model says what a text is worth, it does not go on with one; take one without \"task\"");
    Sequence split = {.tokens = gpt->sequences[0].tokens, .count = 1}; /* how the model's own text begins */
    if (text && !tokenizer_split(gpt, text, arena, &split, error))
        return false;
    *ids = split.tokens;
    *count = split.count;
    return true;
}

static int context_of(const Model *model)
{
    return gpt_of(model)->context;
}

static int begins(const Model *model)
{
    return gpt_of(model)->add_bos ? tokenizer_find(gpt_of(model), gpt_of(model)->bos) : -1;
}

static int ends(const Model *model)
{
    return tokenizer_find(gpt_of(model), gpt_of(model)->eos);
}

static const char *token(const Model *model, int id)
{
    const Texts *labels = &gpt_of(model)->labels;
    return id < labels->count ? labels->list[id] : NULL;
}

static const char *bytes_of(const Model *model, int id, int *length)
{
    const Bpe *bpe = gpt_of(model)->bpe;
    const char *text = token(model, id);
    if (bpe && id < bpe->piece_count) {
        *length = bpe->pieces[id].length;
        return (const char *)bpe->pieces[id].bytes;
    }
    *length = text ? (int)strlen(text) : 0;
    return text;
}

static bool words(const Model *model)
{
    return gpt_of(model)->tokenizer == TOKENIZER_WORDS;
}

static int vocabulary_size(const Model *model)
{
    return gpt_of(model)->vocabulary_count;
}

static bool part(const Model *model, bool held, int i, Ids *ids, int *bytes)
{
    const Gpt *gpt = gpt_of(model);
    const Stretches *stretches = held ? &gpt->held : &gpt->learned;
    if (i >= stretches->count)
        return false;
    const Stretch *stretch = &stretches->list[i];
    const Sequence *of = &gpt->sequences[stretch->sequence * gpt->each];
    *ids = (Ids){of->tokens + stretch->first, stretch->count};
    *bytes = of->starts ? of->starts[stretch->first + stretch->count] - of->starts[stretch->first]
                        : of->text ? of->length : 0;
    return true;
}

static const Language LANGUAGE = {
    .speaks = speaks,
    .prompt = prompt,
    .logits = gpt_read,
    .next = gpt_read_next,
    .keeps = gpt_keeps,
    .products = gpt_products,
    .context = context_of,
    .token = token,
    .bytes = bytes_of,
    .begins = begins,
    .ends = ends,
    .words = words,
    .size = vocabulary_size,
    .part = part,
};

/* Another text of `size` tokens of the vocabulary, one of them twice and not side by side. */
static bool vary(Model *model, Random *random, int size, Error *error)
{
    const Texts *vocabulary = &gpt_of(model)->vocabulary;
    enum { MOST_WORDS = 12 };
    int chosen[MOST_WORDS], length = 1;
    if (gpt_of(model)->bpe && size > 2 && size <= MOST_WORDS)
        return bpe_text_vary(model, random, size, error);
    if (size <= 2 || size > MOST_WORDS || vocabulary->count == 0)
        return true;
    for (int i = 0; i < size; i++)
        chosen[i] = (int)(random_bits(random) % (unsigned)vocabulary->count);
    int first = (int)(random_bits(random) % (unsigned)(size - 2));
    chosen[first + 2] = chosen[first];
    for (int i = 0; i < size; i++)
        length += (int)strlen(vocabulary->list[chosen[i]]) + 1;
    char *text = arena_alloc(&model->arena, (size_t)length);
    if (!text)
        return error_memory(error);
    *text = '\0';
    for (int i = 0; i < size; i++) {
        strcat(text, i ? " " : "");
        strcat(text, vocabulary->list[chosen[i]]);
    }
    model->data.text = text;
    return true;
}

static const FieldKey FIELDS[] = {
    {"text", FIELD_TEXT, "a document"},
    {"tokens", FIELD_NUMBERS, "the ids of one, in place of a text"},
    {"prompt_length", FIELD_INTEGER, "how many of its tokens are read, not learned"},
    {"mask", FIELD_NUMBERS, "1 for each target that counts, else 0; the tokens behind the first are targets"},
    {"class", FIELD_INTEGER, "of task classify: the class, from 0"},
    {"label", FIELD_TEXT, "or the class by its name"},
    {"prompt", FIELD_TEXT_OR_IDS, "what is read and not learned, as a text or ids"},
    {"response", FIELD_TEXT_OR_IDS, "what is learned behind it"},
    {"chosen", FIELD_TEXT_OR_IDS, "of preferences: the better answer to the prompt"},
    {"rejected", FIELD_TEXT_OR_IDS, "and the worse one"},
    {NULL, FIELD_TEXT, NULL},
};

const System GPT = {
    .name = "gpt",
    .good_for = "the next token of a text",
    .size = sizeof(Gpt),
    .keys = GPT_KEYS,
    .numbers_later = true,
    .flat = true,
    .fields = FIELDS,
    .defaults = gpt_defaults,
    .finish = gpt_finish,
    .read_texts = gpt_read_texts,
    .forward = forward,
    .held_out = held_out,
    .held_out_losses = held_out_losses,
    .vary = vary,
    .quantities = gpt_quantities,
    .sizes = gpt_sizes,
    .language = &LANGUAGE,
    .classifier = &GPT_CLASSIFIER,
    .leaves_out = leaves_out,
    .named_parts = named_parts,
    .parts = &PARTS,
    .mistakes = GPT_MISTAKES,
    .mistake_count = GPT_MISTAKE_COUNT,
};
