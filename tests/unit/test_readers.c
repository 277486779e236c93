/* test_readers.c - every header style, unit, sign rule, option and refusal, on tables made here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <complex.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <eisfit/reader.h>

#include "data/input.h"

enum { N = 21 };

/* R0 + R||C + a blocking capacitor: 10 ohm + 100 ohm || 20 uF + 50 mF, 10 kHz .. 0.1 Hz. */
static double freq(int k) { return 1e4 * pow(10, -0.25 * k); }
static double complex truth(double f) {
  double w = 2 * 3.14159265358979323846 * f;
  return 10 + 100 / (1 + I * w * 100 * 2e-5) + 1 / (I * w * 0.05);
}

/* ---- text ---- */

typedef struct text {
  char s[65536];
  size_t n;
} text;

static void add(text *t, const char *fmt, ...) {
  va_list ap;
  va_start(ap, fmt);
  int n = vsnprintf(t->s + t->n, sizeof t->s - t->n, fmt, ap);
  va_end(ap);
  assert_true(n >= 0 && t->n + (size_t)n < sizeof t->s);
  t->n += (size_t)n;
}

/* One cell: f k(Hz) M(Hz) u(mHz) w(rad/s); r i n(-Im) m(odulus) d(eg) p(rad) q(-deg), in ohm/scale;
   t(ime) x(index) c(onstant 7) e(mpty) s(igma 0.5). */
static double cell(char letter, int k, double scale) {
  double f = freq(k);
  double complex z = truth(f) / scale;
  switch (letter) {
    case 'f': return f;
    case 'k': return f / 1e3;
    case 'M': return f / 1e6;
    case 'u': return f * 1e3;
    case 'w': return f * 6.28318530717958647692;
    case 'r': return creal(z);
    case 'i': return cimag(z);
    case 'n': return -cimag(z);
    case 'm': return cabs(z);
    case 'd': return carg(z) * 180 / 3.14159265358979323846;
    case 'q': return -carg(z) * 180 / 3.14159265358979323846;
    case 'p': return carg(z);
    case 't': return 100 + 3 * k;
    case 's': return 0.5 / scale;
    case 'x': return k;
    default: return 7;
  }
}

static void add_rows(text *t, const char *letters, const char *delimiter, bool comma, double scale,
                     int n) {
  for (int k = 0; k < n; k++) {
    for (const char *c = letters; *c; c++) {
      char buf[40];
      snprintf(buf, sizeof buf, "%.15g", cell(*c, k, scale));
      char *p = strchr(buf, '.');
      if (comma && p) *p = ',';
      add(t, "%s%s", c > letters ? delimiter : "", *c == 'e' ? "" : buf);
    }
    add(t, "\n");
  }
}

static eis_status read_text(const char *s, size_t n, const eis_read_options *opt, eis_spectra *out,
                            eis_error *err) {
  *out = (eis_spectra){0};
  *err = (eis_error)EIS_ERROR_INIT;
  return eis_read_memory(s, n, "t.csv", opt, out, err);
}

static bool has_note(const eis_notes *notes, const char *part) {
  for (size_t i = 0; i < notes->n; i++)
    if (strstr(notes->text[i], part)) return true;
  return false;
}

static void assert_note(const eis_notes *notes, const char *part) {
  if (!has_note(notes, part))
    fail_msg("no note '%s'; first is '%s'", part, notes->n ? notes->text[0] : "");
}

/* All points of the model, whatever the file looked like. */
static void assert_truth(const eis_spectrum *s, int n, double tolerance) {
  assert_int_equal(s->n, n);
  for (size_t k = 0; k < s->n; k++) {
    double complex z = truth(freq((int)k));
    if (fabs(s->f[k] / freq((int)k) - 1) > 1e-12 ||
        cabs(s->re[k] + I * s->im[k] - z) > tolerance * cabs(z))
      fail_msg("point %zu: %g Hz %g%+gj, expected %g %g%+gj", k, s->f[k], s->re[k], s->im[k],
               freq((int)k), creal(z), cimag(z));
  }
}

/* ---- header styles ---- */

typedef struct style {
  const char *header, *letters, *delimiter;
  bool comma;
  double scale;
  const char *format;   /* NULL = csv */
  const char *decision; /* a part of one, NULL = any */
} style;

