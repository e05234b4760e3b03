/* Words into lines; see wrap.h. */
#include "wrap.h"

#include <string.h>

static const char *const starts[STYLE_COUNT] = {
    [STYLE_NONE] = "",         [STYLE_BOLD] = "\033[1m",    [STYLE_ITALIC] = "\033[3m",
    [STYLE_CODE] = "\033[36m", [STYLE_TITLE] = "\033[1;4m",
};

/* Bytes that begin with 10 belong to the character before them. */
static size_t character_length(const char *text)
{
    size_t length = 1;
    while (((unsigned char)text[length] & 0xC0) == 0x80)
        length++;
    return length;
}

static bool is_style(char c)
{
    return c >= STYLE_NONE && c < STYLE_COUNT;
}

static int character_width(const char *text, size_t length)
{
    char one[8];
    if (length >= sizeof one)
        return 1;
    if (is_style(*text) || *text == UNSEEN_MARK)
        return 0;
    memcpy(one, text, length);
    one[length] = '\0';
    return text_width(one);
}

int styled_width(const char *text)
{
    int width = 0;
    for (size_t length; *text; text += length) {
        length = character_length(text);
        width += character_width(text, length);
    }
    return width;
}

size_t wrap_take(const char *text, int width)
{
    size_t at = 0, blank = 0, mark = 0;
    for (int used = 0; text[at]; ) {
        size_t length = character_length(text + at);
        used += character_width(text + at, length);
        if (text[at] == ' ')
            blank = at;
        else if (used > width)
            return blank ? blank : mark ? mark : at ? at : length;
        at += length;
        /* A path or a name may be broken behind such a mark where it has no blank. */
        if (used < width && strchr("./,_-", text[at - 1]))
            mark = at;
    }
    return at;
}

void writer_add(Writer *writer, const char *text, size_t length)
{
    if (writer->color && writer->style > STYLE_NONE)
        text_add(writer->out, "%s", starts[(int)writer->style]);
    /* Each line sets its style anew and ends it: what a pager or a margin adds is not coloured. */
    for (size_t i = 0; i < length; i++) {
        if (!is_style(text[i])) {
            text_put(writer->out, text + i, !(writer->color && text[i] == UNSEEN_MARK));
            continue;
        }
        writer->style = text[i];
        if (writer->color)
            text_add(writer->out, "\033[0m%s", starts[(int)text[i]]);
    }
    if (writer->color && writer->style > STYLE_NONE)
        text_add(writer->out, "\033[0m");
}

void writer_pad(Writer *writer, int columns)
{
    for (int i = 0; i < columns; i++)
        text_put(writer->out, " ", 1);
}

void writer_paragraph(Writer *writer, const char *text, const char *first, const char *rest, int width)
{
    for (const char *before = first; *text; before = rest) {
        size_t taken = wrap_take(text, width - text_width(before));
        size_t shown = taken;
        while (shown && text[shown - 1] == ' ')
            shown--;
        text_add(writer->out, "%s", before);
        writer_add(writer, text, shown);
        text_add(writer->out, "\n");
        text += taken;
        text += strspn(text, " ");
    }
    writer->style = STYLE_NONE;
}
