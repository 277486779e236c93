/* test_report.c - numbers for people, tables, nesting of circuits, the worker pool. */
#include <math.h>
#include <setjmp.h>
#include <stdatomic.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "analysis/modelfit.h"
#include "analysis/pool.h"
#include "report/csv.h"
#include "report/page_chart.h"
#include "report/plot.h"
#include "report/report.h"
#include "report/shown.h"
#include "report/table.h"

typedef struct shown_row {
  double value, error;
  const char *unit, *want_value, *want_error, *want_unit;
} shown_row;

static const shown_row shown_rows[] = {
    {0.0123401, 0.000561, "ohm", "12.34", "0.56", "mΩ"},
    {12340, 560, "ohm", "12.34", "0.56", "kΩ"},
    {1e-6, 0.0996e-6, "F", "1.00", "0.10", "µF"},
    {1e-6, 0.00996e-6, "F", "1.000", "0.010", "µF"},
    {0.85017, 0.00071, "", "0.85017", "0.00071", ""},
    {1.2e6, 17e6, "ohm", "1.2", "17.0", "MΩ"},
    {123.4, 56.7, "ohm", "123", "57", "Ω"},
    {-3.2e-3, 0.4e-3, "V", "-3.20", "0.40", "mV"},
    {0, NAN, "ohm", "0.0000", "", "Ω"},
    {100, NAN, "ohm", "100.00", "", "Ω"},
    {100, INFINITY, "ohm", "100.00", "∞", "Ω"},
    {NAN, 1, "ohm", "?", "", "Ω"},
    {1e-3, 1e-4, "ohm m^2", "10.0", "1.0", "Ω cm²"},
    {0.02, 0.001, "S/m", "200", "10", "µS/cm"},
    {0.01, 0.001, "F/m^2", "1.00", "0.10", "µF/cm²"},
    {2.5e27, 1e26, "1/m^3", "2.50e21", "0.10e21", "cm⁻³"},
    {1e-6, 1e-20, "F", "1.00000000", "0.00000000", "µF"},
    {298.15, 0.5, "K", "298.15", "0.50", "K"},
    {2.5e-20, 1e-21, "F", "2.50e-20", "0.10e-20", "F"},
    {3e18, 1e17, "ohm", "3.00e18", "0.10e18", "Ω"},
    {2e-15, 1e-16, "F", "2.00", "0.10", "fF"},
    {5e14, 1e13, "ohm", "500", "10", "TΩ"},
};

static void values_match_their_errors(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof shown_rows / sizeof *shown_rows; i++) {
    const shown_row *r = &shown_rows[i];
    const eisi_shown s = eisi_show(r->value, r->error, NAN, NAN, r->unit);
    assert_string_equal(s.value, r->want_value);
    assert_string_equal(s.error, r->want_error);
    assert_string_equal(s.unit, r->want_unit);
    assert_string_equal(s.low, "");
  }
}

static void far_ends_of_intervals_are_short(void **state) {
  (void)state;
  const eisi_shown s = eisi_show(1e6, 17e6, 1.0, 1e15, "ohm");
  assert_string_equal(s.low, "1e-06");
  assert_string_equal(s.high, "1e+09");
}

static void one_number(void **state) {
  static const struct {
    double v;
    int digits;
    const char *unit, *want;
  } rows[] = {{1e6, 4, "Hz", "1 MHz"}, {0.01, 4, "Hz", "10 mHz"},  {123, 2, "Hz", "123 Hz"},
              {NAN, 3, "Hz", "?"},     {INFINITY, 3, "ohm", "∞"},  {4.7e-6, 3, "F", "4.7 µF"},
              {0.5, 3, "", "0.5"},     {1e-20, 3, "F", "1e-20 F"}, {2e18, 3, "ohm", "2e+18 Ω"}};
  char buf[48];
  (void)state;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    eisi_show_one(rows[i].v, rows[i].digits, rows[i].unit, buf, sizeof buf);
    assert_string_equal(buf, rows[i].want);
  }
}

static void columns_line_up(void **state) {
  static const eisi_grid_column cols[] = {{"a", EISI_LEFT}, {"none", EISI_LEFT}, {"µ", EISI_RIGHT}};
  static const char *const cells[] = {"x", "", "1", "long", "", "µµµ"};
  eisi_grid g = {cols, 3, NULL, 0};
  eisi_text out = {0};
  (void)state;
  for (size_t i = 0; i < 6; i++) assert_int_equal(eisi_grid_cell(&g, NULL, "%s", cells[i]), EIS_OK);
  eisi_grid_print(&g, 1, false, &out);
  assert_string_equal(out.s, " a       µ\n x       1\n long  µµµ\n");
  eisi_grid_clear(&g);
  eisi_text_clear(&out);
  eisi_wrap(&out, "> ", "one two  three", 9);
  assert_string_equal(out.s, "> one two\n  three\n");
  eisi_text_clear(&out);
}

