/* Encodings, by iconv; see unicode.h. */
#include "unicode.h"

#include <iconv.h>
#include <stdlib.h>
#include <string.h>

static char *converted(char *data, size_t size, size_t *length)
{
    size_t room = 2 * size, left = room; /* two bytes become at most three, four become four */
    char *text = malloc(room + 1), *to = text, *from = data;
    iconv_t converter = iconv_open("UTF-8", "UTF-16"); /* which reads the mark, and drops it */
    bool whole = text && converter != (iconv_t)-1 && iconv(converter, &from, &size, &to, &left) != (size_t)-1;
    if (converter != (iconv_t)-1)
        iconv_close(converter);
    if (!whole) {
        free(text);
        return NULL;
    }
    *length = room - left;
    text[*length] = '\0';
    return text;
}

bool text_to_utf8(char **data, size_t *size)
{
    if (*size >= 3 && memcmp(*data, "\xef\xbb\xbf", 3) == 0) {
        *size -= 3;
        memmove(*data, *data + 3, *size + 1);
        return true;
    }
    if (*size < 2 || (memcmp(*data, "\xff\xfe", 2) != 0 && memcmp(*data, "\xfe\xff", 2) != 0))
        return true;
    char *text = converted(*data, *size, size);
    if (!text)
        return false;
    free(*data);
    *data = text;
    return true;
}
