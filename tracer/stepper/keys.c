/* The table of keys and the dispatcher; see keys.h. */
#include "keys.h"

#include "games.h"
#include "kept.h"
#include "places.h"

#include "tiny_model/tokenizer/tokenizer.h"

#include <string.h>

/* The first entry for a code and the present pane wins. A capital stands behind the letter that it
 * undoes, since the footer shows the two as one hint; a key without a command has no line of its own
 * in the menu. */
const Key KEYS[] = {
    {'n', "next", PANE_ANY, "over",
     "on: into what is new, over what was seen before; elsewhere over, at this level; on a tour the next station",
     move_over},
    {'N', "reverse-next", PANE_ANY, NULL, "back over: undoes n", move_over},
    {'s', "step", PANE_ANY, "into", "to the very next step, into frames", move_into},
    {'S', "reverse-step", PANE_ANY, NULL, "one step back: undoes s", move_into},
    {'f', "finish", PANE_ANY, "end", "to the end of this frame, where its result is made", move_finish},
    {'F', "reverse-finish", PANE_ANY, NULL, "back to before this frame began: undoes f", move_finish},
    {'c', "continue", PANE_ANY, "go on", "to the next breakpoint; to the next phase if there is none ahead",
     move_continue},
    {'C', "reverse-continue", PANE_ANY, NULL, "back to a breakpoint or to where a phase began: undoes c",
     move_continue},
    {'g', "first", PANE_ANY, NULL, "to the first step", move_ends},
    {'G', "last", PANE_ANY, NULL, "to the last step", move_ends},
    {' ', NULL, PANE_ANY, NULL, "the same as n", move_over},

    {KEY_IS_ENTER, "open", PANE_TREE, "open", "in the tree: opens or folds the frame, goes to the step", tree_enter},
    {KEY_IS_ENTER, "why", PANE_OPERATION, "why", "on a cell: why it is what it is, term by term", why_enter},
    {KEY_IS_ENTER, "follow", PANE_CELL, "follow", "on a term: to the step that made its marked cell", why_follow},
    {KEY_IS_ENTER, "enter", PANE_PANEL, "go", "on a line of the page: to the step and cell that it tells of",
     panel_follow},
    {KEY_IS_BACKSPACE, "return", PANE_ANY, NULL, "back to where the last why was asked", why_return},
    {KEY_IS_TAB, "pane", PANE_ANY, "pane", "the next pane: tree, operation, cell, page", pane_next},
    {'q', "quit", PANE_ANY, "quit", "closes what is open, then leaves", close_pane},
    {KEY_IS_ESCAPE, "close", PANE_ANY, NULL, "closes what is open, as q, but never leaves", close_pane},
    {'a', "map", PANE_ANY, "map", "all at a glance: the map of the training step; Enter goes into a station, a closes",
     map_key},

    {KEY_IS_UP, "up", PANE_OPERATION, NULL, "the cell above (in the tree the row, in the cell the term)", cell_move},
    {KEY_IS_DOWN, "down", PANE_OPERATION, NULL, "the cell below (row, term)", cell_move},
    {KEY_IS_LEFT, "left", PANE_OPERATION, NULL, "the cell to the left (folds the frame; the other cell of the term)",
     cell_move},
    {KEY_IS_RIGHT, "right", PANE_OPERATION, NULL, "the cell to the right (opens the frame; the other cell of the term)",
     cell_move},
    {KEY_IS_PAGE_UP, "page-up", PANE_OPERATION, NULL, "ten rows up", cell_move},
    {KEY_IS_PAGE_DOWN, "page-down", PANE_OPERATION, NULL, "ten rows down", cell_move},
    {KEY_IS_HOME, "home", PANE_OPERATION, NULL, "the first column", cell_move},
    {KEY_IS_END, "end", PANE_OPERATION, NULL, "the last column", cell_move},
    {'k', NULL, PANE_OPERATION, NULL, "up", cell_move},
    {'j', NULL, PANE_OPERATION, NULL, "down", cell_move},
    {'h', NULL, PANE_OPERATION, NULL, "left", cell_move},
    {'l', NULL, PANE_OPERATION, NULL, "right", cell_move},
    /* What the arrows do elsewhere is told once, by the lines of the operation pane above. */
    {KEY_IS_UP, NULL, PANE_TREE, NULL, "the row above", tree_move},
    {KEY_IS_DOWN, NULL, PANE_TREE, NULL, "the row below", tree_move},
    {KEY_IS_LEFT, NULL, PANE_TREE, NULL, "folds the frame", tree_move},
    {KEY_IS_RIGHT, NULL, PANE_TREE, NULL, "opens the frame", tree_move},
    {KEY_IS_PAGE_UP, NULL, PANE_TREE, NULL, "ten rows up", tree_move},
    {KEY_IS_PAGE_DOWN, NULL, PANE_TREE, NULL, "ten rows down", tree_move},
    {KEY_IS_HOME, NULL, PANE_TREE, NULL, "the first row", tree_move},
    {KEY_IS_END, NULL, PANE_TREE, NULL, "the last row", tree_move},
    {'k', NULL, PANE_TREE, NULL, "up", tree_move},
    {'j', NULL, PANE_TREE, NULL, "down", tree_move},
    {'h', NULL, PANE_TREE, NULL, "left", tree_move},
    {'l', NULL, PANE_TREE, NULL, "right", tree_move},
    {KEY_IS_UP, NULL, PANE_CELL, NULL, "the term above", term_move},
    {KEY_IS_DOWN, NULL, PANE_CELL, NULL, "the term below", term_move},
    {KEY_IS_LEFT, NULL, PANE_CELL, NULL, "the cell of the term to the left", term_move},
    {KEY_IS_RIGHT, NULL, PANE_CELL, NULL, "the cell of the term to the right", term_move},
    {KEY_IS_PAGE_UP, NULL, PANE_CELL, NULL, "ten terms up", term_move},
    {KEY_IS_PAGE_DOWN, NULL, PANE_CELL, NULL, "ten terms down", term_move},
    {'k', NULL, PANE_CELL, NULL, "up", term_move},
    {'j', NULL, PANE_CELL, NULL, "down", term_move},
    {'h', NULL, PANE_CELL, NULL, "left", term_move},
    {'l', NULL, PANE_CELL, NULL, "right", term_move},
    {KEY_IS_UP, NULL, PANE_PANEL, NULL, "the line above", panel_move},
    {KEY_IS_DOWN, NULL, PANE_PANEL, NULL, "the line below", panel_move},
    {KEY_IS_PAGE_UP, NULL, PANE_PANEL, NULL, "ten lines up", panel_move},
    {KEY_IS_PAGE_DOWN, NULL, PANE_PANEL, NULL, "ten lines down", panel_move},
    {'k', NULL, PANE_PANEL, NULL, "up", panel_move},
    {'j', NULL, PANE_PANEL, NULL, "down", panel_move},

    {'t', "text", PANE_ANY, "text",
     "the next page of the text panel: the tutorial, about, source, ... and back to the terms of the cell", panel_turn},
    {'T', "reverse-text", PANE_ANY, NULL, "the page before: undoes t", panel_turn},
    {'u', "uses", PANE_ANY, "uses",
     "who reads this cell (on a term its marked cell), with which factor; Enter goes to the reader, Backspace returns",
     uses_key},
    {'r', "row", PANE_ANY, NULL,
     "the token of this row through the model: what each head and MLP adds to it; Enter on a line goes to its step",
     row_key},
    {'z', "zoom", PANE_ANY, NULL,
     "matrices with all digits, with two, as heat only (a sign and tenths of the largest), or whole, as shades",
     zoom_key},
    {KEY_IS_ZI, "view-picture", PANE_ANY, NULL,
     "rows of pixels as the pictures that they are; z goes on from there with all digits", zoom_key},
    {'Z', "reverse-zoom", PANE_ANY, NULL, "undoes z", zoom_key},
    {'v', "verify", PANE_ANY, NULL,
     "the gradient check of this cell (on a term its marked cell), over the step size (makes the pages "
     "ledger, ablate); :gradcheck NAME",
     verify_key},
    {'o', "order", PANE_ANY, NULL, "terms and uses by size, the largest first, or in their order again", order_key},
    {'e', "elide", PANE_ANY, NULL,
     "following a term or a use goes through steps that only copy (transpose, slice, gather), or stops there again",
     copies_key},

    {'b', "toggle-break", PANE_ANY, NULL,
     "a breakpoint at this step, in the tree at the frame, or none any more; :break |x| > 5", break_key},
    {'w', "toggle-watch", PANE_ANY, NULL, "watches the selected cell, on a term its marked cell, or no longer",
     watch_key},
    {'+', "more", PANE_ANY, "nudge",
     "what if: this cell (on a term its marked cell, on W.grad that of W) by :set delta more; the run is made anew",
     nudge_key},
    {'-', "less", PANE_ANY, NULL, "what if: this cell by :set delta less", nudge_key},
    {'=', "set-cell", PANE_ANY, NULL, "what if this cell were ...: type the number", set_key},
    {'d', "drop", PANE_ANY, NULL, "drops the last edit", drop_key},
    {'D', "reverse-drop", PANE_ANY, NULL, "makes the dropped edit again: undoes d", drop_key},
    {'x', "other", PANE_ANY, NULL, "shows the original, or the fork or mistake beside it; * marks what differs",
     side_key},
    {'|', "beside", PANE_ANY, NULL,
     "this value (on a term its marked cell's) in both runs side by side, or the step again; "
     "with one run asks which training step to compare with",
     face_key},
    {'}', "next-training", PANE_ANY, NULL, "the next training step, at the same place", training_key},
    {'{', "reverse-training", PANE_ANY, NULL, "the training step before, at the same place", training_key},

    {'m', "set-mark", PANE_ANY, NULL, "and a letter: marks this cell", letter_key},
    {'\'', "go-mark", PANE_ANY, NULL, "and a letter: back to its mark", letter_key},
    {'[', "history-back", PANE_ANY, NULL, "to the place before the last jump", history_key},
    {']', "history-on", PANE_ANY, NULL, "undoes [", history_key},
    {'p', "picture", PANE_ANY, NULL,
     "writes this step as a picture; :write FILE.txt the screen, .svg .png .pdf the step", write_key},
    {'i', "estimate", PANE_ANY, NULL, "guesses the hidden result; :predict on hides results until they are guessed",
     guess_key},

    {'/', "search", PANE_ANY, "search", "looks for a part of a name; Enter with nothing typed finds the next",
     open_search},
    {':', "command", PANE_ANY, "command",
     "a step, a name or cell, or a command: mistake ID, bug, predict on, set ...; :panel commands lists them",
     open_command},
    {'?', "help", PANE_ANY, NULL, "ten keys to begin with, ? again for all; or type what you look for", open_menu},
};
const int KEY_COUNT = sizeof KEYS / sizeof *KEYS;

