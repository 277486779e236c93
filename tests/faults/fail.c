/* fail.c - preloaded into eisfit by tests/faults: makes the n-th allocation, or the n-th call that
   opens, reads or writes something, fail, as it does when memory or a disk has no more room.  The
   command line is loaded once; then for each trial that is asked for on one pipe the process forks,
   and what became of it is told on another. */
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <link.h>
#include <malloc.h>
#include <pthread.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

void *__libc_malloc(size_t);
void *__libc_calloc(size_t, size_t);
void *__libc_realloc(void *, size_t);
void *__libc_memalign(size_t, size_t);
void __libc_free(void *);

enum { MEMORY = 'm', FILES = 'f', DEPTH = 16, LIVE = 1 << 17, SECONDS = 120 };

typedef struct block {
  void *p;
  void *frame[DEPTH]; /* when the trial is traced */
} block;

static struct {
  char kind;  /* MEMORY or FILES */
  long nth;   /* 0: only count */
  bool all;   /* the n-th and all after it */
  bool trace; /* keep where blocks come from */
  FILE *list; /* where each counted call comes from */
  atomic_long count, fired;
  atomic_flag busy;
  bool on; /* main() is running */
  struct {
    uintptr_t from, to;
  } spared; /* a library whose calls succeed */
} trial;
static block live[LIVE];
static size_t n_live;
static __thread bool inside; /* no counting of what the counting itself does */

static void *next_of(const char *name) { return dlsym(RTLD_NEXT, name); }

/* ---- which call this is ---- */

static void note_origin(void) {
  void *frame[DEPTH];
  inside = true;
  const int n = backtrace(frame, DEPTH);
  for (int i = 2; i < DEPTH; i++)
    fprintf(trial.list, "%lx%c", i < n ? (unsigned long)(uintptr_t)frame[i] : 0UL,
            i + 1 < DEPTH ? ' ' : '\n');
  inside = false;
}

/* Whether this call has to fail. */
static __attribute__((noinline)) bool fails_for(char kind, void *caller) {
  if (!trial.on || kind != trial.kind || inside) return false;
  if ((uintptr_t)caller >= trial.spared.from && (uintptr_t)caller < trial.spared.to) return false;
  const long k = ++trial.count;
  if (trial.list) note_origin();
  if (trial.nth == 0 || k < trial.nth || (k > trial.nth && !trial.all)) return false;
  trial.fired++;
  return true;
}

#define fails(kind) fails_for(kind, __builtin_return_address(0))

/* The addresses of a library whose name begins like that. */
static int spare(struct dl_phdr_info *info, size_t size, void *name) {
  (void)size;
  const char *slash = strrchr(info->dlpi_name, '/');
  if (!slash || strncmp(slash + 1, name, strlen(name)) != 0) return 0;
  for (int i = 0; i < info->dlpi_phnum; i++) {
    const uintptr_t end = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr + info->dlpi_phdr[i].p_memsz;
    if (info->dlpi_phdr[i].p_type == PT_LOAD && end > trial.spared.to) trial.spared.to = end;
  }
  trial.spared.from = info->dlpi_addr;
  return 1;
}

/* ---- what is allocated ---- */

static size_t place(const void *p) { return ((uintptr_t)p >> 4) * 0x9E3779B97F4A7C15u >> 47; }

static void enter(void) {
  while (atomic_flag_test_and_set(&trial.busy)) continue;
}
static void leave(void) { atomic_flag_clear(&trial.busy); }

static void *born(void *p) {
  if (!p || !trial.on || inside) return p;
  void *frame[DEPTH] = {0};
  if (trial.trace) {
    inside = true;
    backtrace(frame, DEPTH);
    inside = false;
  }
  enter();
  size_t k = place(p);
  while (live[k].p) k = (k + 1) % LIVE;
  live[k].p = p;
  if (trial.trace) memcpy(live[k].frame, frame, sizeof frame);
  if (++n_live > LIVE / 2) abort();
  leave();
  return p;
}

static void died(const void *p) {
  if (!p || !trial.on) return;
  enter();
  size_t k = place(p);
  while (live[k].p && live[k].p != p) k = (k + 1) % LIVE;
  if (live[k].p) {
    n_live--;
    live[k].p = NULL;
    for (size_t j = (k + 1) % LIVE; live[j].p; j = (j + 1) % LIVE) { /* close the gap */
      const size_t home = place(live[j].p);
      if ((j - home) % LIVE < (j - k) % LIVE) continue;
      live[k] = live[j];
      live[j].p = NULL;
      k = j;
    }
  }
  leave();
}

static void show_live(void) {
  for (size_t k = 0; k < LIVE; k++) {
    if (!live[k].p) continue;
    fputs("live:", stderr);
    for (int i = 0; i < DEPTH && live[k].frame[i]; i++) {
      Dl_info info;
      if (dladdr(live[k].frame[i], &info) && info.dli_fname)
        fprintf(stderr, " %s+0x%lx",
                strrchr(info.dli_fname, '/') ? strrchr(info.dli_fname, '/') + 1 : "?",
                (unsigned long)((uintptr_t)live[k].frame[i] - (uintptr_t)info.dli_fbase));
    }
    fputc('\n', stderr);
  }
}

