/* test_derive_bulk.c - leads, bulk, grain boundary or electrode: the capacitance decides; and what
   a file says about the size of the sample. */
#include "derive_bench.h"

#include "analysis/geometry.h"
#include "base/base.h"
#include "physics/constants.h"

static const char neutral[] =
    "R_hf = intercept: i\nR_1 = arc: a\nCPE_1 = arc.C: c\nCPE_el = blocking: e\n";
static const char neutral_two[] =
    "R_hf = intercept: i\nR_1 = arc: a\nCPE_1 = arc.C: c\nR_2 = arc: a\nCPE_2 = arc.C: c\n"
    "CPE_el = blocking: e\n";
static const char from_zero[] =
    "R_1 = arc: a\nCPE_1 = arc.C: c\nR_2 = arc: a\nCPE_2 = arc.C: c\nCPE_el = blocking: e\n";

/* R_hf (0 = none), one or two arcs (C of the second 0 = none), geometry (0 = not known). */
typedef struct sample {
  double R_hf, R1, C1, R2, C2, area, thickness;
  double R_bulk, R_total; /* expected, 0 = not reported */
  const char *words[3];
} sample;

static void sample_bench(bench *b, const sample *s) {
  double p[12];
  int n = 0;
  const bool two = s->C2 > 0.0;
  if (s->R_hf > 0.0) p[n++] = s->R_hf;
  p[n++] = s->R1;
  p[n++] = s->C1; /* exponent 1: Q is C */
  p[n++] = 1.0;
  if (two) {
    p[n++] = s->R2;
    p[n++] = s->C2;
    p[n++] = 1.0;
  }
  p[n++] = 1e-6;
  p[n++] = 0.9;
  bench_model(b,
              !(s->R_hf > 0.0) ? "p(R_1,CPE_1)-p(R_2,CPE_2)-CPE_el"
              : two            ? "R_hf-p(R_1,CPE_1)-p(R_2,CPE_2)-CPE_el"
                               : "R_hf-p(R_1,CPE_1)-CPE_el",
              !(s->R_hf > 0.0) ? from_zero
              : two            ? neutral_two
                               : neutral,
              p, 0.02);
  if (s->area > 0.0) b->cond.area_m2 = s->area;
  if (s->thickness > 0.0) b->cond.thickness_m = s->thickness;
}

static const sample samples[] = {
    /* polymer in a coin cell: the intercept is leads */
    {59, 2000, 124e-12, 0, 0, 2e-4, 3e-4, 2000, 0,
     {"the high-frequency intercept of 59 ohm is leads and contacts: the bulk is the arc of R_1, "
      "124 pF, eps_r 21"}},
    {59, 2000, 124e-12, 0, 0, 0, 0, 2000, 0, {"the bulk is the arc of R_1, 124 pF"}},
    /* garnet at room temperature: the intercept is the bulk */
    {100, 300, 1.2e-9, 0, 0, 0.785e-4, 1e-3, 100, 400,
     {"the high-frequency intercept is the bulk (and leads), R_1 a grain boundary: 1.2 nF, eps_r "
      "1726 is much for a bulk"}},
    {100, 300, 1.2e-9, 0, 0, 0, 0, 100, 400, {"area and thickness would make it sure by eps_r"}},
    /* between the two, with an intercept that is worth a bulk, or not */
    {100, 300, 250e-12, 0, 0, 0, 0, 100, 400, {"R_1 a grain boundary: 250 pF"}},
    {100, 3000, 250e-12, 0, 0, 0, 0, 3000, 0, {"the bulk is the arc of R_1, 250 pF"}},
    /* garnet in the cold: both arcs, intercept of leads */
    {3, 5e3, 12e-12, 2e4, 1e-9, 0.785e-4, 1e-3, 5e3, 2.5e4,
     {"the bulk is the arc of R_1, 12 pF, eps_r 17",
      "R_2 is a grain boundary: 1 nF, 0.0013 µF/cm2, 83 times the C of R_1"}},
    /* an electrode arc is no grain boundary */
    {160, 4.7e4, 14e-12, 2.3e5, 25e-9, 0.025e-4, 5e-5, 4.7e4, 0,
     {"R_2 is an electrode, not a grain boundary: 25 nF, 1 µF/cm2"}},
    {160, 4.7e4, 14e-12, 2.3e5, 25e-9, 0, 0, 4.7e4, 0,
     {"R_2 (25 nF, 1800 times the C of R_1) is an electrode or a thin grain boundary: the area "
      "would tell"}},
    {160, 4.7e4, 14e-12, 2.3e5, 250e-9, 0, 0, 4.7e4, 0,
     {"R_2 is an electrode, not a grain boundary: 250 nF"}},
    /* two halves of one arc */
    {0, 10e6, 25e-12, 32e6, 32e-12, 0, 0, 42e6, 0,
     {"the bulk is the arc of R_1, 25 pF",
      "R_2 (32 pF) is bulk as well: its C is within a factor 10 of the smallest"}},
    /* nothing but the electrodes */
    {7, 2, 4e-7, 16, 27e-6, 1.8e-4, 0, 7, 0,
     {"R_1 is an electrode: 400 nF, 0.22 µF/cm2, the high-frequency intercept is the electrolyte",
      "R_2 is an electrode, not a grain boundary: 27 µF, 15 µF/cm2",
      "for a conductivity --thickness is needed too"}},
    {0, 2, 4e-7, 16, 27e-6, 0, 1e-3, 0, 0,
     {"R_1 is an electrode: 400 nF: no resistance of the electrolyte is seen",
      "for a conductivity --area is needed too"}},
    /* a geometry that can't be */
    {59, 2000, 90e-12, 0, 0, 1e-6, 1e-3, 2000, 0,
     {"eps_r(bulk) = 10165 is more than a bulk has (300): area or thickness are not those given, "
      "stray capacitance"}},
};

