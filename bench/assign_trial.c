/* assign_trial.c - are the peaks of solid-state cells named right, and how often when it says 90 %?

   Random cells (assb_cell.c), measured with noise, through the default DRT; every peak is compared
   with the process that holds most of gamma under it.

   usage: assign_trial [CELLS [SEED [GIVEN]]]   GIVEN: all, cell (no area and no temperature),
   nothing; default: each of them in turn.  A minus sign in front of CELLS lists the wrong ones. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <eisfit/drt.h>
#include <eisfit/process.h>

#include "assb_cell.h"

enum { BINS = 10, NONE = ASSB_PROCESSES, KINDS = ASSB_PROCESSES + 1, GIVEN = 3, MOST_PEAKS = 32 };

static const char *const given_name[GIVEN] = {
    "area, temperature, materials, SOC", "materials and SOC only", "nothing"};

typedef struct bins {
  double predicted[BINS];
  long right[BINS], n[BINS];
} bins;

typedef struct tally {
  long peaks, right;            /* all peaks */
  long matched, matched_right;  /* those that are a process */
  long second;                  /* the right one is second */
  long confusion[KINDS][KINDS]; /* truth, label */
  bins label, pairs;            /* probability of the label; of every process of every peak */
  double log_score;             /* sum of -ln of the probability of the truth */
} tally;

typedef struct trial {
  const eis_process_table *table;
  eis_drt_work *work;
  int index[ASSB_PROCESSES]; /* in the table */
  tally t[GIVEN];
  bool first_given[GIVEN], list;
  long cells, failed, empty;
  uint64_t seed;
} trial;

/* ---- the truth ---- */

typedef struct origin {
  int process; /* NONE when what is there has not the resistance of the peak */
  double share[ASSB_PROCESSES], total, found; /* ohm: of each process, of all, of the DRT */
} origin;

/* gamma of every process, integrated over the width of the peak: .3 to 1 decade. */
static origin truth_of(const assb_cell *c, const eis_drt_result *r, const eis_drt_peak *p) {
  enum { STEPS = 24 };
  const double half = fmin(fmax(p->width / 2, 0.15), 0.5), h = 2 * half / STEPS * log(10);
  origin t = {.process = NONE};
  for (int i = 0; i < STEPS; i++) {
    const double tau = p->tau * pow(10, half * (2 * (i + 0.5) / STEPS - 1));
    for (int k = 0; k < ASSB_PROCESSES; k++) t.share[k] += h * assb_cell_share(c, k, tau);
    t.found += h * eis_drt_at(r, tau);
  }
  int best = 0;
  for (int k = 0; k < ASSB_PROCESSES; k++) {
    t.total += t.share[k];
    if (k != ASSB_COMPOSITE && t.share[k] > t.share[best]) best = k;
  }
  /* arcs along long pores depend on wall and ions to equal parts: a tie is the wall's; below the
     charge transfer the ions fill the particles, which is diffusion along the pores */
  if (t.share[ASSB_COMPOSITE] > 0.6 * t.total)
    best = p->tau < c->arc[ASSB_CT].R * c->arc[ASSB_CT].C ? ASSB_COMPOSITE : ASSB_DIFFUSION;
  if (t.found < 3 * t.total && t.found > t.total / 3) t.process = best;
  return t;
}

/* ---- counting ---- */

static void count(bins *b, double p, bool right) {
  const int i = (int)fmin(p * BINS, BINS - 1);
  b->predicted[i] += p;
  b->right[i] += right;
  b->n[i]++;
}

static int kind_of(const trial *x, int process) {
  for (int k = 0; k < ASSB_PROCESSES; k++)
    if (process >= 0 && x->index[k] == process) return k;
  return NONE;
}

