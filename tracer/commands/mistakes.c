/* tracer mistakes: the planted mistakes. */
#include "command.h"

#include <stdio.h>

static int run(const Arguments *arguments, Error *error)
{
    (void)arguments, (void)error;
    for (int i = 0; i < mistake_total(); i++)
        printf("%-38s %s\n", mistake_at(i)->id, mistake_at(i)->message);
    return EXIT_DONE;
}

const Command MISTAKES_COMMAND = {
    .name = "mistakes", .words = "", .summary = "the planted mistakes; any run takes --mistake ID",
    .details = "A planted mistake changes what is recorded, not the rules. Compare it with the truth by\n"
               "tracer diff \"\" \"--mistake ID\"; tracer gradcheck --mistake ID tells whether a gradient lies.\n",
    .example = "mistakes", .without_run = true, .run = run,
};
