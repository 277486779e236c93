/* test_process.c - the posterior over assignments against enumeration and closed forms, evidence
   from several spectra, words, bad input. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "analysis/process.h"
#include "numerics/rng.h"
#include "process_bench.h"

/* ---- sums over assignments against enumeration ---- */

enum { PEAKS = 4, N = 3 };

typedef struct enumeration {
  double total, posterior[PEAKS * (N + 1)], used[N];
  double best;
} enumeration;

/* Weight of a complete assignment, 0 when it isn't allowed. */
static double weight_of(const eisi_process_weights *w, const int *label) {
  double product = 1;
  for (size_t i = 0; i < PEAKS; i++) {
    bool repeated = false;
    if (label[i] == N) {
      product *= w->none[i];
      continue;
    }
    for (size_t j = 0; j < i; j++) repeated |= label[j] == label[i];
    product *= (repeated ? w->again : w->w)[i * N + (size_t)label[i]];
    for (size_t k = 0; k < N; k++) { /* every other process that was used before */
      bool before = false;
      for (size_t j = 0; j < i; j++) before |= label[j] == (int)k;
      if (before && (int)k != label[i]) product *= w->order[k * N + (size_t)label[i]];
    }
  }
  return product;
}

static void enumerate(const eisi_process_weights *w, enumeration *e) {
  *e = (enumeration){0};
  for (int code = 0; code < 256; code++) { /* (N + 1)^PEAKS */
    int label[PEAKS];
    bool used[N] = {false};
    for (int i = 0, c = code; i < PEAKS; i++, c /= N + 1) label[i] = c % (N + 1);
    const double x = weight_of(w, label);
    e->total += x;
    for (int i = 0; i < PEAKS; i++) {
      e->posterior[i * (N + 1) + label[i]] += x;
      if (label[i] < N) used[label[i]] = true;
    }
    for (int k = 0; k < N; k++) e->used[k] += used[k] ? x : 0;
  }
}

static void test_sum(void **state) {
  (void)state;
  eisi_process_lattice lattice = {0};
  for (uint64_t seed = 0; seed < 40; seed++) {
    double w[PEAKS * N], again[PEAKS * N], none[PEAKS], order[N * N], total;
    double posterior[PEAKS * (N + 1)], used[N];
    eisi_rng r;
    enumeration e;
    eisi_rng_seed(&r, 3, seed);
    for (int i = 0; i < PEAKS * N; i++) {
      w[i] = eisi_rng_uniform(&r) < 0.2 ? 0 : exp(3 * eisi_rng_normal(&r));
      again[i] = i % N == 1 ? eisi_rng_uniform(&r) : 0;
    }
    for (int i = 0; i < PEAKS; i++) none[i] = eisi_rng_uniform(&r);
    for (int i = 0; i < N * N; i++) order[i] = eisi_rng_uniform(&r) * 2;
    const eisi_process_weights all = {.n_peaks = PEAKS, .n = N, .w = w, .again = again,
                                      .none = none, .order = order};
    assert_int_equal(eisi_process_sum(&all, &lattice, &total, posterior, used, NULL), EIS_OK);
    enumerate(&all, &e);
    assert_true(fabs(total / e.total - 1) < 1e-12);
    for (int i = 0; i < PEAKS * (N + 1); i++)
      assert_true(fabs(posterior[i] - e.posterior[i] / e.total) < 1e-12);
    for (int k = 0; k < N; k++) assert_true(fabs(used[k] - e.used[k] / e.total) < 1e-12);
  }
  eisi_process_lattice_clear(&lattice);
}

static void test_decide(void **state) {
  (void)state;
  for (uint64_t seed = 0; seed < 40; seed++) {
    double p[PEAKS * (N + 1)], best = -1;
    const bool again[N] = {false, seed % 2 == 0, false};
    int label[PEAKS];
    eisi_rng r;
    eisi_rng_seed(&r, 4, seed);
    for (int i = 0; i < PEAKS * (N + 1); i++) p[i] = eisi_rng_uniform(&r);
    for (int code = 0; code < 256; code++) {
      int count[N + 1] = {0};
      double sum = 0;
      for (int i = 0, c = code; i < PEAKS; i++, c /= N + 1) {
        sum += p[i * (N + 1) + c % (N + 1)];
        count[c % (N + 1)]++;
      }
      bool allowed = true;
      for (int k = 0; k < N; k++) allowed &= count[k] < 2 || again[k];
      if (allowed) best = fmax(best, sum);
    }
    assert_int_equal(eisi_process_decide(PEAKS, N, p, again, label, NULL), EIS_OK);
    double sum = 0;
    for (int i = 0; i < PEAKS; i++) sum += p[i * (N + 1) + (label[i] < 0 ? N : label[i])];
    assert_true(fabs(sum - best) < 1e-12);
  }
}

