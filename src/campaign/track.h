/* track.h - the steps of following processes through the spectra of a cell. */
#ifndef EISI_TRACK_H
#define EISI_TRACK_H

#include <eisfit/track.h>

#include "base/base.h"

/* At most so many tracks are followed, those with the most peaks. */
enum { EISI_TRACKS_MOST = 24 };

/* A peak faster than the fastest point is no peak of the data: it counts as series resistance. */
bool eisi_track_beyond(const eis_track_spectrum *s, const eis_drt_peak *p);

/* ---- the path: track_path.c ---- */
/* Spectra in an order in which neighbours look alike. */
typedef struct eisi_track_path {
  size_t n;
  size_t *at;    /* place -> spectrum */
  double *step;  /* place -> how much ln Z differs from the place before (rms); [0] = 0 */
  double *moved; /* place -> the same beyond the noise, squared, summed up from the first on */
} eisi_track_path;
eis_status eisi_track_path_find(const eis_track_input *in, eisi_track_path *out, eis_error *err);
void eisi_track_path_clear(eisi_track_path *p);

/* ---- which peaks belong together: track_link.c ---- */
/* Peaks along the path as one list. */
typedef struct eisi_track_node {
  size_t place, peak;
  double lt, lr; /* ln tau, ln R, both moved to one temperature */
  double part;   /* of all resistance in its spectrum */
  double et, er; /* their errors */
  double real;   /* probability */
  int track;     /* -1 = none */
} eisi_track_node;

typedef struct eisi_track_links {
  size_t n_nodes;
  eisi_track_node *node; /* by place, then tau */
  size_t n_tracks;
  double *time;  /* place -> drift since the first one, in units of the usual step */
  double *shift; /* place -> 1/kB (1/T - 1/T0), 1/eV; 0 where T is not known */
  double energy; /* eV: common activation energy, 0 where the temperature does not change */
  double spread_t, spread_r; /* ln tau, ln R from one place to the next, robust */
  double cost;               /* of the best set of tracks */
} eisi_track_links;
/* |SOC| of two spectra apart, 0 where it is not known. */
double eisi_track_soc_step(const eis_track_spectrum *a, const eis_track_spectrum *b);
eis_status eisi_track_link(const eis_track_input *in, const eisi_track_path *p,
                           eisi_track_links *out, eis_error *err);
void eisi_track_links_clear(eisi_track_links *l);

/* ---- the set of paths of least cost through a graph without cycles: track_flow.c ---- */
typedef struct eisi_flow_edge {
  size_t from, to;
  double cost;
  bool used; /* the result */
} eisi_flow_edge;
/* From vertex 0 to vertex 1, every edge once at most, as many paths as lower the sum.  Edges are in
   an order of their tails in which no path goes back; 0 may come anywhere. */
eis_status eisi_flow_solve(size_t n_vertices, size_t n_edges, eisi_flow_edge *edge, double *cost,
                           eis_error *err);

/* ---- one sum of processes for all spectra: track_joint.c, track_sum.c, track_band.c ---- */
/* Parameters of a process: ln R, ln tau, exponent n, ln b of R/(1 + (j w tau)^n)^b; of a spectrum:
   those of all processes, then R_inf, L, 1/C. */
enum { EISI_TRACK_R, EISI_TRACK_TAU, EISI_TRACK_N, EISI_TRACK_B, EISI_TRACK_PARAMS };
enum { EISI_TRACK_SERIES = 3 };

