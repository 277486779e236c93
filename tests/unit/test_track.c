/* Processes followed through made sequences of spectra: names stay where they belong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <complex.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <eisfit/track.h>

#include "campaign/track.h"
#include "numerics/rng.h"

enum { MOST = 40, POINTS = 61 };

/* An arc as a function of the place in the sequence (0 to 1). */
typedef struct arc {
  double R, tau, n;
} arc;

typedef struct sequence {
  size_t n;
  double L; /* of the leads, 0 = there is none and none is looked for */
  eis_track_spectrum at[MOST];
  eis_spectrum s[MOST];
  eis_drt_result drt[MOST];
} sequence;

/* 1 MHz to 1 Hz, 20 ohm in series. */
static void add(sequence *q, size_t n_arcs, const arc *a, double noise) {
  const size_t i = q->n++;
  eis_spectrum *s = &q->s[i];
  eisi_rng rng;
  eis_error err = EIS_ERROR_INIT;
  eisi_rng_seed(&rng, 77, i);
  assert_int_equal(eis_spectrum_init(s, POINTS, NULL), EIS_OK);
  for (size_t k = 0; k < s->n; k++) {
    s->f[k] = pow(10, 6 - 0.1 * (double)k);
    const double complex jw = I * 2 * M_PI * s->f[k];
    double complex z = 20 + jw * q->L;
    for (size_t t = 0; t < n_arcs; t++) z += a[t].R / (1 + cpow(jw * a[t].tau, a[t].n));
    s->re[k] = creal(z) + noise * cabs(z) * eisi_rng_normal(&rng);
    s->im[k] = cimag(z) + noise * cabs(z) * eisi_rng_normal(&rng);
  }
  eis_drt_result *d = &q->drt[i];
  if (eis_drt_run(s, NULL, d, &err)) fail_msg("%s", err.text);
  q->at[i] = (eis_track_spectrum){.n = s->n,
                                  .f = s->f,
                                  .re = s->re,
                                  .im = s->im,
                                  .n_peaks = d->n_peaks,
                                  .peak = d->peak,
                                  .R_inf = d->R_inf,
                                  .R_inf_error = d->R_inf_error,
                                  .L = q->L > 0 ? d->L : NAN,
                                  .C_inv = NAN,
                                  .noise_percent = d->noise_percent,
                                  .tau_min = d->tau[0],
                                  .tau_max = d->tau[d->n_tau - 1],
                                  .soc = NAN,
                                  .age = NAN,
                                  .T = NAN,
                                  .pressure = NAN};
}

static eis_track_result follow(const sequence *q) {
  eis_track_result r;
  eis_error err = EIS_ERROR_INIT;
  const eis_track_input in = {
      .n = q->n, .at = q->at, .conditions = eis_process_conditions_default()};
  if (eis_track_run(&in, &r, &err)) fail_msg("%s", err.text);
  return r;
}

static void end(sequence *q, eis_track_result *r) {
  eis_track_result_clear(r);
  for (size_t i = 0; i < q->n; i++) {
    eis_drt_result_clear(&q->drt[i]);
    eis_spectrum_clear(&q->s[i]);
  }
}

static const eis_track_row *row_of(const eis_track *t, size_t spectrum) {
  for (size_t k = 0; k < t->n_rows; k++)
    if (t->row[k].spectrum == spectrum) return &t->row[k];
  return NULL;
}

/* The track with this time constant in this spectrum. */
static const eis_track *track_at(const eis_track_result *r, size_t spectrum, double tau) {
  for (size_t t = 0; t < r->n_tracks; t++) {
    const eis_track_row *row = row_of(&r->track[t], spectrum);
    if (!r->track[t].series && row && fabs(log(row->tau / tau)) < 0.7) return &r->track[t];
  }
  return NULL;
}

static size_t size_of_tracks(const eis_track_result *r, size_t least) {
  size_t n = 0;
  for (size_t t = 0; t < r->n_tracks; t++) n += !r->track[t].series && r->track[t].n_rows >= least;
  return n;
}

static double soc_of(size_t i, size_t n) { return (double)i / (double)(n - 1); }

/* ---- crossing ---- */

