/* json_joint.c - a joint fit as JSON (doc/schema/eisfit.joint-1.json) and as a tidy table. */
#include <math.h>
#include <stdlib.h>

#include "report/csv.h"
#include "report/joint_report.h"
#include "report/json_parts.h"

static const char *verdict_name(eis_fit_verdict v) {
  return v == EIS_FIT_CONVERGED ? "converged"
         : v == EIS_FIT_TIMEOUT ? "time limit"
                                : "not converged";
}

static void put_numbers(eisi_json in, const eis_joint_result *r) {
  eisi_json list = eisi_json_array(in, "shared");
  for (size_t k = 0; k < r->n_numbers; k++) {
    const eis_joint_number *n = &r->number[k];
    eisi_json o = eisi_json_object(list, NULL);
    eisi_json_string(o, "name", n->name);
    eisi_json_string(o, "group", *n->group ? n->group : NULL);
    eisi_json_string(o, "unit", n->unit);
    eisi_json_number(o, "value", n->value);
    eisi_json_number(o, "stderr", n->stderr_);
    eisi_json_numbers(o, "ci95", (double[]){n->ci_low, n->ci_high}, 2);
    eisi_json_string(o, "interval", n->profiled ? "profile" : "covariance");
    eisi_json_bool(o, "fixed", n->fixed);
    eisi_json_bool(o, "at_bound", n->at_bound);
    eisi_json_bool(o, "identifiable", n->identifiable);
  }
  eisi_json rows = eisi_json_array(in, "covariance");
  for (size_t a = 0; a < r->n_numbers; a++) {
    eisi_json row = eisi_json_array(rows, NULL);
    for (size_t b = 0; b < r->n_numbers; b++)
      eisi_json_number(row, NULL, r->covariance[a * r->n_numbers + b]);
  }
}

static void put_share(eisi_json in, const eis_joint_share *s) {
  eisi_json o = eisi_json_object(in, "space_charge");
  eisi_json_number(o, "dphi_V", s->dphi);
  eisi_json_number(o, "dphi_stderr_V", s->dphi_se);
  eisi_json_numbers(o, "dphi_ci95_V", (double[]){s->dphi_low, s->dphi_high}, 2);
  eisi_json_bool(o, "dphi_profiled", s->dphi_profiled);
  eisi_json_number(o, "R_scl_ohm", s->R_scl);
  eisi_json_number(o, "R_scl_stderr_ohm", s->R_scl_se);
  eisi_json_number(o, "R_ct_ohm", s->R_ct);
  eisi_json_number(o, "R_cei_ohm", s->R_cei);
  eisi_json_number(o, "share", s->share);
  eisi_json_number(o, "share_stderr", s->share_se);
  eisi_json_number(o, "ln_share_stderr_direct", s->direct_se);
  eisi_json_bool(o, "resolved", s->resolved);
  eisi_json_bool(o, "identifiable", s->identifiable);
}

static void put_spectrum(eisi_json list, const eisi_joint_view *v, const eis_joint_result *r,
                         size_t i) {
  const eis_joint_spectrum *s = &r->spectrum[i];
  eisi_json o = eisi_json_object(list, NULL);
  eisi_json_string(o, "file", v->data->spectrum[i]->source);
  eisi_json_int(o, "sweep", v->data->spectrum[i]->sweep);
  eisi_json_number(o, "misfit_percent", s->noise_percent);
  eisi_json_number(o, "S", s->S);
  eisi_json_number(o, "z", s->z);
  eisi_json_bool(o, "outlier", s->outlier);
  eisi_json_number(o, "scatter_percent", s->scatter_percent);
  eisi_json_bool(o, "missed", s->missed);
  eisi_json_numbers(o, "parameters", s->param, (size_t)r->circuit->n_params);
  eisi_json_numbers(o, "stderr", s->stderr_, (size_t)r->circuit->n_params);
  eisi_json_numbers(o, "fit_re_ohm", s->fit_re, v->data->spectrum[i]->n);
  eisi_json_numbers(o, "fit_im_ohm", s->fit_im, v->data->spectrum[i]->n);
  if (r->share) put_share(o, &r->share[i]);
}

