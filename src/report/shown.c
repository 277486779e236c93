/* shown.c - see shown.h. */
#include "report/shown.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const eisi_shown_unit unit_table[] = {
    {"ohm", 1, "Ω", true},
    {"ohm m^2", 1e4, "Ω cm²", true},
    {"ohm s^-1/2", 1, "Ω s^-½", true},
    {"F/m^2", 1e-4, "F/cm²", true},
    {"S/m", 1e-2, "S/cm", true},
    {"m^2", 1e4, "cm²", false},
    {"1/m^3", 1e-6, "cm⁻³", false},
    {"m^-3", 1e-6, "cm⁻³", false},
    {"S s^alpha", 1, "S s^α", true},
    {"S s^1/2", 1, "S s^½", true},
    {"F", 1, "F", true},
    {"H", 1, "H", true},
    {"s", 1, "s", true},
    {"Hz", 1, "Hz", true},
    {"V", 1, "V", true},
    {"m", 1, "m", true},
    {"A", 1, "A", true},
    {"S", 1, "S", true},
};

eisi_shown_unit eisi_unit_for(const char *si) {
  for (size_t i = 0; i < sizeof unit_table / sizeof *unit_table; i++)
    if (strcmp(unit_table[i].si, si) == 0) return unit_table[i];
  /* "S s^n", "H s^(a-1)" ...: a prefix belongs to the first unit, which must not be squared */
  bool compound = eisi_starts_with(si, "S s") || eisi_starts_with(si, "F s") ||
                  eisi_starts_with(si, "H s") || eisi_starts_with(si, "ohm ");
  return (eisi_shown_unit){si, 1, si, compound};
}

size_t eisi_text_columns(const char *s) {
  size_t n = 0;
  for (; *s; s++) n += (*s & 0xc0) != 0x80;
  return n;
}

static int decade(double v) { return (int)floor(log10(fabs(v))); }

/* Power of ten of the last digit worth showing: two digits of the error, else five (or what a
   very small error allows, at most nine) of the value. */
static int last_digit(double value, double error) {
  int of_value = value != 0 && isfinite(value) ? decade(value) : 0;
  if (!(error > 0) || !isfinite(error)) return of_value - 4;
  int d = decade(error) - 1;
  if (error / pow(10, d) >= 99.5) d++;                  /* 0.0996 is shown as 0.10 */
  if (value != 0 && d > of_value - 1) d = of_value - 1; /* 1.2 ± 17 */
  return d < of_value - 8 ? of_value - 8 : d;
}

static void put(char *buf, size_t size, double v, int last, const char *tail) {
  buf[0] = '\0';
  if (isnan(v)) return;
  if (isinf(v)) {
    snprintf(buf, size, v > 0 ? "∞" : "-∞");
    return;
  }
  double step = pow(10, last);
  if (last > 0) v = round(v / step) * step;
  snprintf(buf, size, "%.*f%s", last < 0 ? -last : 0, v + 0.0, tail);
}

/* An end of the interval; far off it needs no more than its size. */
static void put_end(char *buf, size_t size, double v, int last, const char *tail) {
  double a = fabs(v);
  if (isfinite(v) && !*tail && (a >= 1e6 || (a > 0 && a < 0.5 * pow(10, last))))
    snprintf(buf, size, "%.2g", v);
  else
    put(buf, size, v, last, tail);
}

/* Prefixes go from f to T; what is smaller or larger is written with an exponent. */
static bool has_prefix(const eisi_shown_unit *u, double size) {
  return u->prefix && (size == 0 || (size >= 1e-15 && size < 1e15));
}

/* The size that decides the prefix: the value, unless the error is far larger. */
static double leading(double value, double error) {
  double a = fabs(value);
  if (isfinite(error) && error > 1000 * a) return error;
  return a;
}

