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
  int of_value = value != 0 ? decade(value) : 0;
  if (!(error > 0) || !isfinite(error)) return of_value - 4;
  int d = decade(error) - 1;
  if (error / pow(10, d) >= 99.5) d++; /* 0.0996 is shown as 0.10 */
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

/* The size that decides the prefix: the value, unless the error is far larger. */
static double leading(double value, double error) {
  double a = fabs(value);
  if (isfinite(error) && error > 1000 * a) return error;
  return a;
}

eisi_shown eisi_show(double value, double error, double low, double high, const char *unit) {
  eisi_shown out = {.value = "?"};
  eisi_shown_unit u = eisi_unit_for(unit);
  snprintf(out.unit, sizeof out.unit, "%s", u.text);
  if (!isfinite(value)) return out;
  double size = leading(value, error) * u.factor;
  int exponent = 0;
  char tail[12] = "";
  if (u.prefix) {
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

void eisi_show_one(double v, int digits, const char *unit, char *buf, size_t size) {
  eisi_shown_unit u = eisi_unit_for(unit);
  int exponent = 0;
  const char *prefix = u.prefix ? eisi_prefix_for(v * u.factor, &exponent) : "";
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
