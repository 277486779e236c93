/* material.c - the material table: files of the user and of the installation, and overrides. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/base.h"
#include "base/ini.h"

#include <eisfit/scl.h>

/* ---- keys and their units ---- */

typedef struct unit_row {
  const char *text;
  double factor, offset;
} unit_row;

typedef struct key_row {
  const char *key;
  size_t field;        /* offset in eis_material */
  double lower, upper; /* inclusive; nu is below 1 in any case */
  bool required;
  const char *range; /* in words */
  unit_row unit[8];  /* the first is SI and stands for a bare number */
} key_row;

#define FIELD(name) offsetof(eis_material, name)
static const key_row keys[] = {
    {"eps_r", FIELD(eps_r), 1.0, 1e6, true, "1 to 1e6", {{"", 1, 0}}},
    {"n0", FIELD(n0), 1e15, 1e31, true, "1e15 to 1e31 1/m^3",
     {{"1/m^3", 1, 0}, {"m^-3", 1, 0}, {"1/m3", 1, 0}, {"1/cm^3", 1e6, 0}, {"cm^-3", 1e6, 0},
      {"1/cm3", 1e6, 0}, {"1/nm^3", 1e27, 0}, {"nm^-3", 1e27, 0}}},
    {"nu", FIELD(nu), 0.0, 0.999999, false, "0 <= nu < 1", {{"", 1, 0}}},
    {"sigma", FIELD(sigma), 1e-15, 1e6, true, "1e-15 to 1e6 S/m",
     {{"S/m", 1, 0}, {"S/cm", 100, 0}, {"mS/cm", 0.1, 0}, {"mS/m", 1e-3, 0}, {"uS/cm", 1e-4, 0}}},
    {"T_ref", FIELD(T_ref), 50.0, 2000.0, true, "50 to 2000 K", {{"K", 1, 0}, {"C", 1, 273.15}}},
    {"Ea", FIELD(Ea_eV), 0.0, 5.0, false, "0 to 5 eV",
     {{"eV", 1, 0}, {"kJ/mol", 1.0 / 96.48533212331, 0}}}};
enum { N_KEYS = sizeof keys / sizeof *keys, MAX_UNITS = 8 };
static const char key_names[] = "eps_r, n0, nu, sigma, T_ref, Ea";

static double *field_of(eis_material *m, const key_row *k) {
  return (double *)(void *)((char *)m + k->field);
}

static const key_row *find_key(const char *name, size_t n) {
  for (size_t i = 0; i < N_KEYS; i++)
    if (strlen(keys[i].key) == n && strncmp(keys[i].key, name, n) == 0) return &keys[i];
  return NULL;
}

/* What is wrong with a value and how many bytes into it. */
typedef struct complaint {
  size_t offset;
  char text[256];
} complaint;

static bool find_unit(const key_row *k, const char *s, size_t n, unit_row *out) {
  *out = (unit_row){"", 1.0, 0.0};
  if (n == 0) return true;
  for (size_t i = 0; i < MAX_UNITS && k->unit[i].text; i++)
    if (strlen(k->unit[i].text) == n && strncmp(k->unit[i].text, s, n) == 0) {
      *out = k->unit[i];
      return true;
    }
  return false;
}

/* "0.2 S/m" of n bytes -> SI. */
static bool read_value(const key_row *k, const char *s, size_t n, double *out, complaint *bad) {
  double v;
  const size_t used = eisi_parse_double(s, n, '.', &v);
  if (used == 0) {
    bad->offset = 0;
    snprintf(bad->text, sizeof bad->text, "'%.*s' is not a number: expected for example '%s = %s'",
             (int)n, s, k->key, k->required ? "0.2" : "0.1");
    return false;
  }
  size_t at = used;
  while (at < n && s[at] == ' ') at++;
  unit_row unit;
  if (!find_unit(k, s + at, n - at, &unit)) {
    bad->offset = at;
    if (k->unit[0].text[0])
      snprintf(bad->text, sizeof bad->text, "unknown unit '%.*s' for %s: expected %s or nothing",
               (int)(n - at), s + at, k->key, k->unit[0].text);
    else
      snprintf(bad->text, sizeof bad->text, "%s is a pure number, '%.*s' is not expected here",
               k->key, (int)(n - at), s + at);
    return false;
  }
  v = v * unit.factor + unit.offset;
  if (!(v >= k->lower && v <= k->upper)) {
    bad->offset = 0;
    snprintf(bad->text, sizeof bad->text, "%s = %.*s is out of range: expected %s", k->key, (int)n,
             s, k->range);
    return false;
  }
  *out = v;
  return true;
}

/* ---- files ---- */

static void start_material(eis_material *m, const char *name) {
  *m = (eis_material){.eps_r = NAN, .n0 = NAN, .nu = NAN, .sigma = NAN, .T_ref = NAN, .Ea_eV = NAN};
  snprintf(m->name, sizeof m->name, "%s", name);
}

