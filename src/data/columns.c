/* columns.c - the vocabulary of the trade: header names and units. */
#include "data/columns.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/csvtab.h"

static bool is_alnum(char c) { return eisi_is_letter(c) || eisi_is_digit(c); }

/* ---- spelling: everything to ASCII, case kept (m and M differ in units) ---- */

typedef struct spelling {
  const char *utf8, *ascii;
} spelling;

static const spelling spellings[] = {
    {"Ω", "ohm"}, {"Ω", "ohm"}, {"µ", "u"},     {"μ", "u"},     {"°", "deg"},   {"²", "2"},
    {"−", "-"},   {"–", "-"},   {"—", "-"},     {"‐", "-"},     {"′", "'"},     {"’", "'"},
    {"‘", "'"},   {"´", "'"},   {"″", "''"},    {"”", "''"},    {"“", "''"},    {"˝", "''"},
    {"φ", "phi"}, {"ϕ", "phi"}, {"Φ", "phi"},   {"θ", "theta"}, {"Θ", "theta"}, {"ω", "omega"},
    {"é", "e"},   {"è", "e"},   {"ê", "e"},     {"ä", "ae"},    {"ö", "oe"},    {"ü", "ue"},
    {"ó", "o"},   {"í", "i"},   {"á", "a"},     {"ñ", "n"},     {"·", "*"},     {"⋅", "*"},
    {"Ù", "ohm"}, {"½", "ohm"}, /* omega of windows-1253 and Mac Roman, read as latin-1 */
    {"×", "*"},   {"⁻¹", "-1"}, {"σ", "sigma"}, {"ℜ", "re"},    {"ℑ", "im"},    {"\xc2\xa0", " "},
    {"�", "?"},
};

/* What the bytes begin with, NULL = nothing that is known. */
static const spelling *spelling_at(const char *s, size_t n) {
  for (size_t k = 0; n > 1 && k < sizeof spellings / sizeof *spellings; k++) {
    const char *utf8 = spellings[k].utf8;
    if (utf8[0] != s[0] || utf8[1] != s[1]) continue;
    const size_t len = strlen(utf8);
    if (len <= n && memcmp(s, utf8, len) == 0) return &spellings[k];
  }
  return NULL;
}

/* ASCII text of a header cell; `"` becomes '' (double prime).  Returns the length. */
static size_t to_ascii(const char *s, size_t n, char *out, size_t size) {
  size_t m = 0;
  for (size_t i = 0; i < n && m + 8 < size;) {
    const spelling *hit = NULL;
    if ((unsigned char)s[i] >= 0x80) hit = spelling_at(s + i, n - i);
    const char *put = hit ? hit->ascii : s[i] == '"' ? "''" : NULL;
    if (put) {
      m += (size_t)snprintf(out + m, size - m, "%s", put);
      i += hit ? strlen(hit->utf8) : 1;
    } else {
      out[m++] = (unsigned char)s[i] < 0x80 ? s[i] : '?';
      i++;
    }
  }
  out[m] = '\0';
  return m;
}

/* ---- units ---- */

typedef struct unit_word {
  const char *word; /* lower case, without blanks, '.', '*', '^', '_' */
  eisi_dimension dim;
  double factor;
  bool prefixed; /* may carry p n u m k M G */
  bool per_area;
} unit_word;

