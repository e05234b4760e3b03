/* config.json and vocab.json of other programs, and sizes without them. */
#include "tensor_files.h"

#include "tracer/session/vocabulary.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define GPT2_KEYS "\"n_layer\":2,\"n_embd\":12,\"vocab_size\":23,\"n_positions\":8,\"n_ctx\":8"
#define GPT2 "{\"model_type\":\"gpt2\"," GPT2_KEYS ",\"n_head\":3"
#define LLAMA "{\"model_type\":\"llama\",\"architectures\":[\"LlamaForCausalLM\"],\"hidden_size\":8,\"intermediate_size\":10," \
    "\"num_hidden_layers\":2,\"num_attention_heads\":4,\"vocab_size\":7,\"max_position_embeddings\":5"

static bool read_text(const char *text, Config *config, Error *error)
{
    char path[PATH_SIZE];
    temporary_file(path, text, strlen(text));
    bool whole = config_read(path, config, error);
    unlink(path);
    return whole;
}

static Config good(const char *text)
{
    Config config;
    Error error = {0};
    EXPECT(read_text(text, &config, &error), "%s", error.text);
    return config;
}

static void of_gpt2(void **state)
{
    (void)state;
    Config c = good(GPT2 "}"), nano = NANO_CONFIG;
    EXPECT(c.family == nano.family && c.n_layers == nano.n_layers && c.d_model == nano.d_model && c.d_ff == nano.d_ff &&
           c.n_heads == nano.n_heads && c.n_kv_heads == nano.n_kv_heads && c.d_head == nano.d_head && c.vocabulary == nano.vocabulary &&
           c.context == nano.context && strcmp(c.activation, nano.activation) == 0 && c.norm_eps == nano.norm_eps && c.tied_head &&
           c.attention_bias && c.mlp_bias && c.rope_theta == 0, "not the nano model");
    c = good("{\"architectures\":[\"GPT2LMHeadModel\"]," GPT2_KEYS ",\"n_head\":3,\"n_inner\":7,\"activation_function\":\"gelu\","
             "\"layer_norm_epsilon\":0.001,\"tie_word_embeddings\":false,\"resid_pdrop\":0.1}");
    EXPECT(c.d_ff == 7 && strcmp(c.activation, "gelu_erf") == 0 && c.norm_eps == 0.001 && !c.tied_head, "keys are not read");
    c = good(GPT2 ",\"n_inner\":null,\"activation_function\":\"relu\",\"scale_attn_weights\":true}");
    EXPECT(c.d_ff == 48 && strcmp(c.activation, "relu") == 0, "d_ff is %d", c.d_ff);
}

static void of_llama(void **state)
{
    (void)state;
    Config c = good(LLAMA "}");
    EXPECT(c.family == FAMILY_LLAMA && c.n_layers == 2 && c.d_model == 8 && c.d_ff == 10 && c.n_heads == 4 && c.n_kv_heads == 4 &&
           c.d_head == 2 && c.vocabulary == 7 && c.context == 5 && strcmp(c.activation, "silu") == 0 && c.norm_eps == 1e-6 &&
           c.rope_theta == 10000 && !c.tied_head && !c.attention_bias && !c.mlp_bias, "not the defaults");
    c = good(LLAMA ",\"num_key_value_heads\":2,\"head_dim\":6,\"rms_norm_eps\":1e-05,\"rope_theta\":500000,\"tie_word_embeddings\":true,"
             "\"attention_bias\":true,\"mlp_bias\":true,\"rope_scaling\":null,\"hidden_act\":\"gelu_pytorch_tanh\"}");
    EXPECT(c.n_kv_heads == 2 && c.d_head == 6 && c.norm_eps == 1e-5 && c.rope_theta == 500000 && c.tied_head && c.attention_bias &&
           c.mlp_bias && strcmp(c.activation, "gelu_tanh") == 0, "keys are not read");
    c = good(LLAMA ",\"rope_parameters\":{\"rope_type\":\"default\",\"rope_theta\":1000.5}}");
    EXPECT(c.rope_theta == 1000.5, "rope_theta is %g", c.rope_theta);
}