static void count_peak(trial *x, tally *t, const eis_process_label *l, int truth) {
  const size_t n = eis_process_count(x->table);
  const size_t right = truth == NONE ? n : (size_t)x->index[truth];
  const int label = kind_of(x, l->process);
  int better = 0;
  t->peaks++;
  t->right += label == truth;
  t->matched += truth != NONE;
  t->matched_right += truth != NONE && label == truth;
  t->confusion[truth][label]++;
  count(&t->label, l->probability, label == truth);
  for (size_t k = 0; k <= n; k++) {
    if (l->posterior[k] > 0) count(&t->pairs, l->posterior[k], k == right);
    better += l->posterior[k] > l->posterior[right];
  }
  t->second += better == 1;
  t->log_score -= log(fmax(l->posterior[right], 1e-6));
}

static void list_peak(const assb_cell *c, const eis_drt_peak *p, const eis_process_label *l,
                      const origin *t) {
  printf(
      "%s %s %s, %.0f C, SOC %.2f: f %.3g Hz, R %.3g ohm cm2, C %.3g F/cm2, width %.2f, truth %s "
      "%.2f of the peak:",
      c->electrolyte, c->anode, c->coating, c->T - 273.15, c->soc, 1 / (2 * M_PI * p->tau),
      p->R * c->area, p->tau / p->R / c->area, p->width,
      t->process == NONE ? "none" : assb_process(t->process), t->total / t->found);
  for (int k = 0; k < ASSB_PROCESSES; k++)
    if (t->share[k] > 0.02 * t->total) printf(" %s %.2f", assb_process(k), t->share[k] / t->total);
  printf("\n  %s\n", l->explanation);
}

/* ---- one cell ---- */

static eis_process_conditions conditions_of(const assb_cell *c, int given) {
  eis_process_conditions k = eis_process_conditions_default();
  k.f_min = c->f_min;
  k.f_max = c->f_max;
  if (given == 2) return k;
  k.electrolyte = c->electrolyte;
  k.anode = c->anode;
  k.coating = c->coating;
  k.soc = c->soc;
  if (given == 1) return k;
  k.area_m2 = c->area * 1e-4;
  k.T = c->T;
  k.thickness_m = c->thickness * 1e-2;
  return k;
}

static eis_status assign_all(trial *x, const assb_cell *c, const eis_drt_result *r,
                             eis_error *err) {
  for (int g = 0; g < GIVEN; g++) {
    eis_process_assignment a;
    const eis_process_input in = {.n_peaks = r->n_peaks, .peak = r->peak,
                                  .conditions = conditions_of(c, g)};
    if (!x->first_given[g]) continue;
    const eis_status st = eis_process_assign(x->table, &in, &a, err);
    if (st != EIS_OK) return st;
    for (size_t i = 0; i < a.n_peaks; i++) {
      const origin t = truth_of(c, r, &r->peak[i]);
      count_peak(x, &x->t[g], &a.peak[i], t.process);
      if (x->list && kind_of(x, a.peak[i].process) != t.process)
        list_peak(c, &r->peak[i], &a.peak[i], &t);
    }
    eis_process_assignment_clear(&a);
  }
  return EIS_OK;
}

static eis_status run_cell(trial *x, uint64_t index, eis_error *err) {
  assb_cell c;
  eis_spectrum s;
  eis_drt_result r;
  assb_cell_draw(x->seed, index, &c);
  eis_status st = assb_cell_measure(&c, x->seed, index, &s, err);
  if (st != EIS_OK) return st;
  st = eis_drt_work_run(x->work, &s, &r, err);
  eis_spectrum_clear(&s);
  if (st != EIS_OK) return st;
  x->empty += r.n_peaks == 0;
  st = assign_all(x, &c, &r, err);
  eis_drt_result_clear(&r);
  return st;
}

/* ---- the report ---- */

static double percent(long a, long of) { return of ? 100.0 * (double)a / (double)of : NAN; }

