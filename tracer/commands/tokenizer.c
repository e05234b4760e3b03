/* tracer tokenizer: byte-pair encoding, trained on a text, and used. */
#include "command.h"

#include "tiny_model/tokenizer/utf8.h"
#include "tracer/base/files.h"
#include "tracer/base/print.h"
#include "tracer/base/progress.h"
#include "tracer/session/alphabet.h"
#include "tracer/session/model_file.h"
#include "tracer/session/tokenizer_files.h"
#include "tiny_model/run.h"
#include "tiny_model/system.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATH_SIZE = 4300 };
static const size_t LARGEST_TEXT = 1 << 30;

/* Training as it goes on: a line a merge, or a bar. */
typedef struct {
    const Bpe *bpe;
    bool json;
    int wanted;
    Progress progress;
    Error *error;
} Watched;

/* A token in the alphabet of the files, as JSON. */
static void json_token(const Bpe *bpe, int id, Text *out)
{
    Text token = {0};
    alphabet_encode(bpe->pieces[id].bytes, (size_t)bpe->pieces[id].length, &token);
    text_json_string(out, text_piece(out, &token));
    text_free(&token);
}

static bool watch(void *context, int round, const BpeRound *chosen)
{
    Watched *watched = context;
    progress_show(&watched->progress, round + 1, watched->wanted);
    if (!watched->json)
        return true;
    Text line = {0};
    text_add(&line, "{\"merge\": %d, \"pair\": [", round);
    json_token(watched->bpe, chosen->left, &line);
    text_add(&line, ", ");
    json_token(watched->bpe, chosen->right, &line);
    text_add(&line, "], \"count\": %ld, \"ties\": %d}\n", chosen->count, chosen->ties);
    bool whole = print_text(&line, watched->error);
    text_free(&line);
    return whole;
}

static bool find_pattern(const char *name, Pattern *out, Error *error)
{
    *out = PATTERN_GPT2;
    for (int i = 0; name && PATTERNS[i]; i++)
        if (strcmp(name, PATTERNS[i]) == 0) {
            *out = (Pattern)i;
            return true;
        }
    return !name || error_set(error, EXIT_USED_WRONGLY, "--pattern is gpt2 or none, not \"%.60s\"", name);
}

/* What was learned, in one line: how far the text shrinks. */
static void print_learned(const Bpe *bpe, const char *text, size_t length, int wanted, const char *folder, Error *error)
{
    TokenIds ids = {0};
    if (bpe_encode(bpe, text, length, true, &ids, error)) {
        Text line = {0};
        text_add(&line, "%d merges, %d tokens in the vocabulary; the text has %zu bytes and %zu tokens",
                 bpe->merge_count, bpe->piece_count, length, ids.count);
        if (ids.count)
            text_add(&line, ", %.2f bytes a token", (double)length / (double)ids.count);
        text_add(&line, "; written to %s\n", folder);
        if (bpe->merge_count < wanted)
            text_add(&line, "no pair was left after %d of %d merges\n", bpe->merge_count, wanted);
        print_text(&line, error);
        text_free(&line);
    }
    free(ids.list);
}

static const char RECORD[] = "record.json";

/* The model file whose tape is this training, every count of every round. */
static void add_record(const Arguments *arguments, const Bpe *bpe, const char *text, Text *out)
{
    text_add(out, "{\n  \"system\": \"bpe\",\n  \"name\": \"record\",\n  \"data\": {\"text\": ");
    text_json_string(out, text);
    text_add(out, "},\n  \"model\": {\"merges\": %d, \"pattern\": \"%s\", \"alphabet\": \"bytes\"",
             bpe->merge_count, PATTERNS[bpe->pattern]);
    for (int i = 0; i < arguments->repeated_count; i++) {
        text_add(out, "%s", i ? ", " : ", \"special\": [");
        text_json_string(out, arguments->repeated[i]);
    }
    text_add(out, "%s}\n}\n", arguments->repeated_count ? "]" : "");
}

/* Whether it can be recorded: before anything is written. */
static bool can_be_recorded(const Text *record, Error *error)
{
    Model model;
    Run run;
    Error why = {0};
    bool whole = model_defaults(&model, &GPT, &why) &&
                 model_file_parse(record->data, record->length, RECORD, &model, &why) && model_finish(&model, &why);
    if (whole && run_init(&run, &model, NULL, &why))
        run_free(&run);
    model_free(&model);
    return why.code == 0 || error_set(error, why.code, "--record cannot keep all counts: %.300s", why.text);
}

