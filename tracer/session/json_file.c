/* A whole JSON file of a stranger; see json_file.h. */
#include "json_file.h"

#include "tracer/base/files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_SHOWN = 400 };

bool json_begin(const char **text, size_t *size, const char *who, Error *error)
{
    const char *start = *text;
    bool marked = *size >= 2 && (memcmp(start, "\xff\xfe", 2) == 0 || memcmp(start, "\xfe\xff", 2) == 0);
    if (marked || (*size >= 2 && (!start[0] != !start[1]))) /* or every other byte of its ASCII is 0 */
        return error_set(error, EXIT_USED_WRONGLY, "%s is UTF-16 text; save it as UTF-8", who);
    size_t mark = *size >= 3 && memcmp(start, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    *text += mark;
    *size -= mark;
    return true;
}

const char *json_why(const json_error_t *why)
{
    /* The one message that speaks to programmers. */
    return strstr(why->text, "JSON_ALLOW_NUL") ? "a text cannot hold the character \\u0000" : why->text;
}

json_t *json_file_read(const char *path, size_t limit, Error *error)
{
    char *text, who[PATH_SHOWN];
    const char *start;
    size_t size;
    json_error_t why;
    if (!file_read(path, limit, &text, &size, error))
        return NULL;
    start = text;
    snprintf(who, sizeof who, "\"%s\"", path);
    bool begins = json_begin(&start, &size, who, error);
    json_t *json = begins ? json_loadb(start, size, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &why) : NULL;
    free(text);
    if (begins && !json && !*why.text)
        error_memory(error);
    else if (begins && !json)
        error_set(error, EXIT_USED_WRONGLY, "\"%s\" is no JSON: line %d: %s", path, why.line, json_why(&why));
    return json;
}
