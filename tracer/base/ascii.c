/* Spelling in ASCII; see ascii.h. */
#include "ascii.h"

#include <string.h>

/* Powers and indices, of which several in a row share one sign in front. */
static const struct {
    const char *sign;
    char raised, lowered;
} SMALL[] = {
    {"ᵀ", 'T', 0}, {"ᵗ", 't', 0}, {"ᵐ", 'm', 0}, {"ᵏ", 'k', 0}, {"²", '2', 0}, {"³", '3', 0},
    {"₀", 0, '0'}, {"₁", 0, '1'}, {"₂", 0, '2'}, {"₊", 0, '+'}, {"₋", 0, '-'},
    {"ₐ", 0, 'a'}, {"ᵢ", 0, 'i'},
    {"ⱼ", 0, 'j'}, {"ₖ", 0, 'k'}, {"ᵣ", 0, 'r'}, {"ₜ", 0, 't'},
};

static const struct {
    const char *sign, *spelled;
} SIGNS[] = {
    {"∫", "integral "}, {"√", "sqrt "}, {"Σ", "sum "}, {"−", "-"}, {"×", "x"}, {"÷", "/"},
    {"·", "*"}, {"⊙", "(.)"}, {"∞", "inf"},
    {"∂", "d"}, {"≤", "<="}, {"←", "<-"}, {"→", "->"}, {"…", "..."},
    {"‖", "||"}, {"½", "1/2"}, {"¼", "1/4"},
    {"\u0302", "_hat"}, {"σ", "sigma"}, {"γ", "gamma"}, {"π", "pi"}, {"μ", "mu"}, {"θ", "theta"}, {"ε", "eps"},
    {"β", "beta"}, {"λ", "lambda"}, {"η", "eta"}, {"•", "*"}, {"│", "|"}, {"─", "-"}, {"═", "="}, {"›", ">"},
};

static bool takes(const char **text, const char *sign)
{
    size_t length = strlen(sign);
    if (strncmp(*text, sign, length) != 0)
        return false;
    *text += length;
    return true;
}

/* A power or index at *text; *before is the sign that the one before it began with. */
static bool take_small(const char **text, char *before, Text *out)
{
    for (size_t i = 0; i < sizeof SMALL / sizeof *SMALL; i++)
        if (takes(text, SMALL[i].sign)) {
            char mark = SMALL[i].raised ? '^' : '_';
            char small[] = {mark, (char)(SMALL[i].raised + SMALL[i].lowered)};
            text_put(out, small + (mark == *before), 2 - (mark == *before));
            *before = mark;
            return true;
        }
    return false;
}

static bool take_sign(const char **text, Text *out)
{
    for (size_t i = 0; i < sizeof SIGNS / sizeof *SIGNS; i++)
        if (takes(text, SIGNS[i].sign)) {
            text_add(out, "%s", SIGNS[i].spelled);
            return true;
        }
    return false;
}

void ascii_add(const char *text, Text *out)
{
    char before = 0;
    while (*text) {
        if ((unsigned char)*text >= 0x80 && take_small(&text, &before, out))
            continue;
        before = 0;
        if ((unsigned char)*text < 0x80)
            text_put(out, text++, 1);
        else if (!take_sign(&text, out)) {
            text_add(out, "?");
            for (text++; ((unsigned char)*text & 0xC0) == 0x80; text++)
                continue;
        }
    }
}