/* ---- likelihood ---- */

/* The density over (ln C, ln f) integrates to 1 and has its mean where the product of the three
   windows has it: for equal widths s of C, f and R (in ln) and centres that differ from R C = 1/(2
   pi f) by d in ln R, the product is off by d/3 in each. */
static void test_density(void **state) {
  (void)state;
  const double d = 0.9, C0 = -3, f0 = 5, s = 1.5;
  eisi_process_model m = {.thickness = NAN}, none = {.thickness = NAN};
  m.q[EISI_Q_C] = window(C0 - s, C0 + s);
  m.q[EISI_Q_F] = window(f0 - s, f0 + s);
  m.q[EISI_Q_R] = window(-C0 - f0 - log(2 * M_PI) + d - s, -C0 - f0 - log(2 * M_PI) + d + s);
  const eis_process_conditions known = eis_process_conditions_default();
  const eisi_process_state at = {.ln_area = 0.4, .T = 298.15, .known = &known};
  eisi_process_expected x;
  eisi_process_expect(&m, &none, &at, &x);
  assert_true(fabs(x.mean[0] - (C0 - d / 3)) < 1e-12 && fabs(x.mean[1] - (f0 - d / 3)) < 1e-12);
  double sum = 0, c_sum = 0, f_sum = 0;
  const double h = 0.15;
  for (double C = C0 - 12; C < C0 + 12; C += h)
    for (double f = f0 - 12; f < f0 + 12; f += h) {
      const double tau = 1 / (2 * M_PI * exp(f)), R = tau / exp(C + at.ln_area);
      eis_drt_peak p = {.tau = tau, .R = R, .R_error = 0.2 * R, .log10_tau_error = 0.1};
      const eisi_process_observed o = {&p, NULL, 0.4, NAN, NAN};
      const double w = h * h * exp(eisi_process_likelihood(&m, &none, &x, &o, NULL));
      sum += w;
      c_sum += w * C;
      f_sum += w * f;
    }
  assert_true(fabs(sum - 1) < 1e-3);
  assert_true(fabs(c_sum / sum - x.mean[0]) < 1e-3 && fabs(f_sum / sum - x.mean[1]) < 1e-3);
}

/* Temperature moves f by Ea, thickness C, SOC R. */
static void test_conditions_move_windows(void **state) {
  (void)state;
  eisi_process_model m = {.thickness = 5e-4, .butler_volmer = true}, none = {.thickness = NAN};
  eis_process_conditions known = eis_process_conditions_default();
  m.q[EISI_Q_C] = window(-10, -8);
  m.q[EISI_Q_F] = window(3, 5);
  m.q[EISI_Q_SIGNATURE + EIS_SIGNATURE_EA] = window(0.3, 0.5);
  eisi_process_state at = {.T = 298.15, .known = &known};
  eisi_process_expected cold, warm;
  eisi_process_expect(&m, &none, &at, &cold);
  assert_true(fabs(cold.mean[0] + 9) < 1e-12 && fabs(cold.mean[1] - 4) < 1e-12);
  at.T = 323.15;
  known.thickness_m = 1e-3;
  known.soc = 0.9;
  eisi_process_expect(&m, &none, &at, &warm);
  /* 0.4 eV/kB (1/298.15 - 1/323.15) K = 1.20445; ln(2 sqrt(.9 .1)) = -.510826 */
  assert_true(fabs(warm.mean[1] - cold.mean[1] - (1.204450 - 0.510826)) < 1e-5);
  assert_true(fabs(warm.mean[0] - cold.mean[0] + log(2)) < 1e-12);
  assert_true(warm.cov[2] > cold.cov[2] && warm.cov[0] == cold.cov[0]);
}

