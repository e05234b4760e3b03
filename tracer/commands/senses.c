/* tracer senses: one word in sentences of several senses, layer by layer. */
#include "command.h"

#include "tiny_model/data/texts.h"
#include "tracer/base/files.h"
#include "tracer/base/print.h"
#include "tracer/query/senses.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_FILE = 1 << 20 };

static bool tell_json(const Senses *senses, const char *word, Error *error)
{
    Text out = {0};
    char number[NUMBER_SIZE];
    text_add(&out, "{\"word\": ");
    text_json_string(&out, word);
    text_add(&out, ", \"sentences\": %d, \"layers\": [", senses->count);
    for (int i = 0; i < senses->layer_count; i++) {
        const SenseLayer *layer = &senses->layers[i];
        const char *const names[] = {"same", "other", "centred_same", "centred_other", "any"};
        const double values[] = {layer->same, layer->other, layer->centred_same, layer->centred_other, layer->any};
        text_add(&out, "%s{\"layer\": ", i ? ", " : "");
        text_json_string(&out, layer->name);
        for (int k = 0; k < 5; k++)
            text_add(&out, ", \"%s\": %s", names[k], number_json(number, values[k]));
        text_add(&out, "}");
    }
    text_add(&out, "]}\n");
    bool whole = print_text(&out, error);
    text_free(&out);
    return whole;
}

static bool tell(const Arguments *arguments, const Senses *senses, Error *error)
{
    char a[NUMBER_SIZE], b[NUMBER_SIZE], c[NUMBER_SIZE], d[NUMBER_SIZE], e[NUMBER_SIZE];
    int digits = arguments->digits;
    if (option_of(arguments, "--json"))
        return tell_json(senses, arguments->words[0], error);
    print("\"%s\" in %d sentences: mean cosine of its vectors\n\n", arguments->words[0], senses->count);
    print("%-16s %12s %12s %16s %14s %12s\n", "", "same sense", "other sense", "centred: same", "other", "any tokens");
    for (int i = 0; i < senses->layer_count; i++) {
        const SenseLayer *layer = &senses->layers[i];
        print("%-16s %12s %12s %16s %14s %12s\n", layer->name, number_text(a, layer->same, digits),
              number_text(b, layer->other, digits), number_text(c, layer->centred_same, digits),
              number_text(d, layer->centred_other, digits), number_text(e, layer->any, digits));
    }
    return true;
}

static bool find_and_tell(const Arguments *arguments, Session *session, const char *text, Error *error)
{
    Senses senses;
    bool whole = senses_find(&senses, session, arguments->words[0], text, error) && tell(arguments, &senses, error) &&
                 stdout_finish(error);
    senses_free(&senses);
    return whole;
}

/* The options, with bank in the place of no model, and the end of its training in the place of no step. */
static bool open_trained(Session *session, const RunOptions *options, Error *error)
{
    RunOptions chosen = *options;
    if (!options->model && !options->from && !options->folder)
        chosen.model = "bank";
    if (!session_load(session, &chosen, error))
        return false;
    if (!chosen.step_given && !chosen.weights && !chosen.from && !chosen.folder)
        session->options.step = session->model.training.steps;
    return session_record(session, error);
}

static int run(const Arguments *arguments, Error *error)
{
    Session session;
    const char *path = option_of(arguments, "--in");
    char *text = NULL;
    size_t size;
    if ((path && !file_read(path, MOST_FILE, &text, &size, error)) ||
        !open_trained(&session, &arguments->run, error)) {
        free(text);
        return error->code;
    }
    find_and_tell(arguments, &session, text ? text : SENSES, error);
    session_close(&session);
    free(text);
    return error->code;
}

const Command SENSES_COMMAND = {
    .name = "senses", .words = "WORD",
    .summary = "one word in two senses, layer by layer: how alike its vectors are",
    .details = "The mean cosine over pairs of sentences that mean the same by the word, and over pairs that do not;\n"
               "both again without the mean of all its vectors; and over any two tokens, without which none of them\n"
               "says anything: in some models all vectors point the same way. The model is bank after its whole\n"
               "training (ten seconds; train --save and --weights do without), or another GPT with --model.\n"
               "A file has a line a sentence: its sense, a tab, the sentence. Without one the sentences are those\n"
               "that bank never learned from.\n",
    .example = "senses bank", .least_words = 1, .most_words = 1,
    .options = {{"--in", "FILE", "sentences of known senses"}, {"--json", NULL, "as JSON"}},
    .run = run,
};
