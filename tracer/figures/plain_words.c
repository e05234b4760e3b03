/* Names of values as words; see plain_words.h. */
#include "plain_words.h"

#include "tracer/query/parts.h"

#include <stdio.h>
#include <string.h>

enum { NAME_ROOM = 400 };

typedef struct {
    const char *name, *words;
} Word;

/* What a value becomes of another is told in front of that one: the longest ending first. */
static const Word ENDINGS[] = {
    {".grad.clipped", "clipped gradient of the "}, {".grad", "gradient of the "},
    {".m_hat", "corrected average gradient of the "}, {".v_hat", "corrected average square of the gradient of the "},
    {".m", "average gradient of the "}, {".v", "average square of the gradient of the "},
    {".next", "updated "}, {".average", "moving average of the "},
};

static const Word WORDS[] = {
    {"token_embedding", "token embeddings"}, {"position_embedding", "position embeddings"},
    {"embedding", "embedded tokens"}, {"W_Q", "query weights"}, {"W_K", "key weights"}, {"W_V", "value weights"},
    {"b_Q", "query biases"}, {"b_K", "key biases"}, {"b_V", "value biases"}, {"Q", "queries"}, {"K", "keys"},
    {"V", "values"}, {"scores", "scores"}, {"scaled", "scaled scores"}, {"masked", "masked scores"},
    {"weights", "attention weights"}, {"concat", "outputs of the heads, joined"}, {"W_O", "output weights"},
    {"b_O", "output biases"}, {"residual", "stream"}, {"norm", "normalized stream"},
    {"gamma", "gains"}, {"beta", "shifts"}, {"W_1", "first weights"}, {"b_1", "first biases"},
    {"W_2", "second weights"}, {"b_2", "second biases"}, {"W_gate", "gate weights"}, {"b_gate", "gate biases"},
    {"hidden", "hidden values"}, {"activated", "activated values"}, {"W", "weights"}, {"b", "biases"},
    {"per_token", "loss of each token"}, {"per_example", "loss of each example"}, {"exp", "exponentials"},
    {"sum", "sums"}, {"max", "largest values"},
};

/* Words for the last part of a name; the part itself, its underlines blanks, where the list has none. */
static void add_last(char *out, size_t size, const char *part)
{
    size_t used = strlen(out);
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (strcmp(WORDS[i].name, part) == 0) {
            snprintf(out + used, size - used, "%s", WORDS[i].words);
            return;
        }
    for (; *part && used + 1 < size; part++)
        out[used++] = *part == '_' ? ' ' : *part;
    out[used] = '\0';
}

static void to_words(const char *name, bool place, char *out, size_t size)
{
    char stem[NAME_ROOM], where[PART_WORDS];
    *out = '\0';
    snprintf(stem, sizeof stem, "%s", name);
    for (size_t i = 0; i < sizeof ENDINGS / sizeof *ENDINGS; i++)
        if (text_ends(stem, ENDINGS[i].name) && strlen(stem) > strlen(ENDINGS[i].name)) {
            stem[strlen(stem) - strlen(ENDINGS[i].name)] = '\0';
            snprintf(out + strlen(out), size - strlen(out), "%s", ENDINGS[i].words);
            break;
        }
    char *dot = strrchr(stem, '.');
    add_last(out, size, dot ? dot + 1 : stem);
    if (!dot || !place)
        return;
    *dot = '\0';
    if (*part_words(stem, where, sizeof where))
        snprintf(out + strlen(out), size - strlen(out), ", %s", where);
}

const char *value_title(DrawList *list, const Spec *spec, int value)
{
    char words[NAME_ROOM];
    const char *name = name_of(&spec->session->names, value);
    if (!spec->plain_words)
        return draw_format(list, "%s", name);
    to_words(name, true, words, sizeof words);
    return draw_format(list, "%s", words);
}

const char *value_heading(DrawList *list, const Spec *spec, int value, const char *name)
{
    char words[NAME_ROOM];
    if (!spec->plain_words)
        return draw_format(list, "%s", name);
    to_words(name_of(&spec->session->names, value), false, words, sizeof words);
    return draw_format(list, "%s", words);
}
