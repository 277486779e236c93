/* derive.h - quantities computed from fitted parameters, with propagated errors. */
#ifndef EISFIT_DERIVE_H
#define EISFIT_DERIVE_H

#include <eisfit/fit.h>
#include <eisfit/model.h>
#include <eisfit/scl.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct eis_derived {
  char name[64]; /* "C_eff(CPE1)", "tau(R1,CPE1)", "R_bulk", "sigma(R1)", "dphi" ... */
  double value, stderr_;
  char unit[16]; /* SI */
  char doc[128]; /* formula / meaning, at most 45 columns */
  int arc;       /* which arc of the circuit (text order) it describes, -1 = none */
} eis_derived;

typedef struct eis_derived_list {
  size_t n;
  eis_derived *at;
  eis_notes
      words; /* plain-language statements: what can't be told apart, which measurement would */
} eis_derived_list;

/* What is known besides the fit; model, cond and material may be NULL. */
typedef struct eis_derive_input {
  const eis_circuit *circuit;
  const eis_fit_result *fit;
  const eis_model *model;
  const eis_conditions *cond;
  const eis_material *material;
} eis_derive_input;

/* tau, f_peak, C_eff (Brug; Hsu-Mansfeld) of each arc, area-specific resistances when the area is
   known, conductivity when thickness and area are; for models with the roles intercept and arc what
   is bulk, grain boundary or electrode by its capacitance; for models with an interface role and a
   material dphi, R_scl, C_scl.  model and material may be NULL.  Errors by the delta method from
   the covariance, of the fit only; NaN where the inputs have none.  What rests on a parameter that
   ran into a bound of its element is left out. */
eis_status eis_derive(const eis_derive_input *in, eis_derived_list *out, eis_error *err);
/* Frees what the list owns; fine on a zeroed one. */
void eis_derived_list_clear(eis_derived_list *list);

#ifdef __cplusplus
}
#endif
#endif
