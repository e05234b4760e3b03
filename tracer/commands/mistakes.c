/* tracer mistakes: the planted mistakes. */
#include "command.h"

#include "tracer/base/print.h"


static void print_mistake(const Mistake *mistake)
{
    print("%-38s %s\n", mistake->id, mistake->message);
}

/* Those that change something in this run. */
static int list_for(const RunOptions *options, Error *error)
{
    Session session;
    if (!session_load(&session, options, error))
        return error->code;
    const System *system = session.model.system;
    session_close(&session);
    for (int i = 0; i < mistake_count_of(system); i++) {
        Error changes_nothing = {0};
        RunOptions with = *options;
        with.mistake = mistake_of(system, i)->id;
        if (!session_open(&session, &with, &changes_nothing))
            continue;
        print_mistake(mistake_of(system, i));
        session_close(&session);
    }
    return EXIT_DONE;
}

static int run(const Arguments *arguments, Error *error)
{
    if (session_chosen(&arguments->run))
        return list_for(&arguments->run, error);
    for (int i = 0; i < mistake_total(); i++)
        print_mistake(mistake_at(i));
    return EXIT_DONE;
}

const Command MISTAKES_COMMAND = {
    .name = "mistakes", .words = "", .summary = "the planted mistakes; any run takes --mistake ID",
    .details = "With --model those that change something in that model.\n"
               "A planted mistake changes what is recorded, not the rules. Compare it with the truth by\n"
               "tracer diff \"\" \"--mistake ID\"; tracer gradcheck --mistake ID tells whether a gradient lies.\n",
    .example = "mistakes --model xor", .paged = paged_always, .learns = true, .run = run,
};
