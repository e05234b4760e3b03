/* A worksheet in the stepper's page; see sheet_page.h. */
#include "sheet_page.h"

#include "sheet.h"
#include "tracer/base/files.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_PAGE = 64 << 20 };

/* A JSON string within a script element: no < that could end it. */
static void add_string(Text *out, const char *string)
{
    Text json = {0};
    text_json_string(&json, string);
    for (const char *at = text_piece(out, &json); *at; at++)
        text_add(out, *at == '<' ? "\\u003c" : "%c", *at);
    text_free(&json);
}

/* The page with other things in the place of what it begins with: from `begin` to the end of that element. */
static bool put_in(const char *page, size_t size, const Variant *variant, const char *sheet, Text *out, Error *error)
{
    static const char place[] = "<script type=\"application/json\" id=\"given\">";
    const char *begin = strstr(page, place), *end = begin ? strstr(begin, "</script>") : NULL;
    if (!end)
        return error_set(error, EXIT_INPUT_OUTPUT,
                         "this page has no place for a sheet; ./build.sh web makes one that has");
    begin += strlen(place);
    text_put(out, page, (size_t)(begin - page));
    text_add(out, "{\"exercise\":\"%02d\",\"sheet\":", variant->exercise->number);
    add_string(out, sheet);
    text_add(out, "}");
    text_put(out, end, (size_t)(page + size - end));
    return !out->failed || error_memory(error);
}

bool sheet_page(const Variant *variant, const char *path, Text *out, Error *error)
{
    char *page;
    size_t size;
    Text sheet = {0};
    if (!file_read(path, MOST_PAGE, &page, &size, error))
        return false;
    bool whole = sheet_write(variant, false, &sheet, error) && put_in(page, size, variant, sheet.data, out, error);
    text_free(&sheet);
    free(page);
    return whole;
}