static const style styles[] = {
    {"", "fri", ",", false, 1, NULL, "the column holds Im Z, by Kramers-Kronig"},
    {"", "frn", ",", false, 1, NULL, "the column holds -Im Z, negated, by Kramers-Kronig"},
    {"", "fri", " ", false, 1, NULL, "split at blanks"},
    {"", "fri", "\t", true, 1, NULL, "split at tabs, decimal comma"},
    {"", "fri", ";", true, 1, NULL, "split at semicolons, decimal comma"},
    {"", "fri", "   ", true, 1, NULL, "split at blanks, decimal comma"},
    {"", "frimd", "\t", false, 1, NULL, "modulus 4, phase 5 in degrees"},
    {"", "tcfrnmd", " ", false, 1, NULL, "column 5 holds -Im Z (by the phase column), negated"},
    {"f,Z',Z''\n", "fri", ",", false, 1, NULL, "'Z''' by its header, the data agree"},
    {"freq,Re(Z),-Im(Z)\n", "frn", ",", false, 1, NULL, "'-Im(Z)' by its header"},
    {"frequency_Hz,Zreal_ohm,Zimag_ohm\n", "fri", ",", false, 1, NULL, "Zimag_ohm"},
    {"Frequency (kHz);Z' (mOhm);-Z'' (mOhm)\n", "krn", ";", true, 1e-3, NULL, "in kHz"},
    {"Frequency/MHz\tRe(Z)/kOhm\tIm(Z)/kOhm\n", "Mri", "\t", false, 1e3, NULL, "in kOhm"},
    {"f/mHz,Re/MOhm,Im/MOhm\n", "uri", ",", false, 1e6, NULL, NULL},
    {"f/Hz,Z'/GΩ,Z''/GΩ\n", "fri", ",", false, 1e9, NULL, NULL},
    {"f/Hz,Z'/µΩ,Z''/µΩ\n", "fri", ",", false, 1e-6, NULL, NULL},
    {"omega,Zreal,Zimag\n", "wri", ",", false, 1, NULL, "in rad/s"},
    {"w [rad/s],Zreal,Zimag\n", "wri", ",", false, 1, NULL, NULL},
    {"Zimag,Zreal,freq\n", "irf", ",", false, 1, NULL, "frequency 3 'freq'"},
    {"freq\tZreal\tZimag\nkHz\tmOhm\tmOhm\n", "kri", "\t", false, 1e-3, NULL, NULL},
    {"freq,Zreal,Zimag\n[Hz],[Ohm],[Ohm]\n\n", "fri", ",", false, 1, NULL, NULL},
    {"# a comment\n% another\n\nfreq,Zreal,Zimag\n# units ohm\n", "fri", ",", false, 1, NULL, NULL},
    {"# freq\tZreal\tZimag\n", "fri", "\t", false, 1, NULL, "'Zimag' by its header"},
    {"a title, of three words\nmore\n\nf  Z'  Z''\n", "fri", " ", false, 1, NULL, NULL},
    {"Freq Hz  Z' Ohm  Z\" Ohm\n", "fri", "  ", false, 1, NULL, "'Z\" Ohm' by its header"},
    {"Freq.[Hz]\t\t Zs'[ohm] \t\t Zs''[ohm]\n", "fri", "\t", false, 1, "novocontrol-txt", NULL},
    {"freq,|Z|,Phase(Z)/deg\n", "fmd", ",", false, 1, NULL, "'Phase(Z)/deg' by its header"},
    {"freq,|Z|,-Phase (°)\n", "fmq", ",", false, 1, NULL, NULL},
    {"freq,Zmod,phase (rad)\n", "fmp", ",", false, 1, NULL, NULL},
    {"freq,Zmod,phase\n", "fmd", ",", false, 1, NULL,
     "unlabelled phase read as degrees by its range"},
    {"freq,Zmod,phase\n", "fmp", ",", false, 1, NULL,
     "unlabelled phase read as radians by the slope of |Z|"},
    {",Freq,Real,Imag\n", "xfri", ",", false, 1, NULL, "frequency 2 'Freq'"},
    {"Pt,Freq,Re,Im,Zmod,Zphz\n", "xfrimd", ",", false, 1, NULL, "the phase column agrees"},
    {"f,Re,Im,|Z|,Phase\n", "frnmd", ",", false, 1, NULL,
     "'Im' holds -Im Z (by phase column and Kramers-Kronig), negated"},
    {"f,Re,-Im,|Z|,Phase\n", "frnmd", ",", false, 1, NULL,
     "'-Im' by its header, the phase column agrees"},
    {"freq/Hz\tRe(Z)/Ohm\t-Im(Z)/Ohm\t|Z|/Ohm\tPhase(Z)/deg\ttime/s\t\n", "frnmdte", "\t", false, 1,
     "eclab-txt", NULL},
    {"freq/Hz\tRe(Z)/Ohm\tIm(Z)/Ohm\n", "fri", "\t", false, 1, "eclab-txt", NULL},
    {"Index;Frequency (Hz);Z' (Ω);-Z'' (Ω);Z (Ω);-Phase (°);Time (s)\n", "xfrnmqt", ";", true, 1,
     "nova-txt", NULL},
    {"Potential (V)\tElapsed Time (s)\tFrequency (Hz)\tZre (ohms)\tZim (ohms)\n", "ctfri", "\t",
     false, 1, "parstat-txt", NULL},
    {"Frequency\t Zre\t Zimg\n", "fri", "\t", false, 1, "powersuite-txt", NULL},
    {"May 1\nA.C. Impedance\nInstrument Model:  CHI660E\n\nFreq/Hz, Z'/ohm, Z\"/ohm, Z/ohm, "
     "Phase/deg\n\n",
     "frimd", ", ", false, 1, "chi-txt", NULL},
    {"Number\tFrequency/Hz\tImpedance/Ohm\tPhase/deg\tSignificance\n", "xfmdc", "\t", false, 1,
     "zahner-txt", NULL},
    {"Keysight E4980AL\nFreq,|Z|,Theta (deg)\n", "fmd", ",", false, 1, "lcr", NULL},
    {"% Model: a.mph\n% Version: COMSOL 6.1\n% freq (Hz)   real(Z) (ohm)   imag(Z) (ohm)\n", "fri",
     "   ", false, 1, "comsol-txt", NULL},
    {"ZPLOT2 ASCII\n  Data Points:  21\n  "
     "Freq(Hz)\tAmpl\tBias\tTime(Sec)\tZ'(a)\tZ''(b)\tGD\tErr\tRange\n"
     "End Comments\n",
     "fcctriccc", "\t", false, 1, "zplot", NULL},
    {"\"ZPlotW Data File: Version 3.2c\"\n0,3,0\n21\n\"  Freq(Hz)    Ampl     Bias   Time(Sec)   "
     "Z'(a)"
     "    Z''(b)    GD   Err   Range\"\n",
     "fcctriccc", ", ", false, 1, "zplot", NULL},
    {"EC-Lab ASCII FILE\nNb header lines : 4\nDevice : SP-150\n"
     "freq/Hz\tRe(Z)/Ohm\t-Im(Z)/Ohm\tcycle number\t\n",
     "frnce", "\t", true, 1, "biologic-mpt", NULL},
    {"EXPLAIN\nTAG\tEISPOT\nAREA\tQUANT\t1,5E+000\tArea\nZCURVE\tTABLE\t21\n"
     "\tPt\tTime\tFreq\tZreal\tZimag\tZsig\tZmod\tZphz\n\t#\ts\tHz\tohm\tohm\tV\tohm\tdeg\n",
     "extfricmd", "\t", true, 1, "gamry-dta", NULL},
    {"<Application>\nName=VersaStudio\n</Application>\n<Segment1>\nType=2\nDefinition=Segment #, "
     "Elapsed Time(s), Frequency(Hz), Z Real, Z Imag, 0\n",
     "ctfri", ",", false, 1, "versastudio-par", NULL},
};

