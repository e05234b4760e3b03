/* Stands between tracer's own objects and the C library (ld --wrap) and lets the n-th call of a kind
 * fail. Libraries call theirs undisturbed; jansson takes its memory through a hook, which counts.
 *
 *   FAULT_KIND    memory, files or jansson
 *   FAULT_AT      which call fails, from 1; absent: none
 *   FAULT_STICKY  if set, all behind it fail too: the disk stays full
 *   FAULT_LOG     at the end "KIND CALLS" a line, and "failed FUNCTION OFFSET" for the first that failed */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>

typedef enum { MEMORY, FILES, JANSSON, KINDS } Kind;
static const char *const NAMES[] = {"memory", "files", "jansson"};

static long calls[KINDS], fail_at;
static int kind = -1;
static bool sticky;
static char first_failed[200];
extern const char __executable_start[];

#define REAL(type, name, ...) type __real_##name(__VA_ARGS__); type __wrap_##name(__VA_ARGS__)

int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);
REAL(ssize_t, write, int descriptor, const void *data, size_t size);
REAL(int, close, int descriptor);
REAL(void *, malloc, size_t size);

__attribute__((constructor)) static void begin(void)
{
    const char *at = getenv("FAULT_AT"), *which = getenv("FAULT_KIND");
    fail_at = at ? atol(at) : 0;
    sticky = getenv("FAULT_STICKY") != NULL;
    for (int i = 0; which && i < KINDS; i++)
        if (strcmp(NAMES[i], which) == 0)
            kind = i;
}

__attribute__((destructor)) static void end(void)
{
    const char *path = getenv("FAULT_LOG");
    int log = path ? __real_open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600) : -1;
    char text[400];
    int length = snprintf(text, sizeof text, "memory %ld\nfiles %ld\njansson %ld\n%s", calls[MEMORY], calls[FILES], calls[JANSSON],
                          first_failed);
    if (log >= 0 && (__real_write(log, text, (size_t)length) != length || __real_close(log) != 0))
        _exit(97);
}

static bool fails(Kind of, const char *function, const void *caller, int why)
{
    calls[of]++;
    if ((int)of != kind || !fail_at || (sticky ? calls[of] < fail_at : calls[of] != fail_at))
        return false;
    if (!first_failed[0])
        snprintf(first_failed, sizeof first_failed, "failed %s 0x%lx\n", function,
                 (unsigned long)((uintptr_t)caller - (uintptr_t)__executable_start));
    errno = why;
    return true;
}

#define FAILS(of, name, why) fails(of, #name, __builtin_return_address(0), why)

/* TYPE NAME(PARAMETERS) that gives FAILED back where it fails. */
#define WRAP(of, why, failed, type, name, parameters, ...) \
    type __real_##name parameters; \
    type __wrap_##name parameters; \
    type __wrap_##name parameters \
    { \
        return FAILS(of, name, why) ? (failed) : __real_##name(__VA_ARGS__); \
    }

void *__wrap_malloc(size_t size)
{
    return FAILS(MEMORY, malloc, ENOMEM) ? NULL : __real_malloc(size);
}

WRAP(MEMORY, ENOMEM, NULL, void *, calloc, (size_t count, size_t size), count, size)
WRAP(MEMORY, ENOMEM, NULL, void *, realloc, (void *old, size_t size), old, size)
WRAP(MEMORY, ENOMEM, NULL, void *, aligned_alloc, (size_t alignment, size_t size), alignment, size)
WRAP(MEMORY, ENOMEM, NULL, char *, strdup, (const char *text), text)
WRAP(MEMORY, ENOMEM, NULL, char *, strndup, (const char *text, size_t size), text, size)
WRAP(MEMORY, ENOMEM, NULL, char *, realpath, (const char *path, char *out), path, out)
WRAP(MEMORY, ENOMEM, -1, ssize_t, getline, (char **line, size_t *size, FILE *file), line, size, file)
WRAP(MEMORY, ENOMEM, -1, int, scandir,
     (const char *path, struct dirent ***list, int (*keep)(const struct dirent *),
      int (*compare)(const struct dirent **, const struct dirent **)), path, list, keep, compare)
