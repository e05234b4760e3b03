/* tracer parameters: what a model learns, what is frozen in it, and how many numbers that is. */
#include "command.h"

#include "tracer/base/print.h"
#include "tracer/base/text.h"

#include <stdio.h>
#include <string.h>

static long long cells(const Parameter *p)
{
    return (long long)p->rows * p->cols;
}

/* With a comma before every three digits. */
static const char *grouped(char out[32], long long number)
{
    char digits[24];
    int length = snprintf(digits, sizeof digits, "%lld", number), at = 0;
    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            out[at++] = ',';
        out[at++] = digits[i];
    }
    out[at] = '\0';
    return out;
}

typedef struct {
    long long trained, all;
} Counts;

/* Of those whose names stand under `part`; NULL: of all. */
static Counts count_in(const Parameters *parameters, const char *part)
{
    Counts counts = {0};
    for (int i = 0; i < parameters->count; i++) {
        const Parameter *p = &parameters->list[i];
        if (part && !name_is_under(p->name, part))
            continue;
        counts.all += cells(p);
        counts.trained += p->frozen ? 0 : cells(p);
    }
    return counts;
}

static void print_part(const Parameters *parameters, const char *part, int widest)
{
    char all[32], trained[32];
    Counts counts = count_in(parameters, part);
    print("%-*s  %15s  %15s  %s\n", widest, part, grouped(all, counts.all), grouped(trained, counts.trained),
          counts.trained == counts.all ? "trained" : counts.trained ? "partly trained" : "frozen");
}

/* The first word of every name, each once. */
static void print_table(const Parameters *parameters)
{
    char part[200], all[32], trained[32];
    int widest = 5;
    for (int pass = 0; pass < 2; pass++) {
        if (pass)
            print("%-*s  %15s  %15s\n", widest, "part", "parameters", "trainable");
        for (int i = 0; i < parameters->count; i++) {
            const char *name = parameters->list[i].name;
            int length = (int)strcspn(name, "."), known = 0;
            snprintf(part, sizeof part, "%.*s", length, name);
            for (int j = 0; j < i && !known; j++)
                known = name_is_under(parameters->list[j].name, part);
            widest = length > widest ? length : widest;
            if (pass && !known)
                print_part(parameters, part, widest);
        }
    }
    Counts counts = count_in(parameters, NULL);
    print("\ntrainable %s of %s (%.2f %%)\n", grouped(trained, counts.trained), grouped(all, counts.all),
          100.0 * (double)counts.trained / (double)counts.all);
}

static bool print_json(const Session *session, const Parameters *parameters, Error *error)
{
    Text out = {0};
    Counts counts = count_in(parameters, NULL);
    text_add(&out, "{\"model\": ");
    text_json_string(&out, session->model.name);
    text_add(&out, ", \"trainable\": %lld, \"total\": %lld, \"parameters\": [", counts.trained, counts.all);
    for (int i = 0; i < parameters->count; i++) {
        const Parameter *p = &parameters->list[i];
        text_add(&out, "%s{\"name\": ", i ? ",\n " : "\n ");
        text_json_string(&out, p->name);
        text_add(&out, ", \"rows\": %d, \"cols\": %d, \"trained\": %s}", p->rows, p->cols,
                 p->frozen ? "false" : "true");
    }
    text_add(&out, "]}\n");
    bool whole = print_text(&out, error);
    text_free(&out);
    return whole;
}

static void print_list(const Parameters *parameters)
{
    int widest = 0;
    for (int i = 0; i < parameters->count; i++)
        widest = (int)strlen(parameters->list[i].name) > widest ? (int)strlen(parameters->list[i].name) : widest;
    for (int i = 0; i < parameters->count; i++) {
        const Parameter *p = &parameters->list[i];
        print("%-*s  %d x %d  %s\n", widest, p->name, p->rows, p->cols, p->frozen ? "frozen" : "trained");
    }
    print("\n");
}

static int run(const Arguments *arguments, Error *error)
{
    Session session;
    Parameters parameters;
    if (!session_describe(&session, &arguments->run, error))
        return error->code;
    if (run_list_parameters(&session.model, &parameters, error)) {
        if (option_of(arguments, "--json")) {
            print_json(&session, &parameters, error);
        } else if (parameters.count == 0) {
            print("a model of the system \"%s\" has no parameters\n", session.model.system->name);
        } else {
            if (option_of(arguments, "--all"))
                print_list(&parameters);
            print_table(&parameters);
        }
        parameters_free(&parameters);
    }
    session_close(&session);
    return error->code;
}

const Command PARAMETERS_COMMAND = {
    .name = "parameters", .words = "", .summary = "how many parameters a model has, and how many of them are trained",
    .details = "A part for each first word of a name. What \"frozen\" in training, \"train\" in task or lora in a\n"
               "model file leave alone is counted as frozen. Models of any size: no number of them is made.\n",
    .example = "parameters --model tiny",
    .options = {{"--all", NULL, "each parameter by name too"}, {"--json", NULL, "as JSON"}},
    .run = run,
};
