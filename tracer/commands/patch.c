/* tracer patch: the numbers of one text in the run of another, part by part and position by position. */
#include "tracer/base/print.h"
#include "tracer/query/intervention.h"

#include "command.h"

static void add_heading(const Patching *patching, Text *out)
{
    char name[120];
    text_add(out, "%-14s", "position");
    for (int p = 0; p < patching->part_count; p++)
        text_add(out, "  %14s", short_part(patching->parts[p]->name, name, sizeof name));
    text_add(out, "\n");
}

static void add_table(const Patching *patching, const Looking *clean, const Looking *corrupted, const double *of,
                      Text *out)
{
    char number[NUMBER_SIZE], token[TOLD_SIZE], other[TOLD_SIZE];
    add_heading(patching, out);
    for (int t = 0; t <= patching->tokens; t++) {
        Text row = {0};
        if (t == patching->tokens)
            text_add(&row, "all");
        else if (id_at(clean, t) == id_at(corrupted, t))
            text_add(&row, "%d %s", t, token_at(clean, t, token));
        else
            text_add(&row, "%d %s for %s", t, token_at(clean, t, token), token_at(corrupted, t, other));
        text_add(out, "%s", text_piece(out, &row));
        for (int pad = row.length ? text_width(row.data) : 0; pad < 14; pad++)
            text_add(out, " ");
        text_free(&row);
        for (int p = 0; p < patching->part_count; p++)
            text_add(out, "  %14s", number_text(number, patch_effect(of, patching, p, t), 3));
        text_add(out, "\n");
    }
}

static void add_text(const Patching *patching, const Looking *clean, const Looking *corrupted, Text *out)
{
    char number[NUMBER_SIZE], token[TOLD_SIZE], other[TOLD_SIZE];
    const Metric *metric = &patching->metric;
    text_add(out, "The logit of %s behind position %d", token_of(clean, metric->answer, token), metric->position);
    if (metric->against >= 0)
        text_add(out, " less that of %s", token_of(clean, metric->against, other));
    text_add(out, ": %s on the clean text,", number_text(number, patching->clean, DEFAULT_DIGITS));
    text_add(out, " %s on the corrupted one.\n", number_text(number, patching->corrupted, DEFAULT_DIGITS));
    text_add(out, "How much of the difference comes back when a part of the corrupted run has its clean numbers:\n"
                  "0 nothing, 1 all, (patched - corrupted) / (clean - corrupted); below 0 or above 1 as it comes\n\n");
    add_table(patching, clean, corrupted, patching->exact, out);
    text_add(out, "\nThe same as the gradient foretells it, (clean - corrupted) . gradient: attribution patching\n\n");
    add_table(patching, clean, corrupted, patching->estimate, out);
}

static void json_effects(const Patching *patching, const char *name, const double *of, int part, Text *out)
{
    char number[NUMBER_SIZE];
    text_add(out, ", \"%s\": [", name);
    for (int t = 0; t < patching->tokens; t++)
        text_add(out, "%s%s", t ? ", " : "", number_json(number, patch_effect(of, patching, part, t)));
    text_add(out, "], \"%s_all\": %s", name, number_json(number, patch_effect(of, patching, part, patching->tokens)));
}

static void add_json(const Patching *patching, Text *out)
{
    char number[NUMBER_SIZE];
    text_add(out, "{\"position\": %d, \"answer\": %d, ", patching->metric.position, patching->metric.answer);
    if (patching->metric.against >= 0)
        text_add(out, "\"against\": %d, ", patching->metric.against);
    text_add(out, "\"clean\": %s, ", number_json(number, patching->clean));
    text_add(out, "\"corrupted\": %s,\n \"parts\": [", number_json(number, patching->corrupted));
    for (int p = 0; p < patching->part_count; p++) {
        text_add(out, p ? ",\n {\"name\": " : "\n {\"name\": ");
        text_json_string(out, patching->parts[p]->name);
        json_effects(patching, "exact", patching->exact, p, out);
        json_effects(patching, "estimate", patching->estimate, p, out);
        text_add(out, "}");
    }
    text_add(out, "]}\n");
}