static double mixture(double x, double sd, double error) {
  const double v = sd * sd + error * error, w = 9 * sd * sd + error * error;
  return (0.95 * exp(-x * x / (2 * v)) / sqrt(v) + 0.05 * exp(-x * x / (2 * w)) / sqrt(w)) /
         sqrt(2 * M_PI);
}

/* One peak, two processes that differ in Ea only: the posterior by hand.  The one that isn't the
   peak is absent, or hidden by it with probability h: odds of .5 : .5 + .5 h. */
static void test_two_processes(void **state) {
  (void)state;
  eis_process_table *t = read_table(
      "[cell]\nresolution = 0.5 decades\n"
      "[A]\npresent = 0.5; prior\nC = 1 to 100 uF/cm2; prior\nf = 1 to 1e4 Hz; prior\n"
      "Ea = 0.2 to 0.4 eV; prior\n"
      "[B]\npresent = 0.5; prior\nC = 1 to 100 uF/cm2; prior\nf = 1 to 1e4 Hz; prior\n"
      "Ea = 0.5 to 0.7 eV; prior\n"
      "[background]\nC = 1 to 100 uF/cm2; prior\nf = 1 to 1e4 Hz; prior\npresent = 0.2; prior\n");
  only(t, "A", "B", 0.5);
  const eis_drt_peak p = peak_at(20, 100);
  eis_process_evidence ev = eis_process_evidence_default();
  ev.value[EIS_SIGNATURE_EA] = 0.42;
  ev.error[EIS_SIGNATURE_EA] = 0.03;
  eis_process_input in = {1, &p, &ev, eis_process_conditions_default(), false};
  in.conditions.area_m2 = 1e-4;
  in.conditions.T = 298.15;
  eis_process_assignment out;
  assert_int_equal(eis_process_assign(t, &in, &out, NULL), EIS_OK);
  const double sd = 0.1 / 1.6448536269514722, sd0 = 0.45 / 1.6448536269514722;
  const double sd_C = log(10) / 1.6448536269514722, above = log(1 / (2 * M_PI * 20 * 100) / 1e-5);
  const double h = erf(0.5 * log(10) / (2 * sd_C) / sqrt(2)) * 0.5 * erfc(above / sd_C / sqrt(2));
  const double A = mixture(0.12, sd, 0.03) / (1 + h), B = mixture(0.18, sd, 0.03) / (1 + h);
  const double none = 0.2 * mixture(0.13, sd0, 0.03); /* the background: .1 to 1 eV */
  const double *q = out.peak[0].posterior;
  assert_true(fabs(q[index_of(t, "A")] - A / (A + B + none)) < 1e-9);
  assert_true(fabs(q[index_of(t, "B")] - B / (A + B + none)) < 1e-9);
  assert_true(fabs(q[t->n] - none / (A + B + none)) < 1e-9);
  assert_int_equal(out.peak[0].process, index_of(t, "A"));
  assert_true(out.peak[0].probability == q[index_of(t, "A")]);
  assert_true(fabs(out.present[index_of(t, "A")] - q[index_of(t, "A")]) < 1e-12);
  eis_process_assignment_clear(&out);
  eis_process_table_free(t);
}

/* ---- cells ---- */

typedef struct cell_case {
  const char *electrolyte, *anode, *coating;
  struct {
    double C, f; /* F/cm2, Hz at 25 C */
    const char *process;
  } peak[5];
} cell_case;

/* C and f in the middle of what the text of each process says, for cells of all kinds. */
static const cell_case cells[] = {
    {"sulfide", "In-Li", "uncoated",
     {{6e-6, 1e3, "CEI"}, {4e-4, 30, "CT"}, {1e-3, 0.5, "CT_InLi"}}},
    {"sulfide", "Li", "coated", {{1e-6, 6e3, "SEI_Li"}, {4e-4, 15, "CT"}}},
    {"oxide", "Li", "uncoated", {{1e-8, 2e5, "SE_gb"}, {1e-6, 5e3, "SEI_Li"}, {5e-4, 5, "CT"}}},
    {"polymer", "Li", "coated", {{1e-10, 2e6, "SE_bulk"}, {8e-7, 5e3, "SEI_Li"}, {3e-4, 8, "CT"}}}};

