/* Completion of a typed line; see complete.h. What a command takes is a row of words in its entry:
 * "frame FRAME|rule RULE|nan", alternatives with capitals for what they are one of. */
#include "complete.h"

#include "key_help.h"
#include "panel_page.h"

#include "tiny_model/rules/rule.h"
#include "tracer/query/tours.h"

#include <stdio.h>
#include <string.h>

/* The word that is completed, and those before it. */
typedef struct {
    const char *before;     /* the word before it, up to a blank */
    const char *typed;
    Offers *out;
} Word;

/* True if the first `length` characters are among what is offered. */
static bool offered(const Offers *out, const char *word, size_t length)
{
    for (int i = 0; i < out->count; i++)
        if (strncmp(out->words[i], word, length) == 0 && out->words[i][length] == '\0')
            return true;
    return false;
}

/* Offers the first `length` characters, each once. */
static void offer(Offers *out, const char *word, size_t length)
{
    if (length >= sizeof out->words[0] || offered(out, word, length))
        return;
    if (out->count == MOST_OFFERS)
        out->left_out++;
    else
        snprintf(out->words[out->count++], sizeof out->words[0], "%.*s", (int)length, word);
}

static void offer_word(const Word *word, const char *candidate)
{
    if (text_begins(candidate, word->typed))
        offer(word->out, candidate, strlen(candidate));
}

static void offer_commands(const ViewState *state, const Word *word)
{
    for (int i = 0; i < state->typed_count; i++)
        offer_word(word, state->typed[i].name);
    for (int i = 0; i < state->key_count; i++)
        if (state->keys[i].command)
            offer_word(word, state->keys[i].command);
}

/* A dotted name up to the dot behind what is typed. What lies below a name that is offered itself,
 * as W.grad below W, comes once that is typed. */
static void offer_dotted(const Word *word, const char *name)
{
    size_t typed = strlen(word->typed);
    if (!text_begins(name, word->typed))
        return;
    const char *dot = strchr(name + typed, '.');
    size_t length = dot ? (size_t)(dot - name) : strlen(name);
    if (!dot || length == typed || !offered(word->out, name, length))
        offer(word->out, name, length + (dot != NULL));
}

/* A name that has the typed word behind a dot. */
static void offer_inner(const Word *word, const char *name)
{
    const char *at = strchr(name, '.');
    while (at && !text_begins(at + 1, word->typed))
        at = strchr(at + 1, '.');
    if (at)
        offer(word->out, name, (size_t)(at + 1 - name) + strcspn(at + 1, "."));
}

static void offer_names(const ViewState *state, const Word *word)
{
    const Names *names = &state->session->names;
    int before = word->out->count;
    for (int i = 0; i < names->count; i++)
        offer_dotted(word, name_of(names, names->sorted[i]));
    if (word->out->count > before || !*word->typed)
        return;
    for (int i = 0; i < names->count; i++)
        offer_inner(word, name_of(names, names->sorted[i]));
}

static void offer_pages(const ViewState *state, const Word *word)
{
    const char *why;
    for (int i = 0; i < PANEL_PAGE_COUNT; i++)
        if (page_fits(state, i, &why))
            offer_word(word, PANEL_PAGES[i].name);
}

static void offer_tours(const ViewState *state, const Word *word)
{
    for (int i = 0; i < TOUR_COUNT; i++)
        if (TOURS[i].fits(state_tape(state)))
            offer_word(word, TOURS[i].name);
}

static void offer_settings(const ViewState *state, const Word *word)
{
    (void)state;
    for (int i = 0; i < SETTING_COUNT; i++)
        offer_word(word, SETTINGS[i].name);
}

/* What the setting before it can be. */
static void offer_values(const ViewState *state, const Word *word)
{
    size_t length = strcspn(word->before, " ");
    (void)state;
    for (int i = 0; i < SETTING_COUNT; i++)
        if (strlen(SETTINGS[i].name) == length && strncmp(SETTINGS[i].name, word->before, length) == 0)
            for (const char *const *choice = SETTINGS[i].choices; choice && *choice; choice++)
                offer_word(word, *choice);
}

static void offer_mistakes(const ViewState *state, const Word *word)
{
    const System *system = state->session->model.system;
    for (int i = 0; i < mistake_count_of(system); i++)
        offer_dotted(word, mistake_of(system, i)->id);
}

static void offer_rules(const ViewState *state, const Word *word)
{
    (void)state;
    for (int i = 0; i < RULE_COUNT; i++)
        offer_word(word, RULES[i]->name);
}

