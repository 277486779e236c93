/* A store of results with changed bytes or values.  The first byte says who reads it; then come
   pieces of five bytes: b, offset (2), value, and one without meaning change a byte of the file; u,
   table, column, row, value change a value of the database. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "campaign/frame_store.h"
#include "campaign/schema.h"
#include "cli/campaign.h"
#include "fuzz.h"
#include "report/page.h"

#ifdef EISI_FUZZ_ENGINE
#include <sqlite3.h>
#include <stddef.h>
#endif

enum { PIECE = 5, PIECES = 16 };

typedef struct image {
  char path[512];
  char *bytes;
  size_t size;
} image;

/* ---- SQLite's own memory ---- */

/* SQLite is not instrumented, and its thousands of small pieces took half of the time in
   AddressSanitizer's allocator: they come from here, by powers of two, and are never given back.
   A text of SQLite's that is read too late is found by the corpus in `make check' with sanitizers,
   where this is not compiled. */
#ifdef EISI_FUZZ_ENGINE
enum { SMALLEST = 16, SIZES = 20, BLOCK = 1 << 24 };

typedef union piece {
  struct {
    int size;
    union piece *next;
  } is;
  max_align_t align;
} piece;

static piece *unused[SIZES];

static int size_index(int n) {
  int k = 0;
  while (k < SIZES && SMALLEST << k < n) k++;
  return k;
}

static piece *new_piece(int k) {
  static char *block;
  static size_t left;
  const size_t need = sizeof(piece) + ((size_t)SMALLEST << k);
  if (left < need && (block = malloc(BLOCK)) != NULL) left = BLOCK;
  if (!block || left < need) return NULL;
  piece *p = (piece *)(void *)block;
  p->is.size = k;
  block += need;
  left -= need;
  return p;
}

static void *arena_take(int n) {
  const int k = size_index(n);
  if (k == SIZES) return NULL;
  piece *p = unused[k];
  if (p)
    unused[k] = p->is.next;
  else
    p = new_piece(k);
  return p ? p + 1 : NULL;
}

static void arena_give(void *bytes) {
  piece *p = (piece *)bytes - 1;
  p->is.next = unused[p->is.size];
  unused[p->is.size] = p;
}

static int arena_size(void *bytes) { return bytes ? SMALLEST << ((piece *)bytes - 1)->is.size : 0; }
static int arena_round(int n) {
  return n > SMALLEST << (SIZES - 1) ? n : SMALLEST << size_index(n);
}

static void *arena_resize(void *bytes, int n) {
  const int old = arena_size(bytes);
  if (old >= n) return bytes;
  void *larger = arena_take(n);
  if (!larger) return NULL;
  memcpy(larger, bytes, (size_t)old);
  arena_give(bytes);
  return larger;
}

static int arena_begin(void *ctx) { return ctx == NULL ? SQLITE_OK : SQLITE_ERROR; }
static void arena_end(void *ctx) { fuzz_require(ctx == NULL, "an arena of somebody else"); }

static void use_arena(void) {
  static const sqlite3_mem_methods arena = {arena_take,  arena_give,  arena_resize, arena_size,
                                            arena_round, arena_begin, arena_end,    NULL};
  fuzz_require(sqlite3_config(SQLITE_CONFIG_MALLOC, &arena) == SQLITE_OK &&
                   sqlite3_config(SQLITE_CONFIG_SINGLETHREAD) == SQLITE_OK,
               "SQLite is in use already");
}
#else
static void use_arena(void) {}
#endif

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

static const image *base(void) {
  static image it;
  if (it.bytes) return &it;
  use_arena();
  eis_error err = EIS_ERROR_INIT;
  eis_store *store = NULL;
  snprintf(it.path, sizeof it.path, "%s/store.db", fuzz_folder());
  fuzz_require(eis_store_open(it.path, EIS_STORE_CREATE, &store, &err) == EIS_OK, err.text);
  for (size_t i = 0; i < sizeof content / sizeof *content; i++)
    fuzz_require(eis_store_execute(store, content[i], &err) == EIS_OK, err.text);
  eis_store_close(store);
  fuzz_require(eisi_read_whole(it.path, 0, &it.bytes, &it.size, &err) == EIS_OK, err.text);
  return &it;
}

/* ---- changes ---- */

