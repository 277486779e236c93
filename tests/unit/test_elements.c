/* Elements: every row of the table by its properties: derivatives, limits of the bounds, scaling,
   passivity. */
#include "element_probe.h"

/* ---- the table itself ---- */

static void check_param(const eis_element *e, int j) {
  const eis_param_spec *s = &e->param[j];
  if (!s->suffix || !s->unit || !s->doc || !s->doc[0] || !(s->lower < s->upper) ||
      s->start < s->lower || s->start > s->upper || s->z_power < -1 || s->z_power > 1)
    fail_msg("%s parameter %d is not filled in properly", e->symbol, j);
  if (s->scale == EIS_SCALE_LOG && s->lower <= 0.0)
    fail_msg("%s_%s: logarithmic with lower bound %g", e->symbol, s->suffix, s->lower);
  if ((s->suffix[0] == 0) != (e->n_params == 1))
    fail_msg("%s: only a single parameter goes without a suffix", e->symbol);
  for (int i = 0; i < j; i++)
    if (strcmp(e->param[i].suffix, s->suffix) == 0) fail_msg("%s_%s twice", e->symbol, s->suffix);
}

static void rows_are_complete(void **state) {
  (void)state;
  size_t n = 0;
  FOR_EACH_ROW(e) {
    n++;
    if (!e->symbol || !e->aliases || !e->name || !e->formula || !e->reference || !e->eval ||
        !e->name[0] || !e->formula[0] || !e->reference[0] || e->n_params < 1 || e->n_params > P)
      fail_msg("row %zu (%s) is not filled in", row_, e->symbol ? e->symbol : "?");
    for (const char *c = e->symbol; *c; c++)
      if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", *c))
        fail_msg("symbol '%s'", e->symbol);
    for (int j = 0; j < e->n_params; j++) check_param(e, j);
  }
  assert_true(n >= 39);
  assert_null(eis_element_at(n));
  assert_null(eis_element_at((size_t)-1));
}

static void names_are_unique(void **state) {
  (void)state;
  FOR_EACH_ROW(e) {
    assert_ptr_equal(find(e->symbol), e);
    char buffer[80], *save = NULL;
    snprintf(buffer, sizeof buffer, "%s", e->aliases);
    for (char *a = strtok_r(buffer, " ", &save); a; a = strtok_r(NULL, " ", &save))
      if (find(a) != e) fail_msg("alias '%s' of %s is taken", a, e->symbol);
    const eis_element *other = e->cdc ? eis_element_find(e->cdc, strlen(e->cdc)) : NULL;
    if (other && other != e) fail_msg("code '%s' of %s is taken", e->cdc, e->symbol);
    for (size_t i = 0; i < row_ && e->cdc; i++)
      if (eis_element_at(i)->cdc && strcmp(eis_element_at(i)->cdc, e->cdc) == 0)
        fail_msg("code '%s' twice", e->cdc);
  }
}

static void find_takes_length_and_case(void **state) {
  (void)state;
  assert_string_equal(eis_element_find("Wo1", 2)->symbol, "Wo");
  assert_string_equal(eis_element_find("Wo1", 1)->symbol, "W");
  assert_string_equal(eis_element_find("Q", 1)->symbol, "CPE");
  assert_string_equal(eis_element_find("P", 1)->symbol, "CPE");
  assert_string_equal(eis_element_find("Ha", 2)->symbol, "HN");
  assert_string_equal(eis_element_find("Tlmbo", 5)->symbol, "TLMQ");
  assert_null(eis_element_find("wo", 2));
  assert_null(eis_element_find("Wo1", 3));
  assert_null(eis_element_find("Q P", 3));
  assert_null(eis_element_find("", 0));
  assert_null(eis_element_find(NULL, 2));
}

/* ---- derivatives ---- */

/* An element at a point. */
typedef struct probe {
  const eis_element *e;
  const spot *s;
  const double *p, *sub;
} probe;

/* d z/d p_j by central differences, steps h, h/2, h/4 extrapolated. */
static void numeric_column(const probe *a, int j, double h, double complex *out) {
  const size_t n = a->s->n;
  double complex d[3][MAX_W];
  for (int level = 0; level < 3; level++, h *= 0.5) {
    double up[P], down[P], z1[2 * MAX_W], z2[2 * MAX_W];
    memcpy(up, a->p, sizeof up);
    memcpy(down, a->p, sizeof down);
    up[j] += h;
    down[j] -= h;
    run_fast(a->e, a->s, up, a->sub, z1);
    run_fast(a->e, a->s, down, a->sub, z2);
    for (size_t k = 0; k < n; k++) d[level][k] = (at(z1, n, k) - at(z2, n, k)) / (up[j] - down[j]);
  }
  for (size_t k = 0; k < n; k++) {
    const double complex b = (4.0 * d[1][k] - d[0][k]) / 3.0, c = (4.0 * d[2][k] - d[1][k]) / 3.0;
    out[k] = (16.0 * c - b) / 15.0;
  }
}

