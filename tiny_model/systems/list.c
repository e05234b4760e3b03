/* The systems. A new one is a file beside this and a line here. */
#include "../system.h"

#include <string.h>

const System *const SYSTEMS[] = {
    &GPT, &MLP,
};
const int SYSTEM_COUNT = sizeof SYSTEMS / sizeof *SYSTEMS;

const System *system_find(const char *name)
{
    for (int i = 0; i < SYSTEM_COUNT; i++)
        if (strcmp(SYSTEMS[i]->name, name) == 0)
            return SYSTEMS[i];
    return NULL;
}
