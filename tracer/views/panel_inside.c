/* Looking inside: the token of the selected row on its way through the model, each line of which leads to its step;
 * and what each head looks at. Only where a run was opened with what looking inside records. */
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