static void test_styles(void **state) {
  (void)state;
  static text t;
  for (size_t i = 0; i < sizeof styles / sizeof *styles; i++) {
    const style *st = &styles[i];
    eis_spectra list;
    eis_error err;
    t.n = 0;
    add(&t, "%s", st->header);
    add_rows(&t, st->letters, st->delimiter, st->comma, st->scale, N);
    if (read_text(t.s, t.n, NULL, &list, &err) != EIS_OK)
      fail_msg("style %zu (%s): %ld:%ld: %s", i, st->header, err.line, err.column, err.text);
    assert_int_equal(list.n, 1);
    assert_string_equal(list.at[0].format, st->format ? st->format : "csv");
    assert_truth(&list.at[0], N, 1e-9);
    if (st->decision && !has_note(&list.at[0].decisions, st->decision))
      fail_msg("style %zu (%s): no '%s' in '%s', '%s'", i, st->header, st->decision,
               list.at[0].decisions.text[1], list.at[0].decisions.text[list.at[0].decisions.n - 1]);
    eis_spectra_clear(&list);
  }
}

static void test_encodings(void **state) {
  (void)state;
  static text t;
  static char wide[2 * sizeof t.s + 2];
  eis_spectra list;
  eis_error err;
  t.n = 0;
  add(&t, "freq;Z' (m\xd9);Z'' (m\xd9)\r\n"); /* milliohm in windows-1253 */
  add_rows(&t, "fri", ";", true, 1e-3, N);
  assert_int_equal(read_text(t.s, t.n, NULL, &list, &err), EIS_OK);
  assert_note(&list.at[0].decisions, "latin-1");
  assert_truth(&list.at[0], N, 1e-9);
  eis_spectra_clear(&list);
  t.n = 0;
  add(&t, "freq,Zreal,Zimag\n");
  add_rows(&t, "fri", ",", false, 1, N);
  wide[0] = (char)0xff;
  wide[1] = (char)0xfe;
  for (size_t k = 0; k < t.n; k++) wide[2 + 2 * k] = t.s[k], wide[3 + 2 * k] = '\0';
  assert_int_equal(read_text(wide, 2 + 2 * t.n, NULL, &list, &err), EIS_OK);
  assert_truth(&list.at[0], N, 1e-9);
  assert_note(&list.at[0].decisions, "UTF-16");
  assert_int_equal(strlen(list.at[0].sha256), 64);
  eis_spectra_clear(&list);
}

