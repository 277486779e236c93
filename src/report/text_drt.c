/* text_drt.c - the screen a person reads after a distribution of relaxation times. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "report/drt_report.h"
#include "report/table.h"

/* ---- series terms and the sum ---- */

static const eisi_grid_column series_columns[] = {
    {"", EISI_LEFT}, {"value", EISI_RIGHT}, {"± std. error", EISI_LEFT}, {"unit", EISI_LEFT},
    {"note", EISI_LEFT},
};

static eis_status series_row(eisi_grid *t, const char *name, const eisi_shown *q, const char *note,
                             eis_error *err) {
  eis_status st = eisi_grid_cell(t, err, "%s", name);
  if (!st) st = eisi_grid_cell(t, err, "%s", q->value);
  if (!st) st = eisi_grid_cell(t, err, "%s%s", *q->error ? "± " : "", q->error);
  if (!st) st = eisi_grid_cell(t, err, "%s", q->unit);
  return st ? st : eisi_grid_cell(t, err, "%s", note);
}

static const char *term_note(eis_drt_term term) { return term == EIS_DRT_TERM_FIXED ? "held" : ""; }

static double share_of_peaks(const eis_drt_result *r) {
  double sum = 0;
  for (size_t i = 0; i < r->n_peaks; i++) sum += r->peak[i].R;
  return sum / r->R_pol;
}

/* Terms that are zero were left out. */
static eis_status series_table(const eisi_drt_view *v, eisi_text *out, eis_error *err) {
  const eis_drt_result *r = v->drt;
  const eis_drt_options *o = v->options;
  eisi_grid t = {series_columns, 5, NULL, 0};
  char note[128] = "integral of gamma";
  if (v->solution->gamma_by != v->solution->peaks_by)
    snprintf(note, sizeof note, "integral of gamma by %s; the peaks, by %s, have %g %% of it",
             v->solution->gamma_by->key, v->solution->peaks_by->key,
             eisi_signif(100 * share_of_peaks(r), 3));
  else if (r->n_peaks)
    snprintf(note, sizeof note, "integral of gamma, %g %% of it in %zu peak%s%s",
             eisi_signif(100 * share_of_peaks(r), 3), r->n_peaks, r->n_peaks > 1 ? "s" : "",
             share_of_peaks(r) < 0.99 ? ", the rest at the ends" : "");
  eisi_shown q = eisi_drt_show_R(v->cond, r->R_inf, r->R_inf_error);
  eis_status st = r->R_inf != 0 ? series_row(&t, "R_inf", &q, term_note(o->R_inf), err) : EIS_OK;
  q = eisi_show(r->L, r->L_error, NAN, NAN, "H");
  if (!st && r->L != 0) st = series_row(&t, "L", &q, term_note(o->L), err);
  q = eisi_drt_show_C(v->cond, 1 / r->C_inv, r->C_inv_error / (r->C_inv * r->C_inv));
  if (!st && r->C_inv != 0)
    st = series_row(
        &t, "C", &q,
        o->C == EIS_DRT_TERM_FIXED ? "held" : "in series: blocking, or a diffusion tail", err);
  q = eisi_drt_show_R(v->cond, r->R_pol, r->R_pol_error);
  if (!st) st = series_row(&t, "R_pol", &q, note, err);
  if (!st) eisi_grid_print(&t, 2, v->color, out);
  eisi_grid_clear(&t);
  return st;
}

/* ---- peaks ---- */

enum { PEAK_COLUMNS = 10 };

static void add_note(const char *text, char *buf, size_t size) {
  const size_t n = strlen(buf);
  snprintf(buf + n, size - n, "%s%s", n ? ", " : "", text);
}

/* Loewner's poles have no errors either; those of a sum lack them at a limit only. */
static bool at_limit(const eisi_drt_view *v, const eis_drt_peak *p) {
  const bool sum = v->solution->parametric && !eisi_drt_smooths(v->solution->peaks_by->key);
  return sum && isnan(p->log10_tau_error);
}

