/* test_process_table.c - the table of processes: the shipped one, changes, messages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "analysis/process.h"
#include "process_table.h"

/* ---- the shipped table ---- */

static void test_table(void **state) {
  static const char *const key[] = {"SE_bulk", "SE_gb", "SCL", "CEI", "CT", "SEI_Li", "CT_InLi",
                                    "diffusion", "constriction"};
  eis_process_table *t = read_table(NULL);
  (void)state;
  for (size_t i = 0; i < sizeof key / sizeof *key; i++) index_of(t, key[i]);
  for (size_t i = 0; i < t->n; i++) {
    assert_non_null(t->row[i].name);
    assert_non_null(eisi_process_find(&t->row[i], EISI_Q_C, 0));
    assert_non_null(eisi_process_find(&t->row[i], EISI_Q_F, 0));
    for (size_t k = 0; k < t->row[i].n; k++) {
      const eisi_process_entry *e = &t->row[i].entry[k];
      if (e->quantity == EISI_Q_SOC_LAW) continue;
      if (!e->source ||
          (strncmp(e->source, "prior", 5) != 0 && strncmp(e->source, "derived: ", 9) != 0 &&
           strncmp(e->source, "order of Vadhva", 15) != 0))
        fail_msg("%s, %s: source '%s'", t->row[i].key, eisi_q_rows[e->quantity].key,
                 e->source ? e->source : "");
    }
  }
  assert_null(eis_process_key(t, t->n));
  assert_null(eis_process_name(t, t->n));
  eis_process_table_free(t);
}

/* Words choose the entry: the one with most of them that hold. */
static void test_words(void **state) {
  (void)state;
  eis_process_table *t = read_table(
      "[SE_gb]\nC@oxide = 1 to 2 nF/cm2; prior\n"
      "C@oxide,Li = 3 to 4 nF/cm2; prior\n");
  const eisi_process_row *r = &t->row[index_of(t, "SE_gb")];
  const uint64_t oxide = UINT64_C(1) << eisi_process_word_index(t, 0, "oxide", 5);
  const uint64_t Li = UINT64_C(1) << eisi_process_word_index(t, 1, "Li", 2);
  assert_true(eisi_process_find(r, EISI_Q_C, Li)->low > 3.9e-6);
  assert_true(fabs(eisi_process_find(r, EISI_Q_C, oxide)->low / 1e-5 - 1) < 1e-12);
  assert_true(fabs(eisi_process_find(r, EISI_Q_C, oxide | Li)->high / 4e-5 - 1) < 1e-12);
  eisi_process_model m;
  eisi_process_resolve(r, oxide, &m);
  assert_true(fabs(m.q[EISI_Q_C].mean - log(sqrt(2) * 1e-5)) < 1e-12);
  assert_true(fabs(m.q[EISI_Q_C].sd - log(2) / (2 * 1.6448536269514722)) < 1e-12);
  eis_process_table_free(t);
}

static void test_override(void **state) {
  (void)state;
  eis_process_table *t = read_table(
      "[cell]\nelectrolyte = halide 0.4, sulfide 0.6\narea = 1 to 2 cm2\n\n"
      "[CEI]\nC = 2 to 3 uF/cm2; measured by ourselves,\n  in two lines\n\n"
      "[contact]\nname = contact to the collector\npresent = 0.2; prior\n"
      "above = CT; prior\nC@halide = 1 to 2 mF/cm2; prior\nEa = 10 to 20 kJ/mol; prior\n"
      "thickness = 0.5 mm; prior\n");
  const eisi_process_row *r = &t->row[index_of(t, "CEI")];
  const eisi_process_entry *e = eisi_process_find(r, EISI_Q_C, 0);
  assert_true(fabs(e->low / 2e-2 - 1) < 1e-12 && fabs(e->high / 3e-2 - 1) < 1e-12);
  assert_string_equal(e->source, "measured by ourselves, in two lines");
  assert_non_null(eisi_process_find(r, EISI_Q_F, 0)); /* stays */
  assert_true(t->area[0] == 1e-4 && t->area[1] == 2e-4);
  const int contact = index_of(t, "contact");
  assert_string_equal(eis_process_name(t, (size_t)contact), "contact to the collector");
  e = eisi_process_find(&t->row[contact], EISI_Q_SIGNATURE + EIS_SIGNATURE_EA, 0);
  assert_true(fabs(e->high - 0.2072854) < 1e-7); /* 20 kJ/mol */
  assert_true(eisi_process_find(&t->row[contact], EISI_Q_ABOVE, 0)->names ==
              UINT32_C(1) << index_of(t, "CT"));
  assert_true(t->word[eisi_process_word_index(t, 0, "oxide", 5)].probability == 0);
  assert_true(t->word[eisi_process_word_index(t, 0, "halide", 6)].probability == 0.4);
  eis_process_table_free(t);
}

/* The file of doc/processes.md. */
static void test_documented_file(void **state) {
  char *text = NULL, name[512];
  size_t size;
  (void)state;
  snprintf(name, sizeof name, "%s/doc/processes.md", getenv("EISFIT_DATADIR"));
  assert_int_equal(eisi_read_whole(name, 0, &text, &size, NULL), EIS_OK);
  char *from = strstr(text, "```ini\n"), *to = from ? strstr(from + 3, "```") : NULL;
  assert_non_null(to);
  *to = 0;
  eis_process_table *t = read_table(from + strlen("```ini\n"));
  assert_int_equal(index_of(t, "contact"), (int)t->n - 1);
  const uint64_t coated = UINT64_C(1) << eisi_process_word_index(t, 2, "coated", 6);
  const eisi_process_row *r = &t->row[index_of(t, "CEI")];
  assert_true(eisi_process_find(r, EISI_Q_PRESENT, coated)->low == 0.9);
  eis_process_table_free(t);
  free(text);
}