/* ---- sign ---- */

static void test_sign_options(void **state) {
  (void)state;
  static const struct {
    const char *header, *letters;
    bool negate, trust, wrong; /* wrong: the result is the conjugate */
  } rows[] = {
      {"f,Re,Im\n", "frn", true, false, false},
      {"f,Re,Im\n", "frn", false, true, true},
      {"f,Re,Im\n", "frn", false, false, true},
      {"f,Re,-Im\n", "fri", false, false, true},
      {"f,Re,-Im\n", "fri", true, false, false},
      {"", "frn", true, false, false},
      {"", "frn", false, true, true},
      {"f,Re,Im,|Z|,phase\n", "frnmd", false, true, true},
      {"f,Re,Im,|Z|,phase\n", "frnmd", true, false, false},
      {"f,|Z|,phase/deg\n", "fmq", true, false, false},
  };
  static text t;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    eis_spectra list;
    eis_error err;
    eis_read_options opt = eis_read_options_default();
    opt.negate_imag = rows[i].negate;
    opt.trust_imag = rows[i].trust;
    t.n = 0;
    add(&t, "%s", rows[i].header);
    add_rows(&t, rows[i].letters, ",", false, 1, N);
    assert_int_equal(read_text(t.s, t.n, &opt, &list, &err), EIS_OK);
    if (rows[i].wrong)
      for (int k = 0; k < N; k++) list.at[0].im[k] = -list.at[0].im[k];
    assert_truth(&list.at[0], N, 1e-9);
    if (rows[i].wrong && !rows[i].trust)
      assert_note(&list.at[0].warnings, "say --negate-imag if it has");
    eis_spectra_clear(&list);
  }
}

/* The phase column itself may be the wrong one. */
static void test_phase_against_data(void **state) {
  (void)state;
  static text t;
  eis_spectra list;
  eis_error err;
  t.n = 0;
  add(&t, "f,Re,Im,phase/deg\n");
  add_rows(&t, "friq", ",", false, 1, N);
  assert_int_equal(read_text(t.s, t.n, NULL, &list, &err), EIS_OK);
  assert_truth(&list.at[0], N, 1e-9);
  assert_note(&list.at[0].warnings, "the phase column 'phase/deg' contradicts 'Im'");
  eis_spectra_clear(&list);
}

/* ---- sweeps ---- */

static void read_ok(const text *t, const eis_read_options *opt, eis_spectra *list) {
  eis_error err;
  if (read_text(t->s, t->n, opt, list, &err) != EIS_OK)
    fail_msg("%ld:%ld: %s", err.line, err.column, err.text);
}

static void test_sweeps(void **state) {
  (void)state;
  static const struct {
    const char *between;
    const char *decision;
  } rows[] = {
      {"", "3 sweeps, split where the frequency restarts"},
      {"\n", "3 sweeps, split where the frequency restarts"},
      {"\n\nfreq,Zreal,Zimag\n", "3 sweeps, split where the frequency restarts"},
      {"\nsecond run\n\n", "3 sweeps"},
  };
  static text t;
  eis_spectra list;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    t.n = 0;
    add(&t, "freq,Zreal,Zimag\n");
    for (int k = 0; k < 3; k++) {
      add_rows(&t, "fri", ",", false, 1, N - 2 * k);
      if (k < 2) add(&t, "%s", rows[i].between);
    }
    read_ok(&t, NULL, &list);
    assert_int_equal(list.n, 3);
    assert_note(&list.at[1].decisions, rows[i].decision);
    for (int k = 0; k < 3; k++) {
      assert_int_equal(list.at[k].sweep, k + 1);
      assert_int_equal(list.at[k].n_sweeps, 3);
      assert_truth(&list.at[k], N - 2 * k, 1e-9);
    }
    eis_spectra_clear(&list);
  }
}

