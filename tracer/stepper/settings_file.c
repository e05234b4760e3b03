/* The file that keeps the settings; see settings_file.h. The one part of the stepper's settings that
 * meets a file. */
#include "settings_file.h"

#include "kept.h"
#include "tracer/base/files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { PATH_ROOM = 1024, MOST_BYTES = 1 << 16 };

/* The directory, or the file in it; false if the environment names no place. */
static bool settings_path(char out[PATH_ROOM], const char *name)
{
    const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    int length = -1;
    if (config && *config == '/')
        length = snprintf(out, PATH_ROOM, "%s/tracer%s", config, name);
    else if (home && *home)
        length = snprintf(out, PATH_ROOM, "%s/.config/tracer%s", home, name);
    return length >= 0 && length < PATH_ROOM;
}

/* Applies a line; false if it is none. */
static bool apply(State *state, char *line)
{
    line += strspn(line, " \t");
    size_t length = strcspn(line, "#\r");
    while (length > 0 && (line[length - 1] == ' ' || line[length - 1] == '\t'))
        length--;
    line[length] = '\0';
    /* A line that is half right may have set something before it complained. */
    State before = *state;
    bool right = !*line || (command_set(state, line) && !state->view.message.complains);
    if (!right)
        *state = before;
    return right;
}

void settings_load(State *state)
{
    char path[PATH_ROOM], *data = NULL;
    size_t size;
    Error error = {0};
    struct stat file;
    state->settings_file.kept = settings_path(path, "/settings");
    if (!state->settings_file.kept || stat(path, &file) != 0)
        return;
    if (!file_read(path, MOST_BYTES, &data, &size, &error)) {
        state_say(state, "the settings are left out: %.150s", error.text);
        return;
    }
    int number = 1, wrong = 0, first = 0;
    for (char *line = data, *end; line < data + size; line = end + 1, number++) {
        end = memchr(line, '\n', (size_t)(data + size - line));
        end = end ? end : data + size;
        *end = '\0';
        if (!apply(state, line) && wrong++ == 0)
            first = number;
    }
    free(data);
    state->settings_file.changed = false;
    state->view.message.text[0] = '\0';
    if (wrong)
        state_say(state, "%d line%s of the settings left out, the first is line %d of %.120s", wrong,
                  wrong == 1 ? "" : "s", first, path);
}

void settings_save(State *state)
{
    if (!state->settings_file.kept || !state->settings_file.changed)
        return;
    char path[PATH_ROOM];
    Error error = {0};
    Text text = {0};
    state->settings_file.changed = false;
    text_add(&text, "# settings of tracer, written by :set\n");
    for (int i = 0; i < SETTING_COUNT; i++) {
        char word[NUMBER_SIZE];
        SETTINGS[i].write(&state->view.settings, word);
        text_add(&text, "%s %s\n", SETTINGS[i].name, word);
    }
    if (settings_path(path, "")) {
        char *slash = strrchr(path, '/');
        *slash = '\0';
        mkdir(path, 0777); /* what cannot be made is told by the write */
        *slash = '/';
        mkdir(path, 0777);
    }
    if (text.failed || !settings_path(path, "/settings") || !file_write(path, text.data, text.length, &error))
        state_complain(state, "the settings are not kept: %.150s", text.failed ? "out of memory" : error.text);
    text_free(&text);
}
