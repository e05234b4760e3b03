/* Looking inside: the token of the selected row on its way through the model, what each head looks at, what the model
 * would say at each level, parts taken out (made by v) and exchanged with another text (made by :patch). Each line
 * leads to its step. Only where a run was opened with what looking inside records. */
#include "panel_page.h"
#include "tracer/query/follow_token.h"

#include <stdio.h>

bool is_inside(const Session *session, const char **why)
{
    *why = "nothing was recorded of looking inside: open the run with --inside, or --model induction";
    return session->run.inside != NULL;
}

/* The row that is selected, where rows are places of the text; else the last place. */
static int position_of(const ViewState *state, const Looking *looking)
{
    Reference cell = state_asked(state);
    if (cell.value >= 0 && row_axis(&state->session->names, cell.value)->place && cell.row < looking->tokens)
        return cell.row;
    return looking->tokens - 1;
}

/* Blanks that only align are given up where the line would be cut. */
static void squeeze(char *text, int width)
{
    char *to = text;
    if (!width || text_width(text) <= width)
        return;
    for (const char *from = text; *from; from++)
        if (*from != ' ' || to == text || to[-1] != ' ')
            *to++ = *from;
    *to = '\0';
}

void write_follow(const ViewState *state, Page *page)
{
    Looking looking;
    WayLine line;
    Error error = {0};
    char token[TOLD_SIZE], target[TOLD_SIZE], words[2 * TOLD_SIZE + 120];
    if (!looking_begin(state->session, &looking, &error))
        return;
    Way way = way_begin(&looking, position_of(state, &looking));
    snprintf(words, sizeof words, "%s at position %d: length of what is added, what it adds to the logit of %s",
             token_at(&looking, way.position, token), way.position, token_of(&looking, way.target, target));
    page_words(page, "", words);
    while (way_next(&way, &line)) {
        Text told = {0};
        way_line_text(&way, &line, state->settings.digits, &told);
        page->text.failed |= told.failed;
        if (told.data)
            squeeze(told.data, page->width);
        page_line(page, line.level ? DIM : 0, "%s", told.data ? told.data : "");
        if (tape_value(looking.tape, line.value)->producer >= 0)
            page_leads(page, tape_value(looking.tape, line.value)->producer, line.row, line.col);
        text_free(&told);
    }
}

void write_heads(const ViewState *state, Page *page)
{
    Looking looking;
    Error error = {0};
    char name[120], number[NUMBER_SIZE];
    if (!looking_begin(state->session, &looking, &error))
        return;
    page_words(page, "", "the share of its attention that a head spends on");
    for (int h = 0; h < looking.inside->head_count; h++) {
        const HeadLook *head = &looking.inside->heads[h];
        page_line(page, BOLD, "%s", short_part(head->name, name, sizeof name));
        page_leads(page, tape_value(looking.tape, head->weights)->producer, position_of(state, &looking), 0);
        for (int kind = 0; kind < SCORES_OF_A_HEAD; kind++) {
            int score = head->score[kind];
            page_line(page, 0, "  %-10s %s", SCORE_NAMES[kind],
                      score < 0 ? "undefined"
                                : number_text(number, look_at(&looking, score, 0, 0), state->settings.digits));
            if (score >= 0)
                page_leads(page, tape_value(looking.tape, score)->producer, 0, 0);
        }
    }
}

/* The likeliest tokens of a row, each leading to its probability. */
static void add_likeliest(const ViewState *state, const Looking *looking, int value, int row, Page *page)
{
    enum { LIKELIEST = 3 };
    char token[TOLD_SIZE], number[NUMBER_SIZE];
    int said[LIKELIEST];
    for (int i = 0; i < LIKELIEST && i < looking->words; i++) {
        int best = -1;
        for (int c = 0; c < looking->words; c++) {
            bool before = false;
            for (int j = 0; j < i; j++)
                before = before || said[j] == c;
            if (!before && (best < 0 || look_at(looking, value, row, c) > look_at(looking, value, row, best)))
                best = c;
        }
        said[i] = best;
        page_line(page, 0, "  %-10s %s", token_of(looking, best, token),
                  number_text(number, look_at(looking, value, row, best), state->settings.digits));
        page_leads(page, tape_value(looking->tape, value)->producer, row, best);
    }
}