static bool choose(const Arguments *arguments, const Looking *corrupted, const Looking *clean, Metric *out,
                   Error *error)
{
    const char *at = option_of(arguments, "--at"), *answer = option_of(arguments, "--answer"),
               *against = option_of(arguments, "--against");
    *out = metric_of(corrupted, clean);
    if (at && (out->position = looking_position(clean, at, error)) < 0)
        return false;
    if (at) {
        out->answer = likeliest(clean, clean->inside->logits, out->position);
        out->against = likeliest(corrupted, corrupted->inside->logits, out->position);
    }
    if (answer && (out->answer = looking_word(clean, answer, error)) < 0)
        return false;
    if (against && (out->against = looking_word(clean, against, error)) < 0)
        return false;
    if (against && out->against == out->answer)
        return error_set(error, EXIT_USED_WRONGLY, "--answer and --against are the same token; take two that differ");
    if (out->against == out->answer)
        out->against = -1;
    return true;
}

/* The two sessions: clean is the run with the first text, corrupted beside it. */
static bool open_both(const Arguments *arguments, Session *clean, Session *corrupted, Error *error)
{
    RunOptions options = looking_options(&arguments->run);
    bool ids = option_of(arguments, "--ids") != NULL;
    if (options.text || options.tokens || options.file)
        return error_set(error, EXIT_USED_WRONGLY,
                         "both texts stand behind the command: tracer patch \"CLEAN\" \"CORRUPTED\"");
    options.text = ids ? NULL : arguments->words[0];
    options.tokens = ids ? arguments->words[0] : NULL;
    if (!session_open(clean, &options, error))
        return false;
    if (session_beside(clean, arguments->words[1], ids, corrupted, error))
        return true;
    session_close(clean);
    return false;
}

static int run(const Arguments *arguments, Error *error)
{
    Session sessions[2];
    Looking clean, corrupted;
    Metric metric;
    Patching patching;
    Text out = {0};
    if (!open_both(arguments, &sessions[0], &sessions[1], error))
        return error->code;
    if (looking_begin(&sessions[0], &clean, error) && looking_begin(&sessions[1], &corrupted, error) &&
        choose(arguments, &corrupted, &clean, &metric, error) &&
        patching_make(&sessions[1], &corrupted, &clean, metric, &patching, error)) {
        if (option_of(arguments, "--json"))
            add_json(&patching, &out);
        else
            add_text(&patching, &clean, &corrupted, &out);
        print_text(&out, error);
        patching_free(&patching);
    }
    text_free(&out);
    session_close(&sessions[0]);
    session_close(&sessions[1]);
    return error->code;
}

const Command PATCH_COMMAND = {
    .name = "patch", .words = "\"CLEAN\" \"CORRUPTED\"",
    .summary = "which part at which position carries what differs between two texts",
    .details = "Activation patching: the corrupted text runs once for each part and position, with the numbers that\n"
               "the part has there on the clean text. What is asked is the logit behind the last position of what the\n"
               "clean run says, less that of what the corrupted run says. Below it stands attribution patching, which\n"
               "takes one gradient for all of them and is right to first order.\n"
               "Such a run is opened by any command:\n"
               "tracer step --text CORRUPTED --patch block0.head1@3 --clean CLEAN\n",
    .example = "patch --model induction 'a b c d a' 'a b c d c'", .least_words = 2, .most_words = 2,
    .options = {{"--at", "POSITION", "what is asked stands behind this position (the last)"},
                {"--answer", "TOKEN", "whose logit is asked (what the clean run says)"},
                {"--against", "TOKEN", "whose logit is taken off (what the corrupted run says)"},
                {"--ids", NULL, "both are ids with commas: 3,1,4"},
                {"--json", NULL, "as JSON"}},
    .paged = paged_always, .run = run,
};
