/* Measures the time from exec to `listening on`. In each round it starts the servers one after the other, and prints
   one line with a number for each server: the microseconds from just before the start until that line was read from
   the server's standard output.

   Usage: start-time <rounds> <server>...       each server is called with port 0

   It is a program of its own because a large process takes longer to start another one than a small server needs to
   listen. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static const char expected[] = "listening on ";

enum { MISUSED = 2 };

static void fail(const char *what, int error)
{
    fprintf(stderr, "start-time: %s: %s\n", what, strerror(error));
    exit(EXIT_FAILURE);
}

static double microseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

/* posix_spawn makes the child without copying this process's memory; see posix_spawn(3). */
static pid_t start(char *server, int output)
{
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    char *arguments[] = { server, "0", NULL };
    pid_t child;
    int error = posix_spawn(&child, server, &actions, NULL, arguments, environ);
    if (error != 0)
        fail(server, error);

    posix_spawn_file_actions_destroy(&actions);
    return child;
}

/* A server writes its line with one write(2), so one read(2) takes it. */
static int says_listening(int input)
{
    char text[128];
    ssize_t count;
    do
        count = read(input, text, sizeof text);
    while (count < 0 && errno == EINTR);

    return count >= (ssize_t)strlen(expected) && memcmp(text, expected, strlen(expected)) == 0;
}

static double time_of(char *server)
{
    /* Close-on-exec: the server keeps only its standard output, so its end closes the pipe. */
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        fail("pipe", errno);

    double before = microseconds();
    pid_t child = start(server, ends[1]);
    close(ends[1]);
    int listens = says_listening(ends[0]);
    double after = microseconds();

    /* The child was not waited for yet, so its process id cannot belong to another process. */
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    close(ends[0]);
    if (!listens) {
        fprintf(stderr, "start-time: %s does not say '%s'\n", server, expected);
        exit(EXIT_FAILURE);
    }

    return after - before;
}

int main(int argc, char **argv)
{
    int rounds = argc > 2 ? atoi(argv[1]) : 0;
    if (rounds <= 0) {
        fprintf(stderr, "Usage: start-time <rounds> <server>...\n");
        return MISUSED;
    }

    for (int round = 0; round < rounds; round++)
        for (int server = 2; server < argc; server++)
            printf("%.1f%c", time_of(argv[server]), server + 1 < argc ? '\t' : '\n');

    return EXIT_SUCCESS;
}
