/* Code and formulas of LaTeX; see markup.h. */
#include "markup.h"

#include "tracer/base/text.h"

#include <ctype.h>
#include <string.h>

static const char VERBATIM[] = "verbatim Verbatim lstlisting minted comment filecontents alltt";

/* \verb|...| and its likes: what stands between two of the sign behind the name. NULL if it is none of them. */
static const char *verb_end(const char *at)
{
    static const char *const commands[] = {"\\verb*", "\\verb", "\\lstinline", "\\url", "\\path", "\\mintinline"};
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        const char *sign = at + strlen(commands[i]);
        if (!text_begins(at, commands[i]) || isalpha((unsigned char)*sign) || !*sign || *sign == '\n')
            continue;
        if (strcmp(commands[i], "\\mintinline") == 0 && *sign == '{')
            sign += strcspn(sign, "}\n") + 1;
        if (!sign[-1] || !*sign || *sign == '\n')
            return NULL;
        const char *end = strpbrk(sign + 1, (const char[]){*sign == '{' ? '}' : *sign, '\n', '\0'});
        return end && *end != '\n' ? end + 1 : NULL;
    }
    return NULL;
}

/* Behind a {{reference}} at `at`, whose %.4f is no comment; NULL if it is none. */
static const char *reference_end(const char *at)
{
    if (!text_begins(at, "{{"))
        return NULL;
    const char *end = at + 2 + strcspn(at + 2, "{}\\\n");
    return text_begins(end, "}}") ? end + 2 : NULL;
}

static size_t code_end(const char *text, size_t at)
{
    const char *here = text + at, *end = NULL;
    if (*here == '%')
        return at + strcspn(here, "\n");
    if (*here != '\\')
        return 0;
    if (text_begins(here, "\\end{document}"))
        return at + strlen(here);
    if (!(end = environment_end(here, VERBATIM)))
        end = verb_end(here);
    return end ? (size_t)(end - text) : 0;
}

/* What ends the formula that begins at `at`; NULL if none does. *length: of what opens it. */
static const char *formula_mark(const char *at, size_t *length)
{
    static const struct {
        const char *begin, *end;
    } kinds[] = {{"$$", "$$"}, {"$", "$"}, {"\\(", "\\)"}, {"\\[", "\\]"}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (text_begins(at, kinds[i].begin)) {
            *length = strlen(kinds[i].begin);
            return kinds[i].end;
        }
    return NULL;
}

void markup_tex(const char *text, Markup *markup)
{
    const char *mark = NULL, *end;   /* what ends the formula that is open */
    size_t begin = 0, until = 0, length = 0;
    for (size_t at = 0; text[at];) {
        if (mark ? text_begins(text + at, mark) : until && at >= until) {
            at += mark ? strlen(mark) : 0;
            stretch_add(markup, &markup->math, begin, at);
            mark = NULL;
            until = 0;
        } else if ((end = reference_end(text + at))) {
            at = (size_t)(end - text);
        } else if ((length = code_end(text, at))) {
            stretch_add(markup, &markup->code, at, length);
            at = length;
        } else if (!mark && !until && (mark = formula_mark(text + at, &length))) {
            begin = at;
            at += length;
        } else if (!mark && !until && (end = environment_end(text + at, FORMULAS))) {
            begin = at++;
            until = (size_t)(end - text);
        } else {
            at += text[at] == '\\' && text[at + 1] ? 2 : 1;
        }
    }
    if (mark || until)
        stretch_add(markup, &markup->math, begin, strlen(text));
}
