/* page.h - a campaign as its report shows it: what is in a store, the figures, the page. */
#ifndef EISI_PAGE_H
#define EISI_PAGE_H

#include <eisfit/store.h>

#include "base/base.h"

/* What spectra are ordered by. */
typedef enum eisi_axis_id {
  EISI_AXIS_CYCLE,
  EISI_AXIS_TIME,
  EISI_AXIS_SOC,
  EISI_AXIS_TEMPERATURE,
  EISI_AXIS_PRESSURE,
  EISI_AXIS_POSITION, /* place in the sequence of the cell: only where nothing else varies */
  EISI_N_AXES
} eisi_axis_id;

typedef struct eisi_axis {
  const char *key;   /* column of the store */
  const char *label; /* "time / h" */
  const char *name;  /* "time" */
  bool age;          /* laws of ageing make sense */
} eisi_axis;
extern const eisi_axis eisi_axes[EISI_N_AXES];

/* A list of different texts. */
typedef struct eisi_names {
  size_t n;
  char **at;
} eisi_names;

typedef struct eisi_page_spectrum {
  int64_t id;
  char *file, *flags, *reason, *circuit, *verdict;
  int sweep, cell, group; /* group -1: none */
  int label;              /* of page.label: what else tells its series from others of the cell */
  double axis[EISI_N_AXES];
  long n_points;
  double kk_noise, misfit; /* per cent; NaN: not known */
} eisi_page_spectrum;

typedef struct eisi_page_parameter {
  char *name, *unit; /* SI */
  bool derived;
  double *value,
      *se; /* per spectrum; NaN: not there.  se NaN: fixed, at a bound, not identifiable */
} eisi_page_parameter;

typedef struct eisi_page {
  eis_store *store;
  size_t n;
  eisi_page_spectrum *at; /* by id */
  eisi_names cell, group, label, model;
  int *group_of; /* per cell, -1: none or several */
  size_t n_parameters;
  eisi_page_parameter *parameter;
  size_t n_tracks; /* processes that were followed: page_track.h */
  struct eisi_page_track *track;
  bool used[EISI_N_AXES]; /* takes different values */
  bool unflagged_only;    /* conclusions are drawn from spectra without flags: there are enough */
  const char *gnuplot;    /* program */
} eisi_page;

/* page_data.c.  The store is read by further calls, too.  EIS_ERROR_INPUT: no spectra. */
eis_status eisi_page_load(eis_store *store, eisi_page *out, eis_error *err);
void eisi_page_clear(eisi_page *p);
/* Index of a spectrum by its id, -1 = not there. */
long eisi_page_find(const eisi_page *p, int64_t id);
/* Does this value count for laws, activation energies and comparisons? */
bool eisi_page_counts(const eisi_page *p, const eisi_page_parameter *q, size_t spectrum);
/* The parameters in ohm that were free somewhere, at most `most`: what a reader asks for first. */
size_t eisi_page_main(const eisi_page *p, size_t most, size_t *index);
/* Number of the name, added if it is new; -1: out of memory. */
int eisi_name_number(eisi_names *list, const char *name);
void eisi_names_clear(eisi_names *list);

/* page_series.c: the values of one parameter over one axis, cell by cell and condition by condition
 */
typedef struct eisi_page_series {
  int cell;
  char *label;
  size_t n;
  size_t *spectrum;   /* in the order of x */
  double *x, *y, *se; /* SI */
} eisi_page_series;
typedef struct eisi_page_list {
  size_t n;
  eisi_page_series *at;
} eisi_page_list;
/* all false: values that count only.  Series of fewer than two points are left in. */
eis_status eisi_page_split(const eisi_page *p, const eisi_page_parameter *q, eisi_axis_id axis,
                           bool all, eisi_page_list *out, eis_error *err);
void eisi_page_list_clear(eisi_page_list *l);

/* page_embed.c: what the script of the page draws from, as elements of the page.  Of more spectra
   than max_rows one in each step of so many, of more than max_curves as many curves; 0 = all. */
eis_status eisi_page_embed(eisi_page *p, size_t max_rows, size_t max_curves, eisi_text *out,
                           eis_error *err);
/* Spectra of which one is kept so that there are at most `most`; 0 = all. */
size_t eisi_page_step(size_t n, size_t most);
/* Is it the one?  Which of a step changes from step to step: a campaign has periods of its own. */
bool eisi_page_kept(size_t i, size_t step);

/* page_figures.c: the figures of a campaign, one after the other */
typedef struct eisi_page_figure {
  char *name; /* "trend-R1-cycle" */
  char *caption;
  char *script; /* for gnuplot, without terminal */
  int section;  /* eisi_page_section */
} eisi_page_figure;
typedef enum eisi_page_section {
  EISI_SECTION_TRACKS,
  EISI_SECTION_TRENDS,
  EISI_SECTION_GROUPS,
  EISI_SECTION_ARRHENIUS,
  EISI_SECTION_DRT
} eisi_page_section;
typedef struct eisi_page_figures {
  size_t n;
  eisi_page_figure *at;
  /* HTML of each section: sentences before its figures, tables and sentences after them */
  eisi_text lead[EISI_SECTION_DRT + 1], text[EISI_SECTION_DRT + 1];
} eisi_page_figures;
/* every: of all parameters over all axes, not only those of the page. */
eis_status eisi_page_figures_make(eisi_page *p, bool every, eisi_page_figures *out, eis_error *err);
void eisi_page_figures_clear(eisi_page_figures *f);
/* Runs gnuplot; ending ".svg", ".pdf", ".png". */
eis_status eisi_page_draw(const eisi_page *p, const eisi_page_figure *f, const char *ending,
                          char **image, size_t *size, eis_error *err);

/* page_html.c */
typedef struct eisi_page_parts {
  const char *style, *script;  /* contents of web/report.css, web/report.js */
  const char *plotly;          /* contents of the bundle; NULL = none */
  size_t max_rows, max_curves; /* spectra that are in the table, and with their curves; 0 = all */
} eisi_page_parts;
eis_status eisi_page_html(eisi_page *p, const eisi_page_figures *f, const eisi_page_parts *parts,
                          eisi_text *out, eis_error *err);

#endif
