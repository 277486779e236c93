#include "analysis/starts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/shapes.h"
#include "model/eval.h"
#include "numerics/kernel.h"
#include "numerics/linalg.h"
#include "numerics/rng.h"

enum {
  GRID_MAX = 36,      /* points the dictionary is evaluated on */
  STATES_MAX = 64,    /* combinations kept */
  SWAPS_MAX = 64,     /* second choices kept */
  SWEEPS_MAX = 6,
  ATOMS_MAX = 140     /* of one block: the last of atoms_for */
};

/* atoms of one block for so many shape parameters */
static const int atoms_for[] = {1, 30, 64, 100, 140};

typedef struct state {
  int atom[EISI_BLOCKS_MAX]; /* index into the dictionary, one per block */
  double coef[EISI_BLOCKS_MAX];
  double misfit;
} state;

struct eisi_starts {
  const eis_circuit *c;
  eisi_block block[EISI_BLOCKS_MAX];
  int n_blocks;
  int first_atom[EISI_BLOCKS_MAX + 1];
  int n_atoms, n_all;        /* n_all: one more per block, the shape of an optimum (refine) */
  int twin[EISI_BLOCKS_MAX]; /* blocks with the same number may exchange their parameters */
  size_t n, *point;          /* thinned grid: n points, their indices */
  eis_eval *eval;
  eisi_scope scope;
  double *p;         /* n_params per atom slot: values of the atoms, slot = atom in its block */
  double *p_optimum; /* n_params */
  double *shape;     /* 2n x n_all: impedances */
  double w[2 * GRID_MAX]; /* weights on the thinned grid */
  double *A, *G;          /* weighted impedances, Gram matrix */
  double *y, *b;          /* weighted data, A'y */
  double yy;
  state *kept, *swaps; /* sorted by misfit: where the descents ended, their second choices */
  int n_kept, n_swaps;
};

void eisi_starts_free(eisi_starts *s) {
  if (!s) return;
  eis_eval_free(s->eval);
  free(s->point);
  free(s->p);
  free(s->p_optimum);
  free(s->shape);
  free(s->A);
  free(s->G);
  free(s->y);
  free(s->b);
  free(s->kept);
  free(s->swaps);
  free(s);
}

static eis_status thin_grid(eisi_starts *s, const eisi_problem *q, eis_error *err) {
  double f[GRID_MAX];
  s->n = q->n < GRID_MAX ? q->n : GRID_MAX;
  s->point = eisi_new(s->n, sizeof *s->point, err);
  if (!s->point) return EIS_ERROR_MEMORY;
  for (size_t k = 0; k < s->n; k++) {
    s->point[k] = s->n > 1 ? (k * (q->n - 1) + (s->n - 1) / 2) / (s->n - 1) : 0;
    f[k] = q->f[s->point[k]];
  }
  double fmin = f[0], fmax = f[0];
  for (size_t k = 0; k < q->n; k++) {
    fmin = fmin < q->f[k] ? fmin : q->f[k];
    fmax = fmax > q->f[k] ? fmax : q->f[k];
  }
  /* beyond the window: arcs whose flank only is seen, slow diffusion */
  s->scope.tau_min = 1 / (2 * M_PI * fmax) / 3.2;
  s->scope.tau_max = 1 / (2 * M_PI * fmin) * 10;
  return eis_eval_new(s->c, f, s->n, &s->eval, err);
}

static void count_atoms(eisi_starts *s) {
  const int most = (int)(sizeof atoms_for / sizeof atoms_for[0]) - 1;
  for (int i = 0; i < s->n_blocks; i++) {
    const int dims = s->block[i].n_shape;
    s->first_atom[i] = s->n_atoms;
    s->n_atoms += atoms_for[dims < most ? dims : most];
  }
  s->first_atom[s->n_blocks] = s->n_atoms;
  s->n_all = s->n_atoms + s->n_blocks;
}

/* Values and impedances of all atoms: slot t of every block in one evaluation of the circuit. */
static void make_shapes(eisi_starts *s, double level) {
  s->scope.level = level;
  const size_t np = (size_t)s->c->n_params, m = 2 * s->n;
  double z[2 * GRID_MAX];
  int slots = 0;
  for (int i = 0; i < s->n_blocks; i++) {
    const int n = s->first_atom[i + 1] - s->first_atom[i];
    if (n > slots) slots = n;
  }
  for (int t = 0; t < slots; t++) {
    double *p = s->p + np * (size_t)t;
    eisi_shape_values(s->c, s->block, s->n_blocks, (uint64_t)t, &s->scope, p);
    eis_eval_run(s->eval, p, z, NULL, NULL);
    for (int i = 0; i < s->n_blocks; i++)
      if (t < s->first_atom[i + 1] - s->first_atom[i])
        memcpy(s->shape + m * (size_t)(s->first_atom[i] + t),
               eisi_eval_node(s->eval, s->block[i].node), m * sizeof(double));
  }
}