#define PI 3.14159265358979323846
static const unit_word unit_words[] = {
    {"hz", EISI_DIM_FREQ, 1, true, false},
    {"hertz", EISI_DIM_FREQ, 1, true, false},
    {"1/s", EISI_DIM_FREQ, 1, false, false},
    {"rad/s", EISI_DIM_FREQ, 1 / (2 * PI), true, false},
    {"rad/sec", EISI_DIM_FREQ, 1 / (2 * PI), false, false},
    {"rads-1", EISI_DIM_FREQ, 1 / (2 * PI), false, false},
    {"rad/second", EISI_DIM_FREQ, 1 / (2 * PI), false, false},
    {"ohm", EISI_DIM_Z, 1, true, false},
    {"ohms", EISI_DIM_Z, 1, true, false},
    {"v/a", EISI_DIM_Z, 1, false, false},
    {"ohmcm2", EISI_DIM_Z, 1, true, true},
    {"ohmscm2", EISI_DIM_Z, 1, true, true},
    {"ohm-cm2", EISI_DIM_Z, 1, true, true},
    {"ohmm2", EISI_DIM_Z, 1e4, true, true},
    {"deg", EISI_DIM_ANGLE, PI / 180, false, false},
    {"degs", EISI_DIM_ANGLE, PI / 180, false, false},
    {"degree", EISI_DIM_ANGLE, PI / 180, false, false},
    {"degrees", EISI_DIM_ANGLE, PI / 180, false, false},
    {"grad", EISI_DIM_ANGLE, PI / 180, false, false},
    {"rad", EISI_DIM_ANGLE, 1, true, false},
    {"radian", EISI_DIM_ANGLE, 1, false, false},
    {"radians", EISI_DIM_ANGLE, 1, false, false},
    {"s", EISI_DIM_TIME, 1, true, false},
    {"sec", EISI_DIM_TIME, 1, true, false},
    {"secs", EISI_DIM_TIME, 1, false, false},
    {"second", EISI_DIM_TIME, 1, false, false},
    {"seconds", EISI_DIM_TIME, 1, false, false},
    {"min", EISI_DIM_TIME, 60, false, false},
    {"h", EISI_DIM_TIME, 3600, false, false},
    {"hr", EISI_DIM_TIME, 3600, false, false},
    {"hours", EISI_DIM_TIME, 3600, false, false},
};

static const struct {
  char c;
  double factor;
} prefixes[] = {{'p', 1e-12}, {'n', 1e-9}, {'u', 1e-6}, {'m', 1e-3},
                {'k', 1e3},   {'K', 1e3},  {'M', 1e6},  {'G', 1e9}};

static const unit_word *unit_word_find(const char *s) {
  for (size_t i = 0; i < sizeof unit_words / sizeof *unit_words; i++)
    if (eisi_strcasecmp(s, unit_words[i].word) == 0) return &unit_words[i];
  return NULL;
}

static bool prefixed_unit(const char *s, eisi_unit *out) {
  static const struct {
    const char *word;
    double factor;
  } words[] = {{"milli", 1e-3}, {"kilo", 1e3}, {"mega", 1e6}, {"giga", 1e9}, {"micro", 1e-6}};
  const unit_word *u = NULL;
  double factor = 1;
  for (size_t i = 0; !u && i < sizeof words / sizeof *words; i++)
    if (strncmp(s, words[i].word, strlen(words[i].word)) == 0)
      u = unit_word_find(s + strlen(words[i].word)), factor = words[i].factor;
  for (size_t i = 0; !u && i < sizeof prefixes / sizeof *prefixes; i++)
    if (s[0] == prefixes[i].c) u = unit_word_find(s + 1), factor = prefixes[i].factor;
  if (!u || !u->prefixed) return false;
  /* "mhz" and "MHZ" may be written without thought for case; "mHz", "mohm" are clear, and what is
     in lower case is read as SI writes it except for hertz */
  bool lower = true, upper = true;
  for (const char *p = s; *p; p++) {
    lower &= !(eisi_is_letter(*p) && eisi_lower(*p) != *p);
    upper &= !(eisi_is_letter(*p) && eisi_lower(*p) == *p);
  }
  bool m = s[0] == 'm' || s[0] == 'M';
  *out = (eisi_unit){u->dim, u->factor * factor, u->per_area,
                     m && ((lower && u->dim == EISI_DIM_FREQ) || (upper && s[1] != '\0'))};
  return true;
}

bool eisi_unit_parse(const char *s, size_t n, eisi_unit *out) {
  char ascii[96], word[96];
  size_t m = 0;
  to_ascii(s, n, ascii, sizeof ascii);
  for (const char *p = ascii; *p; p++)
    if (!strchr(" \t.*^_[](){}", *p)) word[m++] = *p;
  word[m] = '\0';
  if (m == 0 || m > 24) return false;
  if (word[0] == '/') memmove(word, word + 1, m);
  const unit_word *u = unit_word_find(word);
  if (!u) return prefixed_unit(word, out);
  *out = (eisi_unit){u->dim, u->factor, u->per_area, false};
  return true;
}

