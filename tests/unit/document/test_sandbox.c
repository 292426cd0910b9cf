/* Tries to get out of the sandbox in every way that its words rule out. */
#include "nd_test.h"
#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* What a try gave: 0 it worked, else errno. */
static int open_for_reading(void)
{
    return open("/etc/passwd", O_RDONLY) >= 0 ? 0 : errno;
}
static int open_environment(void)
{
    return open("/proc/self/environ", O_RDONLY) >= 0 ? 0 : errno;
}
static int open_for_writing(void)
{
    return open("/tmp/nd-sandbox-was-here", O_WRONLY | O_CREAT, 0600) >= 0 ? 0 : errno;
}
static int remove_file(void)
{
    return unlink("/tmp/nd-sandbox-was-here") == 0 ? 0 : errno;
}
static int look_at_file(void)
{
    struct stat about;
    return stat("/etc/passwd", &about) == 0 ? 0 : errno;
}
static int signal_parent(void)
{
    return kill(getppid(), SIGUSR1) == 0 ? 0 : errno;
}
static int map_code(void)
{
    return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED ? 0
                                                                                                     : errno;
}
static int make_code(void)
{
    void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return mprotect(page, 4096, PROT_READ | PROT_EXEC) == 0 ? 0 : errno;
}
static int raise_memory(void)
{
    struct rlimit none = {RLIM_INFINITY, RLIM_INFINITY};
    return setrlimit(RLIMIT_AS, &none) == 0 ? 0 : errno;
}
static int raise_time(void)
{
    struct rlimit none = {RLIM_INFINITY, RLIM_INFINITY};
    return setrlimit(RLIMIT_CPU, &none) == 0 ? 0 : errno;
}
/* Another's limit could be set to what it has used already, which ends it. */
static int limit_parent(void)
{
    struct rlimit is;
    return prlimit(getppid(), RLIMIT_CPU, NULL, &is) == 0 ? 0 : errno;
}
static int make_socket(void)
{
    return socket(AF_INET, SOCK_STREAM, 0) >= 0 ? 0 : errno;
}
static int make_process(void)
{
    return syscall(SYS_fork) >= 0 ? 0 : errno;
}
static int make_thread(void)
{
    return syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL) >= 0 ? 0 : errno;
}
static int run_program(void)
{
    char *const argv[] = {NULL};
    (void)execve("/bin/true", argv, argv);
    return errno;
}
static int trace_parent(void)
{
    return ptrace(PTRACE_ATTACH, getppid(), NULL, NULL) == 0 ? 0 : errno;
}
static int use_memory(void)
{
    void *block = malloc(1 << 20);
    if (!block) return ENOMEM;
    memset(block, 1, 1 << 20);
    free(block);
    return 0;
}
static int write_to_pipe(void)
{
    return write(STDOUT_FILENO, "", 0) == 0 ? 0 : errno;
}
static int more_time_for_more_pages(void)
{
    struct rlimit is;
    nd_sandbox_allow_pages(5000);
    return getrlimit(RLIMIT_CPU, &is) != 0 ? errno : is.rlim_cur == 220 ? 0 : EINVAL;
}

enum outcome { WORKS, REFUSED, KILLED };
static const struct {
    const char *name;
    int (*try)(void);
    enum outcome outcome;
} tries[] = {
    {"use memory", use_memory, WORKS},
    {"write to the pipe", write_to_pipe, WORKS},
    {"more time for more pages", more_time_for_more_pages, WORKS},
    {"open for reading", open_for_reading, REFUSED},
    {"limit the parent", limit_parent, REFUSED},
    {"open the environment", open_environment, REFUSED},
    {"open for writing", open_for_writing, REFUSED},
    {"remove a file", remove_file, REFUSED},
    {"look at a file", look_at_file, REFUSED},
    {"signal the parent", signal_parent, REFUSED},
    {"map code", map_code, REFUSED},
    {"make code", make_code, REFUSED},
    {"raise memory", raise_memory, REFUSED},
    {"raise time", raise_time, REFUSED},
    {"make a socket", make_socket, KILLED},
    {"make a process", make_process, KILLED},
    {"make a thread", make_thread, KILLED},
    {"run a program", run_program, KILLED},
    {"trace the parent", trace_parent, KILLED},
};

static int in_sandbox(int (*try)(void))
{
    const char *why = NULL;
    int status = 0;
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        if (!nd_sandbox_limits()) _exit(200);
        if (!nd_sandbox_close(&why)) _exit(201);
        _exit(try());
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    return status;
}

START_TEST(nothing_but_memory_and_the_pipe_is_left)
{
    for (size_t i = 0; i < sizeof tries / sizeof tries[0]; i++) {
        int status = in_sandbox(tries[i].try);
        int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
        bool right = tries[i].outcome == KILLED  ? WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS
                     : tries[i].outcome == WORKS ? code == 0
                                                 : code == EPERM || code == EACCES;
        ck_assert_msg(right, "%s: exit %d, signal %d", tries[i].name, code,
                      WIFSIGNALED(status) ? WTERMSIG(status) : 0);
    }
}
END_TEST

static int limits_are_set(void)
{
    static const struct {
        __rlimit_resource_t what;
        rlim_t max;
    } wanted[] = {{RLIMIT_CPU, 20}, {RLIMIT_FSIZE, 0}, {RLIMIT_CORE, 0}, {RLIMIT_NOFILE, 64}};
    struct rlimit is;
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        if (getrlimit(wanted[i].what, &is) != 0 || is.rlim_cur != wanted[i].max) return 10 + (int)i;
    }
#ifndef ND_SANITIZED
    if (getrlimit(RLIMIT_AS, &is) != 0 || is.rlim_max != (rlim_t)1 << 30) return 20;
#endif
    return 0;
}

START_TEST(limits_are_those_of_the_protocol)
{
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
        if (!nd_sandbox_limits()) _exit(200);
        if (prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) != 0 || prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1)
            _exit(201);
        _exit(limits_are_set());
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "status %d", WEXITSTATUS(status));
}
END_TEST

ND_TEST_MAIN("document/sandbox", nothing_but_memory_and_the_pipe_is_left, limits_are_those_of_the_protocol)
