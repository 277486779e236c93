/* joint_share.c - space charge, charge transfer and interphase in every spectrum of a joint fit.

   The size of R_scl can come from two places: from resistances, by its course over the spectra, or
   from the capacitance, which fixes the band bending, and theory.  Only the first is a measurement
   of R_scl.  It is judged by a number kappa that multiplies R_scl (true value 1): with kappa
   unknown the variance of a quantity q grows by var(kappa) (dq/dkappa - q'C b)^2, b = J'c, c the
   derivative of the residuals by kappa, C = (J'J)^-1 (bordered inverse). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/joint_result.h"
#include "physics/constants.h"
#include "physics/scl_hat.h"

int eisi_joint_layer(const eis_circuit *c) {
  for (int e = 0; e < c->n_elements; e++)
    if (!strcmp(c->element[e].type->symbol, "SCL") || !strcmp(c->element[e].type->symbol, "SCLX"))
      return e;
  return -1;
}

int eisi_joint_layer_param(const eis_circuit *c, int element, const char *suffix) {
  const eis_circuit_element *e = &c->element[element];
  for (int k = 0; k < e->type->n_params; k++)
    if (strcmp(e->type->param[k].suffix, suffix) == 0) return e->first_param + k;
  return -1;
}

/* R_scl = (lambda0/sigma) R_hat/A with its derivatives by the parameters of the circuit. */
typedef struct scl_value {
  double R, dphi, unit; /* unit: lambda0/sigma/A */
} scl_value;

static const char *const suffixes[] = {"eps_r", "n0", "nu",   "dphi", "sigma",
                                       "area",  "T",  "conv", "RF"};
enum { P_EPS, P_N0, P_NU, P_DPHI, P_SIGMA, P_AREA, P_T, P_CONV, P_RF, N_P };

typedef struct layer {
  int at[N_P];
} layer;

static scl_value evaluate(const layer *l, const double *p, double *d) {
  const eis_scl_params s = {.eps_r = p[l->at[P_EPS]], .n0 = p[l->at[P_N0]], .nu = p[l->at[P_NU]],
                            .sigma = p[l->at[P_SIGMA]], .dphi = p[l->at[P_DPHI]], .T = p[l->at[P_T]],
                            .mobility = p[l->at[P_CONV]] > 0.5 ? EIS_MOBILITY_B : EIS_MOBILITY_A};
  const double area = p[l->at[P_AREA]], unit = eisi_scl_lambda0(&s) / s.sigma / area,
               y0 = eisi_scl_y0(&s);
  const eisi_hat R = eisi_R_hat(y0, s.nu, s.mobility);
  const scl_value v = {unit * R.v, s.dphi, unit};
  d[l->at[P_EPS]] = 0.5 * v.R / s.eps_r;
  d[l->at[P_N0]] = -0.5 * v.R / s.n0;
  d[l->at[P_NU]] = unit * R.d_nu;
  d[l->at[P_DPHI]] = unit * R.d_y * EISI_E / (EISI_KB * s.T);
  d[l->at[P_SIGMA]] = -v.R / s.sigma;
  d[l->at[P_AREA]] = -v.R / area;
  d[l->at[P_T]] = 0.5 * v.R / s.T - unit * R.d_y * y0 / s.T;
  return v;
}

/* Resistances of elements with the role cei. */
static double interphase(const eisi_joint *j, const double *p, double *d) {
  double sum = 0;
  for (int k = 0; k < j->c->n_params; k++) {
    const eis_param *a = &j->c->param[k];
    const char *role = eis_model_role_of(j->model, j->c->element[a->element].name);
    if (!role || strcmp(role, "cei") || strcmp(a->spec->unit, "ohm") || a->spec->z_power != 1)
      continue;
    sum += p[k];
    d[k] += 1;
  }
  return sum;
}

/* g' C g over the circuit's parameters. */
static double quadratic(size_t np, const double *g, const double *C) {
  double t = 0;
  for (size_t a = 0; a < np; a++)
    for (size_t b = 0; b < np; b++) t += g[a] * C[a * np + b] * g[b];
  return t;
}

typedef struct shares {
  const eisi_fisher *f;
  eisi_joint *j;
  const double *x;
  layer l;
  double *d, *other, *g; /* n_params: derivatives of R_scl, of the rest, of ln share */
  double *b, *y;         /* kappa against all variables */
  double var_kappa;
} shares;

static void split(shares *s, const double *p, eis_joint_share *out) {
  const size_t np = (size_t)s->j->c->n_params;
  memset(s->d, 0, np * sizeof *s->d);
  memset(s->other, 0, np * sizeof *s->other);
  const scl_value v = evaluate(&s->l, p, s->d);
  const double area = p[s->l.at[P_AREA]];
  out->dphi = v.dphi;
  out->R_scl = v.R;
  out->R_ct = p[s->l.at[P_RF]] / area;
  out->R_cei = interphase(s->j, p, s->other);
  s->other[s->l.at[P_RF]] += 1 / area;
  s->other[s->l.at[P_AREA]] -= out->R_ct / area;
  out->share = v.R / (v.R + out->R_ct + out->R_cei);
  /* absolute error of the closed form: 4.3 lambda0/sigma (doc/physics.md, section 2.6 of the
   * derivation) */
  out->resolved = v.R >= 10 * 4.3 * v.unit;
}