static void check_or_none(const bench *b, size_t i, const char *name, double want) {
  const eis_derived *q = find(b, name);
  if (!(want > 0) && q) fail_msg("sample %zu: %s = %g", i, name, q->value);
  if (want > 0 && !q) fail_msg("sample %zu: no %s", i, name);
  if (want > 0 && fabs(q->value / want - 1.0) > 1e-9)
    fail_msg("sample %zu: %s = %g, expected %g", i, name, q->value, want);
  if (q) assert_true(strlen(q->doc) <= 45);
}

static void test_decisions(void **state) {
  (void)state;
  for (size_t i = 0; i < COUNT(samples); i++) {
    const sample *s = &samples[i];
    const double cell = s->area > 0.0 && s->thickness > 0.0 ? s->thickness / s->area : 0.0;
    bench b;
    sample_bench(&b, s);
    bench_run(&b, NULL);
    check_or_none(&b, i, "R_bulk", s->R_bulk);
    check_or_none(&b, i, "R_total", s->R_total);
    check_or_none(&b, i, "R_gb", s->R_total > 0 ? s->R_total - s->R_bulk : 0.0);
    check_or_none(&b, i, "sigma_bulk", s->R_bulk > 0 ? cell / s->R_bulk : 0.0);
    check_or_none(&b, i, "sigma_total", s->R_total > 0 ? cell / s->R_total : 0.0);
    assert_null(find(&b, "R_pol_total"));
    assert_null(find(&b, "sigma(R_1)"));
    for (size_t k = 0; k < COUNT(s->words) && s->words[k]; k++)
      if (!says(&b, s->words[k])) fail_msg("sample %zu does not say '%s'", i, s->words[k]);
    bench_clear(&b);
  }
}

/* Errors; two arcs of the bulk are in series, so is their permittivity. */
static void test_bulk_values(void **state) {
  (void)state;
  const sample s = {.R1 = 10e6, .C1 = 25e-12, .R2 = 32e6, .C2 = 32e-12, .area = 1e-4,
                    .thickness = 1e-3};
  bench b;
  sample_bench(&b, &s);
  bench_run(&b, NULL);
  check(&b, "R_bulk", 42e6, "ohm");
  check(&b, "sigma_bulk", 1e-3 / (42e6 * 1e-4), "S/m");
  check(&b, "eps_r(bulk)", 1 / (1 / 25e-12 + 1 / 32e-12) * 1e-3 / (EISI_EPS0 * 1e-4), "");
  assert_true(fabs(need(&b, "R_bulk")->stderr_ / (0.02 * hypot(10e6, 32e6)) - 1) < 1e-6);
  bench_clear(&b);
}

/* Where a model says grain boundary and the capacitance an electrode, the capacitance is right. */
static void test_named_gb(void **state) {
  (void)state;
  const double p[] = {100, 300, 1e-6, 1.0};
  bench b;
  bench_model(&b, "R_b-p(R_gb,CPE_gb)", "R_b = bulk: b\nR_gb = gb: g\nCPE_gb = gb.C: g\n", p, 0.02);
  b.cond.area_m2 = 1e-4;
  b.cond.thickness_m = 1e-3;
  bench_run(&b, NULL);
  check(&b, "sigma_bulk", 0.1, "S/m");
  assert_null(find(&b, "sigma_total"));
  assert_null(find(&b, "R_bulk")); /* R_b itself */
  assert_true(says(&b, "R_gb is an electrode, not a grain boundary: 1 µF, 1 µF/cm2"));
  bench_clear(&b);
}