/* Step of the differences: 4e-4 of a logarithmic parameter or of what an exponent can do, and 0.02
   of the distance to the nearer bound, where functions may be singular. */
static double step_of(const eis_param_spec *s, double x) {
  const double range = s->upper - s->lower;
  if (s->scale == EIS_SCALE_LOG) return 4e-4 * x;
  const double room = 0.02 * fmin(x - s->lower, s->upper - x);
  return fmin(4e-4 * (range > 2.0 ? 0.05 * range : fmin(1.0, range)), room);
}

/* Agreement to 1e-7 of the derivative; 1e-13 of |Z| per step is rounding noise of differences. */
static void check_column(const probe *a, const values *v, int j) {
  const eis_param_spec *spec = &a->e->param[j];
  const spot *s = a->s;
  double complex num[MAX_W] = {0};
  char text[400];
  const double h = spec->discrete ? 1.0 : step_of(spec, a->p[j]);
  if (!spec->discrete) numeric_column(a, j, h, num);
  for (size_t k = 0; k < s->n; k++) {
    const double complex d = column(v, s->n, j, k);
    const double noise = spec->discrete ? 0.0 : 1e-13 * cabs(at(v->z, s->n, k)) / h;
    if (!(cabs(d - num[k]) <= 1e-7 * cabs(num[k]) + noise))
      fail_msg("dZ/d%s of %s at w = %g: %.12g%+.12gj, differences %.12g%+.12gj, |Z| %g",
               spec->suffix, described(a->e, a->p, text), s->w[k], creal(d), cimag(d),
               creal(num[k]), cimag(num[k]), cabs(at(v->z, s->n, k)));
  }
}

/* x, or the nearest value whose neighbours, 1e-3 away, are inside the bounds. */
static double off_bounds(const eis_param_spec *s, double x) {
  const bool ln = s->scale == EIS_SCALE_LOG;
  const double range = s->upper - s->lower, low = ln ? 1.001 * s->lower : s->lower + 1e-3 * range;
  const double high = ln ? s->upper / 1.001 : s->upper - 1e-3 * range;
  return x < low ? low : x > high ? high : x;
}

static void point(const eis_element *e, uint64_t *seed, double low, double high, double *p) {
  for (int j = 0; j < e->n_params; j++) {
    const eis_param_spec *s = &e->param[j];
    p[j] = off_bounds(s, inside(s, low + (high - low) * draw(seed)));
    if (s->discrete) p[j] = draw(seed) < 0.5 ? s->lower : s->upper;
  }
}

/* Around the start value: where spectra are. */
static void middling_point(const eis_element *e, uint64_t *seed, double *p) {
  for (int j = 0; j < e->n_params; j++) {
    const eis_param_spec *s = &e->param[j];
    const double t = 2.0 * draw(seed) - 1.0, range = s->upper - s->lower;
    p[j] = s->scale == EIS_SCALE_LOG ? s->start * pow(10.0, 1.5 * t) : s->start + 0.2 * range * t;
    p[j] = off_bounds(s, p[j]);
    if (s->discrete) p[j] = draw(seed) < 0.5 ? s->lower : s->upper;
  }
}

static void derivatives_agree_with_differences(void **state) {
  (void)state;
  const spot s = decades(1e-3, 1e7, 11);
  FOR_EACH_ROW(e) {
    uint64_t seed = 200 + row_;
    double sub[2 * MAX_W], p[P] = {0};
    for (int i = 0; i < 24; i++) {
      if (i < 14)
        middling_point(e, &seed, p);
      else if (i < 20)
        point(e, &seed, 0.0, 1.0, p);
      else
        point(e, &seed, i % 2 ? 0.0 : 0.98, i % 2 ? 0.02 : 1.0, p);
      wall(&s, pow(10.0, 4.0 * draw(&seed)), pow(10.0, -6.0 * draw(&seed)), 1.0, sub);
      static values v;
      const probe a = {e, &s, p, sub};
      run(e, &s, p, sub, &v);
      for (int j = 0; j < e->n_params; j++) check_column(&a, &v, j);
    }
  }
}

