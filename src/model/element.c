/* element.c - the table of elements in display order. */
#include <string.h>

#include "model/elem_rows.h"

static const eis_element *const table[] = {
    /* lumped and diffusion */
    &eisi_elem_r,
    &eisi_elem_c,
    &eisi_elem_l,
    &eisi_elem_la,
    &eisi_elem_cpe,
    &eisi_elem_w,
    &eisi_elem_wo,
    &eisi_elem_ws,
    &eisi_elem_wog,
    &eisi_elem_wsg,
    &eisi_elem_ma,
    &eisi_elem_wa,
    /* relaxations */
    &eisi_elem_k,
    &eisi_elem_kc,
    &eisi_elem_kq,
    &eisi_elem_zarc,
    &eisi_elem_hn,
    &eisi_elem_h,
    &eisi_elem_g,
    &eisi_elem_ga,
    &eisi_elem_gk,
    &eisi_elem_gs,
    /* transmission lines */
    &eisi_elem_tlmq,
    &eisi_elem_tlmbs,
    &eisi_elem_tlmbq,
    &eisi_elem_tlmno,
    &eisi_elem_tlmns,
    &eisi_elem_tlmnq,
    &eisi_elem_ls,
    &eisi_elem_t,
    &eisi_elem_tl2,
    &eisi_elem_tle,
    &eisi_elem_tli,
    /* space charge */
    &eisi_elem_scl,
    &eisi_elem_scld,
    &eisi_elem_sclx,
    &eisi_elem_rpol,
    &eisi_elem_eblk,
    &eisi_elem_pnp1,
    &eisi_elem_pnp2,
    &eisi_elem_gbscl,
};

enum { N_ROWS = sizeof table / sizeof table[0] };

const eis_element *eis_element_at(size_t i) { return i < N_ROWS ? table[i] : NULL; }

/* Whether the word is the name; most differ in the first letter. */
static bool same(const char *word, const char *name, size_t len) {
  return *word == *name && strlen(word) == len && memcmp(word, name, len) == 0;
}

static bool listed(const char *list, const char *name, size_t len) {
  while (*list) {
    const size_t n = strcspn(list, " ");
    if (n == len && memcmp(list, name, n) == 0) return true;
    list += n;
    list += strspn(list, " ");
  }
  return false;
}

const eis_element *eis_element_find(const char *name, size_t len) {
  if (!name || len == 0) return NULL;
  for (size_t i = 0; i < N_ROWS; i++)
    if (same(table[i]->symbol, name, len)) return table[i];
  for (size_t i = 0; i < N_ROWS; i++)
    if (listed(table[i]->aliases, name, len)) return table[i];
  return NULL;
}
