/* test_properties.c - what is written is read and is the same: random circuits in both notations,
   models, OCV tables, process tables in any order, spectra. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../bench/random_circuit.h"
#include "analysis/process.h"
#include "model/parse.h"
#include "numerics/rng.h"

enum { CIRCUITS = 400, CASES = 40 };

static void assert_ok(eis_status st, const eis_error *err, const char *text) {
  char message[1024];
  if (st == EIS_OK) return;
  eis_error_print(err, message, sizeof message);
  fail_msg("%s\nof '%s'", message, text);
}

static size_t below(eisi_rng *rng, size_t n) { return (size_t)(eisi_rng_next(rng) % n); }

/* ---- random circuits ---- */

typedef struct maker {
  eisi_rng rng;
  eisi_text text;
  int left, number;
} maker;

static void add_group(maker *m, int depth);

static void add_element(maker *m) {
  size_t n = 0;
  while (eis_element_at(n)) n++;
  const eis_element *e = eis_element_at(below(&m->rng, n));
  const bool label = below(&m->rng, 4) == 0;
  m->left--;
  eisi_text_addf(&m->text, label ? "%s_x%d" : "%s%d", e->symbol, m->number++);
  if (e->container) { /* a transmission line with its wall */
    eisi_text_addf(&m->text, "(p(R%d,C%d))", m->number, m->number + 1);
    m->number += 2;
  }
}

static void add_member(maker *m, int depth) {
  if (depth > 0 && m->left > 2 && below(&m->rng, 3) == 0)
    add_group(m, depth - 1);
  else
    add_element(m);
}

static void add_series(maker *m, int depth) {
  const size_t n = 1 + below(&m->rng, 3);
  for (size_t i = 0; i < n; i++) {
    if (i) eisi_text_add(&m->text, "-", 1);
    add_member(m, depth);
  }
}

static void add_group(maker *m, int depth) {
  const size_t n = 2 + below(&m->rng, 2);
  eisi_text_add(&m->text, "p(", 2);
  for (size_t i = 0; i < n; i++) {
    if (i) eisi_text_add(&m->text, ",", 1);
    add_series(m, depth);
  }
  eisi_text_add(&m->text, ")", 1);
}

/* Log-uniform where both limits are positive and finite, else uniform in what is left of the range.
 */
static double inside(eisi_rng *rng, double lower, double upper) {
  if (lower > 0 && isfinite(upper))
    return exp(log(lower) + eisi_rng_uniform(rng) * log(upper / lower));
  const double lo = isfinite(lower) ? lower : -1e3, hi = isfinite(upper) ? upper : 1e3;
  return lo + eisi_rng_uniform(rng) * (hi - lo);
}

static void random_values(eisi_rng *rng, eis_circuit *c) {
  for (int k = 0; k < c->n_params; k++) {
    eis_param *p = &c->param[k];
    if (p->spec->discrete || below(rng, 3) == 0) continue;
    p->value = inside(rng, p->spec->lower, p->spec->upper);
    p->value = fmin(fmax(p->value, p->spec->lower), p->spec->upper);
    p->fixed = p->spec->fixed || below(rng, 3) == 0;
    if (p->fixed || below(rng, 2)) continue;
    p->lower = fmin(p->value, inside(rng, p->spec->lower,
                                     p->value > p->spec->lower ? p->value : p->spec->upper));
    p->upper = p->spec->upper;
    p->user_bounds = p->lower > p->spec->lower;
    if (!(p->lower < p->upper) || !(p->lower >= p->spec->lower)) {
      p->lower = p->spec->lower;
      p->user_bounds = false;
    }
  }
}

static eis_circuit *random_circuit(uint64_t i) {
  maker m = {.left = 9};
  eis_error err = EIS_ERROR_INIT;
  eis_circuit *c = NULL;
  eisi_rng_seed(&m.rng, 2024, i);
  add_series(&m, 3);
  assert_ok(eis_circuit_parse(m.text.s, EIS_NOTATION_IMPEDANCE, &c, &err), &err, m.text.s);
  random_values(&m.rng, c);
  eisi_text_clear(&m.text);
  return c;
}

