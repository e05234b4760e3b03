/* Planted mistakes: changes that the recorder makes on purpose. A mistake is a row of a table:
 * which steps it means, by frame or rule and by label, and what it does to them. The rules
 * themselves stay clean. Chapter 16. */
#ifndef TINY_MODEL_MISTAKES_H
#define TINY_MODEL_MISTAKES_H

#include "model.h"
#include "tape.h"

typedef enum {
    EDIT_SKIP,        /* the step only copies its input `input` */
    EDIT_REPLACE,     /* another primitive, the same inputs and constants */
    EDIT_SWAP,        /* the two inputs change places */
    EDIT_TAKE,        /* input `input` is the value called `other` beside it, cut to its width */
    EDIT_TRANSPOSE,   /* input `input` is taken transposed, or no longer so */
    EDIT_OTHER_AXIS,  /* along the columns instead of the rows, or the other way round */
    EDIT_CONSTANT,    /* the constant is `number` */
    EDIT_OFFSET,      /* the offset is `number`: where a slice starts, what a mask leaves */
    EDIT_OPTION,      /* another choice of the model, made before model_finish; no step is changed */
    EDIT_RECORD,      /* `record` records something else in its place */
    EDIT_SCALE,       /* the result times `number`, as a step of its own */
    EDIT_TWICE,       /* once more on its own result, with the same constant */
    EDIT_ADD_AFTER,   /* the constant of the step labelled `other` of this frame is added to the result */
    EDIT_THEN         /* `primitive` with the constant `number` on the result */
} EditKind;

enum { MOST_EDITS = 8 };

typedef struct Edit Edit;

/* The step that a mistake changes, as the rule asked for it. */
typedef struct {
    const Edit *edit;
    const Primitive *primitive;
    const Label *label;
    const int *inputs;
    int count;
    Attributes attributes;
} Asked;

struct Edit {
    EditKind kind;
    Phase phase;
    const Rule *rule;            /* of the frame, or NULL: any */
    const char *frame;           /* pattern for its path, * for anything, or NULL: any */
    const char *label;           /* of the step, likewise, or NULL: any in a frame that fits */
    const Primitive *on;         /* only where the rule asked for this one, or NULL */
    int input;
    const Primitive *primitive;
    const char *other;
    double number;
    int (*record)(Tape *tape, const Asked *step);
    void (*option)(Model *model);
};

struct Mistake {
    const char *id;              /* "softmax.columns" */
    const char *message;         /* what went wrong, as told to the one who made it */
    int edit_count;
    Edit edits[MOST_EDITS];
};

/* What a step is called that a mistake makes before the one it is about: nothing that would tell. */
#define MISTAKE_PART "raw"

extern const Mistake MISTAKES[];
extern const int MISTAKE_COUNT;

/* The i-th of all mistakes: those of the rules, then those of each system; NULL behind the last. */
const Mistake *mistake_at(int i);
int mistake_total(void);

/* The same of those that a model of this system can make: the rules' and its own. */
const Mistake *mistake_of(const System *system, int i);
int mistake_count_of(const System *system);

/* Whether the mistake may be planted in models of this system at all: a choice may not where it is another system's, or
 * where nothing is learned unless it is the system's own. Who plants one asks; *error says it. */
bool mistake_may_be_in(const System *system, const Mistake *mistake, Error *error);
const Mistake *mistake_find(const char *id); /* NULL if there is none */

/* Whether the mistake is made behind the training step, in the frame called so and those inside:
 * "sampling", "check". */
bool mistake_is_in(const Mistake *mistake, const char *frame);

/* The choice of the model that the mistake makes; NULL if it changes steps. */
static inline void (*mistake_option(const Mistake *mistake))(Model *)
{
    return mistake ? mistake->edits[0].option : NULL;
}

/* tape_step, as the tape's mistake would have it. A mistake that does not fit the shapes of the
 * model leaves through tape_attempt with an error that says so. */
int mistake_step(Tape *tape, const Primitive *primitive, const Label *label, const int *inputs, int count,
                 Attributes attributes);

/* HERE for a step that a mistake makes before the one it is about. The same mistake may be made twice in a
 * frame: then the second such value is called NAME.2, so that no name stands twice. */
#define PART(local_) \
    mistake_part(tape, &(Label){.kind = LABEL_HERE, .local = (local_), .base = -1, .from = -1, .tag = (local_), \
                                .file = __FILE__, .line = __LINE__})
const Label *mistake_part(const Tape *tape, Label *label);

/* What EDIT_RECORD records with: a step past the mistake, refused as above if it does not fit. */
int mistake_make(Tape *tape, const Primitive *primitive, const Label *label, const int *inputs, int count,
                 Attributes attributes);

/* True if the mistake's hand is on this step: its result is not what the rule asked for. */
bool mistake_touches(const Tape *tape, const Mistake *mistake, int step);

#endif