static void print_bins(const char *title, const bins *b) {
  double off = 0;
  long n = 0;
  printf("# calibration, %s\n# predicted  observed  error  number\n", title);
  for (int i = 0; i < BINS; i++) {
    if (b->n[i] == 0) continue;
    const double m = (double)b->n[i], p = b->predicted[i] / m, o = (double)b->right[i] / m;
    printf("%11.4f %9.4f %6.4f %7ld\n", p, o, sqrt(p * (1 - p) / m), b->n[i]);
    off += m * fabs(p - o);
    n += b->n[i];
  }
  printf("# mean |predicted - observed| %.2f %%\n\n", 100 * off / (double)n);
}

static void print_confusion(const tally *t) {
  printf("%-13s", "# truth");
  for (int k = 0; k < KINDS; k++) printf("%10.9s", k == NONE ? "none" : assb_process(k));
  printf("   right\n");
  for (int q = 0; q < KINDS; q++) {
    long sum = 0;
    printf("# %-11s", q == NONE ? "none" : assb_process(q));
    for (int k = 0; k < KINDS; k++) {
      printf("%10ld", t->confusion[q][k]);
      sum += t->confusion[q][k];
    }
    printf("  %5.1f %%\n", percent(t->confusion[q][q], sum));
  }
  printf("\n");
}

static void report(const trial *x, int g) {
  const tally *t = &x->t[g];
  printf("# given: %s\n", given_name[g]);
  printf("# %ld cells, %ld peaks: top-1 %.1f %%, right one first or second %.1f %%, -ln p %.3f\n",
         x->cells, t->peaks, percent(t->right, t->peaks), percent(t->right + t->second, t->peaks),
         t->log_score / (double)t->peaks);
  printf("# peaks that are a process: %ld, top-1 %.1f %%\n", t->matched,
         percent(t->matched_right, t->matched));
  printf("# with interphase and ion transport in the pores as one name: %.1f %%\n",
         percent(t->matched_right + t->confusion[ASSB_CEI][ASSB_COMPOSITE] +
                     t->confusion[ASSB_COMPOSITE][ASSB_CEI],
                 t->matched));
  print_confusion(t);
  print_bins("probability of the label", &t->label);
  print_bins("probability of every process of every peak", &t->pairs);
}

static int prepare(trial *x, eis_process_table **table, eis_error *err) {
  if (eis_process_table_read(NULL, table, err) != EIS_OK) return 1;
  x->table = *table;
  for (int k = 0; k < ASSB_PROCESSES; k++) {
    x->index[k] = -1;
    for (size_t i = 0; i < eis_process_count(*table); i++)
      if (strcmp(eis_process_key(*table, i), assb_process(k)) == 0) x->index[k] = (int)i;
    if (x->index[k] < 0) return 1;
  }
  return eis_drt_work_new(NULL, &x->work, err) != EIS_OK;
}

int main(int argc, char **argv) {
  static const char *const word[GIVEN] = {"all", "cell", "nothing"};
  trial *x = calloc(1, sizeof *x);
  eis_process_table *table = NULL;
  eis_error err = EIS_ERROR_INIT;
  if (!x) return 5;
  const long n = argc > 1 ? strtol(argv[1], NULL, 10) : 500;
  x->list = n < 0;
  x->cells = labs(n);
  x->seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
  for (int g = 0; g < GIVEN; g++) x->first_given[g] = argc < 4 || strcmp(argv[3], word[g]) == 0;
  if (prepare(x, &table, &err) != 0) {
    fprintf(stderr, "assign_trial: %s\n", err.text);
    return 3;
  }
  for (long i = 0; i < x->cells; i++)
    if (run_cell(x, (uint64_t)i, &err) != EIS_OK) {
      fprintf(stderr, "cell %ld: %s\n", i, err.text);
      eis_error_clear(&err);
      x->failed++;
    }
  printf("# seed %llu, failed %ld, without peaks %ld\n", (unsigned long long)x->seed, x->failed,
         x->empty);
  for (int g = 0; g < GIVEN; g++)
    if (x->first_given[g]) report(x, g);
  eis_drt_work_free(x->work);
  eis_process_table_free(table);
  free(x);
  return 0;
}