/* ---- memory ---- */

static void *none(void) {
  errno = ENOMEM;
  return NULL;
}

void *malloc(size_t n) { return fails(MEMORY) ? none() : born(__libc_malloc(n)); }
void *calloc(size_t n, size_t size) {
  return fails(MEMORY) ? none() : born(__libc_calloc(n, size));
}
void *memalign(size_t a, size_t n) { return fails(MEMORY) ? none() : born(__libc_memalign(a, n)); }
void *aligned_alloc(size_t a, size_t n) {
  return fails(MEMORY) ? none() : born(__libc_memalign(a, n));
}

void *realloc(void *p, size_t n) {
  if (fails(MEMORY)) return none();
  died(p);
  void *q = __libc_realloc(p, n);
  born(q ? q : p);
  return q;
}

int posix_memalign(void **p, size_t a, size_t n) {
  void *q = fails(MEMORY) ? NULL : born(__libc_memalign(a, n));
  if (q) *p = q;
  return q ? 0 : ENOMEM;
}

void free(void *p) {
  died(p);
  __libc_free(p);
}

/* ---- files and processes ---- */

static int minus_one(int code) {
  errno = code;
  return -1;
}

static void *null(int code) {
  errno = code;
  return NULL;
}

#define FORWARD(type, name, parameters, arguments, failure) \
  type name parameters;                                     \
  type name parameters {                                    \
    static type(*real) parameters;                          \
    if (fails(FILES)) return failure;                       \
    if (!real) {                                            \
      void *found = next_of(#name);                         \
      memcpy(&real, &found, sizeof real);                   \
    }                                                       \
    return real arguments;                                  \
  }

FORWARD(FILE *, fopen, (const char *path, const char *how), (path, how), null(EMFILE))
FORWARD(FILE *, fopen64, (const char *path, const char *how), (path, how), null(EMFILE))
FORWARD(FILE *, fdopen, (int fd, const char *how), (fd, how), null(ENOMEM))
FORWARD(FILE *, tmpfile, (void), (), null(ENOSPC))
FORWARD(FILE *, tmpfile64, (void), (), null(ENOSPC))
FORWARD(int, mkstemp, (char *path), (path), minus_one(ENOSPC))
FORWARD(int, mkstemp64, (char *path), (path), minus_one(ENOSPC))
FORWARD(ssize_t, read, (int fd, void *to, size_t n), (fd, to, n), minus_one(EIO))
FORWARD(ssize_t, write, (int fd, const void *from, size_t n), (fd, from, n), minus_one(ENOSPC))
FORWARD(ssize_t, pread, (int fd, void *to, size_t n, off_t at), (fd, to, n, at), minus_one(EIO))
FORWARD(ssize_t, pread64, (int fd, void *to, size_t n, off64_t at), (fd, to, n, at), minus_one(EIO))
FORWARD(ssize_t, pwrite, (int fd, const void *from, size_t n, off_t at), (fd, from, n, at),
        minus_one(ENOSPC))
FORWARD(ssize_t, pwrite64, (int fd, const void *from, size_t n, off64_t at), (fd, from, n, at),
        minus_one(ENOSPC))
FORWARD(int, fsync, (int fd), (fd), minus_one(EIO))
FORWARD(int, fdatasync, (int fd), (fd), minus_one(EIO))
FORWARD(int, ftruncate, (int fd, off_t n), (fd, n), minus_one(EIO))
FORWARD(int, ftruncate64, (int fd, off64_t n), (fd, n), minus_one(EIO))
FORWARD(int, rename, (const char *from, const char *to), (from, to), minus_one(EIO))
FORWARD(int, fchmod, (int fd, mode_t mode), (fd, mode), minus_one(EPERM))
FORWARD(int, fseek, (FILE * f, long at, int from), (f, at, from), minus_one(EIO))
FORWARD(int, pthread_create,
        (pthread_t * id, const pthread_attr_t *how, void *(*start)(void *), void *of),
        (id, how, start, of), EAGAIN)
FORWARD(int, posix_spawnp,
        (pid_t * pid, const char *file, const posix_spawn_file_actions_t *act,
         const posix_spawnattr_t *how, char *const *argv, char *const *env),
        (pid, file, act, how, argv, env), ENOMEM)

/* those with an optional argument */
#define FORWARD_OPEN(name)                                            \
  int name(const char *path, int how, ...) {                          \
    static int (*real)(const char *, int, ...);                       \
    __builtin_va_list ap;                                             \
    __builtin_va_start(ap, how);                                      \
    const mode_t mode = how & O_CREAT ? __builtin_va_arg(ap, mode_t) : 0; \
    __builtin_va_end(ap);                                             \
    if (fails(FILES)) return minus_one(EMFILE);                       \
    if (!real) {                                                      \
      void *found = next_of(#name);                                   \
      memcpy(&real, &found, sizeof real);                             \
    }                                                                 \
    return real(path, how, mode);                                     \
  }
int open(const char *path, int how, ...);
FORWARD_OPEN(open)
FORWARD_OPEN(open64)

/* streams remember that they failed: bit 0x20 of glibc's flags is what ferror() looks at */
#define FORWARD_STREAM(type, name, parameters, arguments, stream, code, failure) \
  type name parameters {                                                         \
    static type(*real) parameters;                                               \
    if (!real) {                                                                 \
      void *found = next_of(#name);                                              \
      memcpy(&real, &found, sizeof real);                                        \
    }                                                                            \
    if ((stream) == stderr || !fails(FILES)) return real arguments;              \
    (stream)->_flags |= 0x20;                                                    \
    errno = code;                                                                \
    return failure;                                                              \
  }
FORWARD_STREAM(size_t, fread, (void *to, size_t size, size_t n, FILE *f), (to, size, n, f), f, EIO,
               0)
FORWARD_STREAM(size_t, fwrite, (const void *from, size_t size, size_t n, FILE *f),
               (from, size, n, f), f, ENOSPC, 0)
FORWARD_STREAM(int, fflush, (FILE * f), (f), f ? f : stdout, ENOSPC, EOF)

int fclose(FILE *f) {
  static int (*real)(FILE *);
  if (!real) {
    void *found = next_of("fclose");
    memcpy(&real, &found, sizeof real);
  }
  const bool bad = fails(FILES);
  const int code = real(f); /* it is closed in any case */
  if (bad) errno = ENOSPC;
  return bad ? EOF : code;
}

/* ---- trials ---- */

static int (*real_main)(int, char **, char **);

/* A number, -1 at the end of what is asked for. */
static long ask(int fd) {
  char word[32] = "";
  for (size_t n = 0; n + 1 < sizeof word; n++) {
    if (read(fd, word + n, 1) != 1) return -1;
    if (word[n] == '\n') return strtol(word, NULL, 10);
  }
  return -1;
}

static void tell(int fd, const char *text) {
  if (write(fd, text, strlen(text)) < 0) _exit(99);
}

static void to_file(const char *path, int fd) {
  const int f = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
  if (f < 0 || dup2(f, fd) < 0) _exit(98);
  close(f);
}

static int trial_run(int argc, char **argv, char **env, int tell_fd) {
  char line[96];
  void *warm[DEPTH];
  backtrace(warm, DEPTH); /* loads what it needs */
  to_file(getenv("EISFIT_FAULT_OUT"), STDOUT_FILENO);
  to_file(getenv("EISFIT_FAULT_ERR"), STDERR_FILENO);
  if (trial.nth == 0 && getenv("EISFIT_FAULT_LIST"))
    trial.list = fopen(getenv("EISFIT_FAULT_LIST"), "w");
  trial.trace = getenv("EISFIT_FAULT_TRACE") != NULL;
  if (getenv("EISFIT_FAULT_SPARE")) dl_iterate_phdr(spare, getenv("EISFIT_FAULT_SPARE"));
  alarm(SECONDS);
  trial.on = true;
  const int code = real_main(argc, argv, env);
  trial.on = false;
  if (trial.list) fclose(trial.list);
  if (trial.trace) show_live();
  snprintf(line, sizeof line, "%ld %ld %zu ", trial.count, trial.fired, n_live);
  tell(tell_fd, line);
  return code;
}

static int serve(int argc, char **argv, char **env) {
  const char *pipes = getenv("EISFIT_FAULT_PIPES");
  int from = -1, to = -1;
  if (!pipes || sscanf(pipes, "%d,%d", &from, &to) != 2) return real_main(argc, argv, env);
  unsetenv("LD_PRELOAD"); /* not for gnuplot */
  unsetenv("EISFIT_FAULT_PIPES");
  for (long kind, nth, all;
       (kind = ask(from)) > 0 && (nth = ask(from)) >= 0 && (all = ask(from)) >= 0;) {
    char line[64];
    int status = 0;
    trial.kind = (char)kind;
    trial.nth = nth;
    trial.all = all != 0;
    const pid_t pid = fork();
    if (pid == 0) return trial_run(argc, argv, environ, to);
    if (pid < 0 || waitpid(pid, &status, 0) < 0) return 97;
    snprintf(line, sizeof line, "end %d\n",
             WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status));
    tell(to, line);
  }
  _exit(0);
}

/* as glibc calls it */
#define START_PARAMETERS                                                                              \
  int (*program)(int, char **, char **), int argc, char **argv, void (*init)(void), void (*fini)(void), \
      void (*end)(void), void *stack
int __libc_start_main(START_PARAMETERS);
int __libc_start_main(START_PARAMETERS) {
  int (*real)(START_PARAMETERS);
  void *found = next_of("__libc_start_main");
  memcpy(&real, &found, sizeof real);
  real_main = program;
  return real(serve, argc, argv, init, fini, end, stack);
}
