/* Commands of the contract that are not built yet: each says so and exits with 2, rather than
 * printing something made up. */
#include "command.h"

static int not_built(const Arguments *arguments, Error *error)
{
    error_set(error, EXIT_USED_WRONGLY, "tracer %s is not built yet; tracer help lists what is", arguments->command->name);
    return EXIT_USED_WRONGLY;
}

#define PLANNED(constant, name_, words_, summary_, ...) \
    const Command constant = { \
        .name = name_, .words = words_, .summary = summary_ " (not built yet)", .details = "", .example = name_, \
        .most_words = MOST_WORDS, .options = {__VA_ARGS__}, .run = not_built, \
    };

PLANNED(SAMPLE_COMMAND, "sample", "", "generated text, with the probabilities that led to it",
        {"-n", "N", "tokens"}, {"--temperature", "T", "above 0"}, {"--top-k", "K", "of the likeliest"},
        {"--top-p", "P", "of the probability"}, {"--seed", "S", "a whole number"})
