/* Options of render to a Rendering; see rendering.h. */
#include "rendering.h"

#include <stdio.h>
#include <string.h>

enum { MOST_SHOWN = 100000, MOST_ACROSS = 64, PRINT_DPI = 300 };

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

/* "LOW,HIGH". */
static bool set_range(const Arguments *arguments, Spec *spec, Error *error)
{
    const char *text = option_of(arguments, "--range"), *comma = text ? strchr(text, ',') : NULL;
    char low[64];
    if (!text)
        return true;
    if (comma && comma - text < (long)sizeof low) {
        memcpy(low, text, (size_t)(comma - text));
        low[comma - text] = '\0';
        spec->ranged = parse_number(low, &spec->low) && parse_number(comma + 1, &spec->high) && spec->low < spec->high;
    }
    return spec->ranged || error_set(error, EXIT_USED_WRONGLY,
                                     "--range needs two numbers, the lower first, as in \"-1,1\", not \"%.60s\"",
                                     text);
}

/* "A:B" or ":B". */
static bool parse_range(const char *text, Range *range)
{
    const char *colon = strchr(text, ':');
    char first[16];
    long from = 0, end;
    if (!colon || colon - text >= (long)sizeof first)
        return false;
    memcpy(first, text, (size_t)(colon - text));
    first[colon - text] = '\0';
    if ((*first && !parse_integer(first, 0, MOST_SHOWN, &from)) ||
        !parse_integer(colon + 1, from + 1, MOST_SHOWN, &end))
        return false;
    *range = (Range){(int)from, (int)end};
    return true;
}

static bool set_slices(const Arguments *arguments, Spec *spec, Error *error)
{
    const char *rows = option_of(arguments, "--rows"), *columns = option_of(arguments, "--columns");
    long across = 0;
    if (rows && !parse_range(rows, &spec->rows))
        return error_set(error, EXIT_USED_WRONGLY, "--rows needs two numbers, as in \"0:4\" for the first four, not "
                         "\"%.60s\"", rows);
    if (columns && !parse_range(columns, &spec->cols) && !parse_integer(columns, 1, MOST_ACROSS, &across))
        return error_set(error, EXIT_USED_WRONGLY, "--columns needs how many panels stand side by side, 1 to %d, or "
                         "which columns are shown, as in \"0:4\", not \"%.60s\"", MOST_ACROSS, columns);
    spec->across = (int)across;
    return true;
}

/* What not every figure takes is refused by the others, rather than left out in silence. */
static bool check_takes(const Arguments *arguments, const Figure *figure, const Spec *spec, Error *error)
{
    const struct {
        const char *option;
        int takes;
    } table[] = {
        {"--colors", TAKES_COLORS}, {"--range", TAKES_COLORS}, {"--colorbar", TAKES_CELLS},
        {"--highlight", TAKES_CELLS}, {"--rows", TAKES_ROWS}, {"--row", TAKES_QUERY},
        {"--columns", spec->cols.end ? TAKES_COLUMNS : TAKES_ACROSS},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const char *given = option_of(arguments, table[i].option);
        if (given && !(figure->takes & table[i].takes))
            return error_set(error, EXIT_USED_WRONGLY, "the figure %s does not take %s%s%.20s", figure->name,
                             table[i].option, *given ? " " : "", given);
    }
    return true;
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
    spec->color_bar = option_of(arguments, "--colorbar") != NULL;
    spec->plain_words = option_of(arguments, "--plain-words") != NULL;
    spec->query = option_of(arguments, "--row");
    spec->digits = arguments->digits_given ? arguments->digits : AUTO_DIGITS;
    if (theme && !(spec->theme = theme_find(theme, error)))
        return false;
    bool right = option_number(arguments, "--depth", 0, 100, AUTO_DEPTH, &depth, error) &&
                 option_number(arguments, "--updates", 0, MOST_UPDATES, AUTO_UPDATES, &updates, error) &&
                 set_phase(arguments, spec, error) && set_range(arguments, spec, error) &&
                 set_slices(arguments, spec, error) && check_takes(arguments, out->figure, spec, error);
    if (right) {
        spec->depth = (int)depth;
        out->updates = (int)updates;
    }
    return right;
}

/* "8pt" or "8". */
static bool set_points(const Arguments *arguments, Rendering *out, Error *error)
{
    const char *text = option_of(arguments, "--font-size");
    char number[32];
    if (!text)
        return true;
    size_t length = text_ends(text, "pt") ? strlen(text) - 2 : strlen(text);
    snprintf(number, sizeof number, "%.*s", (int)(length < sizeof number ? length : 0), text);
    return (parse_number(number, &out->points) && out->points >= 2 && out->points <= 100) ||
           error_set(error, EXIT_USED_WRONGLY, "--font-size needs a size from 2pt to 100pt, not \"%.60s\"", text);
}

/* How large it gets. Two options that both say so are one too many. */
static bool set_size(const Arguments *arguments, Rendering *out, Error *error)
{
    static const char *const clashes[][2] = {
        {"--mm", "--width"}, {"--mm", "--scale"}, {"--width", "--scale"}, {"--font-size", "--scale"},
        {"--font-size", "--width"},
    };
    for (size_t i = 0; i < sizeof clashes / sizeof *clashes; i++)
        if (option_of(arguments, clashes[i][0]) && option_of(arguments, clashes[i][1]))
            return error_set(error, EXIT_USED_WRONGLY, "%s and %s both say how large the picture is; give one of them",
                             clashes[i][0], clashes[i][1]);
    out->picture.millimetres = option_of(arguments, "--mm") != NULL;
    /* The size in print is what counts then, and print shows every pixel of 96 to the inch. */
    if (out->picture.millimetres)
        out->picture.dpi = PRINT_DPI;
    return option_real(arguments, "--scale", 0.05, 50, &out->picture.scale, error) &&
           option_real(arguments, "--dpi", 10, 4800, &out->picture.dpi, error) &&
           option_real(arguments, "--width", 16, MOST_SIDE, &out->width, error) &&
           option_real(arguments, "--mm", 5, 2000, &out->millimetres, error) && set_points(arguments, out, error);
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
    out->highlight = option_of(arguments, "--highlight");
    out->transparent = option_of(arguments, "--transparent") != NULL;
    const char *colors = option_of(arguments, "--colors");
    if ((colors && !(out->colors = color_set_find(colors, error))) || !set_size(arguments, out, error))
        return false;
    add_command_line(arguments, line);
    out->picture.command = line->data;
    return !line->failed || error_memory(error);
}
