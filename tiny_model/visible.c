/* Characters that a terminal would obey; see visible.h. */
#include "visible.h"

#include "tokenizer/tokenizer.h"

#include <stdio.h>

/* First and last of what is not shown as it is. */
static const struct {
    unsigned first, last;
} INVISIBLE[] = {
    {0x00, 0x1f},       {0x7f, 0x9f},               /* controls: ESC, BEL, and CSI and OSC in one character */
    {0xad, 0xad},       {0x34f, 0x34f},             /* a hyphen that only may be one, a joiner of nothing */
    {0x61c, 0x61c},     {0x180e, 0x180e},           /* marks of direction and of no width, letter by letter ... */
    {0x200b, 0x200f},   {0x2028, 0x202e},           /* ... of no width, of direction, line breaks, turned around */
    {0x2060, 0x206f},   {0xfeff, 0xfeff},           /* joiners, invisible signs, isolates, a byte order mark */
    {0xfff9, 0xfffb},   {0xe0000, 0xe0fff},         /* notes between lines, tags */
};

bool is_invisible(unsigned point)
{
    for (size_t i = 0; i < sizeof INVISIBLE / sizeof *INVISIBLE && INVISIBLE[i].first <= point; i++)
        if (point <= INVISIBLE[i].last)
            return true;
    return false;
}

int character_visible(char *out, const char *text)
{
    unsigned point = (unsigned char)*text;
    int bytes = utf8_decode(text, &point);
    if (bytes == 0 || is_invisible(point))
        snprintf(out, VISIBLE, bytes == 0 || point < 0x100 ? "\\x%02x" : point < 0x10000 ? "\\u%04x" : "\\U%08x",
                 bytes ? point : (unsigned char)*text);
    else
        snprintf(out, VISIBLE, "%.*s", bytes, text);
    return bytes ? bytes : 1;
}
