/* A store of results with changed bytes or values.  The first byte says who reads it; then come
   pieces of five bytes: b, offset (2), value, and one without meaning change a byte of the file; u,
   table, column, row, value change a value of the database, before the bytes. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "campaign/frame_store.h"
#include "campaign/schema.h"
#include "cli/campaign.h"
#include "fuzz.h"
#include "report/page.h"

enum { PIECE = 5, PIECES = 16 };

typedef struct image {
  char path[512];
  char *bytes;
  size_t size;
  sqlite3 *db; /* the same in memory */
} image;

/* ---- the store that is changed ---- */

static const char *const content[] = {
    "INSERT INTO blocks VALUES(1,'h1','A',1,2),(2,'h2','B',3,2)",
    "INSERT INTO grids VALUES(1,3,x'000000000000F03F00000000000024400000000000005940')",
    "INSERT INTO files VALUES('a.csv','00','csv',2,'columns'),('b.csv','01','csv',2,'')",
    "INSERT INTO spectra SELECT 2*b+s-2, b, char(96+b)||'.csv', s, char(64+b), s, 'g'||b, s, 10*s, 0.5,"
    " 25, 1, 100, 10, 'LPSCl', 'Li', 'done', '', CASE s WHEN 2 THEN 'kk' ELSE '' END, 3, 1, 100, 1,"
    " x'000000000000F03F00000000000024400000000000005940',"
    " x'00000000000000C000000000000010C000000000000000C0', ''"
    " FROM (SELECT 1 AS b UNION SELECT 2), (SELECT 1 AS s UNION SELECT 2)",
    "INSERT INTO metadata SELECT id, 'pressure', '5', 5 FROM spectra",
    "INSERT INTO quality SELECT id, 1, '', 5, 0.8, 1e-5, 0.2, 0.1, 0.4, 1, 100, 0 FROM spectra",
    "INSERT INTO fits SELECT id, 0, 'randles', 'full', 'R1-p(R2,C2)', 1, 'passed', 0, 3, 3, 1e-5, NULL,"
    " 1e-5, 0.2, -10, -9, 1, 5, 4, 0, x'0000803F', '' FROM spectra",
    "INSERT INTO parameters SELECT id, 0, 0, 'R1', 10+id, 0.1, 9, 12, 'ohm', 'bulk', 0, 'free' FROM spectra",
    "INSERT INTO parameters SELECT id, 0, 1, 'C2', 1e-6*id, 1e-8, 9e-7, 2e-6, 'F', '', 0, 'free' FROM spectra",
    "INSERT INTO drt SELECT id, 1e-3, 0.2, 4, 10, 0.1, 0, 0, 0, 0, 12, 0.3, 1, x'0000803F0000004000000040',"
    " x'0000803F0000004000000040', x'0000803F0000004000000040', 0.3, '' FROM spectra",
    "INSERT INTO peaks SELECT id, 0, 1e-3, 0.05, 5, 0.2, 2e-4, 0.9, 2, 0.99, 0, 'CT', 0.9 FROM spectra",
    "INSERT INTO tracks SELECT cell, 1, id, 0, 'CT', 0.9, 1e-3, 0.05, 5+id, 0.2, 2e-4, NULL FROM spectra",
    "INSERT OR REPLACE INTO campaign VALUES('n_spectra','4'),('manifest','m.csv')",
    "INSERT INTO runs VALUES(1,'2020','2020','1','','00',1,'1/1',4,0,4,0,'done')",
    "PRAGMA journal_mode = DELETE",
    "PRAGMA page_size = 512",
    "VACUUM",
};

static sqlite3 *in_memory(const char *path) {
  sqlite3 *file = NULL, *db = NULL;
  fuzz_require(sqlite3_open(path, &file) == SQLITE_OK && sqlite3_open(":memory:", &db) == SQLITE_OK,
               "the store can't be opened");
  sqlite3_backup *copy = sqlite3_backup_init(db, "main", file, "main");
  fuzz_require(copy && sqlite3_backup_step(copy, -1) == SQLITE_DONE, "the store can't be copied");
  sqlite3_backup_finish(copy);
  sqlite3_close(file);
  return db;
}

