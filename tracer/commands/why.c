/* tracer why and tracer uses: where a number comes from, and who reads it. */
#include "tracer/base/print.h"
#include "tracer/query/why.h"

#include "command.h"
#include "said.h"

static FormulaStyle style_of(const Arguments *arguments)
{
    return (FormulaStyle){.digits = arguments->digits, .most_terms = 8};
}

static int run_why(const Arguments *arguments, Error *error)
{
    Session session;
    Reference cell;
    Text out = {0};
    long depth;
    if (!option_number(arguments, "--depth", 1, WHY_DEEPEST, 1, &depth, error))
        return error->code;
    if (!session_open(&session, &arguments->run, error))
        return error->code;
    if (reference_parse_cell(&session.names, arguments->words[0], &cell, error)) {
        say_taken(&session.names, cell);
        if (option_of(arguments, "--json"))
            why_json(&session.names, cell, (int)depth, &out, error);
        else
            why_text(&session.names, cell, (int)depth, style_of(arguments), &out, error);
        if (!error->code)
            print_text(&out, error);
    }
    text_free(&out);
    session_close(&session);
    return error->code;
}

static int run_uses(const Arguments *arguments, Error *error)
{
    Session session;
    Reference cell;
    Text out = {0};
    if (!session_open(&session, &arguments->run, error))
        return error->code;
    bool found = reference_parse_cell(&session.names, arguments->words[0], &cell, error);
    if (found)
        say_taken(&session.names, cell);
    if (found && uses_text(&session.names, cell, style_of(arguments), &out, error) && print_text(&out, error) &&
        out.length == 0)
        print_lines("nobody reads it\n");
    text_free(&out);
    session_close(&session);
    return error->code;
}

const Command WHY_COMMAND = {
    .name = "why", .words = "'NAME[r,c]'", .summary = "the scalar arithmetic of a cell, with its numbers",
    .details = "The terms are added in the order in which they are listed; their sum is the cell, to the last bit.\n"
               "--depth 2 explains the cells of the terms as well, --depth 3 theirs.\n",
    .example = "why 'block0.attention.head0.scores[2,1]' --depth 2", .least_words = 1, .most_words = 1,
    .options = {{"--depth", "N", "levels, 1 to 12 (1)"}, {"--json", NULL, "as JSON"}},
    .paged = paged_always, .run = run_why,
};

const Command USES_COMMAND = {
    .name = "uses", .words = "'NAME[r,c]'", .summary = "who reads a cell, and with which factor",
    .details = "",
    .example = "uses 'block0.attention.head0.K[1,0]'", .least_words = 1, .most_words = 1,
    .paged = paged_always, .run = run_uses,
};
