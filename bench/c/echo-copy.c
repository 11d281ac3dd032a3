/* The echo by read(2) and write(2). Each byte is copied from the kernel and back. */
#include "echo.h"

#include <errno.h>
#include <stddef.h>
#include <unistd.h>

enum { BUFFER_LENGTH = 64 * 1024 };

/* In .bss: the kernel provides a page when it is first used. For a short message a child needs one page, not all 16. */
static char buffer[BUFFER_LENGTH];

/* write(2) may write less than it was asked to. The rest must be written too, or bytes are lost. */
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

        /* A result of -1 is an error. Taken for a length, it would make this loop endless after a reset. */
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
