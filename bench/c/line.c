#include "line.h"

#include <errno.h>
#include <unistd.h>

enum { NEWLINE_LENGTH = 1, MILLISECONDS_PER_SECOND = 1000 };

static void add_byte(struct line *line, char byte)
{
    if (line->length < sizeof line->text - NEWLINE_LENGTH)
        line->text[line->length++] = byte;
}

/* Adds a number with at least this many digits, with leading zeros. */
static void add_digits(struct line *line, unsigned long long number, int at_least)
{
    char reversed[24];
    int count = 0;
    do {
        reversed[count++] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0 || count < at_least);

    while (count > 0)
        add_byte(line, reversed[--count]);
}

void line_add(struct line *line, const char *text)
{
    while (*text != '\0')
        add_byte(line, *text++);
}

void line_add_number(struct line *line, long long number)
{
    if (number < 0)
        add_byte(line, '-');

    /* The lowest number has no positive counterpart in its own type, so it is negated as an unsigned number. */
    add_digits(line, number < 0 ? 0ULL - (unsigned long long)number : (unsigned long long)number, 1);
}

void line_add_seconds(struct line *line, long long milliseconds)
{
    line_add_number(line, milliseconds / MILLISECONDS_PER_SECOND);
    add_byte(line, '.');
    add_digits(line, (unsigned long long)(milliseconds % MILLISECONDS_PER_SECOND), 3);
}

void line_write(struct line *line)
{
    line->text[line->length++] = '\n';
    ssize_t written;
    do
        written = write(STDOUT_FILENO, line->text, line->length);
    while (written < 0 && errno == EINTR);
}
