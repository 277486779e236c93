/* Tables for trend, compare and arrhenius: the first line is --parameter, the second --where, the
   rest the table. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "campaign/series.h"
#include "fuzz.h"

static void split(const eisi_frame *f, const eisi_sample *s) {
  eis_error err = EIS_ERROR_INIT;
  eisi_series_list list = {0};
  eisi_grouping g = {0};
  const int by = eisi_frame_find(f, "cell"), x = eisi_frame_find(f, "cycle");
  for (size_t i = 0; i < s->n; i++) fuzz_require(isfinite(s->value[i]), "a value that is none");
  if (x >= 0) fuzz_ok(eisi_series_split(f, s, x, &by, by >= 0, &list, &err), &err);
  eis_error_clear(&err);
  if (by >= 0 && eisi_frame_find(f, "group") >= 0)
    fuzz_ok(eisi_grouping_make(f, s, by, eisi_frame_find(f, "group"), &g, &err), &err);
  eisi_series_clear(&list);
  eisi_grouping_clear(&g);
}

FUZZ_TARGET(table) {
  eis_error err = EIS_ERROR_INIT;
  char *text = fuzz_text(data, size), *rest = text;
  const char *parameter = fuzz_line(&rest), *where = fuzz_line(&rest);
  const eisi_pick pick = {.n_parameters = *parameter != '\0', .n_where = where && *where,
                          .parameter = &parameter, .where = &where};
  eisi_samples samples = {0};
  eisi_frame *f = NULL;
  const size_t n = rest ? size - (size_t)(rest - text) : 0;
  char *table = fuzz_text(rest ? (const uint8_t *)rest : NULL, n);
  if (fuzz_ok(eisi_frame_parse(table, n, "fuzz.csv", &f, &err), &err) &&
      fuzz_ok(eisi_samples_pick(f, &pick, &samples, &err), &err))
    for (size_t i = 0; i < samples.n; i++) split(f, &samples.at[i]);
  eisi_samples_clear(&samples);
  eisi_frame_free(f);
  free(table);
  free(text);
}
