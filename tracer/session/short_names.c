/* Short names; see short_names.h. */
#include "short_names.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What stands before the short name and its dot; -1 if the name does not end so. A message, X.grad.from.Y, is none
 * of Y's. */
static int path_length(const char *name, const char *end)
{
    size_t length = strlen(name), tail = strlen(end);
    bool ends = tail > 0 && length > tail + 1 && name[length - tail - 1] == '.' &&
                strcmp(name + length - tail, end) == 0;
    const char *from = ends ? strstr(name, ".from.") : NULL;
    return ends && (!from || from >= name + length - tail) ? (int)(length - tail - 1) : -1;
}

/* The same path but for the numbers in it. */
static bool same_but_numbers(const char *a, int a_length, const char *b, int b_length)
{
    int i = 0, j = 0;
    for (;;) {
        while (i < a_length && isdigit((unsigned char)a[i]))
            i++;
        while (j < b_length && isdigit((unsigned char)b[j]))
            j++;
        if (i == a_length || j == b_length)
            return i == a_length && j == b_length;
        if (a[i++] != b[j++])
            return false;
    }
}

/* Of two paths that differ in numbers only, is the first one the earlier: head0 before head1? On the tape they may
 * stand otherwise, the backward phase comes to the last first. */
static bool comes_before(const char *a, const char *b)
{
    while (*a && *a == *b)
        a++, b++;
    return isdigit((unsigned char)*a) && isdigit((unsigned char)*b) && strtol(a, NULL, 10) < strtol(b, NULL, 10);
}

/* How many words of a path are the first words of another. */
static int words_shared(const char *path, int length, const char *other)
{
    int words = 0;
    for (int at = 0; at <= length; at++) {
        bool ends = at == length || path[at] == '.', other_ends = other[at] == '.' || other[at] == '\0';
        if (ends && other_ends)
            words++;
        if (ends != other_ends || (!ends && path[at] != other[at]) || other[at] == '\0')
            break;
    }
    return words;
}

static void list_them(const Names *names, const char *name, const int *found, int count, Error *error)
{
    char list[400];
    size_t used = 0;
    for (int i = 0; i < count && i < MOST_MEANT - 1 && used < sizeof list - 90; i++)
        used += (size_t)snprintf(list + used, sizeof list - used, "%s%.80s", i ? ", " : "", name_of(names, found[i]));
    error_set(error, EXIT_USED_WRONGLY, "\"%.60s\" is the end of several names; write one of them: %s%s", name, list,
              count == MOST_MEANT ? " ..." : "");
}

/* The first of each path, numbers apart, among those that share most of it with the place. */
int short_name_meant(const Names *names, const char *name, int near, int meant[MOST_MEANT], int *fits)
{
    const char *here = near >= 0 ? names->tape->frames[near].path : "";
    int count = 0, most = 0;
    *fits = 0;
    for (int id = 0; id < names->count; id++) {
        const char *whole = name_of(names, id);
        int length = path_length(whole, name);
        if (length < 0)
            continue;
        int shared = words_shared(whole, length, here);
        ++*fits;
        if (shared < most)
            continue;
        count = shared > most ? 0 : count;
        most = shared;
        bool known = false;
        for (int i = 0; i < count; i++) {
            const char *other = name_of(names, meant[i]);
            bool same = same_but_numbers(whole, length, other, path_length(other, name));
            if (same && comes_before(whole, other))
                meant[i] = id;
            known |= same;
        }
        if (!known && count < MOST_MEANT)
            meant[count++] = id;
    }
    return count;
}

int short_name_find(const Names *names, const char *name, int near, int *fits, Error *error)
{
    int meant[MOST_MEANT], count = short_name_meant(names, name, near, meant, fits);
    if (count > 1)
        list_them(names, name, meant, count, error);
    return count == 1 ? meant[0] : -1;
}

const char *short_name_said(const Names *names, Reference reference, char *text, size_t size)
{
    text[0] = '\0';
    if (reference.fits == 1)
        snprintf(text, size, "taken as %s", name_of(names, reference.value));
    else if (reference.fits > 1)
        snprintf(text, size, "taken as %s, one of %d that end so", name_of(names, reference.value), reference.fits);
    return text;
}