/* One arc stays, the other passes it from 3e-5 to 3e-2 s: space charge with SOC. */
static void arcs_cross(void **state) {
  static sequence q;
  enum { N = 21 };
  (void)state;
  q.n = 0;
  for (size_t i = 0; i < N; i++) {
    const double x = soc_of(i, N);
    const arc a[] = {{80, 1e-3, 0.9}, {30, 3e-5 * pow(10, 3 * x), 0.95}};
    add(&q, 2, a, 0.002);
    q.at[i].soc = x;
  }
  eis_track_result r = follow(&q);
  const eis_track *moves = track_at(&r, 0, 3e-5), *stays = track_at(&r, 0, 1e-3);
  assert_non_null(moves);
  assert_non_null(stays);
  assert_ptr_equal(track_at(&r, N - 1, 3e-2), moves);
  assert_ptr_equal(track_at(&r, N - 1, 1e-3), stays);
  assert_int_equal(size_of_tracks(&r, 3), 2);
  size_t told = 0;
  for (size_t i = 0; i < N; i++) {
    const eis_track_row *m = row_of(moves, i), *s = row_of(stays, i);
    if (m) assert_true(fabs(m->R - 30) < 3 * m->R_error + 0.5);
    if (s) assert_true(fabs(s->R - 80) < 3 * s->R_error + 0.5);
    if (i >= 8 && i <= 12)
      told += m && s && m->shared >= 0 && s->shared >= 0 && m->R_error > 3 && s->R_error > 3;
  }
  assert_int_equal(told, 5); /* where they lie on each other, that is said */
  assert_true(fabs(stays->evidence.value[EIS_SIGNATURE_SOC]) < 0.3);
  assert_true(isnan(stays->evidence.value[EIS_SIGNATURE_SOC_BEND])); /* flat: nothing to bend */
  end(&q, &r);
}

/* Space charge keeps its C while R and tau move with SOC; the other arc stays. */
static void space_charge_keeps_its_capacitance(void **state) {
  static sequence q;
  enum { N = 16 };
  (void)state;
  q.n = 0;
  for (size_t i = 0; i < N; i++) {
    const double x = soc_of(i, N), R = 8 * exp(1.5 * x);
    const arc a[] = {{60, 2e-2, 0.92}, {R, R * 4e-6, 0.99}};
    add(&q, 2, a, 0.002);
    q.at[i].soc = x;
  }
  eis_track_result r = follow(&q);
  const eis_track *t = track_at(&r, 0, 3.2e-5);
  assert_non_null(t);
  assert_int_equal(t->n_rows, N);
  assert_true(fabs(t->evidence.value[EIS_SIGNATURE_SOC] - 1.5) < 0.1);
  assert_true(fabs(t->evidence.value[EIS_SIGNATURE_DRIFT]) < 0.06);
  for (size_t i = 0; i < N; i++) assert_true(fabs(t->row[i].C / 4e-6 - 1) < 0.1);
  end(&q, &r);
}

/* ---- births, missing spectra, weak spectra ---- */

/* An interphase comes after a third of the time and grows as a root, its time constant stays. */
static void an_interphase_is_born(void **state) {
  static sequence q;
  enum { N = 24, BORN = 8 };
  (void)state;
  q.n = 0;
  for (size_t i = 0; i < N; i++) {
    const arc a[] = {{50, 5e-2, 0.9},
                     {i < BORN ? 0 : 8 + 8 * sqrt((double)(i - BORN)), 2e-4, 0.92}};
    add(&q, i < BORN ? 1 : 2, a, 0.002);
    q.at[i].age = 10 * (double)i;
  }
  eis_track_result r = follow(&q);
  const eis_track *t = track_at(&r, N - 1, 2e-4);
  assert_non_null(t);
  for (size_t i = 0; i < N; i++) {
    const eis_track_row *row = row_of(t, i);
    if (i < BORN)
      assert_null(row);
    else
      assert_non_null(row);
    if (row) {
      assert_true(fabs(row->R / (8 + 8 * sqrt((double)(i - BORN))) - 1) < 0.06);
      assert_true(fabs(log10(row->tau / 2e-4)) < 0.05);
    }
  }
  assert_int_equal(size_of_tracks(&r, 2), 2);
  assert_true(fabs(t->evidence.value[EIS_SIGNATURE_DRIFT] + 1) < 0.15);
  end(&q, &r);
}

