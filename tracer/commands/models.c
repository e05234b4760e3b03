/* tracer models: the presets, and each as a model file. */
#include "command.h"

#include "tracer/base/print.h"
#include "tracer/session/model_file.h"


static int print_file(const char *name, Error *error)
{
    Session session;
    Text json = {0};
    if (!session_load(&session, &(RunOptions){.model = name}, error))
        return error->code;
    model_file_text(&session.model, 0, true, &json);
    text_add(&json, "\n");
        print_text(&json, error);
    text_free(&json);
    session_close(&session);
    return error->code;
}

static int run(const Arguments *arguments, Error *error)
{
    const char *name = option_of(arguments, "--json");
    if (name)
        return print_file(name, error);
    for (int i = 0; i < PRESET_COUNT; i++)
        print("%-8s  %-4s  %s\n", PRESETS[i].name, PRESETS[i].system->name, PRESETS[i].good_for);
    return EXIT_DONE;
}

const Command MODELS_COMMAND = {
    .name = "models", .words = "", .summary = "the presets and what each is good for",
    .details = "A model file is what --json prints: save it, change a key, and give it to --model.\n"
               "tracer help model-file explains the keys.\n",
    .example = "models --json tiny", .without_run = true,
    .options = {{"--json", "NAME", "print that preset, or a model file, with every key"}},
    .paged = paged_always, .run = run,
};
