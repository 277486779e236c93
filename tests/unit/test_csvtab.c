/* test_csvtab.c - encodings, line ends, dialects, cells with line and column. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/columns.h"
#include "data/csvtab.h"

static eisi_doc open_doc(const char *bytes, size_t n, const char *source) {
  eisi_doc doc;
  eis_error err = EIS_ERROR_INIT;
  assert_int_equal(eisi_doc_open(&doc, bytes, n, source, &err), EIS_OK);
  return doc;
}

static void assert_line(const eisi_doc *doc, size_t k, const char *text) {
  size_t n;
  const char *s = eisi_doc_line(doc, k, &n);
  assert_int_equal(n, strlen(text));
  assert_memory_equal(s, text, n);
}

/* ---- decoding ---- */

static void test_line_ends(void **state) {
  (void)state;
  static const struct {
    const char *text;
    size_t lines;
    bool cut;
  } rows[] = {
      {"a\nb\nc\n", 3, false},
      {"a\nb\nc", 3, true},
      {"a\r\nb\r\nc\r\n", 3, false},
      {"a\rb\rc\r", 3, false},
      {"a\r\r\nb\r\r\nc\r\r\n", 3, false},
      {"a\r\nb\nc\r", 3, false},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    eisi_doc doc = open_doc(rows[i].text, strlen(rows[i].text), "x");
    assert_int_equal(doc.n_lines, rows[i].lines);
    assert_line(&doc, 0, "a");
    assert_line(&doc, 1, "b");
    assert_line(&doc, 2, "c");
    assert_line(&doc, 3, "");
    assert_int_equal(doc.cut, rows[i].cut);
    eisi_doc_clear(&doc);
  }
}

