/* Bytes as printable characters; see alphabet.h. */
#include "alphabet.h"

#include "tiny_model/tokenizer/utf8.h"

#include <string.h>

enum { BYTES_THERE_ARE = 256, MOVED = 0x100, ALPHABET = MOVED + 68 };

static bool stands_for_itself(unsigned byte)
{
    return (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
}

/* The character of a byte: those that do not stand for themselves are counted. */
static unsigned character_of(unsigned byte)
{
    unsigned moved = MOVED;
    for (unsigned b = 0; b < byte; b++)
        moved += !stands_for_itself(b);
    return stands_for_itself(byte) ? byte : moved;
}

/* The byte of a character, -1 if it is none of the alphabet. */
static int byte_of(unsigned point)
{
    if (point < MOVED)
        return stands_for_itself(point) ? (int)point : -1;
    for (unsigned byte = 0; byte < BYTES_THERE_ARE && point < ALPHABET; byte++)
        if (!stands_for_itself(byte) && point-- == MOVED)
            return (int)byte;
    return -1;
}

size_t alphabet_decode(const char *token, char *out)
{
    size_t length = 0;
    unsigned point;
    for (const char *at = token; *at;) {
        int bytes = utf8_decode(at, &point), byte = bytes ? byte_of(point) : -1;
        if (byte < 0) {
            strcpy(out, token);
            return strlen(token);
        }
        out[length++] = (char)byte;
        at += bytes;
    }
    out[length] = '\0';
    return length;
}

void alphabet_encode(const void *bytes, size_t length, Text *out)
{
    const unsigned char *at = bytes;
    char character[4];
    for (size_t i = 0; i < length; i++)
        text_put(out, character, (size_t)utf8_encode(character_of(at[i]), character));
}
