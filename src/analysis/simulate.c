/* simulate.c - spectra from circuits: grid, impedance, drift, noise, and a record of all that. */
#include <eisfit/simulate.h>

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "numerics/rng.h"

enum { MAX_POINTS = 1000000, NUMBER = 32 };

eis_simulate_options eis_simulate_options_default(void) {
  return (eis_simulate_options){
      .fmin_hz = 0.01, .fmax_hz = 1e6, .points_per_decade = 10, .noise = EIS_NOISE_NONE, .seed = 1};
}

/* Numbers for sentences, the same in every locale. */
typedef struct shown {
  char s[NUMBER];
} shown;
static shown show(double v) {
  shown t;
  eisi_print_double(t.s, sizeof t.s, v);
  return t;
}

static eis_status check_grid(const eis_simulate_options *o, eis_error *err) {
  if (!(o->fmin_hz > 0 && isfinite(o->fmin_hz)) || !(o->fmax_hz > 0 && isfinite(o->fmax_hz)))
    return eis_error_set(err, EIS_ERROR_USAGE,
                         "frequency range %s Hz to %s Hz: expected two positive numbers",
                         show(o->fmin_hz).s, show(o->fmax_hz).s);
  if (o->fmin_hz > o->fmax_hz)
    return eis_error_set(err, EIS_ERROR_USAGE,
                         "lowest frequency %s Hz is above the highest, %s Hz; swap them",
                         show(o->fmin_hz).s, show(o->fmax_hz).s);
  if (!(o->points_per_decade > 0))
    return eis_error_set(err, EIS_ERROR_USAGE, "%s points per decade: expected more than 0",
                         show(o->points_per_decade).s);
  if (log10(o->fmax_hz / o->fmin_hz) * o->points_per_decade > MAX_POINTS)
    return eis_error_set(err, EIS_ERROR_USAGE,
                         "%s points per decade make more than %d points; use fewer",
                         show(o->points_per_decade).s, MAX_POINTS);
  return EIS_OK;
}

static eis_status check_list(const eis_simulate_options *o, eis_error *err) {
  if (o->n_f == 0)
    return eis_error_set(err, EIS_ERROR_USAGE, "no frequency given; expected at least one");
  if (o->n_f > MAX_POINTS)
    return eis_error_set(err, EIS_ERROR_USAGE, "%zu frequencies are more than %d", o->n_f,
                         MAX_POINTS);
  for (size_t k = 0; k < o->n_f; k++)
    if (!(o->f_hz[k] > 0 && isfinite(o->f_hz[k])))
      return eis_error_set(err, EIS_ERROR_USAGE, "frequency %zu is %s Hz, not a positive number",
                           k + 1, show(o->f_hz[k]).s);
  return EIS_OK;
}

static eis_status check_disturbances(const eis_circuit *c, const eis_simulate_options *o,
                                     eis_error *err) {
  if (o->noise != EIS_NOISE_NONE && !(o->noise_level >= 0 && isfinite(o->noise_level)))
    return eis_error_set(err, EIS_ERROR_USAGE, "noise level %s: expected a number of at least 0",
                         show(o->noise_level).s);
  if (!(o->drift_percent > -100 && isfinite(o->drift_percent)))
    return eis_error_set(err, EIS_ERROR_USAGE, "drift of %s %%: expected a number above -100",
                         show(o->drift_percent).s);
  const int which = o->drift_param ? eis_circuit_find_param(c, o->drift_param) : -1;
  if (which >= 0 && (c->param[which].tie >= 0 || c->param[which].spec->discrete))
    return eis_error_set(err, EIS_ERROR_USAGE, "drift of '%s': %s", o->drift_param,
                         c->param[which].tie >= 0 ? "it follows another parameter; name that one"
                                                  : "a switch can't drift");
  if (o->drift_param && which < 0)
    return eis_error_set(err, EIS_ERROR_USAGE,
                         "drift of '%s': the circuit has no parameter of that name",
                         o->drift_param);
  return EIS_OK;
}

/* A tie leads to a parameter that is not tied itself. */
static void follow_ties(const eis_circuit *c, double *value) {
  for (int i = 0; i < c->n_params; i++)
    if (c->param[i].tie >= 0) value[i] = c->param[i].tie_factor * value[c->param[i].tie];
}

