#include "batch_child.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/file.h"
#include "nightdesk/base/json.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ANSWER_MAX_BYTES = 16 << 20, EXIT_NOT_STARTED = 127 };

/* Only calls that are safe after fork. The parent has one thread; it may be dead by now. */
_Noreturn static void become(char *const *argv, pid_t parent, int lock, int in, int out, int log)
{
    sigset_t none;
    (void)sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    (void)setpgid(0, 0);
    bool ready = prctl(PR_SET_PDEATHSIG, SIGTERM) == 0 && getppid() == parent &&
                 dup2(in, STDIN_FILENO) >= 0 && dup2(out, STDOUT_FILENO) >= 0 &&
                 dup2(log, STDERR_FILENO) >= 0 && fcntl(lock, F_SETFD, 0) == 0;
    (void)signal(SIGINT, SIG_DFL);
    (void)signal(SIGTERM, SIG_DFL);
    (void)signal(SIGPIPE, SIG_DFL);
    if (ready) (void)execv("/proc/self/exe", argv);
    _exit(EXIT_NOT_STARTED);
}

static char **argv_of(const struct nd_strings *args)
{
    char **argv = ND_ARRAY(char *, args->n + 1);
    for (size_t i = 0; i < args->n; i++) argv[i] = args->v[i];
    return argv;
}

enum nd_rc child_start(struct child *c, const struct nd_strings *args, int lock, const char *log,
                       struct nd_error *err)
{
    enum nd_rc rc = ND_OK;
    *c = (struct child){.answer = tmpfile()};
    if (c->answer) (void)fcntl(fileno(c->answer), F_SETFD, FD_CLOEXEC);
    int in = open("/dev/null", O_RDONLY | O_CLOEXEC);
    int to = open(log, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0644);
    if (!c->answer || in < 0) rc = nd_fail(err, ND_RETRY, "no process can be started: %s", strerror(errno));
    if (rc == ND_OK && to < 0)
        rc = nd_fail(err, nd_rc_of_errno(errno), "'%.180s' cannot be written: %s", log, strerror(errno));
    if (rc == ND_OK) {
        char **argv = argv_of(args);
        pid_t parent = getpid();
        c->pid = fork();
        if (c->pid == 0) become(argv, parent, lock, in, fileno(c->answer), to);
        if (c->pid < 0) rc = nd_fail(err, ND_RETRY, "no process can be started: %s", strerror(errno));
        nd_free(argv);
    }
    if (in >= 0) (void)close(in);
    if (to >= 0) (void)close(to);
    if (rc != ND_OK) {
        if (c->answer) (void)fclose(c->answer);
        *c = (struct child){.pid = 0};
    }
    return rc;
}

void child_stop(const struct child *c)
{
    if (c->pid > 0) (void)kill(c->pid, SIGTERM);
}

static int status_of(int wait_status)
{
    return WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : 128 + WTERMSIG(wait_status);
}

bool child_ended(struct child *c, int *status)
{
    int found = 0;
    pid_t pid = (pid_t)TEMP_FAILURE_RETRY(waitpid(c->pid, &found, WNOHANG));
    if (pid == 0) return false;
    c->pid = 0;
    *status = pid > 0 ? status_of(found) : ND_EXIT_TRY_AGAIN;
    return true;
}

static struct nd_view last_line(struct nd_view text)
{
    text = nd_view_trim(text);
    size_t start = text.len;
    while (start > 0 && text.data[start - 1] != '\n') start--;
    return nd_view_sub(text, start, text.len);
}

char *child_message(const struct child *c)
{
    struct nd_bytes text = ND_BYTES(ANSWER_MAX_BYTES);
    struct nd_json *json = NULL;
    char block[4096];
    size_t got = 0;
    rewind(c->answer);
    while ((got = fread(block, 1, sizeof block, c->answer)) > 0) nd_bytes_add(&text, block, got);
    char *message = NULL;
    if (nd_json_parse(&json, last_line(nd_bytes_view(&text)), NULL) == ND_OK)
        message = nd_strdup(nd_json_get_str(nd_json_get(json, "error"), "message"));
    nd_json_free(json);
    nd_bytes_release(&text);
    return message;
}

void child_release(struct child *c)
{
    int status = 0;
    if (c->pid > 0) (void)TEMP_FAILURE_RETRY(waitpid(c->pid, &status, 0));
    if (c->answer) (void)fclose(c->answer);
    *c = (struct child){.pid = 0};
}