static void peak_note(const eisi_drt_view *v, const eis_drt_peak *p, char *buf, size_t size) {
  buf[0] = '\0';
  if (p->R < 0) add_note("inductive loop", buf, size);
  if (p->shoulder) add_note("shoulder", buf, size);
  if (!eisi_drt_within(v->spectrum, p->tau)) add_note("beyond the data", buf, size);
  if (at_limit(v, p)) add_note("place at its limit, R not known", buf, size);
  if (eisi_drt_sharp(v, p)) add_note("sharp", buf, size);
  if (eisi_drt_unlikely(p)) add_note("doubtful", buf, size);
}

/* "SE_gb 93 %" */
static void process_text(const eisi_drt_view *v, size_t i, char *buf, size_t size) {
  const char *key = eisi_drt_process(v, i);
  char p[16] = "";
  if (key) eisi_drt_percent(v->assigned->peak[i].probability, p, sizeof p);
  snprintf(buf, size, "%s%s%s", key ? key : "", key ? " " : "", p);
}

static eis_status quantity(eisi_grid *t, const eisi_shown *q, eis_error *err) {
  char text[128];
  eisi_drt_shown(q, text, sizeof text);
  return eisi_grid_cell(t, err, "%s", text);
}

/* "yes", "at λ/4", "no" */
static eis_status stays_cell(eisi_grid *t, const eis_drt_stability *s, size_t i, eis_error *err) {
  char name[16];
  if (!s) return eisi_grid_cell(t, err, "%s", "");
  const bool *found = s->peak[i].found;
  if (found[EIS_DRT_WEAKER] == found[EIS_DRT_STRONGER])
    return eisi_grid_cell(t, err, "%s", found[EIS_DRT_WEAKER] ? "yes" : "no");
  eisi_drt_strength_name(s, found[EIS_DRT_WEAKER] ? EIS_DRT_WEAKER : EIS_DRT_STRONGER, name,
                         sizeof name);
  return eisi_grid_cell(t, err, "at %s", name);
}

/* With its error only where there is room for it. */
static void tau_text(const eisi_drt_view *v, const eis_drt_peak *p, char *buf, size_t size) {
  const eisi_shown q = eisi_show(p->tau, p->tau * log(10) * p->log10_tau_error, NAN, NAN, "s");
  if (v->verbose)
    eisi_drt_shown(&q, buf, size);
  else
    eisi_show_one(p->tau, 3, "s", buf, size);
}

static eis_status peak_row(const eisi_drt_view *v, size_t i, eisi_grid *t, eis_error *err) {
  const eis_drt_peak *p = &v->drt->peak[i];
  char text[96], f[48];
  eisi_show_one(1 / (2 * acos(-1) * p->tau), 3, "Hz", f, sizeof f);
  eis_status st = eisi_grid_cell(t, err, "%zu", i + 1);
  if (!st) st = eisi_grid_cell(t, err, "%s", f);
  tau_text(v, p, text, sizeof text);
  if (!st) st = eisi_grid_cell(t, err, "%s", text);
  eisi_shown q = eisi_drt_show_R(v->cond, p->R, p->R_error);
  if (!st) st = quantity(t, &q, err);
  q = eisi_drt_show_C(v->cond, p->C, eisi_drt_C_error(p));
  if (!st) st = p->C > 0 ? quantity(t, &q, err) : eisi_grid_cell(t, err, "%s", "");
  if (!st) st = eisi_grid_cell(t, err, "%.2f", p->width);
  eisi_drt_percent(p->probability, text, sizeof text);
  if (!st) st = eisi_grid_cell(t, err, "%s", text);
  if (!st) st = stays_cell(t, v->stability, i, err);
  process_text(v, i, text, sizeof text);
  if (!st) st = eisi_grid_cell(t, err, "%s", text);
  peak_note(v, p, text, sizeof text);
  return st ? st : eisi_grid_cell(t, err, "%s", text);
}

