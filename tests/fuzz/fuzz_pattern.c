/* Names of files: the first line is --pattern, each further one a name. */
#include <stdlib.h>

#include "campaign/propose.h"
#include "fuzz.h"

enum { FILES = 12 };

static void propose(char *rest, const char *pattern) {
  eisi_proposal p = {0};
  eis_error err = EIS_ERROR_INIT;
  eisi_text out = {0};
  char *line;
  p.folder = eisi_strdup("folder", NULL);
  p.file = eisi_new(FILES, sizeof *p.file, NULL);
  while (p.n_files < FILES && (line = fuzz_line(&rest)) != NULL)
    if (*line) p.file[p.n_files++] = eisi_strdup(line, NULL);
  if (p.n_files > 0) {
    const eis_status st =
        pattern ? eisi_propose_by_pattern(&p, pattern, &err) : eisi_propose_by_words(&p, &err);
    if (fuzz_ok(st, &err)) eisi_proposal_print(&p, "", &out);
  }
  eisi_text_clear(&out);
  eisi_proposal_clear(&p);
}

FUZZ_TARGET(pattern) {
  char *text = fuzz_text(data, size), *rest = text;
  const char *pattern = fuzz_line(&rest);
  char *names = rest ? eisi_strdup(rest, NULL) : NULL;
  propose(rest, pattern);
  propose(names, NULL);
  free(names);
  free(text);
}
