/* Parameters of ours in the tensors of GPT-2, minGPT and llama: each number where it belongs. */
#include "tensor_files.h"

#include "tracer/session/foreign.h"

#include <stdio.h>
#include <string.h>

enum { MOST_CELLS = 1024 };

/* A model that somebody else saved, read as ours. */
typedef struct {
    Config config;
    Tensors tensors;
} Foreign;

static void open_foreign(Foreign *foreign, const Config *config, const char *path)
{
    Error error = {0};
    foreign->config = *config;
    EXPECT(tensors_open(&foreign->tensors, path, &error) && foreign_check(config, &foreign->tensors, &error), "%s", error.text);
}

/* Our cell [r,c] is cell first + r * down + c * right of their tensor. */
static void expect_cells(const Foreign *foreign, const char *ours, int rows, int cols, const char *theirs, int first, int down,
                         int right)
{
    double cells[MOST_CELLS];
    Error error = {0};
    ForeignPart part;
    EXPECT(foreign_find(&foreign->config, ours, &part), "%s is not known", ours);
    EXPECT((part.transposed ? part.cols : part.rows) == rows && (part.transposed ? part.rows : part.cols) == cols,
           "%s is %d x %d%s", ours, part.rows, part.cols, part.transposed ? " transposed" : "");
    EXPECT(foreign_read(&foreign->config, &foreign->tensors, ours, cells, &error), "%s", error.text);
    for (int r = 0; r < rows; r++)
        for (int c = 0; c < cols; c++) {
            double expected = formula_cell(theirs, (size_t)(first + r * down + c * right));
            EXPECT(cells[r * cols + c] == expected, "%s[%d,%d] is %.17g, not %.17g", ours, r, c, cells[r * cols + c], expected);
        }
}

static const char *named(char out[80], const char *format, int a, int b)
{
    snprintf(out, 80, format, a, b);
    return out;
}

/* gpt2: x W with W as it is; minGPT: the transpose is stored. d 12, three heads of 4, d_ff 48. */
static void expect_gpt2(const Foreign *of)
{
    bool linear = of->config.family == FAMILY_MINGPT;
    char ours[80], theirs[80];
    expect_cells(of, "token_embedding", 23, 12, "wte.weight", 0, 12, 1);
    expect_cells(of, "position_embedding", 8, 12, "wpe.weight", 0, 12, 1);
    for (int b = 0; b < 2; b++) {
        expect_cells(of, named(ours, "block%d.attention.norm.gamma", b, 0), 1, 12, named(theirs, "h.%d.ln_1.weight", b, 0), 0, 0, 1);
        expect_cells(of, named(ours, "block%d.attention.norm.beta", b, 0), 1, 12, named(theirs, "h.%d.ln_1.bias", b, 0), 0, 0, 1);
        for (int h = 0; h < 3; h++)
            for (int which = 0; which < 3; which++) {
                char pattern[40];
                int first = 12 * which + 4 * h;
                snprintf(pattern, sizeof pattern, "block%%d.attention.head%%d.W_%c", "QKV"[which]);
                expect_cells(of, named(ours, pattern, b, h), 12, 4, named(theirs, "h.%d.attn.c_attn.weight", b, 0),
                             linear ? 12 * first : first, linear ? 1 : 36, linear ? 12 : 1);
                snprintf(pattern, sizeof pattern, "block%%d.attention.head%%d.b_%c", "QKV"[which]);
                expect_cells(of, named(ours, pattern, b, h), 1, 4, named(theirs, "h.%d.attn.c_attn.bias", b, 0), first, 0, 1);
            }
        expect_cells(of, named(ours, "block%d.attention.W_O", b, 0), 12, 12, named(theirs, "h.%d.attn.c_proj.weight", b, 0), 0,
                     linear ? 1 : 12, linear ? 12 : 1);
        expect_cells(of, named(ours, "block%d.attention.b_O", b, 0), 1, 12, named(theirs, "h.%d.attn.c_proj.bias", b, 0), 0, 0, 1);
        expect_cells(of, named(ours, "block%d.mlp.norm.gamma", b, 0), 1, 12, named(theirs, "h.%d.ln_2.weight", b, 0), 0, 0, 1);
        expect_cells(of, named(ours, "block%d.mlp.norm.beta", b, 0), 1, 12, named(theirs, "h.%d.ln_2.bias", b, 0), 0, 0, 1);
        expect_cells(of, named(ours, "block%d.mlp.W_1", b, 0), 12, 48, named(theirs, "h.%d.mlp.c_fc.weight", b, 0), 0,
                     linear ? 1 : 48, linear ? 12 : 1);
        expect_cells(of, named(ours, "block%d.mlp.b_1", b, 0), 1, 48, named(theirs, "h.%d.mlp.c_fc.bias", b, 0), 0, 0, 1);
        expect_cells(of, named(ours, "block%d.mlp.W_2", b, 0), 48, 12, named(theirs, "h.%d.mlp.c_proj.weight", b, 0), 0,
                     linear ? 1 : 12, linear ? 48 : 1);
        expect_cells(of, named(ours, "block%d.mlp.b_2", b, 0), 1, 12, named(theirs, "h.%d.mlp.c_proj.bias", b, 0), 0, 0, 1);
    }
    expect_cells(of, "final_norm.gamma", 1, 12, "ln_f.weight", 0, 0, 1);
    expect_cells(of, "final_norm.beta", 1, 12, "ln_f.bias", 0, 0, 1);
}

