/* Model files: the shipped ones, the format, and the place of every mistake. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include <eisfit/eisfit.h>

#include "base/base.h"
#include "model/parse.h"

static eis_model *parsed(const char *text) {
  eis_model *m = NULL;
  eis_error err = EIS_ERROR_INIT;
  if (eis_model_parse(text, "x.model", &m, &err) != EIS_OK)
    fail_msg("%ld:%ld: %s", err.line, err.column, err.text);
  return m;
}

/* ---- shipped models ---- */

static const struct shipped {
  const char *name;
  int variants;
  const char *circuit; /* of the model proper */
  bool inductance;
} shipped[] = {
    {"assb-full-cell", 8, "R_b-p(R_gb,CPE_gb)-p(R_cei,CPE_cei)-p(R_a,CPE_a)-p(R_if-W_d,CPE_if)",
     true},
    {"blocking-cell", 6, "R_hf-p(R_1,CPE_1)-CPE_el", true},
    {"composite-cathode-tlm", 6, "R_b-TL2_c(p(R_if-W_d,CPE_if))", true},
    {"li-symmetric", 5, "R_b-p(R_int,CPE_int)", true},
    {"randles", 2, "R_s-p(R_ct-W_d,C_dl)", true},
    {"randles-cpe", 2, "R_s-p(R_ct-W_d,CPE_dl)", true},
    {"scl-randles", 7, "R_b-p(R_cei,CPE_cei)-p(R_if-W_d,CPE_if)", true},
    {"three-zarc", 1, "R_s-p(R_1,CPE_1)-p(R_2,CPE_2)-p(R_3,CPE_3)", true},
    {"two-zarc", 1, "R_s-p(R_1,CPE_1)-p(R_2,CPE_2)", true},
    {"zarc", 1, "R_s-p(R_1,CPE_1)", true},
};
enum { N_SHIPPED = sizeof shipped / sizeof shipped[0] };

static void test_list(void **state) {
  (void)state;
  char **names = NULL;
  assert_int_equal(eis_model_list(&names, NULL), EIS_OK);
  size_t found = 0, n = 0;
  for (; names[n]; n++) {
    if (n > 0) assert_true(strcmp(names[n - 1], names[n]) < 0);
    for (size_t i = 0; i < N_SHIPPED; i++) found += strcmp(names[n], shipped[i].name) == 0;
  }
  for (size_t i = 0; i < n; i++) free(names[i]);
  free(names);
  assert_int_equal(found, N_SHIPPED);
}

/* Finite, passive, and every derivative there: with typical values on a wide grid. */
static void check_evaluates(const eis_circuit *c, const char *name) {
  double f[50], p[64], z[100], *dz;
  eis_eval *e = NULL;
  for (int k = 0; k < 50; k++) f[k] = pow(10.0, 7.0 - 0.2 * k);
  assert_true(c->n_params <= 64);
  dz = calloc((size_t)(100 * c->n_params), sizeof *dz);
  for (int i = 0; i < c->n_params; i++)
    p[i] = isnan(c->param[i].value)
               ? fmin(fmax(c->param[i].spec->start, c->param[i].lower), c->param[i].upper)
               : c->param[i].value;
  assert_int_equal(eis_eval_new(c, f, 50, &e, NULL), EIS_OK);
  eis_eval_run(e, p, z, dz, NULL);
  for (int k = 0; k < 50; k++)
    if (!(z[k] > 0 && z[50 + k] <= 0))
      fail_msg("%s: Z(%g Hz) = %g %+gj", name, f[k], z[k], z[50 + k]);
  for (int i = 0; i < c->n_params; i++) {
    double sum = 0;
    for (int k = 0; k < 100; k++) sum += fabs(dz[100 * i + k]);
    if (!(sum > 0 && isfinite(sum))) fail_msg("%s: no derivative by %s", name, c->param[i].name);
  }
  eis_eval_free(e);
  free(dz);
}