eis_status eisi_starts_new(const eisi_problem *q, eisi_starts **out, eis_error *err) {
  *out = NULL;
  eisi_starts *s = eisi_new(1, sizeof *s, err);
  if (!s) return EIS_ERROR_MEMORY;
  s->c = q->c;
  s->n_blocks = eisi_blocks_find(q->c, s->block);
  count_atoms(s);
  for (int i = 0; i < s->n_blocks; i++) {
    s->twin[i] = i;
    for (int j = 0; j < i; j++)
      if (s->twin[j] == j && eisi_blocks_alike(q->c, &s->block[j], &s->block[i])) s->twin[i] = j;
  }
  eis_status st = thin_grid(s, q, err);
  const size_t m = 2 * s->n, atoms = (size_t)s->n_all, np = (size_t)q->c->n_params;
  if (st == EIS_OK) {
    s->p_optimum = eisi_new(np, sizeof(double), err);
    s->p = eisi_new(np * atoms, sizeof(double), err);
    s->shape = eisi_new(m * atoms, sizeof(double), err);
    s->A = eisi_new(m * atoms, sizeof(double), err);
    s->G = eisi_new(atoms * atoms, sizeof(double), err);
    s->y = eisi_new(m, sizeof(double), err);
    s->b = eisi_new(atoms, sizeof(double), err);
    s->kept = eisi_new(STATES_MAX, sizeof *s->kept, err);
    s->swaps = eisi_new(SWAPS_MAX, sizeof *s->swaps, err);
    if (!s->p || !s->p_optimum || !s->shape || !s->A || !s->G || !s->y || !s->b || !s->kept ||
        !s->swaps)
      st = EIS_ERROR_MEMORY;
  }
  if (st == EIS_OK) {
    make_shapes(s, 1);
    *out = s;
  } else {
    eisi_starts_free(s);
  }
  return st;
}

static void weigh(eisi_starts *s, const eisi_problem *q) {
  const size_t n = s->n, m = 2 * n;
  double *w = s->w, level = 0;
  bool absolute = false;
  for (size_t k = 0; k < n; k++) {
    const size_t i = s->point[k];
    w[k] = q->weight[i];
    w[n + k] = q->weight[q->n + i];
    s->y[k] = w[k] * q->data[i];
    s->y[n + k] = w[n + k] * q->data[q->n + i];
    level = fmax(level, hypot(q->data[i], q->data[q->n + i]));
  }
  for (int i = 0; i < s->n_blocks; i++) absolute |= !s->block[i].scalable;
  if (absolute) make_shapes(s, level);
  for (size_t t = 0; t < (size_t)s->n_all; t++)
    eisi_weighted_column(m, w, s->shape + m * t, 1, s->A + m * t);
  eisi_gram(m, (size_t)s->n_all, s->A, s->G);
  eisi_gemv_t(m, (size_t)s->n_all, s->A, s->y, s->b);
  s->yy = eisi_sum_squares(m, s->y);
}

/* Solves G c = b (k x k, k <= EISI_BLOCKS_MAX) by Cholesky; false when not positive definite. */
static bool solve_small(int k, double G[][EISI_BLOCKS_MAX], double *c) {
  for (int j = 0; j < k; j++) {
    const double before = G[j][j];
    for (int i = 0; i < j; i++) G[j][j] -= G[j][i] * G[j][i];
    if (!(G[j][j] > 1e-12 * before)) return false;
    G[j][j] = sqrt(G[j][j]);
    for (int r = j + 1; r < k; r++) {
      for (int i = 0; i < j; i++) G[r][j] -= G[r][i] * G[j][i];
      G[r][j] /= G[j][j];
    }
    for (int i = 0; i < j; i++) c[j] -= G[j][i] * c[i];
    c[j] /= G[j][j];
  }
  for (int j = k; j-- > 0;) {
    for (int r = j + 1; r < k; r++) c[j] -= G[r][j] * c[r];
    c[j] /= G[j][j];
  }
  return true;
}

/* Sizes of the blocks for the chosen atoms, non-negative; blocks that are not scalable count once.
   Negative sizes are dropped, the most negative first, and the rest solved again. */
