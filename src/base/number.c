#include <inttypes.h>
#include <locale.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"

typedef struct decimal {
  uint64_t digits;
  int exponent; /* of ten */
  int n_digits; /* significant digits seen */
  bool exact;   /* all digits are in `digits` */
} decimal;

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static void take_digit(decimal *d, char c, bool fraction) {
  if (d->n_digits > 0 || c != '0') d->n_digits++;
  if (d->n_digits <= 19) {
    d->digits = d->digits * 10 + (uint64_t)(c - '0');
    if (fraction) d->exponent--;
  } else {
    d->exact = false;
    if (!fraction) d->exponent++;
  }
}

/* "e-5", "E+05", "d3" after a mantissa; 0 when there is no complete exponent. */
static size_t scan_exponent(const char *s, size_t n, int *exponent) {
  size_t i = 1;
  if (n < 2 || (s[0] != 'e' && s[0] != 'E' && s[0] != 'd' && s[0] != 'D')) return 0;
  const bool negative = s[i] == '-';
  if (s[i] == '-' || s[i] == '+') i++;
  if (i >= n || !is_digit(s[i])) return 0;
  int e = 0;
  for (; i < n && is_digit(s[i]); i++)
    if (e < 100000) e = e * 10 + (s[i] - '0');
  *exponent = negative ? -e : e;
  return i;
}

/* Correctly rounded by the C library in the "C" locale, whatever the process has set.  A text
   longer than any program writes goes by its first 19 digits: cut, it would lose its exponent. */
static double slow_value(const char *s, size_t n, char point, const decimal *d, int exponent) {
  char buf[128], *end;
  size_t m = 0;
  for (size_t i = 0; i < n && n < sizeof buf; i++) {
    const char c = s[i];
    buf[m++] = c == point ? '.' : c == 'd' || c == 'D' ? 'e' : c;
  }
  buf[m] = 0;
  if (n >= sizeof buf)
    snprintf(buf, sizeof buf, "%s%" PRIu64 "e%d", s[0] == '-' ? "-" : "", d->digits, exponent);
  locale_t c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
  if (c_locale == (locale_t)0) return strtod(buf, &end);
  const double v = strtod_l(buf, &end, c_locale);
  freelocale(c_locale);
  return v;
}

