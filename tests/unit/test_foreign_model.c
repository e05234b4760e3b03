/* Models that other people trained, opened and recorded: their logits are those of an independent program, in
 * every format and from shards; a walk part by part has the same bits as the whole tape. */
#include "tensor_files.h"

#include "tracer/session/foreign_model.h"
#include "tracer/session/safetensors.h"
#include "tracer/session/tokenizer_files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char CONFIG[] = "{\"model_type\": \"gpt2\", \"n_layer\": 2, \"n_head\": 3, \"n_embd\": 12, \"n_positions\": 8, "
                             "\"vocab_size\": 23, \"activation_function\": \"gelu_new\", \"layer_norm_epsilon\": 1e-5}";

/* A folder with this config.json. */
static void begin(char folder[PATH_SIZE], const char *config)
{
    folder_make(folder);
    folder_put(folder, "config.json", config, strlen(config));
}

static void expect_logits(const Session *session, const char *name)
{
    NamedMatrices golden;
    Error error = {0};
    EXPECT(named_matrices_read("golden/reference/gpt2-nano/logits.safetensors", &golden, &error), "%s", error.text);
    const NamedMatrix *expected = named_matrix_find(&golden, name);
    const Value *logits = tape_value(&session->run.tape, value_called(session, "logits"));
    EXPECT(expected && expected->rows == logits->rows && expected->cols == logits->cols, "%s has another shape", name);
    for (int i = 0; i < logits->rows * logits->cols; i++)
        EXPECT(is_close(logits->data[i], expected->data[i], 1e-12), "logit %d is %.17g, not %.17g", i, logits->data[i],
               expected->data[i]);
    named_matrices_free(&golden);
}

static void open_nano(Session *session, const char *folder, const char *tokens)
{
    Error error = {0};
    RunOptions options = {.from = folder, .tokens = tokens};
    EXPECT(session_open(session, &options, &error), "%s", error.text);
}

static void formats(void **state)
{
    (void)state;
    static const struct {
        const char *file, *logits;
    } cases[] = {{NANO ".f32.safetensors", "F32.logits"}, {NANO ".bf16.safetensors", "BF16.logits"},
                 {NANO ".buffers.f32.safetensors", "F32.logits"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char folder[PATH_SIZE];
        begin(folder, CONFIG);
        Session session;
        folder_copy(folder, "model.safetensors", cases[i].file);
        open_nano(&session, folder, "3,1,4,1,5");
        expect_logits(&session, cases[i].logits);
        session_close(&session);
        folder_remove(folder);
    }
}

static void shards(void **state)
{
    (void)state;
    char folder[PATH_SIZE];
    begin(folder, CONFIG);
    Session session;
    folder_copy(folder, "model.safetensors.index.json", NANO ".safetensors.index.json");
    folder_copy(folder, "gpt2-nano-00001-of-00002.safetensors", NANO "-00001-of-00002.safetensors");
    folder_copy(folder, "gpt2-nano-00002-of-00002.safetensors", NANO "-00002-of-00002.safetensors");
    open_nano(&session, folder, "3,1,4,1,5");
    expect_logits(&session, "F32.logits");
    session_close(&session);
    folder_remove(folder);
}

static void refused(void **state)
{
    (void)state;
    static const struct {
        const char *tokens, *says;
    } cases[] = {{"3,23", "from 0 to 22"}, {"3", "needs two"}, {"1,2,3,4,5,6,7,8,9", "longer than"}, {"3,x", "\"x\""}, {"3,,4", "\"\""}};
    char folder[PATH_SIZE];
    begin(folder, CONFIG);
    folder_copy(folder, "model.safetensors", NANO ".f32.safetensors");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Session session;
        Error error = {0};
        RunOptions options = {.from = folder, .tokens = cases[i].tokens};
        EXPECT(!session_open(&session, &options, &error), "%s is taken", cases[i].tokens);
        expect_error(&error, EXIT_USED_WRONGLY, cases[i].says);
    }
    Session session;
    Error error = {0};
    EXPECT(!session_open(&session, &(RunOptions){.from = folder, .text = "a b"}, &error), "a text is taken");
    expect_error(&error, EXIT_USED_WRONGLY, "--tokens");
    folder_remove(folder);
}

/* Every value of the part is on the whole tape under the same name, with the same bits. */
static int expect_same_bits(const Session *whole, const Tape *part)
{
    char name[300];
    int compared = 0;
    for (int id = 0; id < part->value_count; id++) {
        tape_name(part, id, name, sizeof name);
        const Value *a = tape_value(part, id), *b = tape_value(&whole->run.tape, value_called(whole, name));
        EXPECT(a->rows == b->rows && a->cols == b->cols, "%s has another shape", name);
        EXPECT(memcmp(a->data, b->data, (size_t)a->rows * (size_t)a->cols * sizeof(double)) == 0, "%s has other bits", name);
        compared++;
    }
    return compared;
}