WRAP(FILES, EMFILE, NULL, FILE *, fopen, (const char *path, const char *mode), path, mode)
WRAP(FILES, EMFILE, NULL, DIR *, opendir, (const char *path), path)
WRAP(FILES, ENOSPC, -1, int, rename, (const char *from, const char *to), from, to)
WRAP(FILES, EIO, -1, int, fsync, (int descriptor), descriptor)
WRAP(FILES, EIO, -1, ssize_t, read, (int descriptor, void *out, size_t size), descriptor, out, size)
WRAP(FILES, ENOMEM, MAP_FAILED, void *, mmap, (void *at, size_t size, int allow, int flags, int descriptor, off_t offset), at,
     size, allow, flags, descriptor, offset)
WRAP(FILES, EMFILE, -1, int, dup, (int descriptor), descriptor)
WRAP(FILES, EMFILE, -1, int, pipe, (int ends[2]), ends)
WRAP(FILES, EAGAIN, -1, pid_t, fork, (void))
WRAP(FILES, ENOSPC, NULL, char *, mkdtemp, (char *pattern), pattern)
WRAP(FILES, ENOSPC, -1, int, mkdir, (const char *path, mode_t mode), path, mode)

int __wrap_open(const char *path, int flags, ...)
{
    va_list more;
    va_start(more, flags);
    int mode = flags & O_CREAT ? va_arg(more, int) : 0;
    va_end(more);
    return FAILS(FILES, open, EMFILE) ? -1 : __real_open(path, flags, mode);
}

/* A full disk takes a part before it takes nothing. */
ssize_t __wrap_write(int descriptor, const void *data, size_t size)
{
    if (!FAILS(FILES, write, ENOSPC))
        return __real_write(descriptor, data, size);
    if (size > 1 && __real_write(descriptor, data, size / 2) < 0)
        return -1;
    errno = ENOSPC;
    return -1;
}

/* What fails to be closed is closed all the same. */
int __wrap_close(int descriptor)
{
    bool failed = FAILS(FILES, close, EIO);
    int result = __real_close(descriptor);
    errno = failed ? EIO : errno;
    return failed ? -1 : result;
}

/* Streams remember that they failed, as those of the GNU C library do. */
enum { STREAM_FAILED = 0x20 };

REAL(size_t, fread, void *out, size_t size, size_t count, FILE *file);
size_t __wrap_fread(void *out, size_t size, size_t count, FILE *file)
{
    if (!FAILS(FILES, fread, EIO))
        return __real_fread(out, size, count, file);
    file->_flags |= STREAM_FAILED;
    return 0;
}

REAL(size_t, fwrite, const void *data, size_t size, size_t count, FILE *file);
size_t __wrap_fwrite(const void *data, size_t size, size_t count, FILE *file)
{
    if (!FAILS(FILES, fwrite, ENOSPC))
        return __real_fwrite(data, size, count, file);
    file->_flags |= STREAM_FAILED;
    return 0;
}

REAL(int, fflush, FILE *file);
int __wrap_fflush(FILE *file)
{
    if (!FAILS(FILES, fflush, ENOSPC))
        return __real_fflush(file);
    file->_flags |= STREAM_FAILED;
    return EOF;
}

REAL(int, fclose, FILE *file);
int __wrap_fclose(FILE *file)
{
    bool failed = FAILS(FILES, fclose, EIO);
    int result = __real_fclose(file);
    errno = failed ? EIO : errno;
    return failed ? EOF : result;
}

static void *jansson_memory(size_t size)
{
    return FAILS(JANSSON, jansson, ENOMEM) ? NULL : __real_malloc(size);
}

__attribute__((constructor)) static void hook(void)
{
    json_set_alloc_funcs(jansson_memory, free);
}
