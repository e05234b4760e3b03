/* Whole files; see files.h. */
#include "files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool cannot(const char *what, const char *path, Error *error)
{
    return error_set(error, EXIT_INPUT_OUTPUT, "cannot %s \"%s\": %s", what, path, strerror(errno));
}

bool file_read(const char *path, size_t limit, char **data, size_t *size, Error *error)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return cannot("read", path, error);
    size_t capacity = 65536;
    char *bytes = malloc(capacity);
    *size = 0;
    while (bytes) {
        *size += fread(bytes + *size, 1, capacity - *size, file);
        /* A short read is the end of the file, or an error that is looked at below. */
        if (*size < capacity || *size > limit)
            break;
        char *moved = realloc(bytes, capacity *= 2);
        if (!moved)
            free(bytes);
        bytes = moved;
    }
    bool whole = bytes && !ferror(file);
    if (!bytes)
        error_memory(error);
    else if (!whole)
        cannot("read", path, error);
    fclose(file);
    if (whole && *size > limit)
        whole = error_set(error, EXIT_USED_WRONGLY, "\"%s\" is longer than %zu bytes", path, limit);
    if (!whole) {
        free(bytes);
        return false;
    }
    bytes[*size] = '\0';
    *data = bytes;
    return true;
}

/* A signal, as of a window that changes its size, may interrupt a write. */
static bool write_all(int descriptor, const char *data, size_t size)
{
    while (size > 0) {
        ssize_t written = write(descriptor, data, size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return false;
        data += written;
        size -= (size_t)written;
    }
    return true;
}

static bool stdout_failed(Error *error)
{
    if (errno == EPIPE)
        return error_set(error, EXIT_INPUT_OUTPUT, "standard output was closed before everything was written");
    return error_set(error, EXIT_INPUT_OUTPUT, "cannot write standard output: %s", strerror(errno));
}

static bool write_directly(const char *path, const void *data, size_t size, Error *error)
{
    /* A copy of the descriptor, so that closing it, which is where a full disk may be told, leaves
     * standard output open. */
    bool to_stdout = strcmp(path, "-") == 0;
    int descriptor = to_stdout ? dup(STDOUT_FILENO) : open(path, O_WRONLY);
    if (descriptor < 0)
        return cannot("write", path, error);
    bool whole = write_all(descriptor, data, size);
    int why = errno;
    whole = close(descriptor) == 0 && whole;
    errno = whole ? 0 : why;
    return whole || (to_stdout ? stdout_failed(error) : cannot("write", path, error));
}

static bool write_beside(const char *beside, mode_t mode, const void *data, size_t size)
{
    /* O_EXCL: never through a link that somebody has put there. */
    int descriptor = open(beside, O_WRONLY | O_CREAT | O_EXCL, mode);
    if (descriptor < 0)
        return false;
    /* Without fsync the rename could reach the disk before the bytes, and a crash leave an empty file. */
    bool whole = write_all(descriptor, data, size) && fsync(descriptor) == 0;
    int why = errno;
    whole = close(descriptor) == 0 && whole;
    errno = why;
    return whole;
}

/* The file that a path stands for (a link keeps pointing to it) and its name with ".part" behind. */
typedef struct {
    char *target, *beside;
    mode_t mode;
    bool direct;   /* no regular file: written as it is */
} Place;

static void place_free(Place *place)
{
    free(place->target);
    free(place->beside);
}

/* Takes away what somebody left beside the target who was killed while writing it: TARGET.PID.part of a process that
 * is no more. Of others it is left alone, and where that cannot be found out. */
static void remove_left_parts(const char *target)
{
    const char *slash = strrchr(target, '/'), *name = slash ? slash + 1 : target;
    char *folder = slash ? strndup(target, (size_t)(slash - target) + 1) : strdup(".");
    DIR *listing = folder ? opendir(folder) : NULL;
    size_t length = strlen(name);
    for (struct dirent *entry; listing && (entry = readdir(listing)) != NULL;) {
        char *end;
        if (strncmp(entry->d_name, name, length) != 0 || entry->d_name[length] != '.')
            continue;
        long pid = strtol(entry->d_name + length + 1, &end, 10);
        if (pid > 0 && strcmp(end, ".part") == 0 && kill((pid_t)pid, 0) != 0 && errno == ESRCH)
            unlinkat(dirfd(listing), entry->d_name, 0);
    }
    if (listing)
        closedir(listing);
    free(folder);
}

static bool place_find(const char *path, Place *place, Error *error)
{
    struct stat found;
    bool there = stat(path, &found) == 0;
    /* A rename would put a file in the place of the link. */
    if (!there && errno == ENOENT && lstat(path, &found) == 0)
        return error_set(error, EXIT_INPUT_OUTPUT,
                         "cannot write \"%s\": it is a link to what is not there; remove it, or make what it leads to",
                         path);
    *place = (Place){.mode = there ? found.st_mode & 0777 : 0666};
    place->direct = strcmp(path, "-") == 0 || (there && !S_ISREG(found.st_mode));
    if (place->direct)
        return true;
    /* A rename needs no right to write the file itself; a file that was protected stays as it is. */
    if (there && access(path, W_OK) != 0)
        return cannot("write", path, error);
    place->target = there ? realpath(path, NULL) : strdup(path);
    place->beside = place->target ? malloc(strlen(place->target) + 32) : NULL;
    if (!place->beside) {
        place_free(place);
        return error_memory(error);
    }
    remove_left_parts(place->target);
    sprintf(place->beside, "%s.%ld.part", place->target, (long)getpid());
    return true;
}

bool file_exists(const char *path)
{
    struct stat found;
    return stat(path, &found) == 0;
}

bool file_write(const char *path, const void *data, size_t size, Error *error)
{
    Place place;
    if (!place_find(path, &place, error))
        return false;
    if (place.direct)
        return write_directly(path, data, size, error);
    bool whole = write_beside(place.beside, place.mode, data, size) && rename(place.beside, place.target) == 0;
    if (!whole) {
        cannot("write", path, error);
        unlink(place.beside);
    }
    place_free(&place);
    return whole;
}

bool file_writable(const char *path, Error *error)
{
    Place place;
    if (!place_find(path, &place, error))
        return false;
    if (place.direct)
        return true;
    /* By making the file beside it: nothing else tells what a full disk or a folder without rights will say. */
    bool possible = write_beside(place.beside, place.mode, "", 0) || cannot("write", path, error);
    unlink(place.beside);
    place_free(&place);
    return possible;
}

bool stdout_finish(Error *error)
{
    return (fflush(stdout) == 0 && !ferror(stdout)) || stdout_failed(error);
}
