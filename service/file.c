/* SPDX-License-Identifier: Apache-2.0 */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *system_fault(struct arena *arena, const char *path)
{
    char text[128];
    return arena_printf(arena, "%s: %s", path, strerror_r(errno, text, sizeof text));
}

/* Room for the whole file where its size is known, else for its beginning; one byte more shows that
 * it is longer. */
static size_t first_room(int fd, size_t max)
{
    struct stat status;
    size_t room = 64 * 1024;
    if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode))
        room = (size_t)status.st_size + 1;
    return room > max ? max + 1 : room;
}

static char *grow(struct arena *arena, const char *data, size_t len, size_t *room, size_t max)
{
    *room = *room > max / 2 ? max + 1 : *room * 2;
    char *larger = arena_alloc(arena, *room + 1);
    memcpy(larger, data, len);
    return larger;
}

/* Reads to the end and closes; `name` stands in what is wrong. */
static char *read_all(struct arena *arena, int fd, const char *name, size_t max, size_t *len,
                      const char **why)
{
    size_t room = first_room(fd, max);
    char *data = arena_alloc(arena, room + 1);
    ssize_t got = 0;
    *len = 0;
    while (*len <= max && (got = read(fd, data + *len, room - *len)) != 0) {
        if (got < 0 && errno != EINTR)
            break;
        *len += got > 0 ? (size_t)got : 0;
        if (*len == room && room <= max)
            data = grow(arena, data, *len, &room, max);
    }
    if (got < 0)
        *why = system_fault(arena, name);
    else if (*len > max)
        *why = arena_printf(arena, "%s: longer than %zu bytes", name, max);
    (void)close(fd);
    if (got < 0 || *len > max)
        return NULL;
    data[*len] = '\0';
    return data;
}

char *file_read(struct arena *arena, const char *path, size_t max, size_t *len, const char **why)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0)
        return read_all(arena, fd, path, max, len, why);
    *why = system_fault(arena, path);
    return NULL;
}

char *file_input(struct arena *arena, const char *path, size_t max, size_t *len, const char **why)
{
    if (strcmp(path, "-") != 0)
        return file_read(arena, path, max, len, why);
    return read_all(arena, STDIN_FILENO, "standard input", max, len, why);
}

static bool write_all(int fd, const char *data, size_t len)
{
    while (len) {
        ssize_t done = write(fd, data, len);
        if (done < 0 && errno != EINTR)
            return false;
        if (done > 0) {
            data += done;
            len -= (size_t)done;
        }
    }
    return fsync(fd) == 0;
}

bool file_make_private(struct arena *arena, const char *path, const char *data, size_t len,
                       const char **why)
{
    char *temporary = arena_printf(arena, "%s.XXXXXX", path);
    int fd = mkostemp(temporary, O_CLOEXEC); /* mode 0600 */
    if (fd < 0) {
        *why = system_fault(arena, path);
        return false;
    }
    /* link() doesn't replace, so of several processes the first wins and nobody's key is lost. */
    bool made = write_all(fd, data, len) && (link(temporary, path) == 0 || errno == EEXIST);
    if (!made)
        *why = system_fault(arena, path);
    (void)unlink(temporary);
    (void)close(fd);
    return made;
}
