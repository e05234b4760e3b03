/* A text file as data: one document, or one a line; see data_file.h. */
#include "data_file.h"

#include "data_parts.h"

#include "tiny_model/tokenizer/utf8.h"
#include "tracer/base/files.h"

#include <stdlib.h>
#include <string.h>

bool text_is_utf8(const char *path, const char *text, size_t size, Error *error)
{
    unsigned code_point;
    for (size_t at = 0; at < size;) {
        int length = utf8_decode(text + at, &code_point);
        if (length == 0)
            return error_set(error, EXIT_USED_WRONGLY,
                             "\"%s\" is no text in UTF-8: byte %zu is 0x%02x; save it as UTF-8", path, at,
                             (unsigned char)text[at]);
        at += (size_t)length;
    }
    return true;
}

/* Lines end in \n, whatever system wrote them, and a mark at the beginning is no text. */
static void tidy(char *text)
{
    char *out = text;
    const char *from = strncmp(text, "\xef\xbb\xbf", 3) == 0 ? text + 3 : text;
    for (; *from; from++)
        if (!(from[0] == '\r' && from[1] == '\n'))
            *out++ = *from;
    *out = '\0';
}

/* Every line that is not empty becomes an example {"text": "..."}. */
static bool take_lines(Model *model, const char *path, char *text, Error *error)
{
    int most = 1, count = 0;
    for (const char *c = text; *c; c++)
        most += *c == '\n';
    Example *examples = arena_alloc(&model->arena, (size_t)most * sizeof *examples);
    Field *fields = arena_alloc(&model->arena, (size_t)most * sizeof *fields);
    if (most > MOST_EXAMPLES)
        return error_set(error, EXIT_USED_WRONGLY, "\"%s\" has more than %d lines", path, MOST_EXAMPLES);
    if (!examples || !fields)
        return error_memory(error);
    for (char *rest = text, *line; (line = rest);) {
        size_t length = strcspn(line, "\n");
        rest = line[length] ? line + length + 1 : NULL;
        line[length] = '\0';
        if (length == 0)
            continue;
        fields[count] = (Field){.key = "text", .text = model_text(model, line)};
        if (!fields[count].text)
            return error_memory(error);
        examples[count] = (Example){&fields[count], 1};
        count++;
    }
    model->data = (Data){.examples = examples, .example_count = count};
    return true;
}

bool data_read_text(Model *model, const char *path, bool lines, Error *error)
{
    char *text;
    size_t size;
    if (!file_read(path, MOST_TEXT, &text, &size, error))
        return false;
    bool whole = text_is_utf8(path, text, size, error);
    if (whole) {
        tidy(text);
        whole = text[strspn(text, " \t\r\n")] ||
                error_set(error, EXIT_USED_WRONGLY, "\"%s\" is empty; a text has at least two tokens", path);
    }
    if (whole && lines) {
        whole = take_lines(model, path, text, error);
    } else if (whole) {
        model->data = (Data){.text = model_text(model, text)};
        whole = model->data.text || error_memory(error);
    }
    free(text);
    return whole;
}
