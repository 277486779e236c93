/* joint.c - joint fit of many spectra: search, optimum, result. */
#include <eisfit/joint.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/joint_result.h"
#include "numerics/stats.h"

eis_joint_options eis_joint_options_default(void) {
  return (eis_joint_options){
      .weighting = EIS_WEIGHT_MODULUS, .seed = 1, .max_time_s = INFINITY, .profile = true};
}

static void spectrum_clear(eis_joint_spectrum *s) {
  double *const owned[] = {s->param, s->stderr_, s->covariance, s->cross, s->fit_re, s->fit_im};
  for (size_t k = 0; k < sizeof owned / sizeof *owned; k++) free(owned[k]);
}

void eis_joint_result_clear(eis_joint_result *r) {
  if (!r) return;
  for (size_t i = 0; r->spectrum && i < r->n; i++) spectrum_clear(&r->spectrum[i]);
  for (size_t k = 0; r->direction && k < r->n_directions; k++) free(r->direction[k].part);
  void *const owned[] = {r->model, r->number,    r->covariance, r->spectrum,
                         r->share, r->direction, r->x};
  for (size_t k = 0; k < sizeof owned / sizeof *owned; k++) free(owned[k]);
  eis_circuit_free(r->circuit);
  eis_notes_clear(&r->decisions);
  eis_notes_clear(&r->warnings);
  eis_notes_clear(&r->identifiability);
  *r = (eis_joint_result){0};
}

/* ---- shared numbers ---- */

static void fill_number(const eisi_fisher *f, const eisi_slot *s, size_t q, double x,
                        eis_joint_number *out) {
  const double v = eisi_slot_natural(s, x), se = sqrt(f->C[q * f->j->ns + q]),
               slope = s->log ? v : 1;
  snprintf(out->name, sizeof out->name, "%s", s->name);
  snprintf(out->unit, sizeof out->unit, "%s", s->unit);
  out->value = v;
  out->fixed = s->fixed;
  out->at_bound = !s->fixed && f->frozen[q];
  out->identifiable = !f->frozen[q] && se < f->resolution[q];
  out->stderr_ = out->identifiable ? se * slope : NAN;
  out->ci_low = out->identifiable ? (s->log ? v * exp(-f->t * se) : v - f->t * se) : NAN;
  out->ci_high = out->identifiable ? (s->log ? v * exp(f->t * se) : v + f->t * se) : NAN;
}

static eis_status fill_numbers(const eisi_fisher *f, const double *x, eis_joint_result *r,
                               eis_error *err) {
  const eisi_joint *j = f->j;
  const size_t ns = j->ns;
  r->n_numbers = ns;
  r->n_local = j->nl;
  r->number = eisi_new(ns + 1, sizeof *r->number, err);
  r->covariance = eisi_new(ns * ns + 1, sizeof *r->covariance, err);
  if (!r->number || !r->covariance) return EIS_ERROR_MEMORY;
  double *slope = eisi_new(ns + 1, sizeof *slope, err);
  if (!slope) return EIS_ERROR_MEMORY;
  for (int s = 0; s < j->n_shared_slots; s++) {
    const eisi_slot *a = &j->slot[s];
    for (int g = 0; g < (a->reach == EISI_GROUP ? a->n_groups : 1); g++) {
      const size_t q = a->at + (size_t)g;
      fill_number(f, a, q, x[q], &r->number[q]);
      if (a->reach == EISI_GROUP)
        snprintf(r->number[q].group, sizeof r->number[q].group, "%s", a->group_name[g]);
      slope[q] = a->log ? r->number[q].value : 1;
    }
  }
  for (size_t a = 0; a < ns; a++)
    for (size_t b = 0; b < ns; b++)
      r->covariance[a * ns + b] = f->C[a * ns + b] * slope[a] * slope[b];
  free(slope);
  return EIS_OK;
}

static eis_status fill_directions(const eisi_fisher *f, eis_joint_result *r, eis_error *err) {
  const size_t ns = f->j->ns;
  r->direction = eisi_new(f->n_directions + 1, sizeof *r->direction, err);
  if (!r->direction) return EIS_ERROR_MEMORY;
  r->n_directions = f->n_directions;
  for (size_t k = 0; k < f->n_directions; k++) {
    r->direction[k].stderr_ = f->size[k];
    r->direction[k].part = eisi_new(ns + 1, sizeof(double), err);
    if (!r->direction[k].part) return EIS_ERROR_MEMORY;
    memcpy(r->direction[k].part, f->part + k * ns, ns * sizeof(double));
  }
  return EIS_OK;
}

/* ---- spectra ---- */

