#include <errno.h>
#include <nettle/base64.h>
#include <nettle/sha2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/base.h"

eis_status eisi_cant_open(const char *path, int code, eis_error *err) {
  return eis_error_at(err, code == ENOMEM ? EIS_ERROR_MEMORY : EIS_ERROR_INPUT, path, 0, 0,
                      "can't open: %s", strerror(code));
}

static eis_status too_large(const char *path, size_t max, eis_error *err) {
  return eis_error_at(err, EIS_ERROR_INPUT, path, 0, 0,
                      "file is larger than %zu MiB; split it, or cut out the sweeps you need",
                      max >> 20);
}

static eis_status read_stream(FILE *f, const char *path, size_t max, eisi_take_bytes *take,
                              void *ctx, eis_error *err) {
  char chunk[65536];
  size_t n, sum = 0;
  while ((n = fread(chunk, 1, sizeof chunk, f)) > 0) {
    sum += n;
    if (sum > max) return too_large(path, max, err);
    const eis_status st = take(ctx, chunk, n, err);
    if (st != EIS_OK) return st;
  }
  if (ferror(f))
    return eis_error_at(err, errno == ENOMEM ? EIS_ERROR_MEMORY : EIS_ERROR_INPUT, path, 0, 0,
                        "can't read: %s", strerror(errno));
  return EIS_OK;
}

eis_status eisi_read_pieces(const char *path, size_t max_bytes, eisi_take_bytes *take, void *ctx,
                            eis_error *err) {
  const size_t max = max_bytes ? max_bytes : (size_t)1 << 30;
  const bool in = strcmp(path, "-") == 0;
  struct stat st;
  if (!in && stat(path, &st) == 0 && S_ISDIR(st.st_mode))
    return eis_error_at(err, EIS_ERROR_INPUT, path, 0, 0,
                        "is a directory: give the files in it, e.g. '%s/*'", path);
  FILE *f = in ? stdin : fopen(path, "rb");
  if (!f) return eisi_cant_open(path, errno, err);
  /* a plain file tells its size before anything is read; a pipe does not */
  const bool large =
      !in && fstat(fileno(f), &st) == 0 && S_ISREG(st.st_mode) && (uintmax_t)st.st_size > max;
  const eis_status read = large ? too_large(path, max, err)
                                : read_stream(f, in ? "standard input" : path, max, take, ctx, err);
  if (!in) fclose(f);
  return read;
}

typedef struct whole {
  const char *path;
  eisi_text text;
} whole;

static eis_status take_all(void *ctx, const char *bytes, size_t n, eis_error *err) {
  whole *w = ctx;
  eisi_text_add(&w->text, bytes, n);
  if (!w->text.failed) return EIS_OK;
  return eis_error_at(err, EIS_ERROR_MEMORY, w->path, 0, 0, "out of memory");
}

eis_status eisi_read_whole(const char *path, size_t max_bytes, char **bytes, size_t *size,
                           eis_error *err) {
  whole w = {.path = strcmp(path, "-") == 0 ? "standard input" : path};
  *bytes = NULL;
  const eis_status st = eisi_read_pieces(path, max_bytes, take_all, &w, err);
  if (st == EIS_OK) {
    *size = w.text.n;
    return eisi_text_take(&w.text, bytes, err);
  }
  eisi_text_clear(&w.text);
  return st;
}

void eisi_sha256_bytes(const void *bytes, size_t n, unsigned char sum[EISI_SHA256_SIZE]) {
  struct sha256_ctx ctx;
  sha256_init(&ctx);
  sha256_update(&ctx, n, bytes);
  sha256_digest(&ctx, EISI_SHA256_SIZE, sum);
}

void eisi_sha256_hex(const unsigned char sum[EISI_SHA256_SIZE], char hex[65]) {
  static const char digits[] = "0123456789abcdef";
  for (size_t i = 0; i < EISI_SHA256_SIZE; i++) {
    hex[2 * i] = digits[sum[i] >> 4];
    hex[2 * i + 1] = digits[sum[i] & 15];
  }
  hex[2 * EISI_SHA256_SIZE] = '\0';
}

