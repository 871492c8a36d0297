/* A device that breaks when it is told to: preloaded into a process, it stands before the writes and syncs of its
 * database. The file that BROKEN_DEVICE names says what fails: "write" or "sync", each of them; "write 3", "sync 3" only
 * the third that comes. After a sync that failed, what was written since the last good one is gone, as it is with a
 * kernel that has given the pages up (fsync(2), and wiki.postgresql.org/wiki/Fsync_Errors). */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct undo {
    ino_t file;
    off_t size, at;
    ssize_t length;
    char *before;
    struct undo *older;
};

static struct undo *written;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char order[64];
static int seen;

static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);
static int (*real_fdatasync)(int);

__attribute__((constructor)) static void find(void) {
    real_pwrite = dlsym(RTLD_NEXT, "pwrite64");
    real_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
}

static int of_the_database(int fd, struct stat *status) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0 || fstat(fd, status)) return 0;
    path[length] = 0;
    const char *name = strstr(path, ".sqlite3");
    return name && (!strcmp(name, ".sqlite3") || !strcmp(name, ".sqlite3-wal"));
}

/* Say whether the order in force lets this one fail; a new order counts from its first. */
static int fails(const char *what) {
    char now[64] = "", kind[8] = "";
    int nth = 0, fd = open(getenv("BROKEN_DEVICE"), O_RDONLY | O_CLOEXEC);
    if (fd >= 0) {
        if (read(fd, now, sizeof now - 1) < 0) now[0] = 0;
        close(fd);
    }
    if (strcmp(now, order)) strcpy(order, now), seen = 0;
    if (sscanf(now, "%7s %d", kind, &nth) < 1 || strcmp(kind, what)) return 0;
    return !nth || ++seen == nth;
}

static void forget(ino_t file, int fd, int undo) {
    for (struct undo **at = &written; *at;) {
        struct undo *one = *at;
        if (one->file != file) { at = &one->older; continue; }
        if (undo) {
            if (real_pwrite(fd, one->before, one->length, one->at) < 0) abort();
            if (ftruncate(fd, one->size)) abort();
        }
        *at = one->older;
        free(one->before);
        free(one);
    }
}

ssize_t pwrite64(int fd, const void *data, size_t length, off_t at) {
    struct stat status;
    if (!of_the_database(fd, &status)) return real_pwrite(fd, data, length, at);
    pthread_mutex_lock(&lock);
    ssize_t done = -1;
    if (fails("write")) {
        errno = EIO;
    } else {
        struct undo *one = malloc(sizeof *one);
        *one = (struct undo){status.st_ino, status.st_size, at, 0, malloc(length), written};
        one->length = pread(fd, one->before, length, at);
        if (one->length < 0) one->length = 0;
        written = one;
        done = real_pwrite(fd, data, length, at);
    }
    pthread_mutex_unlock(&lock);
    return done;
}

ssize_t pwrite(int fd, const void *data, size_t length, off_t at) { return pwrite64(fd, data, length, at); }

int fdatasync(int fd) {
    struct stat status;
    if (!of_the_database(fd, &status)) return real_fdatasync(fd);
    pthread_mutex_lock(&lock);
    int broken = fails("sync");
    forget(status.st_ino, fd, broken);
    int result = broken ? -1 : real_fdatasync(fd);
    if (broken) errno = EIO;
    pthread_mutex_unlock(&lock);
    return result;
}

int fsync(int fd) { return fdatasync(fd); }
