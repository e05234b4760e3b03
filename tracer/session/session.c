/* Opening a run; see session.h. */
#include "session.h"

#include "adapter.h"
#include "crew.h"
#include "data_file.h"
#include "foreign_model.h"
#include "intervene.h"
#include "model_file.h"
#include "one_example.h"
#include "paintings.h"
#include "resize.h"
#include "run_folder.h"
#include "safetensors.h"
#include "writing.h"
#include "generate.h"
#include "tracer/base/print.h"
#include "tracer/base/progress.h"
#include "weights_words.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A preset may not be shadowed by a file of that name in the folder; a file is said to be one. */
static bool looks_like_file(const char *name)
{
    return strchr(name, '/') || text_ends(name, ".json");
}

static bool choose_model(Model *model, const char *name, bool replaced, Error *error)
{
    const Preset *preset = preset_find(name);
    if (preset)
        return preset_open(model, preset, error);
    if (looks_like_file(name)) {
        if (!model_defaults(model, &GPT, error))
            return false;
        model->data.replaced = replaced;
        return model_file_read(name, model, error);
    }
    Nearest nearest = {0};
    char answer[NEAREST_TEXT];
    for (int i = 0; i < PRESET_COUNT; i++)
        nearest_offer(&nearest, name, PRESETS[i].name);
    return error_set(error, EXIT_USED_WRONGLY, "no preset is called \"%.100s\"; %s", name,
                     nearest_text(&nearest, answer, "tracer models lists them, a file ends in .json"));
}

bool session_model(Model *model, const char *name, Error *error)
{
    *model = (Model){0};
    if (choose_model(model, name, false, error) && model_finish(model, error))
        return true;
    model_free(model);
    return false;
}

const char *mistake_nearest(const char *id, char *out)
{
    Nearest nearest = {0};
    const Mistake *mistake;
    for (int i = 0; (mistake = mistake_at(i)); i++)
        nearest_offer(&nearest, id, mistake->id);
    return nearest_text(&nearest, out, "tracer mistakes lists them");
}

static bool choose_mistake(Session *session, const char *id, Error *error)
{
    char answer[NEAREST_TEXT];
    session->mistake = mistake_find(id);
    if (session->mistake)
        return mistake_may_be_in(session->model.system, session->mistake, error);
    return error_set(error, EXIT_USED_WRONGLY, "no mistake is called \"%.100s\"; %s", id, mistake_nearest(id, answer));
}

static bool reads_text(const System *system)
{
    for (int i = 0; model_key(system, i); i++)
        if (strcmp(model_key(system, i)->group, "data") == 0 && strcmp(model_key(system, i)->key, "text") == 0)
            return true;
    return system->language != NULL;
}

/* The vocabulary of the model's own texts, unless it is known. Texts that cannot be read have none: what takes their
 * place makes one, unless weights ask for theirs. */
static bool read_own_texts(Model *model, bool weights, Error *error)
{
    if (!model->system->read_texts || model->system->read_texts(model, error))
        return true;
    if (weights || error_is_memory(error))
        return false;
    *error = (Error){0};
    return true;
}

/* Other data, for a system that reads texts. The vocabulary stays that of the model's own text as far as it goes:
 * beyond it belongs to weights and is missed, or to nobody and is made anew. */
static bool replace_text(Session *session, Error *error)
{
    const RunOptions *options = &session->options;
    Model *model = &session->model;
    if (!reads_text(model->system))
        return error_set(error, EXIT_USED_WRONGLY, "%s is for models that read a text; the system \"%s\" does not",
                         options->text ? "--text" : "--file", model->system->name);
    if (!read_own_texts(model, options->weights || options->from || options->folder, error))
        return false;
    if (options->text) {
        model->data = (Data){.text = options->text};
        model->training.batch = 0; /* it is one sequence, whatever the model's own data were */
        model->training.accumulate = 1;
        model->training.loader = LOADER_ROWS;
        model->training.validation = 0;
    } else if (!data_read_text(model, options->file, false, error)) {
        return false;
    } else if (model->training.loader == LOADER_ROWS && model->system->language) {
        model->training.loader = LOADER_WINDOWS;
    }
    model->data.weights = options->weights ? options->weights : options->from ? options->from : options->folder;
    model->data.may_change = !model->data.weights;
    return true;
}

/* What became of a text whose words the model's own vocabulary lacks. */
static void tell_vocabulary(const Session *session)
{
    const Model *model = &session->model;
    char shown[80];
    if (model->data.lacked)
        print_error("tracer: \"%s\" knows no \"%s\": the vocabulary is made of this text\n", model->name,
                token_visible(shown, sizeof shown, model->data.lacked));
}

