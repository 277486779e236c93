/* choices.c - see choices.h. */
#include "base/choices.h"

eis_status eisi_no_such(const char *what, const char *word, const char *const *candidates, size_t n,
                        eis_error *err) {
  const char *given = word ? word : "";
  const int near = eisi_nearest(given, candidates, n);
  eisi_text t = {0};
  eisi_text_addf(&t, "%s '%s'", what, given);
  if (near >= 0) eisi_text_addf(&t, "; did you mean '%s'?", candidates[near]);
  eisi_text_addf(&t, near >= 0 ? " There are " : "; there are ");
  for (size_t i = 0; i < n; i++) eisi_text_addf(&t, "%s%s", i ? ", " : "", candidates[i]);
  const eis_status st = eisi_text_state(&t, err);
  if (!st) eis_error_set(err, EIS_ERROR_USAGE, "%s", t.s);
  eisi_text_clear(&t);
  return st ? st : EIS_ERROR_USAGE;
}
