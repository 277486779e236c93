#include "analysis/geometry.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/base.h"
#include "physics/constants.h"

/* A positive number of the metadata, NaN = none. */
static double number(const eis_spectrum *s, const char *key) {
  const char *text = eis_meta_find(&s->meta, key);
  double v;
  if (!text || eisi_parse_double(text, strlen(text), '.', &v) == 0) return NAN;
  return v > 0.0 && isfinite(v) ? v : NAN;
}

/* What is known of the sample, in words and as options. */
typedef struct sample {
  double area_cm2, thickness_mm; /* NaN = not stated, or given by the user already */
  double diameter_mm;            /* where the area comes from, NaN = stated itself */
} sample;

static sample stated(const eis_spectrum *s, const eis_conditions *cond) {
  sample k = {.area_cm2 = NAN, .thickness_mm = NAN, .diameter_mm = NAN};
  if (!(cond->thickness_m > 0.0)) k.thickness_mm = number(s, "thickness_mm");
  if (cond->area_m2 > 0.0) return k;
  k.diameter_mm = number(s, "diameter_mm");
  if (!isnan(k.diameter_mm))
    k.area_cm2 = EISI_PI / 4.0 * k.diameter_mm * k.diameter_mm * 1e-2;
  else
    k.area_cm2 = number(s, "electrode_area_cm2");
  /* 1 cm2 is what potentiostat programs write when nobody said anything */
  if (k.area_cm2 == 1.0) k.area_cm2 = NAN;
  return k;
}

eis_status eisi_geometry_hint(const eis_spectrum *s, const eis_conditions *cond, eis_notes *notes,
                              eis_error *err) {
  const sample k = stated(s, cond);
  const bool area = !isnan(k.area_cm2), thick = !isnan(k.thickness_mm);
  if (!area && !thick) return EIS_OK;
  const bool complete = (area || cond->area_m2 > 0.0) && (thick || cond->thickness_m > 0.0);
  eisi_text says = {0}, options = {0};
  if (area && !isnan(k.diameter_mm))
    eisi_text_addf(&says, "diameter %g mm", k.diameter_mm);
  else if (area)
    eisi_text_addf(&says, "area %.4g cm2", k.area_cm2);
  if (thick) eisi_text_addf(&says, "%sthickness %g mm", area ? " and " : "", k.thickness_mm);
  if (area) eisi_text_addf(&options, "--area \"%.4g cm2\"", k.area_cm2);
  if (thick) eisi_text_addf(&options, "%s--thickness \"%g mm\"", area ? " " : "", k.thickness_mm);
  const char *what = complete ? "would give conductivities"
                     : area   ? "would give area-specific values; for a conductivity --thickness "
                                "is needed too"
                              : "and an --area would give conductivities";
  eis_status st = EIS_ERROR_MEMORY;
  if (says.s && options.s && !says.failed && !options.failed)
    st = eis_notes_add(notes, err, "the file states %s: %s %s", says.s, options.s, what);
  else
    eis_error_set(err, st, "out of memory");
  eisi_text_clear(&says);
  eisi_text_clear(&options);
  return st;
}
