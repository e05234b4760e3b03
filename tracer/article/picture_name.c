/* Names of pictures; see picture_name.h. */
#include "picture_name.h"

#include "tiny_model/model.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* Letters of a name that come from one word, and all of the figure's. */
enum { MOST_OF_WORD = 60, MOST_OF_FIGURE = 100, MOST_OF_TEXT = 20, MOST_OF_RUN = 90 };

/* Fowler, Noll and Vo 1991: 32 bits. */
const char *digest_of(const char *bytes, size_t length, char *out)
{
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)bytes[i]) * 16777619u;
    snprintf(out, DIGEST, "%08x", (unsigned)hash);
    return out;
}

/* Adds what can be read of a word in a file's name; false if that is not all of it. */
static bool add_readable(const char *word, size_t most, Text *name)
{
    bool whole = *word != '-' || word[1] == '-'; /* -1 is not 1 */
    size_t begin = name->length;
    word += strspn(word, "-");
    for (; *word; word++) {
        char c = *word;
        bool dash = c == '[' || c == '-' || c == ' ' || c == '/';
        whole = whole && name->length - begin < most && (isalnum((unsigned char)c) || strchr("._-,:[]", c));
        if (name->length - begin >= most)
            break;
        if (isalnum((unsigned char)c) || strchr("._,", c))
            text_put(name, &c, 1);
        else if (c == ':')
            text_add(name, "all");
        else if (dash && name->length && name->data[name->length - 1] != '-')
            text_add(name, "-");
    }
    return whole;
}

static void add_digest(const char *bytes, Text *name)
{
    char digest[DIGEST];
    text_add(name, "-%.6s", digest_of(bytes, strlen(bytes), digest));
}

static void add_figure(char *const *words, int count, Text *name)
{
    Text all = {0};
    bool whole = true;
    for (int i = 0; i < count; i++) {
        if (i && name->length && name->data[name->length - 1] != '-')
            text_add(name, "-");
        whole = name->length < MOST_OF_FIGURE && add_readable(words[i], MOST_OF_WORD, name) && whole;
        text_add(&all, " %s", words[i]);
    }
    while (name->length && name->data[name->length - 1] == '-')
        name->data[--name->length] = '\0';
    if (!whole)
        add_digest(text_piece(name, &all), name);
    text_free(&all);
}

/* A preset by its name, a model file by its stem; two files of one stem in two folders differ in the digest. */
static void add_model(const char *model, Text *name)
{
    const char *slash = strrchr(model, '/'), *stem = slash ? slash + 1 : model;
    char short_name[MOST_OF_WORD + 1];
    size_t length = strlen(stem) - (text_ends(stem, ".json") ? strlen(".json") : 0);
    snprintf(short_name, sizeof short_name, "%.*s", length < MOST_OF_WORD ? (int)length : MOST_OF_WORD, stem);
    bool whole = add_readable(short_name, MOST_OF_WORD, name) && length <= MOST_OF_WORD;
    if (slash || !whole)
        add_digest(model, name);
}

static void add_run(const RunOptions *run, Text *name)
{
    const struct {
        const char *word, *text;
    } others[] = {{"text", run->text}, {"tokens", run->tokens}, {"weights", run->weights}, {"from", run->from}};
    size_t begin = name->length;
    if (run->model && strcmp(run->model, PRESETS[0].name) != 0)
        add_model(run->model, name);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (others[i].text) {
            text_add(name, "%s%s-", name->length > begin ? "-" : "", others[i].word);
            add_readable(others[i].text, MOST_OF_TEXT, name);
            add_digest(others[i].text, name);
        }
    if (run->mistake) {
        text_add(name, name->length > begin ? "-" : "");
        add_readable(run->mistake, MOST_OF_WORD, name);
    }
    if (run->step)
        text_add(name, "%sstep%d", name->length > begin ? "-" : "", run->step);
}

bool picture_name(char *const *words, int count, const RunOptions *run, const char *extension, char out[PICTURE_NAME])
{
    Text figure = {0}, chosen = {0};
    char digest[DIGEST] = "";
    add_figure(words, count, &figure);
    add_run(run, &chosen);
    bool whole = !figure.failed && !chosen.failed;
    if (chosen.length > MOST_OF_RUN)
        digest_of(chosen.data, chosen.length, digest);
    if (whole)
        snprintf(out, PICTURE_NAME, "figures/%s%s%.*s%s.%s", figure.data ? figure.data : "", chosen.length ? "--" : "",
                 MOST_OF_RUN, chosen.data ? chosen.data : "", digest, extension);
    text_free(&figure);
    text_free(&chosen);
    return whole;
}