static void test_sweep_columns(void **state) {
  (void)state;
  static text t;
  eis_spectra list;
  eis_read_options opt = eis_read_options_default();
  t.n = 0;
  add(&t, "cycle number,cell,T / °C,aux/V,f,Re,Im,time/s\n");
  for (int c = 1; c <= 4; c++)
    for (int k = 0; k < N; k++)
      add(&t, "%d,A,%d,0,%.15g,%.15g,%.15g,%d\n", c, 8 * (c - 1), freq(k), creal(truth(freq(k))),
          cimag(truth(freq(k))), 1000 * c + k);
  read_ok(&t, &opt, &list);
  assert_int_equal(list.n, 4);
  assert_note(&list.at[0].decisions, "4 sweeps, split by column 'cycle number'");
  assert_truth(&list.at[3], N, 1e-9);
  assert_string_equal(eis_meta_find(&list.at[3].meta, "cycle_number"), "4");
  assert_string_equal(eis_meta_find(&list.at[3].meta, "t_C"), "24");
  assert_string_equal(eis_meta_find(&list.at[3].meta, "cell"), "A");
  /* a zero counts where the column says more elsewhere; a column of zeros is an unused one */
  assert_string_equal(eis_meta_find(&list.at[0].meta, "t_C"), "0");
  assert_null(eis_meta_find(&list.at[0].meta, "aux"));
  assert_non_null(list.at[3].time_s);
  assert_true(list.at[3].time_s[0] == 0 && list.at[3].time_s[N - 1] == N - 1);
  assert_int_equal(list.at[3].row[0], 3 * N + 1);
  eis_spectra_clear(&list);
  opt.sweep = 2;
  read_ok(&t, &opt, &list);
  assert_true(list.n == 1 && list.at[0].sweep == 2 && list.at[0].n_sweeps == 4);
  eis_spectra_clear(&list);
  opt.sweep = EIS_SWEEP_LAST;
  read_ok(&t, &opt, &list);
  assert_true(list.n == 1 && list.at[0].sweep == 4);
  eis_spectra_clear(&list);
}

/* Up to the middle, back and down: one sweep with repeated frequencies (Zahner). */
static void test_turning_sweep(void **state) {
  (void)state;
  static text t;
  eis_spectra list;
  t.n = 0;
  add(&t, "f,Re,Im\n");
  for (int i = 0; i < N + 8; i++) {
    int k = i < 8 ? 8 - i : i - 8;
    add(&t, "%.15g,%.15g,%.15g\n", freq(k), creal(truth(freq(k))), cimag(truth(freq(k))));
  }
  read_ok(&t, NULL, &list);
  assert_int_equal(list.n, 1);
  assert_int_equal(list.at[0].n, N + 8);
  assert_note(&list.at[0].warnings, "8 frequencies were measured more than once, all points kept");
  assert_int_equal(list.at[0].row[0], 9);
  eis_spectra_clear(&list);
}

static void test_short_sweep_is_left_out(void **state) {
  (void)state;
  static text t;
  eis_spectra list;
  t.n = 0;
  add(&t, "cycle,f,Re,Im\n");
  for (int c = 1; c <= 3; c++)
    for (int k = 0; k < (c == 2 ? 4 : N); k++)
      add(&t, "%d,%.15g,%.15g,%.15g\n", c, freq(k), creal(truth(freq(k))), cimag(truth(freq(k))));
  read_ok(&t, NULL, &list);
  assert_int_equal(list.n, 2);
  assert_true(list.at[1].sweep == 3 && list.at[1].n_sweeps == 3);
  assert_note(&list.at[0].warnings,
              "1 sweep left out; the first in line 23: too few points: 4, at "
              "least 5 are needed");
  eis_spectra_clear(&list);
}

static void test_wide(void **state) {
  (void)state;
  static text t;
  eis_spectra list;
  for (int negated = 0; negated < 2; negated++) {
    t.n = 0;
    add(&t,
        "cycle,Q,q,state_100Hz,index_10Hz"); /* the last two look like parts of Z, and are none */
    static const char *const names[] = {"ZReal", "ZImag", "ZMag", "ZPhz"};
    for (int j = 0; j < 4; j++)
      for (int k = 0; k < N; k++) add(&t, ",%s_%.15gHz", names[j], freq(k));
    add(&t, "\n");
    for (int c = 1; c <= 2; c++) {
      add(&t, "%d,3%d.5,0.9%d,5,6", c, c, c);
      for (const char *p = negated ? "rnmd" : "rimd"; *p; p++)
        for (int k = 0; k < N; k++) add(&t, ",%.15g", cell(*p, k, 1));
      add(&t, "\n");
    }
    read_ok(&t, NULL, &list);
    assert_int_equal(list.n, 2);
    assert_string_equal(list.at[1].format, "wide-csv");
    assert_truth(&list.at[1], N, 1e-9);
    assert_string_equal(eis_meta_find(&list.at[1].meta, "Q"), "32.5");
    assert_string_equal(eis_meta_find(&list.at[1].meta, "q"), "0.92");
    assert_string_equal(eis_meta_find(&list.at[1].meta, "cycle"), "2");
    assert_int_equal(has_note(&list.at[1].warnings, "holds -Im Z"), negated);
    eis_spectra_clear(&list);
  }
}

