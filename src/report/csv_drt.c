/* csv_drt.c - distributions as tidy tables: one row per spectrum and peak, or per point of tau. */
#include <math.h>

#include "report/csv.h"
#include "report/drt_report.h"

static void spectrum_fields(const eisi_drt_view *v, eisi_text *out) {
  eisi_csv_text(out, v->spectrum->source);
  eisi_text_addf(out, "%d,", v->spectrum->sweep);
  eisi_csv_text(out, v->solution->method->key);
}

static void end_row(const eisi_drt_view *v, const eisi_csv_keys *keys, eisi_text *out) {
  eisi_csv_conditions(v->cond, &v->spectrum->meta, out);
  eisi_csv_end(keys, &v->spectrum->meta, out);
}

/* ---- peaks ---- */

static const char peak_head[] =
    "file,sweep,method,lambda,R_inf_ohm,R_inf_stderr,L_H,C_series_F,R_pol_ohm,R_pol_stderr,n_peaks,"
    "peak,f_hz,tau_s,log10_tau_stderr,R_ohm,R_stderr,C_F,C_stderr,R_ohm_cm2,C_F_per_cm2,"
    "width_decades,height_ohm,probability_real,shoulder,found_weaker,found_stronger,process,process_probability,residual_percent,"
    "kk_passed,kk_noise_percent,warnings,";

/* The same in every row of a spectrum. */
static void whole_fields(const eisi_drt_view *v, eisi_text *out) {
  const eis_drt_result *r = v->drt;
  spectrum_fields(v, out);
  eisi_csv_number(out, r->lambda);
  eisi_csv_number(out, r->R_inf);
  eisi_csv_number(out, r->R_inf_error);
  eisi_csv_number(out, r->L);
  eisi_csv_number(out, r->C_inv != 0 ? 1 / r->C_inv : NAN);
  eisi_csv_number(out, r->R_pol);
  eisi_csv_number(out, r->R_pol_error);
  eisi_text_addf(out, "%zu,", r->n_peaks);
}

static void found_fields(const eis_drt_stability *t, size_t i, eisi_text *out) {
  for (int side = 0; side < 2; side++) {
    if (t)
      eisi_csv_bool(out, t->peak[i].found[side]);
    else
      eisi_csv_text(out, NULL);
  }
}

static void peak_fields(const eisi_drt_view *v, size_t i, eisi_text *out) {
  const eis_drt_peak *p = &v->drt->peak[i];
  const double cm2 = v->cond->area_m2 * 1e4;
  eisi_text_addf(out, "%zu,", i + 1);
  eisi_csv_number(out, 1 / (2 * acos(-1) * p->tau));
  eisi_csv_number(out, p->tau);
  eisi_csv_number(out, p->log10_tau_error);
  eisi_csv_number(out, p->R);
  eisi_csv_number(out, p->R_error);
  eisi_csv_number(out, p->C);
  eisi_csv_number(out, eisi_drt_C_error(p));
  eisi_csv_number(out, p->R * cm2);
  eisi_csv_number(out, p->C / cm2);
  eisi_csv_number(out, p->width);
  eisi_csv_number(out, p->height);
  eisi_csv_number(out, p->probability);
  eisi_csv_bool(out, p->shoulder);
  found_fields(v->stability, i, out);
  eisi_csv_text(out, eisi_drt_process(v, i));
  eisi_csv_number(out, v->assigned ? v->assigned->peak[i].probability : NAN);
}

enum { PEAK_FIELDS = 18 };

/* A spectrum without peaks has a row, too. */
static void peak_rows(const eisi_drt_view *v, const eisi_csv_keys *keys, eisi_text *out) {
  const size_t n = v->drt->n_peaks;
  for (size_t i = 0; i < (n ? n : 1); i++) {
    whole_fields(v, out);
    for (int k = 0; !n && k < PEAK_FIELDS; k++) eisi_csv_text(out, NULL);
    if (n) peak_fields(v, i, out);
    eisi_csv_number(out, v->drt->noise_percent);
    eisi_csv_text(out, !v->kk ? NULL : v->kk->passed ? "1" : "0");
    eisi_csv_number(out, v->kk ? v->kk->noise_percent : NAN);
    eisi_csv_warnings(&v->spectrum->warnings, v->warnings, out);
    end_row(v, keys, out);
  }
}

/* ---- gamma ---- */

static const char gamma_head[] = "file,sweep,method,tau_s,f_hz,gamma_ohm,gamma_low,gamma_high,";

static void gamma_rows(const eisi_drt_view *v, const eisi_csv_keys *keys, eisi_text *out) {
  const eis_drt_result *r = v->drt;
  for (size_t j = 0; j < r->n_tau; j++) {
    spectrum_fields(v, out);
    eisi_csv_number(out, r->tau[j]);
    eisi_csv_number(out, 1 / (2 * acos(-1) * r->tau[j]));
    eisi_csv_number(out, r->gamma[j]);
    eisi_csv_number(out, r->gamma_low ? r->gamma_low[j] : NAN);
    eisi_csv_number(out, r->gamma_high ? r->gamma_high[j] : NAN);
    end_row(v, keys, out);
  }
}

static const struct {
  const char *head;
  void (*rows)(const eisi_drt_view *v, const eisi_csv_keys *keys, eisi_text *out);
} tables[] = {
    [EISI_DRT_PEAKS] = {peak_head, peak_rows}, [EISI_DRT_GAMMA] = {gamma_head, gamma_rows}};

void eisi_csv_drt_header(eisi_drt_table table, const eisi_csv_keys *keys, eisi_text *out) {
  eisi_text_addf(out, "%s", tables[table].head);
  eisi_csv_conditions(NULL, NULL, out);
  eisi_csv_end(keys, NULL, out);
}

void eisi_csv_drt_rows(const eisi_drt_view *v, eisi_drt_table table, const eisi_csv_keys *keys,
                       eisi_text *out) {
  tables[table].rows(v, keys, out);
}