static void hostile_configs(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"", "no JSON"}, {"[]", "no JSON object"}, {"3", "no JSON object"}, {"{", "no JSON: line 1"}, {"{}", "has no \"model_type\""},
        {"{\"model_type\":3}", "has no \"model_type\""}, {"{\"model_type\":\"mamba\"}", "\"mamba\" is no model that is read"},
        {"{\"model_type\":\"\\u001b[2J\"}", "\"\\x1b[2J\""},
        {"{\"model_type\":\"gpt2\",\"architectures\":[\"GPT2ForSequenceClassification\"]}", "\"GPT2ForSequenceClassification\""},
        {"{\"model_type\":\"gpt2\",\"architectures\":[\"LlamaModel\"]}", "\"LlamaModel\" with this \"model_type\""},
        {"{\"model_type\":\"gpt2\"}", "has no \"n_layer\", which a gpt2 needs"},
        {"{\"model_type\":\"gpt2\"," GPT2_KEYS "}", "has no \"n_head\""},
        {"{\"model_type\":\"gpt2\"," GPT2_KEYS ",\"n_head\":5}", "\"n_head\" must be a divisor of \"n_embd\""},
        {"{\"model_type\":\"gpt2\"," GPT2_KEYS ",\"n_head\":0}", "\"n_head\" must be a whole number from 1 to 1000"},
        {"{\"model_type\":\"gpt2\"," GPT2_KEYS ",\"n_head\":-3}", "\"n_head\""}, {"{\"model_type\":\"gpt2\"," GPT2_KEYS ",\"n_head\":3.0}", "\"n_head\""},
        {"{\"model_type\":\"gpt2\"," GPT2_KEYS ",\"n_head\":\"3\"}", "\"n_head\""}, {"{\"model_type\":\"gpt2\"," GPT2_KEYS ",\"n_head\":null}", "\"n_head\""},
        {"{\"model_type\":\"gpt2\"," GPT2_KEYS ",\"n_head\":4294967299}", "\"n_head\""},
        {"{\"model_type\":\"gpt2\",\"n_layer\":2,\"n_head\":3,\"n_embd\":12,\"vocab_size\":23}", "has no \"n_positions\""},
        {GPT2 ",\"n_head\":3}", "uplicate"}, {GPT2 ",\"n_inner\":0}", "\"n_inner\""}, {GPT2 ",\"activation_function\":\"mish\"}", "\"activation_function\""},
        {GPT2 ",\"layer_norm_epsilon\":0}", "\"layer_norm_epsilon\""}, {GPT2 ",\"layer_norm_epsilon\":\"1e-5\"}", "\"layer_norm_epsilon\""},
        {GPT2 ",\"tie_word_embeddings\":1}", "\"tie_word_embeddings\" must be true or false"},
        {GPT2 ",\"scale_attn_weights\":false}", "\"scale_attn_weights\" must be true"}, {GPT2 ",\"add_cross_attention\":true}", "\"add_cross_attention\""},
        {GPT2 ",\"scale_attn_by_inverse_layer_idx\":true}", "\"scale_attn_by_inverse_layer_idx\" must be false"},
        {LLAMA ",\"rope_scaling\":{\"type\":\"linear\",\"factor\":2}}", "\"rope_scaling\" must be null"},
        {LLAMA ",\"rope_parameters\":{\"rope_type\":\"yarn\"}}", "\"rope_parameters\""}, {LLAMA ",\"rope_theta\":0}", "\"rope_theta\""},
        {LLAMA ",\"quantization_config\":{\"bits\":4}}", "\"quantization_config\""}, {LLAMA ",\"partial_rotary_factor\":0.5}", "\"partial_rotary_factor\""},
        {LLAMA ",\"num_key_value_heads\":3}", "\"num_key_value_heads\" must be a divisor"}, {LLAMA ",\"num_key_value_heads\":8}", "\"num_key_value_heads\""},
        {LLAMA ",\"head_dim\":3}", "\"head_dim\" must be even"}, {LLAMA ",\"attention_bias\":\"yes\"}", "\"attention_bias\""},
        {"{\"model_type\":\"llama\",\"n_layer\":2}", "has no \"num_hidden_layers\", which a llama needs"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Config config;
        Error error = {0};
        EXPECT(!read_text(cases[i][0], &config, &error), "it is read: %s", cases[i][0]);
        expect_error(&error, EXIT_USED_WRONGLY, cases[i][1]);
    }
    Config config;
    Error error = {0};
    EXPECT(!config_read("/nowhere/config.json", &config, &error), "it is read");
    expect_error(&error, EXIT_INPUT_OUTPUT, "/nowhere/config.json");
}