static void long_last_cells_go_on_below(void **state) {
  static const eisi_grid_column cols[] = {{"a", EISI_LEFT}, {"text", EISI_LEFT}};
  static const char words[] =
      "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
      "sixteen";
  eisi_grid g = {cols, 2, NULL, 0};
  eisi_text out = {0};
  (void)state;
  assert_int_equal(eisi_grid_cell(&g, NULL, "x"), EIS_OK);
  assert_int_equal(eisi_grid_cell(&g, NULL, "%s", words), EIS_OK);
  eisi_grid_print(&g, 2, false, &out);
  assert_string_equal(
      out.s,
      "  a  text\n"
      "  x  one two three four five six seven eight nine ten eleven twelve thirteen "
      "fourteen fifteen\n"
      "     sixteen\n");
  eisi_grid_clear(&g);
  eisi_text_clear(&out);
}

static void reader_in_few_words(void **state) {
  static const struct {
    const char *decision, *want; /* NULL: has to be shown whole */
  } rows[] = {
      {"format csv (table of numbers (CSV, TSV, blanks)), split at commas", "csv"},
      {"format csv (table), split at semicolons, decimal comma", "csv, decimal comma"},
      {"columns by header: frequency 1 'f/Hz', real part 2 'Re, or so', imaginary part 13 'Z\x27\x27'",
       "f 1, Z' 2, Z'' 13"},
      {"columns by header: frequency 1 'f' in kHz, modulus 3 '|Z|' in mOhm, phase 4 in degrees",
       "f 1 in kHz, |Z| 3 in mOhm, phase 4"},
      {"columns by position: frequency 1, real part 2, imaginary part 3",
       "columns by position: f 1, Z' 2, Z'' 3"},
      {"columns by header: frequency 1, sigma of the real part 4 's', sigma 5 't', time 6",
       "f 1, sigma' 4, sigma 5, t 6"},
      {"sign: 'Zimag_ohm' by its header, the data agree", "sign by header, data agree"},
      {"sign: 'Zimag_ohm' by its header, the phase column agrees", "sign by header, phase agrees"},
      {"sign: 'Zimag_ohm' by its header", "sign by header"},
      {"sign: the column holds -Im Z, negated, by Kramers-Kronig (no header says it)", NULL},
      {"sign: imaginary part negated as asked for", NULL},
      {"dropped 2 rows with frequency 0 (dc), first in line 3", NULL},
      {"5 points outside the frequency window left out", NULL},
      {"3 sweeps, split at blank lines", NULL},
      {"", NULL},
  };
  (void)state;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    eisi_text out = {0};
    assert_int_equal(eisi_decision_short(rows[i].decision, &out), rows[i].want != NULL);
    if (rows[i].want) assert_string_equal(out.s, rows[i].want);
    eisi_text_clear(&out);
  }
}

/* A fit that never was: values put where the words look. */
typedef struct made_fit {
  eisi_candidate candidate;
  eisi_modelfit m;
  eis_circuit *c;
} made_fit;

static void make_fit(made_fit *f, const char *text) {
  *f = (made_fit){0};
  assert_int_equal(eis_circuit_parse(text, EIS_NOTATION_AUTO, &f->c, NULL), EIS_OK);
  f->m = (eisi_modelfit){.candidate = &f->candidate, .circuit = f->c};
  f->m.fit.n_params = f->c->n_params;
  f->m.fit.param = calloc((size_t)f->c->n_params, sizeof *f->m.fit.param);
  assert_non_null(f->m.fit.param);
  for (int i = 0; i < f->c->n_params; i++)
    f->m.fit.param[i] = (eis_fit_param){.value = f->c->param[i].spec->start,
                                        .stderr_ = NAN,
                                        .ci_low = NAN,
                                        .ci_high = NAN,
                                        .identifiable = true};
}

static void free_fit(made_fit *f) {
  free(f->m.fit.param);
  eis_circuit_free(f->c);
}

