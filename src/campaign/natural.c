/* natural.c - the order in which people count names: 2 before 10, IV before IX. */
#include <string.h>

#include "base/base.h"
#include "campaign/natural.h"

/* Value of the Roman numeral (up to 29, in capitals) that the whole word s[0..n-1] is, 0 = none. */
static int roman(const char *s, size_t n) {
  static const char *const tens[] = {"", "X", "XX"};
  static const char *const ones[] = {"", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"};
  for (int v = 1; v < 30; v++) {
    const size_t a = strlen(tens[v / 10]), b = strlen(ones[v % 10]);
    if (a + b == n && memcmp(s, tens[v / 10], a) == 0 && memcmp(s + a, ones[v % 10], b) == 0)
      return v;
  }
  return 0;
}

static size_t word_length(const char *s) {
  size_t n = 0;
  while (eisi_is_letter(s[n])) n++;
  return n;
}

/* Digits without the zeros in front. */
static const char *number(const char *s, size_t *n) {
  while (*s == '0' && eisi_is_digit(s[1])) s++;
  *n = strspn(s, "0123456789");
  return s;
}

static int compare_numbers(const char **a, const char **b) {
  size_t n, m;
  const char *x = number(*a, &n), *y = number(*b, &m);
  *a = x + n;
  *b = y + m;
  if (n != m) return n < m ? -1 : 1;
  return memcmp(x, y, n);
}

static int sign(int v) { return (v > 0) - (v < 0); }

/* Numerals are where their letters are in the alphabet, I to IV, V to IX, X and more; so that A, I,
   IV, J, V, W, X is an order. */
static int first_letter(const char *s, int value) {
  return value == 0 ? (unsigned char)*s : value < 5 ? 'I' : value < 10 ? 'V' : 'X';
}

/* Two words, of which one at least is a numeral. */
static int compare_numerals(const char *s, int x, const char *t, int y) {
  const int d = first_letter(s, x) - first_letter(t, y);
  if (d) return d;
  return x && y ? x - y : x ? -1 : 1;
}

int eisi_natural_order(const char *a, const char *b) {
  const char *s = a, *t = b;
  bool begins = true; /* of a word */
  while (*s && *t) {
    int d = 0;
    if (eisi_is_digit(*s) && eisi_is_digit(*t)) {
      d = compare_numbers(&s, &t);
      begins = true;
    } else {
      const size_t n = begins ? word_length(s) : 0, m = begins ? word_length(t) : 0;
      const int x = n ? roman(s, n) : 0, y = m ? roman(t, m) : 0;
      begins = !eisi_is_letter(*s);
      if (x || y) {
        d = compare_numerals(s, x, t, y);
        s += n;
        t += m;
      } else {
        d = (unsigned char)*s++ - (unsigned char)*t++;
      }
    }
    if (d) return sign(d);
  }
  if (*s || *t) return *s ? 1 : -1;
  return sign(strcmp(a, b)); /* 07 and 7 */
}
