/* clock.c - preloaded into eisfit by tests/faults: clocks that jump.  The clock of the wall goes to
   and fro by hours, as when somebody sets it; EISFIT_CLOCK=steady leaves the other one alone,
   `leap' lets it skip three hours now and then, as after a computer slept, and `back' sets it back,
   which no kernel should. */
#include <dlfcn.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>

enum { HOUR = 3600, OFTEN = 7 };

static atomic_long wall_calls, steady_calls;

static int real_clock(clockid_t id, struct timespec *t) {
  static int (*real)(clockid_t, struct timespec *);
  if (!real) {
    void *found = dlsym(RTLD_NEXT, "clock_gettime");
    memcpy(&real, &found, sizeof real);
  }
  return real(id, t);
}

/* Hours by which the clock of the wall is wrong at this call: the first is right, so that whatever
   comes after it may lie before it. */
static long wall_shift(void) {
  static const long hours[] = {0, -5, 7, -26, 3, -1, 11};
  return hours[wall_calls++ % (long)(sizeof hours / sizeof *hours)] * HOUR;
}

static long steady_shift(void) {
  const char *how = getenv("EISFIT_CLOCK");
  const long calls = steady_calls++;
  if (how && strcmp(how, "leap") == 0) return calls / OFTEN * 3 * HOUR;
  if (how && strcmp(how, "back") == 0) return -(calls / OFTEN) * HOUR / 60;
  return 0;
}

int clock_gettime(clockid_t id, struct timespec *t) {
  const int code = real_clock(id, t);
  if (code == 0 && id == CLOCK_REALTIME) t->tv_sec += wall_shift();
  if (code == 0 && id == CLOCK_MONOTONIC) t->tv_sec += steady_shift();
  return code;
}

int gettimeofday(struct timeval *restrict t, void *restrict zone) {
  struct timespec now;
  (void)zone;
  if (real_clock(CLOCK_REALTIME, &now) != 0) return -1;
  t->tv_sec = now.tv_sec + wall_shift();
  t->tv_usec = now.tv_nsec / 1000;
  return 0;
}

time_t time(time_t *to) {
  struct timespec now;
  if (real_clock(CLOCK_REALTIME, &now) != 0) return -1;
  now.tv_sec += wall_shift();
  if (to) *to = now.tv_sec;
  return now.tv_sec;
}
