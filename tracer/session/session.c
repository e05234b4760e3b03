/* Opening a run; see session.h. */
#include "session.h"

#include "data_file.h"
#include "foreign_model.h"
#include "model_file.h"
#include "safetensors.h"
#include "tracer/base/progress.h"

#include <string.h>

/* A preset may not be shadowed by a file of that name in the folder; a file is said to be one. */
static bool looks_like_file(const char *name)
{
    return strchr(name, '/') || text_ends(name, ".json");
}

static bool choose_model(Model *model, const char *name, Error *error)
{
    const Preset *preset = preset_find(name);
    if (preset)
        return preset_open(model, preset, error);
    if (looks_like_file(name))
        return model_defaults(model, &GPT, error) && model_file_read(name, model, error);
    Nearest nearest = {0};
    char answer[NEAREST_TEXT];
    for (int i = 0; i < PRESET_COUNT; i++)
        nearest_offer(&nearest, name, PRESETS[i].name);
    return error_set(error, EXIT_USED_WRONGLY, "no preset is called \"%.100s\"; %s", name,
                     nearest_text(&nearest, answer, "tracer models lists them, a file ends in .json"));
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
    session->mistake = mistake_find(id);
    if (session->mistake)
        return true;
    char answer[NEAREST_TEXT];
    return error_set(error, EXIT_USED_WRONGLY, "no mistake is called \"%.100s\"; %s", id, mistake_nearest(id, answer));
}

/* Another text, for a system that reads one. */
static bool replace_text(Model *model, const char *text, Error *error)
{
    if (!model->system->language)
        return error_set(error, EXIT_USED_WRONGLY, "--text is for models that read a text; the system \"%s\" does not",
                         model->system->name);
    model->data = (Data){.text = text};
    model->training.batch = 0; /* it is one sequence, whatever the model's own data were */
    return true;
}

/* In this order: text and ids change the model, a mistake may too, and weights must fit what came of it. */
static bool load(Session *session, Error *error)
{
    const RunOptions *options = &session->options;
    Model *model = &session->model;
    bool described = options->model || !options->from;
    if (described && !choose_model(model, options->model ? options->model : PRESETS[0].name, error))
        return false;
    if (options->from && !(session->foreign = foreign_open(options->from, described ? NULL : model, error)))
        return false;
    if (options->text && options->tokens)
        return error_set(error, EXIT_USED_WRONGLY, "--text and --tokens are two texts; give one of them");
    if (options->text && !replace_text(model, options->text, error))
        return false;
    if (options->tokens && !data_of_ids(options->tokens, model, error))
        return false;
    if (options->mistake && !choose_mistake(session, options->mistake, error))
        return false;
    /* A mistake that is a choice of the model has to be made before the model is checked and derived. */
    if (mistake_option(session->mistake))
        mistake_option(session->mistake)(model);
    return model_finish(model, error) &&
           (session->foreign
                ? run_init_from(&session->run, model, session->mistake, foreign_source(session->foreign), error)
                : run_init(&session->run, model, session->mistake, error)) &&
           (!options->weights || (run_is_whole(&session->run, error) &&
                                  weights_load(options->weights, &session->run, error)));
}

bool session_load(Session *session, const RunOptions *options, Error *error)
{
    *session = (Session){.options = *options};
    if (load(session, error))
        return true;
    session_close(session);
    return false;
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
        bool whole = session->options.step == 0 || session_learns(session, error);
        if (whole && session_index(session, error) && session_enter(session, session->options.at, error))
            return true;
        session_close(session);
        return false;
    }
    int last = session->options.step;
    Waiting waiting = {.progress = progress_begin("training steps"), .steps = last};
    bool recorded = (last == 0 || session_learns(session, error)) &&
                    run_to(&session->run, last, report, &waiting, error);
    progress_end(&waiting.progress);
    if (recorded && session_index(session, error))
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
    foreign_close(session->foreign);
    session->foreign = NULL;
    model_free(&session->model);
}

bool session_learns(const Session *session, Error *error)
{
    if (!run_is_whole(&session->run, error))
        return false;
    return session->run.loss >= 0 ||
           error_set(error, EXIT_USED_WRONGLY,
                     "a model of the system \"%s\" has no loss: it is not trained step by step",
                     session->model.system->name);
}

bool session_chosen(const RunOptions *options)
{
    return options->model || options->from || options->text || options->tokens || options->weights ||
           options->mistake || options->step;
}

void session_command_line(const RunOptions *options, Text *out)
{
    const struct {
        const char *name, *word;
    } given[] = {{"--model", options->model}, {"--text", options->text}, {"--tokens", options->tokens},
                 {"--weights", options->weights}, {"--from", options->from}, {"--mistake", options->mistake}};
    for (size_t i = 0; i < sizeof given / sizeof *given; i++)
        if (given[i].word) {
            text_add(out, " %s", given[i].name);
            text_shell_word(out, given[i].word);
        }
    if (options->step)
        text_add(out, " --step %d", options->step);
}