static void check_variants(const eis_model *m) {
  for (int i = 0; i < m->n_variants; i++) {
    const eis_circuit *c = m->variant[i].circuit;
    assert_true(m->variant[i].name[0] && m->variant[i].doc[0]);
    assert_int_equal(eis_circuit_check(c, NULL), EIS_OK);
    check_evaluates(c, m->name);
    for (int k = 0; k < i; k++) { /* no two alike */
      assert_string_not_equal(m->variant[i].name, m->variant[k].name);
      assert_false(eisi_circuit_equal(c, m->variant[k].circuit));
    }
    for (int k = 0; k < c->n_params; k++) /* exponents of arcs do not imitate diffusion */
      if (eisi_ends_with(c->param[k].name, "_alpha")) assert_true(c->param[k].lower >= 0.5);
  }
}

static void test_shipped(void **state) {
  (void)state;
  for (size_t i = 0; i < N_SHIPPED; i++) {
    eis_model *m = NULL;
    eis_error err = EIS_ERROR_INIT;
    if (eis_model_load(shipped[i].name, &m, &err) != EIS_OK)
      fail_msg("%s:%ld:%ld: %s", err.source, err.line, err.column, err.text);
    char *text = NULL;
    assert_string_equal(m->name, shipped[i].name);
    assert_true(m->title[0] && m->reference[0] && m->when[0] && m->path[0]);
    assert_null(strchr(m->when, '\n'));
    assert_int_equal(m->n_variants, shipped[i].variants);
    assert_int_equal(m->auto_inductance, shipped[i].inductance);
    assert_int_equal(
        eis_circuit_print(m->variant[0].circuit, EIS_NOTATION_IMPEDANCE, false, &text, NULL),
        EIS_OK);
    assert_string_equal(text, shipped[i].circuit);
    free(text);
    check_variants(m);
    eis_model_free(m);
  }
}

/* Analysis finds the parts by role; the interface of the space-charge models is ONE resistance
   beside ONE capacitance. */
static void test_roles(void **state) {
  (void)state;
  static const struct {
    const char *model, *element, *role;
  } cases[] = {{"scl-randles", "R_b", "bulk"},
               {"scl-randles", "R_gb", "gb"},
               {"scl-randles", "CPE_gb", "gb.C"},
               {"scl-randles", "R_cei", "cei"},
               {"scl-randles", "CPE_cei", "cei.C"},
               {"scl-randles", "R_if", "interface.R"},
               {"scl-randles", "CPE_if", "interface.C"},
               {"scl-randles", "W_d", "diffusion"},
               {"scl-randles", "L_hf", "inductance"},
               {"assb-full-cell", "R_a", "anode"},
               {"assb-full-cell", "CPE_a", "anode.C"},
               {"blocking-cell", "CPE_el", "blocking"},
               {"randles", "R_ct", "interface.R"},
               {"randles", "C_dl", "interface.C"},
               {"composite-cathode-tlm", "TL2_c", "line"},
               {"randles", "R_x", NULL}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    eis_model *m = NULL;
    assert_int_equal(eis_model_load(cases[i].model, &m, NULL), EIS_OK);
    const char *role = eis_model_role_of(m, cases[i].element);
    if (cases[i].role)
      assert_string_equal(role, cases[i].role);
    else
      assert_null(role);
    int interfaces = 0;
    for (int k = 0; k < m->n_roles; k++) interfaces += strcmp(m->role[k].role, "interface.R") == 0;
    assert_true(interfaces <= 1);
    eis_model_free(m);
  }
  assert_null(eis_model_role_of(NULL, "R_b"));
}

/* ---- the format ---- */

static const char full_text[] =
    "# a comment\n"
    "[parameters]\n"
    "R_b = 10/1/100  # may stand first\n"
    "CPE_1_alpha = /0.5/1\n"
    "R_2 = 5f\n"
    "[model]\n"
    "name = x\n"
    "title = an x\n"
    "circuit = R_b-p(R_1,CPE_1)\n"
    "reference = somebody,\n"
    "  somewhere\n"
    "when = always\n"
    "inductance = auto\n"
    "[variant more]\n"
    "circuit = R(RQ){:b}\n";