static void fit_sizes(const eisi_starts *s, state *v) {
  const size_t na = (size_t)s->n_all;
  int use[EISI_BLOCKS_MAX], k = 0;
  double rhs[EISI_BLOCKS_MAX], gain = 0;
  for (int i = 0; i < s->n_blocks; i++) {
    const size_t a = (size_t)v->atom[i];
    v->coef[i] = s->block[i].scalable ? 0 : 1;
    rhs[i] = s->b[a];
    if (s->block[i].scalable)
      use[k++] = i;
    else
      gain += 2 * s->b[a];
  }
  for (int i = 0; i < s->n_blocks; i++)
    for (int j = 0; j < s->n_blocks; j++)
      if (!s->block[j].scalable) {
        const double g = s->G[(size_t)v->atom[i] * na + (size_t)v->atom[j]];
        if (s->block[i].scalable)
          rhs[i] -= g;
        else
          gain -= g;
      }
  while (k > 0) {
    double G[EISI_BLOCKS_MAX][EISI_BLOCKS_MAX], c[EISI_BLOCKS_MAX];
    int worst = -1;
    for (int i = 0; i < k; i++) {
      c[i] = rhs[use[i]];
      for (int j = 0; j <= i; j++)
        G[i][j] = s->G[(size_t)v->atom[use[i]] * na + (size_t)v->atom[use[j]]];
    }
    const bool ok = solve_small(k, G, c);
    for (int i = 0; i < k; i++)
      if (!ok ? i == k - 1 : c[i] < 0 && (worst < 0 || c[i] < c[worst])) worst = i;
    if (worst < 0) {
      for (int i = 0; i < k; i++) {
        v->coef[use[i]] = c[i];
        gain += c[i] * rhs[use[i]];
      }
      break;
    }
    for (int i = worst; i + 1 < k; i++) use[i] = use[i + 1];
    k--;
  }
  v->misfit = s->yy - gain;
}

/* The other blocks when one takes a new atom: Cholesky factor of their Gram matrix. */
typedef struct others {
  int k;
  size_t atom[EISI_BLOCKS_MAX];
  double L[EISI_BLOCKS_MAX][EISI_BLOCKS_MAX]; /* inverse diagonal */
  double h[EISI_BLOCKS_MAX];                  /* L^-1 b */
  double misfit;                              /* with sizes of any sign */
} others;

/* false: a block that is not scalable, or atoms too alike. */
static bool factor_others(const eisi_starts *s, const state *v, int i, others *o) {
  const size_t na = (size_t)s->n_all;
  o->k = 0;
  o->misfit = s->yy;
  for (int j = 0; j < s->n_blocks; j++) {
    if (!s->block[j].scalable) return false;
    if (j != i) o->atom[o->k++] = (size_t)v->atom[j];
  }
  for (int j = 0; j < o->k; j++) {
    const double *row = s->G + na * o->atom[j];
    double d = row[o->atom[j]], t = s->b[o->atom[j]];
    for (int l = 0; l < j; l++) {
      double g = row[o->atom[l]];
      for (int q = 0; q < l; q++) g -= o->L[j][q] * o->L[l][q];
      o->L[j][l] = g * o->L[l][l];
      d -= o->L[j][l] * o->L[j][l];
      t -= o->L[j][l] * o->h[l];
    }
    if (!(d > 1e-12 * row[o->atom[j]])) return false;
    o->L[j][j] = 1 / sqrt(d);
    o->h[j] = t * o->L[j][j];
    o->misfit -= o->h[j] * o->h[j];
  }
  return true;
}

/* Least misfit that each atom of block i can reach beside the other atoms of v when those may have
   sizes of any sign: a bound for fit_sizes at a fraction of its cost, -INFINITY where none is
   known. All atoms together, one row of L after the other. */
static void bound_misfits(const eisi_starts *s, const state *v, int i, double *bound) {
  const size_t na = (size_t)s->n_all, first = (size_t)s->first_atom[i];
  const size_t atoms = (size_t)s->first_atom[i + 1] - first;
  double u[EISI_BLOCKS_MAX][ATOMS_MAX], gain[ATOMS_MAX], norm[ATOMS_MAX];
  others o;
  const bool known = factor_others(s, v, i, &o);
  for (size_t a = 0; a < atoms; a++) {
    gain[a] = s->b[first + a];
    norm[a] = s->G[(first + a) * (na + 1)];
    bound[a] = -INFINITY;
  }
  if (!known) return;
  for (int j = 0; j < o.k; j++) {
    const double *row = s->G + na * o.atom[j] + first;
    for (size_t a = 0; a < atoms; a++) {
      double g = row[a];
      for (int l = 0; l < j; l++) g -= o.L[j][l] * u[l][a];
      u[j][a] = g *= o.L[j][j];
      gain[a] -= g * o.h[j];
      norm[a] -= g * g;
    }
  }
  for (size_t a = 0; a < atoms; a++)
    if (norm[a] > 1e-9 * s->G[(first + a) * (na + 1)])
      bound[a] = o.misfit - (gain[a] > 0 ? gain[a] * gain[a] / norm[a] : 0);
}

