/* ocv.c - tables of cathode potential over state of charge. */
#include <eisfit/ocv.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/shipped.h"
#include "data/csvtab.h"
#include "numerics/pchip.h"

void eis_ocv_free(eis_ocv *ocv) {
  if (!ocv) return;
  free(ocv->name);
  free(ocv->source);
  free(ocv->soc);
  free(ocv->E);
  free(ocv->slope);
  free(ocv);
}

double eis_ocv_potential(const eis_ocv *ocv, double soc, double *slope) {
  const double *const xyd[3] = {ocv->soc, ocv->E, ocv->slope};
  if (!(soc >= 0.0 && soc <= 1.0)) {
    if (slope) *slope = NAN;
    return NAN;
  }
  return eisi_pchip_eval(ocv->n, xyd, soc, slope);
}

/* ---- reading ---- */

/* "# key: value": the value, NULL when line k is something else. */
static eis_status comment_value(const eisi_doc *doc, size_t k, const char *key, char **value,
                                eis_error *err) {
  size_t n, i = 0;
  const char *s = eisi_doc_line(doc, k, &n);
  *value = NULL;
  while (i < n && (s[i] == '#' || s[i] == ' ')) i++;
  const size_t len = strlen(key);
  if (n - i <= len || strncmp(s + i, key, len) != 0 || s[i + len] != ':') return EIS_OK;
  for (i += len + 1; i < n && s[i] == ' '; i++) continue;
  while (n > i && s[n - 1] == ' ') n--;
  *value = eisi_strndup(s + i, n - i, err);
  return *value ? EIS_OK : EIS_ERROR_MEMORY;
}

static void read_lithium(const char *s, eis_ocv *ocv) {
  const size_t used = eisi_parse_double(s, strlen(s), '.', &ocv->li_0);
  const char *rest = s + used + strspn(s + used, " ");
  if (!used || !eisi_parse_double(rest, strlen(rest), '.', &ocv->li_1)) ocv->li_0 = ocv->li_1 = NAN;
}

static eis_status read_comment(const eisi_doc *doc, size_t k, eis_ocv *ocv, eis_error *err) {
  char *source = NULL, *lithium = NULL, *status = NULL;
  eis_status st = comment_value(doc, k, "source", &source, err);
  if (!st) st = comment_value(doc, k, "lithium", &lithium, err);
  if (!st) st = comment_value(doc, k, "status", &status, err);
  if (source && !ocv->source) {
    ocv->source = source;
    source = NULL;
  }
  if (status) ocv->prior = strcmp(status, "prior") == 0;
  if (lithium) read_lithium(lithium, ocv);
  free(source);
  free(lithium);
  free(status);
  return st;
}

static eis_status read_comments(const eisi_doc *doc, eis_ocv *ocv, eis_error *err) {
  eis_status st = EIS_OK;
  for (size_t k = 0; !st && k < doc->n_lines; k++)
    if (eisi_csvtab_comment(doc, k)) st = read_comment(doc, k, ocv, err);
  return st;
}

/* The number in a cell, with a complaint at its place. */
static eis_status number_at(const eisi_table *t, size_t row, size_t col, double *v,
                            eis_error *err) {
  size_t n;
  const char *s = eisi_table_cell(t, row, col, &n);
  if (eisi_cell_number(s, n, t->dialect.point, v) == EISI_CELL_NUMBER) return EIS_OK;
  if (n == 0)
    return eisi_table_error(t, row, col, err,
                            "a row of an OCV table is 'SOC,potential in V': the %s "
                            "is missing",
                            col ? "potential" : "SOC");
  return eisi_table_error(t, row, col, err,
                          "'%.*s' is not a number: a row of an OCV table is "
                          "'SOC,potential in V'",
                          (int)n, s);
}

/* A first row without numbers is a header. */
static bool is_header(const eisi_table *t) {
  size_t n;
  double v;
  const char *s = eisi_table_cell(t, 0, 0, &n);
  return t->n_rows > 0 && eisi_cell_number(s, n, t->dialect.point, &v) == EISI_CELL_TEXT;
}

static eis_status read_rows(const eisi_table *t, eis_ocv *ocv, eis_error *err) {
  const size_t first = is_header(t) ? 1 : 0;
  ocv->n = t->n_rows - first;
  ocv->soc = eisi_new(ocv->n + 1, sizeof(double), err);
  ocv->E = eisi_new(ocv->n + 1, sizeof(double), err);
  ocv->slope = eisi_new(ocv->n + 1, sizeof(double), err);
  if (!ocv->soc || !ocv->E || !ocv->slope) return EIS_ERROR_MEMORY;
  if (ocv->n < 2)
    return eis_error_at(err, EIS_ERROR_INPUT, t->doc->source, 0, 0,
                        "an OCV table needs at least two rows 'SOC,potential in V', this has %zu",
                        ocv->n);
  double most = 0;
  for (size_t i = 0; i < ocv->n; i++) {
    eis_status st = number_at(t, first + i, 0, &ocv->soc[i], err);
    if (!st) st = number_at(t, first + i, 1, &ocv->E[i], err);
    if (st) return st;
    most = fmax(most, ocv->soc[i]);
  }
  ocv->percent = most > 1.5;
  for (size_t i = 0; i < ocv->n && ocv->percent; i++) ocv->soc[i] /= 100;
  return EIS_OK;
}

