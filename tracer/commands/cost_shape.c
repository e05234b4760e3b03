/* A shape and a budget in words and as JSON; see cost_report.h. */
#include "cost_report.h"

#include "tracer/base/print.h"
#include "tracer/session/shapes.h"

#include <stdio.h>

static void line(int deep, const char *what, double number, const char *more)
{
    char exact[COST_EXACT];
    print("%*s%-*s %26s%s%s\n", 2 * deep, "", 34 - 2 * deep, what, cost_exact(exact, number), *more ? "   " : "", more);
}

static void print_numbers(const Reckoning *r)
{
    const SizesNumbers *n = &r->numbers;
    const ModelSizes *s = &r->sizes;
    char more[120];
    line(0, "parameters", (double)n->all, "");
    snprintf(more, sizeof more, "%lld x %lld, looked up", s->vocabulary, s->d);
    line(1, "token embedding", (double)n->embedding, more);
    snprintf(more, sizeof more, "%lld x %lld, looked up", s->context, s->d);
    line(1, "positions", (double)n->position, s->learned_positions ? more : "not learned");
    snprintf(more, sizeof more, "%lld times", s->layers);
    line(1, "a block", (double)n->block, more);
    line(2, "attention", (double)n->attention, "");
    snprintf(more, sizeof more, "a router and %lld experts, %lld of them for a token", s->experts, s->top_k);
    line(2, "MLP", (double)n->mlp, s->experts ? more : "");
    line(2, "norms", (double)n->norms, "");
    line(1, "norms outside of blocks", (double)(s->other_norms * s->norm_vectors * s->d), "");
    line(1, "head", (double)n->head, s->tied_head ? "the token embedding again" : "");
    if (n->active != n->all)
        line(0, "that one token meets", (double)n->active, "");
    line(0, "that a token is multiplied with", (double)n->products, "lookups are no products; the head is one");
}

static void flops(const Reckoning *r, const char *what, double products, const char *more)
{
    char told[80];
    snprintf(told, sizeof told, "%5.1f %%  %s", 100 * 2 * products / r->forward, more);
    line(1, what, 2 * products, told);
}

static void print_flops(const Reckoning *r)
{
    const SizesProducts *p = &r->products;
    double layers = (double)r->sizes.layers;
    line(0, "FLOPs forward", r->forward, "2 a multiply-add; norms and the like are left out");
    flops(r, "queries, keys, values", layers * (double)p->qkv, "grows with the tokens");
    flops(r, "scores", layers * (double)p->scores, "with their square");
    flops(r, "weighted sums", layers * (double)p->weighted, "with their square");
    flops(r, "output", layers * (double)p->out, "with the tokens");
    flops(r, "MLP", layers * (double)p->mlp, "with the tokens");
    flops(r, "head", (double)p->head, "with the tokens");
    line(0, "FLOPs of a training step", r->train, "the way back takes twice as many as forward");
    line(1, "for each token", r->train_per_token, "");
    line(1, "by the rule 6 N", r->six_n, "tables counted as products, attention left out");
    line(1, "by 6 N + 12 L H Q T", r->palm, "N without positions");
}

void cost_print_shape(const Reckoning *r)
{
    const ModelSizes *s = &r->sizes;
    char more[80], line_of[300], shared[60] = "";
    if (s->kv_heads != s->heads)
        snprintf(shared, sizeof shared, " (%lld of keys and values)", s->kv_heads);
    snprintf(line_of, sizeof line_of, "%lld blocks, width %lld, %lld heads%s, MLP %lld wide, vocabulary %lld; reading "
             "%lld tokens", s->layers, s->d, s->heads, shared, s->d_ff, s->vocabulary, r->tokens);
    print("%s: %s\n\n", s->name, line_of);
    print_numbers(r);
    print("\n");
    print_flops(r);
    print("\n");
    line(0, "bytes of the parameters, f32", BYTES_F32 * (double)r->numbers.all, "4 each");
    line(1, "to train with AdamW, f32", BYTES_ADAMW_F32 * (double)r->numbers.all,
         "16 each: parameter, gradient, m, v");
    line(1, "as this program does, f64", BYTES_TRACER * (double)r->numbers.all,
         "56: m_hat, v_hat and what comes next too");
    snprintf(more, sizeof more, "of %lld tokens", r->tokens);
    line(0, "bytes of keys and values, f16", r->cache_f16, more);
    line(0, "a block keeps for the way back", r->activations_f16, "f16, T d 34 + 5 H T^2: Korthikanti 2022");
}