/* A mark of overload is no value in a wide table either. */
static void test_wide_overload(void **state) {
  (void)state;
  static text t;
  eis_spectra list;
  t.n = 0;
  for (int j = 0; j < 2; j++)
    for (int k = 0; k < N; k++)
      add(&t, "%s%s_%.15gHz", j + k ? "," : "", j ? "ZImag" : "ZReal", freq(k));
  add(&t, "\n");
  for (int j = 0; j < 2; j++)
    for (int k = 0; k < N; k++)
      if (j && k == 3)
        add(&t, ",-9.9e37");
      else
        add(&t, "%s%.15g", j + k ? "," : "", cell(j ? 'i' : 'r', k, 1));
  add(&t, "\n");
  read_ok(&t, NULL, &list);
  assert_int_equal(list.at[0].n, N - 1);
  assert_true(has_note(&list.at[0].warnings, "1 point without a value left out"));
  eis_spectra_clear(&list);
}

/* ---- what looks wrong ---- */

static void test_suspicions(void **state) {
  (void)state;
  static const char slow[] = "f,Zre,Zim\n10,1,-1\n1,2,-2\n1e-3,3,-3\n1e-5,4,-4\n2e-6,5,-5\n";
  static const char exchanged[] =
      "f/Hz,Zim,Zre\n1e4,10,-1\n1e3,12,-5\n100,15,-8\n10,20,-6\n1,22,-3\n1e-6,23,-1\n";
  const eis_read_options none = {.exclude = "9,12", .fmin_hz = NAN, .fmax_hz = NAN};
  eis_spectra list = {0};
  eis_error err = EIS_ERROR_INIT;
  assert_int_equal(eis_read_memory(slow, strlen(slow), "t.csv", &none, &list, &err), EIS_OK);
  assert_note(&list.at[0].warnings,
              "one period at each frequency would take 7 days: is the column in Hz?");
  assert_note(&list.at[0].warnings,
              "--exclude 9,12 leaves out nothing: the sweep has the rows 1 to 5");
  eis_spectra_clear(&list);
  assert_int_equal(eis_read_memory(exchanged, strlen(exchanged), "t.csv", NULL, &list, &err),
                   EIS_OK);
  assert_note(
      &list.at[0].warnings,
      "the real part is negative at 6 of 6 points: real and imaginary part may be exchanged");
  for (size_t i = 0; i < list.at[0].warnings.n; i++) /* the unit says Hz: no doubt about it */
    assert_null(strstr(list.at[0].warnings.text[i], "one period"));
  eis_spectra_clear(&list);
}

/* ---- dropped points, options ---- */

static void test_drops(void **state) {
  (void)state;
  static text t;
  eis_spectra list;
  t.n = 0;
  add(&t, "f,Re,Im,sigma,note\n0,0,0,1,dc\n0,0,0,1,dc\n");
  add_rows(&t, "frisc", ",", false, 1, N);
  add(&t, "5e-3,NaN,NaN,1,x\n4e-3,9.9e37,1,1,x\n3e-3,1");
  read_ok(&t, NULL, &list);
  assert_truth(&list.at[0], N, 1e-9);
  assert_note(&list.at[0].decisions, "dropped 2 rows with frequency 0 (dc), first in line 2");
  assert_note(&list.at[0].warnings, "2 points without a value left out");
  assert_note(&list.at[0].warnings, "the last line (27) is cut short and was left out");
  assert_non_null(list.at[0].sigma);
  assert_true(list.at[0].sigma[3] == 0.5);
  assert_int_equal(list.at[0].row[0], 3);
  eis_spectra_clear(&list);
}

static void test_window_and_exclude(void **state) {
  (void)state;
  static text t;
  eis_spectra list;
  eis_read_options opt = eis_read_options_default();
  t.n = 0;
  add(&t, "f,Re,Im\n");
  add_rows(&t, "fri", ",", false, 1, N);
  opt.fmin_hz = 1;
  opt.fmax_hz = 1000;
  opt.exclude = "6,8-9";
  read_ok(&t, &opt, &list);
  assert_int_equal(list.at[0].n, 10);
  assert_int_equal(list.at[0].row[0], 5);
  assert_int_equal(list.at[0].row[1], 7);
  assert_int_equal(list.at[0].row[2], 10);
  assert_note(&list.at[0].decisions, "3 points excluded as asked for");
  assert_note(&list.at[0].decisions, "8 points outside the frequency window left out");
  eis_spectra_clear(&list);
}

