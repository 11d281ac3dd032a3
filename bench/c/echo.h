/* The echo itself, of which there are two: echo-copy.c and echo-splice.c. The one that is linked is used. */
#ifndef ECHO_H
#define ECHO_H

/* Writes back whatever comes, until the client's end of file or an error. The caller owns the descriptor.
   Adds what was written back to *bytes. Returns 0 at the end of file, otherwise the errno. */
int echo(int client, long long *bytes);

#endif