static void spectra_are_missing(void **state) {
  static sequence q;
  enum { N = 20 };
  (void)state;
  q.n = 0;
  for (size_t i = 0; i < N; i++) {
    const double x = soc_of(i, N);
    const arc a[] = {{40 + 30 * x, 2e-2, 0.9}, {20, 1e-4 * pow(10, 0.7 * x), 0.9}};
    add(&q, 2, a, 0.002);
    q.at[i].soc = x;
    if (i % 4 == 1) q.at[i].n = q.at[i].n_peaks = 0;
  }
  eis_track_result r = follow(&q);
  const eis_track *fast = track_at(&r, 0, 1e-4), *slow = track_at(&r, 0, 2e-2);
  assert_non_null(fast);
  assert_ptr_equal(track_at(&r, N - 1, 5e-4), fast);
  assert_ptr_equal(track_at(&r, N - 1, 2e-2), slow);
  assert_int_equal(fast->n_rows, 15);
  assert_null(row_of(fast, 5));
  end(&q, &r);
}

/* A shoulder that a noisy spectrum does not show by itself, with (R = 25) and without it in that
   spectrum. */
static void shoulder_sequence(sequence *q, size_t weak, double R) {
  q->n = 0;
  for (size_t i = 0; i < 15; i++) {
    const arc a[] = {{100, 1e-2, 0.88}, {i == weak ? R : 25, 1.1e-3, 0.92}};
    add(q, a[1].R > 0 ? 2 : 1, a, i == weak ? 0.04 : 0.0015);
    q->at[i].age = (double)i;
  }
}

static void neighbours_show_a_shoulder(void **state) {
  static sequence q;
  (void)state;
  shoulder_sequence(&q, 7, 25);
  assert_int_equal(q.drt[6].n_peaks, 2);
  assert_int_equal(q.drt[7].n_peaks, 1); /* the single distribution misses it */
  eis_track_result r = follow(&q);
  const eis_track *t = track_at(&r, 0, 1.1e-3);
  assert_non_null(t);
  const eis_track_row *row = row_of(t, 7);
  assert_non_null(row);
  assert_int_equal(row->peak, -1);
  assert_true(fabs(row->R - 25) < 3 * row->R_error && row->R_error < 8);
  end(&q, &r);
}

static void and_do_not_invent_one(void **state) {
  static sequence q;
  (void)state;
  shoulder_sequence(&q, 7, 0);
  eis_track_result r = follow(&q);
  const eis_track *t = track_at(&r, 0, 1.1e-3);
  assert_non_null(t);
  assert_null(row_of(t, 7));
  assert_true(t->n_rows >= 13);
  end(&q, &r);
}

/* A jump is a jump: it is not spread over its neighbours. */
static void jumps_stay_sharp(void **state) {
  static sequence q;
  enum { N = 16 };
  (void)state;
  q.n = 0;
  for (size_t i = 0; i < N; i++) {
    const arc a[] = {{50, 2e-2, 0.9}, {i < N / 2 ? 20 : 35, 2e-4, 0.9}};
    add(&q, 2, a, 0.002);
    q.at[i].age = (double)i;
  }
  eis_track_result r = follow(&q);
  const eis_track *t = track_at(&r, 0, 2e-4);
  assert_non_null(t);
  assert_int_equal(t->n_rows, N);
  for (size_t i = 0; i < N; i++) assert_true(fabs(t->row[i].R / (i < N / 2 ? 20 : 35) - 1) < 0.04);
  end(&q, &r);
}

/* ---- temperature ---- */

/* From 0 to 60 C every arc moves over more than the distance to its neighbour. */
static void temperature_moves_all(void **state) {
  static sequence q;
  enum { N = 13 };
  const double kB = 8.617333262e-5;
  (void)state;
  q.n = 0;
  for (size_t i = 0; i < N; i++) {
    const double T = 273.15 + 5 * (double)i, x = (1 / T - 1 / 298.15) / kB;
    const arc a[] = {{20 * exp(0.4 * x), 3e-5 * exp(0.4 * x), 0.95},
                     {30 * exp(0.5 * x), 1e-3 * exp(0.5 * x), 0.92},
                     {40 * exp(0.6 * x), 2e-2 * exp(0.6 * x), 0.9}};
    add(&q, 3, a, 0.002);
    q.at[i].T = T;
  }
  eis_track_result r = follow(&q);
  const double Ea[] = {0.4, 0.5, 0.6}, tau[] = {3e-5, 1e-3, 2e-2};
  assert_int_equal(size_of_tracks(&r, 2), 3);
  for (size_t t = 0; t < 3; t++) {
    const eis_track *k = track_at(&r, 5, tau[t]);
    assert_non_null(k);
    assert_true(k->n_rows >= N - 1);
    assert_true(fabs(k->evidence.value[EIS_SIGNATURE_EA] - Ea[t]) < 0.03);
  }
  end(&q, &r);
}

