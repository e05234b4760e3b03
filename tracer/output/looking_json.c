/* Looking inside as JSON; see looking_json.h. */
#include "looking_json.h"

static void json_rows(const Looking *looking, int value, Text *out)
{
    char number[NUMBER_SIZE];
    const Value *of = tape_value(looking->tape, value);
    text_add(out, "[");
    for (int r = 0; r < of->rows; r++) {
        text_add(out, r ? ",\n  [" : "[");
        for (int c = 0; c < of->cols; c++)
            text_add(out, "%s%s", c ? ", " : "", number_json(number, look_at(looking, value, r, c)));
        text_add(out, "]");
    }
    text_add(out, "]");
}

void json_matrix(const Looking *looking, const char *name, int value, bool first, Text *out)
{
    text_add(out, "%s\"%s\": ", first ? "" : ", ", name);
    if (value < 0)
        text_add(out, "null");
    else
        json_rows(looking, value, out);
}

static void json_column(const Looking *looking, const char *name, int value, Text *out)
{
    char number[NUMBER_SIZE];
    text_add(out, ", \"%s\": [", name);
    for (int r = 0; r < tape_value(looking->tape, value)->rows; r++)
        text_add(out, "%s%s", r ? ", " : "", number_json(number, look_at(looking, value, r, 0)));
    text_add(out, "]");
}

static void json_word(const Looking *looking, int id, Text *out)
{
    const char *label = axis_label(looking->names, col_axis(looking->names, looking->inside->logits), id);
    text_add(out, "{\"id\": %d, \"text\": ", id);
    if (label)
        text_json_string(out, label);
    else
        text_add(out, "null");
    text_add(out, "}");
}

void json_tokens(const Looking *looking, Text *out)
{
    text_add(out, "\"tokens\": [");
    for (int t = 0; t < looking->tokens; t++) {
        text_add(out, "%s", t ? ", " : "");
        json_word(looking, id_at(looking, t), out);
    }
    text_add(out, "]");
}

void lens_json(const Looking *looking, Text *out)
{
    char number[NUMBER_SIZE];
    text_add(out, "{");
    json_tokens(looking, out);
    text_add(out, ",\n \"levels\": [");
    for (int i = 0; i < looking->inside->level_count; i++) {
        const Level *level = &looking->inside->levels[i];
        text_add(out, "%s{\"at\": ", i ? ",\n " : "\n ");
        text_json_string(out, level->name);
        json_matrix(looking, "logits", level->logits, false, out);
        json_matrix(looking, "probabilities", level->probabilities, false, out);
        text_add(out, "}");
    }
    text_add(out, "],\n \"difference\": %s}\n", number_json(number, lens_misses(looking)));
}

static void json_part(const Looking *looking, const AddedPart *part, int position, int token, Text *out)
{
    char number[NUMBER_SIZE];
    static const char *const kinds[] = {"stream", "head", "branch", "bias", "constant"};
    text_add(out, "{\"name\": ");
    text_json_string(out, part->name);
    text_add(out, ", \"kind\": \"%s\"", kinds[part->kind]);
    if (position >= 0)
        text_add(out, ", \"logit\": %s", number_json(number, look_at(looking, part->logits, position, token)));
    else
        json_matrix(looking, "logits", part->logits, false, out);
    text_add(out, "}");
}

void attribution_json(const Looking *looking, int position, int token, Text *out)
{
    char number[NUMBER_SIZE];
    const Inside *inside = looking->inside;
    text_add(out, "{");
    json_tokens(looking, out);
    if (position >= 0) {
        text_add(out, ",\n \"position\": %d, \"token\": ", position);
        json_word(looking, token, out);
    }
    text_add(out, ",\n \"parts\": [");
    for (int i = 0; i < inside->part_count; i++) {
        text_add(out, i ? ",\n " : "\n ");
        json_part(looking, &inside->parts[i], position, token, out);
    }
    text_add(out, "],\n ");
    if (position >= 0) {
        text_add(out, "\"sum\": %s, ", number_json(number, look_at(looking, inside->sum, position, token)));
        text_add(out, "\"logit\": %s", number_json(number, look_at(looking, inside->logits, position, token)));
    } else {
        json_matrix(looking, "sum", inside->sum, true, out);
        json_matrix(looking, "logits", inside->logits, false, out);
    }
    text_add(out, ", \"difference\": %s}\n", number_json(number, parts_miss(looking)));
}

static void json_head(const Looking *looking, const HeadLook *head, Text *out)
{
    char number[NUMBER_SIZE];
    text_add(out, "{\"name\": ");
    text_json_string(out, head->name);
    for (int kind = 0; kind < SCORES_OF_A_HEAD; kind++) {
        int score = head->score[kind];
        text_add(out, ", \"%s\": %s", SCORE_NAMES[kind],
                 score < 0 ? "\"undefined\"" : number_json(number, look_at(looking, score, 0, 0)));
    }
    json_column(looking, "entropy", head->entropy, out);
    json_column(looking, "share", head->share, out);
    json_matrix(looking, "weights", head->weights, false, out);
    json_matrix(looking, "moved", head->moved, false, out);
    text_add(out, "}");
}

void heads_json(const Looking *looking, Text *out)
{
    const Inside *inside = looking->inside;
    text_add(out, "{");
    json_tokens(looking, out);
    text_add(out, ",\n \"queries\": {");
    for (int kind = 0; kind < SCORES_OF_A_HEAD; kind++)
        text_add(out, "%s\"%s\": %d", kind ? ", " : "", SCORE_NAMES[kind], inside->queries[kind]);
    text_add(out, "},\n \"heads\": [");
    for (int h = 0; h < inside->head_count; h++) {
        text_add(out, h ? ",\n " : "\n ");
        json_head(looking, &inside->heads[h], out);
    }
    text_add(out, "],\n \"rollout\": [");
    for (int b = 0; b < inside->rollout_count; b++) {
        text_add(out, b ? ",\n " : "\n ");
        json_rows(looking, inside->rollouts[b], out);
    }
    text_add(out, "]}\n");
}