/* dZ/dZs at frequency k along the real (part 0) or imaginary axis (part 1). */
static double complex numeric_dsub(const probe *a, size_t k, size_t part) {
  const size_t n = a->s->n, i = part * n + k;
  double complex q[2];
  double h = 1e-4 * cabs(at(a->sub, n, k));
  for (int level = 0; level < 2; level++, h *= 0.5) {
    double moved[2 * MAX_W], z1[2 * MAX_W], z2[2 * MAX_W];
    memcpy(moved, a->sub, 2 * n * sizeof *moved);
    moved[i] = a->sub[i] + h;
    run_fast(a->e, a->s, a->p, moved, z1);
    moved[i] = a->sub[i] - h;
    run_fast(a->e, a->s, a->p, moved, z2);
    q[level] = (at(z1, n, k) - at(z2, n, k)) / (2.0 * h * (part ? I : 1.0));
  }
  return (4.0 * q[1] - q[0]) / 3.0;
}

static void check_dsub(const probe *a, const values *v) {
  const size_t n = a->s->n;
  for (size_t part = 0; part < 2; part++) /* analytic: the same along both axes */
    for (size_t k = 0; k < n; k++) {
      const double complex d = at(v->dsub, n, k), num = numeric_dsub(a, k, part);
      const double noise = 1e-10 * cabs(at(v->z, n, k)) / cabs(at(a->sub, n, k));
      if (!(cabs(d - num) <= 1e-7 * cabs(num) + noise))
        fail_msg("%s dZ/dZs at w = %g: %g%+gj, differences %g%+gj", a->e->symbol, a->s->w[k],
                 creal(d), cimag(d), creal(num), cimag(num));
    }
}

static void sub_circuit_derivative(void **state) {
  (void)state;
  const spot s = decades(1e-3, 1e7, 21);
  int containers = 0;
  FOR_EACH_ROW(e) {
    if (!e->container) continue;
    containers++;
    uint64_t seed = 77 + row_;
    for (int i = 0; i < 20; i++) {
      static values v;
      double p[P], sub[2 * MAX_W];
      middling_point(e, &seed, p);
      wall(&s, pow(10.0, 4.0 * draw(&seed)), pow(10.0, -6.0 * draw(&seed)), 1.0, sub);
      run(e, &s, p, sub, &v);
      const probe a = {e, &s, p, sub};
      check_dsub(&a, &v);
      /* each derivative alone is the same as both together */
      const eis_grid g = {s.n, s.w, s.lw};
      static values alone;
      e->eval(&g, p, sub, alone.z, NULL, alone.dsub);
      e->eval(&g, p, sub, alone.z, alone.dz, NULL);
      for (size_t k = 0; k < s.n; k++) {
        assert_true(cabs(at(alone.dsub, s.n, k) - at(v.dsub, s.n, k)) <=
                    1e-14 * cabs(at(v.z, s.n, k) / at(sub, s.n, k)));
        assert_true(cabs(column(&alone, s.n, 0, k) - column(&v, s.n, 0, k)) <=
                    1e-14 * cabs(at(v.z, s.n, k)) / p[0]);
      }
    }
  }
  assert_true(containers >= 3);
}

static void without_derivatives_the_same(void **state) {
  (void)state;
  const spot s = decades(1e-3, 1e7, 37);
  FOR_EACH_ROW(e) {
    uint64_t seed = 11 + row_;
    double p[P], sub[2 * MAX_W], z[2 * MAX_W];
    static values v;
    for (int i = 0; i < 10; i++) {
      middling_point(e, &seed, p);
      wall(&s, 30.0, 1e-3, 1.0, sub);
      run(e, &s, p, sub, &v);
      run_fast(e, &s, p, sub, z);
      for (size_t k = 0; k < s.n; k++) {
        const double size = cabs(at(z, s.n, k));
        if (!(cabs(at(v.z, s.n, k) - at(z, s.n, k)) <= 1e-14 * size))
          fail_msg("%s: Z depends on whether derivatives are wanted", e->symbol);
        /* one frequency alone, which goes through the scalar remainder of the loop */
        const spot one = {1, {s.w[k]}, {s.lw[k]}};
        const double sub1[2] = {sub[k], sub[s.n + k]};
        double z1[2];
        run_fast(e, &one, p, sub1, z1);
        if (!(cabs(at(z1, 1, 0) - at(z, s.n, k)) <= 1e-13 * size))
          fail_msg("%s: Z depends on the length of the grid", e->symbol);
      }
    }
  }
}

/* ---- bounds ---- */

static void check_finite(const eis_element *e, const spot *s, const double *p, const double *sub) {
  static values v;
  run(e, s, p, sub, &v);
  bool ok = true;
  for (size_t k = 0; k < 2 * s->n; k++) {
    ok = ok && isfinite(v.z[k]) && (!e->container || isfinite(v.dsub[k]));
    for (int j = 0; j < e->n_params; j++) ok = ok && isfinite(v.dz[2 * s->n * (size_t)j + k]);
  }
  if (ok) return;
  char text[400];
  fail_msg("not finite: %s", described(e, p, text));
}