const Key *key_of_command(const char *command, size_t length)
{
    for (int i = 0; i < KEY_COUNT; i++)
        if (KEYS[i].command && strncmp(KEYS[i].command, command, length) == 0 && KEYS[i].command[length] == '\0')
            return &KEYS[i];
    return NULL;
}

/* `up` typed as a word has to do what the arrow does where the focus is. */
const Key *key_here(const State *state, const Key *key)
{
    for (int i = 0; i < KEY_COUNT; i++)
        if (KEYS[i].code == key->code && KEYS[i].pane == state->view.panes.focus && !KEYS[i].command)
            return &KEYS[i];
    return key;
}

/* The message goes with every key, so that it is always about the last one. */
static void press_key(State *state, int code)
{
    state->view.message.text[0] = '\0';
    state->view.message.complains = false;
    state->errand.tell = TELL_STEP;
    if (state->view.prompt.mode == MODE_LETTER) {
        letter_typed(state, code);
        return;
    }
    if (state->view.prompt.mode != MODE_WALK) {
        prompt_key(state, code);
        return;
    }
    if (state->zoomed && code == 'i')
        code = KEY_IS_ZI;
    state->zoomed = code == 'z';
    for (int i = 0; i < KEY_COUNT; i++)
        if (KEYS[i].code == code && (KEYS[i].pane == PANE_ANY || KEYS[i].pane == state->view.panes.focus)) {
            KEYS[i].run(state, code);
            return;
        }
    char text[16];
    if (code > 0x20 && code < 0x7f)
        state_complain(state, "%s is not a key here; ? lists them", key_text(code, text));
}

void stepper_key(State *state, int code)
{
    Place from = present_place(&state->view);
    int at = state->jumps.at;
    press_key(state, code);
    games_count(state, from.step);
    /* Walking has its own way back, the capitals; the history is for jumps, and steps would fill it. */
    bool walks = code > 0 && code < 0x80 && strchr("nNsSfFcC ", code);
    if (!walks)
        history_keep(state, from, at);
}
