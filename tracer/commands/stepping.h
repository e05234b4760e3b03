/* What `step` and `screen` have in common: the stepper on the run and at the place that the options
 * ask for, an answer to an exercise beside it. */
#ifndef TRACER_COMMANDS_STEPPING_H
#define TRACER_COMMANDS_STEPPING_H

#include "command.h"

#include "tracer/exercise/handed_in.h"
#include "tracer/stepper/mine.h"
#include "tracer/stepper/stepper.h"

#define STEPPING_OPTIONS \
    {"--ascii", NULL, "no characters beyond ASCII"}, \
    {"--at", "NAME", "starts at the step that made this value or cell"}, \
    {"--tour", "NAME", "shows around: attention, gradient or update; n goes to the next station"}, \
    {"--mine", "FILE", "an answer: starts where it first went wrong; a worksheet, numbers or .npy"}, \
    {"--exercise", "NN", "--mine: the exercise that the numbers answer (a worksheet says so itself)"}, \
    {"--student", "ID", "--mine: whose numbers (what the sheet says, else anna)"}, \
    {"--course", "NAME", "--mine: of which course (likewise, demo)"}, \
    {"--secret", "FILE", "--mine: the secret of the course, for a sheet that is salted with it"}, \
    {"--before", "FILE", "--mine: the answer to the exercise that this one follows"}, \
    {"--exercises", "FOLDER", "--mine: where the exercises are (those of the tutorial)"}, \
    {"--teacher", NULL, "--mine: with the right numbers in the place of wrong ones"}

#define STEPPING_DETAILS \
    "--mistake ID runs the mistake beside the truth, from where the two part, with what it does to the loss in 20\n" \
    "training steps; x turns from one to the other. With --step N it is alone, made at every training step.\n\n" \
    "With --mine the stepper opens on the first wrong cell of an answer, with the numbers of its worksheet: those\n" \
    "printed on it, and everything behind them. Wrong cells have a cross and hide what is right until you have\n" \
    "found it: i tries a number, :reveal gives up. Where the mistake has a name, x turns to a run that makes it.\n" \
    "It is a courtesy, no lock: the steps behind read the right numbers. Numbers that are of no worksheet are\n" \
    "compared with the value --at of the chosen run. The exit code is 0, right or wrong: exercise check judges.\n"

typedef struct {
    Stepper stepper;
    Exercises exercises;
    HandedIn handed;
    Secret secret;              /* --secret: what the variant's whose points to */
    Given givens[MOST_GIVENS];  /* what is imposed on the worksheet's run */
    Exercise about;             /* --at: one value is asked, by no exercise */
    char name[KEPT_NAME];
    Mine mine;
} Stepping;

/* Opens the stepper as the options say. *out points into itself and must not be moved.
 *   memory  stepping_close gives everything back
 *   errors  a run or an answer that cannot be opened, in *error */
bool stepping_open(Stepping *out, const Arguments *arguments, bool ascii, Error *error);
void stepping_close(Stepping *stepping);

#endif
