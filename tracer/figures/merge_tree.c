/* figure merge-tree: how one word becomes fewer and fewer tokens, round by round. Chapter 20. */
#include "figure_page.h"

#include "tiny_model/primitive.h"
#include "tracer/base/nearest.h"
#include "tracer/query/merging.h"

#include <stdio.h>
#include <string.h>

enum { TREE_LONGEST = 64, ROUND_HEIGHT = 46, BOX_HEIGHT = 24, BOX_GAP = 10, LEFT_OF_TREE = 74 };

/* A token of the word as it is drawn: the letters it stands for, from `first` on. */
typedef struct {
    int id, first, letters;
} Node;

static const char *word_label(const Names *names, int words, int row)
{
    return axis_label(names, row_axis(names, words), row);
}

/* Without the blank before it a word may be meant too. */
static bool is_called(const char *label, const char *name)
{
    return label && (strcmp(label, name) == 0 || (*label == ' ' && strcmp(label + 1, name) == 0));
}

/* Merges that happen within a row. */
static int merges_within(const Tape *tape, int row)
{
    return merge_row_length(tape_value(tape, merge_words(tape, 0)), row) -
           merge_row_length(tape_value(tape, merge_words(tape, merge_count(tape))), row);
}

/* The row of a word: by its text, else by its number, as 3 or word3; NULL: the one in which most is merged. */
static int find_word(const Spec *spec, Error *error)
{
    const Names *names = &spec->session->names;
    int words = merge_words(names->tape, 0), rows = tape_value(names->tape, words)->rows, best = 0;
    long number;
    Nearest nearest = {0};
    char answer[NEAREST_TEXT];
    for (int row = 0; row < rows && spec->name; row++) {
        const char *label = word_label(names, words, row);
        if (is_called(label, spec->name))
            return row;
        nearest_offer(&nearest, spec->name, label ? label : "");
    }
    const char *digits = spec->name && strncmp(spec->name, "word", 4) == 0 ? spec->name + 4 : spec->name;
    if (digits && parse_integer(digits, 0, rows - 1, &number))
        return (int)number;
    for (int row = 1; row < rows; row++)
        if (merges_within(names->tape, row) > merges_within(names->tape, best))
            best = row;
    if (!spec->name)
        return best;
    error_set(error, EXIT_USED_WRONGLY, "no word is called \"%.60s\"; %s", spec->name,
              nearest_text(&nearest, answer, "word3 is the row of this number"));
    return -1;
}

/* The tokens of a row, each with the letters that it stands for; `of` are those of the round before, NULL: single. */
static int list_nodes(const Value *words, int row, const Node *of, int of_count, Node *nodes)
{
    int count = merge_row_length(words, row), from = 0;
    count = count > TREE_LONGEST ? TREE_LONGEST : count;
    for (int i = 0; i < count; i++) {
        int id = (int)cell_of(words, row, i);
        bool kept = !of || (from < of_count && of[from].id == id);
        nodes[i] = (Node){id, of ? of[from].first : i, of ? of[from].letters : 1};
        if (!kept && from + 1 < of_count)
            nodes[i].letters += of[++from].letters;
        from++;
    }
    return count;
}

static const char *token_label(const Spec *spec, DrawList *list, int words, int id)
{
    const Names *names = &spec->session->names;
    const Axis *counts = value_counts(names, words);
    const char *label = counts ? axis_label(names, counts, id) : NULL;
    if (!label)
        return draw_format(list, "%d", id);
    return strchr(label, ' ') ? draw_format(list, "\"%s\"", label) : label;
}

static double wide_of(const Node *node, double letter)
{
    return node->letters * letter - BOX_GAP;
}

static double center_of(const Node *node, double letter)
{
    return PAGE_MARGIN + LEFT_OF_TREE + (node->first + node->letters / 2.0) * letter;
}

static void draw_node(const Spec *spec, DrawList *list, const Node *node, int words, double letter, double y, bool made)
{
    const Theme *theme = spec->theme;
    double wide = wide_of(node, letter), x = center_of(node, letter) - wide / 2;
    draw_outline(list, x, y, wide, BOX_HEIGHT, made ? theme->forward : theme->line, made ? 2 : 1)->radius = 4;
    const char *label = token_label(spec, list, words, node->id);
    Item *text = made ? draw_bold(list, x + wide / 2, y + 16, ALIGN_CENTER, TEXT_SIZE, theme->ink, label)
                      : draw_text(list, x + wide / 2, y + 16, ALIGN_CENTER, TEXT_SIZE, theme->ink, label);
    text->tip = draw_format(list, "%s: id %d", label, node->id);
}

