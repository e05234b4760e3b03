/* Folders; see tree.h. */
#include "tree.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static _Noreturn void give_up(const char *what, const char *path)
{
    printf("not ok fault: cannot %s %s\n", what, path);
    exit(1);
}

/* Calls each(folder, name, is_folder, context) for what stands in a folder, in any order. */
static void for_each(const char *folder, void (*each)(const char *path, const char *name, bool is_folder, void *context),
                     void *context)
{
    DIR *open = opendir(folder);
    if (!open)
        give_up("read", folder);
    for (struct dirent *entry; (entry = readdir(open));) {
        char path[2 * PATH_LENGTH];
        struct stat found;
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (lstat(path, &found) == 0)
            each(path, entry->d_name, S_ISDIR(found.st_mode), context);
    }
    closedir(open);
}

static uint64_t digest_of(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        give_up("read", path);
    uint64_t digest = 14695981039346656037u;
    for (int c; (c = getc_unlocked(file)) != EOF;)
        digest = (digest ^ (uint64_t)c) * 1099511628211u;
    fclose(file);
    return digest;
}

static void add(const char *path, const char *name, bool is_folder, void *context)
{
    (void)name;
    Tree *tree = context;
    if (tree->count == MOST_PATHS || strlen(path) >= PATH_LENGTH)
        give_up("remember", path);
    strcpy(tree->paths[tree->count], path);
    tree->digests[tree->count++] = is_folder ? 0 : digest_of(path);
    if (is_folder)
        for_each(path, add, tree);
}

void tree_read(const char *folder, Tree *tree)
{
    tree->count = 0;
    for_each(folder, add, tree);
}

static void copy(const char *path, const char *name, bool is_folder, void *context)
{
    char to[2 * PATH_LENGTH], bytes[65536];
    snprintf(to, sizeof to, "%s/%s", (const char *)context, name);
    if (is_folder) {
        if (mkdir(to, 0700) != 0)
            give_up("make", to);
        for_each(path, copy, to);
        return;
    }
    FILE *in = fopen(path, "rb"), *out = fopen(to, "wb");
    if (!in || !out)
        give_up("copy", path);
    for (size_t count; (count = fread(bytes, 1, sizeof bytes, in)) > 0;)
        fwrite(bytes, 1, count, out);
    fclose(in);
    if (fclose(out) != 0 || chmod(to, access(path, X_OK) == 0 ? 0700 : 0600) != 0)
        give_up("write", to);
}

void tree_copy(const char *from, const char *to)
{
    for_each(from, copy, (void *)to);
}

static void discard(const char *path, const char *name, bool is_folder, void *context)
{
    (void)name;
    if (is_folder)
        for_each(path, discard, context);
    remove(path);
}

void tree_empty(const char *folder)
{
    for_each(folder, discard, NULL);
}

static int find(const Tree *tree, const char *path)
{
    for (int i = 0; i < tree->count; i++)
        if (strcmp(tree->paths[i], path) == 0)
            return i;
    return -1;
}

bool tree_is_between(const Tree *found, const Tree *old, const Tree *new, char what[PATH_LENGTH + 40])
{
    for (int i = 0; i < found->count; i++) {
        int before = find(old, found->paths[i]), after = find(new, found->paths[i]);
        if (before < 0 && after < 0) {
            sprintf(what, "left behind: %s", found->paths[i]);
            return false;
        }
        if ((before < 0 || found->digests[i] != old->digests[before]) && (after < 0 || found->digests[i] != new->digests[after])) {
            sprintf(what, "neither old nor new: %s", found->paths[i]);
            return false;
        }
    }
    for (int i = 0; i < old->count; i++)
        if (find(found, old->paths[i]) < 0 && find(new, old->paths[i]) >= 0) {
            sprintf(what, "lost: %s", old->paths[i]);
            return false;
        }
    return true;
}

bool tree_equals(const Tree *a, const Tree *b)
{
    char what[PATH_LENGTH + 40];
    return a->count == b->count && tree_is_between(a, b, b, what);
}
