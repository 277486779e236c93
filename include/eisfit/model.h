/* model.h - named models: a circuit with the meaning of its parts, kept in a file. */
#ifndef EISFIT_MODEL_H
#define EISFIT_MODEL_H

#include <eisfit/circuit.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What an element or parameter of the circuit stands for ("bulk", "gb", "cei", "interface",
   "diffusion", "anode", "inductance", "contact" ...); analysis finds the parts by role. */
typedef struct eis_model_role {
  char element[EIS_NAME_MAX]; /* name in the circuit */
  char *role;
  char *doc; /* one line in words */
} eis_model_role;

typedef struct eis_model_variant {
  char *name; /* "full", "no-gb" ... */
  char *doc;  /* when it applies */
  eis_circuit *circuit;
  bool on_request; /* not among those that are compared: taken only when asked for by name */
} eis_model_variant;

/* How a parameter varies over the spectra of a campaign, or the value of a number of such a law
   ([joint] section, doc/joint.md). */
typedef struct eis_model_law {
  char *target;      /* "R_b" or "R_b.Ea" */
  char *text;        /* "each * arrhenius" or "0.3/0/1" */
  long line, column; /* of the text in the file; 0 = not from a file */
} eis_model_law;

typedef struct eis_model {
  char *name, *title, *reference, *when, *path;
  int n_variants;
  eis_model_variant *variant; /* at least one; the first is the model proper */
  int n_roles;
  eis_model_role *role;
  int n_laws;
  eis_model_law *law;
  bool auto_inductance; /* put a series L_hf in front when the spectrum is inductive at its
                           high-frequency end */
} eis_model;

/* A path (contains '/' or ends in .model) or a name looked for in $XDG_DATA_HOME/eisfit/models,
   $EISFIT_DATADIR/models, then the installed directory.  Errors: file:line:column. */
eis_status eis_model_load(const char *name_or_path, eis_model **out, eis_error *err);
/* Parses a model text; source names it in messages. */
eis_status eis_model_parse(const char *text, const char *source, eis_model **out, eis_error *err);
void eis_model_free(eis_model *m);
/* Adds a law, or replaces the one of the same target: "R_b = arrhenius" as in the file.
   Errors: EIS_ERROR_USAGE with what is wrong with the text. */
eis_status eis_model_set_law(eis_model *m, const char *assignment, eis_error *err);
/* Role of an element of the circuit, NULL = none. */
const char *eis_model_role_of(const eis_model *m, const char *element);
/* Names of all models found, sorted, each once; allocated (strings and array, NULL terminated). */
eis_status eis_model_list(char ***names, eis_error *err);

#ifdef __cplusplus
}
#endif
#endif