static void test_messages(void **state) {
  static const struct {
    const char *text;
    long line, column;
    const char *said;
  } row[] = {
      {"[CEI]\nC = 1e-6 1e-4 F/cm2; prior\n", 2, 10, "expected 'LOW to HIGH'"},
      {"[CEI]\nC = 1e-6 to x F/cm2; prior\n", 2, 13, "'x F/cm2' is not a number"},
      {"[CEI]\nC = 1e-6 to 1e-4 F/m2; prior\n", 2, 18, "unknown unit 'F/m2' for C"},
      {"[CEI]\nC = 1e-6 to 1e-4; prior\n", 2, 17, "no unit: expected F/cm2"},
      {"[CEI]\ndlnC_dlnR = -1 to 0 V; prior\n", 2, 21, "dlnC_dlnR has no unit"},
      {"[CEI]\nC = 1e-4 to 1e-6 F/cm2; prior\n", 2, 5, "the range is empty"},
      {"[CEI]\nC = 1e-20 to 1e-6 F/cm2; prior\n", 2, 5, "C is out of range: expected 1e-16"},
      {"[CEI]\nC = 1e-6 to 1e-4 F/cm2\n", 2, 23, "no source: expected '; '"},
      {"[CEI]\nC = 1e-6 to 1e-4 F/cm2;\n", 2, 24, "no source: expected '; '"},
      {"[CEI]\n\npresent = 2; prior\n", 3, 11, "present is out of range: expected 0 to 1"},
      {"[CEI]\npresent = 0.2 0.3; prior\n", 2, 15, "present has no unit"},
      {"[CEI]\nC@glass = 1 to 2 F/cm2; prior\n", 2, 3, "unknown property 'glass'"},
      {"[CEI]\nsize = 1 to 2 F/cm2; prior\n", 2, 1, "unknown key 'size': expected name, C, f"},
      {"[CEI]\nabove = CT, nothing; prior\n", 2, 13, "there is no process 'nothing'"},
      {"[CEI]\nabove = CT; \n", 2, 12, "no source"},
      {"[CT]\nsoc_law = linear\n", 2, 11, "unknown law: expected butler-volmer"},
      {"[CT]\nsoc_law = butler-volmer, linear\n", 2, 11, "unknown law: expected butler-volmer"},
      {"[my process]\nC = 1 to 2 F/cm2; prior\n", 2, 0, "'my process' is no name"},
      {"[mine]\nC = 1 to 2 F/cm2; prior\n", 0, 0, "[mine] has no 'present'"},
      {"[cell]\nanode = Li 0.5\n", 2, 9, "the probabilities don't add up to 1"},
      {"[cell]\nanode = Li\n", 2, 11, "'' is not a number"},
      {"[cell]\nanode = Li 2\n", 2, 13, "a probability lies between 0 and 1"},
      {"[cell]\nanode = Li 0.5 In-Li 0.5\n", 2, 16, "expected ',' and another word"},
      {"[cell]\nanode = , Li 1\n", 2, 9, "expected 'WORD PROBABILITY"},
      {"[cell]\nanode = oxide 1\n", 2, 9, "this word is used for another property"},
      {"[cell]\narea = 1 to 2 km2\n", 2, 15, "unknown unit 'km2' for area"},
      {"[cell]\nvolume = 1 to 2\n", 2, 1, "unknown key: expected electrolyte"},
      {"[cell]\norder = 0\n", 2, 9, "order is out of range: expected 1e-6 to 1"},
      {"[cell]\nwetted = 5\n", 2, 11, "expected 'LOW to HIGH'"},
      {"[cell]\nresolution = 11 decades\n", 2, 14, "resolution is out of range: expected 0 to 10"},
      {"[CT]\ndlnC_dlnwetted = 11; prior\n", 2, 18, "dlnC_dlnwetted is out of range"},
      {"[CEI\nC = 1\n", 1, 1, "section is not closed"},
  };
  (void)state;
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    eis_process_table *t;
    eis_error err = EIS_ERROR_INIT;
    char file[256];
    write_user_file(row[i].text, file);
    assert_int_equal(eis_process_table_read(file, &t, &err), EIS_ERROR_INPUT);
    unlink(file);
    assert_null(t);
    if (!strstr(err.text, row[i].said) || err.line != row[i].line || err.column != row[i].column ||
        strcmp(err.source, file) != 0)
      fail_msg("%s gives %s:%ld:%ld: %s", row[i].text, err.source, err.line, err.column, err.text);
  }
}

static void test_files(void **state) {
  (void)state;
  eis_process_table *t;
  eis_error err = EIS_ERROR_INIT;
  assert_int_equal(eis_process_table_read("no-such-file.ini", &t, &err), EIS_ERROR_INPUT);
  assert_non_null(strstr(err.source, "no-such-file.ini"));
  char text[2000] = "";
  for (int i = 0; i < 30; i++)
    snprintf(text + strlen(text), sizeof text - strlen(text), "[p%d]\npresent = 0; prior\n", i);
  eis_error_clear(&err);
  char file[256];
  write_user_file(text, file);
  assert_int_equal(eis_process_table_read(file, &t, &err), EIS_ERROR_INPUT);
  unlink(file);
  assert_non_null(strstr(err.text, "too many processes: at most 24"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_table),
      cmocka_unit_test(test_words),
      cmocka_unit_test(test_override),
      cmocka_unit_test(test_documented_file),
      cmocka_unit_test(test_messages),
      cmocka_unit_test(test_files),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