static bool make_record(const Arguments *arguments, const Bpe *bpe, const char *text, size_t size, Text *out,
                        Error *error)
{
    unsigned point;
    const char *at = text;
    for (int bytes; (bytes = utf8_decode(at, &point)) > 0;)
        at += bytes;
    if ((size_t)(at - text) != size)
        return error_set(error, EXIT_USED_WRONGLY,
                         "--record keeps the text in a model file, which is UTF-8 without NUL; byte %zu is none",
                         (size_t)(at - text));
    if (bpe->merge_count == 0)
        return error_set(error, EXIT_USED_WRONGLY, "--record: no pair is merged, so there is nothing to keep");
    add_record(arguments, bpe, text, out);
    return out->failed ? error_memory(error) : can_be_recorded(out, error);
}

static bool write_record(const Text *record, const char *folder, bool json, Error *error)
{
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "%s/%s", folder, RECORD);
    if (!file_write(path, record->data, record->length, error))
        return false;
    if (!json)
        print("every count of every round: tracer step --model %s\n", path);
    return true;
}

static int train(const Arguments *arguments, Error *error)
{
    const char *file = option_of(arguments, "--file"), *folder = option_of(arguments, "-o");
    Pattern pattern;
    long merges;
    char *text;
    size_t size;
    if (!file || !folder || !option_of(arguments, "--merges"))
        return error_set(error, EXIT_USED_WRONGLY, "tokenizer train needs --file FILE --merges N -o DIR"), error->code;
    if (!option_number(arguments, "--merges", 0, MOST_MERGES, 0, &merges, error) ||
        !find_pattern(option_of(arguments, "--pattern"), &pattern, error) ||
        !file_read(file, LARGEST_TEXT, &text, &size, error))
        return error->code;
    Bpe bpe;
    Watched watched = {.bpe = &bpe, .json = option_of(arguments, "--json") != NULL, .wanted = (int)merges,
                       .progress = progress_begin("merges"), .error = error};
    bool learned = bpe_train(&bpe, text, size, pattern, (int)merges, arguments->repeated, arguments->repeated_count,
                             watch, &watched, error);
    progress_end(&watched.progress);
    if (learned) {
        Text record = {0};
        bool kept = option_of(arguments, "--record") != NULL;
        if ((!kept || make_record(arguments, &bpe, text, size, &record, error)) &&
            tokenizer_files_write(&bpe, folder, error)) {
            if (!watched.json)
                print_learned(&bpe, text, size, (int)merges, folder, error);
            if (kept)
                write_record(&record, folder, watched.json, error);
        }
        text_free(&record);
        bpe_free(&bpe);
    }
    free(text);
    return error->code;
}

/* The text of a token as far as it is UTF-8, as JSON. */
static void json_readable(const Piece *piece, Text *out)
{
    char *text = malloc(3 * (size_t)piece->length + 1);
    out->failed |= !text;
    if (text) {
        utf8_readable((const char *)piece->bytes, (size_t)piece->length, text);
        text_json_string(out, text);
    }
    free(text);
}

static void print_ids_json(const Bpe *bpe, const TokenIds *ids, Error *error)
{
    Text out = {0};
    text_add(&out, "{\"ids\": [");
    for (size_t i = 0; i < ids->count; i++)
        text_add(&out, "%s%d", i ? ", " : "", ids->list[i]);
    text_add(&out, "], \"tokens\": [");
    for (size_t i = 0; i < ids->count; i++) {
        text_add(&out, "%s", i ? ", " : "");
        json_token(bpe, ids->list[i], &out);
    }
    text_add(&out, "], \"texts\": [");
    for (size_t i = 0; i < ids->count; i++) {
        text_add(&out, "%s", i ? ", " : "");
        json_readable(&bpe->pieces[ids->list[i]], &out);
    }
    text_add(&out, "]}\n");
    print_text(&out, error);
    text_free(&out);
}

/* The text that is to be encoded: the word, or a file, "-" for standard input. */
static bool read_text(const Arguments *arguments, char **text, size_t *size, Error *error)
{
    const char *file = option_of(arguments, "--file");
    if ((arguments->word_count > 1) == (file != NULL))
        return error_set(error, EXIT_USED_WRONGLY, "tokenizer encode takes one text, or --file FILE");
    if (file)
        return file_read(strcmp(file, "-") == 0 ? "/dev/stdin" : file, LARGEST_TEXT, text, size, error);
    if (arguments->word_count > 2)
        return error_set(error, EXIT_USED_WRONGLY, "\"%.60s\" is too much: the text is one word; put it in quotes",
                         arguments->words[2]);
    *text = strdup(arguments->words[1]);
    *size = strlen(arguments->words[1]);
    return *text || error_memory(error);
}

static void print_ids(const TokenIds *ids, Error *error)
{
    Text out = {0};
    for (size_t i = 0; i < ids->count; i++)
        text_add(&out, "%s%d", i ? " " : "", ids->list[i]);
    text_add(&out, "%s", ids->count ? "\n" : "");
    print_text(&out, error);
    text_free(&out);
}

