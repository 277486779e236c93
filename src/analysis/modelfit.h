/* modelfit.h - what the user asked to fit (models with variants, circuits), prepared once, and
   the fit of all of it to one spectrum with a ranking. */
#ifndef EISI_MODELFIT_H
#define EISI_MODELFIT_H

#include <eisfit/derive.h>
#include <eisfit/fit.h>
#include <eisfit/model.h>

#include "base/base.h"

/* One circuit of a candidate.  A model that asks for it has a second form with a series inductance
   in front, used where the spectrum is inductive at its high-frequency end. */
typedef struct eisi_variant {
  const char *name, *doc;         /* of the model, NULL for a bare circuit */
  eis_circuit *plain, *inductive; /* inductive: NULL = not asked for */
} eisi_variant;

typedef struct eisi_candidate {
  char *name;       /* of the model; a bare circuit has its text */
  eis_model *model; /* NULL for a bare circuit */
  int n_variants;
  eisi_variant *variant;
} eisi_candidate;

typedef struct eisi_candidates {
  size_t n;
  eisi_candidate *at;
} eisi_candidates;

/* variant NULL = all of them. */
eis_status eisi_candidates_add_model(eisi_candidates *list, const char *name, const char *variant,
                                     eis_error *err);
eis_status eisi_candidates_add_circuit(eisi_candidates *list, const char *text, eis_error *err);

typedef enum eisi_adjustment {
  EISI_ADJUST_SET,
  EISI_ADJUST_FIX,
  EISI_ADJUST_BOUND,
  EISI_ADJUST_TIE
} eisi_adjustment;
/* Applies "R1=10,C1=1u" to every circuit that has the parameter; an error when none has it. */
eis_status eisi_candidates_adjust(eisi_candidates *list, eisi_adjustment kind, const char *text,
                                  eis_error *err);
/* eis_circuit_check on all. */
eis_status eisi_candidates_check(const eisi_candidates *list, eis_error *err);
void eisi_candidates_clear(eisi_candidates *list);

/* The chosen variant of one candidate. */
typedef struct eisi_modelfit {
  const eisi_candidate *candidate;
  int variant;    /* index, -1 when every variant failed */
  bool overruled; /* another variant has the lowest BIC, but not the data to fix all of
                     its parameters */
  bool inductive;
  const eis_circuit *circuit; /* the one that was fitted, owned by the candidate */
  eis_fit_result fit;
  eis_derived_list derived;
  double *variant_bic;                  /* n_variants, NaN = failed */
  int *variant_free;                    /* n_variants: free parameters */
  eis_error err;                        /* why it failed, code EIS_OK when it did not */
  double delta_aicc, delta_bic, weight; /* against the best; Akaike weight */
  double f_test_p; /* nested in (or containing) the best: F-test; NaN = not nested */
} eisi_modelfit;

typedef struct eisi_fitset {
  size_t n;
  eisi_modelfit *at;
  int best;      /* lowest BIC, -1 = nothing could be fitted */
  int best_aicc; /* lowest AICc */
} eisi_fitset;

/* What is kept from one spectrum of a sequence to the next: workspaces, and where the last fit of
   each circuit ended.  For one thread at a time. */
typedef struct eisi_fit_memory {
  size_t n;
  struct eisi_fit_slot {
    const eis_circuit *c;
    eis_fit_work *work;
    double *last; /* n_params */
    bool have_last;
  } * slot;
} eisi_fit_memory;
/* The next spectrum begins a sequence of its own. */
void eisi_fit_memory_forget(eisi_fit_memory *m);
void eisi_fit_memory_clear(eisi_fit_memory *m);

typedef struct eisi_fitset_options {
  eis_fit_options fit;
  eis_conditions cond;
  const eis_material *material; /* NULL = none */
  eisi_fit_memory *memory;      /* NULL = every spectrum stands alone */
} eisi_fitset_options;

/* Fits every candidate.  OK as long as one could be fitted; the others keep their error.  A verdict
   (not converged, time is up) is no error. */
eis_status eisi_fitset_run(const eis_spectrum *s, const eisi_candidates *list,
                           const eisi_fitset_options *opt, eisi_fitset *out, eis_error *err);
void eisi_fitset_clear(eisi_fitset *set);

/* Im Z > 0 in at least two of the three highest frequencies. */
bool eisi_spectrum_inductive(const eis_spectrum *s);
/* A copy of c with a series inductor "L_hf" in front. */
eis_status eisi_circuit_with_inductor(const eis_circuit *c, eis_circuit **out, eis_error *err);
/* The smaller circuit follows from the larger by leaving elements out (R -> 0 in series, open in
   parallel) or by making a CPE a capacitor. */
eis_status eisi_circuit_nested(const eis_circuit *small, const eis_circuit *large, bool *nested,
                               eis_error *err);

#endif
