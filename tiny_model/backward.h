/* The way back: every call of the forward part once, from the last to the first.
 *
 * A rule's backward part hands in contributions; this walk adds them up, as recorded steps,
 * so that a gradient with three sources shows three messages arriving. Chapters 12 to 15. */
#ifndef TINY_MODEL_BACKWARD_H
#define TINY_MODEL_BACKWARD_H

#include "tape.h"

/* What a rule's backward part fills in: to->grad[i] for input i of the call. */
typedef struct {
    const Tape *tape;
    const Call *call;
    const int *learns; /* of each value: 1 where something that is trained lies behind it */
    const int *uses;  /* how many inputs of calls each value is */
    int *grad;        /* one id for each input of the call; -1: no contribution */
    Label label;      /* of the contribution that is being made */
} Contributions;

/* The label of the step that makes the contribution to input i; tag is what the rule
 * calls it ("dW"). A value that is used once gets its gradient's name straight away. */
const Label *contribution_label(Contributions *to, int i, const char *tag, const char *file, int line);
#define TO(to, i, tag) contribution_label(to, i, tag, __FILE__, __LINE__)

/* True if input i receives a gradient: parameters do, and what was made from them; inputs do not, and what
 * is frozen does not, nor what was made from nothing else. */
bool wants_gradient(const Contributions *to, int i);

/* Records the backward phase from `output` [R x C] down to the parameters.
 *   first    the first call that is gone through: 0, or where a later forward phase began
 *   seed     the gradient of the output, R x C doubles that outlive the recording,
 *            or NULL for 1 in every cell
 *   memory   the tape's arena
 *   errors   as recording: through tape_attempt
 *   source   reverse-mode differentiation; Linnainmaa 1970 */
void backward(Tape *tape, int output, double *seed, int first);

#endif
