/* tracer step: the stepper, in the terminal or line by line. */
#include "command.h"

#include "tracer/files.h"
#include "tracer/stepper/games.h"
#include "tracer/stepper/settings.h"
#include "tracer/stepper/stepper.h"
#include "tracer/stepper/terminal.h"

static int run(const Arguments *arguments, Error *error)
{
    Stepper stepper;
    bool plain = option_of(arguments, "--plain") || !terminal_usable();
    bool ascii = !locale_prepare() || option_of(arguments, "--ascii");
    const char *at = option_of(arguments, "--at");
    if (!stepper_open(&stepper, arguments, ascii, error))
        return error->code;
    State *state = &stepper.state;
    settings_load(state);
    state->ascii |= ascii; /* options and the terminal come before settings */
    state->digits = arguments->digits_given ? arguments->digits : state->digits;
    if (!plain && !state->no_welcome && !state->message[0])
        state_say(state, "new here? n goes on, Enter asks why, ? lists all keys; :set welcome off ends this");
    if (at) {
        command_go(state, at);
        if (state->complains)
            error_set(error, EXIT_USED_WRONGLY, "%s", state->message);
    }
    if (error->code == 0 && plain)
        plain_run(state, error);
    else if (error->code == 0)
        terminal_run(state, color_wanted(arguments), error);
    Text summary = {0};
    games_summary(state, &summary);
    if (summary.data && !summary.failed && error->code == 0) {
        printf("%s", summary.data);
        stdout_finish(error);
    }
    text_free(&summary);
    stepper_close(&stepper);
    return error->code;
}

const Command STEP_COMMAND = {
    .name = "step", .words = "",
    .summary = "steps through the training step in the terminal, forwards and backwards",
    .details = "n and N step over, s and S into, f and F finish, c and C go to the next breakpoint; Enter asks why a cell is\n"
               "what it is; t shows what the tutorial says about the step; ? lists all keys. Without a terminal, or with --plain,\n"
               "the same commands are read line by line and answered in sentences; with nothing to read it tells the whole walk.\n",
    .example = "step --model by-hand --at block0.attention.head0.weights",
    .options = {{"--plain", NULL, "sentences instead of a screen"},
                {"--ascii", NULL, "no characters beyond ASCII"},
                {"--at", "NAME", "starts at the step that made this value or cell"}},
    .run = run,
};