static void unseen_parameters(void **state) {
  made_fit f;
  char note[96];
  eis_derived tau = {.name = "tau(R1,C1)", .value = 1, .stderr_ = NAN, .unit = "s"};
  (void)state;
  make_fit(&f, "R0-p(R1,C1)");
  eis_fit_param *p = f.m.fit.param;
  assert_string_equal(eisi_derived_shown(&f.m, &tau).value, "1.0000");
  p[1].at_bound = true;
  p[1].value = f.c->param[1].lower;
  assert_true(eisi_param_unseen(f.c, &f.m.fit, 1) && !eisi_param_unseen(f.c, &f.m.fit, 0));
  assert_string_equal(eisi_param_shown(&f.m, 1).value, "≈ 0 (not seen)");
  assert_string_equal(eisi_derived_shown(&f.m, &tau).value, "–");
  eisi_param_note(&f.m, 1, note, sizeof note);
  assert_string_equal(note, "");
  p[1].value = f.c->param[1].upper = f.c->param[1].spec->upper;
  const eisi_shown high = eisi_param_shown(&f.m, 1);
  assert_true(eisi_starts_with(high.value, "> ") && eisi_ends_with(high.value, " Ω (not seen)"));
  assert_null(strstr(high.value, "e+"));
  p[1].value = f.c->param[1].upper = 100; /* somebody's bound */
  assert_false(eisi_param_unseen(f.c, &f.m.fit, 1));
  eisi_param_note(&f.m, 1, note, sizeof note);
  assert_string_equal(note, "at your upper bound 100 Ω");
  tau.value = NAN;
  assert_string_equal(eisi_derived_shown(&f.m, &tau).value, "–");
  free_fit(&f);
}

static void intervals_that_tell_nothing(void **state) {
  static const struct {
    double low, high;
    const char *want_low;
  } rows[] = {
      {1, 1e4, "not determined"}, {1, INFINITY, "not determined"}, {1, 900, "1"}, {NAN, NAN, ""}};
  made_fit f;
  (void)state;
  make_fit(&f, "R0");
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    f.m.fit.param[0] = (eis_fit_param){.value = 30,
                                       .stderr_ = 10,
                                       .ci_low = rows[i].low,
                                       .ci_high = rows[i].high,
                                       .identifiable = true};
    assert_string_equal(eisi_param_shown(&f.m, 0).low, rows[i].want_low);
  }
  free_fit(&f);
}

static void verdicts(void **state) {
  eis_fit_result r = {.verdict = EIS_FIT_CONVERGED};
  (void)state;
  assert_string_equal(eisi_verdict_name(&r), "converged");
  assert_int_equal(eisi_fit_judgement(&r), EISI_PASSED);
  r.misfit = true;
  assert_string_equal(eisi_verdict_name(&r), "converged, but the model misses the data");
  assert_string_equal(eisi_judgement_name(eisi_fit_judgement(&r)), "with a misfit");
  r.have_kk = true;
  assert_string_equal(eisi_judgement_name(eisi_fit_judgement(&r)), "inconsistent (Kramers-Kronig)");
  r.kk.passed = true;
  assert_int_equal(eisi_fit_judgement(&r), EISI_MISFIT);
  r.verdict = EIS_FIT_TIMEOUT;
  assert_string_equal(eisi_verdict_name(&r), "time limit");
  assert_string_equal(eisi_judgement_name(eisi_fit_judgement(&r)), "not converged");
  r.verdict = EIS_FIT_NOT_CONVERGED;
  assert_string_equal(eisi_verdict_name(&r), "not converged");
}

/* A damaged store: values whose axis would end at 0 on a logarithmic scale, or at infinity. */
static void axes_end_where_numbers_do(void **state) {
  static const struct {
    double v[3];
    bool log;
  } rows[] = {{{1e-320, 1, 1e308}, true},
              {{-1.7e308, 0, 1.7e308}, false},
              {{1e308, 1e308, 1.7e308}, false}};
  (void)state;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    double v[3];
    eisi_text text = {0};
    memcpy(v, rows[i].v, sizeof v);
    const eisi_scale s = eisi_scale_for(v, 3, "ohm");
    assert_int_equal(s.log, rows[i].log);
    assert_true(isfinite(s.low) && isfinite(s.high) && s.low < s.high);
    assert_true(!s.log || s.low > 0);
    eisi_chart_y(&s, "R1", &text);
    assert_true(text.n > 0 && text.n < 20000);
    eisi_text_clear(&text);
  }
}