/* b = J'c, with the derivative of the residuals by kappa: that by RF times R_scl A. */
static bool couple_kappa(shares *s) {
  eisi_joint *j = s->j;
  const size_t shared = (size_t)j->n_shared_slots;
  double cc = 0;
  for (size_t i = 0; i < j->n; i++) {
    size_t rows;
    eis_joint_share now;
    if (!eisi_joint_residual(j, i, s->x, &rows)) return false;
    split(s, j->p, &now);
    const size_t m = 2 * j->data->spectrum[i]->n;
    const double scale = now.R_scl * j->p[s->l.at[P_AREA]];
    const double *dz = j->dz + m * (size_t)s->l.at[P_RF];
    for (size_t q = 0; q < m; q++) {
      const double c = j->weight[i][q] * dz[q] * scale;
      cc += c * c;
      for (size_t a = 0; a < (size_t)j->n_slots; a++) {
        const size_t at =
            a < shared ? (size_t)j->map[i * shared + a] : j->ns + i * j->nl + a - shared;
        s->b[at] += j->J[rows * a + q] * c;
      }
    }
  }
  eisi_fisher_solve(s->f, s->b, s->y);
  double left = cc;
  for (size_t q = 0; q < eisi_joint_size(j); q++) left -= s->f->frozen[q] ? 0 : s->b[q] * s->y[q];
  s->var_kappa = left > 1e-12 * cc && cc > 0 ? s->f->s2 / left : INFINITY;
  return true;
}

/* Derivative of ln share along y. */
static double along(const shares *s, size_t i) {
  double own[64], t = 0;
  eisi_joint_gather(s->j, i, s->y, own);
  for (int k = 0; k < s->j->c->n_params; k++)
    for (int a = 0; a < s->j->n_slots; a++)
      t += s->g[k] * s->j->D[(size_t)k * (size_t)s->j->n_slots + (size_t)a] * own[a];
  return t;
}

static void judge(shares *s, size_t i, const eis_joint_spectrum *spectrum, eis_joint_share *out) {
  const size_t np = (size_t)s->j->c->n_params;
  const int dphi = s->l.at[P_DPHI];
  double own[64];
  eisi_joint_gather(s->j, i, s->x, own);
  eisi_joint_params(s->j, i, own, s->j->p, s->j->D);
  split(s, spectrum->param, out);
  const double rest = out->R_ct + out->R_cei, total = out->R_scl + rest;
  out->dphi_se = spectrum->stderr_[dphi];
  out->dphi_low = out->dphi - s->f->t * out->dphi_se;
  out->dphi_high = out->dphi + s->f->t * out->dphi_se;
  out->R_scl_se = sqrt(quadratic(np, s->d, spectrum->covariance));
  for (size_t k = 0; k < np; k++) s->g[k] = (s->d[k] / out->R_scl * rest - s->other[k]) / total;
  const double variance = quadratic(np, s->g, spectrum->covariance);
  out->share_se = fabs(out->share) * sqrt(variance);
  const double lever = rest / total - along(s, i);
  out->direct_se =
      sqrt(variance + (isfinite(s->var_kappa) ? s->var_kappa * lever * lever : INFINITY));
  out->identifiable = out->resolved && out->share >= EIS_JOINT_LEAST_SHARE &&
                      s->f->t * out->direct_se <= 0.10 && !spectrum->missed;
}

eis_status eisi_joint_shares(const eisi_fisher *f, eisi_joint *j, const double *x,
                             eis_joint_result *r, eis_error *err) {
  const int element = eisi_joint_layer(j->c);
  if (element < 0) return EIS_OK;
  const size_t np = (size_t)j->c->n_params, all = eisi_joint_size(j);
  r->share = eisi_new(r->n, sizeof *r->share, err);
  double *room = eisi_new(3 * np + 2 * all + 1, sizeof *room, err);
  if (!r->share || !room) {
    free(room);
    return EIS_ERROR_MEMORY;
  }
  shares s = {.f = f, .j = j, .x = x, .d = room, .other = room + np, .g = room + 2 * np, .b = room + 3 * np,
              .y = room + 3 * np + all};
  for (int k = 0; k < N_P; k++) s.l.at[k] = eisi_joint_layer_param(j->c, element, suffixes[k]);
  j->want[s.l.at[P_RF]] = true;
  if (!couple_kappa(&s)) s.var_kappa = INFINITY;
  for (size_t i = 0; i < r->n; i++) judge(&s, i, &r->spectrum[i], &r->share[i]);
  free(room);
  return EIS_OK;
}