static bool open_config(const char *path, Config *config, Error *error)
{
    Tensors tensors;
    EXPECT(tensors_open(&tensors, path, error), "%s", error->text);
    bool whole = config_open(path, &tensors, config, error);
    tensors_close(&tensors);
    return whole;
}

/* Beside the weights, whatever path they were opened from. */
static void beside_the_weights(void **state)
{
    (void)state;
    char folder[PATH_SIZE], path[2 * PATH_SIZE];
    Config config;
    Error error = {0};
    folder_make(folder);
    folder_put_nano(folder, "model.safetensors", NULL, NULL, 0);
    EXPECT(!open_config(folder, &config, &error), "the number of heads is known");
    expect_error(&error, EXIT_USED_WRONGLY, "has 2 layers of width 12, which is no published size");
    expect_error(&error, EXIT_USED_WRONGLY, "put a config.json with \"n_head\" beside it");
    folder_put(folder, "config.json", GPT2 "}", strlen(GPT2 "}"));
    error = (Error){0};
    EXPECT(open_config(folder, &config, &error) && config.n_heads == 3, "%s", error.text);
    EXPECT(open_config(folder_path(path, folder, "model.safetensors"), &config, &error) && config.n_heads == 3, "%s", error.text);
    folder_put(folder, "config.json", "{}", 2);
    EXPECT(!open_config(folder, &config, &error), "an empty config.json is ignored");
    folder_remove(folder);
}

static void published_sizes(void **state)
{
    (void)state;
    for (int linear = 0; linear < 2; linear++) {
        FormulaTensor list[20];
        int count = 0;
        formula_add(list, &count, 5, 48, "transformer.wte.weight");
        formula_add(list, &count, 6, 48, "transformer.wpe.weight");
        for (int b = 0; b < 3; b++)
            formula_add(list, &count, 48, 0, "transformer.h.%d.ln_1.weight", b);
        formula_add(list, &count, linear ? 144 : 48, linear ? 48 : 144, "transformer.h.0.attn.c_attn.weight");
        formula_add(list, &count, linear ? 20 : 48, linear ? 48 : 20, "transformer.h.0.mlp.c_fc.weight");
        formula_add(list, &count, 5, 48, "lm_head.weight");
        char folder[PATH_SIZE];
        Config c;
        Error error = {0};
        folder_make(folder);
        folder_put_formula(folder, "any.safetensors", list, count);
        EXPECT(open_config(folder, &c, &error), "%s", error.text);
        EXPECT(c.family == (linear ? FAMILY_MINGPT : FAMILY_GPT2) && c.n_layers == 3 && c.n_heads == 3 && c.d_head == 16 && c.d_ff == 20 &&
               c.vocabulary == 5 && c.context == 6 && !c.tied_head && c.norm_eps == 1e-5, "other sizes");
        folder_put_formula(folder, "any.safetensors", list, count - 2);
        EXPECT(!open_config(folder, &c, &error), "without an MLP");
        expect_error(&error, EXIT_USED_WRONGLY, "not called as those of a gpt2");
        folder_remove(folder);
    }
}

static bool read_vocabulary(const char *text, Vocabulary *vocabulary, Error *error)
{
    char path[PATH_SIZE];
    temporary_file(path, text, strlen(text));
    bool whole = vocabulary_read(path, vocabulary, error);
    unlink(path);
    return whole;
}

