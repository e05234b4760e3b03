/* UTF-8; see utf8.h. */
#include "utf8.h"

#include <string.h>

int utf8_decode(const char *text, unsigned *code_point)
{
    const unsigned char *byte = (const unsigned char *)text;
    int more = byte[0] < 0x80 ? 0 : byte[0] >= 0xc2 && byte[0] < 0xe0 ? 1 : (byte[0] & 0xf0) == 0xe0 ? 2
               : byte[0] >= 0xf0 && byte[0] < 0xf5 ? 3 : -1;
    if (more < 0 || byte[0] == 0)
        return 0;
    unsigned point = more ? byte[0] & (0x3fu >> more) : byte[0];
    for (int i = 1; i <= more; i++) {
        if ((byte[i] & 0xc0) != 0x80)
            return 0;
        point = point << 6 | (byte[i] & 0x3fu);
    }
    static const unsigned least[] = {0, 0x80, 0x800, 0x10000};
    if (point < least[more] || point > 0x10ffff || (point >= 0xd800 && point < 0xe000))
        return 0;
    *code_point = point;
    return more + 1;
}

int utf8_encode(unsigned code_point, char out[4])
{
    static const unsigned char leads[] = {0, 0, 0xc0, 0xe0, 0xf0}; /* one byte stands for itself */
    int length = code_point < 0x80 ? 1 : code_point < 0x800 ? 2 : code_point < 0x10000 ? 3 : 4;
    for (int i = length - 1; i > 0; i--, code_point >>= 6)
        out[i] = (char)(0x80 | (code_point & 0x3f));
    out[0] = (char)(leads[length] | code_point);
    return length;
}

size_t utf8_readable(const char *bytes, size_t length, char *out)
{
    static const char replacement[] = "\xef\xbf\xbd";
    size_t used = 0;
    unsigned point;
    for (size_t i = 0; i < length;) {
        int whole = utf8_decode(bytes + i, &point);
        size_t count = whole ? (size_t)whole : 3;
        memcpy(out + used, whole ? bytes + i : replacement, count);
        used += count;
        i += whole ? (size_t)whole : 1;
    }
    out[used] = '\0';
    return used;
}

bool is_blank(unsigned code_point)
{
    static const struct {
        unsigned first, last;
    } blanks[] = {{'\t', '\r'},      {' ', ' '},         {0x85, 0x85},     {0xa0, 0xa0},     {0x1680, 0x1680},
                  {0x2000, 0x200a}, {0x2028, 0x2029}, {0x202f, 0x202f}, {0x205f, 0x205f}, {0x3000, 0x3000}};
    for (size_t i = 0; i < sizeof blanks / sizeof *blanks; i++)
        if (code_point >= blanks[i].first && code_point <= blanks[i].last)
            return true;
    return false;
}