void cost_json_shape(const Reckoning *r, Text *out)
{
    char number[NUMBER_SIZE];
    const SizesProducts *p = &r->products;
    text_add(out, "{\"name\": ");
    text_json_string(out, r->sizes.name);
    for (int i = 0; i < RECKONED_COUNT; i++)
        text_add(out, ",\n \"%s\": %s", RECKONED[i].key, number_json(number, RECKONED[i].of(r)));
    text_add(out, ",\n \"per_block_flops\": {\"qkv\": %lld, \"scores\": %lld, \"weighted\": %lld, \"out\": %lld, "
             "\"mlp\": %lld}", 2 * p->qkv, 2 * p->scores, 2 * p->weighted, 2 * p->out, 2 * p->mlp);
}

static void print_time(const char *what, const Budget *budget, double total)
{
    double seconds = budget_seconds(budget, total);
    char number[NUMBER_SIZE];
    if (seconds < 3600)
        print("  %-30s %.3e FLOPs, %s seconds\n", what, total, number_text(number, seconds, 1));
    else
        print("  %-30s %.3e FLOPs, %s days\n", what, total, number_text(number, seconds / 86400, 1));
}

void cost_print_budget(const Budget *budget, const Device *device, double train)
{
    char exact[COST_EXACT], number[NUMBER_SIZE];
    if (budget->parameters > 0 && budget->tokens > 0) {
        print("training on %s tokens\n", cost_exact(exact, budget->tokens));
        print_time("6 N D", budget, budget_flops(budget));
        if (train > 0)
            print_time("as reckoned from the shape", budget, train * budget->tokens);
        char share[NUMBER_SIZE];
        print("  assumed: %s device%s (%s) with a peak of %.4g FLOPs a second, of which %s is reached\n",
              number_exact(number, budget->devices), budget->devices == 1 ? "" : "s",
              budget->peak == device->peak ? device->words : "yours", budget->peak,
              number_exact(share, budget->utilisation));
    }
    char most[COST_EXACT];
    print("memory: %s x %s bytes hold at most %s parameters\n", number_exact(number, budget->devices),
          cost_exact(exact, budget->memory), cost_exact(most, budget_most_parameters(budget)));
    print("  assumed: %s bytes each (16: parameter, gradient, m and v of AdamW in f32), no activations, nothing kept "
          "twice\n", number_exact(number, budget->each));
    if (budget->parameters > 0)
        print("  these %s parameters take %s of the devices\n", cost_exact(exact, budget->parameters),
              number_text(number, budget->parameters * budget->each / budget->memory, 2));
}

void cost_json_budget(const Budget *budget, double train, Text *out)
{
    char number[NUMBER_SIZE];
    double total = budget_flops(budget);
    bool training = budget->parameters > 0 && budget->tokens > 0;
    text_add(out, "\"budget\": {\"params\": %s, ",
             budget->parameters > 0 ? number_json(number, budget->parameters) : "null");
    text_add(out, "\"tokens\": %s, ", budget->tokens > 0 ? number_json(number, budget->tokens) : "null");
    text_add(out, "\"devices\": %s, ", number_json(number, budget->devices));
    text_add(out, "\"peak\": %s, ", number_json(number, budget->peak));
    text_add(out, "\"utilisation\": %s, ", number_json(number, budget->utilisation));
    text_add(out, "\"memory\": %s, ", number_json(number, budget->memory));
    text_add(out, "\"bytes_per_param\": %s, ", number_json(number, budget->each));
    text_add(out, "\"flops\": %s, ", training ? number_json(number, total) : "null");
    text_add(out, "\"days\": %s, ",
             training ? number_json(number, budget_seconds(budget, total) / 86400) : "null");
    if (training && train > 0) {
        text_add(out, "\"flops_of_shape\": %s, ", number_json(number, train * budget->tokens));
        text_add(out, "\"days_of_shape\": %s, ",
                 number_json(number, budget_seconds(budget, train * budget->tokens) / 86400));
    }
    text_add(out, "\"largest_params\": %s}", number_json(number, budget_most_parameters(budget)));
}

void cost_print_shapes(void)
{
    ModelSizes sizes;
    const char *other;
    char exact[COST_EXACT], reads[COST_EXACT];
    for (int i = 0; shape_at(i, &sizes, &other); i++)
        print("%-14s %16s parameters, reads %6s tokens%s%s\n", sizes.name,
              cost_exact(exact, (double)sizes_numbers(&sizes).all), cost_exact(reads, (double)sizes.context),
              other ? "; also " : "", other ? other : "");
    print("\nAny preset or model file of a gpt has a shape too: tracer cost --shape mine.json\n\n");
    for (int i = 0; i < DEVICE_COUNT; i++)
        print("--device %-5s %.3g FLOPs a second, %.4g bytes a second, %.3g bytes: %s\n", DEVICES[i].name,
              DEVICES[i].peak, DEVICES[i].bandwidth, DEVICES[i].memory, DEVICES[i].words);
}
