/* campaign_show.c - eisfit campaign status and export: what is in a store. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "campaign/schema.h"
#include "cli/campaign.h"
#include "report/csv.h"
#include "report/json.h"

/* ---- export ---- */

void cli_campaign_tables(eisi_text *out) {
  const eisi_export *e;
  for (size_t i = 0; (e = eisi_export_at(i)) != NULL; i++) eisi_text_addf(out, "%s\n", e->name);
}

static eis_status find_table(const char *name, const eisi_export **out, eis_error *err) {
  const char *names[16];
  size_t n = 0;
  eisi_text list = {0};
  for (const eisi_export *e; (e = eisi_export_at(n)) != NULL; n++) {
    names[n] = e->name;
    eisi_text_addf(&list, "%s%s", n ? ", " : "", e->name);
    if (name && strcmp(name, e->name) == 0) *out = e;
  }
  if (!*out) {
    const int near = name ? eisi_nearest(name, names, n) : -1;
    if (near >= 0)
      eis_error_set(err, EIS_ERROR_USAGE, "--table: unknown table '%s'; did you mean '%s'?", name,
                    names[near]);
    else
      eis_error_set(err, EIS_ERROR_USAGE, "campaign export needs --table with one of %s",
                    list.s ? list.s : "");
  }
  eisi_text_clear(&list);
  return *out ? EIS_OK : EIS_ERROR_USAGE;
}

static void number_value(double v, eisi_text *out) {
  char buf[40];
  eisi_print_double(buf, sizeof buf, v);
  eisi_text_addf(out, "%s", buf);
}

static void csv_value(eis_query *q, int c, eisi_text *out) {
  switch (eis_query_kind_of(q, c)) {
    case EIS_QUERY_INTEGER: eisi_text_addf(out, "%lld", (long long)eis_query_integer(q, c)); break;
    case EIS_QUERY_REAL: number_value(eis_query_real(q, c), out); break;
    case EIS_QUERY_TEXT: eisi_csv_field(out, eis_query_text(q, c)); break;
    default: break;
  }
}

static void csv_row(eis_query *q, bool head, eisi_text *out) {
  const int n = eis_query_columns(q);
  for (int c = 0; c < n; c++) {
    if (c) eisi_text_add(out, ",", 1);
    if (head)
      eisi_csv_field(out, eis_query_name(q, c));
    else
      csv_value(q, c, out);
  }
  eisi_text_add(out, "\n", 1);
}

static eis_status json_row(eis_query *q, const char *table, eisi_text *out, eis_error *err) {
  bool failed = false;
  eisi_json doc = eisi_json_begin(&failed);
  eisi_json_string(doc, "schema", "eisfit.campaign/1");
  eisi_json_string(doc, "table", table);
  for (int c = 0; c < eis_query_columns(q); c++) {
    const char *name = eis_query_name(q, c);
    switch (eis_query_kind_of(q, c)) {
      case EIS_QUERY_INTEGER: eisi_json_int(doc, name, eis_query_integer(q, c)); break;
      case EIS_QUERY_REAL: eisi_json_number(doc, name, eis_query_real(q, c)); break;
      case EIS_QUERY_TEXT: eisi_json_string(doc, name, eis_query_text(q, c)); break;
      default: eisi_json_number(doc, name, NAN); break; /* null */
    }
  }
  return eisi_json_end(doc, out, err);
}

static eis_status write_rows(const cli_campaign *s, eis_query *q, const char *table, cli_sink *sink,
                             eis_error *err) {
  eisi_text out = {0};
  bool row = true;
  eis_status st = EIS_OK;
  if (!s->json) csv_row(q, true, &out);
  while (st == EIS_OK && !*cli_stop_flag()) {
    st = eis_query_next(q, &row, err);
    if (st != EIS_OK || !row) break;
    if (s->json)
      st = json_row(q, table, &out, err);
    else
      csv_row(q, false, &out);
    if (st != EIS_OK || out.n < 65536) continue;
    st = cli_sink_write(sink, out.s, out.n, err);
    out.n = 0;
  }
  if (st == EIS_OK && out.failed) st = eis_error_set(err, EIS_ERROR_MEMORY, "out of memory");
  if (st == EIS_OK && out.n) st = cli_sink_write(sink, out.s, out.n, err);
  eisi_text_clear(&out);
  if (st == EIS_OK && *cli_stop_flag())
    st = eis_error_set(err, EIS_ERROR_INTERRUPTED, "interrupted; nothing was written");
  return st;
}

