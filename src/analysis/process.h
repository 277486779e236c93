/* process.h - the table of processes, resolved windows, and the parts of the posterior. */
#ifndef EISI_PROCESS_H
#define EISI_PROCESS_H

#include <stdint.h>

#include <eisfit/process.h>

#include "base/base.h"
#include "base/ini.h"

/* ---- quantities: windows first, then the signatures in the order of the enum, then others ---- */
enum {
  EISI_Q_C,
  EISI_Q_F,
  EISI_Q_R,
  EISI_Q_WIDTH,
  EISI_Q_SIGNATURE, /* + eis_process_signature */
  EISI_Q_PRESENT = EISI_Q_SIGNATURE + EIS_SIGNATURES,
  EISI_Q_AGAIN,
  EISI_Q_STILL,
  EISI_Q_BEYOND,
  EISI_Q_THICKNESS,
  EISI_Q_WETTED_C, /* ln C, ln f per ln of the wetted area */
  EISI_Q_WETTED_F,
  EISI_Q_ABOVE,
  EISI_Q_SOC_LAW,
  EISI_QUANTITIES
};

typedef enum eisi_q_kind {
  EISI_KIND_LOG,    /* window, normal in its logarithm */
  EISI_KIND_LINEAR, /* window, normal */
  EISI_KIND_NUMBER, /* one positive number */
  EISI_KIND_NAMES,  /* processes */
  EISI_KIND_WORD
} eisi_q_kind;

typedef struct eisi_q_unit {
  const char *text;
  double factor;
} eisi_q_unit;

typedef struct eisi_q_row {
  const char *key, *doc;
  eisi_q_kind kind;
  double lower, upper; /* inclusive, SI */
  const char *range;   /* in words */
  eisi_q_unit unit[5]; /* the first is written by the messages and stands for a bare number */
} eisi_q_row;
extern const eisi_q_row eisi_q_rows[EISI_QUANTITIES];

enum { EISI_GROUPS = 3, EISI_MOST_WORDS = 48, EISI_MOST_PROCESSES = 24, EISI_MOST_PEAKS = 32 };

/* mean and sd of a normal in ln of the SI value (EISI_KIND_LOG) or in the value. */
typedef struct eisi_window {
  bool set;
  double mean, sd;
} eisi_window;

/* One line of the file. */
typedef struct eisi_process_entry {
  int quantity;
  uint64_t words;   /* bits of the words that have to hold */
  double low, high; /* SI; a number stands in low */
  uint32_t names;   /* bits of processes */
  char *source;
} eisi_process_entry;

typedef struct eisi_process_row {
  char *key, *name;
  size_t n;
  eisi_process_entry *entry;
} eisi_process_row;

typedef struct eisi_process_word {
  char *text;
  int group;
  double probability;
} eisi_process_word;

struct eis_process_table {
  size_t n, n_words;
  eisi_process_row row[EISI_MOST_PROCESSES], background;
  eisi_process_word word[EISI_MOST_WORDS];
  double area[2], temperature[2]; /* m2, K */
  double order;                   /* factor of a broken order */
  double resolution;              /* ln units of f within which the smaller of two arcs is hidden */
  double wetted[2];               /* true over geometric area of the cathode */
};

/* A table that the text alone makes, without the shipped one; source names it in messages. */
eis_status eisi_process_table_parse(const char *text, const char *source, eis_process_table **out,
                                    eis_error *err);
/* "C@oxide,Li = 1 to 2 nF/cm2; source" -> entry.  Processes it names have to be in the table. */
eis_status eisi_process_parse(const eis_process_table *t, const eisi_ini_entry *e, const char *path,
                              eisi_process_entry *out, eis_error *err);
/* The keys of [cell]. */
eis_status eisi_process_parse_cell(eis_process_table *t, const eisi_ini_entry *e, const char *path,
                                   eis_error *err);
/* Index of a word of a group (any group: -1), -1 = there is none. */
int eisi_process_word_index(const eis_process_table *t, int group, const char *s, size_t n);
const char *eisi_process_group_name(int group);

/* ---- what holds for one kind of cell ---- */

typedef struct eisi_process_model {
  eisi_window q[EISI_Q_PRESENT]; /* windows and signatures */
  double present, again, still;
  double
      beyond; /* number of leftovers of the DRT beyond either end of the data; of the background */
  double thickness; /* m, NaN = does not matter */
  double wetted[2]; /* change of ln C and ln f with ln of the wetted area */
  bool butler_volmer;
  uint32_t above;
} eisi_process_model;

/* The entry with the most words that holds; NULL = none. */
const eisi_process_entry *eisi_process_find(const eisi_process_row *r, int quantity,
                                            uint64_t words);
void eisi_process_resolve(const eisi_process_row *r, uint64_t words, eisi_process_model *out);

/* ---- likelihood of one peak ---- */

/* A point of the integration, and what else is known. */
typedef struct eisi_process_state {
  double ln_area, T;           /* m2, K */
  double ln_wetted, wetted_sd; /* wetted area over that of the middle of the table; sd 0: it is not
                                  known and not integrated over, windows stay as wide as they are */
  const eis_process_conditions *known;
} eisi_process_state;

/* ln C and ln f of a process as a bivariate normal. */
typedef struct eisi_process_expected {
  double mean[2], cov[3]; /* C, f; CC, Cf, ff */
} eisi_process_expected;

/* One peak of a cell. */
typedef struct eisi_process_observed {
  const eis_drt_peak *peak;
  const eis_process_evidence *evidence; /* NULL = none */
  double ln_area;
  double f_min, f_max; /* Hz, of the data; NaN = not known */
} eisi_process_observed;