static void gpt2(void **state)
{
    (void)state;
    static const char *const paths[] = {NANO ".f32.safetensors", NANO ".buffers.f32.safetensors", NANO ".safetensors.index.json"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        Foreign of;
        open_foreign(&of, &NANO_CONFIG, paths[i]);
        expect_gpt2(&of);
        tensors_close(&of.tensors);
    }
}

static void min_gpt(void **state)
{
    (void)state;
    FormulaTensor list[MOST_TENSORS];
    char folder[PATH_SIZE];
    int count = formula_gpt2(list, 2, 12, 23, 8, true, "transformer.");
    formula_add(list, &count, 23, 12, "lm_head.weight");
    folder_make(folder);
    folder_put_formula(folder, "model.safetensors", list, count);
    Config config = NANO_CONFIG;
    config.family = FAMILY_MINGPT;
    config.tied_head = false;
    Foreign of;
    open_foreign(&of, &config, folder);
    expect_gpt2(&of);
    expect_cells(&of, "head.W", 12, 23, "lm_head.weight", 0, 1, 12);
    Error error = {0};
    EXPECT(!foreign_check(&NANO_CONFIG, &of.tensors, &error), "it is taken for a gpt2");
    expect_error(&error, EXIT_USED_WRONGLY, "\"transformer.h.0.attn.c_attn.weight\" is [36, 12] where [12, 36] belongs; is this an nn.Linear export?");
    tensors_close(&of.tensors);
    folder_remove(folder);
}

/* d 8, four heads of 6, d_ff 10, V 7; groups: two pairs of heads share keys and values. */
static Config llama_config(int groups, bool biases)
{
    return (Config){.family = FAMILY_LLAMA, .n_layers = 2, .d_model = 8, .d_ff = 10, .n_heads = 4, .n_kv_heads = groups, .d_head = 6,
                    .vocabulary = 7, .context = 5, .attention_bias = biases, .mlp_bias = biases};
}

static int llama_tensors(FormulaTensor *list, const Config *config, const char *prefix)
{
    int count = 0, d = config->d_model, f = config->d_ff, q = config->n_heads * config->d_head, k = config->n_kv_heads * config->d_head;
    formula_add(list, &count, config->vocabulary, d, "%sembed_tokens.weight", prefix);
    for (int b = 0; b < config->n_layers; b++) {
        const struct {
            const char *name;
            int out, in;
            bool bias;
        } linear[] = {{"self_attn.q_proj", q, d, config->attention_bias}, {"self_attn.k_proj", k, d, config->attention_bias},
                      {"self_attn.v_proj", k, d, config->attention_bias}, {"self_attn.o_proj", d, q, config->attention_bias},
                      {"mlp.gate_proj", f, d, config->mlp_bias}, {"mlp.up_proj", f, d, config->mlp_bias},
                      {"mlp.down_proj", d, f, config->mlp_bias}};
        for (size_t i = 0; i < sizeof linear / sizeof *linear; i++) {
            formula_add(list, &count, linear[i].out, linear[i].in, "%slayers.%d.%s.weight", prefix, b, linear[i].name);
            if (linear[i].bias)
                formula_add(list, &count, linear[i].out, 0, "%slayers.%d.%s.bias", prefix, b, linear[i].name);
        }
        formula_add(list, &count, d, 0, "%slayers.%d.input_layernorm.weight", prefix, b);
        formula_add(list, &count, d, 0, "%slayers.%d.post_attention_layernorm.weight", prefix, b);
    }
    formula_add(list, &count, d, 0, "%snorm.weight", prefix);
    formula_add(list, &count, config->vocabulary, d, "lm_head.weight");
    return count;
}

