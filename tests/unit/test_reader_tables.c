/* test_reader_tables.c - tables that could be taken for others, and eisfit's own CSV read again. */
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

enum { N = 8 };

static double f_of(int k) { return 1e5 / (1 << k); }

/* $n = row from 1 on, $f, $r = 10.5 + k, $i = -2, $t = rising time. */
static void add_row(char *out, const char *row, int k) {
  out += strlen(out);
  for (; *row; row++)
    if (*row != '$') {
      *out++ = *row;
      *out = '\0';
    } else {
      const char c = *++row;
      const double v = c == 'n'   ? k + 1
                       : c == 'f' ? f_of(k)
                       : c == 'r' ? 10.5 + k
                       : c == 'i' ? -2
                                  : 3 * (N - k);
      out += sprintf(out, "%.17g", v);
    }
}

static void make(char *out, const char *head, const char *row) {
  strcpy(out, head);
  for (int k = 0; k < N; k++) add_row(out, row, k);
}

static void read_it(const char *text, const char *format, eis_spectra *list) {
  eis_error err = EIS_ERROR_INIT;
  eis_read_options opt = eis_read_options_default();
  opt.format = format;
  *list = (eis_spectra){0};
  if (eis_read_memory(text, strlen(text), "t.csv", &opt, list, &err) != EIS_OK)
    fail_msg("%s\n%s", err.text, text);
}

static void assert_meta(const eis_spectrum *s, const char *key, const char *value) {
  const char *found = eis_meta_find(&s->meta, key);
  if (!found || strcmp(found, value) != 0)
    fail_msg("%s: '%s', expected '%s'", key, found ? found : "nothing", value);
}

static void assert_same(const eis_spectrum *a, const eis_spectrum *b) {
  assert_int_equal(a->n, b->n);
  assert_memory_equal(a->f, b->f, a->n * sizeof *a->f);
  assert_memory_equal(a->re, b->re, a->n * sizeof *a->re);
  assert_memory_equal(a->im, b->im, a->n * sizeof *a->im);
  assert_true(!a->time_s == !b->time_s && !a->sigma == !b->sigma);
  if (a->time_s) assert_memory_equal(a->time_s, b->time_s, a->n * sizeof *a->time_s);
  if (a->sigma) assert_memory_equal(a->sigma, b->sigma, a->n * sizeof *a->sigma);
  assert_int_equal(a->meta.n, b->meta.n);
  for (size_t i = 0; i < a->meta.n; i++) assert_meta(b, a->meta.item[i].key, a->meta.item[i].value);
}

/* What is written is read again, with the format found and with the format named. */
static void assert_round_trip(const eis_spectrum *s) {
  for (int i = 0; i < 2; i++) {
    eis_spectra again;
    char *csv = NULL;
    assert_int_equal(eis_spectrum_print_csv(s, &csv, NULL), EIS_OK);
    read_it(csv, i ? "csv" : NULL, &again);
    assert_int_equal(again.n, 1);
    assert_same(s, &again.at[0]);
    eis_spectra_clear(&again);
    free(csv);
  }
}