enum {
  EISI_EV_C,
  EISI_EV_F,
  EISI_EV_WIDTH,
  EISI_EV_END, /* beyond the data: how likely a shoulder is there, and leftovers of the DRT */
  EISI_EV_SIGNATURE,
  EISI_EV = EISI_EV_SIGNATURE + EIS_SIGNATURES
};

/* `background` fills in windows a process does not have. */
void eisi_process_expect(const eisi_process_model *m, const eisi_process_model *background,
                         const eisi_process_state *s, eisi_process_expected *out);
/* Probability that the frequency lies where the data are; 1 when that isn't known. */
double eisi_process_in_view(const eisi_process_expected *x, const eis_process_conditions *known);
/* Probability that an arc of the process lies so near to the peak, and is so much smaller, that it
   makes none of its own: f within `within` (ln units). */
double eisi_process_hidden(const eisi_process_expected *x, const eisi_process_observed *o,
                           double within);
/* ln density of each piece of evidence, their sum is returned; piece may be NULL. */
double eisi_process_likelihood(const eisi_process_model *m, const eisi_process_model *background,
                               const eisi_process_expected *x, const eisi_process_observed *o,
                               double piece[EISI_EV]);
/* Decades by which f lies beyond the data, < 0 = below; 0 = among them. */
double eisi_process_beyond(const eisi_process_observed *o);
double eisi_process_cdf(double x); /* of the standard normal */

/* The likelihood of a peak and a process, and whether it hides that process, as functions of the
   area: a sum of exponentials of quadratics in ln area. */
enum { EISI_PAIR_TERMS = 3 }; /* usual, stray, leftover beyond the data */
typedef struct eisi_process_pair {
  double ln_C;                         /* of the peak at 1 m2, from its mean */
  double term[EISI_PAIR_TERMS - 1][3]; /* usual, stray: powers of ln_C - ln area */
  double leftover;                     /* ln */
  double near,
      smaller[2]; /* hidden: f is near; powers of ln area, R is smaller when it's above 0 (sd 1) */
} eisi_process_pair;

/* The area of o is not used; the process hides nothing. */
void eisi_process_pair_up(const eisi_process_model *m, const eisi_process_model *background,
                          const eisi_process_expected *x, const eisi_process_observed *o,
                          eisi_process_pair *out);
void eisi_process_pair_hide(const eisi_process_expected *x, const eisi_process_observed *o,
                            double within, eisi_process_pair *p);
/* Multiplies the likelihood. */
void eisi_process_pair_scale(eisi_process_pair *p, double ln);
/* ln of the terms; the largest one is returned. */
double eisi_process_pair_terms(const eisi_process_pair *p, double ln_area,
                               double term[EISI_PAIR_TERMS]);
double eisi_process_pair_hides(const eisi_process_pair *p, double ln_area);

/* ---- all peaks ---- */

/* Weights of peaks (in the order of tau) and processes for one point of the integration. */
typedef struct eisi_process_weights {
  size_t n_peaks, n;   /* processes that are possible */
  const double *w;     /* n_peaks x n: first use, times odds of presence */
  const double *again; /* n_peaks x n: a second peak of the same process, 0 = not allowed */
  const double *none;  /* n_peaks: unassigned */
  const double *order; /* n x n: [k*n + l] factor when k has the shorter tau of the two */
} eisi_process_weights;

/* Memory of the sums, zero to begin with; one for many of them. */
typedef struct eisi_process_lattice {
  size_t n_states, room_states, room_order, n_steps, room_steps, room_sets;
  struct eisi_process_state_sum *state;
  struct eisi_process_step *step;
  double *order; /* n for each state */
  size_t *at;
} eisi_process_lattice;
void eisi_process_lattice_clear(eisi_process_lattice *z);

/* Sum over all assignments; posterior[i*(n+1) + k] and used[k] are set to their normalised
   marginals (k = n: unassigned).  Memory: EIS_ERROR_MEMORY.  *total is the sum of the products of
   the weights. */
eis_status eisi_process_sum(const eisi_process_weights *w, eisi_process_lattice *z, double *total,
                            double *posterior, double *used, eis_error *err);
/* Labels that maximise the sum of posterior[i*(n+1) + label], each once unless again[k]. */
eis_status eisi_process_decide(size_t n_peaks, size_t n, const double *posterior, const bool *again,
                               int *label, eis_error *err);

/* ---- the integral ---- */

typedef struct eisi_process_cell {
  const eis_process_table *t;
  const eis_process_conditions *known;
  bool even; /* see eis_process_input */
  size_t n_peaks;
  const eis_drt_peak **peak; /* in the order of tau */
  const eis_process_evidence **evidence;
} eisi_process_cell;

/* Sums over all points, times e^-ln_scale; zero to begin with, arrays are the caller's. */
typedef struct eisi_process_sums {
  double *posterior; /* n_peaks x (n_processes + 1) */
  double *present;   /* n_processes */
  double word[EISI_MOST_WORDS];
  double ln_scale, sum;            /* of the weights */
  double area[2], T[2], wetted[2]; /* first and second moments, of ln area and ln wetted area */
} eisi_process_sums;

eis_status eisi_process_integrate(const eisi_process_cell *c, eisi_process_sums *s, eis_error *err);

/* ---- words ---- */
eis_status eisi_process_explain(const eis_process_table *t, const eis_process_input *in,
                                eis_process_assignment *a, eis_error *err);
/* Bits of the words an assignment holds for the most probable. */
uint64_t eisi_process_words_of(const eis_process_table *t, const eis_process_assignment *a);

#endif