static void test_format(void **state) {
  (void)state;
  static const char good[] =
      "[parameters]\n"
      "R_b = 10/1/100  # may stand first\n"
      "CPE_1_alpha = /0.5/1\n"
      "R_2 = 5f\n"
      "[model]\n"
      "name = x\n"
      "title = an x\n"
      "circuit = R_b-p(R_1,CPE_1)\n"
      "reference = somebody,\n"
      "  somewhere\n"
      "inductance = auto\n"
      "[variant more]\n"
      "circuit = R{:b}(R{:1}Q{:1})(R{:2}C)\n"
      "when = two arcs\n"
      "[roles]\n"
      "R_b = bulk: the bulk: all of it\n"
      "R_2 = gb\n"
      "L_hf = inductance: cables\n";
  eis_model *m = parsed(good);
  assert_string_equal(m->reference, "somebody, somewhere");
  assert_string_equal(m->when, "");
  assert_string_equal(m->path, "x.model");
  assert_int_equal(m->n_variants, 2);
  assert_string_equal(m->variant[0].name, "full");
  assert_string_equal(m->variant[1].name, "more");
  assert_string_equal(m->variant[1].doc, "two arcs");
  assert_int_equal(m->n_roles, 3);
  assert_string_equal(m->role[0].doc, "the bulk: all of it");
  assert_string_equal(m->role[1].role, "gb");
  assert_string_equal(m->role[1].doc, "");
  assert_string_equal(m->role[2].doc, "cables");
  for (int i = 0; i < 2; i++) {
    const eis_circuit *c = m->variant[i].circuit;
    const eis_param *b = &c->param[eis_circuit_find_param(c, "R_b")];
    const eis_param *a = &c->param[eis_circuit_find_param(c, "CPE_1_alpha")];
    assert_true(b->value == 10 && b->lower == 1 && b->upper == 100 && b->user_bounds);
    assert_true(isnan(a->value) && a->lower == 0.5 && a->upper == 1);
  }
  const eis_circuit *more = m->variant[1].circuit;
  assert_true(more->param[eis_circuit_find_param(more, "R_2")].fixed);
  eis_model_free(m);
  eis_model_free(NULL);
}

/* ---- mistakes ---- */

#define HEAD "[model]\nname = x\ntitle = t\n"
#define GOOD HEAD "circuit = R_b-p(R_1,CPE_1)\n"