static const struct {
  const char *head, *row, *key, *value;
} tables[] = {
    /* a word in quotes within a cell says nothing against the tabs */
    {"Freq (Hz)\tNote\tZreal (Ohm)\tZimag (Ohm)\tT\tComment\n", "$f\t\t$r\t$i\t25\tcell \"A\"\n",
     "comment", "cell \"A\""},
    {"Note\tFreq (Hz)\tZreal (Ohm)\tZimag (Ohm)\tT\tk\n", "\t$f\t$r\t$i\t25\tcell \"A\" x\n", "k",
     "cell \"A\" x"},
    {"3 \"special\" cell\nFreq (Hz)\tNote\tZreal (Ohm)\tZimag (Ohm)\tT\n", "$f\t\t$r\t$i\t25\n",
     "t", "25"},
    /* blanks within cells between tabs */
    {"when\tFreq (Hz)\tZre (Ohm)\tZim (Ohm)\n", "2024 02 01\t$f\t$r\t$i\n", "when", "2024 02 01"},
    {"Freq (Hz)\tRange\tZre (Ohm)\tZim (Ohm)\n", "$f\t10 mA\t$r\t$i\n", "range", "10 mA"},
    /* settings above the table have more texts than numbers */
    {"Set 1,on,auto,off,high,1,2,3\nSet 2,on,auto,off,high,1,2,3\nSet 3,on,auto,off,high,1,2,3\n"
     "Set 4,on,auto,off,high,1,2,3\n\nFreq (Hz),Zre (Ohm),Zim (Ohm),y\n",
     "$f,$r,$i,7\n", "y", "7"},
    /* R: write.table, write.csv with row names that have no column name */
    {"\"f\" \"Zre\" \"Zim\" \"cell\"\n", "\"$n\" $f $r $i \"my cell\"\n", "cell", "my cell"},
    {"\"Freq (Hz)\" \"Zre (Ohm)\" \"Zim (Ohm)\" \"cell name\"\n", "$f $r $i \"my  cell x\"\n",
     "cell_name", "my  cell x"},
    {"f Zre Zim y\n", "$n $f $r $i 7\n", "y", "7"},
    {"f,Zre,Zim,y\n", "$n,$f,$r,$i,7\n", "y", "7"},
    {"f,Zre,Zim,y\n", "row$n,$f,$r,$i,7\n", "y", "7"},
    /* a row that ends with a comma has no name less */
    {"f,Zre,Zim,y\n", "$f,$r,$i,7,\n", "y", "7"},
    /* metadata that look like numbers with a decimal comma */
    {"# area: 0,785\n# d: 1,5\nf,Zre,Zim\n", "$f,$r,$i\n", "area", "0,785"},
    /* the name of an own column says nothing of the table below it */
    {"frequency_Hz,Zreal_ohm,Zimag_ohm\n", "$f;$r;$i\n", NULL, NULL},
};

static void tables_are_read_right(void **state) {
  static char text[4000];
  (void)state;
  for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
    eis_spectra list;
    make(text, tables[i].head, tables[i].row);
    read_it(text, NULL, &list);
    const eis_spectrum *s = &list.at[0];
    assert_int_equal(list.n, 1);
    assert_int_equal(s->n, N);
    for (int k = 0; k < N; k++)
      if (s->f[k] != f_of(k) || s->re[k] != 10.5 + k || s->im[k] != -2)
        fail_msg("table %zu: %g %g %g", i, s->f[k], s->re[k], s->im[k]);
    if (tables[i].key) assert_meta(s, tables[i].key, tables[i].value);
    assert_round_trip(s);
    eis_spectra_clear(&list);
  }
}

/* Metadata are texts: a serial number keeps its zeros, 'none' is a word, 0 a value. */
static void metadata_stay(void **state) {
  static const char *const rows[][2] = {{"operator", "none"},
                                        {"serial", "007"},
                                        {"batch", "1e5"},
                                        {"offset", "0"},
                                        {"long_id", "12345678901234567890123"},
                                        {"m", "--"},
                                        {"plus", "+5"},
                                        {"limit", "1e40"},
                                        {"temp", "-300"},
                                        {"ort", "M\xc3\xbcnster"}};
  static char text[6000];
  eis_spectra list;
  (void)state;
  text[0] = '\0';
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    sprintf(text + strlen(text), "# %s: %s   \n", rows[i][0], rows[i][1]);
  /* 255 bytes are kept, and no half of a character */
  sprintf(text + strlen(text), "# note: ");
  for (int i = 0; i < 200; i++) strcat(text, "\xc3\xbc");
  make(text + strlen(text), "\nf,Zre,Zim\n", "$f,$r,$i\n");
  read_it(text, NULL, &list);
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    assert_meta(&list.at[0], rows[i][0], rows[i][1]);
  assert_int_equal(strlen(eis_meta_find(&list.at[0].meta, "note")), 254);
  assert_round_trip(&list.at[0]);
  eis_spectra_clear(&list);
}

/* A file that was cut within a character, control bytes within a text. */
static void texts_are_utf8(void **state) {
  static char text[4000];
  eis_spectra list;
  (void)state;
  make(text,
       "# note: \x01 a\x1a"
       "01 \x02\nf,Zre,Zim,y\n",
       "$f,$r,$i,7\n");
  strcat(text, "# end: \xc3\xbc\xc3");
  read_it(text, NULL, &list);
  assert_meta(&list.at[0], "end", "\xc3\xbc");
  char *csv;
  assert_int_equal(eis_spectrum_print_csv(&list.at[0], &csv, NULL), EIS_OK);
  assert_non_null(strstr(csv, "\"a 01\""));
  free(csv);
  eis_spectra_clear(&list);
}

