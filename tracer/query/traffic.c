/* What attention moves; see traffic.h. */
#include "traffic.h"

WholeTraffic traffic_whole(const TrafficForm *form)
{
    long long n = form->tokens, d = form->width;
    WholeTraffic whole = {.read_qk = 2 * n * d, .write_scores = n * n, .read_scores = n * n, .write_weights = n * n,
                          .read_weights_v = n * n + n * d, .write_output = n * d};
    whole.all = 4 * n * n + 4 * n * d;
    return whole;
}

/* Whether some query from `first` to `last` sees some key of the other stretch. */
static bool is_seen(const TrafficForm *form, long long first, long long last, long long key, long long last_key)
{
    if (!form->causal && !form->window)
        return true;
    return key <= last && (!form->window || last_key > first - form->window);
}

TiledTraffic traffic_tiled(const TrafficForm *form)
{
    long long n = form->tokens, d = form->width;
    TiledTraffic tiled = {.read_q = n * d, .write_output = n * d, .write_logsumexp = n};
    for (long long row = 0; row < n; row += form->rows)
        for (long long key = 0; key < n; key += form->columns) {
            long long last = row + form->rows < n ? row + form->rows : n;
            long long end = key + form->columns < n ? key + form->columns : n;
            bool seen = is_seen(form, row, last - 1, key, end - 1);
            tiled.read_kv += seen ? 2 * d * (end - key) : 0;
            tiled.tiles += seen;
            tiled.skipped += !seen;
        }
    tiled.all = tiled.read_q + tiled.read_kv + tiled.write_output + tiled.write_logsumexp;
    return tiled;
}
