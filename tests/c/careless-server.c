/* A TCP echo server with the usual faults, for echo-trace to find: the child keeps the listening socket open, the parent
   keeps the connected one open, and each SIGCHLD removes only one child, although signals merge.

   Usage: careless-server        listens on a free port and prints it */
#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BACKLOG = 5, BUFFER_LENGTH = 1024 };

static void fail(const char *call)
{
    perror(call);
    exit(EXIT_FAILURE);
}

/* One waitpid for each signal: of children that end at the same time, all but one stay as zombies. */
static void remove_child(int signal)
{
    (void)signal;
    waitpid(-1, NULL, WNOHANG);
}

static void serve(int client)
{
    char buffer[BUFFER_LENGTH];
    ssize_t count;
    while ((count = read(client, buffer, sizeof buffer)) > 0)
        if (write(client, buffer, (size_t)count) != count)
            break;
}

int main(void)
{
    struct sigaction on_child = { .sa_handler = remove_child, .sa_flags = SA_RESTART };
    sigemptyset(&on_child.sa_mask);
    sigaction(SIGCHLD, &on_child, NULL);

    int listening = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = { .sin_family = AF_INET };
    socklen_t length = sizeof address;
    if (listening < 0 || bind(listening, (struct sockaddr *)&address, length) != 0 || listen(listening, BACKLOG) != 0)
        fail("listen");

    getsockname(listening, (struct sockaddr *)&address, &length);
    printf("listening on 0.0.0.0:%d\n", ntohs(address.sin_port));
    fflush(stdout);
    for (;;) {
        int client = accept(listening, NULL, NULL);
        if (client < 0)
            continue;

        /* The faults: the child does not close the listening socket, the parent does not close the connected one. */
        if (fork() == 0) {
            serve(client);
            _exit(EXIT_SUCCESS);
        }
    }
}
