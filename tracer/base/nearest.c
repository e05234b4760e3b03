/* Nearest names by edit distance, of the whole name and of its parts between dots; see nearest.h. */
#include "nearest.h"

#include <stdio.h>
#include <string.h>

/* Beyond these a name is compared by its beginning: names come from strangers, and the tables are on the stack. */
enum { LONGEST = 127, MOST_PARTS = 12, SURPLUS_PART = 4, FAR = 1000 };

/* A stretch of a name. */
typedef struct {
    const char *text;
    int length;
} Part;

static int smaller(int a, int b)
{
    return a < b ? a : b;
}

/* Insertions, deletions and replacements from a to b (Levenshtein 1965). */
static int edit_distance(Part a, Part b)
{
    int row[LONGEST + 1];
    for (int j = 0; j <= b.length; j++)
        row[j] = j;
    for (int i = 1; i <= a.length; i++) {
        int diagonal = row[0];
        row[0] = i;
        for (int j = 1; j <= b.length; j++) {
            int replaced = diagonal + (a.text[i - 1] != b.text[j - 1]);
            diagonal = row[j];
            row[j] = smaller(replaced, smaller(row[j], row[j - 1]) + 1);
        }
    }
    return row[b.length];
}

/* Cuts at the dots; what is too much stays with the last part. */
static int cut(Part whole, Part parts[MOST_PARTS])
{
    int count = 0;
    parts[0] = (Part){whole.text, 0};
    for (const char *c = whole.text; c < whole.text + whole.length; c++) {
        if (*c == '.' && count < MOST_PARTS - 1)
            parts[++count] = (Part){c + 1, 0};
        else
            parts[count].length++;
    }
    return count + 1;
}

/* FAR where too many letters of the wanted one are others: one in `most_of`. */
static int distance_if_alike(Part wanted, Part name, int most_of)
{
    int distance = edit_distance(wanted, name);
    return distance <= (wanted.length + 1) / most_of ? distance : FAR;
}

/* The wanted parts stand in the name in their order, one of them at least: a part of the name that
 * nobody typed counts 1, all of those before the first together 1, and a surplus one SURPLUS_PART.
 * So "head0.Q" is near to "block0.attention.head0.Q", and so is "blokc0.head0.Q". */
static int distance_by_parts(Part wanted, Part name)
{
    Part from[MOST_PARTS], to[MOST_PARTS];
    int from_count = cut(wanted, from), to_count = cut(name, to), cost[MOST_PARTS + 1][MOST_PARTS + 1];
    for (int i = 0; i <= from_count; i++)
        for (int j = 0; j <= to_count; j++) {
            cost[i][j] = FAR;
            if (i == 0 || j == 0)
                continue;
            int before = smaller(cost[i - 1][j - 1], SURPLUS_PART * (i - 1) + (j > 1));
            cost[i][j] = smaller(before + distance_if_alike(from[i - 1], to[j - 1], 3),
                                 smaller(cost[i - 1][j] + SURPLUS_PART, cost[i][j - 1] + 1));
        }
    return cost[from_count][to_count];
}

static int distance_of(const char *wanted, const char *name)
{
    Part from = {wanted, (int)strnlen(wanted, LONGEST)}, to = {name, (int)strnlen(name, LONGEST)};
    return smaller(distance_if_alike(from, to, 2), distance_by_parts(from, to));
}

void nearest_offer(Nearest *nearest, const char *wanted, const char *name)
{
    int distance = distance_of(wanted, name), letters = (int)strlen(wanted);
    /* A third of the letters wrong is another word, of three letters two; a bad proposal is worse than none. */
    if (distance > (letters > 3 ? 2 + letters / 3 : 1))
        return;
    for (int i = 0; i < nearest->count; i++)
        if (strcmp(nearest->names[i], name) == 0)
            return;
    int at = nearest->count;
    /* Of equally near ones the first offered stays first. */
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