static void test_columns_option(void **state) {
  (void)state;
  static const struct {
    const char *header, *letters, *columns, *units;
    double scale;
  } rows[] = {
      {"", "xcifr", "f=4,re=5,im=3", NULL, 1},
      {"a,b,c,d\n", "xfri", "f=b, re=c, im=d", NULL, 1},
      {"a,b,c,d\n", "xkri", "f=2,re=3,im=4", "f=kHz,z=mohm", 1e-3},
      {"a,b,c,d\n", "xfmp", "f=b,mod=c,phase=d", "phase=rad", 1},
      {"f,Re,Im\n", "wri", NULL, "f=rad/s", 1},
      {"f,Re,Im\n", "fri", NULL, "re=kohm,im=kohm", 1e3},
      {"f/Hz,Re,Im,Im_2\n", "frci", "f=1,re=2,im=Im_2", NULL, 1},
  };
  static text t;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    eis_spectra list;
    eis_read_options opt = eis_read_options_default();
    opt.columns = rows[i].columns;
    opt.units = rows[i].units;
    t.n = 0;
    add(&t, "%s", rows[i].header);
    add_rows(&t, rows[i].letters, ",", false, rows[i].scale, N);
    read_ok(&t, &opt, &list);
    assert_truth(&list.at[0], N, 1e-9);
    eis_spectra_clear(&list);
  }
}

static void test_area_and_declared(void **state) {
  (void)state;
  static text t;
  eis_spectra list;
  t.n = 0;
  add(&t, "f/Hz,Z' (Ω cm²),Z'' (Ω cm²)\n");
  add_rows(&t, "fri", ",", false, 1, N);
  read_ok(&t, NULL, &list);
  assert_string_equal(eis_meta_find(&list.at[0].meta, "z_unit"), "ohm cm2");
  assert_note(&list.at[0].warnings, "the values are per area");
  eis_spectra_clear(&list);
  t.n = 0;
  add(&t,
      "EXPLAIN\nTAG\tEISPOT\nFREQFINAL\tQUANT\t1E-3\tF\nZCURVE\tTABLE\t76\n"
      "\tPt\tFreq\tZreal\tZimag\n\t#\tHz\tohm\tohm\n");
  add_rows(&t, "exfri", "\t", false, 1, N);
  add(&t, "EXPERIMENTABORTED\tTOGGLE\tT\tExperiment Aborted\n");
  read_ok(&t, NULL, &list);
  assert_note(&list.at[0].warnings, "the experiment was aborted (EXPERIMENTABORTED in line 28)");
  assert_note(&list.at[0].warnings,
              "the file declares 76 points but holds 21: cut short or aborted");
  assert_note(&list.at[0].warnings, "the sweep was to end at 0.001 Hz but ends at 0.1 Hz");
  eis_spectra_clear(&list);
}

/* Texts that look like columns: what is quoted splits nothing. */
static void test_quoted_columns(void **state) {
  static const char *const notes[] = {"1;2;3;4;5;6;7;8;9", "1 2 3 4 5 6 7 8 9",
                                      "1\t2\t3\t4\t5\t6\t7\t8\t9", "1|2|3|4|5|6|7|8|9",
                                      "\"9\";8;7;6;5;4;3;2;1"};
  static text t;
  (void)state;
  for (size_t i = 0; i < sizeof notes / sizeof *notes; i++) {
    eis_spectra list, again;
    eis_error err;
    char *csv = NULL;
    t.n = 0;
    add(&t, "# note: %s\nf,Re,Im\n", notes[i]);
    for (int k = 0; k < N; k++) add(&t, "%g,%d,-2\n", freq(k), 10 + k);
    read_ok(&t, NULL, &list);
    assert_string_equal(eis_meta_find(&list.at[0].meta, "note"), notes[i]);
    assert_int_equal(eis_spectrum_print_csv(&list.at[0], &csv, NULL), EIS_OK);
    assert_int_equal(read_text(csv, strlen(csv), NULL, &again, &err), EIS_OK);
    assert_int_equal(again.at[0].n, N);
    assert_memory_equal(list.at[0].re, again.at[0].re, N * sizeof(double));
    assert_string_equal(eis_meta_find(&again.at[0].meta, "note"), notes[i]);
    free(csv);
    eis_spectra_clear(&again);
    eis_spectra_clear(&list);
  }
}

/* More columns of text than of numbers, as notes at the head of a file become in CSV. */
static void test_many_texts(void **state) {
  static text t;
  static const char *const rows[] = {"%.0f,%d,-2,a b,\"c, d\",15.5.2026,11:28:10,REF600,\"1 2 3 4 5 6 7\"\n",
                                     "%.0f;%d,5;-2,5;a b;c, d;15.5.2026;11:28:10;REF600;x\n",
                                     "%.0f\t%d\t-2\ta b\tc, d\t15.5.2026\t11:28:10\tREF600\tx\n",
                                     "a b|c, d|15.5.2026|%.0f|%d|-2|11:28:10|REF600|x\n"};
  (void)state;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    eis_spectra list;
    const char *names[] = {"f,Re,Im,a,b,c,d,e,g\n", "f;Re;Im;a;b;c;d;e;g\n", "f\tRe\tIm\ta\tb\tc\td\te\tg\n",
                           "a|b|c|f|Re|Im|d|e|g\n"};
    t.n = 0;
    add(&t, "%s", names[i]);
    for (int k = 0; k < N; k++) add(&t, rows[i], 1e3 * freq(k), 10 + k);
    read_ok(&t, NULL, &list);
    assert_int_equal(list.at[0].n, N);
    for (int k = 0; k < N; k++) assert_true(list.at[0].re[k] == 10 + k + .5 * (i == 1));
    assert_string_equal(eis_meta_find(&list.at[0].meta, "e"), "REF600");
    eis_spectra_clear(&list);
  }
}