/* Writes, reads, writes: the second text is the first. */
static eis_circuit *again(const eis_circuit *c, eis_notation notation, bool values) {
  eis_error err = EIS_ERROR_INIT;
  eis_circuit *copy = NULL;
  char *text = NULL, *second = NULL;
  assert_ok(eis_circuit_print(c, notation, values, &text, &err), &err, "a circuit");
  assert_ok(eis_circuit_parse(text, notation, &copy, &err), &err, text);
  assert_ok(eis_circuit_print(copy, notation, values, &second, &err), &err, text);
  assert_string_equal(text, second);
  free(text);
  free(second);
  return copy;
}

static void circuits(void **state) {
  (void)state;
  for (uint64_t i = 0; i < CIRCUITS; i++) {
    eis_circuit *c = random_circuit(i);
    eis_circuit *cdc = again(c, EIS_NOTATION_CDC, true),
                *bare = again(c, EIS_NOTATION_IMPEDANCE, false);
    assert_true(eisi_circuit_equal(c, cdc));
    assert_int_equal(bare->n_params, c->n_params);
    for (int k = 0; k < c->n_params; k++)
      assert_string_equal(bare->param[k].name, c->param[k].name);
    eis_circuit_free(bare);
    eis_circuit_free(cdc);
    eis_circuit_free(c);
  }
}

/* The circuits of the benchmark, through every dialect that has a place for their values. */
static void dialects(void **state) {
  int written = 0;
  (void)state;
  for (uint64_t i = 0; i < CASES; i++) {
    random_case r;
    eis_error err = EIS_ERROR_INIT;
    assert_ok(random_case_make(5, i, &r, &err), &err, random_topology(i));
    for (int k = 0; k < r.circuit->n_params; k++) r.circuit->param[k].value = r.truth[k];
    const eis_dialect *d;
    for (size_t j = 0; (d = eis_dialect_at(j)) != NULL; j++) {
      char *text = NULL;
      eis_circuit *copy = NULL;
      eis_error_clear(&err);
      if (eis_circuit_print_dialect(r.circuit, d->name, false, &text, &err)) {
        assert_non_null(strstr(err.text, "has no element for"));
        continue;
      }
      written++;
      assert_ok(eis_circuit_parse_dialect(text, d->name, &copy, &err), &err, text);
      assert_int_equal(copy->n_nodes, r.circuit->n_nodes);
      for (int k = 0; k < copy->n_elements; k++)
        assert_ptr_equal(copy->element[k].type, r.circuit->element[k].type);
      eis_circuit_free(copy);
      free(text);
    }
    random_case_clear(&r);
  }
  assert_true(written > 4 * CASES); /* of five dialects */
}

/* ---- models ---- */

static void model_circuits(void **state) {
  (void)state;
  for (uint64_t i = 0; i < CIRCUITS; i += 4) {
    eis_circuit *c = random_circuit(i);
    eis_error err = EIS_ERROR_INIT;
    eis_model *m = NULL;
    eisi_text text = {0};
    char *code = NULL;
    assert_ok(eis_circuit_print(c, EIS_NOTATION_CDC, true, &code, &err), &err, "a circuit");
    eisi_text_addf(&text, "[model]\nname = m\ntitle = t\ncircuit = %s\nwhen = w\nreference = r\n",
                   code);
    assert_ok(eis_model_parse(text.s, "m.model", &m, &err), &err, text.s);
    assert_true(eisi_circuit_equal(m->variant[0].circuit, c));
    eis_model_free(m);
    eisi_text_clear(&text);
    free(code);
    eis_circuit_free(c);
  }
}

/* ---- OCV ---- */