static image it;

static void close_it(void) {
  sqlite3_close(it.db);
  free(it.bytes);
}

/* Two processes instead of those that are shipped: to read them took a third of the time. */
static void use_processes(void) {
  char path[512];
  snprintf(path, sizeof path, "%s/processes.ini", fuzz_folder());
  FILE *f = fopen(path, "w");
  fuzz_require(f && setenv("EISFIT_DATADIR", fuzz_folder(), 1) == 0, "no processes");
  for (int i = 0; i < 2; i++)
    fprintf(
        f, "[%s]\npresent = 0.1; prior\nC = 1e-11 to 1 F/cm2; prior\nf = 1e-3 to 1e8 Hz; prior\n%s",
        i ? "CT" : "background", i ? "name = charge transfer\n" : "");
  fclose(f);
}

static const image *base(void) {
  if (it.bytes) return &it;
  fuzz_sqlite_memory();
  use_processes();
  eis_error err = EIS_ERROR_INIT;
  eis_store *store = NULL;
  snprintf(it.path, sizeof it.path, "%s/store.db", fuzz_folder());
  fuzz_require(eis_store_open(it.path, EIS_STORE_CREATE, &store, &err) == EIS_OK, err.text);
  for (size_t i = 0; i < sizeof content / sizeof *content; i++)
    fuzz_require(eis_store_execute(store, content[i], &err) == EIS_OK, err.text);
  eis_store_close(store);
  fuzz_require(eisi_read_whole(it.path, 0, &it.bytes, &it.size, &err) == EIS_OK, err.text);
  it.db = in_memory(it.path);
  atexit(close_it);
  return &it;
}

/* ---- changes ---- */

/* Names of the first column and of the one to be changed. */
static void column_names(sqlite3 *db, const char *table, int column, char name[2][64]) {
  char sql[128];
  sqlite3_stmt *all = NULL;
  snprintf(sql, sizeof sql, "SELECT * FROM %s", table);
  fuzz_require(sqlite3_prepare_v2(db, sql, -1, &all, NULL) == SQLITE_OK, "no such table");
  const int which[2] = {0, column % sqlite3_column_count(all)};
  for (int i = 0; i < 2; i++) snprintf(name[i], 64, "%s", sqlite3_column_name(all, which[i]));
  sqlite3_finalize(all);
}

static void update(sqlite3 *db, const uint8_t *piece) {
  static const char *const values[] = {"NULL",
                                       "0",
                                       "-1",
                                       "1e308",
                                       "-1e-308",
                                       "9e999",
                                       "'text'",
                                       "''",
                                       "x''",
                                       "x'00'",
                                       "zeroblob(24)",
                                       "x'0102030405060708'",
                                       "9223372036854775807",
                                       "-9223372036854775808",
                                       "'a,\"b''<c>'",
                                       "1e-5",
                                       "char(1, 10, 255)",
                                       "'R9'",
                                       "'ohm'",
                                       "3",
                                       "0.5",
                                       "zeroblob(5000)",
                                       "CAST(x'fffe' AS TEXT)",
                                       "-0.0"};
  char name[2][64], sql[512];
  const char *table = eisi_schema_at(piece[1] % EISI_N_TABLES)->name;
  column_names(db, table, piece[2], name);
  snprintf(
      sql, sizeof sql,
      "UPDATE OR IGNORE %s SET %s = %s WHERE %s = (SELECT %s FROM %s ORDER BY 1 LIMIT 1 OFFSET %d)",
      table, name[1], values[piece[4] % (sizeof values / sizeof *values)], name[0], name[0], table,
      piece[3] % 8);
  sqlite3_exec(db, sql, NULL, NULL, NULL);
}

