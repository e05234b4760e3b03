/* tracer heads: what each head of attention looks at. */
#include "tracer/base/print.h"
#include "tracer/output/looking_json.h"
#include "tracer/query/looking.h"

#include "command.h"

/* Below that many a sentence would say more than is known. */
enum { FEWEST_QUERIES = 3 };

static void add_score(const Looking *looking, int score, int digits, Text *out)
{
    char number[NUMBER_SIZE];
    text_add(out, "  %10s", score < 0 ? "undefined" : number_text(number, look_at(looking, score, 0, 0), digits));
}

static void add_table(const Looking *looking, int digits, Text *out)
{
    const Inside *inside = looking->inside;
    char name[120];
    text_add(out, "%-16s", "head");
    for (int kind = 0; kind < SCORES_OF_A_HEAD; kind++)
        text_add(out, "  %10s", SCORE_NAMES[kind]);
    text_add(out, "  %10s\n", "spread");
    for (int h = 0; h < inside->head_count; h++) {
        const HeadLook *head = &inside->heads[h];
        char number[NUMBER_SIZE];
        text_add(out, "%-16s", short_part(head->name, name, sizeof name));
        for (int kind = 0; kind < SCORES_OF_A_HEAD; kind++)
            add_score(looking, head->score[kind], digits, out);
        text_add(out, "  %10s\n", number_text(number, mean_of_column(looking, head->share), digits));
    }
}

/* A head that spends more than half of its attention where one pattern says is told in words. */
static void add_words(const Looking *looking, Text *out)
{
    char name[120];
    const char *before = "\n";
    for (int h = 0; h < looking->inside->head_count; h++) {
        const HeadLook *head = &looking->inside->heads[h];
        int best = -1;
        double most = 0.5;
        for (int kind = 0; kind < SCORES_OF_A_HEAD; kind++) {
            bool few = looking->inside->queries[kind] < FEWEST_QUERIES;
            double score = few ? 0 : look_at(looking, head->score[kind], 0, 0);
            if (score > most) {
                most = score;
                best = kind;
            }
        }
        if (best < 0)
            continue;
        text_add(out, "%s%s looks at %s: %.0f %% of its attention is there.\n", before,
                 short_part(head->name, name, sizeof name), SCORE_MEANINGS[best], 100 * most);
        before = "";
    }
}

static void add_undefined(const Looking *looking, Text *out)
{
    for (int kind = 0; kind < SCORES_OF_A_HEAD; kind++)
        if (looking->inside->queries[kind] == 0)
            text_add(out, "\n%s is undefined here, which is not 0: no token of this text has such a one before it.\n",
                     SCORE_NAMES[kind]);
}

static void add_text(const Looking *looking, int digits, Text *out)
{
    text_add(out, "The share of its attention that a head spends on\n");
    for (int kind = 0; kind < SCORES_OF_A_HEAD; kind++) {
        int queries = looking->inside->queries[kind];
        text_add(out, "  %-10s %s (%d quer%s)\n", SCORE_NAMES[kind], SCORE_MEANINGS[kind], queries,
                 queries == 1 ? "y" : "ies");
    }
    text_add(out, "  spread     its entropy, 0: on a single token, 1: on all alike; the mean of the queries\n\n");
    add_table(looking, digits, out);
    add_undefined(looking, out);
    add_words(looking, out);
}

static int run(const Arguments *arguments, Error *error)
{
    Session session;
    Looking looking;
    Text out = {0};
    RunOptions options = looking_options(&arguments->run);
    if (!session_open(&session, &options, error))
        return error->code;
    bool found = looking_begin(&session, &looking, error);
    if (found && looking.inside->head_count == 0)
        found = error_set(error, EXIT_USED_WRONGLY, "this model has no weights of attention to look at");
    if (found) {
        if (option_of(arguments, "--json"))
            heads_json(&looking, &out);
        else
            add_text(&looking, arguments->digits, &out);
        print_text(&out, error);
    }
    text_free(&out);
    session_close(&session);
    return error->code;
}

const Command HEADS_COMMAND = {
    .name = "heads", .words = "", .summary = "what each head looks at: previous, first, duplicate, induction, spread",
    .details = "A score is the mean over those tokens of the text that have such a token before them; where none has,\n"
               "it is undefined, and not 0. induction: A[i,j] for all j with x[j-1] = x[i], j - 1 < i; on a text\n"
               "that repeats with period p the diagonal j = i - p + 1. A text without immediate repeats tells most.\n"
               "On the tape: heads.HEAD.induction and the others, .entropy, .moved (the weight times the length of\n"
               "what the key would add), rollout.block1.rollout; --json has all of them.\n",
    .example = "heads --model induction",
    .options = {{"--json", NULL, "as JSON, with weights, entropies and rollout"}},
    .paged = paged_always, .run = run,
};
