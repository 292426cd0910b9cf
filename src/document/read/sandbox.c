#include "sandbox.h"
#include "nightdesk/document/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#define COUNT(list) (sizeof(list) / sizeof(list)[0])

static bool limit(__rlimit_resource_t what, rlim_t soft, rlim_t hard)
{
    struct rlimit r = {.rlim_cur = soft, .rlim_max = hard};
    return setrlimit(what, &r) == 0;
}

bool nd_sandbox_limits(void)
{
    bool fine = limit(RLIMIT_CPU, ND_READ_CPU_S, ND_READ_CPU_SECONDS(ND_READ_PAGES_MAX)) &&
                limit(RLIMIT_FSIZE, 0, 0) && limit(RLIMIT_CORE, 0, 0) &&
                limit(RLIMIT_NOFILE, ND_READ_OPEN_FILES, ND_READ_OPEN_FILES);
#ifndef ND_SANITIZED
    fine = fine && limit(RLIMIT_AS, ND_READ_ADDRESS_BYTES, ND_READ_ADDRESS_BYTES);
#endif
    return fine && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
}

void nd_sandbox_allow_pages(uint32_t pages)
{
    (void)limit(RLIMIT_CPU, ND_READ_CPU_SECONDS(pages), ND_READ_CPU_SECONDS(ND_READ_PAGES_MAX));
}

/* Denies every file to begin with. Kernels before 5.13, and some containers, have no Landlock: the filter
 * below, which lets nothing be opened, then stands alone. */
static void close_files(void)
{
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (version < 1) return;
    struct landlock_ruleset_attr all = {.handled_access_fs = (1U << 13) - 1}; /* the rights of version 1 */
    int fd = (int)syscall(SYS_landlock_create_ruleset, &all, sizeof all, 0);
    if (fd < 0) return;
    (void)syscall(SYS_landlock_restrict_self, fd, 0);
    (void)close(fd);
}

static const int allowed[] = {
    SCMP_SYS(read),
    SCMP_SYS(write),
    SCMP_SYS(writev),
    SCMP_SYS(lseek),
    SCMP_SYS(close),
    SCMP_SYS(fstat),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    SCMP_SYS(brk),
    SCMP_SYS(futex),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(getrandom),
    SCMP_SYS(getpid),
    SCMP_SYS(gettid),
    SCMP_SYS(sched_yield),
    SCMP_SYS(getrusage),
    SCMP_SYS(restart_syscall),
};
static const int deadly[] = {
    SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(socket), SCMP_SYS(connect), SCMP_SYS(ptrace),
    SCMP_SYS(clone),  SCMP_SYS(clone3),   SCMP_SYS(fork),   SCMP_SYS(vfork),
};

/* Everything that is in no list is answered with EPERM, since libraries look for files that they can do
 * without. */
static int add_rules(scmp_filter_ctx filter)
{
    int rc = 0;
    for (size_t i = 0; i < COUNT(allowed) && rc == 0; i++)
        rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i], 0);
    for (size_t i = 0; i < COUNT(deadly) && rc == 0; i++)
        rc = seccomp_rule_add(filter, SCMP_ACT_KILL_PROCESS, deadly[i], 0);
    const struct scmp_arg_cmp no_code = SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0);
    if (rc == 0) rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, no_code);
    if (rc == 0) rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, no_code);
    /* abort() sends itself a signal; the processor time may be raised up to its hard limit, its own alone */
    const struct scmp_arg_cmp self = SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid(), 0);
    if (rc == 0) rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1, self);
    const struct scmp_arg_cmp own = SCMP_A0(SCMP_CMP_EQ, 0, 0), cpu = SCMP_A1(SCMP_CMP_EQ, RLIMIT_CPU, 0);
    if (rc == 0) rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 2, own, cpu);
    return rc;
}

bool nd_sandbox_close(const char **why)
{
    close_files();
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    int rc = filter ? add_rules(filter) : -ENOMEM;
    if (rc == 0) rc = seccomp_load(filter);
    if (filter) seccomp_release(filter);
    if (rc == 0) return true;
    *why = "the sandbox for reading could not be set up: the kernel or the container refuses seccomp filters";
    return false;
}
