/* Model files, their laws put to two spectra included. */
#include <math.h>
#include <stdlib.h>

#include "analysis/joint_core.h"
#include "fuzz.h"

static double f[] = {1e4, 1e3, 1e2, 10, 1}, re[] = {10, 11, 15, 20, 22},
              im[] = {-0.1, -1, -4, -3, -1};
static int row[] = {1, 2, 3, 4, 5};

/* As far as a joint fit goes before it computes. */
static void build(const eis_model *m) {
  static const double soc[] = {0.2, 0.8}, T[] = {25, 40}, t[] = {1, 100};
  static const char *const cell[] = {"A", "B"};
  const eis_spectrum s = {.n = 5, .f = f, .re = re, .im = im, .row = row};
  const eis_spectrum *const both[] = {&s, &s};
  const eis_joint_column columns[] = {
      {"soc", soc, NULL}, {"temperature_C", T, NULL}, {"time_h", t, NULL}, {"cell", NULL, cell}};
  const eis_joint_data joint = {.n = 2, .spectrum = both, .n_columns = 4, .column = columns};
  const eis_joint_options opt = eis_joint_options_default();
  eis_error err = EIS_ERROR_INIT;
  eisi_joint j;
  fuzz_ok(eisi_joint_init(&j, m, &joint, &joint, &opt, &err), &err);
  eisi_joint_clear(&j);
}

FUZZ_TARGET(model) {
  eis_error err = EIS_ERROR_INIT;
  eis_model *m = NULL;
  char *text = fuzz_text(data, size);
  if (fuzz_ok(eis_model_parse(text, "fuzz.model", &m, &err), &err)) {
    fuzz_require(m->n_variants >= 1 && m->name && m->title, "a model without name or circuit");
    for (int i = 0; i < m->n_variants; i++)
      for (int k = 0; k < m->variant[i].circuit->n_elements; k++)
        eis_model_role_of(m, m->variant[i].circuit->element[k].name);
    if (m->n_laws) build(m);
  }
  eis_model_free(m);
  free(text);
}
