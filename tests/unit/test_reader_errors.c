/* test_reader_errors.c - every refusal with its text and place, ties, truncated files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <eisfit/reader.h>

#include "data/input.h"

#define ROWS \
  "1000,11,-1\n100,12,-4\n10,15,-8\n1,20,-4\n0.1,22,-1\n0.01,22.5,-0.2\n"
#define ROWS_NO_SIGN \
  "1000,10,1\n100,10,-1\n10,10,1\n1,10,-1\n0.1,10,1\n0.01,10,-1\n0.001,10,1\n"

#define EXCHANGED \
  "10000,0.15915,10.001\n4641.6,0.34287,10.002\n" \
  "2154.4,0.73857,10.011\n1000,1.5899,10.051\n" \
  "464.16,3.4128,10.234\n215.44,7.2295,11.068\n" \
  "100,14.451,14.6\n46.416,23.321,25.993\n" \
  "21.544,23.209,44.291\n10,14.297,55.508\n" \
  "4.6416,7.1392,58.959\n2.1544,3.3687,59.772\n" \
  "1,1.5692,59.951\n0.46416,0.72894,59.989\n" \
  "0.21544,0.3384,59.998\n0.1,0.15708,60\n"
#define FREQ_LAST \
  "10.001,0.15915,10000\n10.002,0.34287,4641.6\n" \
  "10.011,0.73857,2154.4\n10.051,1.5899,1000\n" \
  "10.234,3.4128,464.16\n11.068,7.2295,215.44\n" \
  "14.6,14.451,100\n25.993,23.321,46.416\n" \
  "44.291,23.209,21.544\n55.508,14.297,10\n" \
  "58.959,7.1392,4.6416\n59.772,3.3687,2.1544\n" \
  "59.951,1.5692,1\n59.989,0.72894,0.46416\n" \
  "59.998,0.3384,0.21544\n60,0.15708,0.1\n"
#define POLAR \
  "10000,10.002,-0.91176\n4641.6,10.008,-1.9633\n" \
  "2154.4,10.038,-4.2194\n1000,10.176,-8.9893\n" \
  "464.16,10.788,-18.442\n215.44,13.22,-33.152\n" \
  "100,20.543,-44.707\n46.416,34.922,-41.899\n" \
  "21.544,50.004,-27.655\n10,57.32,-14.443\n" \
  "4.6416,59.39,-6.9042\n2.1544,59.867,-3.2258\n" \
  "1,59.971,-1.4994\n0.46416,59.994,-0.69618\n" \
  "0.21544,59.999,-0.32316\n0.1,60,-0.15\n"

typedef struct refusal {
  const char *text;
  eis_read_options opt; /* sweep 0 and zeros stand for the defaults */
  eis_status status;
  const char *message; /* a distinctive part */
  long line, column;
} refusal;