static eis_status make_room(const eisi_joint *j, size_t i, eis_joint_spectrum *s, eis_error *err) {
  const size_t np = (size_t)j->c->n_params, n = j->data->spectrum[i]->n;
  struct {
    double **to;
    size_t n;
  } want[] = {{&s->param, np},           {&s->stderr_, np},
              {&s->covariance, np * np}, {&s->cross, np * j->ns + 1},
              {&s->fit_re, n},           {&s->fit_im, n}};
  for (size_t k = 0; k < sizeof want / sizeof *want; k++)
    if (!(*want[k].to = eisi_new(want[k].n, sizeof(double), err))) return EIS_ERROR_MEMORY;
  return EIS_OK;
}

/* to = D C, (np x k)(k x columns) */
static void times(const eisi_joint *j, const double *C, size_t columns, double *to) {
  const size_t k = (size_t)j->n_slots;
  for (size_t p = 0; p < (size_t)j->c->n_params; p++)
    for (size_t c = 0; c < columns; c++) {
      double t = 0;
      for (size_t s = 0; s < k; s++) t += j->D[p * k + s] * C[s * columns + c];
      to[p * columns + c] = t;
    }
}

/* room: k x k + np x k + k x ns */
static void propagate(const eisi_fisher *f, size_t i, double *room, eis_joint_spectrum *s) {
  const eisi_joint *j = f->j;
  const size_t k = (size_t)j->n_slots, np = (size_t)j->c->n_params, ns = j->ns;
  double *C = room, *DC = room + k * k, *cross = DC + np * k;
  eisi_fisher_own(f, i, C);
  times(j, C, k, DC);
  for (size_t p = 0; p < np; p++)
    for (size_t q = 0; q < np; q++) {
      double t = 0;
      for (size_t a = 0; a < k; a++) t += DC[p * k + a] * j->D[q * k + a];
      s->covariance[p * np + q] = t;
    }
  for (size_t p = 0; p < np; p++) s->stderr_[p] = sqrt(fmax(s->covariance[p * np + p], 0));
  eisi_fisher_cross(f, i, cross);
  times(j, cross, ns, s->cross);
}

/* Columns of the shared numbers from internal to natural units. */
static void natural_columns(const eisi_joint *j, const eis_joint_result *r, eis_joint_spectrum *s) {
  for (int a = 0; a < j->n_shared_slots; a++) {
    const eisi_slot *slot = &j->slot[a];
    for (int g = 0; slot->log && g < (slot->reach == EISI_GROUP ? slot->n_groups : 1); g++)
      for (int p = 0; p < j->c->n_params; p++) {
        const size_t q = slot->at + (size_t)g;
        s->cross[(size_t)p * j->ns + q] *= r->number[q].value;
      }
  }
}

/* Noise without a model: second differences of the residuals (in |Z|) along the frequencies, of
   variance 6 times theirs, in which what is smooth has no part. */
static double scatter_of(const eis_spectrum *from, const double *z) {
  double sum = 0;
  for (size_t q = 2; q < from->n; q++) {
    double d[2] = {0, 0};
    for (size_t k = 0; k < 3; k++) {
      const size_t at = q - k;
      const double size = hypot(from->re[at], from->im[at]),
                   f = (k == 1 ? -2 : 1) / (size > 0 ? size : 1);
      d[0] += f * (z[at] - from->re[at]);
      d[1] += f * (z[from->n + at] - from->im[at]);
    }
    sum += d[0] * d[0] + d[1] * d[1];
  }
  return from->n > 2 ? sqrt(sum / (12.0 * (double)(from->n - 2))) : NAN;
}

static void misfit(const eisi_joint *j, size_t i, eis_joint_spectrum *s) {
  const eis_spectrum *from = j->data->spectrum[i];
  double sum = 0;
  s->scatter_percent = 100 * scatter_of(from, j->z);
  for (size_t q = 0; q < from->n; q++) {
    s->fit_re[q] = j->z[q];
    s->fit_im[q] = j->z[from->n + q];
    const double dr = j->z[q] - from->re[q], di = j->z[from->n + q] - from->im[q];
    const double z2 = from->re[q] * from->re[q] + from->im[q] * from->im[q];
    if (z2 > 0) sum += (dr * dr + di * di) / z2;
  }
  const double dof = fmax(1, 2.0 * (double)from->n - (double)j->nl);
  s->noise_percent = 100 * sqrt(sum / dof);
}

