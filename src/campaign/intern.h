/* intern.h - every distinct text once, known by a number. */
#ifndef EISI_INTERN_H
#define EISI_INTERN_H

#include <stdint.h>

#include "base/base.h"

typedef struct eisi_intern {
  char *pool;
  size_t n_pool, cap_pool;
  uint32_t *at; /* per text: its place in the pool, NUL terminated */
  size_t n, cap;
  uint32_t *slot; /* hash table of numbers + 1, 0 = free */
  size_t n_slots; /* a power of two */
} eisi_intern;

/* Number of the text, 0, 1, 2 ... in the order in which they came. */
eis_status eisi_intern_add(eisi_intern *t, const char *s, size_t n, uint32_t *number,
                           eis_error *err);
/* Valid until the next addition. */
const char *eisi_intern_text(const eisi_intern *t, uint32_t number);
/* No more additions: what only they need is given back. */
void eisi_intern_seal(eisi_intern *t);
void eisi_intern_clear(eisi_intern *t);

#endif
