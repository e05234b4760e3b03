/* Folders as they are before and after a run: every path in them with a digest of its bytes. */
#ifndef TESTS_FAULT_TREE_H
#define TESTS_FAULT_TREE_H

#include <stdbool.h>
#include <stdint.h>

enum { MOST_PATHS = 512, PATH_LENGTH = 256 };

typedef struct {
    char paths[MOST_PATHS][PATH_LENGTH];
    uint64_t digests[MOST_PATHS];
    int count;
} Tree;

/* Reads all below a folder; copies all from one into another that is there; empties a folder. */
void tree_read(const char *folder, Tree *tree);
void tree_copy(const char *from, const char *to);
void tree_empty(const char *folder);

/* Whether every path of `found` is as it is in `old` or in `new` and none is missing that both have;
 * `what` says which path is not. */
bool tree_is_between(const Tree *found, const Tree *old, const Tree *new, char what[PATH_LENGTH + 40]);
bool tree_equals(const Tree *a, const Tree *b);

#endif
