/* process.h - which process stands behind each peak of a distribution of relaxation times: windows
   and signatures of processes from models/processes.ini, and a joint posterior over all peaks.
   doc/processes.md has the model. */
#ifndef EISFIT_PROCESS_H
#define EISFIT_PROCESS_H

#include <eisfit/drt.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- the table ---- */

typedef struct eis_process_table eis_process_table;

/* The shipped table ($XDG_DATA_HOME/eisfit, $EISFIT_DATADIR, installed directory), then `path` on
   top of it (NULL = nothing): keys of the same process and the same words replace, others are
   added. *out is freed by the caller.  Errors: EIS_ERROR_INPUT with path:line:column;
   EIS_ERROR_INPUT when there is no shipped table. */
eis_status eis_process_table_read(const char *path, eis_process_table **out, eis_error *err);
void eis_process_table_free(eis_process_table *t);
size_t eis_process_count(const eis_process_table *t);
/* Key ("SE_gb") and name ("grain boundaries of the electrolyte") of process i, in the order of the
   file; NULL past the end. */
const char *eis_process_key(const eis_process_table *t, size_t i);
const char *eis_process_name(const eis_process_table *t, size_t i);

/* What is known of the cell. */
typedef struct eis_process_conditions {
  double area_m2;      /* NaN = not known, as below */
  double thickness_m;  /* of the electrolyte */
  double T;            /* K */
  double soc;          /* 0..1 */
  double f_min, f_max; /* Hz, of the data */
  const char
      *electrolyte;    /* a word of the table ("sulfide", "oxide", "polymer"); NULL = not known */
  const char *anode;   /* "Li", "In-Li", "no-anode" */
  const char *coating; /* of the cathode: "coated", "uncoated", "no-cathode" */
} eis_process_conditions;
/* Nothing is known. */
eis_process_conditions eis_process_conditions_default(void);

/* ---- evidence from several spectra ---- */

typedef enum eis_process_signature {
  EIS_SIGNATURE_EA,        /* activation energy of 1/R, eV */
  EIS_SIGNATURE_SOC,       /* d ln R/d SOC, SOC from 0 to 1 */
  EIS_SIGNATURE_SOC_BEND,  /* d2 ln R/d SOC2 */
  EIS_SIGNATURE_DRIFT,     /* d ln C/d ln R while the cell ages */
  EIS_SIGNATURE_AGEING,    /* d ln R/d ln t; 0 = does not age */
  EIS_SIGNATURE_TIME,      /* z of R = R0 + b t^z; where R grows */
  EIS_SIGNATURE_PRESSURE,  /* d ln R/d ln p */
  EIS_SIGNATURES
} eis_process_signature;

/* What a series of spectra says about one peak that was followed through it; NaN = not known.  The
   error is a standard deviation. */
typedef struct eis_process_evidence {
  double value[EIS_SIGNATURES], error[EIS_SIGNATURES];
} eis_process_evidence;
/* Nothing is known. */
eis_process_evidence eis_process_evidence_default(void);
/* Key ("dlnR_dSOC") and what it is; NULL past the end. */
const char *eis_process_signature_key(size_t i, const char **doc);

/* ---- the assignment ---- */

typedef struct eis_process_input {
  size_t n_peaks;
  const eis_drt_peak *peak;             /* R in ohm, C in F of the cell */
  const eis_process_evidence *evidence; /* n_peaks of them, or NULL */
  eis_process_conditions conditions;
  bool even; /* how often a process is seen is not taken from the table: all that are not rare (5 %)
                are as likely to make a peak; what is left is what the peaks say */
} eis_process_input;

typedef struct eis_process_label {
  int process;        /* index in the table; -1 = unassigned: none of them, or not a real peak */
  double probability; /* of this label */
  double *posterior;  /* n_processes + 1, the last one is unassigned; their sum is 1 */
  char *explanation;  /* lines: what spoke for and against, with Bayes factors */
} eis_process_label;

typedef struct eis_process_assignment {
  size_t n_peaks, n_processes;
  eis_process_label *peak;      /* in the order of the input */
  double area_m2, area_factor;  /* known or estimated, and its standard deviation as a factor (1 =
                                   known) */
  double T, T_error;            /* K; error 0 = known */
  double wetted, wetted_factor; /* estimated true over geometric area of the cathode, likewise (1 =
                                   no process depends on it) */
  double *present;              /* n_processes: probability that one of the peaks is it */
  const char *electrolyte, *anode, *coating; /* known or most probable; owned by the table */
  double electrolyte_probability, anode_probability, coating_probability;
} eis_process_assignment;

/* Posterior over all assignments of all peaks at once: no process twice (unless its row says so),
   order of processes in frequency, processes that can't be there left out, areas, temperatures and
   materials that are not known integrated over.  Labels maximise the expected number of right ones.
   *out is overwritten, to be cleared by the caller; it needs the table.
   Errors: EIS_ERROR_USAGE for words the table doesn't have and values out of range;
   EIS_ERROR_INPUT for peaks without positive R and tau or more than 32 of them; EIS_ERROR_MEMORY.
 */
eis_status eis_process_assign(const eis_process_table *t, const eis_process_input *in,
                              eis_process_assignment *out, eis_error *err);
void eis_process_assignment_clear(eis_process_assignment *a);

#ifdef __cplusplus
}
#endif
#endif
