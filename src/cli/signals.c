#include "signals.h"
#include "last_words.h"
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

static atomic_bool stop;
static atomic_int received;
static const char *first_hint = "";

static void on_signal(int number)
{
    int none = 0;
    if (!atomic_compare_exchange_strong(&received, &none, number)) _exit(128 + number);
    atomic_store(&stop, true);
    last_words(first_hint, strlen(first_hint));
}

void signals_install(const char *hint)
{
    first_hint = hint;
    struct sigaction action = {.sa_handler = on_signal};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigemptyset(&ignore.sa_mask);
    sigaction(SIGPIPE, &ignore, NULL);
}

const atomic_bool *signals_stop(void)
{
    return &stop;
}

int signals_received(void)
{
    return atomic_load(&received);
}