static bool one_of(const RunOptions *options, Error *error)
{
    const struct {
        const char *one, *other, *what;
    } pairs[] = {{options->text, options->tokens, "--text and --tokens are two texts"},
                 {options->text, options->file, "--text and --file are two texts"},
                 {options->file, options->tokens, "--file and --tokens are two texts"},
                 {options->folder, options->model, "--run brings its own model, --model another"},
                 {options->folder, options->from, "--run brings its own model, --from another"},
                 {options->write, options->ablate, "--write shows a text that is written, --ablate a training step"},
                 {options->write, options->patch, "--write shows a text that is written, --patch a training step"},
                 {options->write, options->inside ? "" : NULL, "--write shows a text, --inside a training step"},
                 {options->draw, options->write, "--draw shows pictures, --write a text"},
                 {options->draw, options->ablate, "--draw shows pictures, --ablate a training step"},
                 {options->draw, options->patch, "--draw shows pictures, --patch a training step"},
                 {options->draw, options->inside ? "" : NULL, "--draw shows pictures, --inside a training step"},
                 {options->folder, options->weights, "--run brings its own weights, --weights others"}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (pairs[i].one && pairs[i].other)
            return error_set(error, EXIT_USED_WRONGLY, "%s; give one of them", pairs[i].what);
    return true;
}

/* The model of a kept run, and the training step where it ended unless another one was asked for. */
static bool open_folder(Session *session, Error *error)
{
    RunOptions *options = &session->options;
    char path[1300];
    session->kept = calloc(1, sizeof *session->kept);
    if (!session->kept)
        return error_memory(error);
    if (!run_folder_open(session->kept, options->folder, error))
        return false;
    options->step = options->step_given ? options->step : session->kept->step;
    return model_defaults(&session->model, &GPT, error) &&
           model_file_read(run_folder_file(session->kept, "model.json", path, sizeof path), &session->model, error);
}

bool session_restore(const Session *session, int step, Run *run, Error *error)
{
    if (!session->kept)
        return true;
    int from = run_folder_before(session->kept, step);
    if (from < 0)
        return error_set(error, EXIT_USED_WRONGLY, "\"%s\" has no checkpoint at training step %d or before it",
                         session->kept->path, step);
    if (run->training_step > from && run->training_step <= step)
        return true;
    return run_folder_restore(session->kept, from, run, error);
}

/* In this order: text and ids change the model, a mistake may too, and weights must fit what came of it. */
static bool describe(Session *session, Error *error)
{
    const RunOptions *options = &session->options;
    Model *model = &session->model;
    bool described = options->model || !options->from;
    if (!one_of(options, error) || (options->folder && !open_folder(session, error)))
        return false;
    if (!options->folder && described &&
        !choose_model(model, options->model ? options->model : PRESETS[0].name, options->text || options->file, error))
        return false;
    if (options->from && !(session->foreign = foreign_open(options->from, described ? NULL : model, error)))
        return false;
    if (options->weights && !weights_words_take(options->weights, model, error))
        return false;
    bool prompted = options->write && options->text; /* then the model's own text stays what it is trained on */
    if (((options->text && !prompted) || options->file) && !replace_text(session, error))
        return false;
    bool asked = model->system->answers && (options->write || options->asks);
    if (options->tokens && !asked && !data_of_ids(options->tokens, model, error))
        return false;
    if (options->unseen && !model->system->rounds && !data_read_more(model, options->unseen, error))
        return false;
    if (options->example && !example_choose(model, options->example, error))
        return false;
    if (options->mistake && !choose_mistake(session, options->mistake, error))
        return false;
    if ((options->inside || options->ablate || options->patch) && !look_inside(model, error))
        return false;
    /* A mistake that is a choice of the model has to be made before the model is checked and derived. */
    if (mistake_option(session->mistake))
        mistake_option(session->mistake)(model);
    if (options->resize && !resize_model(model, options->resize, error))
        return false;
    if (!model_finish(model, error) || (options->example && !example_check(model, options->example, error)))
        return false;
    tell_vocabulary(session);
    data_tell(&session->model);
    return true;
}

static bool prepare(Session *session, Error *error)
{
    const RunOptions *options = &session->options;
    Model *model = &session->model;
    /* A mistake in writing is planted there, and not in the training before. */
    const Mistake *mistake = options->write && generation_mistake(session->mistake) ? NULL : session->mistake;
    return (session->foreign ? run_init_from(&session->run, model, mistake, foreign_source(session->foreign), error)
                             : run_init(&session->run, model, mistake, error)) &&
           weights_load_parts(&session->run, error) &&
           session_restore(session, options->step, &session->run, error) &&
           (!options->weights || (run_is_whole(&session->run, error) &&
                                  weights_load(options->weights, &session->run, error))) &&
           (!options->adapter || (run_is_whole(&session->run, error) &&
                                  adapter_load(options->adapter, &session->run, error)));
}

bool session_describe(Session *session, const RunOptions *options, Error *error)
{
    *session = (Session){.options = *options};
    if (describe(session, error))
        return true;
    session_close(session);
    return false;
}

bool session_prepare(Session *session, Error *error)
{
    if (prepare(session, error))
        return true;
    session_close(session);
    return false;
}

bool session_load(Session *session, const RunOptions *options, Error *error)
{
    return session_describe(session, options, error) && session_prepare(session, error);
}

typedef struct {
    Progress progress;
    int steps;
} Waiting;

static bool report(void *context, const Run *run)
{
    Waiting *waiting = context;
    progress_show(&waiting->progress, run->training_step, waiting->steps);
    return true;
}

bool session_open(Session *session, const RunOptions *options, Error *error)
{
    return session_load(session, options, error) && session_record(session, error);
}

bool session_enter(Session *session, const char *name, Error *error)
{
    Run *run = &session->run;
    int part = run->walk.count && name ? session->model.system->parts->part_of(&session->model, name) : -1;
    if (part < 0 || part == run->walk.part)
        return true;
    return run_enter(run, part, error) && session_index(session, error);
}

bool session_record(Session *session, Error *error)
{
    if (session->run.walk.count) {
        bool whole = (session->options.step == 0 || session_learns(session, error)) &&
                     (!session->options.write || run_is_whole(&session->run, error));
        if (whole && session_index(session, error) && session_enter(session, session->options.at, error))
            return true;
        session_close(session);
        return false;
    }
    int last = session->options.step;
    Waiting waiting = {.progress = progress_begin("training steps"), .steps = last};
    Crew *crew = NULL;
    bool recorded = (last == 0 || (session_learns(session, error) && crew_begin(&crew, &session->run, 0, error))) &&
                    run_reach(&session->run, last, report, &waiting, error) && run_record(&session->run, error);
    crew_end(crew, &session->run);
    progress_end(&waiting.progress);
    if (recorded && session->options.write)
        recorded = writing_record(session, session->options.write, error);
    if (recorded && session->options.draw)
        recorded = paintings_record(session, session->options.draw, error);
    if (recorded && intervene(session, error) && session_index(session, error))
        return true;
    session_close(session);
    return false;
}

bool session_index(Session *session, Error *error)
{
    names_free(&session->names);
    return names_init(&session->names, &session->run.tape, error);
}

void session_close(Session *session)
{
    names_free(&session->names);
    run_free(&session->run);
    intervene_end(session);
    foreign_close(session->foreign);
    session->foreign = NULL;
    if (session->kept)
        run_folder_close(session->kept);
    free(session->kept);
    session->kept = NULL;
    model_free(&session->model);
    arena_free(&session->labels);
}

bool session_learns(const Session *session, Error *error)
{
    if (!run_is_whole(&session->run, error))
        return false;
    if (session->options.write && session->run.loss < 0)
        return error_set(error, EXIT_USED_WRONGLY,
                         "this is the tape of a text that was written: it has no loss; leave --write out");
    if (session->options.draw && session->run.loss < 0)
        return error_set(error, EXIT_USED_WRONGLY,
                         "this is the tape of pictures that were painted: it has no loss; leave --draw out");
    return session->run.loss >= 0 ||
           error_set(error, EXIT_USED_WRONGLY,
                     "a model of the system \"%s\" has no loss: it is not trained step by step",
                     session->model.system->name);
}

bool session_chosen(const RunOptions *options)
{
    return options->adapter || options->example || options->model || options->from || options->text ||
           options->tokens || options->weights || options->file || options->folder || options->mistake ||
           options->ablate || options->patch || options->inside || options->write || options->draw ||
           options->step_given || options->step;
}

void session_command_line(const RunOptions *options, Text *out)
{
    const struct {
        const char *name, *word;
    } given[] = {{"--model", options->model}, {"--text", options->text}, {"--file", options->file},
                 {"--run", options->folder}, {"--tokens", options->tokens},
                 {"--weights", options->weights}, {"--adapter", options->adapter},
                 {"--example", options->example}, {"--from", options->from}, {"--mistake", options->mistake},
                 {"--ablate", options->ablate}, {"--patch", options->patch}, {"--clean", options->clean},
                 {"--write", options->write}, {"--draw", options->draw}};
    for (size_t i = 0; i < sizeof given / sizeof *given; i++)
        if (given[i].word) {
            text_add(out, " %s", given[i].name);
            text_shell_word(out, given[i].word);
        }
    if (options->inside)
        text_add(out, " --inside");
    if (options->step || options->step_given)
        text_add(out, " --step %d", options->step);
}
