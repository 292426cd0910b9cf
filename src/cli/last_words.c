#include "last_words.h"
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <sys/types.h>
#include <unistd.h>

void last_words(const char *text, size_t len)
{
    int before = errno;
    struct pollfd where = {.fd = STDERR_FILENO, .events = POLLOUT};
    bool taken = poll(&where, 1, 0) == 1 && where.revents == POLLOUT;
    ssize_t unused = taken ? write(STDERR_FILENO, text, len) : 0; /* a terminal that is gone is fine */
    (void)unused;
    errno = before;
}