static const refusal refusals[] = {
    {"", {0}, EIS_ERROR_INPUT, "the file is empty", 0, 0},
    {"hello\nworld\n",
     {0},
     EIS_ERROR_INPUT,
     "no data rows; expected a table with frequency, real and imaginary part (or modulus and "
     "phase)",
     0,
     0},
    {"f,Re,Im\n", {0}, EIS_ERROR_INPUT, "no data rows; expected", 0, 0},
    {"f,Re,Im\n1000,5,10,5,0,5\n100,5,11,5,0,5\n10,5,12,5,0,5\n",
     {0},
     EIS_ERROR_INPUT,
     "6 cells below 3 names: a decimal comma can't be told from a comma between columns",
     2,
     1},
    {"f,Re,Im\n\"10,000\",90,-1\n\"1,000\",95,-2\n100,99,-1\n",
     {0},
     EIS_ERROR_INPUT,
     "a comma for thousands or for decimals?",
     2,
     2},
    {"f,Re,Im\n1000,10,03,-1,59\n100,11,05,-1,60\n10,12,05,-1,58\n",
     {0},
     EIS_ERROR_INPUT,
     "5 cells below 3 names: a decimal comma can't be told from a comma between columns",
     2,
     1},
    {"\"Freq\n(kHz)\",\"Zre\n(mOhm)\",\"Zim\n(mOhm)\"\n" ROWS,
     {0},
     EIS_ERROR_INPUT,
     "a name in quotes that goes on over the end of a line",
     4,
     0},
    {"f (kHz),Re,Im,x\n1000,11,-1,1\n100,12,-4,1\n10,15,-8,1\n\nf (Hz),Re,Im\n" ROWS,
     {0},
     EIS_ERROR_INPUT,
     "names of columns again, and others than those above: a second table begins here",
     6,
     1},
    {"Freq/MHz,Zre,Zim\n1e27,1,-1\n1e26,2,-1\n1e25,3,-1\n1e24,3,-1\n1e23,3,-1\n",
     {0},
     EIS_ERROR_INPUT,
     "the frequency is missing",
     2,
     1},
    {"Freq/Hz,Zre/Gohm,Zim/Gohm\n1e4,1e23,-1e23\n1e3,1e23,-1e23\n1e2,1e23,-1e23\n",
     {0},
     EIS_ERROR_INPUT,
     "all values are missing (NaN)",
     2,
     0},
    {"1\n2\n3\n4\n5\n6\n",
     {0},
     EIS_ERROR_INPUT,
     "only one column of numbers; a spectrum needs",
     0,
     0},
    {"1,2\n2,3\n3,4\n4,5\n5,6\n",
     {0},
     EIS_ERROR_INPUT,
     "2 columns of numbers; a spectrum needs frequency, real and imaginary part",
     1,
     0},
    {EXCHANGED,
     {0},
     EIS_ERROR_INPUT,
     "no header says which column is which, and real and imaginary part look exchanged "
     "(Kramers-Kronig); say --columns f=1,re=3,im=2, or --columns f=1,re=2,im=3 if they are as "
     "usual",
     1,
     0},
    {FREQ_LAST,
     {0},
     EIS_ERROR_INPUT,
     "column 3 looks like the frequency, not column 1; say --columns f=3,re=1,im=2, or",
     1,
     0},
    {POLAR,
     {0},
     EIS_ERROR_INPUT,
     "the data fit modulus and phase in degrees, not real and imaginary part; say --columns "
     "f=1,mod=2,phase=3 --units phase=deg",
     1,
     0},
    {"1,2,3,4\n2,3,4,5\n3,4,5,6\n4,5,6,7\n5,6,7,8\n",
     {0},
     EIS_ERROR_INPUT,
     "4 columns without a header, and nothing tells which is which; name them with --columns "
     "f=..,re=..,im=..",
     1,
     0},
    {"tau,gamma\n1,2\n2,3\n3,4\n4,5\n5,6\n",
     {0},
     EIS_ERROR_INPUT,
     "no frequency column among 'tau', 'gamma'; name it with --columns f=..,re=..,im=..",
     1,
     0},
    {"f,Re,x1\n" ROWS,
     {0},
     EIS_ERROR_INPUT,
     "no impedance column among 'f', 'Re', 'x1'; name real and imaginary part (or modulus and "
     "phase) "
     "with --columns f=..,re=..,im=..",
     1,
     0},
    {"f,Re,Im\n1000,10,-1\n100,#NAME?,-2\n10,12,-3\n1,13,-4\n0.1,14,-5\n",
     {0},
     EIS_ERROR_INPUT,
     "text '#NAME?' in the real part column, a number was expected",
     3,
     5},
    {"f;Re;Im\n1000;10;-1\n100; 11 ;  -2 mOhm\n10;12;-3\n1;13;-4\n0,1;14;-5\n",
     {0},
     EIS_ERROR_INPUT,
     "text '-2 mOhm' in the imaginary part column, a number was expected",
     3,
     12},
    {"f,Re,Im\n1000,10,-1\n-100,11,-2\n10,12,-3\n1,13,-4\n",
     {0},
     EIS_ERROR_INPUT,
     "frequency -100 is not positive",
     3,
     1},
    {"f,Re,Im\n1000,10,-1\n,11,-2\n10,12,-3\n1,13,-4\n",
     {0},
     EIS_ERROR_INPUT,
     "the frequency is missing",
     3,
     1},
    {"f,Re,Im\n1000,10,-1\n100,11,-1\n10,12\n1,13,-4\n",
     {0},
     EIS_ERROR_INPUT,
     "2 cells, but the imaginary part is column 3",
     4,
     6},
    {"f,Re,Im\n0,1,2\n0,1,2\n0,1,2\n0,1,2\n0,1,2\n",
     {0},
     EIS_ERROR_INPUT,
     "no row has a frequency above 0; is the frequency column right?",
     0,
     0},
    {"f,Re,Im\n1000,11,-1\n100,12,-4\n10,15,-8\n1,20,-4\n",
     {0},
     EIS_ERROR_INPUT,
     "too few points: 4, at least 5 are needed",
     2,
     0},
    {"f,Re,Im\n1e3,nan,nan\n1e2,nan,nan\n10,nan,nan\n1,nan,nan\n0.1,NaN,NaN\n",
     {0},
     EIS_ERROR_INPUT,
     "all values are missing (NaN)",
     2,
     0},
    {"f,Re,Im\n" ROWS,
     {.fmin_hz = 5},
     EIS_ERROR_INPUT,
     "3 points left of 6 (0 without a value, 3 outside the window, 0 excluded), at least 5 are "
     "needed",
     2,
     0},
    {"f,Re,Im\n" ROWS,
     {.fmin_hz = 5, .fmax_hz = 2},
     EIS_ERROR_USAGE,
     "--fmin 5 is above --fmax 2",
     0,
     0},
    {"f/mhz,Re,Im\n" ROWS,
     {0},
     EIS_ERROR_INPUT,
     "the unit 'mhz' of column 'f/mhz' may be milli or mega; say --units f=mHz or --units f=MHz",
     0,
     0},
    {"f,Re/MOHM,Im/MOHM\n" ROWS,
     {0},
     EIS_ERROR_INPUT,
     "the unit 'MOHM' of column 'Re/MOHM' may be milli or mega; say --units z=mohm or --units "
     "z=Mohm",
     0,
     0},
    {"freq/parsec,Re,Im\n" ROWS,
     {0},
     EIS_ERROR_INPUT,
     "the unit 'parsec' of column 'freq/parsec' is not known as one of the frequency; say --units "
     "f=..",
     1,
     0},
    {"f,Re,Im,Im\n1000,11,-1,1\n100,12,-4,1\n10,15,-8,1\n1,20,-4,1\n",
     {0},
     EIS_ERROR_INPUT,
     "columns 3 ('Im') and 4 ('Im') both look like the imaginary part; choose with --columns "
     "f=..,re=..,im=..",
     1,
     0},
    {ROWS_NO_SIGN,
     {0},
     EIS_ERROR_INPUT,
     "the sign of the imaginary part can't be told: no header says it and the data fit neither "
     "sign "
     "better; say --keep-imag (column 3 is Im Z, negative for a capacitor) or --negate-imag (it is "
     "-Im "
     "Z)",
     0,
     0},
    {"f,Re,Im,phase/deg\n1000,10,1,-5.7\n100,10,-1,5.7\n10,10,1,-5.7\n1,10,-1,5.7\n0.1,10,1,-5.7\n"
     "0.01,10,-1,5.7\n",
     {0},
     EIS_ERROR_INPUT,
     "'Im' gives Im Z = 1 ohm, but the phase is -5.7 degrees, and the data do not tell which is "
     "right; "
     "say --keep-imag (the column is Im Z as its header says) or --negate-imag (it is the other "
     "sign)",
     2,
     9},
    {"f,Re,Im,|Z|\n1000,11,-1,5\n100,12,-4,5\n10,15,-8,5\n1,20,-4,5\n0.1,22,-1,5\n",
     {0},
     EIS_ERROR_INPUT,
     "the modulus column says 5 ohm, but real and imaginary part give 11.0454 ohm; choose the "
     "right "
     "columns with --columns f=..,re=..,im=.., or say --keep-imag to ignore the modulus",
     2,
     12},
    {"f,|Z|,phase\n1000,10,0.5\n100,10,-0.5\n10,10,0.5\n1,10,-0.5\n0.1,10,0.5\n0.01,10,-0.5\n",
     {0},
     EIS_ERROR_INPUT,
     "the phase column has no unit and values up to 0.5 may be degrees or radians; say "
     "--units phase=deg or --units phase=rad",
     1,
     0},
    {"f,Re,Im\n" ROWS,
     {.format = "csvv"},
     EIS_ERROR_USAGE,
     "--format: unknown format 'csvv', did you mean 'csv'?",
     0,
     0},
    {"f,Re,Im\n" ROWS,
     {.format = "somethingelse"},
     EIS_ERROR_USAGE,
     "--format: unknown format 'somethingelse'; known are biologic-mpt, eclab-txt, gamry-dta",
     0,
     0},
    {"f,Re,Im\n" ROWS,
     {.format = "gamry-dta"},
     EIS_ERROR_INPUT,
     "no ZCURVE table with data: not an impedance run, or it was aborted before the first point",
     0,
     0},
    {"f,Re,Im\n" ROWS,
     {.format = "biologic-mpt"},
     EIS_ERROR_INPUT,
     "no line with column names such as 'freq/Hz'; is the file complete?",
     0,
     0},
    {"f,Re,Im\n" ROWS,
     {.format = "versastudio-par"},
     EIS_ERROR_INPUT,
     "no <Segment> with a 'Definition=' line and data rows",
     0,
     0},
    {"f,Re,Im\n" ROWS,
     {.format = "wide-csv"},
     EIS_ERROR_INPUT,
     "a wide table needs names such as 'ZReal_1e+03Hz' for 5 frequencies at least",
     1,
     0},
    {"ZReal_1Hz,ZReal_2Hz,ZReal_3Hz,ZReal_4Hz,ZReal_5Hz,ZReal_6Hz,ZReal_7Hz,ZReal_8Hz,ZReal_9Hz,"
     "ZReal_10Hz\n1,2,3,4,5,6,7,8,9,10\n", {0}, EIS_ERROR_INPUT,
     "the wide table has neither real and imaginary part nor modulus and phase", 1, 0},
    {"EC-Lab ASCII FILE\nNb header lines : 3\nRe(Z)/Ohm\t-Im(Z)/Ohm\n1\t2\n",
     {0},
     EIS_ERROR_INPUT,
     "no frequency column among 'Re(Z)/Ohm', '-Im(Z)/Ohm'; a BioLogic impedance table needs the "
     "column "
     "'freq/Hz'; export it again with that column",
     3,
     0},
    {"EXPLAIN\nTAG\tEISPOT\n", {0}, EIS_ERROR_INPUT, "no ZCURVE table with data", 0, 0},
    {"ZPLOT2 ASCII\nFreq(Hz)\tZ'(a)\tZ''(b)\nEnd Comments\n",
     {0},
     EIS_ERROR_INPUT,
     "the table has no data rows below its header",
     0,
     0},
    {"f,Re,Im\n" ROWS,
     {.columns = "f=1,re=2"},
     EIS_ERROR_INPUT,
     "no impedance column among 'f', 'Re'",
     1,
     0},
    {"f,Re,Im\n" ROWS,
     {.columns = "f=1,re=2,im=9"},
     EIS_ERROR_USAGE,
     "--columns: no column '9' in 't.csv'; it has 'f', 'Re', 'Im'",
     0,
     0},
    {ROWS,
     {.columns = "f=a,re=2,im=3"},
     EIS_ERROR_USAGE,
     "--columns: no column 'a' in 't.csv'; it has 3 columns without names",
     0,
     0},
    {"f,Re,Im\n" ROWS,
     {.columns = "f:1"},
     EIS_ERROR_USAGE,
     "--columns 'f:1': expected f=.., re=.., im=.. or f=.., mod=.., phase=.. with column numbers "
     "or "
     "names, separated by commas",
     0,
     0},
    {"f,Re,Im\n" ROWS, {.columns = "q=1"}, EIS_ERROR_USAGE, "--columns 'q=1': expected", 0, 0},
    {"f,Re,Im\n" ROWS,
     {.units = "f"},
     EIS_ERROR_USAGE,
     "--units 'f': expected f=kHz,z=mohm,phase=rad",
     0,
     0},
    {"f,Re,Im\n" ROWS,
     {.units = "q=Hz"},
     EIS_ERROR_USAGE,
     "--units: unknown quantity 'q'; known are f, z, re, im, mod, phase, sigma, time",
     0,
     0},
    {"f,Re,Im\n" ROWS,
     {.units = "f=ohm"},
     EIS_ERROR_USAGE,
     "--units: 'ohm' is no unit of the frequency; expected something like Hz, kHz, MHz, rad/s",
     0,
     0},
    {"f,Re,Im\n" ROWS,
     {.units = "z=V"},
     EIS_ERROR_USAGE,
     "--units: 'V' is no unit of the impedance; expected something like ohm, mohm, kohm, Mohm",
     0,
     0},
    {"f,Re,Im\n" ROWS, {.sweep = 2}, EIS_ERROR_USAGE, "--sweep 2: 't.csv' has 1 sweep", 0, 0},
    {"f,Re,Im\n" ROWS, {.sweep = -3}, EIS_ERROR_USAGE, "--sweep -3: 't.csv' has 1 sweep", 0, 0},
    {"f,Re,Im\n" ROWS,
     {.exclude = "1-"},
     EIS_ERROR_USAGE,
     "--exclude '1-': expected row numbers of the sweep such as 1,5-7",
     0,
     0},
    {"f,Re,Im\n" ROWS,
     {.exclude = "x"},
     EIS_ERROR_USAGE,
     "--exclude 'x': expected row numbers",
     0,
     0},
    {"f,Re,Im\n" ROWS, {.exclude = "5-2"}, EIS_ERROR_USAGE, "--exclude '5-2'", 0, 0},
    {"f,Re,Im\n" ROWS,
     {.negate_imag = true, .trust_imag = true},
     EIS_ERROR_USAGE,
     "--negate-imag and --keep-imag say the opposite; give one of them",
     0,
     0},
};