static eis_status gather(const eis_circuit *c, const double *p, double *value, eis_error *err) {
  for (int i = 0; i < c->n_params; i++) value[i] = p ? p[i] : c->param[i].value;
  follow_ties(c, value);
  for (int i = 0; i < c->n_params; i++) {
    const eis_param *q = &c->param[i];
    if (isnan(value[i]))
      return eis_error_set(err, EIS_ERROR_USAGE,
                           "parameter '%s' has no value; give it, as in '%s=%s'", q->name, q->name,
                           show(q->spec->start).s);
    if (value[i] < q->spec->lower || value[i] > q->spec->upper)
      return eis_error_set(
          err, EIS_ERROR_USAGE, "parameter '%s' = %s is outside the range of its element, %s to %s",
          q->name, show(value[i]).s, show(q->spec->lower).s, show(q->spec->upper).s);
  }
  return EIS_OK;
}

/* Allocates *out with its frequencies, descending. */
static eis_status make_grid(const eis_simulate_options *o, eis_spectrum *out, eis_error *err) {
  const double decades = log10(o->fmax_hz / o->fmin_hz);
  size_t n = o->n_f;
  if (!o->f_hz) n = decades > 0 ? 1 + (size_t)fmax(1, round(decades * o->points_per_decade)) : 1;
  const eis_status status = eis_spectrum_init(out, n, err);
  if (status != EIS_OK) return status;
  for (size_t k = 0; k < n; k++)
    out->f[k] = o->f_hz ? o->f_hz[k]
                        : o->fmax_hz * pow(10, -decades * (double)k / (double)(n > 1 ? n - 1 : 1));
  if (!o->f_hz) out->f[n - 1] = o->fmin_hz; /* the ends exactly as given */
  if (!o->f_hz) out->f[0] = o->fmax_hz;
  eis_spectrum_sort(out);
  return EIS_OK;
}

/* Impedance at n frequencies into re and im. */
static eis_status evaluate(const eis_circuit *c, const double *p, const double *f, size_t n,
                           double *re_im[2], eis_error *err) {
  eis_eval *e = NULL;
  double *z = eisi_new(2 * n, sizeof *z, err);
  eis_status status = z ? eis_eval_new(c, f, n, &e, err) : EIS_ERROR_MEMORY;
  if (status == EIS_OK) {
    eis_eval_run(e, p, z, NULL, NULL);
    memcpy(re_im[0], z, n * sizeof *z);
    memcpy(re_im[1], z + n, n * sizeof *z);
  }
  eis_eval_free(e);
  free(z);
  return status;
}

/* Time at the end of each point, one period each. */
static eis_status clock_points(eis_spectrum *s, eis_error *err) {
  s->time_s = eisi_new(s->n, sizeof *s->time_s, err);
  if (!s->time_s) return EIS_ERROR_MEMORY;
  double t = 0;
  for (size_t k = 0; k < s->n; k++) s->time_s[k] = t += 1 / s->f[k];
  return EIS_OK;
}

/* Every point sees the circuit as it is by then.  value: n_params, changed. */
static eis_status drift(const eis_circuit *c, const eis_simulate_options *o, double *value,
                        eis_spectrum *s, eis_error *err) {
  eis_status status = clock_points(s, err);
  const int which = o->drift_param ? eis_circuit_find_param(c, o->drift_param) : -1;
  const double keep = which >= 0 ? value[which] : 0;
  for (size_t k = 0; k < s->n && status == EIS_OK; k++) {
    const double factor = 1 + o->drift_percent / 100 * s->time_s[k] / s->time_s[s->n - 1];
    if (which < 0) {
      s->re[k] *= factor;
      s->im[k] *= factor;
      continue;
    }
    value[which] =
        fmin(fmax(keep * factor, c->param[which].spec->lower), c->param[which].spec->upper);
    follow_ties(c, value);
    status = evaluate(c, value, &s->f[k], 1, (double *[2]){&s->re[k], &s->im[k]}, err);
  }
  return status;
}

static eis_status add_noise(const eis_simulate_options *o, eis_spectrum *s, eis_error *err) {
  if (o->noise != EIS_NOISE_COMPONENT) {
    s->sigma = eisi_new(s->n, sizeof *s->sigma, err);
    if (!s->sigma) return EIS_ERROR_MEMORY;
  }
  eisi_rng rng;
  eisi_rng_seed(&rng, o->seed, o->stream);
  for (size_t k = 0; k < s->n; k++) {
    const double part = o->noise_level / 100, modulus = hypot(s->re[k], s->im[k]);
    double sd[2] = {o->noise_level, o->noise_level};
    if (o->noise == EIS_NOISE_MODULUS) sd[0] = sd[1] = part * modulus;
    if (o->noise == EIS_NOISE_COMPONENT)
      sd[0] = part * fabs(s->re[k]), sd[1] = part * fabs(s->im[k]);
    if (s->sigma) s->sigma[k] = sd[0];
    s->re[k] += sd[0] * eisi_rng_normal(&rng);
    s->im[k] += sd[1] * eisi_rng_normal(&rng);
  }
  return EIS_OK;
}