static size_t peaks_of(const cell_case *c, double area_cm2, eis_drt_peak *p) {
  size_t n = 0;
  for (; n < 5 && c->peak[n].process; n++)
    p[n] = peak_at(1 / (2 * M_PI * c->peak[n].f * c->peak[n].C * area_cm2), c->peak[n].f);
  return n;
}

static void test_cells(void **state) {
  (void)state;
  eis_process_table *t = read_table(NULL);
  for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
    const cell_case *c = &cells[i];
    eis_drt_peak p[5];
    eis_process_assignment out;
    eis_process_input in = {.peak = p, .conditions = eis_process_conditions_default(), false};
    in.n_peaks = peaks_of(c, 0.785, p);
    in.conditions.area_m2 = 0.785e-4;
    in.conditions.T = 298.15;
    in.conditions.electrolyte = c->electrolyte;
    in.conditions.anode = c->anode;
    in.conditions.coating = c->coating;
    assert_int_equal(eis_process_assign(t, &in, &out, NULL), EIS_OK);
    for (size_t q = 0; q < in.n_peaks; q++) {
      double sum = 0;
      if (out.peak[q].process != index_of(t, c->peak[q].process) || out.peak[q].probability < 0.6)
        fail_msg("cell %d: %s is %s", (int)i, c->peak[q].process, out.peak[q].explanation);
      for (size_t k = 0; k <= t->n; k++) sum += out.peak[q].posterior[k];
      assert_true(fabs(sum - 1) < 1e-9);
    }
    assert_true(fabs(out.area_m2 / 0.785e-4 - 1) < 1e-9 && out.area_factor == 1);
    assert_string_equal(out.anode, c->anode);
    assert_true(fabs(out.anode_probability - 1) < 1e-9);
    eis_process_assignment_clear(&out);
  }
  eis_process_table_free(t);
}

/* The lowest arc is the cathode's with lithium, the anode's with In-Li. */
static void test_order_swaps(void **state) {
  (void)state;
  eis_process_table *t = read_table(NULL);
  eis_drt_peak p[2] = {peak_at(15, 60), peak_at(60, 4)};
  eis_process_assignment out;
  eis_process_input in = {2, p, NULL, eis_process_conditions_default(), false};
  in.conditions.area_m2 = 1e-4;
  in.conditions.T = 298.15;
  in.conditions.electrolyte = "sulfide";
  in.conditions.coating = "uncoated";
  in.conditions.anode = "In-Li";
  assert_int_equal(eis_process_assign(t, &in, &out, NULL), EIS_OK);
  assert_int_equal(out.peak[0].process, index_of(t, "CT"));
  assert_int_equal(out.peak[1].process, index_of(t, "CT_InLi"));
  eis_process_assignment_clear(&out);
  in.conditions.anode = "Li";
  assert_int_equal(eis_process_assign(t, &in, &out, NULL), EIS_OK);
  assert_int_equal(out.peak[1].process, index_of(t, "CT"));
  assert_true(out.peak[1].posterior[index_of(t, "CT_InLi")] == 0); /* there is no In-Li */
  eis_process_assignment_clear(&out);
  /* the order of the input doesn't matter */
  const eis_drt_peak swapped[2] = {p[1], p[0]};
  in.peak = swapped;
  assert_int_equal(eis_process_assign(t, &in, &out, NULL), EIS_OK);
  assert_int_equal(out.peak[0].process, index_of(t, "CT"));
  eis_process_assignment_clear(&out);
  eis_process_table_free(t);
}

/* A cold cell: the same peaks at other frequencies; without the temperature it is found. */
static void test_unknown_area_and_temperature(void **state) {
  (void)state;
  eis_process_table *t = read_table(NULL);
  const cell_case *c = &cells[2];
  eis_drt_peak p[5];
  eis_process_assignment out;
  eis_process_input in = {.peak = p, .conditions = eis_process_conditions_default(), false};
  in.n_peaks = peaks_of(c, 3, p);
  in.conditions.electrolyte = c->electrolyte;
  in.conditions.anode = c->anode;
  assert_int_equal(eis_process_assign(t, &in, &out, NULL), EIS_OK);
  for (size_t q = 0; q < in.n_peaks; q++)
    assert_int_equal(out.peak[q].process, index_of(t, c->peak[q].process));
  assert_true(out.area_m2 > 0.5e-4 && out.area_m2 < 6e-4);
  assert_true(out.area_factor > 1.2 && out.area_factor < 3 && out.T_error > 2);
  assert_non_null(strstr(out.peak[0].explanation, "(area estimated)"));
  assert_non_null(strstr(out.peak[0].explanation, "C (estimated)"));
  assert_true(out.coating_probability > 0.3 && out.coating_probability < 0.9);
  eis_process_assignment_clear(&out);
  eis_process_table_free(t);
}

