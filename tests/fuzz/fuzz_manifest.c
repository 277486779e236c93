/* Manifests of a folder with three files. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "campaign/manifest.h"
#include "fuzz.h"

static const char one[] =
    "frequency_Hz,Zreal_ohm,Zimag_ohm\n1000,10,-1\n100,12,-3\n10,15,-2\n1,16,-1\n";

static void make_files(const char *folder) {
  static const char *const names[] = {"a.csv", "b1.csv", "b2.csv"};
  for (size_t i = 0; i < 3; i++) {
    char path[512];
    snprintf(path, sizeof path, "%s/%s", folder, names[i]);
    FILE *f = fopen(path, "w");
    fuzz_require(f != NULL, "no file can be made");
    if (i == 2)
      fprintf(f, "no spectrum\n");
    else
      fprintf(f, "%s%s", one, i ? one + 33 : "");
    fclose(f);
  }
}

/* Names that lead out of the folder would look at the whole machine. */
static bool stays(const uint8_t *data, size_t size) {
  for (size_t i = 0; i < size; i++)
    if (data[i] == '/' || data[i] == 0) return false;
  return true;
}

static void look_at(const eis_manifest *m, size_t size_of_texts) {
  fuzz_require(eis_manifest_size(m) > 0, "a manifest of nothing");
  for (size_t i = 0; i < eis_manifest_size(m); i++) {
    eis_manifest_entry e;
    eis_error err = EIS_ERROR_INIT;
    eis_spectrum s;
    fuzz_require(eis_manifest_get(m, i, &e, &err) == EIS_OK, "no entry");
    fuzz_require(e.sweep >= 0 && e.sweep <= e.n_sweeps && e.line >= 1, "an entry of nothing");
    fuzz_require(e.cell_number < eis_manifest_cell_count(m), "a cell that is not there");
    for (size_t j = 0; eis_manifest_column(m, j); j++)
      fuzz_require(j < e.n_values && strlen(e.value[j]) < size_of_texts, "no value");
    eis_manifest_entry_clear(&e);
    if (i == 0) fuzz_ok(eis_manifest_load(m, i, &s, &err), &err);
    if (i == 0) eis_spectrum_clear(&s);
  }
}

FUZZ_TARGET(manifest) {
  static char path[512];
  eis_error err = EIS_ERROR_INIT;
  eis_manifest *m = NULL;
  if (!stays(data, size)) return;
  if (!*path) {
    fuzz_sqlite_memory();
    make_files(fuzz_folder());
    snprintf(path, sizeof path, "%s/manifest.csv", fuzz_folder());
  }
  char *bytes = fuzz_text(data, size);
  const eisi_mtext text = {path, bytes, size};
  if (fuzz_ok(eisi_manifest_parse(&text, NULL, NULL, &m, &err), &err))
    look_at(m, 8 * size + 64);
  else
    fuzz_require(m != NULL, "no manifest to free");
  for (size_t i = 0; eis_manifest_problem(m, i); i++)
    fuzz_ok(eis_manifest_problem(m, i)->code, eis_manifest_problem(m, i));
  eis_manifest_free(m);
  free(bytes);
}