static void offer_frames(const ViewState *state, const Word *word)
{
    const Tape *tape = state_tape(state);
    for (int i = 0; i < tape->frame_count; i++)
        offer_dotted(word, tape->frames[i].path);
}

static const struct {
    const char *name;
    void (*offer)(const ViewState *state, const Word *word);
} CLASSES[] = {
    {"COMMAND", offer_commands}, {"NAME", offer_names},       {"PAGE", offer_pages}, {"SETTING", offer_settings},
    {"VALUE", offer_values},     {"MISTAKE", offer_mistakes}, {"RULE", offer_rules}, {"FRAME", offer_frames},
    {"TOUR", offer_tours},
};

/* Offers what one word of an alternative stands for: one of a class, or itself. */
static void offer_symbol(const ViewState *state, const Word *word, const char *symbol, size_t length)
{
    for (size_t i = 0; i < sizeof CLASSES / sizeof *CLASSES; i++)
        if (strlen(CLASSES[i].name) == length && strncmp(CLASSES[i].name, symbol, length) == 0) {
            CLASSES[i].offer(state, word);
            return;
        }
    if (length && strncmp(symbol, word->typed, strlen(word->typed)) == 0)
        offer(word->out, symbol, length);
}

/* Follows one alternative, as far as `end`, through the words that are typed already. */
static void offer_alternative(const ViewState *state, const char *takes, const char *end, const char *line, Offers *out)
{
    Word word = {.before = "", .typed = line, .out = out};
    for (const char *blank; (blank = strchr(word.typed, ' ')); word.typed = blank + 1) {
        size_t length = strcspn(takes, " |"), typed = (size_t)(blank - word.typed);
        bool class = *takes >= 'A' && *takes <= 'Z';
        if (takes >= end || (!class && (length != typed || strncmp(takes, word.typed, typed) != 0)))
            return;
        takes += length + (takes[length] == ' ');
        word.before = word.typed;
    }
    size_t length = strcspn(takes, " |");
    if (takes >= end)
        return;
    int before = out->count;
    offer_symbol(state, &word, takes, length);
    out->closed |= out->count > before && takes[length] == ' ';
}

static void offer_all(const ViewState *state, const char *takes, const char *line, Offers *out)
{
    for (const char *end; *takes; takes = *end ? end + 1 : end) {
        end = takes + strcspn(takes, "|");
        offer_alternative(state, takes, end, line, out);
    }
}

static const TypedCommand *command_called(const ViewState *state, const char *line, size_t length)
{
    for (int i = 0; i < state->typed_count; i++)
        if (strlen(state->typed[i].name) == length && strncmp(state->typed[i].name, line, length) == 0)
            return &state->typed[i];
    return NULL;
}

static void find_common(const char *typed, Offers *out)
{
    snprintf(out->common, sizeof out->common, "%s", out->count ? out->words[0] : typed);
    for (int i = 1; i < out->count; i++) {
        size_t same = 0;
        while (out->common[same] && out->common[same] == out->words[i][same])
            same++;
        out->common[same] = '\0';
    }
    if (!text_begins(out->common, typed) && out->count != 1) /* the word stands in their middle */
        snprintf(out->common, sizeof out->common, "%s", typed);
}

void complete(const ViewState *state, const char *line, Offers *out)
{
    memset(out, 0, sizeof *out);
    line += out->from = strspn(line, " ");
    size_t first = strcspn(line, " ");
    const TypedCommand *command = command_called(state, line, first);
    const char *rest = line + first;
    if (*rest && command) {
        offer_all(state, command->takes, rest + strspn(rest, " "), out);
    } else if (!*rest) {
        offer_all(state, "COMMAND|NAME", line, out);
        const TypedCommand *one = out->count == 1 ? command_called(state, out->words[0], strlen(out->words[0])) : NULL;
        out->closed = one && *one->takes;
    }
    const char *blank = strrchr(line, ' ');
    out->from += blank ? (size_t)(blank - line) + 1 : 0;
    out->closed &= out->count == 1;
    find_common(blank ? blank + 1 : line, out);
}

bool complete_line(const Offers *offers, char *line, size_t size)
{
    int room = (int)(size - offers->from);
    if (offers->from >= size || (int)strlen(offers->common) + offers->closed >= room)
        return false;
    snprintf(line + offers->from, (size_t)room, "%s%s", offers->common, offers->closed ? " " : "");
    return true;
}
