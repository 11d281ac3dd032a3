/* The echo by read(2) and write(2): every byte is copied into this process and out again. */
#include "echo.h"

#include <errno.h>
#include <stddef.h>
#include <unistd.h>

enum { BUFFER_LENGTH = 64 * 1024 };

/* In .bss, so a page of it exists only once it is used: a few bytes cost a child one page, not sixteen. */
static char buffer[BUFFER_LENGTH];

/* A write may take less than it was given: the rest must follow, or bytes are lost. */
static int write_all(int client, size_t length, long long *bytes)
{
    size_t sent = 0;
    while (sent < length) {
        ssize_t count = write(client, buffer + sent, length - sent);
        if (count < 0) {
            if (errno == EINTR)
                continue;
            return errno;
        }

        sent += (size_t)count;
        *bytes += count;
    }

    return 0;
}

int echo(int client, long long *bytes)
{
    for (;;) {
        ssize_t count = read(client, buffer, sizeof buffer);
        if (count == 0)
            return 0;

        /* -1 is no length: taken for one, a reset connection would make this loop spin for ever. */
        if (count < 0) {
            if (errno == EINTR)
                continue;
            return errno;
        }

        int error = write_all(client, (size_t)count, bytes);
        if (error != 0)
            return error;
    }
}
