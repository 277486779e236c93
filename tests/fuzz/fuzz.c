#include "fuzz.h"

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void fuzz_require(bool condition, const char *what) {
  if (condition) return;
  fprintf(stderr, "fuzz: this can't be: %s\n", what);
  abort();
}

bool fuzz_ok(eis_status st, const eis_error *err) {
  char text[2048];
  fuzz_require(st != EIS_ERROR_MEMORY, "a small input takes all memory");
  if (st == EIS_OK) return true;
  fuzz_require(err->code == st, "the status is not the code of the error");
  fuzz_require(err->text[0] != '\0', "an error without words");
  fuzz_require(err->line >= 0 && err->column >= 0 && err->span >= 0, "a place before the text");
  fuzz_require(memchr(err->text, 0, sizeof err->text) &&
                   memchr(err->context, 0, sizeof err->context) &&
                   memchr(err->source, 0, sizeof err->source),
               "a text without an end");
  fuzz_require(eis_error_print(err, text, sizeof text) >= strlen(err->text),
               "a message that is cut");
  return false;
}

char *fuzz_text(const uint8_t *data, size_t size) {
  char *text = malloc(size + 1);
  fuzz_require(text != NULL, "no memory");
  if (size) memcpy(text, data, size);
  text[size] = '\0';
  return text;
}

char *fuzz_line(char **rest) {
  char *line = *rest;
  if (!line) return NULL;
  char *end = strchr(line, '\n');
  if (end) *end = '\0';
  *rest = end ? end + 1 : NULL;
  return line;
}

void fuzz_spectra(const eis_spectra *list) {
  fuzz_require(list->n > 0, "a file without spectra was accepted");
  for (size_t i = 0; i < list->n; i++) {
    const eis_spectrum *s = &list->at[i];
    fuzz_require(s->n > 0, "a spectrum without points was accepted");
    fuzz_require(s->sweep >= 1 && s->sweep <= s->n_sweeps, "a sweep that is not there");
    for (size_t k = 0; k < s->n; k++) {
      fuzz_require(isfinite(s->f[k]) && s->f[k] > 0, "a frequency that is none");
      fuzz_require(k == 0 || s->f[k] <= s->f[k - 1], "frequencies that do not fall");
      fuzz_require(isfinite(s->re[k]) && isfinite(s->im[k]), "an impedance that is no number");
      fuzz_require(s->row[k] >= 1, "a point of no row");
      fuzz_require(!s->sigma || !isinf(s->sigma[k]), "an infinite error");
    }
  }
}

static char folder[256];

static void remove_folder(void) {
  DIR *d = opendir(folder);
  const struct dirent *e;
  char path[600];
  while (d && (e = readdir(d)) != NULL) {
    snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
    if (e->d_name[0] != '.') unlink(path);
  }
  if (d) closedir(d);
  rmdir(folder);
}

const char *fuzz_folder(void) {
  if (!*folder) {
    const char *where = getenv("TMPDIR");
    if (!where) where = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    snprintf(folder, sizeof folder, "%s/eisfit-fuzz-XXXXXX", where);
    fuzz_require(mkdtemp(folder) != NULL, "no folder can be made");
    atexit(remove_folder);
  }
  return folder;
}
