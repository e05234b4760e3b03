/* tracer compare-fusion: what tables, a frozen transformer and one that learns along know of the same customers. */
#include "command.h"

#include "tracer/base/files.h"
#include "tracer/base/print.h"
#include "tracer/session/fusion.h"

#include <string.h>

enum { BAR = 30 };

static bool tell_json(const Fusions *fusions, Error *error)
{
    Text out = {0};
    char area[NUMBER_SIZE], deviation[NUMBER_SIZE];
    for (int rung = 0; rung < RUNG_COUNT; rung++)
        text_add(&out, "%s\"%s\": {\"auc\": %s, \"error\": %s}", rung ? ", " : "{", rung_name((Rung)rung),
                 number_json(area, fusions->area[rung]), number_json(deviation, fusions->error[rung]));
    text_add(&out, "}\n");
    bool whole = print_text(&out, error);
    text_free(&out);
    return whole;
}

/* From a coin's half to certainty. */
static void print_bar(double area)
{
    int length = (int)(2 * BAR * (area - 0.5) + 0.5);
    for (int i = 0; i < length && i < BAR; i++)
        print("#");
}

static bool tell(const Arguments *arguments, const Fusions *fusions, Error *error)
{
    char area[NUMBER_SIZE], deviation[NUMBER_SIZE];
    int digits = arguments->digits;
    if (option_of(arguments, "--json"))
        return tell_json(fusions, error);
    print("%d customers to learn from, %d to be tested; area under the curve, +- its standard error\n\n",
          fusions->learned, fusions->tested);
    for (int rung = 0; rung < RUNG_COUNT; rung++) {
        print("%-10s  %s +- %s  ", rung_name((Rung)rung), number_text(area, fusions->area[rung], digits),
              number_text(deviation, fusions->error[rung], digits));
        print_bar(fusions->area[rung]);
        print("\n%12s%s\n", "", rung_words((Rung)rung));
    }
    print("\npretraining: %d updates, loss of a token %s -> %s; joint: %d updates\n", fusions->pretraining,
          number_text(area, fusions->pretraining_from, digits), number_text(deviation, fusions->pretraining_to, digits),
          fusions->joint);
    return stdout_finish(error);
}

static int run(const Arguments *arguments, Error *error)
{
    Fusions fusions;
    if (session_chosen(&arguments->run))
        error_set(error, EXIT_USED_WRONGLY,
                  "compare-fusion makes its own customers and models; train --model spending is one of them alone");
    else if (fusion_compare(option_of(arguments, "--quick") != NULL, &fusions, error))
        tell(arguments, &fusions, error);
    return error->code;
}

const Command COMPARE_FUSION_COMMAND = {
    .name = "compare-fusion", .words = "", .summary = "tables, late and joint fusion on the same customers",
    .details = "Customers are made by formula: six transactions, three numbers, a category. Whether one pays back\n"
               "depends on the table, on who he is, which his merchants tell, and on how often he pays at night,\n"
               "which nothing else in his history depends on. A transformer that learned to say the next token keeps\n"
               "who he is; it has no reason to count nights. Frozen, its last row beside the table (late) lacks them;\n"
               "where it learns from the class too (joint), it counts them.\n\n"
               "The area under the curve is the share of pairs, one who pays back and one who does not, that are put\n"
               "in the right order; its standard error is Hanley and McNeil's. The same numbers every time.\n",
    .example = "compare-fusion --quick",
    .options = {{"--quick", NULL, "fewer customers and a smaller transformer: half a minute"},
                {"--json", NULL, "as JSON"}},
    .run = run,
};
