/* tracer step: the stepper, in the terminal or line by line. */
#include "stepping.h"

#include "tracer/base/files.h"
#include "tracer/base/print.h"
#include "tracer/stepper/games.h"
#include "tracer/stepper/settings_file.h"
#include "tracer/stepper/terminal.h"
#include "tracer/views/hiding.h"

#include <string.h>

static int run(const Arguments *arguments, Error *error)
{
    Stepping stepping;
    bool plain = option_of(arguments, "--plain") || !terminal_usable();
    bool ascii = !locale_prepare() || option_of(arguments, "--ascii");
    if (!stepping_open(&stepping, arguments, ascii, error))
        return error->code;
    State *state = &stepping.stepper.state;
    char said[MESSAGE_SIZE];
    memcpy(said, state->view.message.text, sizeof said);
    settings_load(state);
    if (*said)
        state_say(state, "%s", said); /* about the answer or the place: more than about settings */
    state->view.settings.ascii |= ascii; /* options and the terminal come before settings */
    state->view.settings.digits = arguments->digits_given ? arguments->digits : state->view.settings.digits;
    if (!plain && !state->view.settings.no_welcome && !state->view.message.text[0])
        state_say(state, "new here? n begins, Enter goes in, ? tells the keys; :set welcome off ends this");
    if (plain)
        plain_run(state, error);
    else
        terminal_run(state, color_wanted(arguments), error);
    Text summary = {0};
    games_summary(&state->view, &summary);
    if (error->code == 0 && print_text(&summary, error))
        stdout_finish(error);
    text_free(&summary);
    stepping_close(&stepping);
    return error->code;
}

const Command STEP_COMMAND = {
    .name = "step", .words = "", .summary = "steps through the training step in the terminal, forwards and backwards",
    .details = "n and N step over, s and S into, f and F finish, c and C go to the next breakpoint; "
               "Enter asks why a cell is\n"
               "what it is; t shows what the tutorial says about the step; ? lists all keys. Without a terminal, "
               "or with --plain,\n"
               "the same commands are read line by line and answered in sentences; "
               "with nothing to read it tells the whole walk.\n\n" STEPPING_DETAILS,
    .example = "step --model by-hand --at block0.attention.head0.weights",
    .options = {{"--plain", NULL, "sentences instead of a screen"}, STEPPING_OPTIONS},
    .run = run,
};