/* ---- names ---- */

/* Lower case, without blanks, '_', '.', '(', ')'; the plainest first. */
#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})
static const struct {
  eisi_role role;
  const char *const *word;
} role_words[] = {
    {EISI_COL_FREQ, WORDS("f", "freq", "freqs", "frequency", "frequencies", "fre", "frequenz",
                          "frequence", "frecuencia", "frequenza", "frekvens", "freqhz",
                          "frequencyhz", "measuredfreq", "measuredfrequency", "omega", "w",
                          "angularfrequency", "angularfreq", "kreisfrequenz", "radialfrequency")},
    {EISI_COL_RE,
     WORDS("z'", "zs'", "rez", "zre", "zreal", "realz", "real", "re", "realpart", "realpartz",
           "zrealpart", "realteil", "realteilz", "partiereelle", "zr", "zprime", "impedancereal",
           "impedancere", "realimpedance", "reimpedance", "zrel", "r", "rs", "reals", "realofz",
           "resistance", "resistanceseries", "zrealohm")},
    {EISI_COL_IM,
     WORDS("z''", "zs''", "imz", "zim", "zimg", "zimag", "zimage", "imagz", "imag", "im",
           "imaginary", "imaginaryz", "imaginarypart", "imagpart", "imaginarypartz", "imagpartz",
           "zimagpart", "imaginaerteil", "imaginarteil", "imaginaerteilz", "partieimaginaire", "zi",
           "zimaginary", "zdoubleprime", "zprimeprime", "impedanceimag", "impedanceim",
           "impedanceimaginary", "imagimpedance", "imaginaryimpedance", "imimpedance", "x", "xs",
           "reactance", "imagofz")},
    {EISI_COL_MOD, WORDS("|z|", "z", "absz", "zabs", "zmod", "modz", "zmodulus", "modulus",
                         "modulusz", "magnitude", "mag", "zmag", "zmagnitude", "magz", "magnitudez",
                         "impedance", "|impedance|", "impedancemagnitude", "impedancemodulus",
                         "impedanz", "betrag", "betragz", "|zs|", "amplitudez")},
    {EISI_COL_PHASE,
     WORDS("phase", "phasez", "zphz", "zphase", "phz", "zphaseangle", "phaseangle", "phaseofz",
           "phi", "theta", "angle", "zangle", "thetaz", "phiz", "argz", "phasenwinkel",
           "phasenverschiebung", "phaseshift", "impedancephase", "phasedeg", "thz", "angledeg")},
    {EISI_COL_SIGMA, WORDS("sigma", "std", "stddev", "stdev", "sd", "sigmaz", "stdz", "uncertainty",
                           "stderr", "zstd", "zsigma")},
    {EISI_COL_SIGMA_RE, WORDS("sigmare", "sigmareal", "stdre", "stdreal", "sdre", "sigmarez",
                              "sigmaz'", "sigmazre", "sigmazreal")},
    {EISI_COL_SIGMA_IM, WORDS("sigmaim", "sigmaimag", "stdim", "stdimag", "sdim", "sigmaimz",
                              "sigmaz''", "sigmazim", "sigmazimag")},
    {EISI_COL_TIME, WORDS("time", "t", "elapsedtime", "timesec", "times", "zeit", "temps",
                          "timestamp", "totaltime", "testtime")},
    {EISI_COL_CYCLE,
     WORDS("cycle", "cyclenumber", "cycleno", "cyclenr", "cyc", "cycleindex", "zyklus",
           "zyklusnummer", "zcycle", "loop", "loopnumber", "sweep", "sweepnumber", "sweepno", "run",
           "runnumber", "spectrum", "spectrumid", "spectrumnumber", "measurement",
           "measurementnumber", "scan", "scannumber", "segment", "segment#", "seriesidx")},
    {EISI_COL_STATE, WORDS("state", "statename", "zustand")},
    {EISI_COL_INDEX, WORDS("index", "idx", "pt", "point", "point#", "points", "#", "no", "nr",
                           "num", "number", "row", "rowid", "id", "n", "unnamed:0", "true")},
};
#undef WORDS

