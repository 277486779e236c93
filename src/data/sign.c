/* sign.c - know or refuse: the sign of Im by header, phase column and physics, and the unit of an
   unlabelled phase. */
#include "data/sign.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "data/input.h"

static const double degree = 3.14159265358979323846 / 180;

/* ---- what the data say ---- */

/* Set on 3600 measured spectra whose sign is known: Kramers-Kronig was never wrong, and above the
   limit in all but seven (drifting or very noisy ones). */
#define KK_SURE 0.3
#define CAPACITIVE_SURE 0.8
enum { MAX_VOTES = 8 };

typedef struct vote {
  double kk, capacitive; /* means over the sweeps looked at */
  int verdict;           /* +1 Im is right as it stands, -1 it is -Im, 0 can't be told */
  size_t sweeps;
} vote;

static double clamp(double v, double limit) { return fmax(-limit, fmin(limit, v)); }

/* The finite points of a sweep, compacted into the scratch arrays; returns how many. */
static size_t finite_points(const eisi_points *p, const eisi_sweep *s, double *f, double *re,
                            double *im) {
  size_t m = 0;
  for (size_t k = s->first; k < s->first + s->n; k++) {
    double a = p->v[EISI_COL_RE][k], b = p->v[EISI_COL_IM][k];
    if (!isfinite(a) || !isfinite(b)) continue;
    f[m] = p->v[EISI_COL_FREQ][k];
    re[m] = a;
    im[m++] = b;
  }
  return m;
}

static eis_status take_vote(const eisi_points *p, vote *v, eis_error *err) {
  *v = (vote){0};
  size_t longest = 0, step = (p->n_sweeps + MAX_VOTES - 1) / MAX_VOTES;
  for (size_t i = 0; i < p->n_sweeps; i++)
    if (p->sweep[i].n > longest) longest = p->sweep[i].n;
  double *f = eisi_new(3 * longest + 1, sizeof *f, err);
  if (!f) return EIS_ERROR_MEMORY;
  eis_status st = EIS_OK;
  for (size_t i = 0; i < p->n_sweeps && st == EIS_OK; i += step) {
    size_t m = finite_points(p, &p->sweep[i], f, f + longest, f + 2 * longest);
    if (m < 5) continue;
    double kk;
    st = eisi_sign_kk(f, f + longest, f + 2 * longest, m, &kk, err);
    if (st != EIS_OK || !isfinite(kk)) continue;
    v->kk += clamp(kk, 2);
    v->capacitive += eisi_sign_capacitive(f, f + longest, f + 2 * longest, m);
    v->sweeps++;
  }
  free(f);
  if (st != EIS_OK || v->sweeps == 0) return st;
  v->kk /= (double)v->sweeps;
  v->capacitive /= (double)v->sweeps;
  if (fabs(v->kk) > KK_SURE)
    v->verdict = v->kk > 0 ? 1 : -1;
  else if (fabs(v->capacitive) > CAPACITIVE_SURE)
    v->verdict = v->capacitive > 0 ? 1 : -1;
  return EIS_OK;
}

/* ---- the phase column ---- */

static double wrap(double phase) { return remainder(phase, 360 * degree); }

static double largest(const double *v, size_t n) {
  double top = 0;
  for (size_t k = 0; k < n; k++)
    if (isfinite(v[k])) top = fmax(top, fabs(v[k]));
  return top;
}

static eis_status phase_not_clear(const eisi_input *in, double top, eis_error *err) {
  return eis_error_at(err, EIS_ERROR_INPUT, in->doc->source,
                      in->header.n_rows > 0 ? (long)in->header.line[0] + 1 : 0, 0,
                      "the phase column has no unit and values up to %.3g may be degrees or "
                      "radians; say --units phase=deg or --units phase=rad",
                      top);
}

