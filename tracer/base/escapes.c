/* Escaping for HTML and TeX; see escapes.h. */
#include "escapes.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

void text_add_html(Text *out, const char *text)
{
    for (; *text; text++)
        if (strchr("<>&\"", *text))
            text_add(out, "&#%d;", *text);
        else
            text_put(out, text, 1);
}

void text_add_html_in_markdown(Text *out, const char *text)
{
    for (; *text; text++)
        if (ispunct((unsigned char)*text) && !strchr(".,", *text))
            text_add(out, "&#%d;", *text);
        else
            text_put(out, text, 1);
}

void text_add_tex(Text *out, const char *text)
{
    static const struct {
        char sign;
        const char *tex;
    } signs[] = {{'\\', "\\textbackslash{}"}, {'^', "\\textasciicircum{}"}, {'~', "\\textasciitilde{}"},
                 {'<', "\\textless{}"}, {'>', "\\textgreater{}"}, {'|', "\\textbar{}"}, {'"', "\\textquotedbl{}"}};
    for (; *text; text++) {
        const char *tex = NULL;
        for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
            if (signs[i].sign == *text)
                tex = signs[i].tex;
        if (tex)
            text_add(out, "%s", tex);
        else
            text_add(out, strchr("#$%&_{}", *text) ? "\\%c" : "%c", *text);
    }
}

void text_add_tex_number(Text *out, const char *number, bool in_math)
{
    const char *exponent = strpbrk(number, "eE");
    bool infinite = strstr(number, "inf") != NULL, nan = strstr(number, "nan") != NULL;
    bool plain = !strpbrk(number, "-+eE") && !infinite;
    if (nan) {
        text_add(out, in_math ? "\\mathrm{nan}" : "nan");
        return;
    }
    text_add(out, in_math || plain ? "" : "$");
    if (infinite)
        text_add(out, *number == '-' ? "-\\infty" : "\\infty");
    else if (exponent)
        text_add(out, "%.*s \\cdot 10^{%ld}", (int)(exponent - number), number, strtol(exponent + 1, NULL, 10));
    else
        text_add(out, "%s", number);
    text_add(out, in_math || plain ? "" : "$");
}