static void csv_fields_are_quoted(void **state) {
  static const char *const rows[][2] = {
      {"plain", "plain"}, {"a,b", "\"a,b\""}, {"say \"x\"", "\"say \"\"x\"\"\""}, {"a\nb", "\"a\nb\""}};
  (void)state;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    eisi_text out = {0};
    eisi_csv_field(&out, rows[i][0]);
    assert_string_equal(out.s, rows[i][1]);
    eisi_text_clear(&out);
  }
}

/* the fewest digits that are read as the same number */
static void csv_numbers_are_short(void **state) {
  eisi_text out = {0};
  (void)state;
  eisi_csv_number(&out, 0.1);
  eisi_csv_number(&out, 1.0 / 3);
  eisi_csv_number(&out, NAN);
  eisi_csv_number(&out, 2e-5);
  assert_string_equal(out.s, "0.1,0.3333333333333333,,2e-05,");
  eisi_text_clear(&out);
}

static void json_takes_any_bytes(void **state) {
  bool failed;
  eisi_text out = {0};
  (void)state;
  eisi_json doc = eisi_json_begin(&failed);
  eisi_json_number(doc, "nan", NAN);
  eisi_json_number(doc, "inf", INFINITY);
  eisi_json_number(doc, "third", 1.0 / 3);
  eisi_json_string(doc, "latin", "caf\xe9");
  eisi_json_string(doc, "none", NULL);
  assert_int_equal(eisi_json_end(doc, &out, NULL), EIS_OK);
  assert_string_equal(out.s,
                      "{\"nan\":null,\"inf\":null,\"third\":0.33333333333333331,"
                      "\"latin\":\"caf\xc3\xa9\",\"none\":null}\n");
  eisi_text_clear(&out);
}

static void nesting(void **state) {
  static const struct {
    const char *small, *large;
    bool nested;
  } rows[] = {
      {"R0-p(R1,C1)", "R0-p(R1,CPE1)", true},
      {"R0-p(R1,CPE1)", "R0-p(R1,C1)", false},
      {"R0-p(R1,C1)", "R0-p(R1,C1)-p(R2,C2)", true},
      {"R0-p(R1,C1)-p(R2,C2)", "R0-p(R1,C1)", false},
      {"R0", "R0-p(R1,C1)", true},
      {"R0-p(R1,C1)", "R0-p(R1-W1,C1)", true},
      {"R0-p(R1,CPE1)-p(R2,C2)", "R0-p(R1,CPE1)-p(R2,CPE2)", true},
      {"R0-p(R1,L1)", "R0-p(R1,C1)-p(R2,C2)", false},
      {"C1-p(R1,L2)", "R0-p(R1,C1)", false},
  };
  (void)state;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    eis_circuit *a = NULL, *b = NULL;
    assert_int_equal(eis_circuit_parse(rows[i].small, EIS_NOTATION_AUTO, &a, NULL), EIS_OK);
    assert_int_equal(eis_circuit_parse(rows[i].large, EIS_NOTATION_AUTO, &b, NULL), EIS_OK);
    bool nested = !rows[i].nested;
    assert_int_equal(eisi_circuit_nested(a, b, &nested, NULL), EIS_OK);
    assert_int_equal(nested, rows[i].nested);
    eis_circuit_free(a);
    eis_circuit_free(b);
  }
}

static void inductor_in_front(void **state) {
  static const char *const rows[][2] = {{"R0-p(R1,CPE1)", "L_hf-R0-p(R1,CPE1)"},
                                        {"p(R1,C1)", "L_hf-p(R1,C1)"},
                                        {"R0", "L_hf-R0"}};
  const double f[] = {1e6, 1e3, 1};
  double p[8], z[6], zl[6];
  (void)state;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    eis_circuit *c = NULL, *l = NULL;
    eis_eval *ec = NULL, *el = NULL;
    assert_int_equal(eis_circuit_parse(rows[i][0], EIS_NOTATION_AUTO, &c, NULL), EIS_OK);
    assert_int_equal(eisi_circuit_with_inductor(c, &l, NULL), EIS_OK);
    char *text = eisi_circuit_text(l);
    assert_string_equal(text, rows[i][1]);
    assert_int_equal(l->n_params, c->n_params + 1);
    p[0] = 1e-6;
    for (int k = 0; k < c->n_params; k++) p[k + 1] = c->param[k].spec->start;
    assert_int_equal(eis_eval_new(c, f, 3, &ec, NULL), EIS_OK);
    assert_int_equal(eis_eval_new(l, f, 3, &el, NULL), EIS_OK);
    eis_eval_run(ec, p + 1, z, NULL, NULL);
    eis_eval_run(el, p, zl, NULL, NULL);
    for (int k = 0; k < 3; k++) {
      assert_true(fabs(zl[k] - z[k]) <= 1e-12 * fabs(z[k]));
      const double x = z[3 + k] + 2 * acos(-1) * f[k] * p[0];
      assert_true(fabs(zl[3 + k] - x) <= 1e-12 * hypot(z[k], x));
    }
    eis_eval_free(ec);
    eis_eval_free(el);
    free(text);
    eis_circuit_free(c);
    eis_circuit_free(l);
  }
}