static eis_status peak_table(const eisi_drt_view *v, eisi_text *out, eis_error *err) {
  static const eisi_grid_column column[PEAK_COLUMNS] = {
      {"peak", EISI_LEFT}, {"f", EISI_RIGHT},     {"tau", EISI_RIGHT},  {"R", EISI_LEFT},
      {"C", EISI_LEFT},    {"width", EISI_RIGHT}, {"real", EISI_RIGHT}, {"stays", EISI_LEFT},
      {"process", EISI_LEFT}, {"note", EISI_LEFT}};
  eisi_grid t = {column, PEAK_COLUMNS, NULL, 0};
  eis_status st = EIS_OK;
  for (size_t i = 0; !st && i < v->drt->n_peaks; i++) st = peak_row(v, i, &t, err);
  if (!st && t.n_cells) {
    eisi_text_add(out, "\n", 1);
    eisi_grid_print(&t, 2, v->color, out);
  }
  eisi_grid_clear(&t);
  return st;
}

/* ---- how well, how sure, what limits it ---- */

static void fit_line(const eisi_drt_view *v, eisi_text *out) {
  const eis_drt_result *r = v->drt;
  eisi_text line = {0};
  if (!isfinite(r->noise_percent))
    eisi_text_addf(&line, "residuals not known");
  else if (v->options->weighting == EIS_WEIGHT_MODULUS)
    eisi_text_addf(&line, "residuals %g %% of |Z|", eisi_signif(r->noise_percent, 2));
  else
    eisi_text_addf(&line, "weighted residuals %.3g", r->noise_percent / 100);
  if (v->kk && v->options->weighting == EIS_WEIGHT_MODULUS)
    eisi_text_addf(&line, " (noise by KK %g %%)", eisi_signif(v->kk->noise_percent, 2));
  if (isfinite(r->dof))
    eisi_text_addf(&line, "; %.1f numbers determined by %zu measured ones", r->dof, 2 * r->n);
  if (r->gamma_low)
    eisi_text_addf(&line, "; %g %% band%s in --plot, --json, --table gamma",
                   100 * v->options->level,
                   v->options->band == EIS_DRT_BAND_EXACT ? " (sampled)" : "");
  eisi_wrap(out, "  fit     ", eisi_text_part(out, &line), EISI_SCREEN);
  eisi_text_clear(&line);
  if (v->verbose)
    eisi_text_addf(out, "          optimality %.1e, %d rounds; %zu points of tau, %.2g to %.2g s\n",
                   r->kkt, r->iterations, r->n_tau, r->tau[0], r->tau[r->n_tau - 1]);
}

static void stability_line(const eisi_drt_view *v, eisi_text *out) {
  const eis_drt_stability *t = v->stability;
  char weak[16], strong[16];
  if (!t) return;
  eisi_drt_strength_name(t, EIS_DRT_WEAKER, weak, sizeof weak);
  eisi_drt_strength_name(t, EIS_DRT_STRONGER, strong, sizeof strong);
  eisi_text_addf(out, "  lambda  %zu peak%s; at %s %zu, at %s %zu; %zu of %zu stay in both\n", t->n,
                 t->n == 1 ? "" : "s", weak, t->n_peaks[EIS_DRT_WEAKER], strong,
                 t->n_peaks[EIS_DRT_STRONGER], t->n_stable, t->n);
}

static void limits_line(const eisi_drt_view *v, eisi_text *out) {
  bool sharp = false;
  for (size_t i = 0; i < v->drt->n_peaks; i++) sharp = sharp || eisi_drt_sharp(v, &v->drt->peak[i]);
  if (sharp)
    eisi_text_addf(out,
                   "  limits  what is narrower than %.2g decades looks that wide (--per-decade)\n",
                   v->drt->sharp_decades);
}

/* ---- what some methods have besides ---- */

static void parametric_lines(const eis_drt_parametric *p, bool verbose, eisi_text *out) {
  eisi_text line = {0};
  if (!p) return;
  eisi_text_addf(&line, "%zu process%s; %s", p->n, p->n == 1 ? "" : "es", p->test.text);
  eisi_wrap(out, "  sum     ", eisi_text_part(out, &line), EISI_SCREEN);
  eisi_text_clear(&line);
  for (size_t i = 0; verbose && i < p->n_tried; i++)
    eisi_text_addf(out, "          %d processes: S %.4g, BIC %.1f, probability %.2g\n",
                   p->tried[i].processes, p->tried[i].S, p->tried[i].bic, p->tried[i].probability);
}