/* How wide a letter is, so that every token's text fits over its letters. */
static double letter_width(const Spec *spec, DrawList *list, int row)
{
    const Tape *tape = spec->session->names.tape;
    double wide = 36;
    Node before[TREE_LONGEST], nodes[TREE_LONGEST];
    int count = 0;
    for (int r = 0; r <= merge_count(tape); r++) {
        int words = merge_words(tape, r);
        count = list_nodes(tape_value(tape, words), row, r ? before : NULL, count, nodes);
        for (int i = 0; i < count; i++) {
            const char *label = token_label(spec, list, words, nodes[i].id);
            double each = (measure_text(label, FACE_BOLD, TEXT_SIZE) + BOX_GAP + 10) / nodes[i].letters;
            wide = each > wide ? each : wide;
        }
        memcpy(before, nodes, sizeof nodes);
    }
    return wide;
}

/* One round: the tokens below those of the round before, with lines from what was merged. */
static int draw_round(const Spec *spec, DrawList *list, int r, int row, Node *before, int before_count, double letter,
                      double y)
{
    const Tape *tape = spec->session->names.tape;
    int words = merge_words(tape, r);
    Node nodes[TREE_LONGEST];
    int count = list_nodes(tape_value(tape, words), row, r ? before : NULL, before_count, nodes);
    draw_text(list, PAGE_MARGIN, y + 16, ALIGN_LEFT, SMALL_SIZE, spec->theme->muted,
              r ? draw_format(list, "merge %d", r - 1) : "bytes");
    for (int i = 0; i < count; i++) {
        bool made = false;
        for (int b = 0; r && b < before_count; b++) {
            bool part = before[b].first >= nodes[i].first && before[b].first < nodes[i].first + nodes[i].letters;
            bool merged = part && before[b].letters < nodes[i].letters;
            made |= merged;
            if (part)
                draw_line(list, center_of(&before[b], letter), y - ROUND_HEIGHT + BOX_HEIGHT,
                          center_of(&nodes[i], letter), y, merged ? spec->theme->forward : spec->theme->line,
                          merged ? 2 : 1);
        }
        draw_node(spec, list, &nodes[i], words, letter, y, made);
    }
    memcpy(before, nodes, sizeof nodes);
    return count;
}

static bool draw(const Spec *spec, DrawList *list, Error *error)
{
    const Names *names = &spec->session->names;
    const Tape *tape = names->tape;
    int row = find_word(spec, error), merges = merge_count(tape), count = 0, shown = 0;
    Node before[TREE_LONGEST];
    if (row < 0)
        return false;
    page_begin(list, spec);
    int first = merge_words(tape, 0), length = merge_row_length(tape_value(tape, first), row);
    double letter = letter_width(spec, list, row);
    length = length > TREE_LONGEST ? TREE_LONGEST : length;
    for (int r = 0; r <= merges; r++) {
        bool changes = r == 0 || merge_row_length(tape_value(tape, merge_words(tape, r)), row) !=
                                     merge_row_length(tape_value(tape, merge_words(tape, r - 1)), row);
        if (changes)
            count = draw_round(spec, list, r, row, before, count, letter, PAGE_TOP + ROUND_HEIGHT * shown++);
    }
    const char *label = word_label(names, first, row);
    const char *told = draw_format(list, "From %d bytes to %d token%s: %d of the %d merges happen in this word.",
                                   length, count, count == 1 ? "" : "s", shown - 1, merges);
    page_end(list, spec, PAGE_MARGIN + LEFT_OF_TREE + length * letter, PAGE_TOP + ROUND_HEIGHT * shown - 14,
             draw_format(list, "How \"%s\" is merged", label ? label : draw_format(list, "%d", row)), told,
             draw_format(list, "Tree of merges, bytes above, tokens below. %s", told));
    return true;
}

static bool has_merges(const Session *session, const char **why)
{
    *why = "nothing is merged in this model; the preset bpe learns merges";
    return merge_step(session->names.tape, 0) >= 0;
}

static bool usual_word(const Session *session, char *name, size_t size)
{
    Spec spec = {.session = session};
    int row = has_merges(session, &(const char *){NULL}) ? find_word(&spec, &(Error){0}) : -1;
    const char *label = row < 0 ? NULL : word_label(&session->names, merge_words(session->names.tape, 0), row);
    if (label)
        snprintf(name, size, "%s", label);
    else
        snprintf(name, size, "word%d", row);
    return row >= 0;
}

const Figure MERGE_TREE_FIGURE = {
    .name = "merge-tree", .words = "[WORD]",
    .shows = "how one word becomes fewer and fewer tokens, merge by merge",
    .fits = has_merges, .usual = usual_word, .draw = draw,
};
