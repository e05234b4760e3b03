/* Reading a filled article again; see filled.h. */
#include "filled.h"

#include "fill_reference.h"

#include <stdio.h>
#include <string.h>

/* One filled reference at `at`, of the form that fill.h tells. Returns what follows it, NULL and *error if it
 * cannot be read. */
static const char *take_reference(const char *at, Refer *refer, void *context, Text *out, Error *error)
{
    char reference[MOST_FORMULA];
    const char *start = at + strlen("<!--{{"), *end = strstr(start, "}}-->"),
               *close = end ? strstr(end, "<!--/-->") : NULL;
    if (!close || end - start >= MOST_FORMULA) {
        error_set(error, EXIT_USED_WRONGLY, "a reference has no end or is too long: \"%.40s\"", at);
        return NULL;
    }
    snprintf(reference, sizeof reference, "%.*s", (int)(end - start), start);
    const char *printed = end + strlen("}}-->");
    size_t length = (size_t)(close - printed);
    if (!refer)
        text_put(out, printed, length);
    else if (!refer(context, reference, printed, length, out, error))
        return NULL;
    return close + strlen("<!--/-->");
}

bool article_read(const char *article, Refer *refer, void *context, Text *out, Error *error)
{
    bool code = false, start = true;
    for (const char *at = article; at && *at;) {
        if (start && text_begins(at, "```"))
            code = !code;
        if (!code && text_begins(at, "<!--{{")) {
            at = take_reference(at, refer, context, out, error);
            start = false;
            if (!at)
                return false;
        } else if (!code && start && text_begins(at, STEP_COMMENT)) {
            at += strcspn(at, "\n");
            at += *at == '\n';
        } else {
            start = *at == '\n';
            text_put(out, at++, 1);
        }
    }
    return !out->failed || error_memory(error);
}
