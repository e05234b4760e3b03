/* The list of systems; see list.h. */
#include "../system.h"

#include <string.h>

const System *const SYSTEMS[] = {
#define LIST_SYSTEM(name) &name,
    SYSTEM_LIST(LIST_SYSTEM)
};
const int SYSTEM_COUNT = sizeof SYSTEMS / sizeof *SYSTEMS;

const System *system_find(const char *name)
{
    for (int i = 0; i < SYSTEM_COUNT; i++)
        if (strcmp(SYSTEMS[i]->name, name) == 0)
            return SYSTEMS[i];
    return NULL;
}
