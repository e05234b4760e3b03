/* The unit tests. Run from the top of the checkout; arguments are the groups to run.
 *
 *   CMOCKA_MESSAGE_OUTPUT=TAP build/unit primitives rules
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

static int run_named(const char *name)
{
    for (int i = 0; i < GROUP_COUNT; i++)
        if (strcmp(groups[i].name, name) == 0)
            return groups[i].run();
    fprintf(stderr, "unit: no group is called \"%s\"\n", name);
    return 1;
}

static int run_all(void)
{
    int failed = 0;
    for (int i = 0; i < GROUP_COUNT; i++)
        failed += groups[i].run();
    return failed;
}

int main(int count, char **words)
{
    int failed = count == 1 ? run_all() : 0;
    for (int i = 1; i < count; i++)
        failed += run_named(words[i]);
    if (failed)
        fprintf(stderr, "unit: %d failed\n", failed);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
