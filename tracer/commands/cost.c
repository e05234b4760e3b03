/* tracer cost: what a recording costs by counting, what a shape costs by formula, what a budget pays for. */
#include "command.h"
#include "cost_report.h"

#include "tracer/base/print.h"
#include "tracer/session/shapes.h"

#include <math.h>
#include <string.h>

enum { DEEPEST = 100, USUAL_DEPTH = 3, MOST_CONTEXT = 1000000 };

/* "15T", "70B", "80GB", "989e12": a number with a unit of thousands behind it. */
static bool parse_quantity(const char *text, double *number)
{
    static const struct {
        const char *unit;
        double factor;
    } units[] = {{"", 1}, {"k", 1e3}, {"K", 1e3}, {"M", 1e6}, {"B", 1e9}, {"G", 1e9}, {"T", 1e12}, {"P", 1e15},
                 {"kB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"TB", 1e12}, {"KiB", 1024.0}, {"MiB", 1048576.0},
                 {"GiB", 1073741824.0}};
    size_t length = strspn(text, "+0123456789.");
    char digits[40];
    if (parse_number(text, number))
        return true;
    if (length == 0 || length >= sizeof digits)
        return false;
    memcpy(digits, text, length);
    digits[length] = '\0';
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (strcmp(text + length, units[i].unit) == 0 && parse_number(digits, number)) {
            *number *= units[i].factor;
            return true;
        }
    return false;
}

/* What an option says, above 0 and at most `most`; *number stays where it is not given. */
static bool quantity(const char *option, const char *text, double most, double *number, Error *error)
{
    double given;
    if (!text)
        return true;
    if (!parse_quantity(text, &given) || !(given > 0 && given <= most))
        return error_set(error, EXIT_USED_WRONGLY,
                         "%s needs a number above 0 and at most %g, as in 1024, 15T or 989e12, not \"%.60s\"", option,
                         most, text);
    *number = given;
    return true;
}

static bool read_budget(const Arguments *arguments, const Device **device, Budget *budget, Error *error)
{
    const char *name = option_of(arguments, "--device"), *share = option_of(arguments, "--utilisation");
    const char *tokens = arguments->run.tokens;
    if (!(*device = device_find(name ? name : DEVICES[0].name, error)))
        return false;
    *budget = (Budget){.devices = 1, .peak = (*device)->peak, .memory = (*device)->memory, .utilisation = 0.5,
                       .each = BYTES_ADAMW_F32};
    share = share ? share : option_of(arguments, "--mfu");
    return quantity("--parameters", option_of(arguments, "--parameters"), 1e18, &budget->parameters, error) &&
           quantity("--tokens", tokens, 1e18, &budget->tokens, error) &&
           quantity("--devices", option_of(arguments, "--devices"), 1e9, &budget->devices, error) &&
           quantity("--peak", option_of(arguments, "--peak"), 1e24, &budget->peak, error) &&
           quantity("--memory", option_of(arguments, "--memory"), 1e18, &budget->memory, error) &&
           quantity("--bytes", option_of(arguments, "--bytes"), 1e6, &budget->each, error) &&
           quantity("--utilisation", share, 1, &budget->utilisation, error);
}

static bool wants_budget(const Arguments *arguments)
{
    static const char *const options[] = {"--devices", "--device", "--peak", "--utilisation", "--mfu", "--memory",
                                          "--bytes", "--parameters", NULL};
    for (int i = 0; options[i]; i++)
        if (option_of(arguments, options[i]))
            return true;
    return option_of(arguments, "--shape") && arguments->run.tokens;
}

/* What stands in no model file: a shape, a budget, or both. */
static bool reckoned(const Arguments *arguments, Error *error)
{
    const char *name = option_of(arguments, "--shape");
    char title[SHAPE_NAME];
    ModelSizes sizes;
    Reckoning reckoning;
    Budget budget;
    const Device *device;
    long context;
    Text out = {0};
    bool json = option_of(arguments, "--json") != NULL, paid = wants_budget(arguments);
    if (!option_number(arguments, "--context", 1, MOST_CONTEXT, 0, &context, error) ||
        (name && !shape_find(name, &sizes, title, error)) || !read_budget(arguments, &device, &budget, error))
        return false;
    if (arguments->run.model)
        return error_set(error, EXIT_USED_WRONGLY, "--model is counted, %s is reckoned; give one of them",
                         name ? "--shape" : "a budget");
    if (!name && context)
        return error_set(error, EXIT_USED_WRONGLY, "--context is how many tokens a --shape reads; say which shape");
    if (name) {
        reckoning = reckon(&sizes, context);
        if (option_of(arguments, "--parameters"))
            return error_set(error, EXIT_USED_WRONGLY, "--shape says how many parameters there are; leave "
                             "--parameters out");
        budget.parameters = (double)reckoning.numbers.all;
    }
    double train = name ? reckoning.train_per_token : 0;
    if (json) {
        if (name)
            cost_json_shape(&reckoning, &out);
        if (paid)
            text_add(&out, name ? ",\n " : "{"), cost_json_budget(&budget, train, &out);
        text_add(&out, "}\n");
        print_text(&out, error);
        text_free(&out);
        return error->code == 0;
    }
    if (name)
        cost_print_shape(&reckoning);
    if (name && paid)
        print("\n");
    if (paid)
        cost_print_budget(&budget, device, train);
    return true;
}

static bool write_counted(const Arguments *arguments, const Session *session, const char *path, int deepest,
                          const Costs *costs, Error *error)
{
    Text out = {0};
    if (!option_of(arguments, "--json")) {
        cost_print_frames(session, costs, path, deepest);
        if (!path)
            cost_print_compared(session, costs);
        if (!path)
            cost_print_traffic(session);
        return true;
    }
    text_add(&out, "{\"model\": ");
    text_json_string(&out, session->model.name);
    text_add(&out, ",\n");
    cost_json_frames(session, costs, path, deepest, &out);
    text_add(&out, ",\n\"total\": ");
    cost_json(&costs->all, &out);
    text_add(&out, ",\n");
    cost_json_compared(session, costs, &out);
    text_add(&out, ",\n");
    cost_json_traffic(session, &out);
    text_add(&out, "}\n");
    print_text(&out, error);
    text_free(&out);
    return error->code == 0;
}

static bool counted(const Arguments *arguments, Error *error)
{
    Session session;
    Costs costs;
    long depth;
    const char *frame = arguments->word_count ? arguments->words[0] : NULL, *path = NULL;
    bool json = option_of(arguments, "--json") != NULL;
    if (option_of(arguments, "--context"))
        return error_set(error, EXIT_USED_WRONGLY, "--context is how many tokens a --shape reads; say which shape");
    if (!option_number(arguments, "--depth", 1, DEEPEST, json ? DEEPEST : USUAL_DEPTH, &depth, error) ||
        !session_open(&session, &arguments->run, error))
        return false;
    const Walk *walk = &session.run.walk;
    if (walk->count > 0)
        print_error("tracer: this model is walked part by part; counted is part %d of %d, --shape reckons the whole\n",
                    walk->part + 1, walk->count);
    bool whole = (!frame || cost_find_frame(&session, frame, &path, error)) &&
                 (costs_count(&session.run.tape, &costs) || error_memory(error));
    if (whole) {
        whole = write_counted(arguments, &session, path, (int)depth, &costs, error);
        costs_free(&costs);
    }
    session_close(&session);
    return whole;
}

static int run(const Arguments *arguments, Error *error)
{
    if (option_of(arguments, "--shapes")) {
        cost_print_shapes();
    } else if (option_of(arguments, "--shape") || wants_budget(arguments)) {
        if (arguments->word_count)
            error_set(error, EXIT_USED_WRONGLY,
                      "a shape has no frame \"%.60s\"; leave --shape out to count a recording", arguments->words[0]);
        else
            reckoned(arguments, error);
    } else {
        counted(arguments, error);
    }
    return error->code;
}

const Command COST_COMMAND = {
    .name = "cost", .words = "[FRAME]", .summary = "what a training step costs: operations, bytes, memory",
    .details =
        "Without --shape it counts what the primitives of a recording did, frame by frame: parameters that are read,\n"
        "multiply-adds of matrix products, FLOPs, bytes read and written, bytes that stay on the tape, keys and\n"
        "values that could be kept, FLOPs for each byte. Beside it stands what closed formulas say, and for attention\n"
        "in tiles how many numbers it moves between the large memory and the small one, against that as a whole.\n\n"
        "With --shape it reckons what a published model costs (--shapes lists them), a preset, or a model file, which\n"
        "may be of any size: nothing is recorded. FLOPs are two for each multiply-add of a matrix product; scores are\n"
        "all T x T, as they are computed.\n\n"
        "With --tokens, --devices and the like it says how long a training takes and what fits into memory: 6 N D\n"
        "FLOPs, H100s at half their peak of 989e12 unless you say otherwise. k, M, B, T, GB, GiB may stand behind a\n"
        "number.\n",
    .example = "cost --shape llama2-70b --tokens 15T --devices 1024 --utilisation 0.5", .most_words = 1,
    .options = {{"--depth", "N", "levels of frames (3)"},
                {"--shape", "NAME|FILE", "reckon this one"},
                {"--context", "N", "tokens that it reads (as many as it is made for)"},
                {"--shapes", NULL, "list the shapes and devices"},
                {"--parameters", "N", "a budget for so many, without a shape"},
                {"--devices", "N", "how many (1)"},
                {"--device", "h100|a100|cpu", "what they are (h100)"},
                {"--peak", "N", "FLOPs a second of each, at best"},
                {"--utilisation", "SHARE", "of the peak that is reached (0.5)"},
                {"--mfu", "SHARE", "the same"},
                {"--memory", "BYTES", "of each"},
                {"--bytes", "N", "for each parameter (16)"},
                {"--json", NULL, "every number exactly"}},
    .paged = paged_always, .run = run,
};
