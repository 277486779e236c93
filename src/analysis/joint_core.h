/* joint_core.h - a model and a campaign as one least-squares problem with arrow structure.

   Slots are the adjustable numbers as one spectrum sees them: first those it shares with others
   (all, or its group), then its own.  Internal variables x: all shared ones (a slot with groups has
   one per group), then the own ones spectrum by spectrum; ln p for EIS_SCALE_LOG, p else. */
#ifndef EISI_JOINT_CORE_H
#define EISI_JOINT_CORE_H

#include <eisfit/joint.h>
#include <eisfit/lsq.h>
#include <eisfit/ocv.h>

#include "base/base.h"
#include "model/laws.h"

typedef enum eisi_reach { EISI_SHARED, EISI_GROUP, EISI_LOCAL } eisi_reach;

typedef struct eisi_slot {
  char name[256], unit[24];
  eisi_reach reach;
  bool log, fixed;
  double lower, upper, start; /* natural; start NaN = to be found */
  double resolution;          /* internal: known to no better than this is not known */
  int param;                  /* of the circuit it belongs to */
  bool reference;             /* it is the reference value of that parameter */
  const char *law_par;        /* else: name in its law ("theta") */
  int *group;                 /* n entries, with groups only */
  char **group_name;
  int n_groups;
  size_t at; /* first index in the shared part of x, or among the own ones */
} eisi_slot;

/* A term of a law, put together. */
typedef struct eisi_link {
  const eisi_law *law;
  int term;                     /* which of the text */
  int slot[EISI_LAW_PARS];      /* -1 = the number beside it */
  double number[EISI_LAW_PARS]; /* or the factor of the slot */
  double constant[EISI_LAW_CONSTANTS];
  int in[EISI_LAW_INPUTS]; /* parameters of the circuit */
  double *x;               /* n: the covariate */
} eisi_link;

typedef struct eisi_rule {
  int param, ref; /* ref: slot, -1 = none */
  int tie;        /* parameter it follows, -1 = none */
  double tie_factor;
  int n_links;
  eisi_link link[EISI_LAW_TERMS];
} eisi_rule;

typedef struct eisi_pin { /* a parameter of one spectrum that is held at a value, stiffly */
  long spectrum;          /* -1 = none */
  int param;
  double value, stiffness;
} eisi_pin;

typedef struct eisi_joint {
  const eis_joint_data *data;
  const eis_joint_data *whole; /* by which it is decided whether optional terms are left out */
  const eis_model *model;
  eis_circuit *c; /* a copy */
  size_t n;       /* spectra */
  int n_slots, n_shared_slots;
  eisi_slot *slot;
  int n_rules;
  eisi_rule *rule;  /* in the order of evaluation */
  double *constant; /* n_params: values of parameters without a rule */
  bool *want;       /* n_params: something hangs on it */
  size_t ns, nl;    /* shared internal variables; own ones per spectrum */
  int *map;         /* n x n_shared_slots: index into x */
  eis_eval **eval;  /* one per frequency grid */
  int *grid;        /* n: which */
  int n_grids;
  double **planar, **weight; /* n: data and weights, planar */
  size_t points, most_points;
  double *lower, *upper; /* ns + n nl, internal */
  bool *held;
  eisi_pin pin;
  double *p, *D, *z, *dz, *r, *J; /* scratch of one spectrum */
  double *room;                   /* eisi_joint_room */
  long evaluations;
  eis_notes decisions;
} eisi_joint;

/* joint_build.c; joint_columns.c.  whole: the campaign data are a part of, or data itself. */
eis_status eisi_joint_init(eisi_joint *j, const eis_model *model, const eis_joint_data *data,
                           const eis_joint_data *whole, const eis_joint_options *opt,
                           eis_error *err);
void eisi_joint_clear(eisi_joint *j);
/* Scratch of n numbers, all 0, of one function at a time: there is enough of it for each that asks,
   so that none of them can fail for want of memory. */