const char *eisi_role_name(eisi_role role) {
  static const char *const names[EISI_N_ROLES] = {"other",
                                                  "frequency",
                                                  "real part",
                                                  "imaginary part",
                                                  "modulus",
                                                  "phase",
                                                  "sigma",
                                                  "sigma of the real part",
                                                  "sigma of the imaginary part",
                                                  "time",
                                                  "cycle",
                                                  "state",
                                                  "row number",
                                                  "wide"};
  return names[role];
}

eisi_dimension eisi_role_dimension(eisi_role role) {
  switch (role) {
    case EISI_COL_FREQ: return EISI_DIM_FREQ;
    case EISI_COL_PHASE: return EISI_DIM_ANGLE;
    case EISI_COL_TIME: return EISI_DIM_TIME;
    case EISI_COL_RE:
    case EISI_COL_IM:
    case EISI_COL_MOD:
    case EISI_COL_SIGMA:
    case EISI_COL_SIGMA_RE:
    case EISI_COL_SIGMA_IM: return EISI_DIM_Z;
    default: return EISI_DIM_NONE;
  }
}

eisi_role eisi_role_find(const char *name, int *rank) {
  if (rank) *rank = 0;
  if (!*name) return EISI_COL_INDEX;
  for (size_t i = 0; i < sizeof role_words / sizeof *role_words; i++)
    for (int k = 0; role_words[i].word[k]; k++) {
      const char *word = role_words[i].word[k];
      if (*word != *name || strcmp(word, name) != 0) continue;
      if (rank) *rank = k;
      return role_words[i].role;
    }
  return EISI_COL_OTHER;
}

/* Takes the unit off the end: "[..]", "(..)", "/..", " ..", "_..", ", ..".  Returns the length of
   the name that is left.  "(a)", "(b)" are the channel marks of ZView. */
static size_t take_unit(const char *s, size_t n, eisi_column *c) {
  static const char *const between = "/ _,";
  while (n > 0 && s[n - 1] == ' ') n--;
  if (n > 2 && (s[n - 1] == ')' || s[n - 1] == ']')) {
    size_t i = n - 1;
    while (i > 0 && s[i] != (s[n - 1] == ')' ? '(' : '[')) i--;
    if (n - i == 3 && (s[i + 1] == 'a' || s[i + 1] == 'b')) return i;
    if (i > 0 && eisi_unit_parse(s + i, n - i, &c->unit)) {
      c->has_unit = true;
      snprintf(c->unit_text, sizeof c->unit_text, "%.*s", (int)(n - i - 2), s + i + 1);
      return i;
    }
  }
  for (size_t i = n; i-- > 1;)
    if (strchr(between, s[i]) && i + 1 < n && eisi_unit_parse(s + i + 1, n - i - 1, &c->unit)) {
      if (s[i] == '/' && i >= 3 && strncmp(s + i - 3, "rad", 3) == 0) continue; /* rad/s */
      c->has_unit = true;
      snprintf(c->unit_text, sizeof c->unit_text, "%.*s", (int)(n - i - 1), s + i + 1);
      return i > 3 && strncmp(s + i - 3, " in", 3) == 0 ? i - 3 : i; /* "Frequenz in Hz" */
    }
  return n;
}

