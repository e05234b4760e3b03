/* A whole JSON file of a stranger; see json_file.h. */
#include "json_file.h"

#include "tracer/base/files.h"

#include <stdlib.h>

json_t *json_file_read(const char *path, size_t limit, Error *error)
{
    char *text, shown[160];
    size_t size;
    json_error_t why;
    if (!file_read(path, limit, &text, &size, error))
        return NULL;
    json_t *json = json_loadb(text, size, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &why);
    free(text);
    if (!json && !*why.text)
        error_memory(error);
    else if (!json)
        error_set(error, EXIT_USED_WRONGLY, "\"%s\" is no JSON: line %d: %s", path, why.line,
                  token_visible(shown, sizeof shown, why.text));
    return json;
}