/* Columns that are numbered have names all the same: the line is a header, not a row of data. */
static void test_numbered_names(void **state) {
  static text t;
  static const char *const names[] = {"f,Re,Im,1,2,3\n", "\"f\",\"Re\",\"Im\",1,2,3\n",
                                      "Freq (Hz),|Z|/ohm,phase/deg,1,2,3\n"};
  (void)state;
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    eis_spectra list;
    t.n = 0;
    add(&t, "%s", names[i]);
    for (int k = 0; k < N; k++) add(&t, "%g,%d,-2,7,8,9\n", freq(k), 10 + k);
    read_ok(&t, NULL, &list);
    assert_int_equal(list.at[0].n, N);
    assert_true(fabs(list.at[0].re[1] - (i == 2 ? 11 * cos(acos(-1) / 90) : 11)) < 1e-12);
    assert_string_equal(eis_meta_find(&list.at[0].meta, "2"), "8");
    eis_spectra_clear(&list);
  }
}

/* A key stays as it is, a zero under it too: 0 C is a temperature. */
static void test_keys(void **state) {
  static text t;
  eis_spectra list;
  (void)state;
  t.n = 0;
  add(&t, "f,Re,Im,temperature_C,pressure_MPa,Some_Name\n");
  for (int k = 0; k < N; k++) add(&t, "%g,%d,-2,0,2.5,7\n", freq(k), 10 + k);
  read_ok(&t, NULL, &list);
  assert_string_equal(eis_meta_find(&list.at[0].meta, "temperature_C"), "0");
  assert_string_equal(eis_meta_find(&list.at[0].meta, "pressure_MPa"), "2.5");
  assert_string_equal(eis_meta_find(&list.at[0].meta, "some_name"), "7");
  eis_spectra_clear(&list);
}

/* What is printed is read back to the last bit, metadata included. */
static void test_round_trip(void **state) {
  (void)state;
  static text t;
  eis_spectra list, again;
  eis_error err;
  char *csv = NULL;
  t.n = 0;
  add(&t, "f,Re,Im,sigma,time,soc,title\n");
  for (int k = 0; k < N; k++)
    add(&t, "%.17g,%.17g,%.17g,0.1,%d,40,\"a, b\"\n", freq(k), creal(truth(freq(k))),
        cimag(truth(freq(k))), 2 * k);
  read_ok(&t, NULL, &list);
  assert_int_equal(eis_spectrum_print_csv(&list.at[0], &csv, NULL), EIS_OK);
  assert_int_equal(read_text(csv, strlen(csv), NULL, &again, &err), EIS_OK);
  const eis_spectrum *a = &list.at[0], *b = &again.at[0];
  assert_int_equal(a->n, b->n);
  assert_memory_equal(a->f, b->f, a->n * sizeof(double));
  assert_memory_equal(a->re, b->re, a->n * sizeof(double));
  assert_memory_equal(a->im, b->im, a->n * sizeof(double));
  assert_memory_equal(a->sigma, b->sigma, a->n * sizeof(double));
  assert_memory_equal(a->time_s, b->time_s, a->n * sizeof(double));
  assert_string_equal(eis_meta_find(&b->meta, "soc"), "40");
  assert_string_equal(eis_meta_find(&b->meta, "title"), "a, b");
  free(csv);
  eis_spectra_clear(&list);
  eis_spectra_clear(&again);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_styles),
      cmocka_unit_test(test_encodings),
      cmocka_unit_test(test_sign_options),
      cmocka_unit_test(test_phase_against_data),
      cmocka_unit_test(test_sweeps),
      cmocka_unit_test(test_sweep_columns),
      cmocka_unit_test(test_turning_sweep),
      cmocka_unit_test(test_short_sweep_is_left_out),
      cmocka_unit_test(test_wide),
      cmocka_unit_test(test_wide_overload),
      cmocka_unit_test(test_quoted_columns),
      cmocka_unit_test(test_many_texts),
      cmocka_unit_test(test_numbered_names),
      cmocka_unit_test(test_keys),
      cmocka_unit_test(test_suspicions), cmocka_unit_test(test_drops),
      cmocka_unit_test(test_window_and_exclude),
      cmocka_unit_test(test_columns_option),
      cmocka_unit_test(test_area_and_declared),
      cmocka_unit_test(test_round_trip),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
