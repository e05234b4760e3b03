/* Closed formulas of a transformer; see sizes.h. */
#include "sizes.h"

/* The numbers of an MLP, its biases among them where there are any. */
static long long mlp_numbers(const ModelSizes *s)
{
    long long biases = s->mlp_matrices ? (s->mlp_matrices - 1) * s->d_ff + s->d : 0;
    return s->mlp_matrices * s->d * s->d_ff + (s->mlp_bias ? biases : 0);
}

SizesNumbers sizes_numbers(const ModelSizes *s)
{
    long long wide = s->heads * s->d_k, shared = s->kv_heads * s->d_k, norm = s->norm_vectors * s->d;
    long long products = 2 * s->d * wide + 2 * s->d * shared, router = s->experts ? s->d * s->experts : 0;
    long long mlps = s->experts ? s->experts + s->shared : 1, met = s->experts ? s->top_k + s->shared : 1;
    SizesNumbers n = {.embedding = s->vocabulary * s->d,
                      .position = s->learned_positions ? s->context * s->d : 0,
                      .attention = products + (s->attention_bias ? wide + 2 * shared : 0) + (s->output_bias ? s->d : 0),
                      .mlp = router + mlps * mlp_numbers(s),
                      .norms = s->block_norms * norm,
                      .head = (s->tied_head ? 0 : s->d * s->vocabulary) + (s->head_bias ? s->vocabulary : 0)};
    n.block = n.attention + n.mlp + n.norms;
    n.all = n.embedding + n.position + s->layers * n.block + s->other_norms * norm + n.head;
    n.active = n.all - s->layers * (mlps - met) * mlp_numbers(s);
    n.products = s->layers * (products + router + met * s->mlp_matrices * s->d * s->d_ff) + s->d * s->vocabulary;
    return n;
}

long long sizes_pairs(const ModelSizes *s, long long tokens, long long before)
{
    long long keys = before + tokens, pairs = 0;
    if (!s->tile_rows)
        return tokens * keys;
    for (long long row = 0; row < tokens; row += s->tile_rows)
        for (long long key = 0; key < keys; key += s->tile_columns) {
            long long end_row = row + s->tile_rows < tokens ? row + s->tile_rows : tokens;
            long long end_key = key + s->tile_columns < keys ? key + s->tile_columns : keys;
            bool seen = !s->window || (key <= before + end_row - 1 && end_key - 1 > before + row - s->window);
            pairs += seen ? (end_row - row) * (end_key - key) : 0;
        }
    return pairs;
}

SizesProducts sizes_products(const ModelSizes *s, long long tokens, long long before)
{
    long long wide = s->heads * s->d_k, shared = s->kv_heads * s->d_k;
    long long met = s->experts ? s->top_k + s->shared : 1, router = s->experts ? s->d * s->experts : 0;
    SizesProducts p = {.qkv = tokens * s->d * (wide + 2 * shared),
                       .scores = sizes_pairs(s, tokens, before) * wide,
                       .weighted = sizes_pairs(s, tokens, before) * wide,
                       .out = tokens * wide * s->d,
                       .mlp = tokens * (router + met * s->mlp_matrices * s->d * s->d_ff),
                       .head = tokens * s->d * s->vocabulary};
    p.all = s->layers * (p.qkv + p.scores + p.weighted + p.out + p.mlp) + p.head;
    return p;
}

long long sizes_cache(const ModelSizes *s, long long tokens)
{
    return s->keeps ? 2 * s->layers * s->kv_heads * s->d_k * tokens : 0;
}
