#include "steps.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

void steps_open(struct steps *s, const char *path, const char *count)
{
    struct nd_error err = {0};
    *s = (struct steps){.text = ND_BYTES(ND_BYTES_MAX), .count = (size_t)strtoul(count, NULL, 10)};
    if (nd_file_read(path, &s->text, &err) != ND_OK || s->text.len < 10 * STEP_BYTES || s->count == 0) {
        fprintf(stderr, "wanted a number of steps and a text of at least %d bytes: %s\n", 10 * STEP_BYTES,
                path);
        exit(2);
    }
    s->ms = ND_ARRAY(double, s->count);
}

void steps_text(const struct steps *s, size_t i, char model[STEP_MODEL_BYTES], char tool[STEP_TOOL_BYTES])
{
    size_t from = i * STEP_BYTES % (s->text.len - STEP_BYTES);
    memcpy(model, s->text.data + from, STEP_MODEL_BYTES);
    memcpy(tool, s->text.data + from + STEP_MODEL_BYTES, STEP_TOOL_BYTES);
}

double steps_now_ms(void)
{
    struct timespec at = {0};
    (void)clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec * 1e3 + (double)at.tv_nsec / 1e6;
}

static bool in_turns(void)
{
    return getenv("STEPS_TURNS") != NULL;
}

double steps_begin(void)
{
    if (in_turns() && getchar() == EOF) exit(2);
    return steps_now_ms();
}

void steps_took(struct steps *s, double since_ms)
{
    s->ms[s->done++] = steps_now_ms() - since_ms;
    if (!in_turns()) return;
    (void)putchar('.');
    (void)fflush(stdout);
}

int64_t steps_file_bytes(const char *path)
{
    struct stat info = {0};
    return stat(path, &info) == 0 ? (int64_t)info.st_size : 0;
}

/* Bytes that this process has written to files, as the kernel counts them. */
static long long written(void)
{
    char text[400] = "";
    long long bytes = -1;
    FILE *file = fopen("/proc/self/io", "r");
    size_t got = file ? fread(text, 1, sizeof text - 1, file) : 0;
    text[got] = '\0';
    const char *at = strstr(text, "wchar: ");
    if (at) bytes = strtoll(at + 7, NULL, 10);
    if (file) (void)fclose(file);
    return bytes;
}

static int by_size(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static double median_of(double *ms, size_t n)
{
    qsort(ms, n, sizeof *ms, by_size);
    return n % 2 ? ms[n / 2] : (ms[n / 2 - 1] + ms[n / 2]) / 2;
}

void steps_print(struct steps *s, const char *peer, int64_t closed_bytes, double load_ms)
{
    double total = 0;
    size_t edge = s->done < 10 ? s->done : 10;
    for (size_t i = 0; i < s->done; i++) total += s->ms[i];
    double last = median_of(s->ms + s->done - edge, edge);
    double first = median_of(s->ms, edge);
    double median = median_of(s->ms, s->done); /* the last: it sorts */
    printf("\n{\"peer\":\"%s\",\"steps\":%zu,\"ms_mean\":%.4f,\"ms_median\":%.4f,\"ms_first10\":%.4f,\"ms_"
           "last10\":%.4f,"
           "\"raw_bytes\":%zu,\"closed_bytes\":%lld,\"written_bytes\":%lld,\"load_ms\":%.3f}\n",
           peer, s->done, total / (double)s->done, median, first, last, s->done * STEP_BYTES,
           (long long)closed_bytes, written(), load_ms);
    nd_free(s->ms);
    nd_bytes_release(&s->text);
}