typedef struct eisi_track_joint {
  const eis_track_input *in;
  const eisi_track_path *path;
  const eisi_track_links *links;
  size_t n, n_tracks; /* places; the tracks, then what lies beyond the data (fast, slow) */
  size_t n_all, p;    /* tracks and ends; parameters of a spectrum */
  int *peak;          /* n_tracks x n: peak of the place, -1 = none */
  bool *on;           /* n_all x n: has a part in the spectrum */
  double *x;          /* p x n */
  double *spread;     /* n_all x EISI_TRACK_PARAMS: of a step */
  double *slope;      /* the same for a step of SOC, per unit of it */
  double *noise;      /* n: of Z, relative */
  bool *fits;         /* n: the sum describes the spectrum */
  bool series[EISI_TRACK_SERIES]; /* is there such a term anywhere? */
  double *sd;                     /* p x n */
  double *sd_high;                /* n: of R_inf and what lies beyond the fast end, together */
  int *shared;                    /* n_tracks x n */
} eisi_track_joint;
eis_status eisi_track_joint_run(const eis_track_input *in, const eisi_track_path *path,
                                const eisi_track_links *links, eisi_track_joint *out,
                                eis_error *err);
void eisi_track_joint_clear(eisi_track_joint *j);

/* Weighted residual of place i for parameters x (p), its Jacobian (2n x p, column major; NULL = not
   wanted; columns of what is off are zero); returns its square. */
typedef struct eisi_track_room {
  double *w, *lw;       /* of the frequencies */
  double *r, *J;        /* 2n; 2n x p */
  double *z, *dz;       /* 2n; 2n x 4 */
  double *H, *g, *step; /* p x p; p; p */
  double *try;          /* p */
} eisi_track_room;
bool eisi_track_has_data(const eisi_track_joint *j, size_t i);
double eisi_track_residual(const eisi_track_joint *j, size_t i, const double *x, bool want,
                           eisi_track_room *room);
/* Precision of the step from place i - 1 to i of parameter k, weighed down where the step is larger
   than usual, and the step that the temperature asks for. */
double eisi_track_tie(const eisi_track_joint *j, size_t i, size_t k, double *expected);
/* What that tie costs: half its slope is the precision times the step. */
double eisi_track_strain(const eisi_track_joint *j, size_t i, size_t k);
/* Precision of what is known of parameter k beforehand, and the value. */
double eisi_track_known(const eisi_track_joint *j, size_t i, size_t k, double *value);
/* Square of what the neighbours and prior knowledge have against x at place i; its gradient (half)
   and curvature are added to g and H unless g is NULL. */
double eisi_track_pull(const eisi_track_joint *j, size_t i, const double *x, double *g, double *H);
/* Is parameter k at the end of its range, with a gradient that leads out of it? */
bool eisi_track_stopped(const eisi_track_joint *j, size_t k, double x, double g);
/* Puts parameters into the range in which the sum can be evaluated. */
void eisi_track_keep_in_range(const eisi_track_joint *j, double *x);
/* Steps of all spectra at once (Gauss and Newton, block tridiagonal), as long as the whole sum
 * falls. */
eis_status eisi_track_newton(eisi_track_joint *j, int steps, eisi_track_room *room, eis_error *err);
/* Fills sd and shared. */
eis_status eisi_track_errors(eisi_track_joint *j, eisi_track_room *room, eis_error *err);

/* Errors of a track made as large as its values scatter: track_scatter.c. */
eis_status eisi_track_scatter(const eis_track_input *in, eis_track *t, eis_error *err);

/* ---- what a series says of a track, and which process it is: track_signature.c, track_name.c ----
 */
/* A track as columns over its rows; NaN = not known. */
typedef struct eisi_track_series {
  size_t n;
  double *lr, *lt, *er, *et;         /* ln R, ln tau, errors */
  double *soc, *age, *warmth, *ln_p; /* warmth: 1/(kB T), 1/eV */
  double *room;                      /* all of the above */
} eisi_track_series;
/* Fills the evidence with what the rows can tell. */
eis_status eisi_track_signature(const eisi_track_series *s, eis_process_evidence *out,
                                eis_error *err);
/* Evidence, process and probability of every track. */
eis_status eisi_track_name(const eis_track_input *in, double energy, eis_track_result *r,
                           eis_error *err);

#endif