void eisi_sha256(const void *bytes, size_t n, char hex[65]) {
  unsigned char sum[EISI_SHA256_SIZE];
  eisi_sha256_bytes(bytes, n, sum);
  eisi_sha256_hex(sum, hex);
}

struct eisi_sha {
  struct sha256_ctx ctx;
};

eis_status eisi_sha_new(eisi_sha **out, eis_error *err) {
  *out = eisi_new(1, sizeof **out, err);
  if (!*out) return EIS_ERROR_MEMORY;
  sha256_init(&(*out)->ctx);
  return EIS_OK;
}

void eisi_sha_add(eisi_sha *sha, const void *bytes, size_t n) {
  sha256_update(&sha->ctx, n, bytes);
}

void eisi_sha_end(eisi_sha *sha, char hex[65]) {
  unsigned char sum[EISI_SHA256_SIZE];
  sha256_digest(&sha->ctx, EISI_SHA256_SIZE, sum);
  eisi_sha256_hex(sum, hex);
  free(sha);
}

static eis_status add_dir(char ***dirs, size_t *n, const char *base, const char *tail,
                          eis_error *err) {
  if (!base || !*base) return EIS_OK;
  eisi_text t = {0};
  eisi_text_addf(&t, "%s%s", base, tail);
  char *dir;
  eis_status st = eisi_text_take(&t, &dir, err);
  if (st == EIS_OK) st = eisi_grow(dirs, *n + 1, *n + 2, sizeof **dirs, err);
  if (st == EIS_OK)
    (*dirs)[(*n)++] = dir;
  else
    free(dir);
  return st;
}

eis_status eisi_data_dirs(char ***dirs, eis_error *err) {
  const char *xdg = getenv("XDG_DATA_HOME"), *home = getenv("HOME");
  const bool has_xdg = xdg && *xdg;
  size_t n = 0;
  *dirs = eisi_new(1, sizeof **dirs, err);
  eis_status st = *dirs ? EIS_OK : EIS_ERROR_MEMORY;
  if (st == EIS_OK && has_xdg) st = add_dir(dirs, &n, xdg, "/eisfit", err);
  if (st == EIS_OK && !has_xdg) st = add_dir(dirs, &n, home, "/.local/share/eisfit", err);
  if (st == EIS_OK) st = add_dir(dirs, &n, getenv("EISFIT_DATADIR"), "", err);
  if (st == EIS_OK) st = add_dir(dirs, &n, EISI_PKGDATADIR, "", err);
  if (st != EIS_OK && *dirs) {
    for (size_t i = 0; i < n; i++) free((*dirs)[i]);
    free(*dirs);
    *dirs = NULL;
  }
  return st;
}

eis_status eisi_data_path(const char *name, char **path, eis_error *err) {
  char **dirs;
  *path = NULL;
  eis_status st = eisi_data_dirs(&dirs, err);
  if (st != EIS_OK) return st;
  for (size_t i = 0; dirs[i]; i++) {
    eisi_text t = {0};
    char *candidate = NULL;
    if (!*path && st == EIS_OK) {
      eisi_text_addf(&t, "%s/%s", dirs[i], name);
      st = eisi_text_take(&t, &candidate, err);
      if (st == EIS_OK && access(candidate, R_OK) == 0)
        *path = candidate;
      else
        free(candidate);
    }
    free(dirs[i]);
  }
  free(dirs);
  return st;
}

void eisi_text_base64(eisi_text *t, const void *bytes, size_t n) {
  const size_t piece = 3 * 1024; /* whole groups of three bytes */
  const uint8_t *at = bytes;
  char buf[BASE64_ENCODE_RAW_LENGTH(3 * 1024)];
  for (; n > 0;) {
    const size_t now = n < piece ? n : piece;
    base64_encode_raw(buf, now, at);
    eisi_text_add(t, buf, BASE64_ENCODE_RAW_LENGTH(now));
    at += now;
    n -= now;
  }
}

double eisi_now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}