static void write_file(const image *it, const uint8_t *piece, size_t n) {
  char *bytes = malloc(it->size);
  FILE *f = fopen(it->path, "wb");
  fuzz_require(bytes && f, "the store can't be written");
  memcpy(bytes, it->bytes, it->size);
  for (size_t i = 0; i < n; i++, piece += PIECE)
    if (piece[0] == 'b') bytes[((size_t)piece[1] << 8 | piece[2]) % it->size] = (char)piece[3];
  fuzz_require(fwrite(bytes, 1, it->size, f) == it->size, "the store can't be written");
  fclose(f);
  free(bytes);
}

/* Names of the first column and of the one to be changed. */
static bool column_names(eis_store *store, const char *table, int column, char name[2][64]) {
  char sql[128];
  eis_query *q = NULL;
  snprintf(sql, sizeof sql, "SELECT * FROM %s", table);
  if (eis_store_query(store, sql, &q, NULL)) return false;
  const int n = eis_query_columns(q), which[2] = {0, n ? column % n : 0};
  for (int i = 0; n > 0 && i < 2; i++) snprintf(name[i], 64, "%s", eis_query_name(q, which[i]));
  eis_query_free(q);
  return n > 0;
}

static void update(eis_store *store, const uint8_t *piece) {
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
  if (!column_names(store, table, piece[2], name)) return;
  snprintf(
      sql, sizeof sql,
      "UPDATE OR IGNORE %s SET %s = %s WHERE %s = (SELECT %s FROM %s ORDER BY 1 LIMIT 1 OFFSET %d)",
      table, name[1], values[piece[4] % (sizeof values / sizeof *values)], name[0], name[0], table,
      piece[3] % 8);
  eis_store_execute(store, sql, NULL);
}

static void change(const image *it, const uint8_t *piece, size_t n) {
  eis_store *store = NULL;
  bool updates = false;
  write_file(it, piece, n);
  for (size_t i = 0; i < n; i++) updates = updates || piece[i * PIECE] == 'u';
  if (!updates || eis_store_open(it->path, EIS_STORE_WRITE, &store, NULL)) return;
  eis_store_execute(store, "PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; BEGIN", NULL);
  for (size_t i = 0; i < n; i++)
    if (piece[i * PIECE] == 'u') update(store, piece + i * PIECE);
  eis_store_execute(store, "COMMIT", NULL);
  eis_store_close(store);
}

/* ---- those that read it ---- */

static void show(const image *it, uint8_t how) {
  char output[600], *path = (char *)it->path;
  snprintf(output, sizeof output, "%s/output", fuzz_folder());
  cli_campaign s = {.general = {.quiet = true}, .output = output, .json = how & 1, .hash = how & 2};
  const eisi_export *e = eisi_export_at(how / 4 % 6);
  s.table = e->name;
  const int code =
      how & 128 ? cli_campaign_export(&s, 1, &path) : cli_campaign_status(&s, 1, &path);
  fuzz_require(code == 0 || code == 3 || code == 4, "an exit code that is none of a damaged store");
}

static void table(const image *it, uint8_t how) {
  eis_error err = EIS_ERROR_INIT;
  eisi_frame *f = NULL;
  const eisi_store_source source = how & 1 ? EISI_STORE_TRACKS : EISI_STORE_PARAMETERS;
  if (fuzz_ok(eisi_frame_store(it->path, source, how & 2, &f, &err), &err))
    fuzz_require(eisi_frame_rows(f) > 0, "a table of nothing");
  eisi_frame_free(f);
}

static void page(const image *it, bool every) {
  eis_error err = EIS_ERROR_INIT;
  eis_store *store = NULL;
  eisi_page p = {0};
  eisi_page_figures figures = {0};
  eisi_text out = {0};
  if (fuzz_ok(eis_store_open(it->path, EIS_STORE_READ, &store, &err), &err) &&
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

FUZZ_TARGET(store) {
  const image *it = base();
  if (size < 2) return;
  const size_t n = (size - 2) / PIECE;
  change(it, data + 2, n < PIECES ? n : PIECES);
  switch (data[0] % 4) {
    case 0: table(it, data[1]); break;
    case 1: page(it, data[1] & 1); break;
    default: show(it, data[1]); break;
  }
}
