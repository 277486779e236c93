#include "campaign/filecache.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

typedef struct slot {
  bool used, loading, gone;
  size_t file; /* its number */
  size_t refs, last_use;
  eis_spectra list;
  eis_error why;
} slot;

struct eisi_filecache {
  const eis_manifest *m;
  pthread_mutex_t lock;
  pthread_cond_t loaded;
  size_t n, clock;
  slot *slot;
};

eis_status eisi_filecache_new(const eis_manifest *m, size_t workers, eisi_filecache **out,
                              eis_error *err) {
  eisi_filecache *c = *out = eisi_new(1, sizeof *c, err);
  if (!c) return EIS_ERROR_MEMORY;
  c->m = m;
  c->n = workers + 1;
  c->slot = eisi_new(c->n, sizeof *c->slot, err);
  if (!c->slot) {
    free(c);
    *out = NULL;
    return EIS_ERROR_MEMORY;
  }
  pthread_mutex_init(&c->lock, NULL);
  pthread_cond_init(&c->loaded, NULL);
  return EIS_OK;
}

void eisi_filecache_free(eisi_filecache *c) {
  if (!c) return;
  for (size_t i = 0; i < c->n; i++) eis_spectra_clear(&c->slot[i].list);
  pthread_cond_destroy(&c->loaded);
  pthread_mutex_destroy(&c->lock);
  free(c->slot);
  free(c);
}

/* *gone: the contents are not those that the manifest was checked with. */
static eis_status read_file(const eis_manifest *m, const eis_manifest_entry *e, eis_spectra *list,
                            bool *gone, eis_error *err) {
  char *path = NULL, *bytes = NULL;
  size_t size = 0;
  eis_status st = eisi_manifest_file_path(m, e->file, &path, err);
  if (st == EIS_OK) st = eisi_read_whole(path, 0, &bytes, &size, err);
  if (st == EIS_OK && !eisi_mentry_same(e, bytes, size))
    st = eis_error_at(err, EIS_ERROR_INPUT, e->file, 0, 0,
                      "the file has changed since the manifest was read");
  *gone = st != EIS_OK && *e->sha256;
  if (st == EIS_OK) st = eis_read_memory(bytes, size, e->file, &m->read, list, err);
  free(bytes);
  free(path);
  return st;
}

/* The slot of the file, or the one that was not used for the longest time; there is always one that
   nobody uses. */
static slot *choose(eisi_filecache *c, size_t file) {
  slot *oldest = NULL;
  for (size_t i = 0; i < c->n; i++) {
    slot *s = &c->slot[i];
    if (s->used && s->file == file) return s;
    if (s->refs == 0 && (!oldest || s->last_use < oldest->last_use)) oldest = s;
  }
  return oldest;
}

static void load(eisi_filecache *c, slot *s, const eis_manifest_entry *e) {
  eis_spectra_clear(&s->list);
  s->used = s->loading = true;
  s->file = e->file_number;
  eis_error_clear(&s->why);
  pthread_mutex_unlock(&c->lock);
  const eis_status st = read_file(c->m, e, &s->list, &s->gone, &s->why);
  pthread_mutex_lock(&c->lock);
  if (st != EIS_OK && s->why.code == EIS_OK) s->why.code = st;
  s->loading = false;
  pthread_cond_broadcast(&c->loaded);
}

static const eis_spectrum *find_sweep(const slot *s, int sweep) {
  for (size_t k = 0; k < s->list.n; k++)
    if (s->list.at[k].sweep == sweep || sweep == 0) return &s->list.at[k];
  return NULL;
}

eis_status eisi_filecache_get(eisi_filecache *c, const eis_manifest_entry *e,
                              const eis_spectrum **out, int *handle, eis_error *err) {
  pthread_mutex_lock(&c->lock);
  slot *s = choose(c, e->file_number);
  const bool have = s->used && s->file == e->file_number;
  s->refs++;
  s->last_use = ++c->clock;
  if (!have) load(c, s, e);
  while (s->loading) pthread_cond_wait(&c->loaded, &c->lock);
  pthread_mutex_unlock(&c->lock);
  *handle = (int)(s - c->slot);
  *out = NULL;
  if (s->why.code) {
    if (err) *err = s->why;
    return s->why.code;
  }
  *out = find_sweep(s, e->sweep);
  if (*out) return EIS_OK;
  return eis_error_at(err, EIS_ERROR_INPUT, e->file, 0, 0,
                      "sweep %d has too few points to be a spectrum", e->sweep);
}

bool eisi_filecache_gone(eisi_filecache *c, int handle) {
  pthread_mutex_lock(&c->lock);
  const bool gone = c->slot[handle].gone;
  pthread_mutex_unlock(&c->lock);
  return gone;
}

void eisi_filecache_release(eisi_filecache *c, int handle) {
  pthread_mutex_lock(&c->lock);
  c->slot[handle].refs--;
  pthread_mutex_unlock(&c->lock);
}