static eis_status read_source(eis_material *m, const eisi_ini_entry *e, const char *path,
                              eis_error *err) {
  if (strlen(e->value) >= sizeof m->source)
    return eisi_ini_error(e, path, 0, err, "source text is too long: at most %zu bytes",
                          sizeof m->source - 1);
  size_t n = 0;
  for (const char *s = e->value; *s; s++) m->source[n++] = *s == '\n' ? ' ' : *s;
  m->source[n] = 0;
  return EIS_OK;
}

static eis_status read_entry(eis_material *m, const eisi_ini_entry *e, const char *path,
                             eis_error *err) {
  if (strcmp(e->key, "source") == 0) return read_source(m, e, path, err);
  const key_row *k = find_key(e->key, strlen(e->key));
  if (!k) {
    eisi_ini_entry at_key = *e;
    at_key.value_column = e->key_column;
    return eisi_ini_error(&at_key, path, 0, err, "unknown key '%s': expected one of %s, source",
                          e->key, key_names);
  }
  complaint bad;
  if (read_value(k, e->value, strlen(e->value), field_of(m, k), &bad)) return EIS_OK;
  return eisi_ini_error(e, path, bad.offset, err, "%s", bad.text);
}

static eis_status check_complete(eis_material *m, const char *path, long line, eis_error *err) {
  for (size_t i = 0; i < N_KEYS; i++)
    if (keys[i].required && isnan(*field_of(m, &keys[i])))
      return eis_error_at(err, EIS_ERROR_INPUT, path, line, 0,
                          "material '%s' has no '%s': expected %s", m->name, keys[i].key,
                          keys[i].range);
  return EIS_OK;
}

/* Material `name` of a parsed file into *out; *found. */
static eis_status take_section(const eisi_ini *ini, const char *path, const char *name,
                               eis_material *out, bool *found, eis_error *err) {
  long line = 0;
  *found = false;
  for (size_t i = 0; i < ini->n; i++) {
    const eisi_ini_entry *e = &ini->at[i];
    if (eisi_strcasecmp(e->section, name) != 0) continue;
    if (!*found) {
      if (strlen(e->section) >= sizeof out->name)
        return eis_error_at(err, EIS_ERROR_INPUT, path, e->line, 0,
                            "material name '%s' is too long: at most %zu bytes", e->section,
                            sizeof out->name - 1);
      start_material(out, e->section);
      line = e->line;
    }
    *found = true;
    const eis_status st = read_entry(out, e, path, err);
    if (st != EIS_OK) return st;
  }
  return *found ? check_complete(out, path, line, err) : EIS_OK;
}

/* What is done with every material file found, in the order of the search; *done stops. */
typedef eis_status file_fn(void *ctx, const eisi_ini *ini, const char *path, bool *done,
                           eis_error *err);

static eis_status visit_file(const char *path, file_fn *f, void *ctx, bool *done, eis_error *err) {
  if (access(path, F_OK) != 0) return EIS_OK; /* no such file in this directory */
  char *bytes = NULL;
  size_t size;
  eisi_ini ini;
  eis_status st = eisi_read_whole(path, 1u << 20, &bytes, &size, err);
  if (st == EIS_OK) {
    st = eisi_ini_parse(bytes, path, &ini, err);
    if (st == EIS_OK) {
      st = f(ctx, &ini, path, done, err);
      eisi_ini_clear(&ini);
    }
  }
  free(bytes);
  return st;
}

static eis_status visit_files(file_fn *f, void *ctx, eis_error *err) {
  static const char *const names[] = {"materials.ini", "models/materials.ini"};
  char **dirs;
  bool done = false;
  eis_status st = eisi_data_dirs(&dirs, err);
  if (st != EIS_OK) return st;
  for (size_t i = 0; dirs[i]; i++) {
    for (size_t k = 0; k < 2 && st == EIS_OK && !done; k++) {
      eisi_text t = {0};
      char *path;
      eisi_text_addf(&t, "%s/%s", dirs[i], names[k]);
      st = eisi_text_take(&t, &path, err);
      if (st != EIS_OK) break;
      st = visit_file(path, f, ctx, &done, err);
      free(path);
    }
    free(dirs[i]);
  }
  free(dirs);
  return st;
}

typedef struct load_job {
  const char *name;
  eis_material *out;
  bool found;
} load_job;

static eis_status load_from(void *ctx, const eisi_ini *ini, const char *path, bool *done,
                            eis_error *err) {
  load_job *job = ctx;
  const eis_status st = take_section(ini, path, job->name, job->out, &job->found, err);
  *done = job->found;
  return st;
}

static void free_names(char **names) {
  for (size_t i = 0; names && names[i]; i++) free(names[i]);
  free(names);
}