static void expect_llama(const Foreign *of, const char *prefix)
{
    const Config *config = &of->config;
    const char *word = config->n_kv_heads < config->n_heads ? "group" : "head";
    const struct {
        const char *ours, *theirs;
        int heads, rows, cols;   /* heads 0: one, and the name has no number of it */
    } linear[] = {
        {"attention.head%d.W_Q", "self_attn.q_proj", config->n_heads, 8, 6}, {"attention.%s%d.W_K", "self_attn.k_proj", config->n_kv_heads, 8, 6},
        {"attention.%s%d.W_V", "self_attn.v_proj", config->n_kv_heads, 8, 6}, {"attention.W_O", "self_attn.o_proj", 0, 24, 8},
        {"mlp.W_gate", "mlp.gate_proj", 0, 8, 10}, {"mlp.W_1", "mlp.up_proj", 0, 8, 10}, {"mlp.W_2", "mlp.down_proj", 0, 10, 8},
    };
    for (int b = 0; b < 2; b++)
        for (size_t i = 0; i < sizeof linear / sizeof *linear; i++)
            for (int h = 0; h < (linear[i].heads ? linear[i].heads : 1); h++) {
                char ours[100], theirs[100], local[60];
                bool grouped = strstr(linear[i].ours, "%s") != NULL;
                if (grouped)
                    snprintf(local, sizeof local, "attention.%s%d.W_%s", word, h, strrchr(linear[i].ours, '_') + 1);
                else if (linear[i].heads)
                    snprintf(local, sizeof local, "attention.head%d.W_Q", h);
                else
                    snprintf(local, sizeof local, "%s", linear[i].ours);
                snprintf(ours, sizeof ours, "block%d.%s", b, local);
                snprintf(theirs, sizeof theirs, "%slayers.%d.%s.weight", prefix, b, linear[i].theirs);
                int first = h * linear[i].cols;
                expect_cells(of, ours, linear[i].rows, linear[i].cols, theirs, first * linear[i].rows, 1, linear[i].rows);
                if (!config->mlp_bias)
                    continue;
                *strrchr(ours, 'W') = 'b';
                snprintf(theirs, sizeof theirs, "%slayers.%d.%s.bias", prefix, b, linear[i].theirs);
                expect_cells(of, ours, 1, linear[i].cols, theirs, first, 0, 1);
            }
}

static void llama(void **state)
{
    (void)state;
    FormulaTensor list[MOST_TENSORS];
    for (int way = 0; way < 4; way++) {
        static const int groups[] = {4, 2, 1, 2};
        const char *prefix = way == 3 ? "" : "model.";
        Config config = llama_config(groups[way], way == 2);
        char folder[PATH_SIZE], name[80];
        folder_make(folder);
        folder_put_formula(folder, "model.safetensors", list, llama_tensors(list, &config, prefix));
        Foreign of;
        ForeignPart part;
        open_foreign(&of, &config, folder);
        expect_llama(&of, prefix);
        snprintf(name, sizeof name, "%sembed_tokens.weight", prefix);
        expect_cells(&of, "token_embedding", 7, 8, name, 0, 8, 1);
        expect_cells(&of, "head.W", 8, 7, "lm_head.weight", 0, 1, 8);
        snprintf(name, sizeof name, "%slayers.1.post_attention_layernorm.weight", prefix);
        expect_cells(&of, "block1.mlp.norm.gamma", 1, 8, name, 0, 0, 1);
        snprintf(name, sizeof name, "%slayers.1.input_layernorm.weight", prefix);
        expect_cells(&of, "block1.attention.norm.gamma", 1, 8, name, 0, 0, 1);
        snprintf(name, sizeof name, "%snorm.weight", prefix);
        expect_cells(&of, "final_norm.gamma", 1, 8, name, 0, 0, 1);
        EXPECT(!foreign_find(&config, way ? "block0.attention.head0.W_K" : "block0.attention.group0.W_K", &part), "both are there");
        tensors_close(&of.tensors);
        folder_remove(folder);
    }
}

static void names_that_are_not(void **state)
{
    (void)state;
    static const char *const names[] = {
        "", "block", "block0", "block2.mlp.W_1", "block0.mlp.W_3", "block0.mlp.W_gate", "block00.mlp.W_1", "block-1.mlp.W_1",
        "block99999999999.mlp.W_1", "block0.attention.head3.W_Q", "block0.attention.group0.W_K", "block0.attention.head0.W_O",
        "block0.mlp.W_1.grad", "xblock0.mlp.W_1", "head.W", "head.b", "wte.weight", "block0.attention.head.W_Q"};
    ForeignPart part;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        EXPECT(!foreign_find(&NANO_CONFIG, names[i], &part), "\"%s\" is known", names[i]);
    EXPECT(foreign_find(&NANO_CONFIG, "block1.attention.head2.W_V", &part) && part.first_col == 32 && part.cols == 4 && part.rows == 12 &&
               !part.transposed && strcmp(part.tensor, "h.1.attn.c_attn.weight") == 0, "%s %d", part.tensor, part.first_col);
}

int test_foreign(void)
{
    TestList list = {0};
    tests_add(&list, gpt2, NULL, "every number of a gpt2");
    tests_add(&list, min_gpt, NULL, "every number of a minGPT");
    tests_add(&list, llama, NULL, "every number of llamas, with groups and biases");
    tests_add(&list, names_that_are_not, NULL, "names that no parameter has");
    return tests_run(&list, "foreign");
}