static void test_refusals(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
    const refusal *r = &refusals[i];
    eis_read_options opt = r->opt;
    if (opt.fmin_hz == 0) opt.fmin_hz = NAN;
    if (opt.fmax_hz == 0) opt.fmax_hz = NAN;
    eis_spectra list = {0};
    eis_error err = EIS_ERROR_INIT;
    eis_status st = eis_read_memory(r->text, strlen(r->text), "t.csv", &opt, &list, &err);
    if (st != r->status || err.code != r->status || !strstr(err.text, r->message))
      fail_msg("refusal %zu: status %s, '%s', expected '%s'", i, eis_status_name(st), err.text,
               r->message);
    if (err.line != r->line || err.column != r->column)
      fail_msg("refusal %zu (%s): at %ld:%ld, expected %ld:%ld", i, err.text, err.line, err.column,
               r->line, r->column);
    assert_int_equal(list.n, 0);
    eis_spectra_clear(&list);
  }
}

static void test_caret(void **state) {
  (void)state;
  const char *text = "f,Re,Im\n1000,10,-1\n100,#REF!,-2\n10,12,-3\n1,13,-4\n";
  eis_spectra list = {0};
  eis_error err = EIS_ERROR_INIT;
  char buf[512];
  assert_int_equal(eis_read_memory(text, strlen(text), "t.csv", NULL, &list, &err),
                   EIS_ERROR_INPUT);
  eis_error_print(&err, buf, sizeof buf);
  assert_string_equal(buf,
                      "t.csv:3:5: text '#REF!' in the real part column, a number was expected\n"
                      "  100,#REF!,-2\n"
                      "      ^");
}

