/* The table of keys and the dispatcher; see keys.h. */
#include "keys.h"

#include "tiny_model/tokenizer/tokenizer.h"

#include <stdio.h>
#include <string.h>

const Key KEYS[] = {
    {'n', "next", PANE_ANY, "over", "to the next step at this level or above: folded frames are stepped over", move_over},
    {'N', "reverse-next", PANE_ANY, NULL, "back over: undoes n", move_over},
    {'s', "step", PANE_ANY, "into", "to the very next step, into frames", move_into},
    {'S', "reverse-step", PANE_ANY, NULL, "one step back: undoes s", move_into},
    {'f', "finish", PANE_ANY, "end", "to the end of this frame, where its result is made", move_finish},
    {'F', "reverse-finish", PANE_ANY, NULL, "back to before this frame began: undoes f", move_finish},
    {'c', "continue", PANE_ANY, "phase", "on to the next phase: forward, backward, update (there are no breakpoints yet)", move_continue},
    {'C', "reverse-continue", PANE_ANY, NULL, "back to where a phase began: undoes c", move_continue},
    {'g', "first", PANE_ANY, NULL, "to the first step", move_ends},
    {'G', "last", PANE_ANY, NULL, "to the last step", move_ends},
    {' ', NULL, PANE_ANY, NULL, "the same as n", move_over},

    {KEY_IS_ENTER, "open", PANE_TREE, "open", "in the tree: opens or folds the frame, goes to the step", tree_enter},
    {KEY_IS_ENTER, "why", PANE_OPERATION, "why", "on a cell: why it is what it is, term by term", why_enter},
    {KEY_IS_ENTER, "follow", PANE_CELL, "follow", "on a term: to the step that made its marked cell", why_follow},
    {KEY_IS_BACKSPACE, "return", PANE_ANY, NULL, "back to where the last why was asked", why_return},
    {KEY_IS_TAB, "pane", PANE_ANY, "pane", "the next pane: tree, operation, cell", pane_next},
    {'q', "quit", PANE_ANY, "quit", "closes what is open, then leaves", close_pane},
    {KEY_IS_ESCAPE, "close", PANE_ANY, NULL, "the same as q", close_pane},

    {KEY_IS_UP, "up", PANE_OPERATION, NULL, "the cell above (in the tree the row, in the cell the term)", cell_move},
    {KEY_IS_DOWN, "down", PANE_OPERATION, NULL, "the cell below (row, term)", cell_move},
    {KEY_IS_LEFT, "left", PANE_OPERATION, NULL, "the cell to the left (folds the frame; the other cell of the term)", cell_move},
    {KEY_IS_RIGHT, "right", PANE_OPERATION, NULL, "the cell to the right (opens the frame; the other cell of the term)", cell_move},
    {KEY_IS_PAGE_UP, "page-up", PANE_OPERATION, NULL, "ten rows up", cell_move},
    {KEY_IS_PAGE_DOWN, "page-down", PANE_OPERATION, NULL, "ten rows down", cell_move},
    {KEY_IS_HOME, "home", PANE_OPERATION, NULL, "the first column", cell_move},
    {KEY_IS_END, "end", PANE_OPERATION, NULL, "the last column", cell_move},
    {'k', NULL, PANE_OPERATION, NULL, "up", cell_move},
    {'j', NULL, PANE_OPERATION, NULL, "down", cell_move},
    {'h', NULL, PANE_OPERATION, NULL, "left", cell_move},
    {'l', NULL, PANE_OPERATION, NULL, "right", cell_move},
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

    {'/', "search", PANE_ANY, "search", "looks for a part of a name; Enter with nothing typed finds the next", open_search},
    {':', "command", PANE_ANY, "command", "a step number, a name or cell, digits N, set ascii on|off, quit, help", open_command},
    {'?', "help", PANE_ANY, NULL, "this menu: type to filter, Enter does what is marked", open_menu},
};
const int KEY_COUNT = sizeof KEYS / sizeof *KEYS;

static const struct {
    int code;
    const char *text;
} NAMED[] = {
    {KEY_IS_UP, "<Up>"}, {KEY_IS_DOWN, "<Down>"}, {KEY_IS_LEFT, "<Left>"}, {KEY_IS_RIGHT, "<Right>"},
    {KEY_IS_HOME, "<Home>"}, {KEY_IS_END, "<End>"}, {KEY_IS_PAGE_UP, "<PageUp>"}, {KEY_IS_PAGE_DOWN, "<PageDown>"},
    {KEY_IS_ENTER, "<Enter>"}, {KEY_IS_TAB, "<Tab>"}, {KEY_IS_ESCAPE, "<Esc>"}, {KEY_IS_BACKSPACE, "<Backspace>"},
    {' ', "<Space>"},
};
enum { NAMED_COUNT = sizeof NAMED / sizeof *NAMED };

char *key_text(int code, char out[16])
{
    for (int i = 0; i < NAMED_COUNT; i++)
        if (NAMED[i].code == code) {
            snprintf(out, 16, "%s", NAMED[i].text);
            return out;
        }
    snprintf(out, 16, "%c", code);
    return out;
}

int key_parse(const char **script)
{
    if (**script == '\0')
        return 0;
    for (int i = 0; i < NAMED_COUNT; i++) {
        size_t length = strlen(NAMED[i].text);
        if (strncmp(*script, NAMED[i].text, length) == 0) {
            *script += length;
            return NAMED[i].code;
        }
    }
    if (**script == '<' && strchr(*script, '>'))
        return -1;
    unsigned point;
    int length = utf8_decode(*script, &point);
    *script += length ? length : 1;
    return length ? (int)point : '?';
}

const Key *key_of_command(const char *command, size_t length)
{
    for (int i = 0; i < KEY_COUNT; i++)
        if (KEYS[i].command && strncmp(KEYS[i].command, command, length) == 0 && KEYS[i].command[length] == '\0')
            return &KEYS[i];
    return NULL;
}

bool key_matches(const Key *key, const char *filter)
{
    char text[16];
    return key->command && (strstr(key->command, filter) || strstr(key->help, filter) ||
                            strcmp(key_text(key->code, text), filter) == 0);
}

const Key *menu_key(const State *state, int n)
{
    for (int i = 0; i < KEY_COUNT; i++)
        if (key_matches(&KEYS[i], state->input) && n-- == 0)
            return &KEYS[i];
    return NULL;
}

int menu_count(const State *state)
{
    int count = 0;
    for (int i = 0; i < KEY_COUNT; i++)
        count += key_matches(&KEYS[i], state->input);
    return count;
}

void stepper_key(State *state, int code)
{
    state->message[0] = '\0';
    state->complains = false;
    if (state->mode != MODE_WALK) {
        prompt_key(state, code);
        return;
    }
    for (int i = 0; i < KEY_COUNT; i++)
        if (KEYS[i].code == code && (KEYS[i].pane == PANE_ANY || KEYS[i].pane == state->pane)) {
            KEYS[i].run(state, code);
            return;
        }
    char text[16];
    if (code > 0x20 && code < 0x7f)
        state_complain(state, "%s is not a key here; ? lists them", key_text(code, text));
}
