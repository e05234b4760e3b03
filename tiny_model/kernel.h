/* KERNEL marks a loop that is compiled once for each vector width of the machine's family
 * and chosen when the program starts. The order of the additions of a cell never changes:
 * vectors run over columns, a multiply and an add stay two roundings.
 * VECTOR_DOUBLES says how many doubles a register holds in the one that was chosen. */
#ifndef TINY_MODEL_KERNEL_H
#define TINY_MODEL_KERNEL_H

#include <float.h>
#include <limits.h> /* the first header of the C library: it says which library it is */
#include <stdbool.h>

#ifdef __FAST_MATH__
#error "numbers are recorded as they are computed: build without -ffast-math"
#endif
#if FLT_EVAL_METHOD != 0 && FLT_EVAL_METHOD != 1 /* 1 concerns floats alone */
#error "doubles must be rounded after every operation: build without x87 arithmetic"
#endif

#if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define KERNEL __attribute__((target_clones("default", "avx2", "avx512f"), noinline))
#define VECTOR_DOUBLES (__builtin_cpu_supports("avx512f") ? 8 : __builtin_cpu_supports("avx2") ? 4 : 2)
#elif defined(__AVX__)
#define KERNEL
#define VECTOR_DOUBLES 4
#else
#define KERNEL
#define VECTOR_DOUBLES 2
#endif

#endif