static const struct mistake {
  const char *text;
  long line, column;
  int span;
  const char *message;
} mistakes[] = {
    {full_text, 15, 16, 1, "unexpected '{'"},
    {"", 0, 0, 0, "the model has no 'circuit': add 'circuit = ...' to its [model] section"},
    {HEAD, 0, 0, 0, "the model has no 'circuit': add"},
    {"[model]\ncircuit = R\nname = x\n", 0, 0, 0, "the model has no 'title': add"},
    {"[model]\ncircuit = R\ntitle = x\n", 0, 0, 0, "the model has no 'name': add"},
    {HEAD "circuit = R0-Cpe1\n", 4, 14, 4, "unknown element 'Cpe': did you mean 'CPE'?"},
    {HEAD "circuit =   R0-p(R1\n", 4, 17, 1, "'(' is not closed: ')' is missing"},
    {HEAD "circuit = R0-R0\n", 4, 14, 2, "'R0' stands twice"},
    {HEAD "circuit =\n", 4, 10, 1, "the circuit is empty"},
    {HEAD "circuit = R{R=5/10/20}\n", 4, 15, 7, "'R' of 'R': the start is outside its bounds"},
    {HEAD "circuit = R0-\n  Cpe1\n", 4, 11, 4, "unknown element 'Cpe'"},
    {HEAD "circuit = R\ncircuit = C\n", 5, 1, 7, "this key stands twice"},
    {HEAD "title = u\ncircuit = R\n", 4, 1, 5, "this key stands twice"},
    {HEAD "circut = R\n", 4, 1, 6,
     "unknown key 'circut': did you mean 'circuit'? expected one of "
     "name, title, circuit, variant, reference, when, inductance"},
    {HEAD "inductance = yes\n", 4, 14, 3, "inductance is 'auto' or 'none'"},
    {"[modl]\nname = x\n", 2, 1, 4,
     "unknown section '[modl]' above this line: expected [model], [variant NAME], [roles], "
     "[parameters] or [joint]"},
    {GOOD "[variants a]\ncircuit = R\n", 6, 1, 7, "unknown section '[variants a]'"},
    {GOOD "[variant]\ncircuit = R\n", 6, 1, 7, "the section needs a name: '[variant NAME]'"},
    {GOOD "[variant a]\nwhen = never\n", 0, 0, 0,
     "variant 'a' has no circuit: add 'circuit = ...' to its section"},
    {GOOD "[variant a]\ncircuit = R_b-p(R_1)\n", 6, 16, 5, "a parallel connection needs"},
    {GOOD "[variant a]\ncircuit = R\ncircuit = C\n", 7, 1, 7, "this key stands twice"},
    {GOOD "[variant a]\nwhn = x\n", 6, 1, 3,
     "unknown key 'whn': did you mean 'when'? expected one of circuit, when, automatic"},
    {GOOD "[variant a]\ncircuit = R\nautomatic = maybe\n", 7, 13, 5, "automatic is 'yes' or 'no'"},
    {GOOD "[roles]\nR_x = bulk: b\n", 6, 1, 3,
     "no circuit of this model has an element of this name"},
    {GOOD "[roles]\nL_hf = inductance: b\n", 6, 1, 4,
     "no circuit of this model has an element of this name"}, /* not without inductance = auto */
    {GOOD "[roles]\nR_b = bulc: b\n", 6, 7, 4,
     "unknown role 'bulc': did you mean 'bulk'? expected "
     "one of bulk, gb, gb.C, cei"},
    {GOOD "[roles]\nR_b = bulk: b\nR_b = gb: c\n", 7, 1, 3, "this element has a role already"},
    {GOOD "[parameters]\nR_x = 5\n", 6, 1, 3,
     "no circuit of this model has a parameter of this name"},
    {GOOD "[parameters]\nR_b = abc\n", 6, 7, 3,
     "'abc' is no number: expected a value such as '10', '4.7u' or '1e-5f'"},
    {GOOD "[parameters]\nR_b = 5/10/20\n", 6, 7, 7, "'R_b': the start is outside its bounds"},
    {GOOD "[parameters]\nR_b = /20/10\n", 6, 7, 6,
     "'R_b': the lower bound is above the upper bound"},
    {GOOD "[parameters]\nCPE_1_alpha = 2\n", 6, 15, 1,
     "'CPE_1_alpha': the value is outside what the element is defined for (0.01 to 1)"},
    {GOOD "[parameters]\nCPE_1_alpha = /2/3\n", 6, 15, 4,
     "'CPE_1_alpha': the bounds are outside what the element is defined for (0.01 to 1)"},
    {GOOD "[parameters]\nR_b =\n", 6, 6, 1, "a value is missing: 'start', 'start/lower/upper'"},
    {GOOD "[parameters]\nR_b = 5/1/10 x\n", 6, 14, 1,
     "unexpected 'x' behind a value: expected ',', ':' or '}'"},
    {GOOD "[parameters]\nR_b = 5, 6\n", 6, 8, 3, "unexpected ',' behind the value"},
    {GOOD "[parameters]\nR_b = /5f\n", 6, 9, 1, "unexpected 'f' behind a value"},
    {"name = x\n", 1, 1, 1, "a key before the first '[section]'"},
    {"[model\n", 1, 1, 1, "section is not closed: expected '[name]'"},
    {"[model]\nname\n", 2, 1, 1, "expected 'key = value' or '[section]'"},
};

static void test_mistakes(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++) {
    const struct mistake *k = &mistakes[i];
    eis_model *m = NULL;
    eis_error err = EIS_ERROR_INIT;
    const eis_status st = eis_model_parse(k->text, "x.model", &m, &err);
    if (st != EIS_ERROR_INPUT || m) fail_msg("case %zu: status %d", i, st);
    if (!eisi_starts_with(err.text, k->message)) fail_msg("case %zu: '%s'", i, err.text);
    if (err.line != k->line || err.column != k->column || err.span != k->span)
      fail_msg("case %zu: %ld:%ld span %d (%s)", i, err.line, err.column, err.span, err.text);
    assert_string_equal(err.source, "x.model");
    assert_int_equal(eis_model_parse(k->text, "x.model", &m, NULL), EIS_ERROR_INPUT);
  }
}