static eis_status open_one(const char *action, int n, char **operand, eis_store **out,
                           eis_error *err) {
  if (n == 1) return eis_store_open(operand[0], EIS_STORE_READ, out, err);
  return eis_error_set(err, EIS_ERROR_USAGE,
                       "campaign %s needs one store: eisfit campaign %s "
                       "results.db",
                       action, action);
}

int cli_campaign_export(const cli_campaign *s, int n, char **operand) {
  eis_error err = EIS_ERROR_INIT;
  const eisi_export *e = NULL;
  eis_store *store = NULL;
  eis_query *q = NULL;
  cli_sink sink = {0};
  eis_status st = find_table(s->table, &e, &err);
  if (st == EIS_OK) st = open_one("export", n, operand, &store, &err);
  if (st == EIS_OK) st = eis_store_query(store, e->sql, &q, &err);
  if (st == EIS_OK) st = cli_sink_open(&sink, s->output, &err);
  if (st == EIS_OK) {
    st = write_rows(s, q, e->name, &sink, &err);
    const eis_status closed = cli_sink_close(&sink, st == EIS_OK, &err);
    if (st == EIS_OK) st = closed;
  }
  eis_query_free(q);
  eis_store_close(store);
  return st ? cli_fail(&s->general, &err) : CLI_DONE;
}

/* ---- status ---- */

typedef struct overview {
  long long planned, stored, failed, flagged, cells, fits, drt, peaks, tracks;
} overview;

static eis_status numbers(eis_store *store, overview *o, eis_error *err) {
  eis_query *q;
  bool row;
  eis_status st = eis_store_query(
      store,
      "SELECT (SELECT CAST(value AS INTEGER) FROM campaign WHERE key = 'n_spectra'), count(*),"
      " coalesce(sum(status = 'failed'), 0), coalesce(sum(flags <> ''), 0), count(DISTINCT cell),"
      " (SELECT count(*) FROM fits), (SELECT count(*) FROM drt), (SELECT count(*) FROM peaks),"
      " (SELECT count(DISTINCT cell || '/' || track) FROM tracks) FROM spectra",
      &q, err);
  if (st != EIS_OK) return st;
  st = eis_query_next(q, &row, err);
  if (st == EIS_OK && row) {
    long long *const to[] = {&o->planned, &o->stored, &o->failed, &o->flagged, &o->cells,
                             &o->fits,    &o->drt,    &o->peaks,  &o->tracks};
    for (int i = 0; i < 9; i++) *to[i] = eis_query_integer(q, i);
  }
  eis_query_free(q);
  return st;
}

/* Flags and how often each occurs. */
static eis_status flag_lines(eis_store *store, eisi_text *out, eis_error *err) {
  static const struct {
    const char *flag, *words;
  } flags[] = {{"failed", "can't be read, or nothing could be computed"},
               {"kk", "Kramers-Kronig test not passed"},
               {"not-converged", "fit not converged"},
               {"misfit", "the model misses the data"},
               {"no-drt", "no distribution of relaxation times"}};
  eis_query *q;
  bool row;
  eis_status st = eis_store_query(
      store, "SELECT count(*) FROM spectra WHERE instr(',' || flags || ',', ',' || ? || ',')", &q,
      err);
  for (size_t i = 0; st == EIS_OK && i < sizeof flags / sizeof *flags; i++) {
    eis_query_bind_text(q, 0, flags[i].flag);
    st = eis_query_next(q, &row, err);
    if (st != EIS_OK || !row) break;
    const long long count = eis_query_integer(q, 0);
    if (count) eisi_text_addf(out, "    %-14s %6lld  %s\n", flags[i].flag, count, flags[i].words);
    st = eis_query_next(q, &row, err); /* to the end, so that it can be run again */
  }
  eis_query_free(q);
  return st;
}