/* ---- the same bytes, errors ---- */

static void results_are_the_same(void **state) {
  static sequence q;
  (void)state;
  shoulder_sequence(&q, 3, 25);
  eis_track_result a = follow(&q), b = follow(&q);
  assert_int_equal(a.n_tracks, b.n_tracks);
  for (size_t t = 0; t < a.n_tracks; t++) {
    assert_int_equal(a.track[t].n_rows, b.track[t].n_rows);
    for (size_t k = 0; k < a.track[t].n_rows; k++) {
      const eis_track_row *x = &a.track[t].row[k], *y = &b.track[t].row[k];
      assert_memory_equal(&x->R, &y->R, sizeof x->R);
      assert_memory_equal(&x->R_error, &y->R_error, sizeof x->R);
    }
  }
  eis_track_result_clear(&b);
  end(&q, &a);
}

/* The arc of the bulk lies above 1 MHz, and its -j w R tau is what the leads have, too: a single
   distribution finds no inductance.  The series resistance must not suffer from that. */
static void leads_hide_behind_the_bulk(void **state) {
  static sequence q;
  double inside = 0, bias = 0;
  (void)state;
  q = (sequence){.L = 5e-7};
  for (size_t i = 0; i < MOST; i++) {
    const double s = soc_of(i, MOST);
    const arc a[] = {{40, 2e-8, 1}, {30 * exp(s), 3e-4, 0.9}};
    add(&q, 2, a, 0.002);
  }
  eis_track_result r = follow(&q);
  assert_true(r.track[0].series);
  assert_int_equal(r.track[0].n_rows, MOST);
  for (size_t i = 0; i < MOST; i++) {
    const eis_track_row *row = &r.track[0].row[i];
    inside += fabs(row->R - 60) < 1.96 * row->R_error;
    bias += (row->R / 60 - 1) / MOST;
  }
  assert_true(fabs(bias) < 0.0005);
  assert_true(inside >= 0.9 * MOST);
  end(&q, &r);
}

/* 10 pF is the electrolyte itself: what lies in series with that arc is not its bulk. */
static void a_plate_is_the_bulk(void **state) {
  static sequence q;
  eis_process_table *table;
  eis_error err = EIS_ERROR_INIT;
  (void)state;
  if (eis_process_table_read(NULL, &table, &err)) fail_msg("%s", err.text);
  for (int plate = 0; plate < 2; plate++) {
    eis_track_result r;
    q = (sequence){.L = 0};
    for (size_t i = 0; i < 6; i++) {
      const arc a = {plate ? 1e6 : 100, plate ? 1e-5 : 1e-3, 0.95};
      add(&q, 1, &a, 0.002);
    }
    const eis_track_input in = {.n = q.n,
                                .at = q.at,
                                .processes = table,
                                .conditions = eis_process_conditions_default()};
    if (eis_track_run(&in, &r, &err)) fail_msg("%s", err.text);
    assert_true(r.track[0].series);
    if (plate) {
      assert_int_equal(r.track[0].process, -1);
      assert_true(r.track[0].probability > 0.5);
    } else {
      assert_string_equal(eis_process_key(table, (size_t)r.track[0].process), "SE_bulk");
    }
    end(&q, &r);
  }
  eis_process_table_free(table);
}

