/* The list of commands: a new one is one file and one line here. */
#include "command.h"

#include "tracer/base/nearest.h"

#include <string.h>

extern const Command NEAREST_COMMAND, ANALOGY_COMMAND, SIMILAR_COMMAND, RETRIEVE_COMMAND, CLUSTER_COMMAND;
extern const Command CLASSIFY_COMMAND;
extern const Command SENSES_COMMAND;
extern const Command EVALUATE_COMMAND, PARAMETERS_COMMAND, COMPARE_FUSION_COMMAND;

extern const Command STEP_COMMAND, SCREEN_COMMAND, STEPS_COMMAND, NAMES_COMMAND, SHOW_COMMAND;
extern const Command WHY_COMMAND, USES_COMMAND, NUDGE_COMMAND, GRADCHECK_COMMAND, DIFF_COMMAND;
extern const Command TRAIN_COMMAND, EXPORT_COMMAND, GOLDEN_COMMAND, MODELS_COMMAND, MISTAKES_COMMAND, HELP_COMMAND;
extern const Command SAMPLE_COMMAND, DRAW_COMMAND;
extern const Command RENDER_COMMAND, EXERCISE_COMMAND, GRADE_COMMAND, LEARN_COMMAND, FILL_COMMAND;
extern const Command TOKENIZER_COMMAND, COST_COMMAND, SCALE_COMMAND;
extern const Command LENS_COMMAND, ATTRIBUTE_COMMAND, HEADS_COMMAND, FOLLOW_COMMAND, ABLATE_COMMAND, PATCH_COMMAND;

const Command *const COMMANDS[] = {
    &STEP_COMMAND, &SCREEN_COMMAND, &STEPS_COMMAND, &NAMES_COMMAND, &SHOW_COMMAND, &WHY_COMMAND, &USES_COMMAND,
    &NEAREST_COMMAND, &ANALOGY_COMMAND, &SIMILAR_COMMAND, &RETRIEVE_COMMAND, &CLUSTER_COMMAND, &CLASSIFY_COMMAND,
    &SENSES_COMMAND,
    &NUDGE_COMMAND, &GRADCHECK_COMMAND, &DIFF_COMMAND, &TRAIN_COMMAND, &EXPORT_COMMAND, &GOLDEN_COMMAND,
    &EVALUATE_COMMAND, &COMPARE_FUSION_COMMAND, &PARAMETERS_COMMAND,
    &MODELS_COMMAND, &MISTAKES_COMMAND, &HELP_COMMAND,
    &SAMPLE_COMMAND, &DRAW_COMMAND, &RENDER_COMMAND, &EXERCISE_COMMAND, &GRADE_COMMAND, &LEARN_COMMAND, &FILL_COMMAND,
    &TOKENIZER_COMMAND, &COST_COMMAND, &SCALE_COMMAND,
    &LENS_COMMAND, &ATTRIBUTE_COMMAND, &HEADS_COMMAND, &FOLLOW_COMMAND, &ABLATE_COMMAND, &PATCH_COMMAND,
};
const int COMMAND_COUNT = sizeof COMMANDS / sizeof *COMMANDS;

const Command *command_find(const char *name)
{
    for (int i = 0; i < COMMAND_COUNT; i++)
        if (strcmp(COMMANDS[i]->name, name) == 0)
            return COMMANDS[i];
    return NULL;
}

/* The first command that has an option of this name. */
static const Command *owner(const char *option)
{
    size_t length = strcspn(option, "=");
    for (int i = 0; i < COMMAND_COUNT; i++)
        for (const Option *own = COMMANDS[i]->options; own < COMMANDS[i]->options + MOST_OPTIONS && own->name; own++)
            if (strncmp(own->name, option, length) == 0 && !own->name[length])
                return COMMANDS[i];
    return NULL;
}

static bool unknown_command(const char *word, const char *before, Error *error)
{
    /* "tracer --at NAME": the option of a command that was not named. */
    const Command *meant = before && strncmp(before, "--", 2) == 0 ? owner(before) : NULL;
    if (meant)
        return error_set(error, EXIT_USED_WRONGLY, "\"%.60s\" is an option of a command that is not named: "
                         "tracer %s %.60s", before, meant->name, before);
    Nearest nearest = {0};
    char answer[NEAREST_TEXT];
    for (int i = 0; i < COMMAND_COUNT; i++)
        nearest_offer(&nearest, word, COMMANDS[i]->name);
    return error_set(error, EXIT_USED_WRONGLY, "no command is called \"%.60s\"; %s", word,
                     nearest_text(&nearest, answer, "tracer help lists them"));
}

bool arguments_parse(int count, char **words, Arguments *arguments, Error *error)
{
    int at = command_word(count, words);
    const Command *command = command_find(at < 0 ? "step" : words[at]);
    if (!command)
        return unknown_command(words[at], at > 0 ? words[at - 1] : NULL, error);
    return arguments_take(command, at, count, words, arguments, error);
}