void write_lens(const ViewState *state, Page *page)
{
    Looking looking;
    Error error = {0};
    char token[TOLD_SIZE], words[TOLD_SIZE + 80], name[120];
    if (!looking_begin(state->session, &looking, &error))
        return;
    int row = position_of(state, &looking);
    snprintf(words, sizeof words, "behind %s at position %d, if the model stopped there:",
             token_at(&looking, row, token), row);
    page_words(page, "", words);
    for (int i = 0; i < looking.inside->level_count; i++) {
        const Level *level = &looking.inside->levels[i];
        page_line(page, BOLD, "%s", short_part(level->name, name, sizeof name));
        add_likeliest(state, &looking, level->probabilities, row, page);
    }
}

/* The line leads to what the part computed, at a row. */
static void leads_to_part(const Looking *looking, const PartEffect *effect, int row, Page *page)
{
    const Value *of = tape_value(looking->tape, looking->inside->parts[effect->part].at);
    if (of->producer >= 0)
        page_leads(page, of->producer, row, 0);
}

void write_taken(const ViewState *state, Page *page)
{
    Looking looking;
    Error error = {0};
    const PartsTaken *taken = &state->checks.taken;
    char words[200], name[120], zero[NUMBER_SIZE], mean[NUMBER_SIZE];
    int digits = state->settings.digits;
    if (!looking_begin(state->session, &looking, &error))
        return;
    if (!stamp_is_of(&state->checks.taken_of, state->session)) {
        page_words(page, "", "v makes it: the loss without each part, which is set to zero or to its mean over this "
                   "text");
        return;
    }
    snprintf(words, sizeof words, "loss %s; how much more it is without a part, set to zero, to its mean:",
             number_text(zero, taken->loss, digits));
    page_words(page, "", words);
    for (int i = 0; i < taken->count; i++) {
        const PartEffect *effect = &taken->list[i];
        page_line(page, 0, "%-14s %10s %10s", short_part(looking.inside->parts[effect->part].name, name, sizeof name),
                  number_signed(zero, effect->first, digits), number_signed(mean, effect->second, digits));
        leads_to_part(&looking, effect, position_of(state, &looking), page);
    }
    if (taken->left_out)
        page_line(page, DIM, "and %d parts more: tracer ablate", taken->left_out);
    page_words(page, "", "A run without one: tracer step --ablate PART");
}

void write_patched(const ViewState *state, Page *page)
{
    Looking looking;
    Error error = {0};
    const PartsPatched *patched = &state->checks.patched;
    char words[METRIC_TOLD + 160], name[120], token[TOLD_SIZE], clean[NUMBER_SIZE], own[NUMBER_SIZE];
    int digits = state->settings.digits;
    if (!looking_begin(state->session, &looking, &error))
        return;
    if (!stamp_is_of(&state->checks.patched_of, state->session)) {
        page_words(page, "",
                   ":patch and a text of the same length makes it: which part at which position, with its numbers of "
                   "that text, brings back what that text says");
        return;
    }
    snprintf(words, sizeof words, "%s: %s there, %s here. How much comes back with a part's numbers from there, and as "
             "the gradient foretells it:", patched->asked, number_text(clean, patched->clean, digits),
             number_text(own, patched->own, digits));
    page_words(page, "", words);
    for (int i = 0; i < patched->count; i++) {
        const PartEffect *effect = &patched->list[i];
        page_line(page, 0, "%7s %8s  %s at %d %s", number_signed(clean, effect->first, 3),
                  number_signed(own, effect->second, 3),
                  short_part(looking.inside->parts[effect->part].name, name, sizeof name), effect->position,
                  token_at(&looking, effect->position, token));
        leads_to_part(&looking, effect, effect->position, page);
    }
    if (patched->left_out)
        page_line(page, DIM, "and %d smaller ones: tracer patch", patched->left_out);
}
