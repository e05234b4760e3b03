/* tracer ablate: what the loss is without each part. */
#include "tracer/base/print.h"
#include "tracer/query/intervention.h"

#include "command.h"

#include <math.h>

static void add_change(double with, double whole, int digits, Text *out)
{
    char number[NUMBER_SIZE];
    text_add(out, "  %11s", isfinite(with - whole) ? number_signed(number, with - whole, digits) : "-");
}

static void add_text(const Ablations *ablations, int digits, Text *out)
{
    char number[NUMBER_SIZE], name[120];
    text_add(out, "loss %s", number_text(number, ablations->whole.all, digits));
    if (ablations->foretold)
        text_add(out, ", of the %d targets that an earlier pair foretells %s", ablations->foretold,
                 number_text(number, ablations->whole.foretold, digits));
    text_add(out, "\nhow much more it is without a part, which is set to zero or to its mean over the positions of "
                  "this text\n(a mean that knows the tokens behind, too):\n\n");
    text_add(out, "%-18s  %11s  %11s", "part", "zero", "mean");
    text_add(out, ablations->foretold ? "  %11s  %11s\n" : "%s%s\n", ablations->foretold ? "foretold" : "",
             ablations->foretold ? "by mean" : "");
    for (int i = 0; i < ablations->count; i++) {
        const Ablation *one = &ablations->list[i];
        text_add(out, "%-18s", short_part(one->part->name, name, sizeof name));
        add_change(one->zero.all, ablations->whole.all, digits, out);
        add_change(one->mean.all, ablations->whole.all, digits, out);
        if (ablations->foretold) {
            add_change(one->zero.foretold, ablations->whole.foretold, digits, out);
            add_change(one->mean.foretold, ablations->whole.foretold, digits, out);
        }
        text_add(out, "\n");
    }
    text_add(out, "\ntracer diff \"\" \"--ablate PART\" shows what else changes.\n");
}

static void json_losses(const char *name, Losses losses, Text *out)
{
    char number[NUMBER_SIZE];
    text_add(out, "\"%s\": {\"loss\": %s, ", name, number_json(number, losses.all));
    text_add(out, "\"foretold\": %s}", isfinite(losses.foretold) ? number_json(number, losses.foretold) : "null");
}

static void add_json(const Ablations *ablations, Text *out)
{
    text_add(out, "{");
    json_losses("whole", ablations->whole, out);
    text_add(out, ", \"mean_over\": \"positions of this text\", \"foretold_targets\": %d,\n \"parts\": [",
             ablations->foretold);
    for (int i = 0; i < ablations->count; i++) {
        text_add(out, "%s{\"name\": ", i ? ",\n " : "\n ");
        text_json_string(out, ablations->list[i].part->name);
        text_add(out, ", ");
        json_losses("zero", ablations->list[i].zero, out);
        text_add(out, ", ");
        json_losses("mean", ablations->list[i].mean, out);
        text_add(out, "}");
    }
    text_add(out, "]}\n");
}

static int run(const Arguments *arguments, Error *error)
{
    Session session;
    Looking looking;
    Ablations ablations;
    Text out = {0};
    RunOptions options = looking_options(&arguments->run);
    if (!session_open(&session, &options, error))
        return error->code;
    if (looking_begin(&session, &looking, error) && ablations_make(&session, &looking, &ablations, error)) {
        if (option_of(arguments, "--json"))
            add_json(&ablations, &out);
        else
            add_text(&ablations, arguments->digits, &out);
        print_text(&out, error);
        ablations_free(&ablations);
    }
    text_free(&out);
    session_close(&session);
    return error->code;
}

const Command ABLATE_COMMAND = {
    .name = "ablate", .words = "", .summary = "the loss without each head, MLP, or the embedding",
    .details = "Zero is a number that the model has never seen there; the mean over the positions of this text is one\n"
               "that it knows, and often costs less. Neither is how important a part is: others may do its work.\n"
               "A run without a part is opened by any command: tracer why 'logits[3,0]' --ablate block0.head1\n",
    .example = "ablate --model induction",
    .options = {{"--json", NULL, "as JSON"}},
    .paged = paged_always, .run = run,
};
