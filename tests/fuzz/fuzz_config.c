/* Fuzzing: config.json and vocab.json of somebody else's model. A configuration that is taken has sizes
 * that fit together; each token of a vocabulary has its text. */
#include "input_file.h"

#include "tracer/session/config.h"
#include "tracer/session/vocabulary.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect_sizes(const Config *config)
{
    bool whole = config->n_layers > 0 && config->d_model > 0 && config->d_ff > 0 && config->d_head > 0 && config->vocabulary > 0 &&
                 config->context > 0 && config->n_kv_heads > 0 && config->n_heads % config->n_kv_heads == 0 && config->norm_eps > 0 &&
                 config->activation && (config->family == FAMILY_GPT2) == (config->rope_theta == 0);
    if (!whole)
        abort();
}

static void expect_tokens(const Vocabulary *vocabulary)
{
    for (int i = 0; i < vocabulary->count; i++) {
        const VocabularyToken *token = &vocabulary->list[i];
        if (token->bytes[token->length] != 0 || strlen(token->text) < strlen(token->bytes))
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[] = INPUT_FILE;
    input_file(path, data, size);
    Config config;
    Vocabulary vocabulary;
    Error error = {0}, other = {0};
    bool read = config_read(path, &config, &error);
    if (read == (error.code != EXIT_DONE))
        abort();
    if (read)
        expect_sizes(&config);
    read = vocabulary_read(path, &vocabulary, &other);
    if (read == (other.code != EXIT_DONE))
        abort();
    if (read)
        expect_tokens(&vocabulary);
    vocabulary_free(&vocabulary);
    unlink(path);
    return 0;
}
