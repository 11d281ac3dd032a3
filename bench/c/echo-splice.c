/* The echo by splice(2) through a pipe of 1 MiB. The kernel moves its own pages and copies no bytes. */
#include "echo.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <unistd.h>

/* The most that a user without privileges may ask for; see pipe(7). */
enum { PIPE_CAPACITY = 1024 * 1024 };

/* Moves the content of the pipe to the client. The pipe must be empty before more is moved into it. */
static int drain(int pipe_end, int client, ssize_t length, long long *bytes)
{
    while (length > 0) {
        ssize_t count = splice(pipe_end, NULL, client, NULL, (size_t)length, 0);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return count < 0 ? errno : EPIPE;

        length -= count;
        *bytes += count;
    }

    return 0;
}

int echo(int client, long long *bytes)
{
    int ends[2];
    if (pipe(ends) != 0)
        return errno;

    /* An error is ignored: if the user's limit of memory for pipes is reached, the pipe works with 64 KiB. */
    (void)fcntl(ends[1], F_SETPIPE_SZ, PIPE_CAPACITY);

    int error = 0;
    while (error == 0) {
        ssize_t count = splice(client, NULL, ends[1], NULL, PIPE_CAPACITY, 0);
        if (count == 0)
            break;
        if (count > 0)
            error = drain(ends[0], client, count, bytes);
        else if (errno != EINTR)
            error = errno;
    }

    close(ends[0]);
    close(ends[1]);
    return error;
}
