/* The stepper's state: what its views read, and what only keys need. A value: assignment copies it.
 * The lab that it points to must outlive it. A key that records another run (a nudge, a mistake,
 * a training step) replaces those of the lab: a copy of the state from before it is stale.
 *
 * What is on the screen depends on the position and the settings, never on the way there; only
 * the trail remembers the way, so that a capital undoes its lower-case letter exactly. */
#ifndef TRACER_STEPPER_STATE_H
#define TRACER_STEPPER_STATE_H

#include "tracer/views/view_state.h"

enum { TRAIL = 1024, MOST_JUMPS = 64, MOST_TYPED = 24 };

/* Where forward keys came from, so that their capitals go back there. */
typedef struct {
    int step, to, node, row, col;
    int key;
    bool map;                    /* the map had the screen */
} Crumb;

typedef struct {
    Crumb list[TRAIL];
    int count;
} Trail;

/* Places that jumps left: those before this one, then those behind it. */
typedef struct {
    Place list[MOST_JUMPS];
    int count, at;
} Jumps;

/* Lines that were typed, the last one first, and what was looked for last. */
typedef struct {
    char list[MOST_TYPED][INPUT_SIZE];
    int count, at;               /* at: 1 + the one that Up fetched; 0: none */
    char search[INPUT_SIZE];
} TypedLines;

typedef enum { TELL_STEP, TELL_PAGE, TELL_LINE } Telling;

/* What a key leaves to whoever runs the stepper: the terminal, the plain mode. */
typedef struct {
    Telling tell;                /* what it was about: the plain mode tells it */
    char write_to[INPUT_SIZE];   /* a file that was asked for */
    bool quit;
} Errand;

/* Whether the settings have a file, and differ from what stands there. */
typedef struct {
    bool kept, changed;
} SettingsFile;

typedef struct State {
    ViewState view;
    Lab *lab;                    /* the view's, to record with */
    Trail trail;
    Jumps jumps;
    TypedLines typed;
    Errand errand;
    bool zoomed;                 /* the key before was z: an i behind it makes the chord zi */
    SettingsFile settings_file;
} State;

/* The first step, the operation pane. tutor: who answers what the tutorial says. */
void state_init(State *state, Lab *lab, Tutor tutor);

/* Applies a key of keys.h, or the character with that code point. */
void stepper_key(State *state, int key);

void state_say(State *state, const char *format, ...) __attribute__((format(printf, 2, 3)));
void state_complain(State *state, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Forgets the trail, as after a jump. */
void state_jump(State *state, int step);

/* Folds an open frame, opens a folded one. */
void frame_toggle(State *state, int frame);

#endif
