/* What the kernel refuses a student's program, whatever else is in force (seccomp): it opens no socket, so that
 * neither the network nor a server that listens by a path (a terminal multiplexer, an agent of keys) can be reached;
 * it looks into no other process. A pair of sockets that are connected to each other is allowed.
 *
 * The same filter gives one call that means nothing an answer that nobody else gives: by it a tracer that such a
 * program starts knows where it is. A program cannot take a filter off, nor put a mark in its place away. */
#include "confined.h"

#ifdef __linux__
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define OUR_KIND AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define OUR_KIND AUDIT_ARCH_AARCH64
#elif defined(__s390x__)
#define OUR_KIND AUDIT_ARCH_S390X
#elif defined(__riscv) && __riscv_xlen == 64
#define OUR_KIND AUDIT_ARCH_RISCV64
#endif

enum { MARK_QUESTION = 0x7472, MARK_ANSWER = EOWNERDEAD, KIND_OF_SOCKET = 0xf, SECOND_NUMBERS = 0x40000000 };

#ifdef OUR_KIND
#define LOW_WORD_OF(argument) \
    (offsetof(struct seccomp_data, args) + (argument) * 8 + (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? 4 : 0))
#define LOAD(offset) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (unsigned)(offset))
#define SKIP_UNLESS(number, count) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)(number), 0, count)
#define ANSWER(number) BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (number))
#define REFUSE(call) SKIP_UNLESS(call, 1), ANSWER(EACCES)

static const struct sock_filter FILTER[] = {
    LOAD(offsetof(struct seccomp_data, arch)),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, OUR_KIND, 1, 0),
    ANSWER(ENOSYS), /* the calls of another kind of program have other numbers */
    LOAD(offsetof(struct seccomp_data, nr)),
    BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, SECOND_NUMBERS, 0, 1),
    ANSWER(ENOSYS),
    REFUSE(SYS_socket),
#ifdef SYS_socketcall
    REFUSE(SYS_socketcall),
#endif
    REFUSE(SYS_ptrace),
    REFUSE(SYS_process_vm_readv),
    REFUSE(SYS_process_vm_writev),
#ifdef SYS_pidfd_getfd
    REFUSE(SYS_pidfd_getfd),
#endif
#ifdef SYS_io_uring_setup
    REFUSE(SYS_io_uring_setup), /* it opens sockets without a call */
#endif
    /* A datagram of a pair can be sent to any address. */
    SKIP_UNLESS(SYS_socketpair, 5),
    LOAD(LOW_WORD_OF(1)),
    BPF_STMT(BPF_ALU | BPF_AND | BPF_K, KIND_OF_SOCKET),
    SKIP_UNLESS(SOCK_STREAM, 1),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    ANSWER(EACCES),
    SKIP_UNLESS(SYS_prctl, 3),
    LOAD(LOW_WORD_OF(0)),
    SKIP_UNLESS(MARK_QUESTION, 1),
    ANSWER(MARK_ANSWER),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
};
#endif

bool confined_filter(void)
{
#ifdef OUR_KIND
    struct sock_fprog program = {.len = sizeof FILTER / sizeof *FILTER, .filter = (struct sock_filter *)FILTER};
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0;
#else
    return false;
#endif
}

bool confined_inside(void)
{
    return prctl(MARK_QUESTION, 0, 0, 0, 0) == -1 && errno == MARK_ANSWER;
}
#else
bool confined_filter(void)
{
    return false;
}

bool confined_inside(void)
{
    return false;
}
#endif
