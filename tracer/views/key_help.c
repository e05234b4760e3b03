/* Keys as they are written and looked up; see key_help.h. */
#include "key_help.h"

#include "tiny_model/tokenizer/tokenizer.h"

#include <stdio.h>
#include <string.h>

static const struct {
    int code;
    const char *text;
} NAMED[] = {
    {KEY_IS_UP, "<Up>"}, {KEY_IS_DOWN, "<Down>"}, {KEY_IS_LEFT, "<Left>"}, {KEY_IS_RIGHT, "<Right>"},
    {KEY_IS_HOME, "<Home>"}, {KEY_IS_END, "<End>"}, {KEY_IS_PAGE_UP, "<PageUp>"}, {KEY_IS_PAGE_DOWN, "<PageDown>"},
    {KEY_IS_ENTER, "<Enter>"}, {KEY_IS_TAB, "<Tab>"}, {KEY_IS_ESCAPE, "<Esc>"}, {KEY_IS_BACKSPACE, "<Backspace>"},
    {KEY_IS_ZI, "zi"},
    {' ', "<Space>"},
};
enum { NAMED_COUNT = sizeof NAMED / sizeof *NAMED };

char *key_text(int code, char out[16])
{
    for (int i = 0; i < NAMED_COUNT; i++)
        if (NAMED[i].code == code) {
            snprintf(out, 16, "%s", NAMED[i].text);
            return out;
        }
    snprintf(out, 16, "%c", code);
    return out;
}

int key_parse(const char **script)
{
    if (**script == '\0')
        return 0;
    for (int i = 0; i < NAMED_COUNT; i++) {
        size_t length = strlen(NAMED[i].text);
        if (strncmp(*script, NAMED[i].text, length) == 0) {
            *script += length;
            return NAMED[i].code;
        }
    }
    /* A lone < is a character; <Name> that is none of ours is a typing error. */
    if (**script == '<' && strchr(*script, '>'))
        return -1;
    unsigned point;
    int length = utf8_decode(*script, &point);
    *script += length ? length : 1;
    return length ? (int)point : '?';
}
