/* What tracer sample --beam says; see beam_report.h. */
#include "beam_report.h"

#include "tiny_model/elementary/elementary.h"
#include "tiny_model/primitive.h"
#include "tracer/base/print.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { LOST_SHOWN = 3, TOKEN_SIZE = 60, LABEL_SIZE = 24 };

static const Tape *tape_of(const BeamReport *report)
{
    return &report->search.start.session->run.tape;
}

/* The largest cell behind the one at `row`, `column` in the order of the choice; row -1: the first of all. */
static bool next_candidate(const Value *all, int *row, int *column)
{
    bool found = false, begins = *row < 0;
    double behind = begins ? 0 : cell_of(all, *row, *column), best = -INFINITY;
    int after_row = *row, after_column = *column;
    for (int r = 0; r < all->rows; r++)
        for (int c = 0; c < all->cols; c++) {
            double score = cell_of(all, r, c);
            bool later = r > after_row || (r == after_row && c > after_column);
            if (score > best && (begins || score < behind || (score == behind && later))) {
                best = score;
                *row = r;
                *column = c;
                found = true;
            }
        }
    return found;
}

/* The ids of a candidate: those of its beam, and the token unless the beam has ended. */
static void add_ids(Text *out, const Beam *beam, int token)
{
    text_add(out, "[");
    for (int i = 0; i < beam->count; i++)
        text_add(out, "%s%d", i ? ", " : "", beam->tokens[i]);
    if (beam->ended)
        text_add(out, "]");
    else
        text_add(out, ", %d]", token);
}

static const char *token_text(const BeamReport *report, int id, char out[TOKEN_SIZE])
{
    const char *token = generation_token(&report->search.start, id);
    if (token)
        return token_visible(out, TOKEN_SIZE, token);
    snprintf(out, TOKEN_SIZE, "%d", id);
    return out;
}

/* The end of a candidate, as much as has room. Words are shown one by one, letters as one text. */
static void add_candidate(BeamReport *report, const Beam *beam, int token)
{
    const Generation *start = &report->search.start;
    const bool apart = model_writes(&start->session->model)->words(&start->session->model) ||
                       !generation_token(start, token);
    int count = beam->count + !beam->ended, first = count;
    char shown[TOKEN_SIZE + 3 * LABEL_SIZE] = "", word[TOKEN_SIZE];
    while (first > 0) {
        int id = first == beam->count + 1 ? token : beam->tokens[first - 1];
        Text text = {0};
        text_add(&text, "%s%s%s", apart ? token_text(report, id, word) : generation_token(start, id),
                 apart && first < count ? " " : "", shown);
        bool fits = text.data && (first == count || text_width(text.data) <= LABEL_SIZE - 6);
        if (fits)
            snprintf(shown, sizeof shown, "%s", text.data);
        text_free(&text);
        if (!fits)
            break;
        first--;
    }
    char quoted[sizeof shown + 8];
    const char *end = apart ? shown : token_visible(quoted, sizeof quoted, shown);
    int width = text_width(end) + (first > 0 ? 4 : 0);
    text_add(&report->out, "%s%s%*s", first > 0 ? "... " : "", end, width < LABEL_SIZE ? LABEL_SIZE - width : 0, "");
}

static void add_row(BeamReport *report, bool stays, int row, int token)
{
    const BeamSearch *search = &report->search;
    const Beam *beam = &search->before[row];
    char number[NUMBER_SIZE];
    double score = cell_of(tape_value(tape_of(report), search->choice.candidates), row, token);
    text_add(&report->out, "%s", stays ? "  > " : "    ");
    add_candidate(report, beam, token);
    text_add(&report->out, " %*s%s\n", report->digits + 5, number_text(number, score, report->digits),
             beam->ended ? "  ended" : "");
}

static void tell(BeamReport *report)
{
    const BeamSearch *search = &report->search;
    const Value *all = tape_value(tape_of(report), search->choice.candidates);
    int row = -1, column = -1, possible = 0, stay = search->beams.count;
    for (size_t i = 0; i < cells_of(all); i++)
        possible += isfinite(all->data[i]);
    text_add(&report->out, "%d. %d of %d texts stay\n    %-*s %*s\n", search->start.count - 1, stay, possible,
             LABEL_SIZE, "", report->digits + 5, search->beams.alpha != 0 ? "score" : "log p");
    for (int i = 0; i < stay + LOST_SHOWN && next_candidate(all, &row, &column); i++)
        add_row(report, i < stay, row, column);
    if (possible > stay + LOST_SHOWN)
        text_add(&report->out, "    %d others\n", possible - stay - LOST_SHOWN);
}

static void json_token(BeamReport *report, int id)
{
    const char *token = generation_token(&report->search.start, id);
    text_json_string(&report->out, token ? token : "");
}

