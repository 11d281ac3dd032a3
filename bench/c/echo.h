/* The echo. echo-copy.c and echo-splice.c implement it; a server is linked with one of them. */
#ifndef ECHO_H
#define ECHO_H

/* Writes back all that the client sends, until its end of file or an error. The caller owns the descriptor.
   Adds the number of bytes written back to *bytes. Returns 0 at the end of file, otherwise the errno. */
int echo(int client, long long *bytes);

#endif
