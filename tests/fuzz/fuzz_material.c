/* Material files: the first line is --set, the rest the file with a section [X]. */
#include <math.h>
#include <stdlib.h>

#include "fuzz.h"

static void look_at(const eis_material *m) {
  fuzz_require(!isinf(m->eps_r) && !isinf(m->n0) && !isinf(m->nu) && !isinf(m->sigma) &&
                   !isinf(m->T_ref) && !isinf(m->Ea_eV),
               "an infinite property");
  fuzz_require(!(m->eps_r <= 0) && !(m->n0 <= 0) && !(m->sigma <= 0) && !(m->T_ref <= 0),
               "a property that is not above zero");
}

FUZZ_TARGET(material) {
  char *text = fuzz_text(data, size), *rest = text;
  const char *set = fuzz_line(&rest);
  eis_error err = EIS_ERROR_INIT;
  eis_material m;
  if (fuzz_ok(eis_material_parse(rest ? rest : "", "fuzz.ini", "X", &m, &err), &err)) look_at(&m);
  m = (eis_material){.eps_r = 15, .n0 = 1e27, .nu = NAN, .sigma = 0.1, .T_ref = 298, .Ea_eV = NAN};
  eis_error_clear(&err);
  if (fuzz_ok(eis_material_set(&m, set, &err), &err)) look_at(&m);
  free(text);
}