/* Degrees or radians by range, else by the gain-phase relation. */
static eis_status unlabelled_phase(eisi_input *in, eisi_points *p, eis_error *err) {
  eisi_column *c = &in->column[in->use[EISI_COL_PHASE]];
  double top = largest(p->v[EISI_COL_PHASE], p->n), factor = degree;
  const char *how = "its range";
  if (top < 6.4) {
    const eisi_sweep *s = &p->sweep[0];
    double scale = p->v[EISI_COL_MOD] ? eisi_sign_phase_scale(p->v[EISI_COL_FREQ] + s->first,
                                                              p->v[EISI_COL_MOD] + s->first,
                                                              p->v[EISI_COL_PHASE] + s->first, s->n)
                                      : NAN;
    if (fabs(scale) > 1.2 && !(fabs(scale + log(degree)) < 1.2)) scale = NAN;
    if (isnan(scale)) return phase_not_clear(in, top, err);
    factor = fabs(scale) <= 1.2 ? 1 : degree;
    how = "the slope of |Z|";
  }
  c->has_unit = true;
  c->unit = (eisi_unit){EISI_DIM_ANGLE, factor, false, false};
  for (size_t k = 0; k < p->n; k++) p->v[EISI_COL_PHASE][k] *= factor;
  return eis_notes_add(&in->decisions, err, "unlabelled phase read as %s by %s",
                       factor == 1 ? "radians" : "degrees", how);
}

static eis_status polar_to_cartesian(eisi_input *in, eisi_points *p, eis_error *err) {
  eisi_column *c = &in->column[in->use[EISI_COL_PHASE]];
  eis_status st = c->has_unit ? EIS_OK : unlabelled_phase(in, p, err);
  if (st != EIS_OK) return st;
  double *re = p->v[EISI_COL_RE] = eisi_new(p->n, sizeof(double), err);
  double *im = p->v[EISI_COL_IM] = eisi_new(p->n, sizeof(double), err);
  if (!re || !im) return EIS_ERROR_MEMORY;
  for (size_t k = 0; k < p->n; k++) {
    double mod = p->v[EISI_COL_MOD][k], phase = c->sign * p->v[EISI_COL_PHASE][k];
    re[k] = mod * cos(phase);
    im[k] = mod * sin(phase);
  }
  return EIS_OK;
}

/* ---- cross-checks ---- */

typedef struct agreement {
  size_t same, other; /* points where the phase column has the sign of Im, and not */
} agreement;

/* The unit in which an unlabelled phase is nearer to the angle of Re and Im. */
static double phase_factor(const eisi_points *p) {
  const double *phase = p->v[EISI_COL_PHASE], *re = p->v[EISI_COL_RE], *im = p->v[EISI_COL_IM];
  size_t as_degrees = 0, as_radians = 0;
  for (size_t k = 0; k < p->n; k++) {
    double angle = fabs(atan2(im[k], re[k]));
    if (!(angle > 1e-3) || isnan(phase[k])) continue;
    if (fabs(fabs(wrap(phase[k] * degree)) - angle) < fabs(fabs(wrap(phase[k])) - angle))
      as_degrees++;
    else
      as_radians++;
  }
  return as_degrees > as_radians ? degree : 1;
}

/* Radians per unit of the values in the phase column. */
static double phase_unit(const eisi_input *in, const eisi_points *p) {
  return in->column[in->use[EISI_COL_PHASE]].has_unit ? 1 : phase_factor(p);
}

static agreement compare_phase(const eisi_input *in, const eisi_points *p) {
  agreement a = {0, 0};
  const eisi_column *c = &in->column[in->use[EISI_COL_PHASE]];
  const double *phase = p->v[EISI_COL_PHASE], *re = p->v[EISI_COL_RE], *im = p->v[EISI_COL_IM];
  double factor = phase_unit(in, p);
  for (size_t k = 0; k < p->n; k++) {
    double angle = c->sign * wrap(phase[k] * factor), z = hypot(re[k], im[k]);
    if (!(fabs(im[k]) > 0.02 * z) || !(fabs(angle) > 0.005)) continue;
    if (angle * im[k] > 0)
      a.same++;
    else
      a.other++;
  }
  return a;
}

