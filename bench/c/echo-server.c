/* A TCP echo server that forks one process for each client. EchoNative is measured against it. It makes the
   calls of the textbook program in the same order and writes the same log, without the faults of that program.

   Usage: echo-server <port>       port 0 takes any free port

   Built with FORK=0 it serves its clients one after the other in a single process, by the same calls. The
   difference between the two builds is the cost of the fork. */
#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "echo.h"
#include "line.h"

#ifndef FORK
#define FORK 1
#endif

enum { EXIT_MISUSED = 2, PORT_MAX = 65535, ACCEPT_PAUSE_MICROSECONDS = 100 * 1000 };

/* "255.255.255.255:65535" with its NUL fits. */
struct peer {
    char text[INET_ADDRSTRLEN + sizeof ":65535"];
};

/* Only the handler writes "removed", and only the loop writes "forked". A single counter that both change could
   lose a change, unless the signal were blocked. */
static volatile sig_atomic_t removed;
static volatile sig_atomic_t forked;

static long long milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

static void fail(const char *call)
{
    fprintf(stderr, "echo-server: %s() error: %s\n", call, strerror(errno));
    exit(EXIT_FAILURE);
}

/* ---------------------------------------------------------------- the parent: removing children */

static void say_removed(pid_t child, int status)
{
    struct line line = { .length = 0 };
    line_add(&line, "removed proc id: ");
    line_add_number(&line, child);
    if (WIFSIGNALED(status)) {
        line_add(&line, " (killed by signal ");
        line_add_number(&line, WTERMSIG(status));
        line_add(&line, ")");
    } else if (WEXITSTATUS(status) != 0) {
        line_add(&line, " (exit status ");
        line_add_number(&line, WEXITSTATUS(status));
        line_add(&line, ")");
    }

    line_write(&line);
}

/* The handler may interrupt the loop anywhere. So it calls only functions that signal-safety(7) allows, and
   restores errno, which the loop may be about to read. */
static void remove_children(int signal)
{
    (void)signal;
    int before = errno;

    /* Pending signals merge: one signal may stand for many children. So waitpid is called until none is left. */
    pid_t child;
    int status;
    while ((child = waitpid(-1, &status, WNOHANG)) > 0) {
        removed++;
        say_removed(child, status);
    }

    errno = before;
}

static void install_handlers(void)
{
    /* SA_RESTART: accept is restarted after the handler. SA_NOCLDSTOP: no signal for a child that is stopped. */
    struct sigaction on_child = { .sa_handler = remove_children, .sa_flags = SA_RESTART | SA_NOCLDSTOP };
    sigemptyset(&on_child.sa_mask);
    if (sigaction(SIGCHLD, &on_child, NULL) != 0)
        fail("sigaction");

    /* A write to a closed connection then fails with EPIPE, and does not end the process. */
    struct sigaction ignore = { .sa_handler = SIG_IGN };
    sigemptyset(&ignore.sa_mask);
    if (sigaction(SIGPIPE, &ignore, NULL) != 0)
        fail("sigaction");
}

/* ---------------------------------------------------------------- the child */

static void say_connected(const struct peer *peer, pid_t self, int active)
{
    struct line line = { .length = 0 };
    line_add(&line, "new client connected... ");
    line_add(&line, peer->text);
    line_add(&line, " (pid ");
    line_add_number(&line, self);
    line_add(&line, ", ");
    line_add_number(&line, active);
    line_add(&line, " active)");
    line_write(&line);
}

static void say_disconnected(const struct peer *peer, pid_t self, long long bytes, long long duration, int error)
{
    struct line line = { .length = 0 };
    line_add(&line, "client disconnected... ");
    line_add(&line, peer->text);
    line_add(&line, " (pid ");
    line_add_number(&line, self);
    line_add(&line, ", ");
    line_add_number(&line, bytes);
    line_add(&line, " bytes, ");
    line_add_seconds(&line, duration);
    line_add(&line, " s)");
    if (error != 0) {
        line_add(&line, ": ");
        line_add(&line, strerror(error));
    }

    line_write(&line);
}