static void json_beam(BeamReport *report, const Beam *beam)
{
    char number[2][NUMBER_SIZE];
    text_add(&report->out, "{\"text\": ");
    Text text = {0};
    beam_text(&report->search, beam, &text);
    text_json_string(&report->out, text_piece(&report->out, &text));
    text_free(&text);
    text_add(&report->out, ", \"tokens\": ");
    add_ids(&report->out, &(Beam){.tokens = beam->tokens, .count = beam->count, .ended = true}, -1);
    text_add(&report->out, ", \"token\": ");
    json_token(report, beam->tokens[beam->count - 1]);
    text_add(&report->out, ", \"log_p\": %s, \"score\": %s, \"ended\": %s}", number_json(number[0], beam->total),
             number_json(number[1], beam->score), beam->ended ? "true" : "false");
}

static void json_beams(BeamReport *report)
{
    const BeamSearch *search = &report->search;
    text_add(&report->out, "\"beams\": [");
    for (int i = 0; i < search->beams.count; i++) {
        text_add(&report->out, "%s", i ? ", " : "");
        json_beam(report, &search->best[i]);
    }
    text_add(&report->out, "]");
}

static void tell_json(BeamReport *report)
{
    const BeamSearch *search = &report->search;
    const Value *all = tape_value(tape_of(report), search->choice.candidates);
    int row = -1, column = -1, stay = search->beams.count;
    char number[NUMBER_SIZE];
    text_add(&report->out, "{\"position\": %d, \"window\": %d, \"read\": %d, ", search->start.count - 1,
             search->beams.window, search->read);
    json_beams(report);
    text_add(&report->out, ", \"lost\": [");
    for (int i = 0; i < stay + LOST_SHOWN && next_candidate(all, &row, &column); i++) {
        if (i < stay)
            continue;
        text_add(&report->out, "%s{\"tokens\": ", i > stay ? ", " : "");
        add_ids(&report->out, &search->before[row], column);
        text_add(&report->out, ", \"token\": ");
        json_token(report, column);
        text_add(&report->out, ", \"score\": %s}", number_json(number, cell_of(all, row, column)));
    }
    text_add(&report->out, "]");
}

bool beam_tell_token(BeamReport *report, Error *error)
{
    const BeamSearch *search = &report->search;
    WhyAsked asked = {report->why, search->beams.steps, search->beams.going_on, report->json, report->digits};
    (report->json ? tell_json : tell)(report);
    if (report->why && !sample_comes_later(&asked) &&
        !sample_why(&search->start.session->run, &asked, &report->out, error))
        return false;
    text_add(&report->out, report->json ? "}\n" : "");
    return sample_put(&report->out, error);
}

static void tell_beams(BeamReport *report)
{
    const BeamSearch *search = &report->search;
    int wide = report->digits + 5;
    bool scored = search->beams.alpha != 0;
    text_add(&report->out, "\n  %*s %*s", wide, "log p", wide, "p");
    text_add(&report->out, scored ? " %*s\n" : "\n", wide, "score");
    for (int i = 0; i < search->beams.count; i++) {
        const Beam *beam = &search->best[i];
        Text text = {0};
        char number[3][NUMBER_SIZE];
        text_add(&report->out, "  %*s %*s", wide, number_text(number[0], beam->total, report->digits), wide,
                 number_text(number[1], exp_of(beam->total), report->digits));
        if (scored)
            text_add(&report->out, " %*s", wide, number_text(number[2], beam->score, report->digits));
        beam_text(search, beam, &text);
        text_add(&report->out, "  ");
        text_add_visible(&report->out, text_piece(&report->out, &text));
        text_add(&report->out, "%s\n", beam->ended ? "  (ended)" : "");
        text_free(&text);
    }
}

bool beam_tell_texts(BeamReport *report, Error *error)
{
    const BeamSearch *search = &report->search;
    const Beam *best = &search->best[0];
    Text *out = &report->out, text = {0};
    beam_text(search, best, &text);
    if (!report->json) {
        sample_work(&search->start, out);
        tell_beams(report);
        text_add(out, "\n");
        text_add_visible(out, text_piece(out, &text));
        text_add(out, "\n");
    } else {
        text_add(out, "{\"text\": ");
        text_json_string(out, text_piece(out, &text));
        text_add(out, ", \"tokens\": ");
        add_ids(out, &(Beam){.tokens = best->tokens, .count = best->count, .ended = true}, -1);
        text_add(out, ", \"prompt\": %d, \"ended\": %s, ", search->start.prompt, best->ended ? "true" : "false");
        json_beams(report);
        text_add(out, "}\n");
    }
    text_free(&text);
    return sample_put(out, error);
}

void beam_report_free(BeamReport *report)
{
    text_free(&report->out);
}