static void nothing_to_follow(void **state) {
  eis_track_result r;
  eis_error err = EIS_ERROR_INIT;
  eis_track_input in = {.n = 0};
  (void)state;
  assert_int_equal(eis_track_run(&in, &r, &err), EIS_ERROR_INPUT);
  assert_string_equal(err.text, "there are no spectra to follow");
  eis_error_clear(&err);
  /* spectra without anything: no track, no crash */
  eis_track_spectrum empty[3] = {0};
  for (size_t i = 0; i < 3; i++)
    empty[i] = (eis_track_spectrum){.R_inf = NAN,
                                    .L = NAN,
                                    .C_inv = NAN,
                                    .noise_percent = NAN,
                                    .soc = NAN,
                                    .age = NAN,
                                    .T = NAN,
                                    .pressure = NAN,
                                    .tau_min = 1e-7,
                                    .tau_max = 1};
  in = (eis_track_input){.n = 3, .at = empty, .conditions = eis_process_conditions_default()};
  assert_int_equal(eis_track_run(&in, &r, &err), EIS_OK);
  for (size_t t = 0; t < r.n_tracks; t++) assert_int_equal(r.track[t].n_rows, 0);
  eis_track_result_clear(&r);
}

/* ---- the flow against all sets of paths ---- */

enum { NODES = 5 };

/* Every node has one of: no path, end of one, or a later node behind it. */
static double best_by_trying(const double birth[], const double worth[], double link[][NODES],
                             size_t i, int *next) {
  if (i == NODES) {
    double cost = 0;
    bool led[NODES] = {false};
    for (size_t a = 0; a < NODES; a++)
      if (next[a] >= 0) {
        if (led[next[a]]) return INFINITY; /* two before one */
        led[next[a]] = true;
        if (next[next[a]] == -2) return INFINITY; /* leads to an unused node */
      }
    for (size_t a = 0; a < NODES; a++) {
      if (next[a] == -2) {
        if (led[a]) return INFINITY;
        continue;
      }
      cost += worth[a] + (led[a] ? 0 : birth[a]) + (next[a] < 0 ? birth[a] : link[a][next[a]]);
    }
    return cost;
  }
  double best = INFINITY;
  for (int k = -2; k < NODES; k++) {
    if (k >= 0 && (size_t)k <= i) continue;
    next[i] = k;
    best = fmin(best, best_by_trying(birth, worth, link, i + 1, next));
  }
  return best;
}

static void the_flow_is_the_optimum(void **state) {
  (void)state;
  for (uint64_t seed = 1; seed <= 200; seed++) {
    eisi_rng rng;
    eisi_flow_edge edge[64];
    double birth[NODES], worth[NODES], link[NODES][NODES], cost;
    int next[NODES];
    size_t n = 0;
    eisi_rng_seed(&rng, seed, 5);
    for (size_t i = 0; i < NODES; i++) {
      birth[i] = 3 * eisi_rng_uniform(&rng);
      worth[i] = -5 * eisi_rng_uniform(&rng);
      for (size_t k = 0; k < NODES; k++) link[i][k] = 4 * eisi_rng_uniform(&rng);
    }
    for (size_t i = 0; i < NODES; i++) {
      edge[n++] = (eisi_flow_edge){.from = 0, .to = 2 + 2 * i, .cost = birth[i]};
      edge[n++] = (eisi_flow_edge){.from = 2 + 2 * i, .to = 3 + 2 * i, .cost = worth[i]};
      edge[n++] = (eisi_flow_edge){.from = 3 + 2 * i, .to = 1, .cost = birth[i]};
      for (size_t k = i + 1; k < NODES; k++)
        edge[n++] = (eisi_flow_edge){.from = 3 + 2 * i, .to = 2 + 2 * k, .cost = link[i][k]};
    }
    assert_int_equal(eisi_flow_solve(2 + 2 * NODES, n, edge, &cost, NULL), EIS_OK);
    assert_true(fabs(cost - best_by_trying(birth, worth, link, 0, next)) < 1e-9);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(arcs_cross),
      cmocka_unit_test(space_charge_keeps_its_capacitance),
      cmocka_unit_test(an_interphase_is_born),
      cmocka_unit_test(spectra_are_missing),
      cmocka_unit_test(neighbours_show_a_shoulder),
      cmocka_unit_test(and_do_not_invent_one),
      cmocka_unit_test(jumps_stay_sharp),
      cmocka_unit_test(temperature_moves_all),
      cmocka_unit_test(results_are_the_same),
      cmocka_unit_test(leads_hide_behind_the_bulk),
      cmocka_unit_test(a_plate_is_the_bulk),
      cmocka_unit_test(nothing_to_follow),
      cmocka_unit_test(the_flow_is_the_optimum),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
