/* stats_run.c - see stats_run.h. */
#include "cli/stats_run.h"

#include <stdlib.h>
#include <string.h>

/* ---- series ---- */

static eis_status line_up(cli_series *s, size_t n, eis_error *err) {
  s->at = eisi_new(n, sizeof *s->at, err);
  if (!s->at) return EIS_ERROR_MEMORY;
  for (size_t i = 0; i < s->n_lists; i++)
    for (size_t k = 0; k < s->list[i].n; k++) s->at[s->n++] = &s->list[i].at[k];
  return EIS_OK;
}

eis_status cli_series_split(const cli_stats *run, cli_series *s, eis_error *err) {
  const eisi_frame *f = run->table.frame;
  size_t n = 0, without = 0;
  eis_status st = EIS_OK;
  s->list = eisi_new(run->table.samples.n, sizeof *s->list, err);
  if (!s->list) return EIS_ERROR_MEMORY;
  for (; !st && s->n_lists < run->table.samples.n; s->n_lists++) {
    eisi_series_list *one = &s->list[s->n_lists];
    st = eisi_series_split(f, &run->table.samples.at[s->n_lists], s->x, s->by, s->n_by, one, err);
    n += one->n;
    without += one->n_without_x;
  }
  if (st) return st;
  if (without) cli_say(run->general, "%zu rows left out: no %s", without, eisi_frame_name(f, s->x));
  if (!n)
    return eis_error_at(err, EIS_ERROR_INPUT, eisi_frame_source(f), 0, 0,
                        "no row has a value of '%s'", eisi_frame_name(f, s->x));
  return line_up(s, n, err);
}

void cli_series_clear(cli_series *s) {
  for (size_t i = 0; i < s->n_lists; i++) eisi_series_clear(&s->list[i]);
  free(s->list);
  free(s->at);
  *s = (cli_series){0};
}

/* ---- output ---- */

/* The views of one figure. */
typedef struct part {
  const cli_stats_kind *kind;
  const void *views;
  size_t n;
} part;

static eis_status script(const void *ctx, const eisi_terminal *terminal, const char *output,
                         eisi_text *out, eis_error *err) {
  const part *p = ctx;
  return p->kind->script(p->views, p->n, terminal, output, out, err);
}

/* Views one behind the other; with `worked`: only those with a result. */
static eis_status gather(const cli_stats_kind *kind, const cli_stats *run, bool worked, char **out,
                         size_t *n, eis_error *err) {
  *n = 0;
  *out = eisi_new(run->n + 1, kind->view_size, err);
  if (!*out) return EIS_ERROR_MEMORY;
  for (size_t i = 0; i < run->n; i++) {
    const void *view = kind->view(run, i);
    if (!worked || kind->worked(view))
      memcpy(*out + kind->view_size * (*n)++, view, kind->view_size);
  }
  return EIS_OK;
}

static eis_status figures(const cli_stats_kind *kind, const cli_stats *run, eis_error *err) {
  char *views = NULL;
  size_t n = 0;
  int number = 0;
  if (!run->out->plot && !run->out->keep_script) return EIS_OK;
  eis_status st = gather(kind, run, kind->worked != NULL, &views, &n, err);
  for (size_t i = 0, k; !st && i < n; i += k) {
    const char *first = views + kind->view_size * i;
    k = kind->in_figure(first, n - i);
    const part p = {kind, first, k};
    number = i || k < n ? number + 1 : 0;
    st = cli_draw_script(run->general, run->out, script, &p, number, err);
  }
  free(views);
  return st;
}

static eis_status put(const cli_stats_kind *kind, const cli_stats *run, eisi_text *out,
                      eis_error *err) {
  const cli_output *o = run->out;
  eis_status st = EIS_OK;
  if (!o->json && !o->csv) {
    char *views = NULL;
    size_t n = 0;
    st = gather(kind, run, false, &views, &n, err);
    if (!st) st = kind->text(run, views, !o->path && cli_color(run->general, stdout), out, err);
    free(views);
    return st;
  }
  if (o->csv) kind->csv(NULL, out);
  for (size_t i = 0; !st && i < run->n; i++) {
    if (o->json)
      st = kind->json(kind->view(run, i), out, err);
    else
      kind->csv(kind->view(run, i), out);
  }
  return st;
}

int cli_stats_run(const cli_stats_kind *kind, cli_stats *run, int n, char **operand) {
  eis_error err = EIS_ERROR_INIT;
  eisi_text out = {0};
  int code = CLI_DONE;
  eis_status st = cli_output_check(run->out, &err);
  if (!st) st = cli_table_open(run->general, run->in, kind->name, n, operand, &run->table, &err);
  if (!st) st = kind->prepare(run, &err);
  if (!st) st = kind->analyse(run, &err);
  if (!st) st = put(kind, run, &out, &err);
  if (!st) st = figures(kind, run, &err);
  for (size_t i = 0; !st && i < run->n; i++)
    if (!kind->passed(kind->view(run, i))) code = CLI_NOT_PASSED;
  kind->clear(run);
  cli_table_clear(&run->table);
  if (st) {
    eisi_text_clear(&out);
    return cli_fail(run->general, &err);
  }
  const int written = cli_put(run->general, run->out->path, &out);
  return written ? written : code;
}
