#include "analysis/drt_form_loops.h"

#include <math.h>
#include <string.h>

#include "base/clones.h"
#include "model/vec.h"

/* gamma/R = v^b sin(b theta)/(pi D^(b/2)), v = exp(n x), D = 1 + 2 v cos(n pi) + v^2,
   theta = arg(v + exp(j n pi)) (Zorn, J. Polym. Sci. B 37 (1999) 1043). */

static const double FAR = 300; /* ln v beyond which the form is its own asymptote */

EISI_CLONES void eisi_form_log(const eisi_log_form *f, size_t m, const double *ltau, double *out) {
  const double n = f->n, b = f->b, c = cos(n * M_PI), s = sin(n * M_PI);
  EISI_IVDEP
  for (size_t j = 0; j < m; j++) {
    const double x = n * (ltau[j] - f->place), v = exp(x < FAR ? x : FAR);
    const double D = 1 + 2 * v * c + v * v, sine = sin(b * atan2(s, v + c));
    out[j] = f->size + b * x + log(sine * M_1_PI) - 0.5 * b * log(D);
  }
}

EISI_CLONES void eisi_form_slopes(const eisi_log_form *f, size_t m, const double *ltau, double *out,
                                  double *const by[3]) {
  double *restrict by_x = by[0], *restrict by_n = by[1], *restrict by_b = by[2];
  const double n = f->n, b = f->b, c = cos(n * M_PI), s = sin(n * M_PI);
  EISI_IVDEP
  for (size_t j = 0; j < m; j++) {
    const double l = ltau[j] - f->place, x = n * l, v = exp(x < FAR ? x : FAR);
    const double D = 1 + 2 * v * c + v * v, theta = atan2(s, v + c), log_D = log(D);
    const double sine = sin(b * theta), cot = eisi_cos(b * theta) / sine;
    const double by_v = -b * (cot * s + c + v) * v / D;
    out[j] = f->size + b * x + log(sine * M_1_PI) - 0.5 * b * log_D;
    by_x[j] = b * n + n * by_v;
    by_n[j] = b * l + l * by_v + b * M_PI * (cot * (v * c + 1) + v * s) / D;
    by_b[j] = x + theta * cot - 0.5 * log_D;
  }
}

EISI_CLONES void eisi_form_shares(size_t q, size_t m, double *part, double *value, double *total) {
  double *restrict most = value, *restrict sum = total;
  memcpy(most, part, m * sizeof *most);
  for (size_t i = 1; i < q; i++) {
    const double *restrict row = part + i * m;
    for (size_t j = 0; j < m; j++) most[j] = row[j] > most[j] ? row[j] : most[j];
  }
  memset(sum, 0, m * sizeof *sum);
  for (size_t i = 0; i < q; i++) {
    double *restrict row = part + i * m;
    for (size_t j = 0; j < m; j++) {
      row[j] = exp(row[j] - most[j]);
      sum[j] += row[j];
    }
  }
  for (size_t j = 0; j < m; j++) {
    most[j] += log(sum[j]);
    sum[j] = 1 / sum[j];
  }
  for (size_t i = 0; i < q; i++) {
    double *restrict row = part + i * m;
    for (size_t j = 0; j < m; j++) row[j] *= sum[j];
  }
}