static void tokens(void **state)
{
    (void)state;
    Vocabulary v;
    Error error = {0};
    EXPECT(read_vocabulary("{\"\\u0120the\":1,\"!\":0,\"\\u010a\":2,\"\\u0100\":3,\"\\u00c3\\u00a9\":4,\"\\u00c3\":5,\"a\\u00a9\\u00c3b\":6,"
                           "\"<|endoftext|>\":7,\"\\u2581x\":8,\"\\u0143\":9,\"\\u0144\":10,\"\":11,\"a b\":12}", &v, &error), "%s", error.text);
    static const struct {
        const char *text, *bytes;
        int length;
    } expected[] = {{"!", "!", 1}, {" the", " the", 4}, {"\n", "\n", 1}, {"\xef\xbf\xbd", "\0", 1}, {"é", "\xc3\xa9", 2},
                    {"\xef\xbf\xbd", "\xc3", 1}, {"a\xef\xbf\xbd\xef\xbf\xbd" "b", "a\xa9\xc3" "b", 4}, {"<|endoftext|>", "<|endoftext|>", 13},
                    {"\xe2\x96\x81x", "\xe2\x96\x81x", 4}, {"\xef\xbf\xbd", "\xad", 1}, {"\xc5\x84", "\xc5\x84", 2}, {"", "", 0}, {"a b", "a b", 3}};
    assert_int_equal(v.count, 13);
    for (int i = 0; i < v.count; i++)
        EXPECT(strcmp(v.list[i].text, expected[i].text) == 0 && v.list[i].length == expected[i].length &&
               memcmp(v.list[i].bytes, expected[i].bytes, (size_t)v.list[i].length) == 0, "token %d is \"%s\"", i, v.list[i].text);
    vocabulary_free(&v);
}

/* Each of the 256 bytes has one letter. */
static void alphabet(void **state)
{
    (void)state;
    Text json = {0};
    Vocabulary v;
    Error error = {0};
    int id = 0;
    for (int point = 33; point < 0x144; point++)
        if (point <= 126 || (point >= 161 && point != 173))
            text_add(&json, "%s\"\\u%04x\":%d", id ? "," : "{", point, id), id++;
    text_add(&json, "}");
    EXPECT(read_vocabulary(json.data, &v, &error), "%s", error.text);
    bool seen[256] = {false};
    for (int i = 0; i < v.count; i++) {
        EXPECT(v.list[i].length == 1 && !seen[(unsigned char)v.list[i].bytes[0]], "token %d", i);
        seen[(unsigned char)v.list[i].bytes[0]] = true;
    }
    EXPECT(v.count == 256 && v.list[188].bytes[0] == 0 && v.list[220].bytes[0] == ' ' && v.list[255].bytes[0] == (char)173,
           "the order is not GPT-2's");
    vocabulary_free(&v);
    text_free(&json);
}

static void hostile_vocabularies(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"", "no JSON"}, {"[]", "must be an object"}, {"{}", "must be an object"}, {"{\"a\":\"0\"}", "token \"a\" is no whole number"},
        {"{\"a\":0.0}", "no whole number"}, {"{\"a\":-1}", "no whole number"}, {"{\"a\":1}", "token \"a\" leaves a hole"},
        {"{\"a\":0,\"b\":2}", "token \"b\" leaves a hole"}, {"{\"a\":0,\"b\":0}", "token \"b\" is that of another token too"},
        {"{\"a\":0,\"a\":1}", "uplicate"}, {"{\"\\u009b\":9223372036854775807}", "\"\\x9b\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Vocabulary vocabulary;
        Error error = {0};
        EXPECT(!read_vocabulary(cases[i][0], &vocabulary, &error), "it is read: %s", cases[i][0]);
        expect_error(&error, EXIT_USED_WRONGLY, cases[i][1]);
        EXPECT(!vocabulary.list && vocabulary.count == 0, "something was left behind");
    }
}

int test_config(void)
{
    TestList list = {0};
    tests_add(&list, of_gpt2, NULL, "config.json of gpt2");
    tests_add(&list, of_llama, NULL, "config.json of llama");
    tests_add(&list, hostile_configs, NULL, "hostile config.json");
    tests_add(&list, beside_the_weights, NULL, "beside the weights");
    tests_add(&list, published_sizes, NULL, "sizes from shapes");
    tests_add(&list, tokens, NULL, "vocab.json");
    tests_add(&list, alphabet, NULL, "the alphabet of bytes");
    tests_add(&list, hostile_vocabularies, NULL, "hostile vocab.json");
    return tests_run(&list, "config");
}
