/* The tape: everything that one training step did, in the order in which it did it.
 *
 *   value   one named matrix of doubles, row-major, rows x cols; written once, never changed
 *   step    one primitive applied once: inputs, output, label, place in the tree, source line
 *   frame   a named stretch of steps: forward > block0 > attention > head0 > softmax
 *   call    one application of a rule, which the reverse walk will visit again
 *
 * Ids are ints that count from 0 in the order of recording. Going back one step is a
 * cursor minus one; nothing is undone or recomputed. The tape knows nothing of any model. */
#ifndef TINY_MODEL_TAPE_H
#define TINY_MODEL_TAPE_H

#include "arena.h"
#include "error.h"

#include <setjmp.h>
#include <stddef.h>

typedef enum { PHASE_FORWARD, PHASE_BACKWARD, PHASE_UPDATE } Phase;
typedef enum { KIND_PARAMETER, KIND_ACTIVATION, KIND_GRADIENT, KIND_OPTIMIZER, KIND_INPUT } Kind;

/* A name in pieces: put together only when somebody asks, since recording is hot.
 *   base < 0    scope.local, or scope.backward.local inside a backward rule
 *   base >= 0   NAME(base) suffix, and .from.NAME(from) if from >= 0 */
typedef struct {
    const char *scope;  /* dotted path of the frame, or "" */
    const char *local;  /* "exp", or the suffix "grad", "m", "next" */
    int base, from;     /* value ids, or -1 */
    int repeat;         /* 2 for the second message from the same place, else 0 */
    bool backward;
} Name;

/* What the rows or the columns of a value stand for. Leaves name their axes, the shape rule of every
 * primitive carries them on; nothing is guessed from sizes that happen to agree. */
typedef struct {
    const char *name;   /* "token", "feature", "vocabulary", "class" ...: one word of the field */
    int size;
    const char *const *labels; /* [size], or NULL: only numbers; they outlive the recording */
    bool place;         /* an index is a place in a sequence: tokens, patches, time */
} Axis;

/* Axes that every tape has: nothing in particular, and the code points of letters. */
enum { AXIS_NONE, AXIS_LETTER, AXIS_OWN };

/* The form of a value. The axes are ids on its tape. */
typedef struct {
    int rows, cols;
    short row_axis, col_axis;
    short counts;       /* the axis whose indices its numbers are; AXIS_NONE: they are quantities */
    bool part;          /* the columns are a part of col_axis, or more than it has */
    int from;           /* where such a part begins */
} Shape;

typedef struct {
    int rows, cols;
    double *data;       /* NULL on a dry tape */
    Name name;
    int producer;       /* step, or -1 for what comes from outside */
    int gradient;       /* value id, or -1: filled in by the way back */
    short row_axis, col_axis, counts; /* see Shape. Small members: a value is one line of the cache */
    Kind kind : 8;
    bool frozen;        /* a parameter whose gradient is not computed */
} Value;

typedef struct Primitive Primitive;
typedef struct Rule Rule;
typedef struct Mistake Mistake;

enum { MOST_CONSTANTS = 2, CALL_SAVED = 8 };

/* What a step has beside its inputs; a primitive uses what it needs and says so. */
typedef struct {
    double constants[MOST_CONSTANTS];
    bool transposed[2];  /* matmul: take this input transposed */
    int offset;          /* slices: first row or column; rotate: 1 for pairs by halves */
    int rows, cols;      /* where the inputs do not settle the output's shape; causal_mask: cols is the window */
} Attributes;

typedef struct {
    const Primitive *primitive;
    const int *inputs;   /* value ids */
    int input_count;
    int output;
    int frame;
    Phase phase;
    Attributes attributes;
    const char *label;   /* "exp", "dx": what the rule calls it; mistakes look for it */
    const char *file;    /* the source line of the rule that recorded it */
    int line;
} Step;