static eis_status unknown_material(const char *name, eis_error *err) {
  char **names = NULL;
  eis_status st = eis_material_list(&names, err);
  if (st != EIS_OK) return st;
  eisi_text t = {0};
  size_t n = 0;
  for (; names[n]; n++) eisi_text_addf(&t, "%s%s", n ? ", " : "", names[n]);
  if (n == 0)
    st = eis_error_set(err, EIS_ERROR_USAGE,
                       "unknown material '%s': no materials.ini was found; set EISFIT_DATADIR to "
                       "the data directory of eisfit",
                       name);
  else
    st = eis_error_set(err, EIS_ERROR_USAGE, "unknown material '%s': there are %s", name,
                       t.s ? t.s : "");
  eisi_text_clear(&t);
  free_names(names);
  return st;
}

eis_status eis_material_load(const char *name, eis_material *out, eis_error *err) {
  load_job job = {.name = name, .out = out};
  start_material(out, name);
  const eis_status st = visit_files(load_from, &job, err);
  if (st != EIS_OK) return st;
  return job.found ? EIS_OK : unknown_material(name, err);
}

eis_status eis_material_parse(const char *text, const char *source, const char *name,
                              eis_material *out, eis_error *err) {
  eisi_ini ini;
  bool found = false;
  start_material(out, name);
  eis_status st = eisi_ini_parse(text, source, &ini, err);
  if (st != EIS_OK) return st;
  st = take_section(&ini, source, name, out, &found, err);
  eisi_ini_clear(&ini);
  if (st != EIS_OK || found) return st;
  return eis_error_at(err, EIS_ERROR_INPUT, source, 0, 0, "there is no section '[%s]'", name);
}

typedef struct list_job {
  char **names;
  size_t n;
} list_job;

static bool listed(const list_job *job, const char *name) {
  for (size_t i = 0; i < job->n; i++)
    if (eisi_strcasecmp(job->names[i], name) == 0) return true;
  return false;
}

static eis_status list_from(void *ctx, const eisi_ini *ini, const char *path, bool *done,
                            eis_error *err) {
  (void)path;
  (void)done;
  list_job *job = ctx;
  for (size_t i = 0; i < ini->n; i++) {
    if (listed(job, ini->at[i].section)) continue;
    eis_status st = eisi_grow(&job->names, job->n + 1, job->n + 2, sizeof *job->names, err);
    if (st != EIS_OK) return st;
    job->names[job->n] = eisi_strdup(ini->at[i].section, err);
    if (!job->names[job->n]) return EIS_ERROR_MEMORY;
    job->n++;
  }
  return EIS_OK;
}

static int by_name(const void *a, const void *b) {
  const char *const *x = a, *const *y = b;
  const int d = eisi_strcasecmp(*x, *y);
  return d ? d : strcmp(*x, *y);
}

eis_status eis_material_list(char ***names, eis_error *err) {
  list_job job = {.names = eisi_new(1, sizeof *job.names, err)};
  *names = NULL;
  if (!job.names) return EIS_ERROR_MEMORY;
  const eis_status st = visit_files(list_from, &job, err);
  if (st != EIS_OK) {
    free_names(job.names);
    return st;
  }
  qsort(job.names, job.n, sizeof *job.names, by_name);
  *names = job.names;
  return EIS_OK;
}

/* ---- overrides ---- */

static eis_status set_error(const char *all, const char *at, eis_error *err, const char *text) {
  const bool first = !err || err->code == EIS_OK;
  const eis_status st =
      eis_error_at(err, EIS_ERROR_USAGE, "material", 0, (long)(at - all) + 1, "%s", text);
  if (err && first) {
    snprintf(err->context, sizeof err->context, "%s", all);
    err->span = 1;
  }
  return st;
}

/* One "key=value" of n bytes at s. */
static eis_status set_one(eis_material *m, const char *all, const char *s, size_t n,
                          eis_error *err) {
  const char *eq = memchr(s, '=', n);
  complaint bad;
  if (!eq) return set_error(all, s, err, "expected 'key=value', for example 'sigma=0.2 S/m'");
  size_t key_n = (size_t)(eq - s);
  while (key_n > 0 && s[key_n - 1] == ' ') key_n--;
  const key_row *k = find_key(s, key_n);
  if (!k) {
    snprintf(bad.text, sizeof bad.text, "unknown key '%.*s': expected one of %s", (int)key_n, s,
             key_names);
    return set_error(all, s, err, bad.text);
  }
  const char *value = eq + 1, *end = s + n;
  while (value < end && *value == ' ') value++;
  while (end > value && end[-1] == ' ') end--;
  if (read_value(k, value, (size_t)(end - value), field_of(m, k), &bad)) return EIS_OK;
  return set_error(all, value + bad.offset, err, bad.text);
}

eis_status eis_material_set(eis_material *m, const char *assignments, eis_error *err) {
  eis_material changed = *m; /* all or nothing */
  const char *s = assignments;
  for (;;) {
    while (*s == ' ') s++;
    const size_t n = strcspn(s, ",");
    const eis_status st = set_one(&changed, assignments, s, n, err);
    if (st != EIS_OK) return st;
    if (!s[n]) break;
    s += n + 1;
  }
  *m = changed;
  return EIS_OK;
}