static void figures_need_a_known_ending(void **state) {
  const eisi_terminal *t = NULL;
  eis_error err = EIS_ERROR_INIT;
  (void)state;
  assert_int_equal(eisi_plot_terminal("a/b.png", &t, &err), EIS_OK);
  assert_string_equal(t->ending, ".png");
  assert_int_equal(eisi_plot_terminal("b.gif", &t, &err), EIS_ERROR_USAGE);
  assert_string_equal(err.text,
                      "can't tell the kind of figure from 'b.gif'; the name has to end in "
                      ".svg, .png or .pdf");
}

static void a_missing_gnuplot_is_named(void **state) {
  eis_error err = EIS_ERROR_INIT;
  char *image = NULL;
  size_t size = 0;
  (void)state;
  assert_int_equal(eisi_gnuplot_run("/no/gnuplot", "plot x\n", &image, &size, &err),
                   EIS_ERROR_OUTPUT);
  assert_non_null(strstr(err.text, "install gnuplot, or write the script with --keep-plot-script"));
}

enum { JOBS = 200 };
typedef struct pool_test {
  int square[JOBS];
  _Atomic size_t expected;
  bool in_order;
  size_t stop_after, window;
  atomic_bool too_far;
  volatile sig_atomic_t stop;
} pool_test;

static void square_it(void *ctx, size_t job) {
  pool_test *t = ctx;
  if (t->window && job >= t->expected + t->window) t->too_far = true;
  t->square[job] = (int)(job * job);
}
static bool take_it(void *ctx, size_t job) {
  pool_test *t = ctx;
  if (job != t->expected || t->square[job] != (int)(job * job)) t->in_order = false;
  return ++t->expected != t->stop_after;
}

static size_t run_pool(pool_test *t, int threads) {
  const eisi_pool pool = {.n = JOBS,
                          .threads = threads,
                          .work = square_it,
                          .done = take_it,
                          .ctx = t,
                          .stop = &t->stop,
                          .window = t->window};
  size_t n = 0;
  assert_int_equal(eisi_pool_run(&pool, &n, NULL), EIS_OK);
  assert_true(t->in_order);
  assert_false(t->too_far);
  return n;
}

static void pool_delivers_in_order(void **state) {
  static const int threads[] = {0, 1, 2, 7};
  static const size_t windows[] = {0, 1, 3};
  (void)state;
  for (size_t i = 0; i < 12; i++) {
    const size_t w = windows[i % 3];
    pool_test all = {.in_order = true, .window = w};
    assert_int_equal(run_pool(&all, threads[i / 3]), JOBS);
    pool_test half = {.in_order = true, .window = w, .stop_after = 20};
    assert_int_equal(run_pool(&half, threads[i / 3]), 20);
    pool_test never = {.in_order = true, .window = w, .stop = 1};
    assert_int_equal(run_pool(&never, threads[i / 3]), 0);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(values_match_their_errors), cmocka_unit_test(far_ends_of_intervals_are_short),
      cmocka_unit_test(one_number),                cmocka_unit_test(columns_line_up),
      cmocka_unit_test(long_last_cells_go_on_below), cmocka_unit_test(reader_in_few_words),
      cmocka_unit_test(unseen_parameters),         cmocka_unit_test(intervals_that_tell_nothing),
      cmocka_unit_test(verdicts),
      cmocka_unit_test(axes_end_where_numbers_do),
      cmocka_unit_test(csv_fields_are_quoted),
      cmocka_unit_test(csv_numbers_are_short),     cmocka_unit_test(json_takes_any_bytes),
      cmocka_unit_test(nesting),                   cmocka_unit_test(inductor_in_front),
      cmocka_unit_test(figures_need_a_known_ending),
      cmocka_unit_test(a_missing_gnuplot_is_named), cmocka_unit_test(pool_delivers_in_order),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