static void test_leak(void **state) {
  (void)state;
  const double p[] = {1e6, 100, 300, 2e-9, 1.0, 1e-6, 0.9};
  bench b;
  bench_model(&b, "p(R_e,R_hf-p(R_1,CPE_1)-CPE_el)",
              "R_e = leak: l\nR_hf = intercept: i\nR_1 = arc: a\nCPE_1 = arc.C: c\n", p, 0.02);
  b.cond.area_m2 = 1e-4;
  b.cond.thickness_m = 1e-3;
  bench_run(&b, NULL);
  check(&b, "sigma_e", 1e-5, "S/m");
  check(&b, "R_bulk", 100, "ohm");
  check(&b, "R_total", 400, "ohm");
  bench_clear(&b);
}

/* ---- the shipped model ---- */

static void test_shipped_roles(void **state) {
  (void)state;
  static const char *const roles[][2] = {{"R_hf", "intercept"}, {"R_1", "arc"}, {"CPE_1", "arc.C"},
                                         {"R_2", "arc"},        {"R_e", "leak"}};
  eis_model *m = NULL;
  assert_int_equal(eis_model_load("blocking-cell", &m, NULL), EIS_OK);
  for (size_t i = 0; i < COUNT(roles); i++)
    assert_string_equal(eis_model_role_of(m, roles[i][0]), roles[i][1]);
  for (int i = 0; i < m->n_variants; i++)
    assert_int_equal(m->variant[i].on_request, strcmp(m->variant[i].name, "electronic-leak") == 0);
  eis_model_free(m);
}

/* ---- the size of the sample ---- */

static void test_geometry_hint(void **state) {
  (void)state;
  static const struct {
    const char *diameter, *area, *thickness;
    double known_area, known_thickness; /* of the user, 0 = not given */
    const char *words;                  /* NULL = nothing to say */
  } row[] = {
      {"13", NULL, "0.75", 0, 0,
       "the file states diameter 13 mm and thickness 0.75 mm: --area \"1.327 cm2\" --thickness "
       "\"0.75 mm\" would give conductivities"},
      {NULL, "0.785", "0.65", 0, 0,
       "the file states area 0.785 cm2 and thickness 0.65 mm: --area \"0.785 cm2\" --thickness "
       "\"0.65 mm\" would give conductivities"},
      {"13", NULL, "0.75", 1e-4, 0,
       "the file states thickness 0.75 mm: --thickness \"0.75 mm\" would give conductivities"},
      {"13", NULL, "0.75", 0, 1e-3,
       "the file states diameter 13 mm: --area \"1.327 cm2\" would give conductivities"},
      {"13", NULL, NULL, 0, 0,
       "the file states diameter 13 mm: --area \"1.327 cm2\" would give area-specific values; for "
       "a conductivity --thickness is needed too"},
      {NULL, NULL, "0.75", 0, 0,
       "the file states thickness 0.75 mm: --thickness \"0.75 mm\" and an --area would give "
       "conductivities"},
      {"13", NULL, "0.75", 1e-4, 1e-3, NULL},
      {NULL, "1.0", NULL, 0, 0, NULL}, /* what programs write when nobody said anything */
      {"", "x", "-3", 0, 0, NULL},
      {NULL, NULL, NULL, 0, 0, NULL}};
  for (size_t i = 0; i < COUNT(row); i++) {
    eis_spectrum s = {0};
    eis_conditions cond = eis_conditions_unknown();
    eis_notes notes = {0};
    const char *const meta[][2] = {{"diameter_mm", row[i].diameter},
                                   {"electrode_area_cm2", row[i].area},
                                   {"thickness_mm", row[i].thickness}};
    for (size_t k = 0; k < COUNT(meta); k++)
      if (meta[k][1]) assert_int_equal(eis_meta_set(&s.meta, meta[k][0], meta[k][1], NULL), EIS_OK);
    if (row[i].known_area > 0) cond.area_m2 = row[i].known_area;
    if (row[i].known_thickness > 0) cond.thickness_m = row[i].known_thickness;
    assert_int_equal(eisi_geometry_hint(&s, &cond, &notes, NULL), EIS_OK);
    assert_int_equal(notes.n, row[i].words ? 1 : 0);
    if (row[i].words) assert_string_equal(notes.text[0], row[i].words);
    eis_notes_clear(&notes);
    eis_meta_clear(&s.meta);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_decisions),     cmocka_unit_test(test_bulk_values),
      cmocka_unit_test(test_named_gb),      cmocka_unit_test(test_leak),
      cmocka_unit_test(test_shipped_roles), cmocka_unit_test(test_geometry_hint),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
