/* A line of text that is built in memory of the caller. A signal handler may call these functions; it must not call
   snprintf(3), see signal-safety(7). A line that is too long is truncated. */
#ifndef LINE_H
#define LINE_H

#include <stddef.h>

struct line {
    size_t length;
    char text[256];
};

void line_add(struct line *line, const char *text);
void line_add_number(struct line *line, long long number);

/* Adds a duration in seconds with three decimals. */
void line_add_seconds(struct line *line, long long milliseconds);

/* Adds a newline and writes the line to standard output by one write(2), so that lines of different processes
   do not mix. A line that cannot be written is lost. errno may change. */
void line_write(struct line *line);

#endif