static void ocv_tables(void **state) {
  char **names = NULL;
  eis_error err = EIS_ERROR_INIT;
  (void)state;
  assert_ok(eis_ocv_list(&names, &err), &err, "tables");
  assert_non_null(names[0]);
  for (size_t i = 0; names[i]; i++) {
    eis_ocv *ocv = NULL, *copy = NULL;
    eisi_text t = {0};
    assert_ok(eis_ocv_load(names[i], &ocv, &err), &err, names[i]);
    eisi_text_addf(&t, "# source: %s\n%ssoc,E_V\n", ocv->source,
                   ocv->prior ? "# status: prior\n" : "");
    for (size_t k = 0; k < ocv->n; k++) eisi_text_addf(&t, "%.17g,%.17g\n", ocv->soc[k], ocv->E[k]);
    assert_ok(eis_ocv_parse(t.s, t.n, "t.csv", &copy, &err), &err, t.s);
    assert_true(copy->n == ocv->n && copy->prior == ocv->prior);
    assert_memory_equal(copy->soc, ocv->soc, ocv->n * sizeof *ocv->soc);
    assert_memory_equal(copy->E, ocv->E, ocv->n * sizeof *ocv->E);
    assert_memory_equal(copy->slope, ocv->slope, ocv->n * sizeof *ocv->slope);
    eis_ocv_free(ocv);
    eis_ocv_free(copy);
    eisi_text_clear(&t);
    free(names[i]);
  }
  free(names);
}

/* ---- processes ---- */

/* The shipped table with the keys of each section the other way round. */
static char *turned_round(const eisi_ini *ini) {
  eisi_text t = {0};
  for (size_t from = 0, to; from < ini->n; from = to) {
    for (to = from; to < ini->n && strcmp(ini->at[to].section, ini->at[from].section) == 0;) to++;
    eisi_text_addf(&t, "[%s]\n", ini->at[from].section);
    for (size_t k = to; k-- > from;) {
      eisi_text_addf(&t, "%s = ", ini->at[k].key);
      for (const char *s = ini->at[k].value; *s; s++)
        eisi_text_addf(&t, *s == '\n' ? "\n  " : "%c", *s);
      eisi_text_addf(&t, "\n");
    }
  }
  return t.s;
}

static void assert_same_models(const eis_process_table *a, const eis_process_table *b,
                               uint64_t words) {
  for (size_t i = 0; i < a->n; i++) {
    eisi_process_model x, y;
    eisi_process_resolve(&a->row[i], words, &x);
    eisi_process_resolve(&b->row[i], words, &y);
    for (int q = 0; q < EISI_Q_PRESENT; q++) {
      assert_int_equal(x.q[q].set, y.q[q].set);
      if (x.q[q].set) assert_true(x.q[q].mean == y.q[q].mean && x.q[q].sd == y.q[q].sd);
    }
    assert_true(x.present == y.present && x.again == y.again && x.above == y.above);
  }
}

static void processes(void **state) {
  eis_error err = EIS_ERROR_INIT;
  eis_process_table *a = NULL, *b = NULL;
  eisi_ini ini;
  char *path = NULL, *text = NULL;
  size_t size;
  (void)state;
  assert_ok(eisi_data_path("models/processes.ini", &path, &err), &err, "path");
  assert_non_null(path);
  assert_ok(eisi_read_whole(path, 0, &text, &size, &err), &err, path);
  assert_ok(eisi_ini_parse(text, path, &ini, &err), &err, path);
  char *turned = turned_round(&ini);
  assert_ok(eisi_process_table_parse(text, path, &a, &err), &err, path);
  assert_ok(eisi_process_table_parse(turned, "turned", &b, &err), &err, "turned round");
  assert_true(a->n == b->n && a->n_words == b->n_words);
  assert_same_models(a, b, 0);
  for (size_t w = 0; w < a->n_words; w++) {
    const eisi_process_word *word = &a->word[w];
    const int other = eisi_process_word_index(b, word->group, word->text, strlen(word->text));
    assert_true(other >= 0 && b->word[other].probability == word->probability);
    if ((size_t)other == w) assert_same_models(a, b, UINT64_C(1) << w);
  }
  eis_process_table_free(a);
  eis_process_table_free(b);
  eisi_ini_clear(&ini);
  free(turned);
  free(text);
  free(path);
}

/* ---- spectra ---- */

typedef struct layout {
  const char *head;
  int column[3]; /* 0 f, 1 re, 2 im */
  bool rising;
} layout;