/* The bytes of the store with values changed; sqlite3_free. */
static unsigned char *updated(sqlite3 *db, const uint8_t *piece, size_t n, size_t *size) {
  sqlite3_int64 length = 0;
  sqlite3_exec(db, "BEGIN", NULL, NULL, NULL);
  for (size_t i = 0; i < n; i++)
    if (piece[i * PIECE] == 'u') update(db, piece + i * PIECE);
  unsigned char *bytes = sqlite3_serialize(db, "main", &length, 0);
  fuzz_require(bytes && sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL) == SQLITE_OK,
               "the store can't be changed");
  *size = (size_t)length;
  return bytes;
}

static void change(const image *store, const uint8_t *piece, size_t n) {
  size_t size;
  unsigned char *bytes = updated(store->db, piece, n, &size);
  for (size_t i = 0; i < n; i++, piece += PIECE)
    if (piece[0] == 'b') bytes[((size_t)piece[1] << 8 | piece[2]) % size] = piece[3];
  FILE *f = fopen(store->path, "wb");
  fuzz_require(f && fwrite(bytes, 1, size, f) == size, "the store can't be written");
  fclose(f);
  sqlite3_free(bytes);
}

/* ---- those that read it ---- */

static void show(const char *store, uint8_t how) {
  char output[600], *path = (char *)store;
  snprintf(output, sizeof output, "%s/output", fuzz_folder());
  cli_campaign s = {.general = {.quiet = true}, .output = output, .json = how & 1, .hash = how & 2};
  const eisi_export *e = eisi_export_at(how / 4 % 6);
  s.table = e->name;
  const int code =
      how & 128 ? cli_campaign_export(&s, 1, &path) : cli_campaign_status(&s, 1, &path);
  fuzz_require(code == 0 || code == 3 || code == 4, "an exit code that is none of a damaged store");
}

static void table(const char *path, uint8_t how) {
  eis_error err = EIS_ERROR_INIT;
  eisi_frame *f = NULL;
  const eisi_store_source source = how & 1 ? EISI_STORE_TRACKS : EISI_STORE_PARAMETERS;
  if (fuzz_ok(eisi_frame_store(path, source, how & 2, &f, &err), &err))
    fuzz_require(eisi_frame_rows(f) > 0, "a table of nothing");
  eisi_frame_free(f);
}

static void page(const char *path, bool every) {
  eis_error err = EIS_ERROR_INIT;
  eis_store *store = NULL;
  eisi_page p = {0};
  eisi_page_figures figures = {0};
  eisi_text out = {0};
  if (fuzz_ok(eis_store_open(path, EIS_STORE_READ, &store, &err), &err) &&
      fuzz_ok(eisi_page_load(store, &p, &err), &err)) {
    fuzz_ok(eisi_page_figures_make(&p, every, &figures, &err), &err);
    eis_error_clear(&err);
    fuzz_ok(eisi_page_embed(&p, 1000, 3, &out, &err), &err);
  }
  eisi_text_clear(&out);
  eisi_page_figures_clear(&figures);
  eisi_page_clear(&p);
  eis_store_close(store);
}

static void write_to(const char *path) {
  eis_error err = EIS_ERROR_INIT;
  eis_store *store = NULL;
  fuzz_ok(eis_store_open(path, EIS_STORE_WRITE, &store, &err), &err);
  eis_store_close(store);
}

FUZZ_TARGET(store) {
  const image *store = base();
  if (size < 2) return;
  const size_t n = (size - 2) / PIECE;
  change(store, data + 2, n < PIECES ? n : PIECES);
  if (data[0] >= 0xe0) write_to(store->path);
  switch (data[0] % 4) {
    case 0: table(store->path, data[1]); break;
    case 1: page(store->path, data[1] & 1); break;
    default: show(store->path, data[1]); break;
  }
}
