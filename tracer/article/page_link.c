/* Links into the page; see page_link.h. */
#include "page_link.h"

#include "tracer/session/run_text.h"

#include <stdlib.h>
#include <string.h>

/* Options with a value that a link may have; the page refuses others too. */
static const char *const PARTS[] = {"--model", "--text",   "--step",  "--tour",  "--mistake", "--example",
                                    "--tokens", "--ablate", "--patch", "--clean", "--write"};

static bool is_part(const char *option)
{
    for (size_t i = 0; i < sizeof PARTS / sizeof *PARTS; i++)
        if (strcmp(option, PARTS[i]) == 0)
            return true;
    return false;
}

/* Everything else than letters, digits and what names are made of is a % and two digits. */
static void add_value(const char *value, Text *out)
{
    for (; *value; value++) {
        bool plain = (*value >= 'a' && *value <= 'z') || (*value >= 'A' && *value <= 'Z') ||
                     (*value >= '0' && *value <= '9') || strchr("_.-/", *value);
        text_add(out, plain ? "%c" : "%%%02X", (unsigned char)*value);
    }
}

static bool add_options(char *run, Text *out)
{
    char *words[MOST_RUN_WORDS];
    int count;
    Error error;
    if (!run_text_split(run, words, &count, &error) || count % 2)
        return false;
    for (int i = 0; i < count; i += 2) {
        if (!is_part(words[i]))
            return false;
        text_add(out, "%s=", words[i] + 2);
        add_value(words[i + 1], out);
        text_add(out, "&");
    }
    return true;
}

bool page_link(const char *run, const char *target, Text *out)
{
    char *copy = strdup(run);
    Text options = {0};
    bool whole = copy && add_options(copy, &options);
    if (whole) {
        bool named = strstr(text_piece(out, &options), "model=") != NULL;
        text_add(out, STEPPER_PAGE "#%s%sat=", named ? "" : "model=tiny&", text_piece(out, &options));
        add_value(target, out);
    }
    text_free(&options);
    free(copy);
    return whole;
}
