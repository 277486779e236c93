/* text_kk.c - the screen a person reads after a Kramers-Kronig test. */
#include <math.h>
#include <string.h>

#include "base/number.h"
#include "report/report.h"
#include "report/shown.h"
#include "report/table.h"

static void outliers(const eisi_kk_view *v, eisi_text *out) {
  if (!v->kk->n_outliers) return;
  eisi_text list = {0};
  size_t shown = 0;
  for (size_t k = 0; k < v->kk->n && shown < 12; k++) {
    if (!v->kk->outlier[k]) continue;
    char f[48];
    eisi_show_one(v->spectrum->f[k], 4, "Hz", f, sizeof f);
    eisi_text_addf(&list, "%s%s (row %d, %+.2g / %+.2g %%)", shown ? ", " : "", f,
                   v->spectrum->row[k], v->kk->res_re[k], v->kk->res_im[k]);
    shown++;
  }
  if (shown < v->kk->n_outliers) eisi_text_addf(&list, " and %zu more", v->kk->n_outliers - shown);
  eisi_wrap(out, "  outliers  ", eisi_text_part(out, &list), EISI_SCREEN);
  eisi_text_clear(&list);
}

/* A second opinion that is off by more than this on consistent data says nothing. */
static const double worthless_bias = 10;

static void opinion(const char *name, double most, double bias, eisi_text *list) {
  if (bias <= worthless_bias)
    eisi_text_addf(list, "%s%s: at most %g %% (says nothing below %g %%)", list->n ? "; " : "",
                   name, eisi_signif(most, 2), eisi_signif(bias, 2));
}

static void hilbert(const eis_hilbert_result *h, eisi_text *out) {
  eisi_text list = {0};
  opinion("Z-HIT", h->zhit_max_percent, h->zhit_bias_percent, &list);
  opinion("KK integral", h->hilbert_max_percent, h->hilbert_bias_percent, &list);
  const char *words = eisi_text_part(out, &list);
  if (*words) eisi_wrap(out, "  others    ", words, EISI_SCREEN);
  eisi_text_clear(&list);
}

static void lumped(const eis_kk_result *kk, eisi_text *out) {
  char r[48], l[48];
  eisi_show_one(kk->R_inf, 4, "ohm", r, sizeof r);
  eisi_show_one(kk->L, 3, "H", l, sizeof l);
  eisi_text_addf(out, "            high-frequency resistance %s, inductance %s", r, l);
  if (kk->C_inv > 0) {
    eisi_show_one(1 / kk->C_inv, 3, "F", l, sizeof l);
    eisi_text_addf(out, ", series capacitance %s", l);
  }
  eisi_text_add(out, "\n", 1);
}

static void valid_window(const eis_kk_result *kk, eisi_text *out) {
  char low[48], high[48];
  eisi_show_one(kk->f_low_hz, 4, "Hz", low, sizeof low);
  eisi_show_one(kk->f_high_hz, 4, "Hz", high, sizeof high);
  if (eisi_kk_has_window(kk))
    eisi_text_addf(out, "  valid     %s to %s%s\n", low, high,
                   kk->passed ? " (all of it)" : ": try --fmin and --fmax with these");
  else
    eisi_text_addf(out, "  valid     no part of the range\n");
}

eis_status eisi_text_kk(const eisi_kk_view *v, eisi_text *out, eis_error *err) {
  const eis_kk_result *kk = v->kk;
  eisi_text_spectrum_head(v->spectrum, v->color, v->verbose, out);
  eisi_text_addf(out, "  verdict   %s%s%s\n",
                 eisi_style_on(kk->passed ? EISI_GOOD : EISI_BAD, v->color),
                 kk->passed ? "passed" : "failed", eisi_style_off(v->color));
  const char *reason = kk->reason, *head = kk->passed ? "passed: " : "failed: ";
  if (eisi_starts_with(reason, head)) reason += strlen(head); /* it stands in the line above */
  eisi_wrap(out, "            ", reason, EISI_SCREEN);
  eisi_text_addf(out, "  noise     %g %% of |Z|; largest residual %g %%\n",
                 eisi_signif(kk->noise_percent, 2), eisi_signif(kk->max_residual_percent, 2));
  valid_window(kk, out);
  outliers(v, out);
  eisi_text_addf(out, "  model     %d RC elements, mu %.2g, pseudo chi² = Σ|ΔZ|²/|Z|² = %.4g\n",
                 kk->m, kk->mu, kk->pseudo_chi2);
  if (v->verbose) lumped(kk, out);
  if (v->hilbert) hilbert(v->hilbert, out);
  eisi_text_warnings(&v->spectrum->warnings, v->color, out);
  return out->failed ? eis_error_set(err, EIS_ERROR_MEMORY, "out of memory") : EIS_OK;
}