/* leads: the size, in SI, that decides the prefix. */
static eisi_shown show(double value, double error, double low, double high, double leads,
                       const char *unit) {
  eisi_shown out = {.value = "?"};
  eisi_shown_unit u = eisi_unit_for(unit);
  snprintf(out.unit, sizeof out.unit, "%s", u.text);
  if (!isfinite(value)) return out;
  double size = leads * u.factor;
  int exponent = 0;
  char tail[12] = "";
  if (has_prefix(&u, size)) {
    const char *prefix = eisi_prefix_for(size, &exponent);
    snprintf(out.unit, sizeof out.unit, "%s%s", prefix, u.text);
  } else if (size > 0 && (size < 1e-3 || size >= 1e6)) {
    exponent = decade(size);
    snprintf(tail, sizeof tail, "e%d", exponent);
  }
  double f = u.factor * pow(10, -exponent);
  int last = last_digit(value * f, error * f);
  put(out.value, sizeof out.value, value * f, last, tail);
  put(out.error, sizeof out.error, error * f, last, tail);
  put_end(out.low, sizeof out.low, low * f, last, tail);
  put_end(out.high, sizeof out.high, high * f, last, tail);
  return out;
}

eisi_shown eisi_show(double value, double error, double low, double high, const char *unit) {
  return show(value, error, low, high, leading(value, error), unit);
}

eisi_shown eisi_show_like(double value, double error, double size, const char *unit) {
  return show(value, error, NAN, NAN, size, unit);
}

void eisi_show_one(double v, int digits, const char *unit, char *buf, size_t size) {
  eisi_shown_unit u = eisi_unit_for(unit);
  int exponent = 0;
  const char *prefix =
      has_prefix(&u, fabs(v * u.factor)) ? eisi_prefix_for(v * u.factor, &exponent) : "";
  if (!isfinite(v)) {
    snprintf(buf, size, isnan(v) ? "?" : v > 0 ? "∞" : "-∞");
    return;
  }
  double shown = v * u.factor * pow(10, -exponent);
  const char *space = *u.text ? " " : "";
  if (fabs(shown) >= pow(10, digits) && fabs(shown) < 1e4) /* 123 with two digits stays 123 */
    snprintf(buf, size, "%.0f%s%s%s", shown, space, prefix, u.text);
  else
    snprintf(buf, size, "%.*g%s%s%s", digits, shown, space, prefix, u.text);
}

/* ---- parameters ---- */

static bool at_lower(const eis_param *p, double v) {
  return fabs(v - p->lower) <= fabs(v - p->upper);
}

bool eisi_param_unseen(const eis_circuit *c, const eis_fit_result *r, int i) {
  const eis_fit_param *f = &r->param[i];
  const eis_param *p = &c->param[i];
  if (!f->at_bound || f->fixed || f->tied || p->spec->scale != EIS_SCALE_LOG) return false;
  return at_lower(p, f->value) ? p->lower == p->spec->lower : p->upper == p->spec->upper;
}

static void note_tie(const eis_param *p, const eis_circuit *c, char *buf, size_t size) {
  if (p->tie_factor == 1)
    snprintf(buf, size, "= %s", c->param[p->tie].name);
  else
    snprintf(buf, size, "= %g × %s", p->tie_factor, c->param[p->tie].name);
}

/* The bound that the model file gives, NaN = none. */
static double bound_of_model(const eisi_modelfit *m, const eis_param *p, bool low) {
  const eis_model *model = m->candidate->model;
  const eis_circuit *c = NULL;
  for (int k = 0; model && k < model->n_variants; k++)
    if (strcmp(model->variant[k].name, m->candidate->variant[m->variant].name) == 0)
      c = model->variant[k].circuit;
  const int i = c ? eis_circuit_find_param(c, p->name) : -1;
  return i < 0 ? NAN : low ? c->param[i].lower : c->param[i].upper;
}

static void note_bound(const eisi_modelfit *m, int i, char *buf, size_t size) {
  const eis_param *p = &m->circuit->param[i];
  const bool low = at_lower(p, m->fit.param[i].value);
  const double v = low ? p->lower : p->upper, own = low ? p->spec->lower : p->spec->upper;
  const char *side = low ? "lower" : "upper";
  char number[48];
  eisi_show_one(v, 4, p->spec->unit, number, sizeof number);
  if (v == own)
    snprintf(buf, size, "at %s bound", side);
  else
    snprintf(buf, size, "at %s %s bound %s",
             v == bound_of_model(m, p, low) ? "the model's" : "your", side, number);
}

