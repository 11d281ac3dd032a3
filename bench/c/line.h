/* A line of text that is put together in memory of the caller. snprintf(3) is not on the list of what a
   signal handler may call, see signal-safety(7); this may be called anywhere. What doesn't fit is cut. */
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

/* Ends the line and writes it to standard output with one write(2), so that lines of different processes
   never mix. A line that can't be written is lost. errno may change. */
void line_write(struct line *line);

#endif