typedef struct {
    const char *name;    /* "head0" */
    const char *path;    /* "block0.attention.head0"; "" for forward, backward and update */
    const char *home;    /* the path without the sequences and pairs of a batch: parameters are named by it */
    const Rule *rule;    /* NULL for a frame that only groups */
    Phase phase;
    int parent;          /* -1 at the top */
    int depth;
    int first, last;     /* step ids, inclusive; last < first while it is empty */
} Frame;

/* One application of a rule, kept for the way back. */
typedef struct {
    const Rule *rule;
    const int *inputs;     /* the values that may receive a gradient */
    int input_count;
    int output;
    int saved[CALL_SAVED]; /* values of the forward part that the backward part reads */
    Attributes attributes;
    int frame;
} Call;

/* Changes one cell after it was computed: `cell = absolute ? amount : cell + amount`. */
typedef struct {
    int value, row, col;
    bool absolute;
    double amount;
} Nudge;

/* Numbers that stand in the place of those that were recorded under this name, right after they
 * were: the printed inputs of an exercise. What is behind them is computed from them. */
typedef struct {
    const char *name;
    int rows, cols;
    const double *data;
    const char *why;    /* "set by --ablate": told behind the number; NULL: it is a worksheet's */
} Given;

typedef struct Tape Tape;
typedef struct Repeat Repeat;

/* Who computes steps that are recorded first and computed later: steps that do not need each other may then be
 * computed side by side. A step reads its inputs and writes its output, which nobody else writes. */
typedef struct {
    /* Runs the steps first <= id < end, each behind those that made its inputs; compute NULL: nobody. */
    void (*compute)(void *context, const Tape *tape, int first, int end);
    void *context;
    /* Runs a recorded training step again, see repeat.h; NULL: one thread does. */
    void (*repeat)(void *context, const Tape *tape, const Repeat *repeat);
    int threads;
} Computer;

/* How much stands on a tape. */
typedef struct {
    int values, steps, frames, calls, axes;
} Extent;

struct Tape {
    Arena arena;
    Value *values;
    Step *steps;
    Frame *frames;
    Call *calls;
    int value_count, step_count, frame_count, call_count;
    int value_capacity, step_capacity, frame_capacity, call_capacity;
    Axis *axes;
    int axis_count, axis_capacity;
    int kept_axes;            /* those of the parameters, which tape_rewind keeps */
    struct NamesSeen *seen;   /* on a dry tape: what finds a name that stands twice */

    int frame;                /* the open frame, -1 outside of all */
    Phase phase;
    Kind kind;                /* of the values that steps make now */
    const Mistake *mistake;   /* NULL: record the truth */
    int mistake_hits;         /* steps that it changed since tape_rewind */
    const Nudge *nudges;
    int nudge_count;
    const Given *givens;
    int given_count;
    bool dry;                 /* shapes only: nothing computed, no room taken for numbers */
    Computer computer;        /* who computes later; else a step is computed as it is recorded */
    int computed;             /* steps that it has computed */
    const Extent *known;      /* not NULL: nothing is appended, what is recorded must stand there; see tape_over */
    int recordings;           /* that were begun on this tape */
    size_t limit;             /* bytes of numbers, names, steps and values that may be recorded; 0: any */
    size_t bytes;             /* recorded so far */
    jmp_buf *escape;          /* where recording stops when it cannot go on */
    Error *error;
};

/* Where the output of a step gets its name, and the source line of the rule.
 * The macros below make one and point to it; it lives until the end of the block. */
typedef enum { LABEL_HERE, LABEL_RESULT, LABEL_DERIVED, LABEL_PLAINLY } LabelKind;

typedef struct {
    LabelKind kind;
    const char *local;
    int base, from, repeat;  /* LABEL_DERIVED: see Name */
    const char *tag;         /* LABEL_DERIVED: what the rule calls it */
    double *place;           /* where the numbers go, or NULL for the arena */
    bool apart;              /* they have a place, also where a dry tape does not know it yet */
    const char *file;
    int line;
    short row_axis, col_axis, counts; /* in place of those that the shape rule finds; 0: its own */
} Label;