void eisi_param_note(const eisi_modelfit *m, int i, char *buf, size_t size) {
  const eis_fit_param *f = &m->fit.param[i];
  const eis_param *p = &m->circuit->param[i];
  buf[0] = '\0';
  if (f->tied && p->tie >= 0)
    note_tie(p, m->circuit, buf, size);
  else if (f->fixed)
    snprintf(buf, size, "fixed");
  else if (f->at_bound && !eisi_param_unseen(m->circuit, &m->fit, i))
    note_bound(m, i, buf, size);
  else if (!f->at_bound && !f->identifiable)
    snprintf(buf, size, "not identifiable");
  else if (!f->at_bound && f->stderr_ > 0.5 * fabs(f->value) && p->spec->scale == EIS_SCALE_LOG)
    snprintf(buf, size, "poorly determined");
}

/* "> 1e9 Ω (not seen)" */
static void show_limit(const eis_param *p, char *buf, size_t size) {
  const eisi_shown_unit u = eisi_unit_for(p->spec->unit);
  char number[32];
  snprintf(number, sizeof number, "%.3g", p->upper * u.factor);
  const char *sign = strstr(number, "e+");
  if (sign) {
    const char *digits = sign + 2 + strspn(sign + 2, "0");
    snprintf(buf, size, "> %.*se%s %s (not seen)", (int)(sign - number), number, digits, u.text);
  } else {
    snprintf(buf, size, "> %s %s (not seen)", number, u.text);
  }
}

/* More than three decades, or open at an end. */
static bool tells_nothing(const eis_param *p, const eis_fit_param *f) {
  if (p->spec->scale != EIS_SCALE_LOG || isnan(f->ci_low) || isnan(f->ci_high)) return false;
  return !(f->ci_low > 0 && f->ci_high <= 1e3 * f->ci_low);
}

eisi_shown eisi_param_shown(const eisi_modelfit *m, int i) {
  const eis_fit_param *f = &m->fit.param[i];
  const eis_param *p = &m->circuit->param[i];
  eisi_shown q = {.value = "≈ 0 (not seen)"};
  if (eisi_param_unseen(m->circuit, &m->fit, i)) {
    if (!at_lower(p, f->value)) show_limit(p, q.value, sizeof q.value);
    return q;
  }
  q = eisi_show(f->value, f->stderr_, f->ci_low, f->ci_high, p->spec->unit);
  if (!tells_nothing(p, f)) return q;
  snprintf(q.low, sizeof q.low, "not determined");
  q.high[0] = '\0';
  return q;
}

/* ---- derived quantities ---- */

static bool element_unseen(const eisi_modelfit *m, const char *name, size_t n) {
  const eis_circuit *c = m->circuit;
  for (int i = 0; i < c->n_params; i++) {
    const char *owner = c->element[c->param[i].element].name;
    if (strlen(owner) == n && memcmp(owner, name, n) == 0 && eisi_param_unseen(c, &m->fit, i))
      return true;
  }
  return false;
}

/* "tau(R1,CPE1)": the elements it is made of stand in its name. */
static bool derived_unseen(const eisi_modelfit *m, const eis_derived *d) {
  const char *s = strchr(d->name, '(');
  while (s && *s && *s != ')') {
    const size_t n = strcspn(++s, ",)");
    if (element_unseen(m, s, n)) return true;
    s += n;
  }
  return false;
}

eisi_shown eisi_derived_shown(const eisi_modelfit *m, const eis_derived *d) {
  const eisi_shown none = {.value = "–"};
  if (!isfinite(d->value) || derived_unseen(m, d)) return none;
  return eisi_show(d->value, d->stderr_, NAN, NAN, d->unit);
}