static int encode(const Arguments *arguments, const Bpe *bpe, Error *error)
{
    char *text;
    size_t size;
    TokenIds ids = {0};
    if (!read_text(arguments, &text, &size, error))
        return error->code;
    if (bpe_encode(bpe, text, size, option_of(arguments, "--allow-special") != NULL, &ids, error)) {
        if (option_of(arguments, "--json"))
            print_ids_json(bpe, &ids, error);
        else
            print_ids(&ids, error);
    }
    free(ids.list);
    free(text);
    return error->code;
}

static int decode(const Arguments *arguments, const Bpe *bpe, Error *error)
{
    for (int i = 1; i < arguments->word_count; i++) {
        long id;
        if (!parse_integer(arguments->words[i], 0, bpe->piece_count - 1, &id) || bpe->pieces[id].length == 0) {
            error_set(error, EXIT_USED_WRONGLY, "\"%.60s\" is no id of this tokenizer; they go from 0 to %d",
                      arguments->words[i], bpe->piece_count - 1);
            return error->code;
        }
    }
    Text out = {0};
    for (int i = 1; i < arguments->word_count; i++) {
        const Piece *piece = &bpe->pieces[atoi(arguments->words[i])];
        text_put(&out, (const char *)piece->bytes, (size_t)piece->length);
    }
    /* A file gets the bytes and nothing else. */
    bool terminal = isatty(STDOUT_FILENO);
    if (terminal)
        text_add(&out, "\n");
    terminal ? print_text(&out, error) : print_bytes(&out, error);
    text_free(&out);
    return error->code;
}

static int use(const Arguments *arguments, int (*what)(const Arguments *, const Bpe *, Error *), Error *error)
{
    const char *folder = option_of(arguments, "--tokenizer");
    Bpe bpe;
    if (!folder)
        error_set(error, EXIT_USED_WRONGLY, "tokenizer %s needs --tokenizer DIR", arguments->words[0]);
    else if (tokenizer_files_read(folder, &bpe, error)) {
        what(arguments, &bpe, error);
        bpe_free(&bpe);
    }
    return error->code;
}

static int run(const Arguments *arguments, Error *error)
{
    const char *what = arguments->words[0];
    if (strcmp(what, "encode") == 0)
        return use(arguments, encode, error);
    if (strcmp(what, "decode") == 0)
        return use(arguments, decode, error);
    if (strcmp(what, "train") != 0)
        error_set(error, EXIT_USED_WRONGLY, "tokenizer train, encode or decode, not \"%.60s\"", what);
    else if (arguments->word_count > 1)
        error_set(error, EXIT_USED_WRONGLY, "\"%.60s\" is too much: tokenizer train takes options only",
                  arguments->words[1]);
    return error->code ? error->code : train(arguments, error);
}

const Command TOKENIZER_COMMAND = {
    .name = "tokenizer", .words = "train | encode TEXT | decode IDS...",
    .summary = "byte-pair encoding: learns merges from a text, turns text into ids and back",
    .details = "train --file F --merges N [--pattern gpt2|none] [--special S]... -o DIR learns from a file and writes\n"
               "GPT-2's vocab.json and merges.txt into DIR. The most frequent pair is merged; of pairs that are\n"
               "equally frequent the greatest pair of byte strings. --pattern gpt2 never merges across words,\n"
               "numbers and blanks as GPT-2 cuts them; none takes the text as a whole.\n"
               "--record keeps every count of every round in DIR/record.json too, a model file of the system bpe:\n"
               "step --model DIR/record.json opens it, render pairs, merge-tree and compression draw it. All of it is\n"
               "on one tape, so it is for some hundred merges and some hundred kB.\n"
               "encode --tokenizer DIR TEXT prints ids; decode --tokenizer DIR IDS... prints the bytes back.\n"
               "DIR may be GPT-2's own folder, with encoder.json and vocab.bpe.\n",
    .example = "tokenizer train --file my.txt --merges 200 -o my-tokenizer", .least_words = 1, .most_words = MOST_WORDS,
    .without_run = true,
    .options = {{"--file", "FILE", "train: the text; encode: a text in a file, - for standard input"},
                {"--merges", "N", "train: how many"},
                {"--pattern", "gpt2|none", "train: what is never merged across (gpt2)"},
                {"--special", "TOKEN", "train: a token of its own, such as <|endoftext|>; may be repeated", true},
                {"--record", NULL, "train: keep the counts of every round, to be stepped through"},
                {"--tokenizer", "DIR", "encode, decode: the folder of the tokenizer"},
                {"--allow-special", NULL, "encode: text that spells a special token is that token"},
                {"--json", NULL, "train: a line a merge; encode: ids and tokens, as JSON"},
                {"-o", "DIR", "train: where to write"}},
    .run = run,
};