static void finite_on_the_bounds(void **state) {
  (void)state;
  const spot s = decades(1e-6, 1e9, 16);
  FOR_EACH_ROW(e) {
    uint64_t seed = 5 + row_;
    double sub[2 * MAX_W];
    for (int corner = 0; corner < 1 << (e->n_params < 8 ? e->n_params : 8); corner++) {
      double p[P];
      for (int j = 0; j < e->n_params; j++) {
        const bool up = j < 8 ? (corner >> j & 1) != 0 : draw(&seed) < 0.5;
        p[j] = up ? e->param[j].upper : e->param[j].lower;
      }
      for (int i = 0; i < (e->container ? 4 : 1); i++) {
        static const double r[] = {1e-9, 1e15, 1e2, 1e2}, q[] = {1e9, 1e-18, 1e-3, 1e-3};
        wall(&s, r[i], q[i], i == 3 ? 0.0 : 1.0, sub); /* the last one is a short circuit */
        check_finite(e, &s, p, sub);
      }
    }
    for (int i = 0; i < 200; i++) { /* any point, some parameters on a bound */
      double p[P];
      for (int j = 0; j < e->n_params; j++) {
        const double t = 1.5 * draw(&seed) - 0.25;
        p[j] = clamped(&e->param[j], inside(&e->param[j], t < 0.0 ? 0.0 : t > 1.0 ? 1.0 : t));
        if (e->param[j].discrete) p[j] = e->param[j].lower;
      }
      wall(&s, pow(10.0, 24.0 * draw(&seed) - 9.0), pow(10.0, 27.0 * draw(&seed) - 18.0), 1.0, sub);
      check_finite(e, &s, p, sub);
    }
  }
}

static void passive_rows_have_positive_real_part(void **state) {
  (void)state;
  const spot s = decades(1e-6, 1e9, 31);
  FOR_EACH_ROW(e) {
    if (e->active) continue;
    uint64_t seed = 9 + row_;
    double p[P], sub[2 * MAX_W], z[2 * MAX_W];
    char text[400];
    for (int i = 0; i < 400; i++) {
      if (i % 2)
        point(e, &seed, 0.0, 1.0, p);
      else
        middling_point(e, &seed, p);
      for (int j = 0; j < e->n_params; j++)
        if (draw(&seed) < 0.2) p[j] = draw(&seed) < 0.5 ? e->param[j].lower : e->param[j].upper;
      wall(&s, pow(10.0, 9.0 * draw(&seed) - 3.0), pow(10.0, -8.0 * draw(&seed)), 1.0, sub);
      run_fast(e, &s, p, sub, z);
      for (size_t k = 0; k < s.n; k++)
        if (!(z[k] >= -1e-13 * cabs(at(z, s.n, k))))
          fail_msg("Re Z = %g, Im Z = %g at w = %g: %s", z[k], z[s.n + k], s.w[k],
                   described(e, p, text));
    }
  }
}

static void z_power_scales_the_impedance(void **state) {
  (void)state;
  const spot s = decades(1e-3, 1e7, 13);
  static const double factor[] = {1e-4, 0.37, 12.0, 1e5};
  FOR_EACH_ROW(e) {
    uint64_t seed = 21 + row_;
    for (int i = 0; i < 12; i++) {
      const double x = factor[i % 4];
      double p[P], scaled[P], sub[2 * MAX_W], z[2 * MAX_W], zs[2 * MAX_W];
      middling_point(e, &seed, p);
      for (int j = 0; j < e->n_params; j++) scaled[j] = p[j] * pow(x, e->param[j].z_power);
      wall(&s, 30.0, 1e-3, 1.0, sub);
      run_fast(e, &s, p, sub, z);
      wall(&s, 30.0, 1e-3, x, sub);
      run_fast(e, &s, scaled, sub, zs);
      for (size_t k = 0; k < s.n; k++) {
        const double complex want = x * at(z, s.n, k);
        if (!(cabs(at(zs, s.n, k) - want) <= 1e-12 * cabs(want)))
          fail_msg("%s: scaling the impedance by %g by z_power gives another one (w = %g)",
                   e->symbol, x, s.w[k]);
      }
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(rows_are_complete),
      cmocka_unit_test(names_are_unique),
      cmocka_unit_test(find_takes_length_and_case),
      cmocka_unit_test(derivatives_agree_with_differences),
      cmocka_unit_test(sub_circuit_derivative),
      cmocka_unit_test(without_derivatives_the_same),
      cmocka_unit_test(finite_on_the_bounds),
      cmocka_unit_test(passive_rows_have_positive_real_part),
      cmocka_unit_test(z_power_scales_the_impedance),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
