/* campaign_track.c - eisfit campaign track: processes followed through the spectra of each cell,
   and what became of them on one screen. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "campaign/track_store.h"
#include "cli/campaign.h"
#include "report/shown.h"
#include "report/table.h"

/* Cells and lines that are shown; export has all. */
enum { CELLS = 8, LINES = 24, MOST_TRACKS = 32 };

typedef struct view {
  eis_store *store;
  eisi_text *out;
  bool color;
  const char *cell;
  const char *over, *title; /* column of spectra that R is shown over, "" = none */
  bool cut;                 /* there are more lines */
  double T; /* in °C, the temperature nearest to 25 where there are several; NaN = all */
  size_t n_tracks;
  int track[MOST_TRACKS];
  char name[MOST_TRACKS][40];
  double size[MOST_TRACKS]; /* of its R: one unit for a column */
} view;

/* ---- the tracks of a cell ---- */

static const char tracks_sql[] =
    "SELECT t.track, t.process, t.process_probability, count(*), avg(ln(t.tau)), min(t.R), max(t.R),"
    " sum(t.peak IS NULL), sum(t.shared IS NOT NULL), avg(t.R_error / t.R)"
    " FROM tracks t WHERE t.cell = ? GROUP BY t.track ORDER BY t.track";

static const eisi_grid_column track_columns[] = {
    {"track", EISI_RIGHT}, {"process", EISI_LEFT}, {"sure", EISI_RIGHT},    {"f", EISI_RIGHT},
    {"R", EISI_LEFT},      {"error", EISI_RIGHT},  {"spectra", EISI_RIGHT}, {"note", EISI_LEFT},
};
enum { N_TRACK_COLUMNS = sizeof track_columns / sizeof *track_columns };

static void note_of(eis_query *q, char *buf, size_t size) {
  const long long unseen = eis_query_integer(q, 7), shared = eis_query_integer(q, 8);
  const bool series = eis_query_integer(q, 0) == 0;
  buf[0] = '\0';
  if (series)
    snprintf(buf, size, "series resistance");
  else if (unseen && shared)
    snprintf(buf, size, "%lld without a peak, %lld only as a sum", unseen, shared);
  else if (unseen)
    snprintf(buf, size, "%lld without a peak of its own", unseen);
  else if (shared)
    snprintf(buf, size, "%lld only as a sum with another", shared);
}

static void remember(view *v, eis_query *q) {
  if (v->n_tracks == MOST_TRACKS) return;
  const char *process = eis_query_text(q, 1);
  const int track = (int)eis_query_integer(q, 0);
  v->track[v->n_tracks] = track;
  v->size[v->n_tracks] = sqrt(eis_query_real(q, 5) * eis_query_real(q, 6));
  if (strcmp(process, "unassigned") == 0)
    snprintf(v->name[v->n_tracks], 40, "track %d", track);
  else
    snprintf(v->name[v->n_tracks], 40, "%.38s", process);
  v->n_tracks++;
}

static eis_status track_row(view *v, eisi_grid *t, eis_query *q, eis_error *err) {
  char f[40] = "", low[40], high[40], note[96];
  const double ln_tau = eis_query_real(q, 4);
  if (isfinite(ln_tau))
    eisi_show_one(1 / (2 * 3.14159265358979323846 * exp(ln_tau)), 2, "Hz", f, sizeof f);
  eisi_show_one(eis_query_real(q, 5), 3, "Ω", low, sizeof low);
  eisi_show_one(eis_query_real(q, 6), 3, "Ω", high, sizeof high);
  note_of(q, note, sizeof note);
  remember(v, q);
  eis_status st = eisi_grid_cell(t, err, "%lld", (long long)eis_query_integer(q, 0));
  if (!st) st = eisi_grid_cell(t, err, "%s", eis_query_text(q, 1));
  if (!st) st = eisi_grid_cell(t, err, "%.0f %%", 100 * eis_query_real(q, 2));
  if (!st) st = eisi_grid_cell(t, err, "%s", f);
  if (!st) st = eisi_grid_cell(t, err, strcmp(low, high) == 0 ? "%s" : "%s to %s", low, high);
  if (!st) st = eisi_grid_cell(t, err, "%g %%", eisi_signif(100 * eis_query_real(q, 9), 2));
  if (!st) st = eisi_grid_cell(t, err, "%lld", (long long)eis_query_integer(q, 3));
  return st ? st : eisi_grid_cell(t, err, "%s", note);
}

static eis_status show_tracks(view *v, eis_error *err) {
  eisi_grid t = {track_columns, N_TRACK_COLUMNS, NULL, 0};
  eis_query *q;
  bool row = true;
  v->n_tracks = 0;
  eis_status st = eis_store_query(v->store, tracks_sql, &q, err);
  if (st) return st;
  eis_query_bind_text(q, 0, v->cell);
  while (!st && !(st = eis_query_next(q, &row, err)) && row) st = track_row(v, &t, q, err);
  eis_query_free(q);
  if (!st) eisi_grid_print(&t, 2, v->color, v->out);
  eisi_grid_clear(&t);
  return st;
}

