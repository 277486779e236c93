/* json_parts.c - what the documents of several commands share. */
#include "report/json_parts.h"

#include <eisfit/eisfit.h>
#include <math.h>

void eisi_json_head(eisi_json doc, const char *schema) {
  eisi_json_string(doc, "schema", schema);
  eisi_json_string(doc, "version", eis_version());
}

void eisi_json_input(eisi_json doc, const eis_spectrum *s) {
  eisi_json in = eisi_json_object(doc, "input");
  eisi_json_string(in, "file", s->source);
  eisi_json_int(in, "sweep", s->sweep);
  eisi_json_int(in, "sweeps", s->n_sweeps);
  eisi_json_string(in, "format", s->format);
  eisi_json_int(in, "n_points", (long long)s->n);
  eisi_json_number(in, "f_min_hz", s->n ? s->f[s->n - 1] : NAN);
  eisi_json_number(in, "f_max_hz", s->n ? s->f[0] : NAN);
  eisi_json_notes(in, "decisions", &s->decisions);
  eisi_json_string(in, "sha256", s->sha256);
  eisi_json meta = eisi_json_object(in, "metadata");
  for (size_t i = 0; i < s->meta.n; i++)
    eisi_json_string(meta, s->meta.item[i].key, s->meta.item[i].value);
}

void eisi_json_conditions(eisi_json doc, const eis_conditions *c) {
  eisi_json o = eisi_json_object(doc, "conditions");
  eisi_json_number(o, "area_m2", c->area_m2);
  eisi_json_number(o, "thickness_m", c->thickness_m);
  eisi_json_number(o, "temperature_K", c->temperature_K);
  eisi_json_number(o, "soc", c->soc);
}

void eisi_json_warnings(eisi_json doc, const eis_spectrum *s, const eis_notes *more) {
  eisi_json list = eisi_json_array(doc, "warnings");
  for (size_t i = 0; i < s->warnings.n; i++) eisi_json_string(list, NULL, s->warnings.text[i]);
  for (size_t i = 0; more && i < more->n; i++) eisi_json_string(list, NULL, more->text[i]);
}

void eisi_json_kk(eisi_json o, const eis_kk_result *kk) {
  eisi_json_bool(o, "passed", kk->passed);
  eisi_json_string(o, "reason", kk->reason);
  eisi_json_int(o, "m", kk->m);
  eisi_json_number(o, "mu", kk->mu);
  eisi_json_number(o, "pseudo_chi2", kk->pseudo_chi2);
  eisi_json_number(o, "noise_percent", kk->noise_percent);
  eisi_json_number(o, "systematic_percent", kk->systematic_percent);
  eisi_json_number(o, "max_residual_percent", kk->max_residual_percent);
  if (eisi_kk_has_window(kk))
    eisi_json_numbers(o, "valid_hz", (double[]){kk->f_low_hz, kk->f_high_hz}, 2);
  else
    eisi_json_string(o, "valid_hz", NULL);
}

void eisi_json_outliers(eisi_json o, const eis_kk_result *kk, const eis_spectrum *s) {
  eisi_json list = eisi_json_array(o, "outliers");
  for (size_t k = 0; k < kk->n; k++) {
    if (!kk->outlier[k]) continue;
    eisi_json e = eisi_json_object(list, NULL);
    eisi_json_number(e, "f_hz", s->f[k]);
    eisi_json_int(e, "row", s->row[k]);
  }
}

void eisi_json_kk_test(eisi_json doc, const eis_kk_result *kk, const eis_spectrum *s) {
  if (eisi_json_null(doc, "kk", kk)) return;
  eisi_json o = eisi_json_object(doc, "kk");
  eisi_json_kk(o, kk);
  eisi_json_outliers(o, kk, s);
}

void eisi_json_data(eisi_json doc, const eis_spectrum *s) {
  eisi_json o = eisi_json_object(doc, "data");
  eisi_json_numbers(o, "f_hz", s->f, s->n);
  eisi_json_numbers(o, "re_ohm", s->re, s->n);
  eisi_json_numbers(o, "im_ohm", s->im, s->n);
  if (s->sigma) eisi_json_numbers(o, "sigma_ohm", s->sigma, s->n);
  if (s->time_s) eisi_json_numbers(o, "time_s", s->time_s, s->n);
}