double *eisi_joint_room(const eisi_joint *j, size_t n);
/* Every SCL is evaluated as SCLX from now on (false: as SCL again); *changed: there was one. */
eis_status eisi_joint_numeric(eisi_joint *j, bool numeric, bool *changed, eis_error *err);
/* The place of a law in messages. */
typedef struct eisi_law_place {
  const eis_model *model;
  const eis_model_law *law;
  size_t offset;
} eisi_law_place;
eis_status eisi_law_error(const eisi_law_place *at, eis_error *err, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* Column of that name (any case), NULL = none; temperature_K stands in for temperature_C. */
const eis_joint_column *eisi_joint_column(const eis_joint_data *data, const char *name);
/* The covariate of a term: n numbers, allocated.  *skip: an optional term is left out. */
eis_status eisi_joint_covariate(eisi_joint *j, const eisi_term *t, const eis_joint_options *opt,
                                const eisi_law_place *at, double **x, bool *skip, eis_error *err);
/* Entries of a text column as groups. */
eis_status eisi_joint_groups(const eisi_joint *j, const char *column, const eisi_law_place *at,
                             eisi_slot *slot, eis_error *err);

/* joint_eval.c */
static inline size_t eisi_joint_size(const eisi_joint *j) { return j->ns + j->n * j->nl; }
/* Internal variables of spectrum i as it sees them, n_slots. */
void eisi_joint_gather(const eisi_joint *j, size_t i, const double *x, double *own);
/* Circuit parameters, and D (n_params x n_slots row major, NULL = not wanted) their derivatives by
   the internal variables.  false: out of range. */
bool eisi_joint_params(const eisi_joint *j, size_t i, const double *own, double *p, double *D);
/* Weighted residuals in j->r and Jacobian (rows x n_slots, column major) in j->J; *rows = 2 points,
   and one with a pin.  false: out of range. */
bool eisi_joint_residual(eisi_joint *j, size_t i, const double *x, size_t *rows);
double eisi_slot_natural(const eisi_slot *s, double x);
double eisi_slot_internal(const eisi_slot *s, double p);

/* joint_solve.c: normal equations, block by block */
typedef struct eisi_arrow {
  size_t n, k;   /* spectra, slots */
  double *A, *g; /* n x k x k, n x k */
  double *S;     /* n */
  double total;
} eisi_arrow;
eis_status eisi_arrow_init(eisi_arrow *a, const eisi_joint *j, eis_error *err);
void eisi_arrow_clear(eisi_arrow *a);
/* false: out of range. */
bool eisi_arrow_fill(eisi_arrow *a, eisi_joint *j, const double *x);

/* Schur complement of the shared block, ns x ns, with the own blocks eliminated; frozen variables
   (ns + n nl flags) have a unit diagonal.  inverse (may be NULL): n x nl x nl, of the own blocks;
   W (may be NULL): n x nl x n_shared_slots, own block^-1 A_ls.  false: an own block is singular. */
bool eisi_arrow_schur(const eisi_arrow *a, const eisi_joint *j, const bool *frozen, double *schur,
                      double *inverse, double *W);

typedef struct eisi_joint_info {
  eis_lsq_verdict verdict;
  double S;
  int iterations;
} eisi_joint_info;
/* Levenberg-Marquardt from x.  EIS_ERROR_NUMERIC when the start can't be evaluated. */
eis_status eisi_joint_solve(eisi_joint *j, const eis_lsq_options *opt, double *x,
                            eisi_joint_info *info, eis_error *err);
/* Held, or on a bound and pushed against it. */
void eisi_joint_frozen(const eisi_joint *j, const eisi_arrow *a, const double *x, bool *frozen);

/* joint_repair.c: own parameters of spectra that fit worse than the others, started again from
   those of their neighbours; *better: one of them got better. */
eis_status eisi_joint_repair(eisi_joint *j, double *x, bool *better, eis_error *err);

/* joint_start.c */
typedef struct eisi_joint_search {
  int tried, agreed;
  double second_S;
  eisi_joint_info info;
} eisi_joint_search;
eis_status eisi_joint_search_run(eisi_joint *j, const eis_joint_options *opt, double deadline,
                                 double *x, eisi_joint_search *out, eis_error *err);

#endif