static void walk_has_the_same_bits(void **state)
{
    (void)state;
    char folder[PATH_SIZE];
    begin(folder, CONFIG);
    Session whole;
    Run walk;
    Error error = {0};
    folder_copy(folder, "model.safetensors", NANO ".f32.safetensors");
    open_nano(&whole, folder, "3,1,4,1,5");
    EXPECT(run_walk(&walk, &whole.model, NULL, foreign_source(whole.foreign), &error), "%s", error.text);
    assert_int_equal(walk.walk.count, 4);
    int compared = 0;
    for (int part = 0; part < 4; part++) {
        EXPECT(run_enter(&walk, part, &error), "%s", error.text);
        compared += expect_same_bits(&whole, &walk.tape);
    }
    EXPECT(run_enter(&walk, 1, &error), "%s", error.text); /* back again */
    compared += expect_same_bits(&whole, &walk.tape);
    EXPECT(compared > 250, "%d values were compared", compared);
    EXPECT(!run_record(&walk, &error), "a walk has no training step");
    expect_error(&error, EXIT_USED_WRONGLY, "part by part");
    run_free(&walk);
    session_close(&whole);
    folder_remove(folder);
}

/* The numbers of another run, by name. */
static bool read_other(void *context, const Parameter *parameter, double *out, Error *error)
{
    Run *other = context;
    for (int p = 0; p < other->parameters.count; p++)
        if (strcmp(other->parameters.list[p].name, parameter->name) == 0) {
            memcpy(out, run_parameter(other, p), (size_t)parameter->rows * (size_t)parameter->cols * sizeof *out);
            return true;
        }
    return error_set(error, EXIT_INPUT_OUTPUT, "%s is not in the whole run", parameter->name);
}

/* What a part makes is looked for in that part, and so are its cells. */
static void expect_in_part(const Model *model, const Tape *tape, int part)
{
    char name[300];
    for (int id = 0; id < tape->value_count; id++) {
        const Value *value = tape_value(tape, id);
        if (value->kind != KIND_ACTIVATION)
            continue;
        tape_name(tape, id, name, sizeof name - 10);
        int found = model->system->parts->part_of(model, name);
        EXPECT(found == part, "%s is looked for in part %d, it is in %d", name, found, part);
        strcat(name, "[0,0]");
        found = model->system->parts->part_of(model, name);
        EXPECT(found == part, "%s is looked for in part %d, it is in %d", name, found, part);
    }
}

/* Any model of ours is walked to the same bits: every position, norm, head and loss. */
static void any_walk_has_the_same_bits(void **state)
{
    Session whole;
    Run walk;
    Error error = {0};
    int compared = 0;
    open_model(&whole, *state, NULL, 0);
    const Model *model = &whole.model;
    if (model->system->parts && model->training.batch <= 1 && model->training.frozen.count == 0) {
        EXPECT(run_walk(&walk, model, NULL, (ParameterSource){read_other, &whole.run}, &error), "%s", error.text);
        for (int part = 0; part < walk.walk.count; part++) {
            EXPECT(run_enter(&walk, part, &error), "%s", error.text);
            compared += expect_same_bits(&whole, &walk.tape);
            expect_in_part(model, &walk.tape, part);
        }
        EXPECT(same_bits(run_loss(&walk), run_loss(&whole.run)), "the loss is %.17g", run_loss(&walk));
        EXPECT(compared > 2 * whole.run.parameters.count, "only %d values were compared", compared);
        run_free(&walk);
    } else if (model->system->parts) {
        EXPECT(!run_walk(&walk, model, NULL, (ParameterSource){read_other, &whole.run}, &error), "it is walked");
        expect_error(&error, EXIT_USED_WRONGLY, model->training.batch > 1 ? "batch" : "frozen");
    }
    session_close(&whole);
}

/* What a walk would leave out is refused. */
static void walk_plants_no_mistake(void **state)
{
    (void)state;
    Session whole;
    Run walk;
    Error error = {0};
    open_model(&whole, "tiny", NULL, 0);
    const ParameterSource source = {read_other, &whole.run};
    EXPECT(!run_walk(&walk, &whole.model, mistake_find("scores.not_scaled"), source, &error), "it is planted");
    expect_error(&error, EXIT_USED_WRONGLY, "a mistake planted takes a whole training step");
    session_close(&whole);
}

/* --- Llama's shape: a reference model of ours, written as they write it --- */

typedef struct {
    NamedMatrix list[64];
    int count;
} Written;

static double *room(size_t cells)
{
    double *data = malloc(cells * sizeof *data);
    EXPECT(data, "out of memory");
    return data;
}

