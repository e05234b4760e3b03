/* Closed formulas of what a shape costs; see reckon.h. */
#include "reckon.h"

#include "parts.h"
#include "tracer/base/nearest.h"

#include <string.h>

Reckoning reckon(const ModelSizes *sizes, long long tokens)
{
    Reckoning r = {.sizes = *sizes, .tokens = tokens > 0 ? tokens : sizes->context};
    if (r.tokens > r.sizes.context)
        r.sizes.context = r.tokens;
    r.numbers = sizes_numbers(&r.sizes);
    r.products = sizes_products(&r.sizes, r.tokens, 0);
    double t = (double)r.tokens, layers = (double)r.sizes.layers, d = (double)r.sizes.d;
    double wide = (double)(r.sizes.heads * r.sizes.d_k);
    r.linear = 2 * t * (double)r.numbers.products;
    r.attention = 4 * layers * t * t * wide;
    r.attention_causal = 2 * layers * t * (t + 1) * wide;
    r.forward = r.linear + r.attention;
    r.train = 3 * r.forward;
    r.train_per_token = r.train / t;
    r.six_n = 6 * (double)r.numbers.all;
    r.palm = 6 * (double)(r.numbers.all - r.numbers.position) + 12 * layers * wide * t;
    r.attention_share = r.attention / r.forward;
    r.cache_f16 = 2 * (double)sizes_cache(&r.sizes, r.tokens);
    r.activations_f16 = t * d * 34 + 5 * (double)r.sizes.heads * t * t;
    return r;
}

#define LINE(name_, value_) \
    static double name_(const Reckoning *r) \
    { \
        return (double)(value_); \
    }

LINE(layers, r->sizes.layers)
LINE(width, r->sizes.d)
LINE(heads, r->sizes.heads)
LINE(kv_heads, r->sizes.kv_heads)
LINE(vocabulary, r->sizes.vocabulary)
LINE(context, r->tokens)
LINE(d_ff, r->sizes.d_ff)
LINE(all, r->numbers.all)
LINE(active, r->numbers.active)
LINE(embedding, r->numbers.embedding)
LINE(position, r->numbers.position)
LINE(attention, r->numbers.attention)
LINE(mlp, r->numbers.mlp)
LINE(norms, r->numbers.norms)
LINE(block, r->numbers.block)
LINE(head, r->numbers.head)
LINE(products, r->numbers.products)
LINE(linear, r->linear)
LINE(attention_full, r->attention)
LINE(attention_causal, r->attention_causal)
LINE(forward, r->forward)
LINE(train, r->train)
LINE(train_per_token, r->train_per_token)
LINE(six_n, r->six_n)
LINE(six_nmm, 6.0 * (double)r->numbers.products)
LINE(palm, r->palm)
LINE(share, r->attention_share)
LINE(bytes_f32, BYTES_F32 * (double)r->numbers.all)
LINE(bytes_adamw, BYTES_ADAMW_F32 * (double)r->numbers.all)
LINE(bytes_f64, 8 * (double)r->numbers.all)
LINE(bytes_adamw_f64, BYTES_ADAMW_F64 * (double)r->numbers.all)
LINE(bytes_tracer, BYTES_TRACER * (double)r->numbers.all)
LINE(cache, r->cache_f16)
LINE(activations, r->activations_f16)
LINE(head_flops, 2.0 * (double)r->products.head)

const ReckonedLine RECKONED[] = {
    {"layers", layers}, {"d", width}, {"heads", heads}, {"kv_heads", kv_heads}, {"vocab", vocabulary},
    {"context", context}, {"d_ff", d_ff}, {"params", all}, {"active_params", active}, {"embedding", embedding},
    {"position", position}, {"attention_per_block", attention}, {"mlp_per_block", mlp}, {"norms_per_block", norms},
    {"block", block}, {"head", head}, {"matmul_weights", products}, {"forward_flops_linear", linear},
    {"forward_flops_attention_full", attention_full}, {"forward_flops_attention_causal", attention_causal},
    {"forward_flops", forward}, {"train_flops", train}, {"train_flops_per_token", train_per_token},
    {"six_N", six_n}, {"six_Nmm", six_nmm}, {"palm_6N_plus_12LHQT", palm}, {"attention_share", share},
    {"bytes_params_f32", bytes_f32}, {"bytes_adamw_f32_params_grads_m_v", bytes_adamw},
    {"bytes_mixed_16_per_param", bytes_adamw}, {"bytes_params_f64", bytes_f64}, {"bytes_adamw_f64", bytes_adamw_f64},
    {"bytes_tracer_f64", bytes_tracer}, {"kv_cache_f16", cache}, {"activations_per_block_f16", activations},
    {"head_flops", head_flops},
};
const int RECKONED_COUNT = sizeof RECKONED / sizeof *RECKONED;

double budget_flops(const Budget *budget)
{
    return 6 * budget->parameters * budget->tokens;
}

double budget_seconds(const Budget *budget, double flops)
{
    return flops / (budget->devices * budget->peak * budget->utilisation);
}

double budget_most_parameters(const Budget *budget)
{
    return budget->devices * budget->memory / budget->each;
}

const Device DEVICES[] = {
    {"h100", "H100 SXM, bf16 dense", 989e12, 3.35e12, 80e9},
    {"a100", "A100 SXM 80 GB, bf16", 312e12, 2.039e12, 80e9},
    {"cpu", "one core, AVX2 f64, 3 GHz, two multiply-adds a cycle", 48e9, 12e9, 8e9},
};
const int DEVICE_COUNT = sizeof DEVICES / sizeof *DEVICES;

const Device *device_find(const char *name, Error *error)
{
    Nearest nearest = {0};
    char answer[NEAREST_TEXT];
    for (int i = 0; i < DEVICE_COUNT; i++) {
        if (strcmp(DEVICES[i].name, name) == 0)
            return &DEVICES[i];
        nearest_offer(&nearest, name, DEVICES[i].name);
    }
    error_set(error, EXIT_USED_WRONGLY, "no device is called \"%.60s\"; %s", name,
              nearest_text(&nearest, answer, "use h100, a100 or cpu, or give its --peak"));
    return NULL;
}

bool all_learn(const Tape *tape)
{
    for (int value = 0; value < tape->value_count; value++)
        if (tape->values[value].kind == KIND_PARAMETER && tape->values[value].gradient < 0)
            return false;
    return true;
}

Comparable reckon_tape(const Tape *tape, const ModelSizes *sizes)
{
    Comparable of = {.parameters = (double)sizes_numbers(sizes).all};
    for (int i = 0, ids; (ids = part_tokens(tape, i)) >= 0; i++) {
        int tokens = tape_value(tape, ids)->cols;
        SizesProducts products = sizes_products(sizes, tokens, 0);
        of.forward += (double)products.all;
        of.backward += 2 * (double)products.all;
        of.backward += sizes->tile_rows ? (double)(sizes->layers * products.scores) : 0; /* made again */
        of.cache += (double)sizeof(double) * (double)sizes_cache(sizes, tokens);
    }
    return of;
}

Comparable count_tape(const Tape *tape, const Costs *costs)
{
    Comparable of = {.parameters = costs->all.parameters, .cache = costs->all.cache};
    for (int step = 0; step < tape->step_count; step++) {
        double products = step_products(tape, &tape->steps[step]);
        of.forward += tape->steps[step].phase == PHASE_FORWARD ? products : 0;
        of.backward += tape->steps[step].phase == PHASE_BACKWARD ? products : 0;
    }
    return of;
}
