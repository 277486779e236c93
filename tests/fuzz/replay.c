/* replay.c - runs targets on files: replay TARGET FILE...  The test of the corpus, and the way to
   look at a finding without libFuzzer. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

#define FUZZ(name) void fuzz_##name(const uint8_t *data, size_t size);
#include "fuzz_list.h"
#undef FUZZ

typedef struct target {
  const char *name;
  void (*run)(const uint8_t *data, size_t size);
} target;

static const target targets[] = {
#define FUZZ(name) {#name, fuzz_##name},
#include "fuzz_list.h"
#undef FUZZ
};
enum { N_TARGETS = sizeof targets / sizeof *targets };

int main(int argc, char **argv) {
  size_t k = 0;
  while (k < N_TARGETS && (argc < 2 || strcmp(argv[1], targets[k].name) != 0)) k++;
  if (k == N_TARGETS) {
    printf("usage: replay TARGET FILE...; the targets are");
    for (k = 0; k < N_TARGETS; k++) printf(" %s", targets[k].name);
    printf("\n");
    return 2;
  }
  for (int i = 2; i < argc; i++) {
    char *bytes = NULL;
    size_t size = 0;
    eis_error err = EIS_ERROR_INIT;
    fprintf(stderr, "%s\n", argv[i]);
    fuzz_require(eisi_read_whole(argv[i], 0, &bytes, &size, &err) == EIS_OK, err.text);
    targets[k].run((const uint8_t *)bytes, size);
    free(bytes);
  }
  printf("%s: %d inputs\n", targets[k].name, argc - 2);
  return 0;
}