static void test_missing_file(void **state) {
  (void)state;
  eis_spectra list = {0};
  eis_error err = EIS_ERROR_INIT;
  assert_int_equal(eis_read_file("no/such/file.csv", NULL, &list, &err), EIS_ERROR_INPUT);
  assert_non_null(strstr(err.source, "no/such/file.csv"));
}

/* ---- recognition ---- */

static int always_40(const eisi_doc *doc) {
  (void)doc;
  return 40;
}

static void test_tie(void **state) {
  (void)state;
  const eisi_reader a = {.format = {.key = "first"}, .sniff = always_40},
                    b = {.format = {.key = "second"}, .sniff = always_40};
  const eisi_reader *const list[] = {&eisi_reader_csv, &a, &b}, *chosen;
  eisi_doc doc;
  eis_error err = EIS_ERROR_INIT;
  assert_int_equal(eisi_doc_open(&doc, "x", 1, "t.csv", &err), EIS_OK);
  assert_int_equal(eisi_reader_choose(list, 3, &doc, &chosen, &err), EIS_ERROR_INPUT);
  assert_string_equal(err.text,
                      "the content fits more than one format: 'first', 'second'; choose with "
                      "--format");
  eis_error_clear(&err);
  assert_int_equal(eisi_reader_choose(list, 2, &doc, &chosen, &err), EIS_OK);
  assert_string_equal(chosen->format.key, "first");
  eisi_doc_clear(&doc);
}