static eis_status run_lines(eis_store *store, eisi_text *out, eis_error *err) {
  eis_query *q;
  bool row = true;
  eis_status st =
      eis_store_query(store,
                      "SELECT started, outcome, n_done, n_failed, workers, shard, version"
                      " FROM (SELECT * FROM runs ORDER BY id DESC LIMIT 5) ORDER BY id",
                      &q, err);
  while (st == EIS_OK && (st = eis_query_next(q, &row, err)) == EIS_OK && row) {
    const char *outcome = eis_query_text(q, 1);
    eisi_text_addf(out, "  run of %s: ", eis_query_text(q, 0));
    if (strcmp(outcome, "running") == 0)
      eisi_text_addf(out, "going on, or killed");
    else
      eisi_text_addf(out, "%s, %lld spectra, %lld failed", outcome,
                     (long long)eis_query_integer(q, 2), (long long)eis_query_integer(q, 3));
    eisi_text_addf(out, " (shard %s, eisfit %s)\n", eis_query_text(q, 5), eis_query_text(q, 6));
  }
  eis_query_free(q);
  return st;
}

static eis_status status_text(eis_store *store, const overview *o, eisi_text *out, eis_error *err) {
  char *manifest = NULL;
  eis_status st = eis_store_setting(store, "manifest", &manifest, err);
  eisi_text_addf(out, "%s: %lld of %lld spectra, %lld cells, from %s\n", eis_store_path(store),
                 o->stored, o->planned, o->cells, manifest ? manifest : "?");
  eisi_text_addf(out, "  %lld passed, %lld flagged, %lld of them failed\n", o->stored - o->flagged,
                 o->flagged, o->failed);
  if (st == EIS_OK) st = flag_lines(store, out, err);
  eisi_text_addf(out, "  %lld fits, %lld distributions of relaxation times with %lld peaks",
                 o->fits, o->drt, o->peaks);
  if (o->tracks) eisi_text_addf(out, ", %lld tracks", o->tracks);
  eisi_text_addf(out, "\n");
  free(manifest);
  return st == EIS_OK ? run_lines(store, out, err) : st;
}

static eis_status status_json(eis_store *store, const overview *o, eisi_text *out, eis_error *err) {
  bool failed = false;
  char hex[65] = "";
  eis_status st = eis_store_hash(store, hex, err);
  eisi_json doc = eisi_json_begin(&failed);
  eisi_json_string(doc, "schema", "eisfit.campaign/1");
  eisi_json_string(doc, "table", "status");
  eisi_json_string(doc, "store", eis_store_path(store));
  eisi_json_int(doc, "planned", o->planned);
  eisi_json_int(doc, "stored", o->stored);
  eisi_json_int(doc, "failed", o->failed);
  eisi_json_int(doc, "flagged", o->flagged);
  eisi_json_int(doc, "cells", o->cells);
  eisi_json_int(doc, "fits", o->fits);
  eisi_json_int(doc, "drt", o->drt);
  eisi_json_int(doc, "peaks", o->peaks);
  eisi_json_int(doc, "tracks", o->tracks);
  eisi_json_string(doc, "hash", hex);
  const eis_status ended = eisi_json_end(doc, out, err);
  return st ? st : ended;
}

int cli_campaign_status(const cli_campaign *s, int n, char **operand) {
  eis_error err = EIS_ERROR_INIT;
  eis_store *store = NULL;
  eisi_text out = {0};
  overview o = {0};
  char hex[65] = "";
  eis_status st = open_one("status", n, operand, &store, &err);
  if (st == EIS_OK && s->hash) st = eis_store_hash(store, hex, &err);
  if (st == EIS_OK && !s->hash) st = numbers(store, &o, &err);
  if (st == EIS_OK && s->hash)
    eisi_text_addf(&out, "%s\n", hex);
  else if (st == EIS_OK)
    st = (s->json ? status_json : status_text)(store, &o, &out, &err);
  eis_store_close(store);
  if (st == EIS_OK) return cli_put(&s->general, s->output, &out);
  eisi_text_clear(&out);
  return cli_fail(&s->general, &err);
}