/* Lower case without blanks, '_', '.', brackets; a leading minus in any wording becomes sign -1. */
static void compact(const char *s, size_t n, char *out, size_t size, int *sign) {
  static const char *const minus[] = {"-1*", "-", "minus", "neg"};
  size_t m = 0;
  for (size_t i = 0; i < n && m + 1 < size; i++) {
    bool hyphen = s[i] == '-' && m > 0 && i + 1 < n && is_alnum(s[i - 1]);
    if (!hyphen && !strchr(" \t_.()[]{}/:", s[i])) out[m++] = eisi_lower(s[i]);
  }
  out[m] = '\0';
  for (size_t i = 0; i < sizeof minus / sizeof *minus; i++) {
    size_t len = strlen(minus[i]);
    if (m > len && strncmp(out, minus[i], len) == 0 &&
        eisi_role_find(out + len, NULL) != EISI_COL_OTHER) {
      memmove(out, out + len, m - len + 1);
      *sign = -1;
      return;
    }
  }
  /* "Zimag(-)" */
  if (m > 1 && out[m - 1] == '-') {
    out[m - 1] = '\0';
    *sign = -1;
  }
}

/* "Temperature (°C)" -> temperature_C, "cycle number" -> cycle_number. */
static void make_key(const char *s, size_t n, char *out, size_t size) {
  size_t m = 0;
  bool unit = false;
  for (size_t i = 0; i < n && m + 2 < size; i++) {
    const char c = s[i];
    if (strncmp(s + i, "degC", 4) == 0) { /* keep the case of a unit */
      if (m > 0 && out[m - 1] != '_') out[m++] = '_';
      out[m++] = 'C';
      i += 3;
    } else if (is_alnum(c)) {
      out[m++] = unit ? c : eisi_lower(c);
    } else if (m > 0 && out[m - 1] != '_') {
      out[m++] = '_';
    }
    if (c == '/' || c == '[' || c == '(') unit = true;
    if (c == ' ') unit = false;
  }
  while (m > 0 && out[m - 1] == '_') m--;
  out[m] = '\0';
}

/* The role of the first `len` bytes, when the unit found so far fits it. */
static bool name_role(const char *ascii, size_t len, char *word, size_t size, eisi_column *c) {
  c->sign = 1;
  compact(ascii, len, word, size, &c->sign);
  c->role = strcmp(ascii, "T") == 0 ? EISI_COL_OTHER /* a temperature, not a time */
                                    : eisi_role_find(word, &c->rank);
  eisi_dimension dim = eisi_role_dimension(c->role);
  return c->role != EISI_COL_OTHER && (!c->has_unit || dim == EISI_DIM_NONE || dim == c->unit.dim);
}

static void set_unit(eisi_column *c, const char *text, size_t n) {
  c->has_unit = eisi_unit_parse(text, n, &c->unit);
  if (c->has_unit) snprintf(c->unit_text, sizeof c->unit_text, "%.*s", (int)n, text);
}

/* Units that stand in the word itself: "omega" is in rad/s, "PhaseDeg" in degrees. */
static void unit_of_word(eisi_column *c, const char *word) {
  static const char *const angular[] = {"omega", "w", "angular", "kreis", "radial"};
  size_t n = strlen(word);
  if (c->role == EISI_COL_PHASE && n > 3 && strcmp(word + n - 3, "deg") == 0) set_unit(c, "deg", 3);
  for (size_t i = 0; c->role == EISI_COL_FREQ && i < sizeof angular / sizeof *angular; i++)
    if (eisi_starts_with(word, angular[i])) set_unit(c, "rad/s", 5);
}

/* "Z' (xyz)": the name is known, the unit is not.  A lone '?' is an omega or a degree sign that
   was lost on the way. */
static void unreadable_unit(const char *ascii, size_t len, eisi_column *c) {
  char word[256];
  bool round = len > 0 && ascii[len - 1] == ')', square = len > 0 && ascii[len - 1] == ']';
  const char *open = strrchr(ascii, round ? '(' : square ? '[' : '/');
  if (open && round && !(open > ascii && strchr(" '|", open[-1]))) open = NULL; /* "Re(Y)" */
  size_t rest = open ? len - (size_t)(open - ascii) : 0;
  /* one letter ("x/mm", "T / K") says too little */
  if (!open || !name_role(ascii, (size_t)(open - ascii), word, sizeof word, c) ||
      strlen(word) < 2 || c->role < EISI_COL_FREQ || c->role > EISI_COL_PHASE) {
    c->role = EISI_COL_OTHER;
    return;
  }
  size_t inner = strcspn(open + 1, ")]");
  if (inner == 1 && open[1] == '?') return;
  c->unknown_unit = true;
  snprintf(c->unit_text, sizeof c->unit_text, "%.*s", (int)(inner < rest ? inner : rest), open + 1);
}