static int by_value(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* |Z| against Re and Im: the median must agree to 2 %. */
static eis_status check_modulus(const eisi_input *in, const eisi_points *p, eis_error *err) {
  const double *re = p->v[EISI_COL_RE], *im = p->v[EISI_COL_IM], *mod = p->v[EISI_COL_MOD];
  double *d = eisi_new(p->n, sizeof *d, err);
  size_t m = 0, worst = p->n;
  if (!d) return EIS_ERROR_MEMORY;
  for (size_t k = 0; k < p->n; k++) {
    double z = hypot(re[k], im[k]), rel = fabs(z - mod[k]) / z;
    if (!isfinite(rel)) continue;
    if (rel > 0.02 && worst == p->n) worst = k;
    d[m++] = rel;
  }
  if (m > 0) qsort(d, m, sizeof *d, by_value);
  bool bad = m > 0 && d[m / 2] > 0.02;
  free(d);
  if (!bad) return EIS_OK;
  size_t row = p->row[worst];
  return eisi_table_error(&in->body, row, (size_t)in->use[EISI_COL_MOD], err,
                          "the modulus column says %.6g ohm, but real and imaginary part give %.6g "
                          "ohm; choose the right columns with --columns f=..,re=..,im=.., or say "
                          "--keep-imag to ignore the modulus",
                          mod[worst], hypot(re[worst], im[worst]));
}

static void negate(eisi_points *p) {
  for (size_t k = 0; k < p->n; k++) p->v[EISI_COL_IM][k] = -p->v[EISI_COL_IM][k];
}

/* ---- the verdict ---- */

typedef struct sign_case {
  eisi_input *in;
  eisi_points *p;
  const char *name; /* of the imaginary (or phase) column */
  bool silent;      /* no header says what it holds */
  vote v;
} sign_case;

static eis_status contradiction(const sign_case *c, eis_error *err) {
  const double *im = c->p->v[EISI_COL_IM], *phase = c->p->v[EISI_COL_PHASE];
  size_t k = 0;
  while (k + 1 < c->p->n && !(fabs(im[k]) > 0.02 * hypot(c->p->v[EISI_COL_RE][k], im[k]))) k++;
  return eisi_table_error(&c->in->body, c->p->row[k], (size_t)c->in->use[EISI_COL_IM], err,
                          "'%s' gives Im Z = %.6g ohm, but the phase is %.4g degrees, and the data "
                          "do not tell which is right; say --keep-imag (the column is Im Z as its "
                          "header says) or --negate-imag (it is the other sign)",
                          c->name, im[k], phase[k] * phase_unit(c->in, c->p) / degree);
}

/* Header and phase column disagree: the data decide, with the phase having the better name. */
static eis_status resolve_by_phase(sign_case *c, eis_error *err) {
  eisi_input *in = c->in;
  const char *phase = in->column[in->use[EISI_COL_PHASE]].name;
  if (c->v.verdict == 0 || (c->silent && c->v.verdict > 0)) return contradiction(c, err);
  if (c->v.verdict > 0) {
    eis_status st = eis_notes_add(&in->decisions, err,
                                  "sign: '%s' as its header says; the phase "
                                  "column has the opposite sign",
                                  c->name);
    if (st != EIS_OK) return st;
    return eis_notes_add(&in->warnings, err,
                         "the phase column '%s' contradicts '%s'; the data fit "
                         "the header of '%s', the phase was ignored (--negate-imag takes the other "
                         "sign)",
                         phase, c->name, c->name);
  }
  negate(c->p);
  if (c->silent)
    return eis_notes_add(&in->decisions, err,
                         "sign: column %d holds -Im Z (by the phase column), "
                         "negated",
                         in->use[EISI_COL_IM] + 1);
  eis_status st = eis_notes_add(&in->decisions, err,
                                "sign: '%s' holds -Im Z (by phase column and "
                                "Kramers-Kronig), negated",
                                c->name);
  if (st != EIS_OK) return st;
  return eis_notes_add(
      &in->warnings, err,
      "the header says '%s', but the phase column '%s' and the "
      "data show that it holds -Im Z; the sign was turned (--keep-imag takes it as "
      "it is)",
      c->name, phase);
}

static eis_status decide_silent(sign_case *c, eis_error *err) {
  if (c->v.verdict == 0)
    return eis_error_at(
        err, EIS_ERROR_INPUT, c->in->doc->source, 0, 0,
        "the sign of the imaginary part can't be told: no header says it and the "
        "data fit neither sign better; say --keep-imag (column %d is Im Z, negative "
        "for a capacitor) or --negate-imag (it is -Im Z)",
        c->in->use[EISI_COL_IM] >= 0 ? c->in->use[EISI_COL_IM] + 1
                                     : c->in->use[EISI_COL_PHASE] + 1);
  if (c->v.verdict < 0) negate(c->p);
  bool kk = fabs(c->v.kk) > KK_SURE;
  eis_status st = eis_notes_add(&c->in->decisions, err,
                                "sign: the column holds %s, by %s (no header "
                                "says it)",
                                c->v.verdict < 0 ? "-Im Z, negated" : "Im Z",
                                kk ? "Kramers-Kronig" : "capacitive data");
  if (st != EIS_OK || kk) return st;
  return eis_notes_add(
      &c->in->warnings, err,
      "the sign of the imaginary part is a guess: most of the "
      "data are capacitive with it, but Kramers-Kronig does not tell; check, and say "
      "--negate-imag or --keep-imag");
}

static eis_status decide_header(sign_case *c, bool confirmed, eis_error *err) {
  eis_status st = eis_notes_add(&c->in->decisions, err, "sign: '%s' by its header%s", c->name,
                                confirmed          ? ", the phase column agrees"
                                : c->v.verdict > 0 ? ", the data agree"
                                                   : "");
  if (st != EIS_OK || confirmed || c->v.verdict >= 0) return st;
  return eis_notes_add(&c->in->warnings, err,
                       "the header says '%s', but the data look as if it had "
                       "the other sign; check, and say --negate-imag if it has",
                       c->name);
}

static eis_status decide(sign_case *c, eis_error *err) {
  eisi_input *in = c->in;
  eis_status st = take_vote(c->p, &c->v, err);
  if (st != EIS_OK) return st;
  bool both = in->use[EISI_COL_IM] >= 0 && in->use[EISI_COL_RE] >= 0;
  agreement a = {0, 0};
  if (both && c->p->v[EISI_COL_MOD]) st = check_modulus(in, c->p, err);
  if (st != EIS_OK) return st;
  if (both && c->p->v[EISI_COL_PHASE]) a = compare_phase(in, c->p);
  size_t n = a.same + a.other;
  if (n >= 3 && a.same * 10 <= n) return resolve_by_phase(c, err);
  bool confirmed = n >= 3 && a.same * 10 >= n * 9;
  if (n >= 3 && !confirmed)
    st = eis_notes_add(&in->warnings, err,
                       "phase and imaginary part agree in sign in only %zu of "
                       "%zu points",
                       a.same, n);
  if (st != EIS_OK || c->v.sweeps == 0) return st;
  if (c->silent && !confirmed) return decide_silent(c, err);
  return decide_header(c, confirmed, err);
}

/* The imaginary part as header and options have it, before anything is checked. */
static eis_status nominal(eisi_input *in, eisi_points *p, sign_case *c, eis_error *err) {
  bool cartesian = in->use[EISI_COL_RE] >= 0 && in->use[EISI_COL_IM] >= 0;
  if (!cartesian) {
    free(p->v[EISI_COL_RE]); /* one of the two may stand alone beside modulus and phase */
    free(p->v[EISI_COL_IM]);
    p->v[EISI_COL_RE] = p->v[EISI_COL_IM] = NULL;
    in->use[EISI_COL_RE] = in->use[EISI_COL_IM] = -1;
    eis_status st = polar_to_cartesian(in, p, err);
    if (st != EIS_OK) return st;
  }
  const eisi_column *col = &in->column[in->use[cartesian ? EISI_COL_IM : EISI_COL_PHASE]];
  if (cartesian && col->sign < 0) negate(p);
  *c = (sign_case){.in = in, .p = p, .name = col->name, .silent = col->rank == EISI_RANK_SILENT};
  return EIS_OK;
}

eis_status eisi_points_sign(eisi_input *in, eisi_points *p, eis_error *err) {
  sign_case c;
  eis_status st = nominal(in, p, &c, err);
  if (st != EIS_OK) return st;
  if (in->opt->negate_imag) {
    negate(p);
    return eis_notes_add(&in->decisions, err, "sign: imaginary part negated as asked for");
  }
  if (in->opt->trust_imag)
    return eis_notes_add(&in->decisions, err,
                         "sign: imaginary part as the column says, unchecked "
                         "as asked for");
  return decide(&c, err);
}