/* HERE("exp"): named under the open frame. RESULT("weights"): named under the frame
 * around it, as the result of a rule is. DERIVED(p, "m"): p's name and a suffix. */
#define LABEL(kind_, local_, base_, place_) \
    (&(const Label){.kind = (kind_), .local = (local_), .base = (base_), .from = -1, .repeat = 0, .tag = (local_), \
                    .place = (place_), .file = __FILE__, .line = __LINE__})
#define HERE(local) LABEL(LABEL_HERE, local, -1, NULL)
/* HERE, and on the way back without saying so: what has no counterpart on the way forward. */
#define PLAINLY(local) LABEL(LABEL_PLAINLY, local, -1, NULL)
#define RESULT(local) LABEL(LABEL_RESULT, local, -1, NULL)
/* RESULT where the step is known by another label: a rule whose last step is left out. */
#define RESULT_AS(local_, tag_) \
    (&(const Label){.kind = LABEL_RESULT, .local = (local_), .base = -1, .from = -1, .tag = (tag_), \
                    .file = __FILE__, .line = __LINE__})
#define DERIVED(base, suffix) LABEL(LABEL_DERIVED, suffix, base, NULL)
#define DERIVED_AT(base_, suffix, place_) \
    (&(const Label){.kind = LABEL_DERIVED, .local = (suffix), .base = (base_), .from = -1, .tag = (suffix), \
                    .place = (place_), .apart = true, .file = __FILE__, .line = __LINE__})

/* The label of a step whose axes the inputs do not settle: those that are not 0 are named here. */
static inline Label label_with_axes(const Label *label, short row_axis, short col_axis, short counts)
{
    Label with = *label;
    with.row_axis = row_axis;
    with.col_axis = col_axis;
    with.counts = counts;
    return with;
}

/* Everything below that records:
 *   memory  the tape's arena, until tape_rewind or tape_free
 *   errors  none at the call: out of memory and the limit leave through tape_attempt,
 *           a wrong shape is our bug and aborts
 *   source  none */

/* Runs record(tape, context) over what stands on the tape, the extent of which is told: where it records the same
 * leaves, steps, frames and calls from the first on, nothing is recorded or computed, but leaves take the numbers of
 * now. The counts of the tape are then as far as `record` came.
 *   memory  what `record` asks for itself is the tape's arena's, which it rewinds
 *   errors  what is not the same, and numbers asked for on the way, leave through the tape_attempt around it, and what
 *           stood on the tape is then of no use */
void tape_over(Tape *tape, const Extent *known, void (*record)(Tape *, void *), void *context);
Extent tape_extent(const Tape *tape);
void tape_reach(Tape *tape, const Extent *extent); /* the counts of the tape are these */

/* Runs record(tape, context) and catches what it cannot go on with; false and *error
 * filled in if so. Recording outside of it may only fail by aborting. */
bool tape_attempt(Tape *tape, void (*record)(Tape *, void *), void *context, Error *error);

/* Leaves through tape_attempt; *tape->error says why. */
_Noreturn void tape_give_up(Tape *tape);

/* Bytes that a recording takes: those of the tape, and what its lists keep free for more. */
size_t tape_memory(const Tape *tape);

/* Forgets everything recorded and keeps the memory. */
void tape_rewind(Tape *tape);
void tape_free(Tape *tape);

/* Opens and closes a frame. index >= 0 is glued to the name: ("block", 0) is "block0". */
int tape_begin(Tape *tape, const char *name, int index, const Rule *rule);

/* The same for one of several examples that go the same way: ("sequence", 1). Its values are named
 * under it, the parameters that it asks for are not. */
int tape_begin_instance(Tape *tape, const char *name, int index);

/* Opens a frame that groups steps without a name of its own: its values are named by the frame around it. */
int tape_begin_inside(Tape *tape, const char *name, const Rule *rule);
void tape_end(Tape *tape);