/* ---- evidence from several spectra ---- */

typedef struct evidence_case {
  eis_process_signature what;
  double value, error;
  const char *more, *less; /* processes it speaks for and against */
} evidence_case;

static void test_evidence(void **state) {
  static const evidence_case row[] = {
      {EIS_SIGNATURE_SOC, 4, 0.5, "SCL", "CEI"},
      {EIS_SIGNATURE_SOC, 0.05, 0.1, "SE_gb", "CEI"},
      {EIS_SIGNATURE_SOC_BEND, 7, 1, "CT", "SCL"},
      {EIS_SIGNATURE_SOC_BEND, 0, 0.3, "CEI", "CT"},
      {EIS_SIGNATURE_DRIFT, -1, 0.1, "CEI", "SCL"},
      {EIS_SIGNATURE_DRIFT, -0.07, 0.05, "SCL", "CEI"},
      {EIS_SIGNATURE_TIME, 0.5, 0.05, "CEI", "CT"},
      {EIS_SIGNATURE_AGEING, 0.4, 0.05, "CEI", "SE_gb"},
      {EIS_SIGNATURE_AGEING, 0, 0.02, "SE_gb", "CEI"},
      {EIS_SIGNATURE_EA, 0.66, 0.02, "CT", "CEI"},
      {EIS_SIGNATURE_PRESSURE, -0.5, 0.05, "constriction", "SE_bulk"},
      {EIS_SIGNATURE_PRESSURE, 0, 0.05, "SE_bulk", "constriction"}};
  (void)state;
  eis_process_table *t = read_table(NULL);
  const eis_drt_peak p = peak_at(20, 800);
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    eis_process_evidence ev = eis_process_evidence_default();
    eis_process_input in = {1, &p, NULL, eis_process_conditions_default(), false};
    eis_process_assignment without, with;
    in.conditions.area_m2 = 1e-4;
    in.conditions.anode = "Li";
    assert_int_equal(eis_process_assign(t, &in, &without, NULL), EIS_OK);
    ev.value[row[i].what] = row[i].value;
    ev.error[row[i].what] = row[i].error;
    in.evidence = &ev;
    assert_int_equal(eis_process_assign(t, &in, &with, NULL), EIS_OK);
    const size_t a = (size_t)index_of(t, row[i].more), b = (size_t)index_of(t, row[i].less);
    const double *q = with.peak[0].posterior, *q0 = without.peak[0].posterior;
    const double factor = q[a] / q[b] / (q0[a] / q0[b]);
    if (!(factor > 2)) fail_msg("row %d: Bayes factor %g", (int)i, factor);
    assert_non_null(strstr(with.peak[0].explanation, eis_process_signature_key(row[i].what, NULL)));
    eis_process_assignment_clear(&with);
    eis_process_assignment_clear(&without);
  }
  eis_process_table_free(t);
}

/* Three in ten of A do not move with SOC: what does not move is hardly evidence against it.  With
   `even` the table has nothing to say of how often a process is seen. */
