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
    /* a column without a name behind the others moves none of them */
    {"Pt,Freq,Zreal,Zimag\n", "$n,$f,$r,$i,25\n", NULL, NULL},
    {"cell,Freq,Zreal,Zimag\n", "A,$f,$r,$i,25\n", "cell", "A"},
    {"Index;Frequency (Hz);Z' (Ohm);-Z'' (Ohm)\n", "$n;$f;$r;2;0.5\n", NULL, NULL},
    {"cell f Re Im\n", "$n A $f $r $i\n", "cell", "A"},
    /* names of own columns above a table of R */
    {"frequency_Hz,Zreal_ohm,Zimag_ohm\n", "$n,$f,$r,$i\n", NULL, NULL},
    {"f Re Im\n- Hz ohm ohm\n", "$n $f $r $i\n", NULL, NULL},
    /* an inch above a table without names */
    {"Measured with the old 1/2\" cell today\n", "$f $r $i\n", NULL, NULL},
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

/* No row of a table is lost: texts in the first rows only, results below the table. */
static void rows_are_kept(void **state) {
  static const char *const texts[] = {
      "f,Re,Im,a,b,c,d\n1000,10,-1,ok,auto,r1,fine\n500,11,-2,ok,auto,r1,fine\n250,12,-3,,,,\n125,13,-2,,,,\n"
      "60,14,-1,,,,\n",
      "f,Re,Im,note\n1000,10,-1,start\n500,11,-2,\n250,12,-3,\n125,13,-2,\n60,14,-1,\n",
      "f;Re;Im\n1000;10;-1\n500;11;-2\n250;12;-3\nF;re;im \n125;13;-2\n60;14;-1\n",
      "f,Re,Im\nHz,Ohm,Ohm\n1000,10,-1\n500,11,-2\n250,12,-3\nf,Re,Im\nHz,Ohm,Ohm\n125,13,-2\n60,14,-1\n",
      "f,Re,Im,n\n\"1,000\",\"0,010\",\"-0,001\",1000\n\"0,500\",\"0,011\",\"-0,002\",1000\n"
      "\"0,250\",\"0,012\",\"-0,003\",1000\n\"0,125\",\"0,013\",\"-0,002\",1000\n"
      "\"0,060\",\"0,014\",\"-0,001\",1000\n"};
  (void)state;
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    const double unit = i == 4 ? 1e-3 : 1;
    eis_spectra list;
    read_it(texts[i], NULL, &list);
    assert_int_equal(list.n, 1);
    assert_int_equal(list.at[0].n, 5);
    assert_true(list.at[0].f[0] == 1000 * unit && list.at[0].re[4] == 14 * unit);
    eis_spectra_clear(&list);
  }
}

static void doubts_are_said(void **state) {
  static const char *const texts[][2] = {
      {"f,Re,Im\n1000,10,-1,0.5\n500,11,-2,0.5\n250,12,-3,0.5\n125,13,-2,0.5\n60,14,-1,0.5\n",
       "4 cells in a row, but 3 names: the cells behind the last name are left out"},
      {"f,Re,Im\n\"100,000\",\"1,100\",\"-1,900\"\n\"50,000\",\"1,200\",\"-1,900\"\n"
       "\"25,000\",\"1,300\",\"-1,900\"\n\"12,000\",\"1,400\",\"-1,900\"\n\"6,000\",\"1,500\",\"-1,900\"\n",
       "every comma has three digits behind it and is read as a decimal comma"}};
  (void)state;
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    eis_spectra list;
    read_it(texts[i][0], NULL, &list);
    assert_int_equal(list.at[0].warnings.n, 1);
    assert_non_null(strstr(list.at[0].warnings.text[0], texts[i][1]));
    eis_spectra_clear(&list);
  }
}

/* eisfit's own CSV after a hand was at it: what the first block has no names for, and what isn't
   there. */
static void own_by_hand(void **state) {
#define OWN "frequency_Hz,Zreal_ohm,Zimag_ohm"
#define ROWS(more) \
  "1000,10,-1" more "\n500,11,-2" more "\n250,12,-3" more "\n125,13,-2" more "\n60,14,-1" more "\n"
  eis_error err = EIS_ERROR_INIT;
  eis_spectra list;
  (void)state;
  read_it(OWN ",f\n" ROWS(",7"), NULL, &list); /* the first three columns are f, Re, Im */
  assert_true(list.at[0].f[0] == 1000);
  assert_meta(&list.at[0], "f", "7");
  eis_spectra_clear(&list);
  read_it("# cell: A\n" OWN ",time_s\n" ROWS(",1") "# cell: B\n" OWN ",soc,y\n" ROWS(",40"), NULL,
          &list);
  assert_int_equal(list.n, 2); /* short rows: of the second block, no time */
  assert_true(list.at[0].time_s != NULL && list.at[1].time_s == NULL);
  assert_meta(&list.at[1], "soc", "40");
  assert_meta(&list.at[0], "cell", "A");
  eis_spectra_clear(&list);
  read_it(OWN ",y,y\n" ROWS(",1,2") OWN ",y,y,soc\n" ROWS(",3,4,50"), NULL, &list);
  assert_meta(&list.at[1], "y", "3");
  eis_spectra_clear(&list);
  read_it(OWN ",soc,cell\n" ROWS(",40,B") "30,14,-1,4", NULL, &list); /* cut within its metadata */
  assert_int_equal(list.at[0].n, 5);
  assert_meta(&list.at[0], "cell", "B");
  assert_string_equal(list.at[0].warnings.text[0],
                      "the last line (7) is cut short and was left out");
  eis_spectra_clear(&list);
  read_it(OWN "\n" ROWS("") "\nfrequency_Hz,Zr", NULL, &list);
  assert_string_equal(list.at[0].warnings.text[0],
                      "the last line (8) is cut short and was left out");
  eis_spectra_clear(&list);
  list = (eis_spectra){0};
  static const char wide[] = OWN ",y\n" ROWS(",1") OWN ",z\n" ROWS(",1,2");
  assert_int_equal(eis_read_memory(wide, strlen(wide), "w.csv", NULL, &list, &err),
                   EIS_ERROR_INPUT);
  assert_string_equal(err.text, "a cell without a name: 5 cells, but 4 names");
  assert_int_equal(err.line, 8);
}

/* A file with a name of its own for each spectrum can't fill the memory. */
static void too_many_names(void **state) {
  enum { BLOCKS = 4200 };
  char *text = calloc(BLOCKS, 60), *end = text;
  eis_error err = EIS_ERROR_INIT;
  eis_spectra list = {0};
  (void)state;
  for (int i = 0; i < BLOCKS; i++) end += sprintf(end, OWN ",y%d\n10,1,-1,1\n", i);
  assert_int_equal(eis_read_memory(text, strlen(text), "w.csv", NULL, &list, &err),
                   EIS_ERROR_INPUT);
  assert_string_equal(err.text, "more than 4096 different names of metadata; split the file");
  free(text);
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
      cmocka_unit_test(tables_are_read_right), cmocka_unit_test(rows_are_kept),
      cmocka_unit_test(doubts_are_said),       cmocka_unit_test(own_by_hand),
      cmocka_unit_test(too_many_names),        cmocka_unit_test(metadata_stay),
      cmocka_unit_test(texts_are_utf8),        cmocka_unit_test(time_of_a_rising_sweep),
      cmocka_unit_test(spectra_in_one_file),   cmocka_unit_test(headers_split),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
