/* A TCP echo server that forks one process for each client: what EchoNative is measured against. It does
   what the textbook program does, in the same order, says the same words, and has none of its faults.

   Usage: echo-server <port>       port 0 takes any free port

   Built with FORK=0 it serves each client in the one process it has, by the same calls. Nobody would want
   that server: the difference between the two is what the fork costs. */
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

/* The handler alone writes the one, the loop alone the other. A single count that both change could lose
   a change, unless the signal were blocked meanwhile. */
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

/* It may interrupt anything, so it calls only what signal-safety(7) allows, and puts errno back: the loop
   may be about to look at it. */
static void remove_children(int signal)
{
    (void)signal;
    int before = errno;

    /* Signals merge: one may stand for many children. So it asks until there are none. */
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
    /* SA_RESTART: accept goes on by itself after the handler. SA_NOCLDSTOP: a child that is stopped by a
       signal has not ended. */
    struct sigaction on_child = { .sa_handler = remove_children, .sa_flags = SA_RESTART | SA_NOCLDSTOP };
    sigemptyset(&on_child.sa_mask);
    if (sigaction(SIGCHLD, &on_child, NULL) != 0)
        fail("sigaction");

    /* A client that has gone is told by EPIPE, not by the end of the process. */
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

    /* Where there was a fork, the parent has closed its copy, so this one is the last: the client now sees
       the end. */
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

    /* A child of an earlier server may still hold connections on this port: that must not keep a new server
       from binding it. */
    int on = 1;
    if (setsockopt(listening, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0)
        fail("setsockopt");

    /* Accepted sockets inherit this: an answer leaves at once, instead of waiting until the client has
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

    /* The system cuts this down to the longest queue that it allows. */
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
        /* fork copied the descriptor, not the socket: if this copy stayed open, the port would stay taken
           for as long as this client stays, even after the parent has ended. */
        close(listening);

        /* _exit, not exit: what the parent has registered or buffered is the parent's. */
        _exit(serve(client, peer, active));

    default:
        forked++;
        break;
    }

    /* The child has its own copy. If this one stayed open, the client would never see the end of the
       connection, and the parent would run out of descriptors. */
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
        /* The clients stay in the queue, so accept would fail again at once: without the pause the loop
           would spin. A child that ends makes room, and ends the pause. */
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
