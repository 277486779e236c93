/* track_flow.c - paths of least total cost: successive shortest augmenting paths (L. R. Ford, D. R.
   Fulkerson, Flows in Networks, 1962, ch. III) with sweeps of Bellman and Ford along the order of
   the graph.  With capacities of one this is the optimum, not a greedy choice: later paths may take
   edges back from earlier ones. */
#include <math.h>
#include <stdlib.h>

#include "campaign/track.h"

static const double LEAST_GAIN = 1e-9;

typedef struct flow {
  size_t n, n_edges;
  eisi_flow_edge *edge;
  double *cost; /* from vertex 0 */
  size_t *by;   /* edge that leads here */
} flow;

static bool relax(flow *f, size_t e, size_t from, size_t to, double cost) {
  if (!(f->cost[from] + cost < f->cost[to] - LEAST_GAIN)) return false;
  f->cost[to] = f->cost[from] + cost;
  f->by[to] = e;
  return true;
}

static void find_shortest(flow *f) {
  bool moved = true;
  for (size_t v = 0; v < f->n; v++) f->cost[v] = INFINITY;
  f->cost[0] = 0;
  for (size_t pass = 0; moved && pass <= f->n; pass++) {
    moved = false;
    for (size_t e = 0; e < f->n_edges; e++) {
      const eisi_flow_edge *x = &f->edge[e];
      if (!x->used && relax(f, e, x->from, x->to, x->cost)) moved = true;
    }
    for (size_t e = f->n_edges; e-- > 0;) {
      const eisi_flow_edge *x = &f->edge[e];
      if (x->used && relax(f, e, x->to, x->from, -x->cost)) moved = true;
    }
  }
}

static void augment(flow *f) {
  for (size_t v = 1; v != 0;) {
    eisi_flow_edge *x = &f->edge[f->by[v]];
    x->used = !x->used;
    v = x->used ? x->from : x->to;
  }
}

eis_status eisi_flow_solve(size_t n_vertices, size_t n_edges, eisi_flow_edge *edge, double *cost,
                           eis_error *err) {
  flow f = {.n = n_vertices, .n_edges = n_edges, .edge = edge};
  *cost = 0;
  f.cost = eisi_new(n_vertices, sizeof *f.cost, err);
  f.by = eisi_new(n_vertices, sizeof *f.by, err);
  const bool room = f.cost && f.by;
  for (size_t e = 0; e < n_edges; e++) edge[e].used = false;
  while (room) {
    find_shortest(&f);
    if (!(f.cost[1] < -LEAST_GAIN)) break;
    *cost += f.cost[1];
    augment(&f);
  }
  free(f.cost);
  free(f.by);
  return room ? EIS_OK : EIS_ERROR_MEMORY;
}
