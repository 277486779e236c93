#include "fuzz.h"

/* SQLite is not instrumented, and its thousands of small pieces took half of the time in
   AddressSanitizer's allocator: they come from here, by powers of two, and are never given back.
   A text of SQLite's that is read too late is found by the corpus in `make check' with sanitizers,
   where this is not compiled. */
#ifdef EISI_FUZZ_ENGINE
#include <sqlite3.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

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

/* What a damaged store asks for can be larger than a block. */
static piece *large_piece(int n) {
  piece *p = malloc(sizeof *p + (size_t)n);
  if (p) p->is.size = -n;
  return p;
}

static void *arena_take(int n) {
  const int k = size_index(n);
  piece *p = k < SIZES ? unused[k] : large_piece(n);
  if (k == SIZES) return p ? p + 1 : NULL;
  if (p)
    unused[k] = p->is.next;
  else
    p = new_piece(k);
  return p ? p + 1 : NULL;
}

static void arena_give(void *bytes) {
  piece *p = (piece *)bytes - 1;
  if (p->is.size < 0) {
    free(p);
    return;
  }
  p->is.next = unused[p->is.size];
  unused[p->is.size] = p;
}

static int arena_size(void *bytes) {
  const int k = bytes ? ((piece *)bytes - 1)->is.size : 0;
  return !bytes ? 0 : k < 0 ? -k : SMALLEST << k;
}

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

void fuzz_sqlite_memory(void) {
  static const sqlite3_mem_methods arena = {arena_take,  arena_give,  arena_resize, arena_size,
                                            arena_round, arena_begin, arena_end,    NULL};
  fuzz_require(sqlite3_config(SQLITE_CONFIG_MALLOC, &arena) == SQLITE_OK &&
                   sqlite3_config(SQLITE_CONFIG_SINGLETHREAD) == SQLITE_OK,
               "SQLite is in use already");
}
#else
void fuzz_sqlite_memory(void) {}
#endif