/* One sweep: each block in turn (of those in `mask`) takes the atom that helps most.  false:
   nothing changed. */
static bool sweep(const eisi_starts *s, unsigned mask, state *v) {
  bool changed = false;
  for (int i = 0; i < s->n_blocks; i++) {
    state best = *v;
    double bound[ATOMS_MAX];
    if (!(mask >> i & 1)) continue;
    bound_misfits(s, v, i, bound);
    for (int a = s->first_atom[i]; a < s->first_atom[i + 1]; a++) {
      state t = *v;
      if (a == v->atom[i] || bound[a - s->first_atom[i]] >= best.misfit) continue;
      t.atom[i] = a;
      fit_sizes(s, &t);
      if (t.misfit < best.misfit * (1 - 1e-9)) best = t;
    }
    changed |= best.atom[i] != v->atom[i];
    *v = best;
  }
  return changed;
}

/* Blocks that are built alike may exchange their atoms: lower slots first, so that a combination
   has one name. */
static void put_in_order(const eisi_starts *s, state *v) {
  for (int i = 0; i < s->n_blocks; i++)
    for (int j = i + 1; j < s->n_blocks; j++) {
      const int slot_i = v->atom[i] - s->first_atom[i], slot_j = v->atom[j] - s->first_atom[j];
      if (s->twin[i] != s->twin[j] || slot_i <= slot_j) continue;
      const double coef = v->coef[i];
      v->atom[i] = s->first_atom[i] + slot_j;
      v->atom[j] = s->first_atom[j] + slot_i;
      v->coef[i] = v->coef[j];
      v->coef[j] = coef;
    }
}

/* Keeps v in a sorted list of at most `max` unless it is there already. */
static void keep(const eisi_starts *s, state *list, int *n, int max, state *v) {
  int at = *n;
  put_in_order(s, v);
  if (at == max && v->misfit >= list[at - 1].misfit) return;
  for (int i = 0; i < *n; i++)
    if (memcmp(list[i].atom, v->atom, sizeof v->atom) == 0) return;
  if (at == max)
    at--;
  else
    ++*n;
  for (; at > 0 && list[at - 1].misfit > v->misfit; at--) list[at] = list[at - 1];
  list[at] = *v;
}

/* Second choices of a state: one block exchanged. */
static void keep_swaps(eisi_starts *s, const state *v) {
  for (int i = 0; i < s->n_blocks; i++) {
    double bound[ATOMS_MAX];
    bound_misfits(s, v, i, bound);
    for (int a = s->first_atom[i]; a < s->first_atom[i + 1]; a++) {
      const bool full = s->n_swaps == SWAPS_MAX;
      state t = *v;
      if (a == v->atom[i]) continue;
      if (full && bound[a - s->first_atom[i]] >= s->swaps[SWAPS_MAX - 1].misfit) continue;
      t.atom[i] = a;
      fit_sizes(s, &t);
      keep(s, s->swaps, &s->n_swaps, SWAPS_MAX, &t);
    }
  }
}

static void random_state(const eisi_starts *s, eisi_rng *rng, state *v) {
  *v = (state){{0}, {0}, 0};
  for (int i = 0; i < s->n_blocks; i++) {
    const int n = s->first_atom[i + 1] - s->first_atom[i];
    v->atom[i] = s->first_atom[i] + (int)(eisi_rng_uniform(rng) * n);
  }
  fit_sizes(s, v);
}

static void search(eisi_starts *s, eisi_rng *rng, int restarts) {
  s->n_kept = s->n_swaps = 0;
  for (int r = 0; r < restarts; r++) {
    state v;
    random_state(s, rng, &v);
    for (int k = 0; k < SWEEPS_MAX && sweep(s, ~0u, &v); k++) continue;
    keep(s, s->kept, &s->n_kept, STATES_MAX, &v);
  }
  for (int i = 0; i < s->n_kept && i < 3; i++) {
    state v = s->kept[i];
    keep_swaps(s, &v);
  }
}

