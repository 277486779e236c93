/* misread.c - columns that no header names, in another order than frequency, Re, Im: seen by what
   frequencies look like and by a small Kramers-Kronig fit of the other readings, and refused. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/input.h"
#include "data/sign.h"

/* ---- does a column look like frequencies? ---- */

static int by_value(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* Decades that the values go through in equal steps of the logarithm (four of five alike, 1.5
   decades at least); 0 = they don't. */
static eis_status geometric(const double *v, size_t n, double *decades, eis_error *err) {
  double low = INFINITY, high = 0;
  size_t alike = 0;
  *decades = 0;
  for (size_t k = 0; k < n; k++) {
    if (!(v[k] > 0)) return EIS_OK;
    low = fmin(low, v[k]);
    high = fmax(high, v[k]);
  }
  if (n < 8 || !(log10(high / low) > 1.5)) return EIS_OK;
  double *step = eisi_new(n, sizeof *step, err);
  if (!step) return EIS_ERROR_MEMORY;
  for (size_t k = 1; k < n; k++) step[k - 1] = fabs(log(v[k] / v[k - 1]));
  qsort(step, n - 1, sizeof *step, by_value);
  const double middle = step[(n - 1) / 2];
  for (size_t k = 0; k + 1 < n; k++) alike += fabs(step[k] - middle) < 0.1 * middle;
  free(step);
  if (middle > 0.02 && 5 * alike >= 4 * (n - 1)) *decades = log10(high / low);
  return EIS_OK;
}

/* Back and forth, or hardly anywhere: no sweep of frequencies. */
static bool wanders(const double *v, size_t n) {
  size_t up = 0, down = 0;
  double low = INFINITY, high = 0;
  for (size_t k = 0; k < n; k++) {
    low = fmin(low, v[k]);
    high = fmax(high, v[k]);
    up += k > 0 && v[k] > v[k - 1];
    down += k > 0 && v[k] < v[k - 1];
  }
  return !(log10(high / low) > 1) || 10 * (up < down ? up : down) > n;
}

static bool by_position(const eisi_input *in) {
  if (in->opt->columns) return false;
  const eisi_role role[] = {EISI_COL_FREQ, EISI_COL_RE, EISI_COL_IM};
  for (size_t k = 0; k < sizeof role / sizeof *role; k++)
    if (in->use[role[k]] < 0 || in->column[in->use[role[k]]].rank != EISI_RANK_SILENT) return false;
  return true;
}

static eis_status refuse(const eisi_input *in, const char *why, const char *proposal,
                         eis_error *err) {
  return eis_error_at(err, EIS_ERROR_INPUT, in->doc->source,
                      in->body.n_rows ? (long)in->body.line[0] + 1 : 0, 0,
                      "no header says which column is which, and %s; say %s, or "
                      "--columns f=%d,re=%d,im=%d if they are as usual",
                      why, proposal, in->use[EISI_COL_FREQ] + 1, in->use[EISI_COL_RE] + 1,
                      in->use[EISI_COL_IM] + 1);
}

eis_status eisi_points_frequency(const eisi_input *in, const eisi_points *p, eis_error *err) {
  double own = 0, re = 0, im = 0;
  if (!by_position(in) || !wanders(p->v[EISI_COL_FREQ], p->n)) return EIS_OK;
  eis_status st = geometric(p->v[EISI_COL_FREQ], p->n, &own, err);
  if (!st) st = geometric(p->v[EISI_COL_RE], p->n, &re, err);
  if (!st) st = geometric(p->v[EISI_COL_IM], p->n, &im, err);
  if (st || own > 0 || !(re > 0 || im > 0)) return st;
  const int c[] = {in->use[EISI_COL_FREQ] + 1, in->use[EISI_COL_RE] + 1, in->use[EISI_COL_IM] + 1};
  char why[120], proposal[120];
  snprintf(why, sizeof why, "column %d looks like the frequency, not column %d",
           re > im ? c[1] : c[2], c[0]);
  snprintf(proposal, sizeof proposal, "--columns f=%d,re=%d,im=%d", re > im ? c[1] : c[2], c[0],
           re > im ? c[2] : c[1]);
  return refuse(in, why, proposal, err);
}

/* ---- real and imaginary part, modulus and phase ---- */

/* As read, exchanged, and as modulus and phase in degrees. */
enum { READ, EXCHANGED, POLAR, N_READINGS };
#define GOOD 0.05  /* rms of |Z|: fits */
#define BAD 0.02   /* does not */
#define BETTER 0.4 /* so much smaller is the misfit of what is believed instead */

static bool readings(const eisi_points *p, double *re[N_READINGS], double *im[N_READINGS]) {
  const eisi_sweep *s = &p->sweep[0];
  bool angles = true;
  for (size_t k = 0; k < s->n; k++) {
    const double a = p->v[EISI_COL_RE][s->first + k], b = p->v[EISI_COL_IM][s->first + k];
    re[READ][k] = im[EXCHANGED][k] = a;
    im[READ][k] = re[EXCHANGED][k] = b;
    re[POLAR][k] = a * cos(b * 3.14159265358979323846 / 180);
    im[POLAR][k] = a * sin(b * 3.14159265358979323846 / 180);
    angles = angles && !(a <= 0) && !(fabs(b) > 100);
  }
  return angles;
}

static eis_status judge(const eisi_input *in, const double misfit[N_READINGS], eis_error *err) {
  char proposal[120];
  const int f = in->use[EISI_COL_FREQ] + 1, re = in->use[EISI_COL_RE] + 1,
            im = in->use[EISI_COL_IM] + 1;
  const int best = misfit[POLAR] < misfit[EXCHANGED] ? POLAR : EXCHANGED;
  if (!(misfit[best] < GOOD && misfit[best] < BETTER * misfit[READ])) return EIS_OK;
  snprintf(proposal, sizeof proposal,
           best == POLAR ? "--columns f=%d,mod=%d,phase=%d --units phase=deg"
                         : "--columns f=%d,re=%d,im=%d",
           f, best == POLAR ? re : im, best == POLAR ? im : re);
  return refuse(in,
                best == POLAR
                    ? "the data fit modulus and phase in degrees, not real and imaginary part"
                    : "real and imaginary part look exchanged (Kramers-Kronig)",
                proposal, err);
}

eis_status eisi_points_order(const eisi_input *in, const eisi_points *p, eis_error *err) {
  if (!by_position(in) || in->opt->trust_imag || p->n_sweeps == 0 || p->sweep[0].n < 8)
    return EIS_OK;
  const size_t n = p->sweep[0].n;
  const double *freq = p->v[EISI_COL_FREQ] + p->sweep[0].first;
  double *room = eisi_new(2 * N_READINGS * n, sizeof *room, err);
  double *re[N_READINGS], *im[N_READINGS], misfit[N_READINGS] = {INFINITY, INFINITY, INFINITY};
  if (!room) return EIS_ERROR_MEMORY;
  for (int k = 0; k < N_READINGS; k++) {
    re[k] = room + 2 * (size_t)k * n;
    im[k] = re[k] + n;
  }
  const bool angles = readings(p, re, im);
  eis_status st = eisi_sign_misfit(freq, re[READ], im[READ], n, &misfit[READ], err);
  if (!st && misfit[READ] > BAD) {
    st = eisi_sign_misfit(freq, re[EXCHANGED], im[EXCHANGED], n, &misfit[EXCHANGED], err);
    if (!st && angles) st = eisi_sign_misfit(freq, re[POLAR], im[POLAR], n, &misfit[POLAR], err);
    if (!st) st = judge(in, misfit, err);
  }
  free(room);
  return st;
}
