/* Laws of parameters over a campaign: each line is one, in the form of --law and of the [joint]
 * section. */
#include <math.h>
#include <stdlib.h>

#include "fuzz.h"
#include "model/laws.h"

static const char model[] =
    "[model]\nname = m\ntitle = t\ncircuit = R_b-p(R_ct,CPE_dl)-p(R_cei,C_cei)\n"
    "when = w\nreference = r\n";

static void look_at(const eisi_expression *e) {
  fuzz_require(e->n >= 1 && e->n <= EISI_LAW_TERMS, "number of terms");
  for (int i = 0; i < e->n; i++) {
    const eisi_term *t = &e->term[i];
    fuzz_require(t->law != NULL, "a term without law");
    for (int k = 0; k < t->law->n_pars; k++)
      fuzz_require(t->par[k].how != EISI_GIVEN_NUMBER || isfinite(t->par[k].value), "no number");
    for (int k = 0; k < t->law->n_constants; k++)
      fuzz_require(t->constant[k] >= t->law->constant[k].lower &&
                       t->constant[k] <= t->law->constant[k].upper,
                   "a constant out of its range");
  }
}

FUZZ_TARGET(law) {
  static eis_model *m; /* made anew once a law was taken */
  char *text = fuzz_text(data, size), *rest = text, *line;
  eis_error err = EIS_ERROR_INIT;
  if (!m) fuzz_require(eis_model_parse(model, "fuzz", &m, &err) == EIS_OK, err.text);
  while ((line = fuzz_line(&rest)) != NULL) {
    eisi_expression e;
    size_t offset = 0;
    eis_error_clear(&err);
    if (fuzz_ok(eisi_expression_parse(line, &e, &offset, &err), &err)) look_at(&e);
    eis_error_clear(&err);
    fuzz_ok(eis_model_set_law(m, line, &err), &err);
  }
  if (m->n_laws) {
    eis_model_free(m);
    m = NULL;
  }
  free(text);
}
