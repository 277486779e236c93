/* mpnp_profile.c - potential, concentration and conductivity along a cell. */
#include <eisfit/mpnp.h>

#include <math.h>
#include <stdlib.h>

#include "base/base.h"
#include "physics/constants.h"
#include "physics/mpnp_steady.h"
#include "physics/scl_hat.h"

static eis_status fill(const eis_mpnp_cell *c, const eisi_steady *s, eis_mpnp_profile *out,
                       eis_error *err) {
  const double V_T = EISI_KB * c->T / EISI_E;
  out->x = eisi_new(5 * (s->n + c->n_layers), sizeof *out->x, err);
  if (!out->x) return EIS_ERROR_MEMORY;
  out->n = s->n + c->n_layers; /* a face between layers is there twice: c and sigma jump */
  out->phi = out->x + out->n;
  out->c = out->phi + out->n;
  out->sigma = out->c + out->n;
  out->anion = out->sigma + out->n;
  size_t k = 0;
  for (size_t i = 0; i < s->n; i++)
    for (size_t side = 0; side < 2; side++) {
      const bool last = i + 1 == s->n || s->layer[i + 1] != s->layer[i];
      if (side == 1 && !last) continue;
      const eis_mpnp_layer *l = &c->layer[s->layer[i]];
      const double y = s->y[i + side], u = y - l->offset / V_T;
      out->x[k] = s->x[i + side];
      out->phi[k] = y * V_T;
      out->c[k] = eisi_density_hat(u, l->nu).v;
      out->anion[k] = l->n_anion > 0.0 ? eisi_density_hat(-u, l->nu_anion).v : NAN;
      out->sigma[k++] = l->sigma / eisi_resistivity_hat(u, l->nu, c->mobility).v;
    }
  return EIS_OK;
}

eis_status eis_mpnp_profile_run(const eis_mpnp_cell *c, const eis_mpnp_options *opt,
                                eis_mpnp_profile *out, eis_error *err) {
  const eis_mpnp_options o = opt ? *opt : eis_mpnp_options_default();
  eisi_steady s;
  *out = (eis_mpnp_profile){.n = 0};
  eis_status st = eisi_mpnp_check(c, &o, err);
  if (st != EIS_OK) return st;
  st = eisi_steady_solve(c, o.cells, false, &s, err);
  if (st == EIS_OK) st = fill(c, &s, out, err);
  eisi_steady_clear(&s);
  return st;
}

void eis_mpnp_profile_clear(eis_mpnp_profile *p) {
  free(p->x);
  *p = (eis_mpnp_profile){.n = 0};
}
