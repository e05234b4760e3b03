/* The unit tests. Run from the top of the checkout; arguments are the groups to run.
 *
 *   CMOCKA_MESSAGE_OUTPUT=TAP build/unit primitives rules
 *   build/unit 1/4    the first of four shares: every fourth group; all shares are all groups
 *
 * A group without tests and a group that does not exist are failures. */
#include "groups.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    const char *name;
    int (*run)(void);   /* the number of failed tests */
} Group;

#define LIST_GROUP(name) {#name, test_##name},
static const Group groups[] = {GROUPS(LIST_GROUP)};
enum { GROUP_COUNT = sizeof groups / sizeof *groups };

static int run_share(int share, int of)
{
    int failed = 0;
    for (int i = share - 1; i < GROUP_COUNT; i += of)
        failed += groups[i].run();
    return failed;
}

static int run_named(const char *name)
{
    int share, of, end = 0;
    if (sscanf(name, "%d/%d%n", &share, &of, &end) == 2 && name[end] == '\0' && share >= 1 && share <= of && of <= GROUP_COUNT)
        return run_share(share, of);
    for (int i = 0; i < GROUP_COUNT; i++)
        if (strcmp(groups[i].name, name) == 0)
            return groups[i].run();
    fprintf(stderr, "unit: no group is called \"%s\"\n", name);
    return 1;
}

int main(int count, char **words)
{
    int failed = count == 1 ? run_share(1, 1) : 0;
    for (int i = 1; i < count; i++)
        failed += run_named(words[i]);
    if (failed)
        fprintf(stderr, "unit: %d failed\n", failed);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
