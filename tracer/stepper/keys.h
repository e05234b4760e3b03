/* The keys: one table that feeds the dispatcher, the footer, the `?` menu, the plain mode and the
 * man page. */
#ifndef TRACER_STEPPER_KEYS_H
#define TRACER_STEPPER_KEYS_H

#include "state.h"
#include "tracer/views/key_help.h"

extern const Key KEYS[];
extern const int KEY_COUNT;
extern const TypedCommand TYPED_COMMANDS[];
extern const int TYPED_COMMAND_COUNT;

const Key *key_of_command(const char *command, size_t length); /* NULL if there is none */

/* What the key of a command means in the present pane: `up` chooses a term in the cell. */
const Key *key_here(const State *state, const Key *key);

/* What the keys of the table do, grouped by file. */
void move_over(State *state, int code);      /* moves.c */
void move_into(State *state, int code);
void move_finish(State *state, int code);
void move_continue(State *state, int code);
void move_ends(State *state, int code);

void map_key(State *state, int code);        /* guide.c */
void map_open(State *state);
void map_close(State *state);                /* if it has the screen */
void map_enter(State *state);                /* goes into the marked station */
bool command_tour(State *state, const char *words);
int tour_ahead(const ViewState *view);       /* the next station, or -1; the one before */
int tour_behind(const ViewState *view);

void cell_move(State *state, int code);      /* cursor.c */
void tree_move(State *state, int code);
void tree_enter(State *state, int code);
void term_move(State *state, int code);
void pane_next(State *state, int code);
void why_enter(State *state, int code);
void why_follow(State *state, int code);
void why_return(State *state, int code);
void close_pane(State *state, int code);

void panel_turn(State *state, int code);     /* panel_keys.c */
void panel_move(State *state, int code);
void panel_follow(State *state, int code);
void row_key(State *state, int code);
void verify_key(State *state, int code);     /* check_keys.c */
bool command_gradcheck(State *state, const char *words);
void zoom_key(State *state, int code);
void uses_key(State *state, int code);
void order_key(State *state, int code);
void copies_key(State *state, int code);

void open_search(State *state, int code);    /* prompt.c; what is typed runs in typed_commands.c */
void open_command(State *state, int code);
void open_menu(State *state, int code);
void prompt_key(State *state, int code);

/* The menu of the names among which a short name, with or without a cell, does not choose. */
bool choice_open(State *state, const char *line);

/* Opens the page of the text panel with that name; false if there is none. */
bool panel_open(State *state, const char *name);

/* The pages tell of the cell that keys act on: of the marked one of the term in the cell pane. */
void ask_here(State *state);

/* `:panel NAME`; without a name the page that is open. */
bool command_panel(State *state, const char *words);

/* `:learn`: the page of the tutorial, with the focus. */
bool command_learn(State *state, const char *words);

/* Chooses the term of the selected cell that reads `cell`; false if none does. */
bool term_choose(State *state, const Explanation *explanation, Reference cell);

/* Goes to a cell of a step's output and remembers the way back for Backspace. */
void follow_to(State *state, int step, int row, int col);

/* Goes to a reader of a cell; through those that only copy it if copies are skipped, up to one
 * that does more or whose result is read more than once, or never. */
void follow_use(State *state, int step, int row, int col);

/* Runs a line of the command line: "23", "block0.mlp.hidden[1,2]", "digits 2", "next 5". */
void command_run(State *state, const char *line);

/* Looks for a part of a name; "": for the last one again. */
void command_search(State *state, const char *typed);

/* Goes to the step that made a value or cell; to the first that reads it where none did. */
void command_go(State *state, const char *name);

#endif