static void score_lines(const eis_drt_solution *s, eisi_text *out) {
  for (size_t i = 0; i < s->n_scores; i++) {
    char lead[64];
    eisi_text line = {0};
    snprintf(lead, sizeof lead, "  %-7s ", i ? "" : "scores");
    eisi_text_addf(&line, "%s %.3g (%s)", s->score[i].name, s->score[i].value, s->score[i].doc);
    eisi_wrap(out, lead, eisi_text_part(out, &line), EISI_SCREEN);
    eisi_text_clear(&line);
  }
}

static void pole_lines(const eis_drt_solution *s, bool verbose, eisi_text *out) {
  size_t pairs = 0, loops = 0;
  if (!s->n_poles) return;
  for (size_t i = 0; i < s->n_poles; i++) {
    pairs += s->pole[i].tau_im != 0;
    loops += s->pole[i].inductive;
  }
  eisi_text_addf(out, "  poles   %zu: %zu RC, %zu RL, %zu complex\n", s->n_poles,
                 s->n_poles - loops - pairs, loops, pairs);
  for (size_t i = 0; verbose && i < s->n_poles; i++)
    eisi_text_addf(out, "          tau %.4g%+.3gj s, R %.4g%+.3gj ohm\n", s->pole[i].tau,
                   s->pole[i].tau_im, s->pole[i].R, s->pole[i].R_im);
}

static void process_lines(const eisi_drt_view *v, eisi_text *out) {
  eisi_text cell = {0};
  if (!v->assigned) return;
  eisi_drt_cell_words(v, &cell);
  eisi_wrap(out, "  cell    ", eisi_text_part(out, &cell), EISI_SCREEN);
  eisi_text_clear(&cell);
  for (size_t i = 0; v->explain && i < v->drt->n_peaks; i++) {
    const char *rest = v->assigned->peak[i].explanation;
    eisi_text_addf(out, "\n  peak %zu\n", i + 1);
    while (rest && *rest) {
      const size_t n = strcspn(rest, "\n");
      char line[512], lead[24];
      const size_t blanks = strspn(rest, " ");
      snprintf(line, sizeof line, "%.*s", (int)n, rest);
      snprintf(lead, sizeof lead, "    %*s", (int)(blanks < 12 ? blanks : 12), "");
      eisi_wrap(out, lead, line, EISI_SCREEN);
      rest += n + (rest[n] == '\n');
    }
  }
}

eis_status eisi_text_drt(const eisi_drt_view *v, eisi_text *out, eis_error *err) {
  eisi_text words = {0};
  eisi_text_spectrum_head(v->spectrum, v->color, v->verbose, out);
  if (v->kk) eisi_text_kk_line(v->spectrum, v->kk, v->color, out);
  eisi_text_warnings(&v->spectrum->warnings, v->color, out);
  eisi_drt_method_words(v, &words);
  eisi_wrap(out, "  method  ", eisi_text_part(out, &words), EISI_SCREEN);
  eisi_text_clear(&words);
  eisi_text_add(out, "\n", 1);
  eis_status st = series_table(v, out, err);
  if (!st) st = peak_table(v, out, err);
  if (st) return st;
  eisi_text_add(out, "\n", 1);
  fit_line(v, out);
  stability_line(v, out);
  limits_line(v, out);
  parametric_lines(v->solution->parametric, v->verbose, out);
  score_lines(v->solution, out);
  pole_lines(v->solution, v->verbose, out);
  if (v->verbose && v->circuit) eisi_text_addf(out, "  circuit %s\n", v->circuit);
  process_lines(v, out);
  eisi_text_warnings(v->warnings, v->color, out);
  return out->failed ? eis_error_set(err, EIS_ERROR_MEMORY, "out of memory") : EIS_OK;
}