/* Opens again the frame that was closed last at the top, for more steps behind its own. */
void tape_go_on(Tape *tape, int frame);

/* Opens a frame that has the name of a value for its own; only at the top of a phase. */
int tape_begin_for(Tape *tape, int value);

/* Opens a frame of the way back, with the name and path of a forward frame. */
int tape_begin_again(Tape *tape, int forward_frame);

/* Opens forward, backward or update. */
void tape_begin_phase(Tape *tape, Phase phase);

/* The id of an axis on this tape, the same for the same axis; until tape_rewind. */
short tape_axis(Tape *tape, Axis axis);

/* The axis of `size` indices of another, the first of which is its from-th. */
short tape_axis_part(Tape *tape, int axis, int size, int from);

/* A value from outside, named by the open frame. `data` is used in place, rows x cols doubles,
 * and must live as long as the recording. Returns its id. */
int tape_leaf(Tape *tape, Kind kind, const char *local, Shape shape, double *data);

/* A parameter, named scope.local whatever frame is open; scope may be "". */
int tape_parameter(Tape *tape, const char *scope, const char *local, Shape shape, double *data);

/* As tape_leaf, named NAME(base).suffix: the moments before the step. */
int tape_leaf_of(Tape *tape, int base, const char *suffix, double *data);

/* Room in the arena for a rows x cols matrix of an input; NULL on a dry tape. */
double *tape_room(Tape *tape, int rows, int cols);

/* Room for `count` labels of an axis; also on a dry tape. */
const char **tape_labels(Tape *tape, int count);

/* Room for `count` pointers in the arena; also on a dry tape. */
double **tape_pointers(Tape *tape, int count);

/* `count` ints in the arena, each set to `initial`; also on a dry tape. */
int *tape_ints(Tape *tape, int count, int initial);

/* Applies a primitive and appends the step: the one way in which a number is made.
 *   inputs   ids of earlier values, as many as the primitive takes
 *   returns  the id of the output */
int tape_step(Tape *tape, const Primitive *primitive, const Label *label, const int *inputs, int count,
              Attributes attributes);

/* The same, past the planted mistake: what the mistake itself records with. */
int tape_step_as_told(Tape *tape, const Primitive *primitive, const Label *label, const int *inputs, int count,
                      Attributes attributes);

/* Has every step computed that was recorded so far, where that is done later. */
void tape_compute(Tape *tape);

/* The numbers of a value for who decides by them what to record next; NULL on a dry tape. Only so may a recorder whose
 * steps are computed later look at what it has recorded. */
const double *tape_numbers(Tape *tape, int value);

/* Closes the open frame, which is a rule's, and remembers the rule's application for the
 * reverse walk: call gives inputs (copied), output, saved values and attributes. Returns
 * call.output. */
int tape_call(Tape *tape, Call call);

/* Writes the full name into text[size], cut off if need be, and returns its length. */
size_t tape_name(const Tape *tape, int value, char *text, size_t size);

static inline const Value *tape_value(const Tape *tape, int value)
{
    return &tape->values[value];
}

/* What the rows, the columns, the numbers of a value stand for. */
static inline const Axis *tape_rows(const Tape *tape, int value)
{
    return &tape->axes[tape->values[value].row_axis];
}

static inline const Axis *tape_cols(const Tape *tape, int value)
{
    return &tape->axes[tape->values[value].col_axis];
}

static inline const Axis *tape_counts(const Tape *tape, int value)
{
    return &tape->axes[tape->values[value].counts];
}

/* The frame right below the phase that a step stands in, or the phase. */
int tape_outermost(const Tape *tape, int step);

/* 1 if `frame` is `ancestor` or inside of it. */
bool tape_frame_within(const Tape *tape, int frame, int ancestor);

const char *phase_name(Phase phase);
const char *kind_name(Kind kind);

#endif