static void put_directions(eisi_json in, const eis_joint_result *r) {
  eisi_json list = eisi_json_array(in, "directions");
  for (size_t k = 0; k < r->n_directions; k++) {
    eisi_json o = eisi_json_object(list, NULL);
    eisi_json_number(o, "stderr", r->direction[k].stderr_);
    eisi_json_numbers(o, "components", r->direction[k].part, r->n_numbers);
  }
}

static void put_statistics(eisi_json in, const eis_joint_result *r) {
  eisi_json o = eisi_json_object(in, "statistics");
  eisi_json_number(o, "S", r->S);
  eisi_json_int(o, "points", r->points);
  eisi_json_int(o, "dof", r->dof);
  eisi_json_int(o, "n_free", r->n_free);
  eisi_json_number(o, "misfit_percent", r->noise_percent);
  eisi_json_number(o, "scatter_percent", r->scatter_percent);
  eisi_json_bool(o, "missed", r->missed);
  eisi_json_number(o, "aicc", r->aicc);
  eisi_json_number(o, "bic", r->bic);
  eisi_json_int(o, "starts_tried", r->starts_tried);
  eisi_json_int(o, "starts_agreed", r->starts_agreed);
  eisi_json_number(o, "second_S", r->second_S);
  eisi_json_int(o, "iterations", r->iterations);
}

static void put_result(eisi_json o, const eisi_joint_view *v, const eis_joint_result *r) {
  char *text = eisi_circuit_text(r->circuit);
  *o.failed |= !text;
  eisi_json_string(o, "circuit", text);
  free(text);
  eisi_json_string(o, "verdict", verdict_name(r->verdict));
  put_statistics(o, r);
  put_numbers(o, r);
  eisi_json names = eisi_json_array(o, "parameter_names"),
            units = eisi_json_array(o, "parameter_units");
  for (int k = 0; k < r->circuit->n_params; k++) {
    eisi_json_string(names, NULL, r->circuit->param[k].name);
    eisi_json_string(units, NULL, r->circuit->param[k].spec->unit);
  }
  eisi_json list = eisi_json_array(o, "spectra");
  for (size_t i = 0; i < r->n; i++) put_spectrum(list, v, r, i);
  put_directions(o, r);
  eisi_json_notes(o, "decisions", &r->decisions);
  eisi_json_notes(o, "identifiability", &r->identifiability);
  eisi_json_notes(o, "warnings", &r->warnings);
}

static void put_columns(eisi_json doc, const eis_joint_data *d) {
  eisi_json o = eisi_json_object(doc, "columns");
  for (size_t k = 0; k < d->n_columns; k++) {
    eisi_json list = eisi_json_array(o, d->column[k].name);
    for (size_t i = 0; i < d->n; i++) {
      if (d->column[k].number && isfinite(d->column[k].number[i]))
        eisi_json_number(list, NULL, d->column[k].number[i]);
      else
        eisi_json_string(list, NULL, d->column[k].text ? d->column[k].text[i] : NULL);
    }
  }
}

static const char *const strengths[] = {"undecided", "positive", "strong", "decisive"};

static void put_choice(eisi_json doc, const eisi_joint_view *v) {
  const eis_joint_choice *c = v->choice;
  eisi_json o = eisi_json_object(doc, "choice");
  eisi_json_string(o, "best", c->best < 0 ? NULL : v->at[c->best].name);
  eisi_json_string(o, "second", c->second < 0 ? NULL : v->at[c->second].name);
  eisi_json_number(o, "two_ln_B", c->two_ln_B);
  eisi_json_string(o, "strength", c->second < 0 ? NULL : strengths[c->strength]);
  eisi_json_notes(o, "words", &c->words);
}

eis_status eisi_json_joint(const eisi_joint_view *v, eisi_text *out, eis_error *err) {
  bool failed;
  eisi_json doc = eisi_json_begin(&failed);
  eisi_json_head(doc, "eisfit.joint/1");
  eisi_json_string(doc, "manifest", v->manifest);
  eisi_json_notes(doc, "notes", v->notes);
  put_columns(doc, v->data);
  eisi_json list = eisi_json_array(doc, "hypotheses");
  for (size_t k = 0; k < v->n; k++) {
    eisi_json o = eisi_json_object(list, NULL);
    eisi_json_string(o, "name", v->at[k].name);
    eisi_json_string(o, "error", v->at[k].fitted ? NULL : v->at[k].why.text);
    if (v->at[k].fitted) put_result(o, v, &v->at[k].result);
  }
  put_choice(doc, v);
  return eisi_json_end(doc, out, err);
}