static void test_encodings(void **state) {
  (void)state;
  static const struct {
    const char *bytes;
    size_t n;
    const char *encoding;
  } rows[] = {
      {"Z\xce\xa9 \xc2\xb5\n1", 8, "UTF-8"},
      {"\xef\xbb\xbfZ\xce\xa9 \xc2\xb5\n1", 11, "UTF-8"},
      {"\xff\xfeZ\0\xa9\x03 \0\xb5\0\n\0001\0", 14, "UTF-16"},
      {"\xfe\xff\0Z\x03\xa9\0 \0\xb5\0\n\0001", 14, "UTF-16"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    eisi_doc doc = open_doc(rows[i].bytes, rows[i].n, "x");
    assert_string_equal(doc.encoding, rows[i].encoding);
    assert_line(&doc, 0, "Z\xce\xa9 \xc2\xb5");
    assert_line(&doc, 1, "1");
    eisi_doc_clear(&doc);
  }
  eisi_doc doc = open_doc("\xb5\xb0\x94\n", 4, "x"); /* latin-1 with a windows quotation mark */
  assert_string_equal(doc.encoding, "latin-1");
  assert_line(&doc, 0, "\xc2\xb5\xc2\xb0\xe2\x80\x9d");
  eisi_doc_clear(&doc);
  doc = open_doc("f\0,\0r\0e\0\n\0001\0,\0002\0\n\0", 18, "x"); /* UTF-16 without a mark */
  assert_string_equal(doc.encoding, "UTF-16");
  assert_line(&doc, 0, "f,re");
  eisi_doc_clear(&doc);
}

static void test_binary(void **state) {
  (void)state;
  static const struct {
    const char *bytes;
    size_t n;
    const char *source, *text;
  } rows[] = {
      {"PK\003\004xx", 6, "a.xlsx",
       "a zip container (xlsx, ods) can't be read, it is not text; save the sheet as csv and read "
       "that"},
      {"BIO-LOGIC MODULAR FILE\x1a   ", 26, "a.bin",
       "a BioLogic .mpr file can't be read, it is not text; export it as text (.mpt) in EC-Lab and "
       "read that"},
      {"\0\1\2\3abc\0\0", 9, "x.ISM", "a Zahner .ism file"},
      {"\0\1\2\3abc\0\0", 9, "x.dat",
       "a binary file, not text; export the data as csv or text and read that"},
      {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1zz", 10, "x.xls", "an old Excel workbook (xls)"},
      {"{\"Type\":\"PalmSens\"}", 19, "x.pssession", "a PalmSens .pssession file"},
      {"\xff\xfe{\0\"\0T\0\"\0}\0\n\0", 14, "x.pssession", "export it as csv in PSTrace"},
      {"\x1f\x8b\x08 gz", 6, "x.gz", "a gzip archive"},
      {"SQLite format 3", 16, "x", "an SQLite database"},
      {"\x93NUMPY v", 8, "x.npy", "a NumPy array"},
      {"%PDF-1.7", 8, "x.pdf", "a PDF document"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    eisi_doc doc;
    eis_error err = EIS_ERROR_INIT;
    assert_int_equal(eisi_doc_open(&doc, rows[i].bytes, rows[i].n, rows[i].source, &err),
                     EIS_ERROR_INPUT);
    assert_non_null(strstr(err.text, rows[i].text));
    assert_string_equal(err.source, rows[i].source);
    assert_null(doc.text);
  }
}

/* ---- the same by pieces ---- */

/* Adds the lines of a document, each with a bar behind. */
static void add_lines(char *out, const eisi_doc *doc) {
  for (size_t k = 0; k < doc->n_lines; k++) {
    size_t n;
    const char *s = eisi_doc_line(doc, k, &n);
    strncat(out, s, n);
    strcat(out, "|");
  }
}

static void lines_by_pieces(const char *bytes, size_t size, size_t piece, char *out) {
  eisi_sniff sniff = {0};
  eisi_encoding encoding;
  eis_error err = EIS_ERROR_INIT;
  size_t skip, from;
  for (size_t at = 0; at < size; at += piece)
    eisi_sniff_add(&sniff, bytes + at, size - at < piece ? size - at : piece);
  assert_int_equal(eisi_sniff_end(&sniff, "x", &encoding, &skip, &err), EIS_OK);
  from = skip;
  for (size_t to = skip; from < size;) {
    to = size - to < piece ? size : to + piece;
    size_t n = eisi_doc_cut(bytes + from, to - from, 0, encoding);
    if (n == 0 && to == size) n = size - from;
    if (n == 0) continue;
    eisi_doc doc;
    assert_int_equal(eisi_doc_open_piece(&doc, bytes + from, n, encoding, "x", &err), EIS_OK);
    add_lines(out, &doc);
    eisi_doc_clear(&doc);
    from += n;
  }
}

static void test_pieces(void **state) {
  (void)state;
  static const struct {
    const char *bytes;
    size_t n;
    const char *lines;
  } rows[] = {
      {"", 0, ""},
      {"a\n\nb\ncd", 7, "a||b|cd|"},
      {"a\r\r\nb\r\n\r\nc\rd\re\n\nf\r", 18, "a|b||c|d|e||f|"},
      {"\n\r", 2, "||"},
      {"Z\xce\xa9 \xe2\x82\xac\n\xf0\x9f\x98\x80\nx\xc3\xa4", 16,
       "Z\xce\xa9 \xe2\x82\xac|\xf0\x9f\x98\x80|x\xc3\xa4|"},
      {"\xef\xbb\xbf\xc2\xb5\n1", 7, "\xc2\xb5|1|"},
      {"\xc2\xb5\n\xb5\nab\n", 8, "\xc3\x82\xc2\xb5|\xc2\xb5|ab|"}, /* not all is UTF-8 */
      {"Z\xe9\n", 3, "Z\xc3\xa9|"},
      {"ab\n\xe2\x82", 5, "ab|"}, /* cut in a character: it is left out */
      {"\xff\xfeZ\0\xa9\x03\r\0\n\0\xb5\0\n\0001\0\r\0002\0", 20, "Z\xce\xa9|\xc2\xb5|1|2|"},
      {"\xfe\xff\0Z\x03\xa9\0\r\0\r\0\n\0\xb5\0\n\0001", 18, "Z\xce\xa9|\xc2\xb5|1|"},
      {"\xff\xfe\x0a\x0a\n\0\x0d\x0d\n\0", 10, "\xe0\xa8\x8a|\xe0\xb4\x8d|"}, /* no line ends */
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    char whole[200] = "";
    eisi_doc doc = open_doc(rows[i].bytes, rows[i].n, "x");
    add_lines(whole, &doc);
    eisi_doc_clear(&doc);
    assert_string_equal(whole, rows[i].lines);
    for (size_t piece = 1; piece < 9; piece++) {
      char pieces[200] = "";
      lines_by_pieces(rows[i].bytes, rows[i].n, piece, pieces);
      assert_string_equal(pieces, rows[i].lines);
    }
  }
}

static void test_too_large(void **state) {
  (void)state;
  eisi_doc doc;
  eis_error err = EIS_ERROR_INIT;
  assert_int_equal(eisi_doc_open(&doc, "x", (size_t)5 << 30, "big.csv", &err), EIS_ERROR_INPUT);
  assert_string_equal(err.text,
                      "the file has 5120 MB, at most 1024 MB can be read at once; split it");
}

static void test_values(void **state) {
  (void)state;
  const char *text = "  \"Data Points:   56  \"\nNb header lines = 7\n";
  eisi_doc doc = open_doc(text, strlen(text), "x");
  char value[16];
  assert_true(eisi_doc_value(&doc, 0, "data points", value, sizeof value));
  assert_string_equal(value, "56");
  assert_true(eisi_doc_value(&doc, 1, "Nb header lines", value, sizeof value));
  assert_string_equal(value, "7");
  assert_false(eisi_doc_value(&doc, 1, "other", value, sizeof value));
  assert_int_equal(eisi_doc_find(&doc, 0, 9, "HEADER"), 1);
  assert_int_equal(eisi_doc_find(&doc, 0, 1, "HEADER"), EISI_NO_LINE);
  eisi_doc_clear(&doc);
}

/* ---- dialects ---- */

static void test_sniff(void **state) {
  (void)state;
  static const struct {
    const char *text;
    char delimiter, point;
  } rows[] = {
      {"1000,1.5,-2.5\n100,2.5,-3.5\n", ',', '.'},
      {"1000, 1.5, -2.5\n100, 2.5, -3.5\n", ',', '.'},
      {"1000;1,5;-2,5\n100;2,5;-3,5\n", ';', ','},
      {"1000;1.5;-2.5\n100;2.5;-3.5\n", ';', '.'},
      {"1000\t1.5\t-2.5\n100\t2.5\t-3.5\n", '\t', '.'},
      {"1000\t1,5\t-2,5\n100\t2,5\t-3,5\n", '\t', ','},
      {"1000 1.5 -2.5\n100 2.5 -3.5\n", ' ', '.'},
      {"  1000   1,5  -2,5 \n 100 2,5 -3,5\n", ' ', ','},
      {"1000 \t1.5 \t-2.5 \n100 \t2.5 \t-3.5 \n", '\t', '.'},
      {"\"1000\",\"1,5\",\"-2,5\"\n\"100\",\"2,5\",\"-3,5\"\n", ',', ','},
      {"1000|1.5|-2.5\n100|2.5|-3.5\n", '|', '.'},
      {"1000,1,-2\n100,2,-3\n", ',', '.'},
      {"1.0E+03,1.5e0,-2.5E-1\n1e2,2.5,-3.5\n", ',', '.'},
      {"text, more, and more\nx y z\n1000;1,5;-2,5\n100;2,5;-3,5\n", ';', ','},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    eisi_doc doc = open_doc(rows[i].text, strlen(rows[i].text), "x");
    eisi_delimiting d = eisi_csvtab_sniff(&doc, 0, doc.n_lines);
    assert_int_equal(d.delimiter, rows[i].delimiter);
    assert_int_equal(d.point, rows[i].point);
    eisi_doc_clear(&doc);
  }
}

static void test_cells_as_numbers(void **state) {
  (void)state;
  static const struct {
    const char *s;
    char point;
    eisi_cell_kind kind;
    double v;
  } rows[] = {
      {"1.5", '.', EISI_CELL_NUMBER, 1.5}, {"-1,5E+003", ',', EISI_CELL_NUMBER, -1500},
      {"1,5", '.', EISI_CELL_TEXT, 0},     {"1.", '.', EISI_CELL_NUMBER, 1},
      {"1,", ',', EISI_CELL_TEXT, 0},      {"", '.', EISI_CELL_MISSING, 0},
      {"NaN", '.', EISI_CELL_MISSING, 0},  {"N/A", '.', EISI_CELL_MISSING, 0},
      {"inf", '.', EISI_CELL_MISSING, 0},  {"9.9e37", '.', EISI_CELL_MISSING, 0},
      {"#NAME?", '.', EISI_CELL_TEXT, 0},  {"12 ohm", '.', EISI_CELL_TEXT, 0},
      {"--", '.', EISI_CELL_MISSING, 0},   {"0x10", '.', EISI_CELL_TEXT, 0},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    double v = 0;
    assert_int_equal(eisi_cell_number(rows[i].s, strlen(rows[i].s), rows[i].point, &v),
                     rows[i].kind);
    if (rows[i].kind == EISI_CELL_NUMBER) assert_true(v == rows[i].v);
  }
}

/* ---- tables ---- */

static void assert_cell(const eisi_table *t, size_t row, size_t col, const char *text) {
  size_t n;
  const char *s = eisi_table_cell(t, row, col, &n);
  assert_int_equal(n, strlen(text));
  assert_memory_equal(s, text, n);
}

static void test_table(void **state) {
  (void)state;
  const char *text =
      "# comment\n"
      "a;\"b;\"\"c\";  d  \n"
      "\n"
      "#NAME?;2;\"x\n"
      "head;er\n"
      "1;;3;\n";
  eisi_doc doc = open_doc(text, strlen(text), "x.csv");
  eisi_table t = {0};
  eis_error err = EIS_ERROR_INIT;
  assert_int_equal(eisi_table_append(&t, &doc, (eisi_delimiting){';', '.'}, 0, 99, 4, &err),
                   EIS_OK);
  assert_int_equal(t.n_rows, 3);
  assert_int_equal(eisi_table_width(&t, 0), 3);
  assert_cell(&t, 0, 0, "a");
  assert_cell(&t, 0, 1, "b;\"c");
  assert_cell(&t, 0, 2, "d");
  assert_cell(&t, 1, 0, "#NAME?");
  assert_cell(&t, 1, 2, "x"); /* an open quote ends with its line */
  assert_int_equal(eisi_table_width(&t, 2), 4);
  assert_cell(&t, 2, 1, "");
  assert_cell(&t, 2, 2, "3");
  assert_cell(&t, 2, 9, "");
  assert_true(t.gap[0] && t.gap[1] && t.gap[2]);
  assert_int_equal(t.line[2], 5);
  assert_int_equal(eisi_table_error(&t, 0, 2, &err, "bad %d", 7), EIS_ERROR_INPUT);
  assert_string_equal(err.text, "bad 7");
  assert_int_equal(err.line, 2);
  assert_int_equal(err.column, 13);
  assert_string_equal(err.context, "a;\"b;\"\"c\";  d  ");
  eisi_table_clear(&t);
  eisi_doc_clear(&doc);
}

static void test_runs_of_blanks(void **state) {
  (void)state;
  const char *text = "  1.5 \t 2.5   3.5  \n4 5 6\n";
  eisi_doc doc = open_doc(text, strlen(text), "x");
  eisi_table t = {0};
  eis_error err = EIS_ERROR_INIT;
  assert_int_equal(
      eisi_table_append(&t, &doc, (eisi_delimiting){' ', '.'}, 0, 9, EISI_NO_LINE, &err), EIS_OK);
  assert_int_equal(eisi_table_width(&t, 0), 3);
  assert_cell(&t, 0, 0, "1.5");
  assert_cell(&t, 0, 2, "3.5");
  assert_int_equal(eisi_table_error(&t, 0, 1, &err, "x"), EIS_ERROR_INPUT);
  assert_int_equal(err.column, 9);
  eisi_table_clear(&t);
  eisi_doc_clear(&doc);
}

/* ---- names and units ---- */

static void test_units(void **state) {
  (void)state;
  static const struct {
    const char *s;
    eisi_dimension dim;
    double factor;
    bool area, ambiguous;
  } rows[] = {
      {"Hz", EISI_DIM_FREQ, 1, false, false},
      {"kHz", EISI_DIM_FREQ, 1e3, false, false},
      {"MHz", EISI_DIM_FREQ, 1e6, false, false},
      {"mHz", EISI_DIM_FREQ, 1e-3, false, false},
      {"mhz", EISI_DIM_FREQ, 1e-3, false, true},
      {"MHZ", EISI_DIM_FREQ, 1e6, false, true},
      {"khz", EISI_DIM_FREQ, 1e3, false, false},
      {"rad/s", EISI_DIM_FREQ, 0.15915494309189535, false, false},
      {"rad s⁻¹", EISI_DIM_FREQ, 0.15915494309189535, false, false},
      {"Ω", EISI_DIM_Z, 1, false, false},
      {"mΩ", EISI_DIM_Z, 1e-3, false, false},
      {"µΩ", EISI_DIM_Z, 1e-6, false, false},
      {"uOhm", EISI_DIM_Z, 1e-6, false, false},
      {"kOhm", EISI_DIM_Z, 1e3, false, false},
      {"MOhm", EISI_DIM_Z, 1e6, false, false},
      {"GOhm", EISI_DIM_Z, 1e9, false, false},
      {"mohm", EISI_DIM_Z, 1e-3, false, false},
      {"MOHM", EISI_DIM_Z, 1e6, false, true},
      {"milliohm", EISI_DIM_Z, 1e-3, false, false},
      {"Ohms", EISI_DIM_Z, 1, false, false},
      {"Ω cm²", EISI_DIM_Z, 1, true, false},
      {"ohm*cm^2", EISI_DIM_Z, 1, true, false},
      {"mOhm.cm2", EISI_DIM_Z, 1e-3, true, false},
      {"Ω·cm²", EISI_DIM_Z, 1, true, false},
      {"deg", EISI_DIM_ANGLE, 0.017453292519943295, false, false},
      {"°", EISI_DIM_ANGLE, 0.017453292519943295, false, false},
      {"rad", EISI_DIM_ANGLE, 1, false, false},
      {"ms", EISI_DIM_TIME, 1e-3, false, false},
      {"[Hz]", EISI_DIM_FREQ, 1, false, false},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    eisi_unit u;
    assert_true(eisi_unit_parse(rows[i].s, strlen(rows[i].s), &u));
    assert_int_equal(u.dim, rows[i].dim);
    assert_true(u.factor == rows[i].factor);
    assert_int_equal(u.per_area, rows[i].area);
    assert_int_equal(u.ambiguous, rows[i].ambiguous);
  }
  eisi_unit u;
  static const char *const none[] = {"", "V", "A", "Hertzian", "x", "()", "Ohm-1", "#"};
  for (size_t i = 0; i < sizeof none / sizeof *none; i++)
    assert_false(eisi_unit_parse(none[i], strlen(none[i]), &u));
}

static void test_names(void **state) {
  (void)state;
  static const struct {
    const char *name;
    eisi_role role;
    int sign;
    double factor; /* 0 = no unit */
  } rows[] = {
      {"f", EISI_COL_FREQ, 1, 0},
      {"freq/Hz", EISI_COL_FREQ, 1, 1},
      {"Frequency (kHz)", EISI_COL_FREQ, 1, 1e3},
      {"frequency_Hz", EISI_COL_FREQ, 1, 1},
      {"Freq. [Hz]", EISI_COL_FREQ, 1, 1},
      {"  Freq(Hz)", EISI_COL_FREQ, 1, 1},
      {"Frequenz in Hz", EISI_COL_FREQ, 1, 1},
      {"Frequenz / Hz", EISI_COL_FREQ, 1, 1},
      {"Fréquence (Hz)", EISI_COL_FREQ, 1, 1},
      {"omega", EISI_COL_FREQ, 1, 0.15915494309189535},
      {"ω (rad/s)", EISI_COL_FREQ, 1, 0.15915494309189535},
      {"omega/rad/s", EISI_COL_FREQ, 1, 0.15915494309189535},
      {"Z'", EISI_COL_RE, 1, 0},
      {"Z' (Ω)", EISI_COL_RE, 1, 1},
      {"Z'(a)", EISI_COL_RE, 1, 0},
      {"Z′/mΩ", EISI_COL_RE, 1, 1e-3},
      {"Re(Z)/Ohm", EISI_COL_RE, 1, 1},
      {"Re(Z) [kOhm]", EISI_COL_RE, 1, 1e3},
      {"Zreal", EISI_COL_RE, 1, 0},
      {"Z_real (ohm)", EISI_COL_RE, 1, 1},
      {"z_re_ohm", EISI_COL_RE, 1, 1},
      {"impedance_real", EISI_COL_RE, 1, 0},
      {"Zs'[ohm]", EISI_COL_RE, 1, 1},
      {"Zre (ohms)", EISI_COL_RE, 1, 1},
      {"Z Real", EISI_COL_RE, 1, 0},
      {"Z-real", EISI_COL_RE, 1, 0},
      {"Realteil", EISI_COL_RE, 1, 0},
      {"Im(Z)/Ohm", EISI_COL_IM, 1, 1},
      {"-Im(Z)/Ohm", EISI_COL_IM, -1, 1},
      {"-Im(Z)/Ohm cm²", EISI_COL_IM, -1, 1},
      {"-Z''", EISI_COL_IM, -1, 0},
      {"−Z″ (Ω)", EISI_COL_IM, -1, 1},
      {"- Z'' [MOhm]", EISI_COL_IM, -1, 1e6},
      {"Z\"/ohm", EISI_COL_IM, 1, 1},
      {"Z''(b)", EISI_COL_IM, 1, 0},
      {"Zimg", EISI_COL_IM, 1, 0},
      {"-Zimag", EISI_COL_IM, -1, 0},
      {"neg_imag", EISI_COL_IM, -1, 0},
      {"Zimag(-)", EISI_COL_IM, -1, 0},
      {"Z-imag", EISI_COL_IM, 1, 0},
      {"imaginary", EISI_COL_IM, 1, 0},
      {"Imag", EISI_COL_IM, 1, 0},
      {"im", EISI_COL_IM, 1, 0},
      {"|Z|", EISI_COL_MOD, 1, 0},
      {"|Z|/Ohm", EISI_COL_MOD, 1, 1},
      {"Zmod", EISI_COL_MOD, 1, 0},
      {"Impedance (Ohm)", EISI_COL_MOD, 1, 1},
      {"Phase(Z)/deg", EISI_COL_PHASE, 1, 0.017453292519943295},
      {"-Phase (°)", EISI_COL_PHASE, -1, 0.017453292519943295},
      {"Phase (rad)", EISI_COL_PHASE, 1, 1},
      {"theta", EISI_COL_PHASE, 1, 0},
      {"φ/°", EISI_COL_PHASE, 1, 0.017453292519943295},
      {"PhaseDeg", EISI_COL_PHASE, 1, 0.017453292519943295},
      {"time/s", EISI_COL_TIME, 1, 1},
      {"Elapsed Time (s)", EISI_COL_TIME, 1, 1},
      {"Time(Sec)", EISI_COL_TIME, 1, 1},
      {"cycle number", EISI_COL_CYCLE, 1, 0},
      {"State", EISI_COL_STATE, 1, 0},
      {"", EISI_COL_INDEX, 1, 0},
      {"sigma_ohm", EISI_COL_SIGMA, 1, 1},
      {"sigma_re", EISI_COL_SIGMA_RE, 1, 0},
      {"Re(Y)/Ohm-1", EISI_COL_OTHER, 1, 0},
      {"Re(Zce)/Ohm", EISI_COL_OTHER, 1, 1},
      {"|Vac| (V)", EISI_COL_OTHER, 1, 0},
      {"I Real", EISI_COL_OTHER, 1, 0},
      {"T", EISI_COL_OTHER, 1, 0},
      {"fmax_hz", EISI_COL_OTHER, 1, 1},
      {"Cs/µF", EISI_COL_OTHER, 1, 0},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    eisi_column c;
    eisi_column_parse(rows[i].name, strlen(rows[i].name), "", 0, &c);
    if (c.role != rows[i].role || c.sign != rows[i].sign ||
        (rows[i].role != EISI_COL_OTHER && c.has_unit != (rows[i].factor != 0)))
      fail_msg("'%s': role %s, sign %d, unit %d", rows[i].name, eisi_role_name(c.role), c.sign,
               c.has_unit);
    if (rows[i].role != EISI_COL_OTHER && rows[i].factor != 0)
      assert_true(c.unit.factor == rows[i].factor);
  }
}

static void test_keys(void **state) {
  (void)state;
  static const char *const rows[][2] = {
      {"cycle number", "cycle_number"}, {"Temperature (°C)", "temperature_C"}, {"SOC", "soc"},
      {"temperature/K", "temperature_K"}, {"<Ewe>/V", "ewe_V"}, {"temp_code", "temp_code"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    eisi_column c;
    eisi_column_parse(rows[i][0], strlen(rows[i][0]), "", 0, &c);
    assert_string_equal(c.key, rows[i][1]);
  }
}

static void test_wide_names(void **state) {
  (void)state;
  eisi_role role;
  int sign;
  double f;
  assert_true(eisi_column_wide("ZReal_2e+04Hz", 13, &role, &sign, &f));
  assert_true(role == EISI_COL_RE && sign == 1 && f == 2e4);
  assert_true(eisi_column_wide("-Zimag@0.5Hz", 12, &role, &sign, &f));
  assert_true(role == EISI_COL_IM && sign == -1 && f == 0.5);
  assert_false(eisi_column_wide("frequency_Hz", 12, &role, &sign, &f));
  assert_false(eisi_column_wide("cycle_3Hz", 9, &role, &sign, &f));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_line_ends),      cmocka_unit_test(test_encodings),
      cmocka_unit_test(test_binary),         cmocka_unit_test(test_pieces),
      cmocka_unit_test(test_too_large),
      cmocka_unit_test(test_values),         cmocka_unit_test(test_sniff),
      cmocka_unit_test(test_cells_as_numbers), cmocka_unit_test(test_table),
      cmocka_unit_test(test_runs_of_blanks), cmocka_unit_test(test_units),
      cmocka_unit_test(test_names),          cmocka_unit_test(test_keys),
      cmocka_unit_test(test_wide_names),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