/* Time counts from the first point measured, which is the last one of the spectrum here. */
static void time_of_a_rising_sweep(void **state) {
  static char text[4000];
  eis_spectra list;
  (void)state;
  make(text, "f,Zre,Zim,time_s\n", "$f,$r,$i,$t\n");
  read_it(text, NULL, &list);
  for (int k = 0; k < N; k++) assert_true(list.at[0].time_s[k] == 3 * (N - 1 - k));
  assert_round_trip(&list.at[0]);
  eis_spectra_clear(&list);
}

/* Spectra of other metadata and columns in one file, as 'eisfit convert' writes them. */
static void spectra_in_one_file(void **state) {
  static const struct {
    const char *head, *row;
  } blocks[] = {{"f,Zre,Zim,sigma,cell,soc\n", "$f,$r,$i,0.5,A,40\n"},
                {"f,Zre,Zim,temperature_C\n", "$f,$r,$i,25\n"},
                {"f,Zre,Zim,time_s,soc,cell\n", "$f,$r,$i,$t,50,B\n"},
                {"f,Zre,Zim,time_s,soc,cell\n", "$f,$r,$i,$t,60,B\n"}};
  enum { BLOCKS = sizeof blocks / sizeof *blocks };
  static char text[4000], all[16000];
  eis_spectra list[BLOCKS], together;
  (void)state;
  all[0] = '\0';
  for (int i = 0; i < BLOCKS; i++) {
    char *csv;
    make(text, blocks[i].head, blocks[i].row);
    read_it(text, NULL, &list[i]);
    assert_int_equal(eis_spectrum_print_csv(&list[i].at[0], &csv, NULL), EIS_OK);
    sprintf(all + strlen(all), "%s%s", i ? "\n" : "", csv);
    free(csv);
  }
  for (int times = 0; times < 2; times++) {
    read_it(all, times ? "csv" : NULL, &together);
    assert_int_equal(together.n, BLOCKS);
    for (int i = 0; i < BLOCKS; i++) assert_same(&list[i].at[0], &together.at[i]);
    eis_spectra_clear(&together);
  }
  /* the last row is cut off behind its frequency */
  *strrchr(all, '\n') = '\0';
  strrchr(all, '\n')[strcspn(strrchr(all, '\n'), ",")] = '\0';
  read_it(all, NULL, &together);
  assert_int_equal(together.at[BLOCKS - 1].n, N - 1);
  assert_non_null(strstr(together.at[0].warnings.text[0], "cut short"));
  eis_spectra_clear(&together);
  for (int i = 0; i < BLOCKS; i++) eis_spectra_clear(&list[i]);
}

/* Parts of a spectrum that touch: a header begins another one all the same. */
static void headers_split(void **state) {
  static const char
      high[] =
          "frequency_Hz,Zreal_ohm,Zimag_ohm,cell\n1000,10,-1,A\n500,11,-2,A\n250,12,-2,A\n"
          "125,12,-1,A\n60,13,-1,A\n\n",
      low[] =
          "frequency_Hz,Zreal_ohm,Zimag_ohm,cell\n50,10,-1,B\n25,11,-2,B\n12,12,-2,B\n"
          "6,12,-1,B\n3,13,-1,B\n";
  char text[1000];
  eis_spectra list;
  (void)state;
  snprintf(text, sizeof text, "%s%s", high, low);
  read_it(text, NULL, &list);
  assert_int_equal(list.n, 2);
  assert_meta(&list.at[0], "cell", "A");
  assert_meta(&list.at[1], "cell", "B");
  assert_true(list.at[1].f[0] == 50);
  eis_spectra_clear(&list);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(tables_are_read_right), cmocka_unit_test(metadata_stay),
      cmocka_unit_test(texts_are_utf8),        cmocka_unit_test(time_of_a_rising_sweep),
      cmocka_unit_test(spectra_in_one_file),   cmocka_unit_test(headers_split),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