static eis_status fill_spectra(const eisi_fisher *f, eisi_joint *j, const double *x,
                               eis_joint_result *r, eis_error *err) {
  const size_t k = (size_t)j->n_slots, np = (size_t)j->c->n_params;
  r->spectrum = eisi_new(j->n, sizeof *r->spectrum, err);
  double *room = eisi_new(k * k + np * k + k * j->ns + 1, sizeof *room, err);
  eis_status st = r->spectrum && room ? EIS_OK : EIS_ERROR_MEMORY;
  for (size_t i = 0; i < j->n && st == EIS_OK; i++) {
    size_t rows;
    eis_joint_spectrum *s = &r->spectrum[i];
    st = make_room(j, i, s, err);
    if (st != EIS_OK) break;
    eisi_joint_residual(j, i, x, &rows);
    memcpy(s->param, j->p, np * sizeof *s->param);
    s->S = f->arrow.S[i];
    misfit(j, i, s);
    propagate(f, i, room, s);
    natural_columns(j, r, s);
  }
  free(room);
  return st;
}

/* ln(S_i/m_i) against its median; its spread is at least that of chi^2. */
static eis_status find_outliers(const eisi_joint *j, eis_joint_result *r, eis_error *err) {
  double *v = eisi_new(2 * j->n, sizeof *v, err);
  if (!v) return EIS_ERROR_MEMORY;
  double points = 0;
  for (size_t i = 0; i < j->n; i++) {
    const double m = 2.0 * (double)j->data->spectrum[i]->n;
    v[i] = v[j->n + i] = 0.5 * log(fmax(r->spectrum[i].S / m, 1e-300));
    points += m / (double)j->n;
  }
  const double middle = eisi_median(v + j->n, j->n);
  const double spread = fmax(eisi_mad_sigma(v + j->n, j->n), sqrt(0.5 / points));
  for (size_t i = 0; i < j->n; i++) {
    r->spectrum[i].z = (v[i] - middle) / spread;
    r->spectrum[i].outlier = j->n >= 4 && r->spectrum[i].z > 4 && v[i] - middle > log(1.5);
  }
  free(v);
  return EIS_OK;
}

/* Variance of the misfit over that of the scatter of all spectra, or of this one if it is larger
   and the model good, against 1 + 3 standard errors: 2/m of the misfit, 35/(9 m) of the scatter
   (second differences of white noise). */
static void find_missed(const eisi_joint *j, eis_joint_result *r) {
  double all = 0, numbers = 0;
  for (size_t i = 0; i < r->n; i++) {
    const double n = (double)j->data->spectrum[i]->n, s = r->spectrum[i].scatter_percent;
    if (!(n > 4 && s > 0)) continue;
    all += s * s * n;
    numbers += n;
  }
  const double scatter = numbers > 0 ? sqrt(all / numbers) : NAN;
  r->scatter_percent = scatter;
  r->missed = pow(r->noise_percent / scatter, 2) > 1 + 3 * sqrt((2 + 35.0 / 9) / (2 * numbers));
  for (size_t i = 0; i < r->n; i++) {
    eis_joint_spectrum *s = &r->spectrum[i];
    const double noise = r->missed ? scatter : fmax(scatter, s->scatter_percent);
    s->missed =
        pow(s->noise_percent / noise, 2) > 1 + 3 * sqrt(1 / (double)j->data->spectrum[i]->n);
  }
}

/* ---- statistics ---- */

static eis_fit_verdict verdict_of(eis_lsq_verdict v) {
  if (v == EIS_LSQ_TIMEOUT) return EIS_FIT_TIMEOUT;
  return v == EIS_LSQ_CONVERGED ? EIS_FIT_CONVERGED : EIS_FIT_NOT_CONVERGED;
}

/* A number of its own is known from the points of its spectrum only: ln of these, not of all, is
   what it costs in the BIC. */
static void statistics(const eisi_fisher *f, const eisi_joint *j, eis_joint_result *r) {
  const double m = 2.0 * (double)j->points, k = (double)f->n_free + 1;
  double cost = log(m);
  size_t shared = 0;
  for (size_t q = 0; q < j->ns; q++) shared += !f->frozen[q];
  cost += (double)shared * log(m);
  for (size_t i = 0; i < j->n; i++)
    for (size_t q = 0; q < j->nl; q++)
      if (!f->frozen[j->ns + i * j->nl + q]) cost += log(2.0 * (double)j->data->spectrum[i]->n);
  r->S = f->arrow.total;
  r->points = (long)j->points;
  r->dof = f->dof;
  r->n_free = f->n_free;
  r->reduced = f->s2;
  double sum = 0, dof = 0;
  for (size_t i = 0; i < j->n; i++) {
    const double n = 2.0 * (double)j->data->spectrum[i]->n;
    sum += pow(r->spectrum[i].noise_percent / 100, 2) * fmax(1, n - (double)j->nl);
    dof += n;
  }
  r->noise_percent = 100 * sqrt(sum / fmax(1, dof - (double)f->n_free));
  const double deviance = m * log(fmax(r->S, 1e-300) / m);
  r->aicc = m - k - 1 > 0 ? deviance + 2 * k + 2 * k * (k + 1) / (m - k - 1) : NAN;
  r->bic = deviance + cost;
}

