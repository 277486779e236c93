#include "campaign/intern.h"

#include <stdlib.h>
#include <string.h>

/* FNV-1a, 32 bits. */
static uint32_t hash(const char *s, size_t n) {
  uint32_t h = 2166136261u;
  for (size_t i = 0; i < n; i++) h = (h ^ (unsigned char)s[i]) * 16777619u;
  return h;
}

const char *eisi_intern_text(const eisi_intern *t, uint32_t number) {
  return number < t->n ? t->pool + t->at[number] : "";
}

/* The slot of the text, or the free one where it belongs. */
static size_t find(const eisi_intern *t, const char *s, size_t n) {
  size_t k = hash(s, n) & (t->n_slots - 1);
  for (; t->slot[k]; k = (k + 1) & (t->n_slots - 1)) {
    const char *have = t->pool + t->at[t->slot[k] - 1];
    if (strncmp(have, s, n) == 0 && have[n] == '\0') break;
  }
  return k;
}

static eis_status rehash(eisi_intern *t, eis_error *err) {
  const size_t n = t->n_slots ? 2 * t->n_slots : 64;
  uint32_t *slot = eisi_new(n, sizeof *slot, err);
  if (!slot) return EIS_ERROR_MEMORY;
  free(t->slot);
  t->slot = slot;
  t->n_slots = n;
  for (size_t i = 0; i < t->n; i++) {
    const char *s = t->pool + t->at[i];
    t->slot[find(t, s, strlen(s))] = (uint32_t)i + 1;
  }
  return EIS_OK;
}

static eis_status reserve(void *array, size_t *cap, size_t need, size_t size, eis_error *err) {
  if (need <= *cap) return EIS_OK;
  const size_t more = *cap + *cap / 2 + 64, cap2 = more > need ? more : need;
  if (cap2 > UINT32_MAX) return eis_error_set(err, EIS_ERROR_MEMORY, "more than 4 GB of text");
  const eis_status st = eisi_grow(array, *cap, cap2, size, err);
  if (st == EIS_OK) *cap = cap2;
  return st;
}

eis_status eisi_intern_add(eisi_intern *t, const char *s, size_t n, uint32_t *number,
                           eis_error *err) {
  eis_status st = EIS_OK;
  if (4 * (t->n + 1) > 3 * t->n_slots) st = rehash(t, err);
  if (st != EIS_OK) return st;
  const size_t k = find(t, s, n);
  if (t->slot[k]) {
    *number = t->slot[k] - 1;
    return EIS_OK;
  }
  st = reserve(&t->at, &t->cap, t->n + 1, sizeof *t->at, err);
  if (st == EIS_OK) st = reserve(&t->pool, &t->cap_pool, t->n_pool + n + 1, 1, err);
  if (st != EIS_OK) return st;
  memcpy(t->pool + t->n_pool, s, n);
  t->pool[t->n_pool + n] = '\0';
  t->at[t->n] = (uint32_t)t->n_pool;
  t->n_pool += n + 1;
  *number = (uint32_t)t->n;
  t->slot[k] = (uint32_t)++t->n;
  return EIS_OK;
}

void eisi_intern_seal(eisi_intern *t) {
  free(t->slot);
  t->slot = NULL;
  t->n_slots = 0;
  char *pool = realloc(t->pool, t->n_pool + 1);
  uint32_t *at = realloc(t->at, (t->n + 1) * sizeof *at);
  if (pool) t->pool = pool;
  if (at) t->at = at;
}

void eisi_intern_clear(eisi_intern *t) {
  free(t->pool);
  free(t->at);
  free(t->slot);
  *t = (eisi_intern){0};
}