static eis_status check_finite(const eis_spectrum *s, eis_error *err) {
  for (size_t k = 0; k < s->n; k++)
    if (!isfinite(s->re[k]) || !isfinite(s->im[k]))
      return eis_error_set(err, EIS_ERROR_NUMERIC,
                           "the impedance is not finite at %s Hz; check the parameter values",
                           show(s->f[k]).s);
  return EIS_OK;
}

static eis_status note_noise(const eis_simulate_options *o, eis_spectrum *s, eis_error *err) {
  static const char *const kinds[] = {[EIS_NOISE_MODULUS] = "% of |Z| for each part",
                                      [EIS_NOISE_COMPONENT] = "% of the part itself",
                                      [EIS_NOISE_ABSOLUTE] = "ohm for each part"};
  if (o->noise == EIS_NOISE_NONE) return eis_notes_add(&s->decisions, err, "no noise");
  return eis_notes_add(&s->decisions, err,
                       "normal noise, standard deviation %s %s, seed %" PRIu64 ", stream %" PRIu64,
                       show(o->noise_level).s, kinds[o->noise], o->seed, o->stream);
}

/* What was done, in words and as metadata. */
static eis_status record(const eis_circuit *c, const eis_simulate_options *o, eis_spectrum *s,
                         eis_error *err) {
  char *text = NULL;
  eis_status status = eis_circuit_print(c, EIS_NOTATION_CDC, false, &text, err);
  if (status == EIS_OK) status = eis_meta_set(&s->meta, "circuit", text, err);
  free(text);
  if (status == EIS_OK && !(s->source = eisi_strdup("simulated", err))) status = EIS_ERROR_MEMORY;
  if (status == EIS_OK && !(s->format = eisi_strdup("simulated", err))) status = EIS_ERROR_MEMORY;
  s->sweep = s->n_sweeps = 1;
  if (status == EIS_OK)
    status = eis_notes_add(&s->decisions, err, "%zu points from %s Hz to %s Hz, %s%s", s->n,
                           show(s->f[0]).s, show(s->f[s->n - 1]).s,
                           o->f_hz ? "as given" : show(o->points_per_decade).s,
                           o->f_hz ? "" : " per decade");
  if (status == EIS_OK) status = note_noise(o, s, err);
  if (status == EIS_OK && o->drift_percent != 0)
    status = eis_notes_add(
        &s->decisions, err, "%s drifts by %s %% over the sweep, in proportion to time",
        o->drift_param ? o->drift_param : "the impedance", show(o->drift_percent).s);
  if (status == EIS_OK && o->noise != EIS_NOISE_NONE) {
    char seed[NUMBER];
    snprintf(seed, sizeof seed, "%" PRIu64, o->seed);
    status = eis_meta_set(&s->meta, "seed", seed, err);
  }
  return status;
}

eis_status eis_simulate_run(const eis_circuit *c, const double *p, const eis_simulate_options *opt,
                            eis_spectrum *out, eis_error *err) {
  *out = (eis_spectrum){0};
  double *value = NULL;
  eis_status status = opt->f_hz ? check_list(opt, err) : check_grid(opt, err);
  if (status == EIS_OK) status = check_disturbances(c, opt, err);
  if (status != EIS_OK) return status;
  value = eisi_new((size_t)c->n_params + 1, sizeof *value, err);
  if (!value) return EIS_ERROR_MEMORY;
  status = gather(c, p, value, err);
  if (status == EIS_OK) status = make_grid(opt, out, err);
  if (status == EIS_OK)
    status = evaluate(c, value, out->f, out->n, (double *[2]){out->re, out->im}, err);
  if (status == EIS_OK && opt->drift_percent != 0) status = drift(c, opt, value, out, err);
  if (status == EIS_OK && opt->noise != EIS_NOISE_NONE) status = add_noise(opt, out, err);
  if (status == EIS_OK) status = check_finite(out, err);
  if (status == EIS_OK) status = record(c, opt, out, err);
  if (status != EIS_OK) eis_spectrum_clear(out);
  free(value);
  return status;
}
