#include "campaign/merge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const settings[] = {"options", "version", "manifest", "manifest_sha256",
                                       "n_spectra"};

/* Is it the same campaign?  An empty store takes over what the shard says. */
static eis_status compare_setting(eis_store *into, eis_store *shard, const char *key,
                                  eis_error *err) {
  char *have = NULL, *other = NULL;
  eis_status st = eis_store_setting(into, key, &have, err);
  if (st == EIS_OK) st = eis_store_setting(shard, key, &other, err);
  if (st == EIS_OK && have && other && strcmp(key, "manifest") != 0 && strcmp(have, other) != 0)
    st = eis_error_at(err, EIS_ERROR_INPUT, eis_store_path(shard), 0, 0,
                      "belongs to another campaign than '%.200s': their %s differ",
                      eis_store_path(into),
                      strcmp(key, "manifest_sha256") == 0 ? "manifests"
                      : strcmp(key, "n_spectra") == 0     ? "numbers of spectra"
                                                          : key);
  if (st == EIS_OK && !have && other) st = eisi_store_set(into, key, other, err);
  free(have);
  free(other);
  return st;
}

static eis_status attach(eis_store *into, const char *path, eis_error *err) {
  eis_query *q;
  bool row;
  eis_status st = eis_store_query(into, "ATTACH ? AS shard", &q, err);
  if (st != EIS_OK) return st;
  eis_query_bind_text(q, 0, path);
  st = eis_query_next(q, &row, err);
  eis_query_free(q);
  return st;
}

static const char copy[] =
    "CREATE TEMP TABLE fresh AS SELECT id FROM shard.blocks WHERE id NOT IN"
    " (SELECT id FROM main.blocks);"
    "INSERT INTO main.blocks SELECT * FROM shard.blocks WHERE id IN (SELECT id FROM temp.fresh);"
    "INSERT OR IGNORE INTO main.grids SELECT * FROM shard.grids;"
    "INSERT OR REPLACE INTO main.files SELECT * FROM shard.files;"
    "INSERT INTO main.spectra SELECT * FROM shard.spectra"
    " WHERE block IN (SELECT id FROM temp.fresh);"
    "CREATE TEMP TABLE fresh_spectra AS SELECT id FROM shard.spectra"
    " WHERE block IN (SELECT id FROM temp.fresh);";

static eis_status copy_children(eis_store *into, eis_error *err) {
  /* not tracks: those of a shard are of parts of cells */
  static const char *const children[] = {"metadata",   "quality", "fits",
                                         "parameters", "drt",     "peaks"};
  eis_status st = EIS_OK;
  for (size_t i = 0; st == EIS_OK && i < sizeof children / sizeof *children; i++) {
    char sql[200];
    snprintf(sql, sizeof sql,
             "INSERT INTO main.%s SELECT * FROM shard.%s WHERE spectrum IN"
             " (SELECT id FROM temp.fresh_spectra)",
             children[i], children[i]);
    st = eis_store_execute(into, sql, err);
  }
  return st;
}

static eis_status copy_all(eis_store *into, const char *path, size_t *added, eis_error *err) {
  int64_t conflicts = 0, n = 0;
  eis_status st = eisi_store_count(into,
                                   "SELECT count(*) FROM shard.blocks b JOIN main.blocks m"
                                   " ON m.id = b.id WHERE m.hash <> b.hash",
                                   &conflicts, err);
  if (st == EIS_OK && conflicts)
    return eis_error_at(
        err, EIS_ERROR_INPUT, path, 0, 0,
        "belongs to another state of the campaign than '%.200s': %lld blocks are of "
        "other files",
        eis_store_path(into), (long long)conflicts);
  if (st == EIS_OK) st = eis_store_execute(into, copy, err);
  if (st == EIS_OK) st = copy_children(into, err);
  if (st == EIS_OK)
    st =
        eis_store_execute(into,
                          "INSERT INTO main.runs SELECT id + (SELECT coalesce(max(id), 0) FROM"
                          " main.runs), started, ended, version, options, manifest_sha256, workers,"
                          " shard, n_done, n_failed, n_kept, n_dropped, outcome FROM shard.runs",
                          err);
  if (st == EIS_OK) st = eisi_store_count(into, "SELECT count(*) FROM temp.fresh_spectra", &n, err);
  if (st == EIS_OK)
    st = eis_store_execute(into, "DROP TABLE temp.fresh; DROP TABLE temp.fresh_spectra", err);
  *added = (size_t)n;
  return st;
}

static eis_status same_campaign(eis_store *into, const char *path, eis_error *err) {
  eis_store *shard;
  eis_status st = eis_store_open(path, EIS_STORE_READ, &shard, err);
  for (size_t i = 0; st == EIS_OK && i < sizeof settings / sizeof *settings; i++)
    st = compare_setting(into, shard, settings[i], err);
  eis_store_close(shard);
  return st;
}

eis_status eisi_store_merge(eis_store *into, const char *path, size_t *added, eis_error *err) {
  *added = 0;
  eis_status st = same_campaign(into, path, err);
  if (st == EIS_OK) st = attach(into, path, err);
  if (st != EIS_OK) return st;
  st = eis_store_begin(into, err);
  if (st == EIS_OK) {
    st = copy_all(into, path, added, err);
    if (st == EIS_OK) st = eisi_store_set(into, "shard", "1/1", err);
    if (st == EIS_OK)
      st = eis_store_commit(into, err);
    else
      eis_store_rollback(into);
  }
  const eis_status detached = eis_store_execute(into, "DETACH shard", st == EIS_OK ? err : NULL);
  return st ? st : detached;
}