/* One client from its first byte to its end. Returns the exit status. */
static int serve(int client, const struct peer *peer, int active)
{
    pid_t self = getpid();
    long long start = milliseconds();
    long long bytes = 0;
    say_connected(peer, self, active);
    int error = echo(client, &bytes);

    /* After a fork, the parent has closed its copy of the descriptor. This copy is the last one, so the client now
       gets the end of file. */
    close(client);
    say_disconnected(peer, self, bytes, milliseconds() - start, error);
    return error == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* ---------------------------------------------------------------- the parent: accepting */

static struct peer name_of(const struct sockaddr_in *address)
{
    struct peer peer;
    char host[INET_ADDRSTRLEN];
    inet_ntop(AF_INET, &address->sin_addr, host, sizeof host);
    snprintf(peer.text, sizeof peer.text, "%s:%d", host, ntohs(address->sin_port));
    return peer;
}

static int listen_on(int port)
{
    int listening = socket(AF_INET, SOCK_STREAM, 0);
    if (listening < 0)
        fail("socket");

    /* A child of an earlier server may still have connections on this port. A new server must be able to bind the
       port all the same. */
    int on = 1;
    if (setsockopt(listening, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0)
        fail("setsockopt");

    /* Accepted sockets inherit TCP_NODELAY: an answer is sent at once and does not wait until the client has
       acknowledged the one before (Nagle's algorithm, tcp(7)). */
    if (setsockopt(listening, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0)
        fail("setsockopt");

    struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_port = htons((in_port_t)port),
        .sin_addr.s_addr = htonl(INADDR_ANY),
    };
    if (bind(listening, (struct sockaddr *)&address, sizeof address) != 0)
        fail("bind");

    /* The kernel reduces this to the longest queue that it allows (net.core.somaxconn). */
    if (listen(listening, INT_MAX) != 0)
        fail("listen");

    return listening;
}

static void say_listening(int listening)
{
    struct sockaddr_in address;
    socklen_t length = sizeof address;
    if (getsockname(listening, (struct sockaddr *)&address, &length) != 0)
        fail("getsockname");

    struct peer self = name_of(&address);
    struct line line = { .length = 0 };
    line_add(&line, "listening on ");
    line_add(&line, self.text);
    line_write(&line);
}

static void fork_and_serve(int listening, int client, const struct peer *peer)
{
    int active = forked - removed + 1;
    switch (fork()) {
    case -1:
        fprintf(stderr, "echo-server: fork() error: %s (%s was disconnected)\n", strerror(errno), peer->text);
        break;

    case 0:
        /* fork has copied the descriptor, not the socket. If this copy stayed open, the port would stay in use until
           this client leaves, even after the parent has ended. */
        close(listening);

        /* _exit, not exit: the exit handlers and the buffered output belong to the parent. */
        _exit(serve(client, peer, active));

    default:
        forked++;
        break;
    }

    /* The child has its own copy. If this one stayed open, the client would never get the end of file, and the
       parent would run out of descriptors. */
    close(client);
}

/* No error of one connection ends the server. */
static void accept_failed(void)
{
    switch (errno) {
    case EINTR:
    case ECONNABORTED:
        return;

    default:
        /* The clients stay in the queue, so accept would fail again at once, and without the pause the loop would
           spin. The end of a child frees resources; its signal also ends the pause. */
        fprintf(stderr, "echo-server: accept() error: %s\n", strerror(errno));
        usleep(ACCEPT_PAUSE_MICROSECONDS);
        return;
    }
}

int main(int argc, char **argv)
{
    char *end;
    errno = 0;
    long port = argc == 2 ? strtol(argv[1], &end, 10) : -1;
    if (port < 0 || port > PORT_MAX || errno != 0 || end == argv[1] || *end != '\0') {
        fprintf(stderr, "Usage: echo-server <port>\n");
        return EXIT_MISUSED;
    }

    install_handlers();
    int listening = listen_on((int)port);
    say_listening(listening);
    for (;;) {
        struct sockaddr_in address;
        socklen_t length = sizeof address;
        int client = accept(listening, (struct sockaddr *)&address, &length);
        if (client < 0) {
            accept_failed();
            continue;
        }

        struct peer peer = name_of(&address);
        if (FORK)
            fork_and_serve(listening, client, &peer);
        else
            serve(client, &peer, 1);
    }
}