/* ---- tidy CSV ---- */

typedef struct csv_row {
  const eisi_joint_view *v;
  const char *model;
  long i; /* spectrum, -1 = shared */
} csv_row;

static void csv_head(const csv_row *r, eisi_text *out) {
  const eis_joint_data *d = r->v->data;
  eisi_csv_text(out, r->model);
  eisi_csv_text(out, r->i < 0 ? "shared" : "spectrum");
  eisi_csv_text(out, r->i < 0 ? NULL : d->spectrum[r->i]->source);
  if (r->i < 0)
    eisi_csv_text(out, NULL);
  else
    eisi_csv_number(out, d->spectrum[r->i]->sweep);
  for (size_t k = 0; k < d->n_columns; k++) {
    const eis_joint_column *c = &d->column[k];
    if (r->i < 0)
      eisi_csv_text(out, NULL);
    else if (c->number && isfinite(c->number[r->i]))
      eisi_csv_number(out, c->number[r->i]);
    else
      eisi_csv_text(out, c->text ? c->text[r->i] : NULL);
  }
}

static void csv_value(const csv_row *r, const char *name, const char *group, const char *unit,
                      const double v[4], eisi_text *out) {
  csv_head(r, out);
  eisi_csv_text(out, name);
  eisi_csv_text(out, group);
  for (int k = 0; k < 4; k++) eisi_csv_number(out, v[k]);
  eisi_csv_field(out, unit);
}

static void csv_end(bool known, eisi_text *out) {
  eisi_text_addf(out, ",%s\n", known ? "true" : "false");
}

static void csv_share(const csv_row *r, const eis_joint_share *s, eisi_text *out) {
  const struct {
    const char *name, *unit;
    double v[4];
  } rows[] = {{"dphi", "V", {s->dphi, s->dphi_se, s->dphi_low, s->dphi_high}},
              {"R_scl", "ohm", {s->R_scl, s->R_scl_se, NAN, NAN}},
              {"R_ct", "ohm", {s->R_ct, NAN, NAN, NAN}},
              {"R_cei", "ohm", {s->R_cei, NAN, NAN, NAN}},
              {"share", "", {s->share, s->share_se, NAN, NAN}}};
  for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
    csv_value(r, rows[k].name, NULL, rows[k].unit, rows[k].v, out);
    csv_end(s->identifiable, out);
  }
}

static void csv_result(const eisi_joint_view *v, const eisi_joint_hypothesis *h, eisi_text *out) {
  const eis_joint_result *r = &h->result;
  csv_row row = {v, h->name, -1};
  for (size_t k = 0; k < r->n_numbers; k++) {
    const eis_joint_number *n = &r->number[k];
    csv_value(&row, n->name, n->group, n->unit,
              (const double[]){n->value, n->stderr_, n->ci_low, n->ci_high}, out);
    csv_end(n->identifiable, out);
  }
  for (size_t i = 0; i < r->n; i++) {
    row.i = (long)i;
    const eis_joint_spectrum *s = &r->spectrum[i];
    csv_value(&row, "misfit_percent", NULL, "%", (const double[]){s->noise_percent, NAN, NAN, NAN},
              out);
    csv_end(!s->outlier, out);
    for (int k = 0; k < r->circuit->n_params; k++) {
      const eis_param *p = &r->circuit->param[k];
      csv_value(&row, p->name, NULL, p->spec->unit,
                (const double[]){s->param[k], s->stderr_[k], NAN, NAN}, out);
      csv_end(isfinite(s->stderr_[k]) && s->stderr_[k] < fabs(s->param[k]), out);
    }
    if (r->share) csv_share(&row, &r->share[i], out);
  }
}

void eisi_csv_joint(const eisi_joint_view *v, eisi_text *out) {
  eisi_text_addf(out, "model,level,file,sweep,");
  for (size_t k = 0; k < v->data->n_columns; k++) eisi_csv_text(out, v->data->column[k].name);
  eisi_text_addf(out, "name,group_of,value,stderr,ci_low,ci_high,unit,identifiable\n");
  for (size_t k = 0; k < v->n; k++)
    if (v->at[k].fitted) csv_result(v, &v->at[k], out);
}
