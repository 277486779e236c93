/* joint_report.h - what a joint fit looks like as text, JSON, tidy CSV and figure. */
#ifndef EISI_JOINT_REPORT_H
#define EISI_JOINT_REPORT_H

#include <eisfit/joint.h>

#include "report/plot.h"

/* One hypothesis: its fit, or why there is none. */
typedef struct eisi_joint_hypothesis {
  const char *name;
  const eis_model *model;
  eis_joint_result result;
  bool fitted;
  eis_error why; /* not fitted */
} eisi_joint_hypothesis;

typedef struct eisi_joint_view {
  const char *manifest;
  const eis_joint_data *data;
  size_t n;
  const eisi_joint_hypothesis *at;
  const eis_joint_choice *choice;
  const eis_notes *notes; /* about the campaign */
  bool color, verbose;
} eisi_joint_view;

/* The hypothesis that is shown: the lowest BIC. */
const eisi_joint_hypothesis *eisi_joint_best(const eisi_joint_view *v);
/* Column of that name, NULL = none. */
const eis_joint_column *eisi_joint_view_column(const eisi_joint_view *v, const char *name);
/* Parameters that differ between the spectra, temperatures not counted; those with the most
   different values first.  Returns how many, at most `most`. */
int eisi_joint_varying(const eis_joint_result *r, int most, int *which);

eis_status eisi_text_joint(const eisi_joint_view *v, eisi_text *out, eis_error *err);
/* One line, schema eisfit.joint/1. */
eis_status eisi_json_joint(const eisi_joint_view *v, eisi_text *out, eis_error *err);
void eisi_csv_joint(const eisi_joint_view *v, eisi_text *out);
/* gnuplot script of the best hypothesis over SOC, or the first column that changes. */
eis_status eisi_joint_script(const eisi_joint_view *v, const eisi_terminal *terminal,
                             const char *output, eisi_text *out, eis_error *err);

#endif
