/* Nearest names by edit distance; see nearest.h. */
#include "nearest.h"

#include <stdio.h>
#include <string.h>

enum { LONGEST = 127 };

static int smaller(int a, int b)
{
    return a < b ? a : b;
}

/* Insertions, deletions and replacements from a to b (Levenshtein 1965), on the first LONGEST bytes. */
static int edit_distance(const char *a, const char *b)
{
    int row[LONGEST + 1];
    int length = (int)strnlen(b, LONGEST);
    for (int j = 0; j <= length; j++)
        row[j] = j;
    for (int i = 1; i <= LONGEST && a[i - 1]; i++) {
        int diagonal = row[0];
        row[0] = i;
        for (int j = 1; j <= length; j++) {
            int replaced = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            row[j] = smaller(replaced, smaller(row[j], row[j - 1]) + 1);
        }
    }
    return row[length];
}

/* A name that the wanted one is the end of ("head0.Q") is nearer than its letters say. */
static int distance_of(const char *wanted, const char *name)
{
    size_t short_length = strlen(wanted), long_length = strlen(name);
    if (short_length >= 1 && long_length > short_length && name[long_length - short_length - 1] == '.' &&
        strcmp(name + long_length - short_length, wanted) == 0)
        return 1;
    return edit_distance(wanted, name);
}

void nearest_offer(Nearest *nearest, const char *wanted, const char *name)
{
    int distance = distance_of(wanted, name);
    if (distance > 2 + (int)strlen(wanted) / 3)
        return;
    int at = nearest->count;
    while (at > 0 && distance < nearest->distances[at - 1])
        at--;
    if (at >= NEAREST_COUNT)
        return;
    if (nearest->count < NEAREST_COUNT)
        nearest->count++;
    for (int i = nearest->count - 1; i > at; i--) {
        nearest->names[i] = nearest->names[i - 1];
        nearest->distances[i] = nearest->distances[i - 1];
    }
    nearest->names[at] = name;
    nearest->distances[at] = distance;
}

const char *nearest_text(const Nearest *nearest, char *out, const char *otherwise)
{
    if (nearest->count == 0)
        return otherwise;
    int used = snprintf(out, NEAREST_TEXT, "did you mean ");
    for (int i = 0; i < nearest->count && used < NEAREST_TEXT - 110; i++)
        used += snprintf(out + used, (size_t)(NEAREST_TEXT - used), "%s\"%.90s\"", i ? ", " : "", nearest->names[i]);
    snprintf(out + used, (size_t)(NEAREST_TEXT - used), "?");
    return out;
}