static void test_still_and_even(void **state) {
  (void)state;
  for (int still = 0; still < 2; still++) {
    char text[600];
    snprintf(text, sizeof text,
             "[A]\npresent = 0.2; prior\nC = 1 to 100 uF/cm2; prior\nf = 1 to 1e4 Hz; prior\n"
             "dlnR_dSOC = -12 to 12; prior\n%s"
             "[B]\npresent = 0.8; prior\nC = 1 to 100 uF/cm2; prior\nf = 1 to 1e4 Hz; prior\n"
             "dlnR_dSOC = -0.1 to 0.1; prior\n",
             still ? "still = 0.3; prior\n" : "");
    eis_process_table *t = read_table(text);
    const size_t a = (size_t)index_of(t, "A"), b = (size_t)index_of(t, "B");
    const double tenths = 1.6448536269514722;
    const eis_drt_peak p = peak_at(20, 100);
    eis_process_evidence ev = eis_process_evidence_default();
    double ratio[4];
    for (size_t i = 0; i < t->n; i++)
      for (size_t k = 0; k < t->row[i].n; k++)
        if (t->row[i].entry[k].quantity == EISI_Q_PRESENT && i != a && i != b)
          t->row[i].entry[k].low = 0;
    ev.value[EIS_SIGNATURE_SOC] = 0;
    ev.error[EIS_SIGNATURE_SOC] = 0.15;
    for (int k = 0; k < 4; k++) {
      eis_process_input in = {1, &p, k % 2 ? &ev : NULL, eis_process_conditions_default(), k > 1};
      eis_process_assignment out;
      in.conditions.area_m2 = 1e-4;
      in.conditions.T = 298.15;
      assert_int_equal(eis_process_assign(t, &in, &out, NULL), EIS_OK);
      ratio[k] = out.peak[0].posterior[a] / out.peak[0].posterior[b];
      eis_process_assignment_clear(&out);
    }
    const double moves = mixture(0, 12 / tenths, 0.15), rest = mixture(0, 0.1 / tenths, 0.15);
    const double stays = 1 / sqrt(2 * M_PI * (0.06 * 0.06 + 0.15 * 0.15));
    const double expected = (still ? 0.7 * moves + 0.3 * stays : moves) / rest;
    assert_true(fabs(ratio[1] / ratio[0] / expected - 1) < 1e-6);
    assert_true(fabs(ratio[3] / ratio[2] / expected - 1) < 1e-6);
    assert_true(fabs(ratio[2] - 1) < 1e-9); /* the same windows */
    assert_true(ratio[0] < 0.2);            /* 2 against 8, and the other is hidden or absent */
    eis_process_table_free(t);
  }
}

/* ---- words and input ---- */

static void test_explanation(void **state) {
  (void)state;
  eis_process_table *t = read_table(NULL);
  eis_drt_peak p[5];
  eis_process_assignment out;
  eis_process_input in = {.peak = p, .conditions = eis_process_conditions_default(), false};
  in.n_peaks = peaks_of(&cells[1], 1, p);
  in.conditions.area_m2 = 1e-4;
  in.conditions.T = 298.15;
  in.conditions.anode = "Li";
  assert_int_equal(eis_process_assign(t, &in, &out, NULL), EIS_OK);
  const char *s = out.peak[0].explanation;
  assert_true(strncmp(s, "interphase of the lithium anode (SEI_Li), ", 42) == 0);
  assert_non_null(strstr(s, "; next: "));
  assert_non_null(strstr(s,
                         "\nC = 1 \xC2\xB5"
                         "F/cm2, usual for SEI_Li: 2"));
  assert_non_null(strstr(s, "\nf = 6 kHz, usual for SEI_Li: "));
  assert_non_null(strstr(s, " at 25 C; "));
  assert_non_null(strstr(s, " : 1 for it"));
  assert_true(s[strlen(s) - 1] == '\n');
  eis_process_assignment_clear(&out);
  eis_process_table_free(t);
}

