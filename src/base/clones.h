/* clones.h - one binary, the right instructions: inner loops are compiled for AVX-512, AVX2 and
   the baseline, and the dynamic linker picks. */
#ifndef EISI_CLONES_H
#define EISI_CLONES_H

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(EISI_NO_CLONES)
#define EISI_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define EISI_CLONES
#endif

/* The loop that follows has no dependence between its rounds, whatever the pointers look like. */
#if defined(__clang__)
#define EISI_IVDEP _Pragma("clang loop vectorize(assume_safety)")
#elif defined(__GNUC__)
#define EISI_IVDEP _Pragma("GCC ivdep")
#else
#define EISI_IVDEP
#endif

#endif