/* `parts` matrices [in x out] of ours, one below the other as their [out x in]. */
static void write_turned(Written *to, const NamedMatrices *own, const char *theirs, const char *pattern, int parts)
{
    char name[200];
    const NamedMatrix *first = NULL;
    double *data = NULL;
    for (int p = 0; p < parts; p++) {
        snprintf(name, sizeof name, pattern, p);
        const NamedMatrix *of = named_matrix_find(own, name);
        EXPECT(of, "%s is missing", name);
        if (!first)
            data = room((size_t)parts * (size_t)of->rows * (size_t)of->cols);
        first = first ? first : of;
        for (int c = 0; c < of->cols; c++)
            for (int r = 0; r < of->rows; r++)
                data[(p * of->cols + c) * of->rows + r] = of->data[r * of->cols + c];
    }
    to->list[to->count++] = (NamedMatrix){strdup(theirs), parts * first->cols, first->rows, data};
}

static void write_as_it_is(Written *to, const NamedMatrices *own, const char *theirs, const char *ours)
{
    const NamedMatrix *of = named_matrix_find(own, ours);
    EXPECT(of, "%s is missing", ours);
    double *data = room((size_t)of->rows * (size_t)of->cols);
    memcpy(data, of->data, (size_t)of->rows * (size_t)of->cols * sizeof *data);
    to->list[to->count++] = (NamedMatrix){strdup(theirs), of->rows, of->cols, data};
}

static void write_llama(Written *to, const NamedMatrices *own)
{
    write_as_it_is(to, own, "model.embed_tokens.weight", "token_embedding");
    write_as_it_is(to, own, "model.layers.0.input_layernorm.weight", "block0.attention.norm.gamma");
    write_turned(to, own, "model.layers.0.self_attn.q_proj.weight", "block0.attention.head%d.W_Q", 4);
    write_turned(to, own, "model.layers.0.self_attn.k_proj.weight", "block0.attention.group%d.W_K", 2);
    write_turned(to, own, "model.layers.0.self_attn.v_proj.weight", "block0.attention.group%d.W_V", 2);
    write_turned(to, own, "model.layers.0.self_attn.o_proj.weight", "block0.attention.W_O", 1);
    write_as_it_is(to, own, "model.layers.0.post_attention_layernorm.weight", "block0.mlp.norm.gamma");
    write_turned(to, own, "model.layers.0.mlp.gate_proj.weight", "block0.mlp.W_gate", 1);
    write_turned(to, own, "model.layers.0.mlp.up_proj.weight", "block0.mlp.W_1", 1);
    write_turned(to, own, "model.layers.0.mlp.down_proj.weight", "block0.mlp.W_2", 1);
    write_as_it_is(to, own, "model.norm.weight", "final_norm.gamma");
    write_turned(to, own, "lm_head.weight", "head.W", 1);
}

static void llama(void **state)
{
    (void)state;
    char config[600];
    NamedMatrices own, expected;
    Written written = {.count = 0};
    Session reference, session;
    Error error = {0};
    open_model(&reference, "golden/reference/m35", NULL, 0);
    const Value *table = tape_value(&reference.run.tape, value_called(&reference, "token_embedding"));
    snprintf(config, sizeof config, "{\"model_type\": \"llama\", \"hidden_size\": 6, \"intermediate_size\": 4, "
             "\"num_hidden_layers\": 1, \"num_attention_heads\": 4, \"num_key_value_heads\": 2, \"head_dim\": 4, \"vocab_size\": %d, "
             "\"max_position_embeddings\": 16, \"rms_norm_eps\": 1e-6, \"rope_theta\": 500000.0, \"hidden_act\": \"silu\", "
             "\"tie_word_embeddings\": false}", table->rows);
    char folder[PATH_SIZE], path[2 * PATH_SIZE];
    begin(folder, config);
    EXPECT(named_matrices_read("golden/reference/m35/weights.safetensors", &own, &error), "%s", error.text);
    write_llama(&written, &own);
    EXPECT(named_matrices_write(folder_path(path, folder, "model.safetensors"), &(NamedMatrices){written.list, written.count}, &error), "%s", error.text);
    char ids[100] = "";
    const Value *tokens = tape_value(&reference.run.tape, value_called(&reference, "tokens"));
    for (int i = 0; i < tokens->cols; i++)
        snprintf(ids + strlen(ids), sizeof ids - strlen(ids), "%s%d", i ? "," : "", (int)tokens->data[i]);
    open_nano(&session, folder, ids);
    EXPECT(named_matrices_read("golden/reference/m35/step1.safetensors", &expected, &error), "%s", error.text);
    const NamedMatrix *logits = named_matrix_find(&expected, "logits");
    const Value *found = tape_value(&session.run.tape, value_called(&session, "logits"));
    EXPECT(logits && logits->rows == found->rows && logits->cols == found->cols, "another shape");
    for (int i = 0; i < found->rows * found->cols; i++)
        EXPECT(is_close(found->data[i], logits->data[i], 1e-12), "logit %d is %.17g, not %.17g", i, found->data[i], logits->data[i]);
    for (int i = 0; i < written.count; i++) {
        free(written.list[i].name);
        free(written.list[i].data);
    }
    named_matrices_free(&own);
    named_matrices_free(&expected);
    session_close(&session);
    session_close(&reference);
    folder_remove(folder);
}