/* ---- R over what changes ---- */

static const struct {
  const char *column, *title;
} axes[] = {{"soc", "SOC"},          {"temperature_C", "T in °C"}, {"cycle", "cycle"},
            {"time_h", "time in h"}, {"pressure_MPa", "p in MPa"}, {"position", "spectrum"}};

static eis_status find_axis(view *v, eis_error *err) {
  v->over = NULL;
  for (size_t i = 0; !v->over && i < sizeof axes / sizeof *axes; i++) {
    eisi_text sql = {0};
    eis_query *q = NULL;
    bool row = false;
    eisi_text_addf(&sql,
                   "SELECT count(DISTINCT round(s.%s, 4)) FROM tracks t JOIN spectra s ON"
                   " s.id = t.spectrum WHERE t.cell = ?",
                   axes[i].column);
    eis_status st = sql.failed ? eis_error_set(err, EIS_ERROR_MEMORY, "out of memory")
                               : eis_store_query(v->store, sql.s, &q, err);
    if (!st) {
      eis_query_bind_text(q, 0, v->cell);
      st = eis_query_next(q, &row, err);
    }
    if (!st && row && eis_query_integer(q, 0) > 1) {
      v->over = axes[i].column;
      v->title = axes[i].title;
    }
    eis_query_free(q);
    eisi_text_clear(&sql);
    if (st) return st;
  }
  return EIS_OK;
}

static void value_text(double R, double error, double usual, char *buf, size_t size) {
  const eisi_shown s =
      usual > 0 ? eisi_show_like(R, error, usual, "ohm") : eisi_show(R, error, NAN, NAN, "ohm");
  snprintf(buf, size, "%s%s%s %s", s.value, *s.error ? " ± " : "", s.error, s.unit);
}

/* Lines of the table: one for each value of the axis, one column for each track. */
static eis_status fill_lines(view *v, eis_query *q, eisi_grid *t, eis_error *err) {
  bool row = true;
  double at = NAN;
  size_t column = 0, lines = 0;
  eis_status st = EIS_OK;
  while (!st && !(st = eis_query_next(q, &row, err)) && row) {
    const double x = eis_query_real(q, 0);
    char text[200];
    if (!(x == at)) {
      for (; lines && !st && column < v->n_tracks; column++) st = eisi_grid_cell(t, err, "%s", "");
      if (lines++ == LINES) {
        v->cut = true;
        return st;
      }
      at = x;
      column = 0;
      if (!st) st = eisi_grid_cell(t, err, "%.4g", x);
    }
    const int track = (int)eis_query_integer(q, 1);
    for (; !st && column < v->n_tracks && v->track[column] != track; column++)
      st = eisi_grid_cell(t, err, "%s", "");
    if (st || column == v->n_tracks) continue;
    const double n = eis_query_real(q, 4);
    value_text(eis_query_real(q, 2), n > 0 ? sqrt(eis_query_real(q, 3)) / n : NAN, v->size[column],
               text, sizeof text);
    st = eisi_grid_cell(t, err, "%s", text);
    column++;
  }
  for (; lines && !st && column < v->n_tracks; column++) st = eisi_grid_cell(t, err, "%s", "");
  return st;
}

/* Of several temperatures the one nearest to 25 °C, unless R is shown over temperature. */
static eis_status find_temperature(view *v, eis_error *err) {
  eis_query *q;
  bool row = true;
  int n = 0;
  v->T = NAN;
  if (strcmp(v->over, "temperature_C") == 0) return EIS_OK;
  eis_status st =
      eis_store_query(v->store,
                      "SELECT DISTINCT s.temperature_C FROM tracks t JOIN spectra s ON s.id ="
                      " t.spectrum WHERE t.cell = ? AND s.temperature_C IS NOT NULL"
                      " ORDER BY abs(s.temperature_C - 25), s.temperature_C LIMIT 2",
                      &q, err);
  if (st) return st;
  eis_query_bind_text(q, 0, v->cell);
  while (!st && !(st = eis_query_next(q, &row, err)) && row)
    if (n++ == 0) v->T = eis_query_real(q, 0);
  eis_query_free(q);
  if (n < 2) v->T = NAN;
  return st;
}