static void test_format_table(void **state) {
  (void)state;
  size_t n = 0;
  for (const eis_format *f; (f = eis_format_at(n)) != NULL; n++) {
    assert_true(f->key[0] && f->name[0] && f->recognised[0] && f->sign[0]);
    for (size_t k = 0; k < n; k++) assert_string_not_equal(f->key, eis_format_at(k)->key);
  }
  assert_int_equal(n, 15);
}

/* ---- truncation: an answer or a message for every beginning of every sample ---- */

static const char *const samples[] = {
    "f,Re,Im\n" ROWS,
    "freq/Hz\tRe(Z)/Ohm\t-Im(Z)/Ohm\t|Z|/Ohm\tPhase(Z)/"
    "deg\n1000\t10\t1\t10.05\t-5.7\n100\t11\t2\t11.18\t-10\n"
    "10\t12\t3\t12.4\t-14\n1\t13\t2\t13.15\t-9\n0.1\t14\t1\t14.03\t-4\n\n1000\t10\t1\t10.05\t-5."
    "7\n",
    "EC-Lab ASCII FILE\nNb header lines : "
    "3\nfreq/Hz\tRe(Z)/Ohm\t-Im(Z)/Ohm\t\n1,0E+003\t1,1E1\t1,0\t\n"
    "1,0E+002\t1,2E1\t4,0\t\n1,0E+001\t1,5E1\t8,0\t\n1,0E+000\t2,0E1\t4,0\t\n1,0E-001\t2,2E1\t1,"
    "0\t\n",
    "EXPLAIN\nTAG\tEISPOT\nZCURVE\tTABLE\n\tPt\tFreq\tZreal\tZimag\n\t#"
    "\tHz\tohm\tohm\n\t0\t1000\t11\t-1\n"
    "\t1\t100\t12\t-4\n\t2\t10\t15\t-8\n\t3\t1\t20\t-4\n\t4\t0.1\t22\t-"
    "1\nEXPERIMENTABORTED\tTOGGLE\tT\n",
    "<Application>\n</Application>\n<Segment1>\nDefinition=Frequency(Hz), Z Real, Z Imag, "
    "0\n1000,11,-1\n"
    "100,12,-4\n10,15,-8\n1,20,-4\n0.1,22,-1\n</Segment1>\n<Graph>\n",
    "c,ZReal_1Hz,ZReal_2Hz,ZReal_4Hz,ZReal_8Hz,ZReal_9Hz,ZImag_1Hz,ZImag_2Hz,ZImag_4Hz,ZImag_8Hz,"
    "ZImag_9Hz\n"
    "1,20,19,17,13,12,-1,-3,-5,-4,-3\n2,20,19,17,13,12,-1,-3,-5,-4,-3\n",
    "\xff\xfe"
    "f\0,\0r\0,\0i\0\n\0001\0,\0002\0,\0003\0\n\0",
};

static void test_truncated(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
    size_t n = i + 1 < sizeof samples / sizeof *samples ? strlen(samples[i]) : 22;
    for (size_t k = 0; k <= n; k++) {
      char *copy = malloc(k ? k : 1); /* exact size: an overrun is seen by a sanitizer */
      assert_non_null(copy);
      memcpy(copy, samples[i], k);
      eis_spectra list = {0};
      eis_error err = EIS_ERROR_INIT;
      eis_status st = eis_read_memory(copy, k, "cut", NULL, &list, &err);
      if (st == EIS_OK) {
        assert_true(list.n > 0 && list.at[0].n >= 5);
      } else {
        assert_true(st == EIS_ERROR_INPUT && err.text[0] && list.n == 0);
      }
      eis_spectra_clear(&list);
      free(copy);
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_refusals), cmocka_unit_test(test_caret),
      cmocka_unit_test(test_missing_file), cmocka_unit_test(test_tie),
      cmocka_unit_test(test_format_table), cmocka_unit_test(test_truncated),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