static void test_caret(void **state) {
  (void)state;
  eis_model *m;
  eis_error err = EIS_ERROR_INIT;
  char buf[300];
  eis_model_parse(HEAD "circuit = R0-Cpe1\n", "x.model", &m, &err);
  eis_error_print(&err, buf, sizeof buf);
  assert_string_equal(buf,
                      "x.model:4:14: unknown element 'Cpe': did you mean 'CPE'?\n"
                      "  circuit = R0-Cpe1\n"
                      "               ^~~~");
}

/* ---- where they are found ---- */

static void write_file(const char *path, const char *text, size_t n) {
  FILE *f = fopen(path, "wb");
  assert_non_null(f);
  assert_int_equal(fwrite(text, 1, n, f), n);
  assert_int_equal(fclose(f), 0);
}

static void test_user_models(void **state) {
  (void)state;
  char dir[] = "models-test-XXXXXX", path[200];
  eis_model *m = NULL;
  eis_error err = EIS_ERROR_INIT;
  char **names = NULL;
  const char *before = getenv("XDG_DATA_HOME");
  char *saved = before ? strdup(before) : NULL;
  assert_non_null(mkdtemp(dir));
  snprintf(path, sizeof path, "%s/eisfit", dir);
  assert_int_equal(mkdir(path, 0700), 0);
  snprintf(path, sizeof path, "%s/eisfit/models", dir);
  assert_int_equal(mkdir(path, 0700), 0);
  snprintf(path, sizeof path, "%s/eisfit/models/randles.model", dir); /* goes before the shipped */
  write_file(path, GOOD, strlen(GOOD));
  setenv("XDG_DATA_HOME", dir, 1);
  assert_int_equal(eis_model_load("randles", &m, &err), EIS_OK);
  assert_string_equal(m->name, "x");
  assert_string_equal(m->path, path);
  eis_model_free(m);
  assert_int_equal(eis_model_load(path, &m, &err), EIS_OK); /* by path */
  eis_model_free(m);
  assert_int_equal(eis_model_list(&names, &err), EIS_OK); /* listed once */
  size_t times = 0;
  for (char **s = names; *s; s++) {
    times += strcmp(*s, "randles") == 0;
    free(*s);
  }
  free(names);
  assert_int_equal(times, 1);
  write_file(path, "[model]\0", 8);
  assert_int_equal(eis_model_load("randles", &m, &err), EIS_ERROR_INPUT);
  assert_string_equal(err.text, "a zero byte: this is no model file");
  if (saved)
    setenv("XDG_DATA_HOME", saved, 1);
  else
    unsetenv("XDG_DATA_HOME");
  free(saved);
  unlink(path);
  snprintf(path, sizeof path, "%s/eisfit/models", dir);
  rmdir(path);
  snprintf(path, sizeof path, "%s/eisfit", dir);
  rmdir(path);
  rmdir(dir);
}

static void test_unknown(void **state) {
  (void)state;
  eis_model *m = NULL;
  eis_error err = EIS_ERROR_INIT;
  assert_int_equal(eis_model_load("scl-randels", &m, &err), EIS_ERROR_USAGE);
  assert_non_null(strstr(err.text,
                         "unknown model 'scl-randels': did you mean 'scl-randles'?; "
                         "there are "));
  assert_non_null(strstr(err.text, "randles, randles-cpe"));
  assert_null(m);
  eis_error_clear(&err);
  assert_int_equal(eis_model_load("qqqqqqqqq", &m, &err), EIS_ERROR_USAGE);
  assert_true(eisi_starts_with(err.text, "unknown model 'qqqqqqqqq'; there are assb-full-cell"));
  eis_error_clear(&err);
  assert_int_equal(eis_model_load("./none.model", &m, &err), EIS_ERROR_INPUT);
  assert_string_equal(err.source, "./none.model");
  assert_true(eisi_starts_with(err.text, "can't open: "));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_list),     cmocka_unit_test(test_shipped),
      cmocka_unit_test(test_roles),    cmocka_unit_test(test_format),
      cmocka_unit_test(test_mistakes), cmocka_unit_test(test_caret),
      cmocka_unit_test(test_user_models), cmocka_unit_test(test_unknown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
