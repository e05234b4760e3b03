/* Lines for the plain mode; see lines.h. */
#include "lines.h"

#include "tracer/base/print.h"
#include "tracer/views/complete.h"

#include <histedit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEPT_LINES = 200 };

struct Lines {
    const State *state;
    bool asks;
    EditLine *edit;     /* NULL: lines are read as they are */
    History *history;
    char *line;
    size_t capacity;
};

static const char *prompt(EditLine *edit)
{
    (void)edit;
    return "> ";
}

/* Tab: goes on with the line, or tells below what it could go on as. */
static unsigned char tab(EditLine *edit, int key)
{
    Lines *lines;
    Offers offers;
    char typed[INPUT_SIZE];
    const LineInfo *info = el_line(edit);
    size_t length = (size_t)(info->cursor - info->buffer);
    (void)key;
    if (el_get(edit, EL_CLIENTDATA, &lines) != 0 || length + 1 >= sizeof typed)
        return CC_ERROR;
    bool colon = length > 0 && info->buffer[0] == ':';
    snprintf(typed, sizeof typed, "%.*s", (int)length - colon, info->buffer + colon);
    complete(&lines->state->view, typed, &offers);
    size_t word = strlen(typed) - offers.from;
    if (offers.count != 1 && strlen(offers.common) == word) {
        print("\n");
        for (int i = 0; i < offers.count; i++)
            print("%s%s", i ? ", " : "", offers.words[i]);
        print("%s\n", offers.count == 0 ? "nothing goes on so" : offers.left_out ? ", and more" : "");
        fflush(stdout);
        return CC_REDISPLAY;
    }
    if (!complete_line(&offers, typed, sizeof typed))
        return CC_ERROR;
    el_deletestr(edit, (int)word);
    el_insertstr(edit, typed + offers.from);
    return CC_REFRESH;
}

/* False if there is no memory for it. */
static bool open_editor(Lines *lines)
{
    HistEvent event;
    lines->edit = el_init("tracer", stdin, stdout, stderr);
    lines->history = history_init();
    if (!lines->edit || !lines->history)
        return false;
    history(lines->history, &event, H_SETSIZE, KEPT_LINES);
    history(lines->history, &event, H_SETUNIQUE, 1);
    el_set(lines->edit, EL_CLIENTDATA, lines);
    el_set(lines->edit, EL_PROMPT, prompt);
    el_set(lines->edit, EL_EDITOR, "emacs");
    el_set(lines->edit, EL_SIGNAL, 1);
    el_set(lines->edit, EL_HIST, history, lines->history);
    el_set(lines->edit, EL_ADDFN, "tracer-complete", "goes on with the line", tab);
    el_set(lines->edit, EL_BIND, "^I", "tracer-complete", NULL);
    return true;
}

Lines *lines_open(const State *state, bool asks, bool edits)
{
    Lines *lines = calloc(1, sizeof *lines);
    if (!lines)
        return NULL;
    lines->state = state;
    lines->asks = asks;
    if (asks && edits && !open_editor(lines)) {
        lines_close(lines);
        return NULL;
    }
    return lines;
}

void lines_close(Lines *lines)
{
    if (lines->edit)
        el_end(lines->edit);
    if (lines->history)
        history_end(lines->history);
    free(lines->line);
    free(lines);
}

const char *lines_next(Lines *lines)
{
    if (!lines->edit) {
        if (lines->asks) {
            print("> ");
            fflush(stdout);
        }
        if (getline(&lines->line, &lines->capacity, stdin) < 0)
            return NULL;
    } else {
        int count;
        HistEvent event;
        const char *read = el_gets(lines->edit, &count);
        free(lines->line);
        lines->line = read && count > 0 ? strdup(read) : NULL;
        if (!lines->line)
            return NULL;
        if (lines->line[strspn(lines->line, " \n")])
            history(lines->history, &event, H_ENTER, lines->line);
    }
    lines->line[strcspn(lines->line, "\r\n")] = '\0';
    return lines->line;
}
