/* Pictures of answers; see answer_picture.h. */
#include "answer_picture.h"

#include "tracer/base/files.h"
#include "tracer/output/render.h"

#include <string.h>

void answer_words(const Arguments *arguments, Text *out)
{
    for (int i = 0; i < arguments->word_count; i++)
        text_add(out, strchr(arguments->words[i], ' ') ? "%s\"%s\"" : "%s%s", i ? " " : "", arguments->words[i]);
}

bool answer_picture(const Arguments *arguments, const Bars *bars, Error *error)
{
    const char *file = option_of(arguments, "-o");
    if (!file)
        return true;
    Rendering rendering = rendering_default();
    const PictureFormat *format = picture_format(NULL, file, error);
    if (!format)
        return false;
    if (format->animated)
        return error_set(error, EXIT_USED_WRONGLY, "an answer does not move; use .png, .svg or .pdf");
    Text command = {0}, out = {0};
    DrawList list = {0};
    text_add(&command, "tracer %s ", arguments->command->name);
    answer_words(arguments, &command);
    rendering.picture.command = command.data ? command.data : "";
    rendering.spec.digits = arguments->digits;
    draw_bars(&rendering.spec, bars, &list);
    bool whole = !list.failed && !command.failed;
    whole = whole ? format->write(&list, 1, &rendering.picture, &out, error) : error_memory(error);
    whole = whole && (!out.failed || error_memory(error)) && file_write(file, out.data, out.length, error);
    draw_list_free(&list);
    text_free(&command);
    text_free(&out);
    return whole;
}