/* Parameter values of a state: shapes of its atoms, blown up to their sizes. */
static void state_params(const eisi_starts *s, const state *v, double *p) {
  const size_t np = (size_t)s->c->n_params;
  double largest = 0;
  for (int i = 0; i < s->n_blocks; i++) largest = fmax(largest, v->coef[i]);
  for (int i = 0; i < s->n_blocks; i++) {
    const eisi_block *b = &s->block[i];
    const double *from = v->atom[i] >= s->n_atoms
                             ? s->p_optimum
                             : s->p + np * (size_t)(v->atom[i] - s->first_atom[i]);
    /* a block that came out at zero starts small */
    const double size = v->coef[i] > 0 ? v->coef[i] : largest > 0 ? 1e-3 * largest : 1;
    for (int j = b->first_param; j < b->first_param + b->n_params; j++) {
      const int power = s->c->param[j].spec->z_power;
      p[j] = from[j];
      if (b->scalable && power) p[j] *= pow(size, power);
    }
  }
}

/* Ends of the descents, second choices and plain random combinations in turn: variety is what finds
   the basin of the best optimum, a good dictionary misfit alone does not. */
int eisi_starts_find(eisi_starts *s, const eisi_problem *q, uint64_t seed, int max, double *x) {
  eisi_rng rng;
  int n = 0;
  if (s->n_blocks == 0) return 0;
  eisi_rng_seed(&rng, seed, 1);
  weigh(s, q);
  search(s, &rng, s->n_blocks > 2 ? 12 : 8);
  for (int i = 0; n < max; i++)
    for (int list = 0; list < 3 && n < max; list++) {
      state v;
      if (list == 0 && i < s->n_kept)
        v = s->kept[i];
      else if (list == 1 && i < s->n_swaps)
        v = s->swaps[i];
      else
        random_state(s, &rng, &v);
      state_params(s, &v, q->p);
      eisi_problem_from_params(q, q->p, x + (size_t)n++ * (size_t)q->n_free);
    }
  return n;
}

/* The branches of the optimum become atoms n_atoms + i of the dictionary. */
static void add_optimum(eisi_starts *s, const eisi_problem *q, const double *x) {
  const size_t m = 2 * s->n, all = (size_t)s->n_all;
  double z[2 * GRID_MAX];
  eisi_problem_to_params(q, x, s->p_optimum);
  eis_eval_run(s->eval, s->p_optimum, z, NULL, NULL);
  for (int i = 0; i < s->n_blocks; i++) {
    const size_t t = (size_t)(s->n_atoms + i);
    double *column = s->A + m * t;
    eisi_weighted_column(m, s->w, eisi_eval_node(s->eval, s->block[i].node), 1, column);
    eisi_gemv_t(m, all, s->A, column, s->G + t * all);
    for (size_t a = 0; a < all; a++) s->G[a * all + t] = s->G[t * all + a];
    eisi_gemv_t(m, 1, column, s->y, &s->b[t]);
  }
  for (int i = 0; i < s->n_blocks; i++) /* columns added later: their products with earlier ones */
    for (int j = 0; j < s->n_blocks; j++) {
      const size_t a = (size_t)(s->n_atoms + i), b = (size_t)(s->n_atoms + j);
      if (i < j) s->G[a * all + b] = s->G[b * all + a];
    }
}

int eisi_starts_refine(eisi_starts *s, const eisi_problem *q, const double *optimum, uint64_t seed,
                       int max, double *x) {
  eisi_rng rng;
  if (s->n_blocks == 0) return 0;
  eisi_rng_seed(&rng, seed, 2);
  add_optimum(s, q, optimum);
  for (int k = 0; k < max; k++) {
    state v = {{0}, {0}, 0};
    unsigned mask = 1u << (unsigned)(k % s->n_blocks);
    if (k >= s->n_blocks) mask |= 1u << (unsigned)(eisi_rng_uniform(&rng) * s->n_blocks);
    for (int i = 0; i < s->n_blocks; i++) {
      const int n = s->first_atom[i + 1] - s->first_atom[i];
      v.atom[i] =
          mask >> i & 1 ? s->first_atom[i] + (int)(eisi_rng_uniform(&rng) * n) : s->n_atoms + i;
    }
    fit_sizes(s, &v);
    if (k % 2 == 0) sweep(s, mask, &v); /* every other one stays random */
    state_params(s, &v, q->p);
    eisi_problem_from_params(q, q->p, x + (size_t)k * (size_t)q->n_free);
  }
  return max;
}