static eis_status show_over(view *v, eis_error *err) {
  eisi_grid_column columns[MOST_TRACKS + 1];
  eisi_grid t = {columns, v->n_tracks + 1, NULL, 0};
  eisi_text sql = {0};
  eis_query *q = NULL;
  eis_status st = find_axis(v, err);
  if (st || !v->over) return st;
  columns[0] = (eisi_grid_column){v->title, EISI_RIGHT};
  for (size_t k = 0; k < v->n_tracks; k++)
    columns[k + 1] = (eisi_grid_column){v->name[k], EISI_RIGHT};
  st = find_temperature(v, err);
  eisi_text_addf(
      &sql,
      "SELECT round(s.%s, 4) AS x, t.track, avg(t.R), sum(t.R_error * t.R_error),"
      " count(t.R_error) FROM tracks t JOIN spectra s ON s.id = t.spectrum WHERE t.cell = ?1"
      " AND (?2 IS NULL OR s.temperature_C = ?2)"
      " GROUP BY x, t.track ORDER BY x, t.track",
      v->over);
  if (!st)
    st = sql.failed ? eis_error_set(err, EIS_ERROR_MEMORY, "out of memory")
                    : eis_store_query(v->store, sql.s, &q, err);
  if (!st) {
    eis_query_bind_text(q, 0, v->cell);
    eis_query_bind_real(q, 1, v->T);
    v->cut = false;
    st = fill_lines(v, q, &t, err);
  }
  eis_query_free(q);
  eisi_text_clear(&sql);
  if (!st) {
    eisi_text_addf(v->out, "  R over %s, mean of the spectra at each", v->title);
    if (!isnan(v->T)) eisi_text_addf(v->out, ", at %.4g °C", v->T);
    eisi_text_addf(v->out, "\n");
    eisi_grid_print(&t, 2, v->color, v->out);
    if (v->cut) eisi_text_addf(v->out, "  and more: the first %d of them\n", (int)LINES);
  }
  eisi_grid_clear(&t);
  return st;
}

/* ---- the whole ---- */

static eis_status show(view *v, eis_error *err) {
  eis_query *q;
  bool row = true;
  size_t n = 0;
  eis_status st = eis_store_query(v->store,
                                  "SELECT cell, min(spectrum), count(DISTINCT spectrum) FROM tracks"
                                  " GROUP BY cell ORDER BY min(spectrum)",
                                  &q, err);
  while (!st && !(st = eis_query_next(q, &row, err)) && row) {
    if (n++ >= CELLS) continue;
    v->cell = eis_query_text(q, 0);
    eisi_text_addf(v->out, "%s%s: %lld spectra\n", n > 1 ? "\n" : "", v->cell,
                   (long long)eis_query_integer(q, 2));
    st = show_tracks(v, err);
    if (!st) st = show_over(v, err);
  }
  eis_query_free(q);
  if (n > CELLS)
    eisi_text_addf(v->out,
                   "\nand %zu more cells; 'eisfit campaign export --table tracks' has all\n",
                   n - CELLS);
  return st;
}

int cli_campaign_follow(const cli_campaign *s, eis_store *store, bool again, eis_error *err) {
  eisi_track_summary sum;
  const eis_status st = eisi_track_store(store, again, s->threads, cli_stop_flag(), &sum, err);
  if (st) return cli_fail(&s->general, err);
  if (sum.n_kept == sum.n_cells && sum.n_cells)
    cli_say(&s->general, "tracks of %zu cells are up to date", sum.n_cells);
  else if (sum.n_cells)
    cli_say(&s->general,
            "processes followed in %zu cell%s; one sum of processes describes %zu of %zu "
            "spectra",
            sum.n_cells - sum.n_kept, sum.n_cells - sum.n_kept == 1 ? "" : "s", sum.n_joint,
            sum.n_spectra);
  if (!sum.interrupted) return CLI_DONE;
  cli_say(&s->general, "interrupted; 'eisfit campaign track' goes on");
  return CLI_INTERRUPTED;
}

/* Names mean little where nobody says that the electrolyte is a solid. */
static eis_status say_electrolyte(const cli_campaign *s, eis_store *store, eis_error *err) {
  int64_t known = 0;
  const eis_status st = eisi_store_count(
      store, "SELECT count(*) FROM spectra WHERE coalesce(electrolyte, '') <> ''", &known, err);
  if (!st && known == 0)
    cli_say(&s->general,
            "no column 'electrolyte': processes are named as those of a solid-state cell; with a "
            "liquid electrolyte, 'SE_bulk' is the electrolyte with all leads, and no name is "
            "tested");
  return st;
}

int cli_campaign_track(const cli_campaign *s, int n, char **operand) {
  eis_error err = EIS_ERROR_INIT;
  eisi_text out = {0};
  view v = {.out = &out, .color = false};
  int64_t n_drt = 0;
  eis_status st = EIS_OK;
  if (n != 1)
    st = eis_error_set(&err, EIS_ERROR_USAGE,
                       "campaign track needs one store: eisfit campaign track results.db");
  if (!st) st = eis_store_open(operand[0], EIS_STORE_WRITE, &v.store, &err);
  if (!st) st = eisi_store_count(v.store, "SELECT count(*) FROM drt", &n_drt, &err);
  if (!st && n_drt == 0)
    st = eis_error_at(
        &err, EIS_ERROR_INPUT, operand[0], 0, 0,
        "there are no distributions of relaxation times to follow; run the campaign with "
        "--drt");
  int code = st ? cli_fail(&s->general, &err) : cli_campaign_follow(s, v.store, s->redo, &err);
  if (code == CLI_DONE && (say_electrolyte(s, v.store, &err) || show(&v, &err)))
    code = cli_fail(&s->general, &err);
  eis_store_close(v.store);
  if (code == CLI_DONE) return cli_put(&s->general, s->output, &out);
  eisi_text_clear(&out);
  return code;
}