static eis_status fill(eisi_joint *j, const eis_joint_options *opt, double deadline,
                       eis_joint_result *r, eis_error *err) {
  eisi_fisher f = {0};
  r->n = j->n;
  eis_status st = eis_circuit_copy(j->c, &r->circuit, err);
  if (st == EIS_OK) st = eisi_fisher_init(&f, j, r->x, err);
  if (st == EIS_OK) st = fill_numbers(&f, r->x, r, err);
  if (st == EIS_OK) st = fill_directions(&f, r, err);
  if (st == EIS_OK) st = fill_spectra(&f, j, r->x, r, err);
  if (st == EIS_OK) st = find_outliers(j, r, err);
  if (st == EIS_OK) statistics(&f, j, r);
  if (st == EIS_OK) find_missed(j, r);
  if (st == EIS_OK) st = eisi_joint_shares(&f, j, r->x, r, err);
  if (st == EIS_OK && opt->profile)
    st = eisi_joint_profiles(&f, j, r->x, &(eisi_profile_how){deadline, opt->profile_all}, r, err);
  eisi_fisher_clear(&f);
  return st;
}

/* From the optimum of the closed form to that of the equations. */
static eis_status refine(eisi_joint *j, double deadline, eis_joint_result *r, eis_error *err) {
  bool changed = false;
  eisi_joint_info info;
  eis_lsq_options o = eis_lsq_options_default();
  o.max_iter = 40;
  o.dtol = 1e-2;
  o.deadline_s = deadline;
  eis_status st = eisi_joint_numeric(j, true, &changed, err);
  if (st != EIS_OK || !changed) return st;
  st = eisi_joint_solve(j, &o, r->x, &info, err);
  if (st != EIS_OK) return st;
  r->verdict = verdict_of(info.verdict);
  r->iterations += info.iterations;
  return eis_notes_add(&j->decisions, err,
                       "space-charge layers by the numerical MPNP equations (SCLX)");
}

static eis_status optimise(eisi_joint *j, const eis_joint_options *opt, double deadline,
                           eis_joint_result *r, eis_error *err) {
  eisi_joint_search found = {.second_S = NAN, .tried = 1, .agreed = 1};
  eis_status st;
  if (opt->warm) {
    eis_lsq_options o = eis_lsq_options_default();
    o.step_max = 2;
    o.deadline_s = deadline;
    memcpy(r->x, opt->warm, eisi_joint_size(j) * sizeof *r->x);
    st = eisi_joint_solve(j, &o, r->x, &found.info, err);
  } else {
    st = eisi_joint_search_run(j, opt, deadline, r->x, &found, err);
  }
  r->verdict = verdict_of(found.info.verdict);
  r->iterations = found.info.iterations;
  r->starts_tried = found.tried;
  r->starts_agreed = found.agreed;
  r->second_S = found.second_S;
  return st;
}

eis_status eis_joint_run(const eis_model *model, const eis_joint_data *data,
                         const eis_joint_options *opt, eis_joint_result *out, eis_error *err) {
  eisi_joint j = {0};
  const double begin = eisi_now(),
               deadline = isfinite(opt->max_time_s) ? begin + opt->max_time_s : INFINITY;
  *out = (eis_joint_result){.second_S = NAN};
  out->model = eisi_strdup(model->name, err);
  eis_status st = out->model ? eisi_joint_init(&j, model, data, data, opt, err) : EIS_ERROR_MEMORY;
  if (st == EIS_OK) {
    out->x = eisi_new(eisi_joint_size(&j) + 1, sizeof *out->x, err);
    st = out->x ? optimise(&j, opt, deadline, out, err) : EIS_ERROR_MEMORY;
    if (st == EIS_OK && opt->numeric) st = refine(&j, deadline, out, err);
  }
  if (st == EIS_OK) st = fill(&j, opt, deadline, out, err);
  if (st == EIS_OK) st = eisi_joint_words(&j, out, err);
  if (st == EIS_OK) {
    out->decisions = j.decisions;
    j.decisions = (eis_notes){0};
  }
  out->seconds = eisi_now() - begin;
  eisi_joint_clear(&j);
  return st;
}
