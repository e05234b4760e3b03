/* Options of render to a Rendering; see rendering.h. */
#include "rendering.h"

#include <string.h>

/* A number from least to most. */
static bool option_real(const Arguments *arguments, const char *name, double least, double most, double *number,
                        Error *error)
{
    const char *text = option_of(arguments, name);
    double given;
    if (!text)
        return true;
    if (!parse_number(text, &given) || !(given >= least && given <= most))
        return error_set(error, EXIT_USED_WRONGLY, "%s needs a number from %g to %g, not \"%.60s\"", name, least, most,
                         text);
    *number = given;
    return true;
}

static bool set_phase(const Arguments *arguments, Spec *spec, Error *error)
{
    const char *text = option_of(arguments, "--phase");
    if (!text)
        return true;
    for (Phase phase = PHASE_FORWARD; phase <= PHASE_UPDATE; phase++)
        if (strcmp(phase_name(phase), text) == 0) {
            spec->phase = phase;
            return true;
        }
    return error_set(error, EXIT_USED_WRONGLY, "--phase is forward, backward or update, not \"%.60s\"", text);
}

static bool set_spec(const Arguments *arguments, Rendering *out, Error *error)
{
    Spec *spec = &out->spec;
    const char *theme = option_of(arguments, "--theme");
    long depth, updates;
    spec->name = arguments->word_count > 1 ? arguments->words[1] : NULL;
    spec->title = option_of(arguments, "--title");
    spec->caption = !option_of(arguments, "--no-caption");
    spec->gradients = option_of(arguments, "--gradients") != NULL;
    spec->digits = arguments->digits_given ? arguments->digits : AUTO_DIGITS;
    if (theme && !(spec->theme = theme_find(theme, error)))
        return false;
    bool right = option_number(arguments, "--depth", 0, 100, AUTO_DEPTH, &depth, error) &&
                 option_number(arguments, "--updates", 0, MOST_UPDATES, AUTO_UPDATES, &updates, error) &&
                 set_phase(arguments, spec, error);
    if (right) {
        spec->depth = (int)depth;
        out->updates = (int)updates;
    }
    return right;
}

/* Everything but where the picture goes, so that the same picture has the same bytes anywhere. */
static void add_command_line(const Arguments *arguments, Text *line)
{
    text_add(line, "tracer");
    session_command_line(&arguments->run, line);
    text_add(line, " render");
    for (int i = 0; i < arguments->word_count; i++)
        text_shell_word(line, arguments->words[i]);
    if (arguments->digits_given)
        text_add(line, " --digits %d", arguments->digits);
    const Option *options = arguments->command->options;
    for (int i = 0; options[i].name; i++) {
        if (!arguments->values[i] || strcmp(options[i].name, "-o") == 0)
            continue;
        text_shell_word(line, options[i].name);
        if (options[i].value)
            text_shell_word(line, arguments->values[i]);
    }
}

bool rendering_of(const Arguments *arguments, Rendering *out, Text *line, Error *error)
{
    *out = rendering_default();
    const char *format = option_of(arguments, "--format"), *file = option_of(arguments, "-o");
    if (!(out->figure = figure_find(arguments->words[0], error)) || !set_spec(arguments, out, error))
        return false;
    if ((format || file) && !(out->format = picture_format(format, file, error)))
        return false;
    out->at = option_of(arguments, "--at");
    out->against = option_of(arguments, "--against");
    if (!option_real(arguments, "--scale", 0.05, 50, &out->picture.scale, error) ||
        !option_real(arguments, "--dpi", 10, 4800, &out->picture.dpi, error) ||
        !option_real(arguments, "--width", 16, MOST_SIDE, &out->width, error))
        return false;
    add_command_line(arguments, line);
    out->picture.command = line->data;
    return !line->failed || error_memory(error);
}