static void add_ramp(Written *to, const char *name, int rows, int cols)
{
    double *data = room((size_t)rows * (size_t)cols);
    for (int i = 0; i < rows * cols; i++)
        data[i] = (i * 7 % 11 - 5) / 20.0;
    to->list[to->count++] = (NamedMatrix){strdup(name), rows, cols, data};
}

/* A gpt2 with the tokenizer's files beside it reads texts; the special ends them. */
static void reads_texts_by_its_merges(void **state)
{
    (void)state;
    enum { V = BYTES + 3 };
    static const struct {
        const char *name;
        int rows, cols;
    } tensors[] = {{"wte.weight", V, 4}, {"wpe.weight", 16, 4}, {"h.0.ln_1.weight", 1, 4}, {"h.0.ln_1.bias", 1, 4},
                   {"h.0.attn.c_attn.weight", 4, 12}, {"h.0.attn.c_attn.bias", 1, 12}, {"h.0.attn.c_proj.weight", 4, 4},
                   {"h.0.attn.c_proj.bias", 1, 4}, {"h.0.ln_2.weight", 1, 4}, {"h.0.ln_2.bias", 1, 4}, {"h.0.mlp.c_fc.weight", 4, 16},
                   {"h.0.mlp.c_fc.bias", 1, 16}, {"h.0.mlp.c_proj.weight", 16, 4}, {"h.0.mlp.c_proj.bias", 1, 4},
                   {"ln_f.weight", 1, 4}, {"ln_f.bias", 1, 4}};
    static const char config[] = "{\"model_type\": \"gpt2\", \"n_layer\": 1, \"n_head\": 2, \"n_embd\": 4, \"n_positions\": 16, \"vocab_size\": 259}";
    static const char *const special[] = {"<|end|>"};
    static const double expected[] = {'a', 257, ' ', 257, 'x'};
    char folder[PATH_SIZE], path[2 * PATH_SIZE];
    Written written = {.count = 0};
    Bpe bpe;
    Session session;
    Error error = {0};
    begin(folder, config);
    for (size_t i = 0; i < sizeof tensors / sizeof *tensors; i++)
        add_ramp(&written, tensors[i].name, tensors[i].rows, tensors[i].cols);
    EXPECT(named_matrices_write(folder_path(path, folder, "model.safetensors"), &(NamedMatrices){written.list, written.count, NULL}, &error), "%s", error.text);
    EXPECT(bpe_train(&bpe, "the the the", 11, PATTERN_GPT2, 2, special, 1, NULL, NULL, &error), "%s", error.text);
    EXPECT(tokenizer_files_write(&bpe, folder, &error), "%s", error.text);
    bpe_free(&bpe);
    EXPECT(session_open(&session, &(RunOptions){.from = folder, .text = "athe thex"}, &error), "%s", error.text);
    const Value *tokens = tape_value(&session.run.tape, value_called(&session, "tokens"));
    EXPECT(tokens->cols == 5 && memcmp(tokens->data, expected, sizeof expected) == 0, "other ids");
    EXPECT(session.model.system->language->ends(&session.model) == V - 1, "its mark of the end is another");
    expect_all_explained(&session.run.tape);
    session_close(&session);
    error = (Error){0};
    EXPECT(!session_open(&session, &(RunOptions){.from = folder, .text = "a<|end|>"}, &error), "a special is read");
    expect_error(&error, EXIT_USED_WRONGLY, "spells the special token");
    for (int i = 0; i < written.count; i++) {
        free(written.list[i].name);
        free(written.list[i].data);
    }
    folder_remove(folder);
}

int test_foreign_model(void)
{
    TestList list = {0};
    tests_add(&list, formats, NULL, "gpt2: every format, with buffers and prefix");
    tests_add(&list, shards, NULL, "gpt2: two shards");
    tests_add(&list, refused, NULL, "ids that do not fit, a text");
    tests_add(&list, walk_has_the_same_bits, NULL, "a walk has the bits of the whole tape");
    tests_add(&list, walk_plants_no_mistake, NULL, "a walk plants no mistake");
    tests_add_models(&list, any_walk_has_the_same_bits, "walked to the same bits");
    tests_add(&list, llama, NULL, "llama: groups, halves, a gated MLP");
    tests_add(&list, reads_texts_by_its_merges, NULL, "gpt2: with its merges it reads texts");
    return tests_run(&list, "foreign_model");
}