size_t eisi_parse_double(const char *s, size_t n, char point, double *out) {
  static const double ten[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                               1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                               1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
  decimal d = {0, 0, 0, true};
  size_t i = 0, mantissa = 0;
  const bool negative = n > 0 && s[0] == '-';
  if (n > 0 && (s[0] == '-' || s[0] == '+')) i++;
  for (; i < n && is_digit(s[i]); i++, mantissa++) take_digit(&d, s[i], false);
  if (i < n && s[i] == point)
    for (i++; i < n && is_digit(s[i]); i++, mantissa++) take_digit(&d, s[i], true);
  if (mantissa == 0) return 0;
  int e = 0;
  i += scan_exponent(s + i, n - i, &e);
  e += d.exponent;
  /* both factors exact in double: one rounding, the right one (Clinger 1990) */
  if (d.exact && d.digits <= (UINT64_C(1) << 53) && e >= -22 && e <= 22) {
    const double m = (double)d.digits, v = e < 0 ? m / ten[-e] : m * ten[e];
    *out = negative ? -v : v;
  } else {
    *out = slow_value(s, i, point, &d, e);
  }
  return isfinite(*out) ? i : 0;
}

void eisi_print_double(char *buf, size_t size, double v) {
  for (int digits = 15; digits <= 17; digits++) {
    snprintf(buf, size, "%.*g", digits, v);
    char *comma = strchr(buf, ',');
    if (comma) *comma = '.';
    double back = 0; /* DBL_MAX with 15 digits is too large, and read as no number */
    if (!isfinite(v) || (eisi_parse_double(buf, strlen(buf), '.', &back) != 0 && back == v)) return;
  }
}

double eisi_signif(double v, int digits) {
  char buf[40];
  double back;
  if (!isfinite(v)) return v;
  snprintf(buf, sizeof buf, "%.*e", digits - 1, v); /* rounds as printing does */
  char *comma = strchr(buf, ',');
  if (comma) *comma = '.';
  return eisi_parse_double(buf, strlen(buf), '.', &back) ? back : v;
}

typedef struct prefix_row {
  const char *text;
  double factor;
} prefix_row;

static const prefix_row prefixes[] = {
    {"Meg", 1e6}, {"f", 1e-15}, {"p", 1e-12}, {"n", 1e-9}, {"u", 1e-6}, {"\xC2\xB5", 1e-6},
    {"\xCE\xBC", 1e-6}, {"m", 1e-3}, {"k", 1e3}, {"K", 1e3}, {"M", 1e6}, {"G", 1e9}, {"T", 1e12}};

bool eisi_parse_prefixed(const char *s, double *out, size_t *used) {
  size_t i = eisi_parse_double(s, strlen(s), '.', out);
  if (i == 0) return false;
  while (s[i] == ' ') i++;
  for (size_t k = 0; k < sizeof prefixes / sizeof prefixes[0]; k++)
    if (eisi_starts_with(s + i, prefixes[k].text)) {
      *out *= prefixes[k].factor;
      i += strlen(prefixes[k].text);
      break;
    }
  if (used) *used = i;
  return isfinite(*out);
}

typedef struct unit_row {
  eisi_quantity kind;
  const char *text;
  double factor, offset;
} unit_row;

static const unit_row units[] = {
    {EISI_AREA, "m2", 1, 0},           {EISI_AREA, "cm2", 1e-4, 0},
    {EISI_AREA, "mm2", 1e-6, 0},       {EISI_AREA, "um2", 1e-12, 0},
    {EISI_LENGTH, "m", 1, 0},          {EISI_LENGTH, "cm", 1e-2, 0},
    {EISI_LENGTH, "mm", 1e-3, 0},      {EISI_LENGTH, "um", 1e-6, 0},
    {EISI_LENGTH, "nm", 1e-9, 0},      {EISI_TEMPERATURE, "K", 1, 0},
    {EISI_TEMPERATURE, "C", 1, 273.15}, {EISI_TEMPERATURE, "degC", 1, 273.15},
    {EISI_TIME, "s", 1, 0},            {EISI_TIME, "ms", 1e-3, 0},
    {EISI_TIME, "min", 60, 0},         {EISI_TIME, "h", 3600, 0},
    {EISI_FREQUENCY, "", 1, 0},        {EISI_FREQUENCY, "Hz", 1, 0},
    {EISI_FREQUENCY, "mHz", 1e-3, 0},  {EISI_FREQUENCY, "kHz", 1e3, 0},
    {EISI_FREQUENCY, "MHz", 1e6, 0}};

static const char *const quantity_example[] = {
    [EISI_AREA] = "an area with unit such as '0.785 cm2'",
    [EISI_LENGTH] = "a length with unit such as '650 um'",
    [EISI_TEMPERATURE] = "a temperature with unit such as '25 C' or '298 K'",
    [EISI_TIME] = "a time with unit such as '2 min'",
    [EISI_FREQUENCY] = "a frequency such as '10', '0.1 Hz' or '1 MHz'"};

/* Unit text in one spelling: no blanks, no '^', superscript two as '2', micro as 'u', no degree. */
static void plain_unit(const char *s, char *buf, size_t size) {
  static const struct {
    const char *from, *to;
  } map[] = {{"\xC2\xB2", "2"}, {"\xC2\xB5", "u"}, {"\xCE\xBC", "u"}, {"\xC2\xB0", ""},
             {"**", ""},        {"^", ""},         {" ", ""}};
  size_t n = 0;
  while (*s && n + 1 < size) {
    bool mapped = false;
    for (size_t k = 0; k < sizeof map / sizeof map[0] && !mapped; k++)
      if (eisi_starts_with(s, map[k].from)) {
        for (const char *t = map[k].to; *t && n + 1 < size; t++) buf[n++] = *t;
        s += strlen(map[k].from);
        mapped = true;
      }
    if (!mapped) buf[n++] = *s++;
  }
  buf[n] = 0;
}

eis_status eisi_parse_quantity(const char *s, eisi_quantity kind, double *out, eis_error *err) {
  char unit[32];
  double v = 0;
  while (*s == ' ') s++;
  const size_t used = eisi_parse_double(s, strlen(s), '.', &v);
  plain_unit(s + used, unit, sizeof unit);
  for (size_t k = 0; used && k < sizeof units / sizeof units[0]; k++) {
    if (units[k].kind != kind || strcmp(units[k].text, unit) != 0) continue;
    v = v * units[k].factor + units[k].offset;
    if (v > 0 && isfinite(v)) {
      *out = v;
      return EIS_OK;
    }
    return eis_error_set(err, EIS_ERROR_USAGE, "'%s' is not positive: expected %s", s,
                         quantity_example[kind]);
  }
  return eis_error_set(err, EIS_ERROR_USAGE, "can't read '%s': expected %s", s,
                       quantity_example[kind]);
}

const char *eisi_prefix_for(double v, int *exponent) {
  static const char *const text[] = {"f", "p", "n", "\xC2\xB5", "m", "", "k", "M", "G", "T"};
  const double a = fabs(v);
  int e = 0;
  if (a > 0 && isfinite(a)) {
    e = 3 * (int)floor(log10(a) / 3 + 1e-12);
    if (e < -15) e = -15;
    if (e > 12) e = 12;
  }
  *exponent = e;
  return text[(e + 15) / 3];
}