/* The key with the letters as they stand in the file. */
static void keep_case(eisi_column *c) {
  size_t m = 0;
  for (const char *p = c->name; *p && c->key[m]; p++)
    if (is_alnum(*p) && eisi_lower(*p) == eisi_lower(c->key[m]))
      c->key[m++] = *p;
    else if (c->key[m] == '_')
      m++;
}

/* temperature_C, pressure_MPa: written as a key, by eisfit or by somebody who knows it. */
static bool is_key(const char *name) {
  const size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
  return name[n] == '\0' && strchr(name, '_') && *name >= 'a' && *name <= 'z';
}

void eisi_column_parse(const char *name, size_t n, const char *unit, size_t n_unit,
                       eisi_column *out) {
  char ascii[256], word[256];
  *out = (eisi_column){.sign = 1};
  eisi_copy_utf8(out->name, sizeof out->name, name, n);
  size_t len = to_ascii(name, n, ascii, sizeof ascii);
  make_key(ascii, len, out->key, sizeof out->key);
  if (!name_role(ascii, take_unit(ascii, len, out), word, sizeof word, out)) {
    out->has_unit = false; /* "R_s": no unit after all */
    out->unit_text[0] = '\0';
    if (!name_role(ascii, len, word, sizeof word, out)) unreadable_unit(ascii, len, out);
  }
  if (n_unit > 0) {
    eisi_unit u;
    eisi_dimension dim = eisi_role_dimension(out->role);
    bool known = eisi_unit_parse(unit, n_unit, &u);
    if (known && dim != EISI_DIM_NONE && dim != u.dim) out->role = EISI_COL_OTHER;
    if (known) set_unit(out, unit, n_unit);
  }
  if (!out->has_unit) unit_of_word(out, word);
  if (out->role == EISI_COL_OTHER && is_key(out->name)) keep_case(out);
}

bool eisi_key_is_taken(const char *key) {
  eisi_column c;
  while (eisi_starts_with(key, EISI_META_PREFIX)) key += sizeof EISI_META_PREFIX - 1;
  eisi_column_parse(key, strlen(key), "", 0, &c);
  return c.role != EISI_COL_OTHER && c.role != EISI_COL_CYCLE && c.role != EISI_COL_STATE;
}

void eisi_columns_unique_keys(eisi_column *column, size_t n) {
  if (n > 512) n = 512; /* the columns of a wide table come last */
  for (size_t i = 0; i < n; i++)
    for (size_t k = 0; k < i; k++) {
      if (!column[i].key[0] || strcmp(column[i].key, column[k].key) != 0) continue;
      keep_case(&column[i]);
      keep_case(&column[k]);
      size_t len = strlen(column[i].key);
      if (strcmp(column[i].key, column[k].key) == 0 && len + 8 < sizeof column[i].key)
        snprintf(column[i].key + len, 8, "_%zu", (i + 1) % 10000);
    }
}

bool eisi_column_wide(const char *name, size_t n, eisi_role *role, int *sign, double *f_hz) {
  char word[64];
  if (n < 5 || n > 60 || (memcmp(name + n - 2, "Hz", 2) != 0 && memcmp(name + n - 2, "hz", 2) != 0))
    return false;
  size_t i = n;
  while (i > 0 && name[i - 1] != '_' && name[i - 1] != '@' && name[i - 1] != ' ') i--;
  if (i < 2 || n - i <= 2 || eisi_parse_double(name + i, n - i, '.', f_hz) != n - i - 2 ||
      !(*f_hz > 0 && *f_hz < EISI_NO_NUMBER))
    return false;
  *sign = 1;
  compact(name, i - 1, word, sizeof word, sign);
  const eisi_role found = eisi_role_find(word, NULL);
  if (found < EISI_COL_RE || found > EISI_COL_PHASE)
    return false; /* "state_100Hz" is no part of Z */
  *role = found;
  return true;
}
