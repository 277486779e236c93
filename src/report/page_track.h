/* page_track.h - the processes that were followed through the spectra of each cell, as the report
   of a campaign shows them (doc/tracking.md). */
#ifndef EISI_PAGE_TRACK_H
#define EISI_PAGE_TRACK_H

#include "report/page.h"

/* One process, over all spectra of the page. */
struct eisi_page_track {
  eisi_page_parameter R;  /* its name is "SCL", or "track 2" where no name is known */
  char *title;            /* "space charge at the cathode"; "" for a track without a name */
  bool named;             /* the name says what it is */
  int order;              /* what a reader looks for first comes first */
  double *tau, *C, *sure; /* per spectrum, NaN = not there; sure: probability of the name */
  unsigned char *unseen;  /* per spectrum: its own distribution shows no such peak */
  unsigned char *sum;     /* its sum with another is known, and no more */
  int *pieces, *last;     /* per cell: how many tracks it has there, 0 = none; the last of them */
};

/* Which spectra a figure over an axis shows: of what else varies within the cells, one state, of
   the age two. */
typedef struct eisi_track_choice {
  eisi_axis_id axis;
  int ends;                     /* 1, or 2: the first and the last age */
  int age;                      /* axis of the ends, -1 = none */
  bool fixed[EISI_N_AXES];      /* held at ... */
  double target[EISI_N_AXES];   /* ... the value of the cell that is next to this */
  double *near[EISI_N_AXES][2]; /* ... per cell, at each end */
  int label;                    /* of page.label, -1 = all */
} eisi_track_choice;

/* page_track.c */
eis_status eisi_page_load_tracks(eisi_page *p, eis_error *err);
void eisi_page_clear_tracks(eisi_page *p);
/* Has this spectrum been followed? */
bool eisi_track_followed(const eisi_page *p, size_t spectrum);

/* page_track_choice.c: *useful false when the axis does not vary within a cell, or goes along with
   one before it. */
eis_status eisi_track_choose(const eisi_page *p, eisi_axis_id axis, eisi_track_choice *out,
                             bool *useful, eis_error *err);
void eisi_track_choice_clear(eisi_track_choice *c);
/* Is spectrum i at this end (0, 1) of what was chosen? */
bool eisi_track_chosen(const eisi_page *p, const eisi_track_choice *c, size_t i, int end);
/* "at temperature 25", "filled: ..." in words, for a caption. */
void eisi_track_choice_words(const eisi_page *p, const eisi_track_choice *c, eisi_text *out);

/* Cells of one group (where there are groups, else one cell) at one x, one end. */
typedef struct eisi_track_mean {
  double x, mean, low, high; /* SI; 95 %, NaN when not known */
  size_t n_cells;
} eisi_track_mean;
typedef struct eisi_track_means {
  size_t n;
  eisi_track_mean *at;
} eisi_track_means;
/* unit: number of the group (of the cell).  Geometric means of the cells by Student's t; of one
   cell its value and error. */
eis_status eisi_track_average(const eisi_page *p, const struct eisi_page_track *t,
                              const eisi_track_choice *c, int unit, int end, eisi_track_means *out,
                              eis_error *err);
/* Group of a cell where there are several, else the cell. */
int eisi_track_unit(const eisi_page *p, int cell);
int eisi_track_units(const eisi_page *p);
const char *eisi_track_unit_name(const eisi_page *p, int unit);

/* page_track_figures.c, page_track_table.c: the section */
eis_status eisi_figures_tracks(eisi_page *p, bool every, eisi_page_figures *out, eis_error *err);
eis_status eisi_track_glance(const eisi_page *p, const eisi_track_choice *c, eisi_text *out,
                             eis_error *err);
eis_status eisi_track_table(const eisi_page *p, const eisi_track_choice *c, eisi_text *out,
                            eis_error *err);

#endif