static char *write_table(const eis_spectrum *s, const layout *l) {
  eisi_text t = {0};
  const double *const v[] = {s->f, s->re, s->im};
  eisi_text_addf(&t, "%s\n", l->head);
  for (size_t k = 0; k < s->n; k++) {
    const size_t row = l->rising ? s->n - 1 - k : k;
    for (int c = 0; c < 3; c++) eisi_text_addf(&t, "%s%.17g", c ? "," : "", v[l->column[c]][row]);
    eisi_text_addf(&t, "\n");
  }
  return t.s;
}

static void assert_read_as(const char *text, const eis_spectrum *s) {
  eis_error err = EIS_ERROR_INIT;
  eis_spectra list = {0};
  const eis_read_options opt = eis_read_options_default();
  assert_ok(eis_read_memory(text, strlen(text), "t.csv", &opt, &list, &err), &err, text);
  assert_int_equal(list.n, 1);
  assert_int_equal(list.at[0].n, s->n);
  assert_memory_equal(list.at[0].f, s->f, s->n * sizeof *s->f);
  assert_memory_equal(list.at[0].re, s->re, s->n * sizeof *s->re);
  assert_memory_equal(list.at[0].im, s->im, s->n * sizeof *s->im);
  eis_spectra_clear(&list);
}

/* Canonical CSV there and back to the last bit; rows and columns in another order are the same
 * spectrum. */
static void spectra(void **state) {
  static const layout layouts[] = {{"freq,Zreal,Zimag", {0, 1, 2}, true},
                                   {"Zimag,freq,Zreal", {2, 0, 1}, false},
                                   {"Zreal,Zimag,freq", {1, 2, 0}, true}};
  (void)state;
  for (uint64_t i = 0; i < CASES; i++) {
    random_case r;
    eis_error err = EIS_ERROR_INIT;
    char *csv = NULL;
    assert_ok(random_case_make(9, i, &r, &err), &err, random_topology(i));
    assert_ok(eis_spectrum_print_csv(&r.spectrum, &csv, &err), &err, "csv");
    assert_read_as(csv, &r.spectrum);
    free(csv);
    for (size_t k = 0; k < sizeof layouts / sizeof *layouts; k++) {
      csv = write_table(&r.spectrum, &layouts[k]);
      assert_read_as(csv, &r.spectrum);
      free(csv);
    }
    random_case_clear(&r);
  }
}

/* A column that is no part of the spectrum but has the name of one is written under another name.
 */
static void odd_keys(void **state) {
  static const char *const keys[] = {"z",    "phase", "frequency_Hz", "sigma",
                                     "time", "t",     "soc",          "cycle"};
  random_case r;
  eis_error err = EIS_ERROR_INIT;
  char *csv = NULL;
  (void)state;
  assert_ok(random_case_make(9, 1, &r, &err), &err, "case");
  for (size_t k = 0; k < sizeof keys / sizeof *keys; k++)
    assert_ok(eis_meta_set(&r.spectrum.meta, keys[k], "7.5", &err), &err, keys[k]);
  assert_ok(eis_spectrum_print_csv(&r.spectrum, &csv, &err), &err, "csv");
  assert_non_null(
      strstr(csv, ",meta_z,meta_phase,meta_frequency_Hz,meta_sigma,meta_time,meta_t,soc,cycle\n"));
  assert_read_as(csv, &r.spectrum);
  free(csv);
  random_case_clear(&r);
}

/* Control bytes of a preamble do not make a binary file of the CSV. */
static void control_bytes(void **state) {
  random_case r;
  eis_error err = EIS_ERROR_INIT;
  char *csv = NULL;
  (void)state;
  assert_ok(random_case_make(9, 2, &r, &err), &err, "case");
  assert_ok(
      eis_meta_set(&r.spectrum.meta, "version", "6.1\x08\x06\x06\x01\n\x02\x03\x04\x05", &err),
      &err, "meta");
  assert_ok(eis_spectrum_print_csv(&r.spectrum, &csv, &err), &err, "csv");
  assert_read_as(csv, &r.spectrum);
  free(csv);
  random_case_clear(&r);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(circuits),   cmocka_unit_test(dialects),  cmocka_unit_test(model_circuits),
      cmocka_unit_test(ocv_tables), cmocka_unit_test(processes), cmocka_unit_test(spectra),
      cmocka_unit_test(odd_keys),   cmocka_unit_test(control_bytes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
