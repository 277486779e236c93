/* numbers.c - lists of numbers in options and operands. */
#include <math.h>
#include <string.h>

#include "cli/cli.h"

/* What a list is, and all of it. */
typedef struct list_text {
  const char *what, *text;
} list_text;

enum { NUMBERS_MAX = 10000 };

static eis_status list_error(const list_text *t, eis_error *err) {
  return eis_error_set(
      err, EIS_ERROR_USAGE,
      "%s '%.80s' is not a list of numbers: expected for example 0.1,0.2 or 0:0.4:0.05 "
      "(from:to:step), at most %d of them",
      t->what, t->text, (int)NUMBERS_MAX);
}

static eis_status add_number(const list_text *t, double **list, size_t *n, double v,
                             eis_error *err) {
  if (*n == NUMBERS_MAX) return list_error(t, err);
  const eis_status st = eisi_grow(list, *n, *n + 1, sizeof **list, err);
  if (!st) (*list)[(*n)++] = v;
  return st;
}

/* -0.2, not -0.19999999999999998 */
static double twelve_digits(double x) {
  const double unit = pow(10, floor(log10(fabs(x))) - 11);
  return unit < 1 && unit > 1e-300 ? round(x / unit) / round(1 / unit) : x;
}

/* One part of a list: "0.1" or "0:0.4:0.05". */
static eis_status read_part(const list_text *t, const char *s, size_t len, double **list, size_t *n,
                            eis_error *err) {
  double v[3];
  size_t k = 0, at = 0;
  for (; k < 3; k++) {
    const size_t used = eisi_parse_double(s + at, len - at, '.', &v[k]);
    if (!used) return list_error(t, err);
    at += used;
    if (at == len) break;
    if (s[at++] != ':' || k == 2) return list_error(t, err);
  }
  if (k == 0) return add_number(t, list, n, v[0], err);
  const double steps = k == 2 ? (v[1] - v[0]) / v[2] : NAN;
  if (!(steps >= 0 && steps < NUMBERS_MAX)) return list_error(t, err);
  eis_status st = EIS_OK;
  for (int i = 0; !st && i <= (int)(steps + 1e-9); i++) {
    const double x = v[0] + i * v[2];
    st = add_number(t, list, n, fabs(x) < 1e-9 * fabs(v[2]) ? 0 : twelve_digits(x), err);
  }
  return st;
}

eis_status cli_numbers(const char *what, const char *text, double **list, size_t *n,
                       eis_error *err) {
  const list_text t = {what, text};
  eis_status st = EIS_OK;
  for (const char *s = text; !st;) {
    const size_t len = strcspn(s, ",");
    st = read_part(&t, s, len, list, n, err);
    if (!s[len]) break;
    s += len + 1;
  }
  return st;
}