/* A smaller step of SOC is a repeated point; slopes stay finite. */
static const double LEAST_STEP = 1e-9;

static eis_status check_rows(const eisi_table *t, const eis_ocv *ocv, eis_error *err) {
  const size_t first = t->n_rows - ocv->n;
  const double way = ocv->soc[1] > ocv->soc[0] ? 1 : -1;
  for (size_t i = 0; i < ocv->n; i++) {
    const double x = ocv->soc[i];
    if (!(x >= -1e-9 && x <= 1 + 1e-9))
      return eisi_table_error(t, first + i, 0, err, "SOC %g is outside 0 to 1%s", x,
                              ocv->percent ? " (read as per cent, as values above 1.5 occur)" : "");
    if (i > 0 && !((x - ocv->soc[i - 1]) * way > LEAST_STEP))
      return eisi_table_error(t, first + i, 0, err,
                              "SOC goes from %g to %g: it must keep its direction "
                              "and not repeat; average repeated points",
                              ocv->soc[i - 1], x);
    if (i > 0 && (ocv->E[i] - ocv->E[i - 1]) * way < 0)
      return eisi_table_error(
          t, first + i, 1, err,
          "the potential is not monotone: %g V at SOC %g, %g V "
          "at %g; it rises with SOC (of the cell, against lithium). Smooth the curve, "
          "or turn it round if the column is a depth of discharge",
          ocv->E[i - 1], ocv->soc[i - 1], ocv->E[i], x);
  }
  return EIS_OK;
}

static void make_ascending(eis_ocv *ocv) {
  const size_t n = ocv->n;
  for (size_t i = 0; ocv->soc[1] < ocv->soc[0] && i < n / 2; i++) {
    double *const columns[] = {ocv->soc, ocv->E};
    for (int c = 0; c < 2; c++) {
      const double keep = columns[c][i];
      columns[c][i] = columns[c][n - 1 - i];
      columns[c][n - 1 - i] = keep;
    }
  }
}

/* "dir/NCM.csv" -> "NCM" */
static char *base_name(const char *path, eis_error *err) {
  const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
  size_t n = strlen(name);
  if (eisi_ends_with(name, ".csv")) n -= strlen(".csv");
  return eisi_strndup(name, n, err);
}

static eis_status fill(const eisi_doc *doc, eisi_table *t, eis_ocv *ocv, eis_error *err) {
  const eisi_delimiting d = eisi_csvtab_sniff(doc, 0, doc->n_lines);
  eis_status st = eisi_table_append(t, doc, d, 0, doc->n_lines, EISI_NO_LINE, err);
  if (st == EIS_OK) st = read_rows(t, ocv, err);
  if (st == EIS_OK) st = check_rows(t, ocv, err);
  if (st != EIS_OK) return st;
  make_ascending(ocv);
  eisi_pchip_slopes(ocv->n, ocv->soc, ocv->E, ocv->slope);
  st = read_comments(doc, ocv, err);
  if (st != EIS_OK) return st;
  ocv->name = base_name(doc->source, err);
  if (!ocv->source) ocv->source = eisi_strdup("", err);
  return ocv->name && ocv->source ? EIS_OK : EIS_ERROR_MEMORY;
}

eis_status eis_ocv_parse(const char *bytes, size_t size, const char *source, eis_ocv **out,
                         eis_error *err) {
  eisi_doc doc = {0};
  eisi_table t = {0};
  eis_status st = eisi_doc_open(&doc, bytes, size, source, err);
  *out = st == EIS_OK ? eisi_new(1, sizeof **out, err) : NULL;
  if (st == EIS_OK && !*out) st = EIS_ERROR_MEMORY;
  if (st == EIS_OK) {
    (*out)->li_0 = (*out)->li_1 = NAN;
    st = fill(&doc, &t, *out, err);
  }
  eisi_table_clear(&t);
  eisi_doc_clear(&doc);
  if (st == EIS_OK) return EIS_OK;
  eis_ocv_free(*out);
  *out = NULL;
  return st;
}

/* ---- finding ---- */

static const eisi_shipped shipped_tables = {
    .what = "OCV table",
    .folder = "models/ocv",
    .ending = ".csv",
    .hint = "; a file of your own is given as path/to/file.csv"};

eis_status eis_ocv_list(char ***names, eis_error *err) {
  return eisi_shipped_list(&shipped_tables, names, err);
}

eis_status eis_ocv_load(const char *name_or_path, eis_ocv **out, eis_error *err) {
  char *path = NULL, *bytes = NULL;
  size_t size;
  *out = NULL;
  eis_status st = eisi_shipped_find(&shipped_tables, name_or_path, &path, err);
  if (st == EIS_OK) st = eisi_read_whole(path, 1u << 20, &bytes, &size, err);
  if (st == EIS_OK) st = eis_ocv_parse(bytes, size, path, out, err);
  free(bytes);
  free(path);
  return st;
}