static void test_input(void **state) {
  (void)state;
  eis_process_table *t = read_table(NULL);
  eis_drt_peak p = peak_at(10, 100), many[33];
  eis_process_input in = {
      .n_peaks = 1, .peak = &p, .conditions = eis_process_conditions_default(), false};
  eis_process_evidence ev = eis_process_evidence_default();
  eis_process_assignment out;
  eis_error err = EIS_ERROR_INIT;
  in.conditions.electrolyte = "glass";
  assert_int_equal(eis_process_assign(t, &in, &out, &err), EIS_ERROR_USAGE);
  assert_string_equal(err.text, "unknown electrolyte 'glass': there are sulfide, oxide, polymer");
  in.conditions = eis_process_conditions_default();
  in.conditions.area_m2 = -1;
  eis_error_clear(&err);
  assert_int_equal(eis_process_assign(t, &in, &out, &err), EIS_ERROR_USAGE);
  assert_non_null(strstr(err.text, "area -1 is out of range: expected 1e-8 to 1e8 cm2"));
  in.conditions = eis_process_conditions_default();
  p.R = 0;
  eis_error_clear(&err);
  assert_int_equal(eis_process_assign(t, &in, &out, &err), EIS_ERROR_INPUT);
  assert_non_null(strstr(err.text, "peak 1 can't be assigned: R = 0 ohm"));
  p = peak_at(10, 100);
  ev.value[EIS_SIGNATURE_EA] = 0.4; /* without error */
  in.evidence = &ev;
  eis_error_clear(&err);
  assert_int_equal(eis_process_assign(t, &in, &out, &err), EIS_ERROR_USAGE);
  assert_non_null(strstr(err.text, "Ea of peak 1 needs a finite value and an error >= 0"));
  in.evidence = NULL;
  for (int i = 0; i < 33; i++) many[i] = peak_at(10, pow(10, i / 4.0 - 2));
  in.peak = many;
  in.n_peaks = 33;
  eis_error_clear(&err);
  assert_int_equal(eis_process_assign(t, &in, &out, &err), EIS_ERROR_INPUT);
  assert_non_null(strstr(err.text, "33 peaks are too many to assign: at most 32"));
  in.n_peaks = 32;
  in.conditions.area_m2 = 1e-4;
  in.conditions.T = 298.15;
  assert_int_equal(eis_process_assign(t, &in, &out, NULL), EIS_OK);
  for (int i = 0; i < 32; i++)
    assert_true(out.peak[i].probability > 0 && out.peak[i].probability <= 1 + 1e-9);
  eis_process_assignment_clear(&out);
  in.n_peaks = 0;
  assert_int_equal(eis_process_assign(t, &in, &out, NULL), EIS_OK);
  assert_int_equal(out.n_peaks, 0);
  eis_process_assignment_clear(&out);
  eis_process_table_free(t);
}

/* Far below the data a shoulder of gamma is a leftover sooner than a maximum among the data. */
static void test_beyond_the_data(void **state) {
  (void)state;
  eis_process_table *t = read_table(NULL);
  double none[3];
  for (int i = 0; i < 3; i++) {
    eis_drt_peak p = peak_at(20, 0.002);
    eis_process_input in = {1, &p, NULL, eis_process_conditions_default(), false};
    eis_process_assignment out;
    p.shoulder = i == 2;
    in.conditions.area_m2 = 1e-4;
    in.conditions.T = 298.15;
    in.conditions.f_min = i == 0 ? 0.001 : 0.01;
    in.conditions.f_max = 1e6;
    assert_int_equal(eis_process_assign(t, &in, &out, NULL), EIS_OK);
    none[i] = out.peak[0].posterior[t->n];
    const char *line = i == 2 ? "a shoulder below the data; " : "a maximum below the data; ";
    assert_true((strstr(out.peak[0].explanation, line) != NULL) == (i > 0));
    eis_process_assignment_clear(&out);
  }
  assert_true(none[0] < 0.1 && none[2] > 3 * none[1]);
  eis_process_table_free(t);
}

/* A table of more possible processes than the sum can bear says so. */
static void test_too_many_possible(void **state) {
  (void)state;
  char text[2000] = "";
  for (int i = 0; i < 12; i++)
    snprintf(text + strlen(text), sizeof text - strlen(text), "[p%d]\npresent = 0.1; prior\n", i);
  eis_process_table *t = read_table(text);
  const eis_drt_peak p = peak_at(10, 100);
  const eis_process_input in = {1, &p, NULL, eis_process_conditions_default(), false};
  eis_process_assignment out;
  eis_error err = EIS_ERROR_INIT;
  assert_int_equal(eis_process_assign(t, &in, &out, &err), EIS_ERROR_INPUT);
  assert_non_null(strstr(err.text, "more than 16 processes are possible in one cell"));
  eis_process_table_free(t);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_sum),
      cmocka_unit_test(test_decide),
      cmocka_unit_test(test_density),
      cmocka_unit_test(test_conditions_move_windows),
      cmocka_unit_test(test_two_processes),
      cmocka_unit_test(test_cells),
      cmocka_unit_test(test_order_swaps),
      cmocka_unit_test(test_unknown_area_and_temperature),
      cmocka_unit_test(test_evidence),
      cmocka_unit_test(test_still_and_even),
      cmocka_unit_test(test_explanation),
      cmocka_unit_test(test_input),
      cmocka_unit_test(test_beyond_the_data),
      cmocka_unit_test(test_too_many_possible),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
