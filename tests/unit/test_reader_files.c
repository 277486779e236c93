/* test_reader_files.c - measured files of many instruments: format, sweeps, points, sign, warnings.
   The files are not part of the project: EISFIT_SHARED names the directory they are in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <eisfit/reader.h>

typedef struct readable {
  const char *file, *format;
  int sweeps;
  size_t points;       /* of the first sweep */
  const char *warning; /* of the first sweep, NULL = none at all */
} readable;

typedef struct refused {
  const char *file, *message;
} refused;

static const readable readables[] = {
    {"autoeis_battery/test_data.csv", "eclab-txt", 1, 67, NULL},
    {"autoeis_battery/test_data.txt", "eclab-txt", 1, 67, NULL},
    {"bayes_drt_lib/550C.0.5V.DTA", "gamry-dta", 1, 61, NULL},
    {"bayes_drt_lib/DRTtools_LIB_data.txt", "csv", 1, 107, NULL},
    {"bayes_drt_lib/DRTtools_LIB_data_qtr.csv", "csv", 1, 27, NULL},
    {"bayes_drt_lib/Z_ECM_LIB.csv", "csv", 1, 107, NULL},
    {"bayes_drt_lib/reference/Zout_LIB_data_bayes.csv", "csv", 1, 107, NULL},
    {"bayes_drt_lib/reference/Zout_LIB_data_elasticnet.csv", "csv", 1, 107, NULL},
    {"eisart_sofc/eis_4x4_sofc_2space_sep.txt", "csv", 1, 73, NULL},
    {"eisart_sofc/eis_4x4_sofc_tab_sep.txt", "csv", 1, 73, NULL},
    {"eisart_sofc/eis_4x4_sofc_tab_sep_with_title.txt", "csv", 1, 73, NULL},
    {"eisart_sofc/eis_flw.csv", "csv", 1, 73, NULL},
    {"eisart_sofc/eis_gerischer.csv", "csv", 1, 73, NULL},
    {"eisart_sofc/eis_planar_sofc1.csv", "csv", 1, 74, "is a guess"},
    {"eisart_sofc/eis_rc_1e-2s - 3wild.csv", "csv", 1, 61, NULL},
    {"eisart_sofc/eis_rc_1e-2s.csv", "csv", 1, 61, NULL},
    {"eisart_sofc/eis_rq_1e-2s.csv", "csv", 1, 61, NULL},
    {"eisfitpython/CSV_Example.csv", "csv", 1, 50, NULL},
    {"eisfitpython/Example2a.txt", "novocontrol-txt", 1, 51, NULL},
    {"eisfitpython/Example2b.txt", "novocontrol-txt", 1, 50, NULL},
    {"eisfitpython/Example2c.txt", "novocontrol-txt", 1, 42, NULL},
    {"eisfitpython/Example_header.txt", "novocontrol-txt", 1, 50, NULL},
    {"eisfitpython/Example_noheader.txt", "csv", 1, 42, NULL},
    {"eisfitpython/reference/EIS_fit_data_(R1pQ1)+(R2pQ2)+Q3.txt", "novocontrol-txt", 1, 44, NULL},
    {"eisfitting_dahn/MPT_example.mpt", "biologic-mpt", 1, 70, NULL},
    {"gamry_decimal_comma/EISPOT-test1.DTA", "gamry-dta", 1, 72, "the sweep was to end at"},
    {"gamry_decimal_comma/example_eis_data.csv", "csv", 1, 106, NULL},
    {"gamry_decimal_comma/example_eis_data_eu.csv", "csv", 1, 106, NULL},
    {"impedance_analyzer/calce-data-41.csv", "csv", 1, 34, NULL},
    {"impedance_analyzer/calce-data-94.csv", "csv", 1, 34, NULL},
    {"impedance_analyzer/calce-example.csv", "csv", 1, 34, NULL},
    {"impedance_analyzer/example_data.csv", "csv", 1, 25, "is a guess"},
    {"impedance_analyzer/imp-data.csv", "csv", 1, 60, NULL},
    {"impedance_analyzer/samsung_example.csv", "csv", 1, 61, NULL},
    {"impedance_analyzer/vetter_example.csv", "csv", 1, 43, NULL},
    {"impedance_analyzer/wu_example.csv", "csv", 1, 47, NULL},
    {"impedance_analyzer/zhang_example.csv", "csv", 1, 39, NULL},
    {"impedance_analyzer/zhang_example2.csv", "csv", 1, 39, NULL},
    {"impedance_py/Circuit1_EIS_1.z", "zplot", 1, 48, NULL},
    {"impedance_py/Circuit1_EIS_2.z", "zplot", 1, 48, NULL},
    {"impedance_py/Circuit2_EIS_1.z", "zplot", 1, 56, NULL},
    {"impedance_py/Circuit2_EIS_2.z", "zplot", 1, 56, NULL},
    {"impedance_py/Circuit3_EIS_1.z", "zplot", 1, 53, NULL},
    {"impedance_py/Circuit3_EIS_2.z", "zplot", 1, 53, NULL},
    {"impedance_py/exampleData.csv", "csv", 1, 66, NULL},
    {"impedance_py/exampleDataAutolab.txt", "zplot", 1, 41, NULL},
    {"impedance_py/exampleDataBioLogic.mpt", "biologic-mpt", 1, 43, NULL},
    {"impedance_py/exampleDataCHInstruments.txt", "chi-txt", 1, 73, NULL},
    {"impedance_py/exampleDataGamry.DTA", "gamry-dta", 1, 72, NULL},
    {"impedance_py/exampleDataGamryABORT.DTA", "gamry-dta", 1, 72, "was aborted"},
    {"impedance_py/exampleDataParstat.txt", "parstat-txt", 1, 31, "the real part is negative"},
    {"impedance_py/exampleDataPowersuite.txt", "powersuite-txt", 1, 30,
     "the real part is negative"},
    {"impedance_py/exampleDataVersaStudio.par", "versastudio-par", 1, 61, NULL},
    {"impedance_py/exampleDataZPlot.z", "zplot", 1, 21, "the file declares"},
    {"impedance_py/exampleDataZPlot_noComments.z", "zplot", 1, 31, "the file declares"},
    {"impedance_py/oracle_linKK_Circuit3_EIS_1.csv", "csv", 1, 53, NULL},
    {"pydrttools/LIB_data.txt", "csv", 1, 107, NULL},
    {"pydrttools/LIB_data_2.txt", "csv", 1, 100, NULL},
    {"pydrttools/data_1.csv", "csv", 1, 107, NULL},
    {"pydrttools/synthetic/1ZARC.csv", "csv", 1, 81, NULL},
    {"pydrttools/synthetic/2XZARCequal.csv", "csv", 1, 81, NULL},
    {"pydrttools/synthetic/2ZARC0.csv", "csv", 1, 81, NULL},
    {"pydrttools/synthetic/2ZARC1.csv", "csv", 1, 81, NULL},
    {"pydrttools/synthetic/2ZARC2.csv", "csv", 1, 81, NULL},
    {"pydrttools/synthetic/2ZARC3.csv", "csv", 1, 81, NULL},
    {"pydrttools/synthetic/2ZARC4.csv", "csv", 1, 81, NULL},
    {"pydrttools/synthetic/2ZARC5.csv", "csv", 1, 81, NULL},
    {"pydrttools/synthetic/negami_data.txt", "csv", 1, 81, NULL},
    {"pydrttools/synthetic/results/1ZARC_Z-RR.csv", "csv", 1, 81, NULL},
    {"pydrttools/synthetic/results/2ZARC_Z-RR_0.csv", "csv", 1, 81, NULL},
    {"pydrttools/synthetic/results/2ZARC_Z-RR_1.csv", "csv", 1, 81, NULL},
    {"pydrttools/synthetic/results/2ZARC_Z-RR_2.csv", "csv", 1, 81, NULL},
    {"pydrttools/synthetic/results/2ZARC_Z-RR_3.csv", "csv", 1, 81, NULL},
    {"pydrttools/synthetic/results/2ZARC_Z-RR_4.csv", "csv", 1, 81, NULL},
    {"pydrttools/synthetic/results/2ZARC_Z-RR_5.csv", "csv", 1, 81, NULL},
    {"pydrttools/synthetic/zarc_data.txt", "csv", 1, 81, NULL},
    {"pyeis/ex1.mpt", "biologic-mpt", 2, 59, NULL},
    {"pyeis/ex2.mpt", "biologic-mpt", 2, 59, NULL},
    {"zhang2020_lco_aging/EIS_state_III_25C08.txt", "eclab-txt", 86, 60, NULL},
    {"zhang2020_lco_aging/EIS_state_II_25C08.txt", "eclab-txt", 86, 60, NULL},
    {"zhang2020_lco_aging/EIS_state_IV_25C08.txt", "eclab-txt", 86, 60, NULL},
    {"zhang2020_lco_aging/EIS_state_IX_25C08.txt", "eclab-txt", 85, 60, NULL},
    {"zhang2020_lco_aging/EIS_state_I_25C08.txt", "eclab-txt", 86, 60, NULL},
    {"zhang2020_lco_aging/EIS_state_VIII_25C08.txt", "eclab-txt", 85, 60, NULL},
    {"zhang2020_lco_aging/EIS_state_VII_25C08.txt", "eclab-txt", 85, 60, NULL},
    {"zhang2020_lco_aging/EIS_state_VI_25C08.txt", "eclab-txt", 86, 60, NULL},
    {"zhang2020_lco_aging/EIS_state_V_25C01.txt", "eclab-txt", 261, 60, NULL},
    {"zhang2020_lco_aging/EIS_state_V_25C08.txt", "eclab-txt", 86, 60, NULL},
    {"zhang2020_lco_aging/EIS_state_V_35C01.txt", "csv", 327, 60, NULL},
    {"zhang2020_lco_aging/EIS_state_V_45C01.txt", "csv", 299, 60, NULL},
    {"zhang2020_lco_aging/with_capacity/data_eis_zhang2020.csv", "wide-csv", 1343, 60,
     "come from column names"},
};

static const refused refuseds[] = {
    {"bayes_drt_lib/gamma_LIB_ECM.csv", "no frequency column among"},
    {"bayes_drt_lib/oracle.json", "no data rows"},
    {"bayes_drt_lib/reference/Gout_LIB_data_bayes.csv", "no frequency column among"},
    {"bayes_drt_lib/reference/Gout_LIB_data_elasticnet.csv", "no frequency column among"},
    {"bayes_drt_lib/reference/Gout_LIB_data_qtr_bayes.csv", "no frequency column among"},
    {"eisart_sofc/ZView_Test.mdl", "no data rows"},
    {"eisfitpython/oracle.json", "no data rows"},
    {"eisfitpython/reference/EIS_fit_report.txt", "no data rows"},
    {"eisfitting_dahn/COLUMBIA_TXT_example.txt", "too few points: 3"},
    {"impedance_py/exampleDataBioLogic_MissingFreq.mpt", "no frequency column among"},
    {"impedance_py/oracle.json", "no data rows"},
    {"pydrttools/synthetic/gamma_data.csv", "no frequency column among"},
    {"pydrttools/synthetic/gamma_data1.csv", "no frequency column among"},
    {"pydrttools/synthetic/results/1ZARC_DRT-RR.csv", "only one column of numbers"},
    {"pydrttools/synthetic/results/2ZARC_DRT-RR_0.csv", "only one column of numbers"},
    {"pydrttools/synthetic/results/2ZARC_DRT-RR_1.csv", "only one column of numbers"},
    {"pydrttools/synthetic/results/2ZARC_DRT-RR_2.csv", "only one column of numbers"},
    {"pydrttools/synthetic/results/2ZARC_DRT-RR_3.csv", "only one column of numbers"},
    {"pydrttools/synthetic/results/2ZARC_DRT-RR_4.csv", "only one column of numbers"},
    {"pydrttools/synthetic/results/2ZARC_DRT-RR_5.csv", "only one column of numbers"},
    {"spoc_polymer/oracle_resistance.csv", "no frequency column among"},
    {"zhang2020_lco_aging/with_capacity/freq_eis_zhang2020.csv", "only one column of numbers"},
};

static const char *shared(void) {
  const char *dir = getenv("EISFIT_SHARED");
  char path[512];
  if (!dir) return NULL;
  snprintf(path, sizeof path, "%s/data/README.md", dir);
  FILE *f = fopen(path, "r");
  if (!f) return NULL;
  fclose(f);
  return dir;
}

#define NEED_SHARED()                                                     \
  do {                                                                    \
    if (!shared()) {                                                      \
      print_message("EISFIT_SHARED is not set or not readable: skipped\n"); \
      skip();                                                             \
    }                                                                     \
  } while (0)

static eis_status read_shared(const char *file, const eis_read_options *opt, eis_spectra *list,
                              eis_error *err) {
  char path[1024];
  snprintf(path, sizeof path, "%s/data/%s", shared(), file);
  *list = (eis_spectra){0};
  *err = (eis_error)EIS_ERROR_INIT;
  return eis_read_file(path, opt, list, err);
}

static bool has_note(const eis_notes *notes, const char *part) {
  for (size_t i = 0; i < notes->n; i++)
    if (strstr(notes->text[i], part)) return true;
  return false;
}

static int by_value(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* Median of Im Z below the top third of the frequency range: negative for a cell. */
static double median_im(const eis_spectrum *s) {
  double *v = malloc(s->n * sizeof *v), cut = s->f[0] * pow(s->f[s->n - 1] / s->f[0], 1.0 / 3);
  size_t m = 0;
  assert_non_null(v);
  for (size_t k = 0; k < s->n; k++)
    if (s->f[k] <= cut) v[m++] = s->im[k];
  qsort(v, m, sizeof *v, by_value);
  double median = m ? v[m / 2] : 0;
  free(v);
  return median;
}

/* eisfit's own CSV, with all that the file said, is read as the same spectrum. */
static void assert_read_back(const eis_spectrum *s, const char *file) {
  const eis_read_options opt = eis_read_options_default();
  eis_spectra list = {0};
  eis_error err = EIS_ERROR_INIT;
  char *csv = NULL, *again = NULL;
  assert_int_equal(eis_spectrum_print_csv(s, &csv, &err), EIS_OK);
  if (eis_read_memory(csv, strlen(csv), "own.csv", &opt, &list, &err) != EIS_OK)
    fail_msg("%s as CSV: %s", file, err.text);
  assert_int_equal(list.n, 1);
  assert_int_equal(list.at[0].n, s->n);
  assert_memory_equal(list.at[0].f, s->f, s->n * sizeof *s->f);
  assert_memory_equal(list.at[0].re, s->re, s->n * sizeof *s->re);
  assert_memory_equal(list.at[0].im, s->im, s->n * sizeof *s->im);
  assert_int_equal(eis_spectrum_print_csv(&list.at[0], &again, &err), EIS_OK);
  assert_string_equal(again, csv);
  eis_spectra_clear(&list);
  free(again);
  free(csv);
}

/* What holds for every spectrum, wherever it comes from. */
static void assert_sound(const eis_spectrum *s, const char *file) {
  assert_true(s->n >= 5);
  for (size_t k = 0; k < s->n; k++) {
    assert_true(s->f[k] > 0 && isfinite(s->f[k]) && isfinite(s->re[k]) && isfinite(s->im[k]));
    assert_true(k == 0 || s->f[k] <= s->f[k - 1]);
    assert_true(s->row[k] >= 1);
  }
  if (!(median_im(s) < 0))
    fail_msg("%s sweep %d: the imaginary part is not capacitive", file, s->sweep);
  assert_int_equal(strlen(s->sha256), 64);
  assert_true(s->decisions.n >= 3);
  assert_read_back(s, file);
}

static void test_readable(void **state) {
  (void)state;
  NEED_SHARED();
  for (size_t i = 0; i < sizeof readables / sizeof *readables; i++) {
    const readable *r = &readables[i];
    eis_spectra list;
    eis_error err;
    if (read_shared(r->file, NULL, &list, &err) != EIS_OK) fail_msg("%s: %s", r->file, err.text);
    const eis_spectrum *s = &list.at[0];
    if ((int)list.n != r->sweeps || s->n_sweeps != r->sweeps || s->n != r->points)
      fail_msg("%s: %zu spectra, %zu points", r->file, list.n, s->n);
    assert_string_equal(s->format, r->format);
    if (!r->warning && s->warnings.n) fail_msg("%s: '%s'", r->file, s->warnings.text[0]);
    if (r->warning && !has_note(&s->warnings, r->warning))
      fail_msg("%s: no '%s'", r->file, r->warning);
    for (size_t k = 0; k < list.n; k++) assert_sound(&list.at[k], r->file);
    eis_spectra_clear(&list);
  }
}

static void test_refused(void **state) {
  (void)state;
  NEED_SHARED();
  for (size_t i = 0; i < sizeof refuseds / sizeof *refuseds; i++) {
    eis_spectra list;
    eis_error err;
    assert_int_equal(read_shared(refuseds[i].file, NULL, &list, &err), EIS_ERROR_INPUT);
    if (!strstr(err.text, refuseds[i].message)) fail_msg("%s: '%s'", refuseds[i].file, err.text);
    assert_int_equal(list.n, 0);
  }
}

/* All csv files of a folder; returns how many spectra they hold. */
static size_t read_folder(const char *folder, size_t points, const char *warning) {
  char path[512];
  snprintf(path, sizeof path, "%s/data/%s", shared(), folder);
  DIR *dir = opendir(path);
  size_t count = 0;
  assert_non_null(dir);
  for (struct dirent *e; (e = readdir(dir)) != NULL;) {
    size_t n = strlen(e->d_name);
    if (n < 5 || strcmp(e->d_name + n - 4, ".csv") != 0) continue;
    eis_spectra list;
    eis_error err;
    snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
    if (read_shared(path, NULL, &list, &err) != EIS_OK) fail_msg("%s: %s", path, err.text);
    for (size_t k = 0; k < list.n; k++) assert_sound(&list.at[k], path);
    if (points && list.at[0].n != points) fail_msg("%s: %zu points", path, list.at[0].n);
    assert_true(warning ? has_note(&list.at[0].warnings, warning) : list.at[0].warnings.n == 0);
    count += list.n;
    eis_spectra_clear(&list);
  }
  closedir(dir);
  return count;
}

static void test_folders(void **state) {
  (void)state;
  NEED_SHARED();
  static const char *const cells[] = {"02", "03", "05", "06"};
  char folder[64];
  assert_int_equal(read_folder("autoeis_battery/derived", 57, NULL), 130);
  size_t buchicchio = 0;
  for (size_t i = 0; i < 4; i++) {
    snprintf(folder, sizeof folder, "buchicchio2022_soc/battery_%s", cells[i]);
    buchicchio += read_folder(folder, 14, NULL);
  }
  assert_int_equal(buchicchio, 240);
  assert_int_equal(read_folder("spoc_polymer/spectra", 0,
                               "the header says 'Im(Z)', but the phase column 'Phase(Z)'"),
                   169);
}

/* Single values typed off the files. */
static void test_values(void **state) {
  (void)state;
  static const struct {
    const char *file;
    int sweep;
    size_t k;
    double f, re, im;
  } rows[] = {
      {"pyeis/ex1.mpt", 1, 0, 2.0001948e5, 4.2890558e2, -3.7231183e2},
      {"zhang2020_lco_aging/EIS_state_V_35C01.txt", 327, 59, 0.01999, 1.64156, -0.52452},
      {"zhang2020_lco_aging/EIS_state_V_25C01.txt", 1, 0, 20004.453, 0.38470, 0.03513},
      {"zhang2020_lco_aging/with_capacity/data_eis_zhang2020.csv", 1, 0, 2e4, 0.3847, 0.03513},
      {"gamry_decimal_comma/EISPOT-test1.DTA", 1, 0, 39890.62, 1.355181, -0.8507854},
      {"impedance_py/exampleDataGamryABORT.DTA", 1, 71, 0.0158898, 17007.49, -6635.557},
      {"impedance_py/exampleDataVersaStudio.par", 1, 0, 1e5, 55.31571, 4.575431},
      {"impedance_py/exampleDataCHInstruments.txt", 1, 0, 9.961e4, 98.91, -2.748},
      {"impedance_py/exampleDataPowersuite.txt", 1, 29, 0.1, 423929.46, -49014.063},
      {"impedance_py/exampleDataAutolab.txt", 1, 40, 0.1, 0.0345697771923854, -0.00390292888845954},
      {"eisfitpython/Example2b.txt", 1, 0, 1e6, 3603.82, -8578.35},
      {"spoc_polymer/spectra/07052023_9_PEGMEA_1_PEGDA_0_TiO2_0_none_RUN_3.csv", 1, 0, 7000018.5,
       196.35872, -1508.9133},
      {"autoeis_battery/test_data.txt", 1, 0, 200019.48, 130.4171, -34.680012},
  };
  NEED_SHARED();
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    eis_spectra list;
    eis_error err;
    eis_read_options opt = eis_read_options_default();
    opt.sweep = rows[i].sweep;
    assert_int_equal(read_shared(rows[i].file, &opt, &list, &err), EIS_OK);
    const eis_spectrum *s = &list.at[0];
    if (s->f[rows[i].k] != rows[i].f || s->re[rows[i].k] != rows[i].re ||
        s->im[rows[i].k] != rows[i].im)
      fail_msg("%s: %.12g %.12g %.12g", rows[i].file, s->f[rows[i].k], s->re[rows[i].k],
               s->im[rows[i].k]);
    eis_spectra_clear(&list);
  }
}

static void test_metadata(void **state) {
  (void)state;
  static const char *const rows[][3] = {
      {"pyeis/ex1.mpt", "cycle_number", "1"},
      {"pyeis/ex1.mpt", "electrode_area", "0.001 cm\xc2\xb2"},
      {"eisfitting_dahn/MPT_example.mpt", "date", "08/08/2018 18:44:05"},
      {"impedance_py/exampleDataGamry.DTA", "date", "4/23/2018"},
      {"impedance_py/Circuit1_EIS_1.z", "electrode_area_cm2", "1"},
      {"impedance_py/exampleDataCHInstruments.txt", "instrument", "CHI660E"},
      {"eisfitpython/Example2a.txt", "thickness_mm", "0.75"},
      {"buchicchio2022_soc/battery_02/temp4_soc010.csv", "soc", "10"},
      {"zhang2020_lco_aging/with_capacity/data_eis_zhang2020.csv", "q", "1"},
      {"zhang2020_lco_aging/with_capacity/data_eis_zhang2020.csv", "Q", "37.2027130723623"},
      {"zhang2020_lco_aging/EIS_state_II_25C08.txt", "cycle_number", "1"},
  };
  NEED_SHARED();
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    eis_spectra list;
    eis_error err;
    assert_int_equal(read_shared(rows[i][0], NULL, &list, &err), EIS_OK);
    const char *value = eis_meta_find(&list.at[0].meta, rows[i][1]);
    if (!value || strcmp(value, rows[i][2]) != 0)
      fail_msg("%s: %s is '%s'", rows[i][0], rows[i][1], value ? value : "absent");
    eis_spectra_clear(&list);
  }
}

/* The beginnings of real files: an answer or a message, never a crash. */
static void test_truncated(void **state) {
  (void)state;
  static const char *const files[] = {
      "impedance_py/exampleDataAutolab.txt",      "impedance_py/exampleDataBioLogic.mpt",
      "impedance_py/exampleDataGamryABORT.DTA",   "impedance_py/exampleDataVersaStudio.par",
      "impedance_py/exampleDataPowersuite.txt",   "impedance_py/exampleDataZPlot.z",
      "impedance_py/exampleDataCHInstruments.txt", "eisfitpython/Example2a.txt",
      "gamry_decimal_comma/example_eis_data_eu.csv", "autoeis_battery/test_data.txt",
  };
  NEED_SHARED();
  for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
    char path[512];
    static char bytes[60000];
    snprintf(path, sizeof path, "%s/data/%s", shared(), files[i]);
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    size_t n = fread(bytes, 1, sizeof bytes, f);
    fclose(f);
    for (size_t k = 1; k < n; k += 1 + n / 40) {
      eis_spectra list = {0};
      eis_error err = EIS_ERROR_INIT;
      char *copy = malloc(k);
      assert_non_null(copy);
      memcpy(copy, bytes, k);
      eis_status st = eis_read_memory(copy, k, files[i], NULL, &list, &err);
      assert_true(st == EIS_OK ? list.n > 0 : st == EIS_ERROR_INPUT && err.text[0] && list.n == 0);
      eis_spectra_clear(&list);
      free(copy);
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_readable), cmocka_unit_test(test_refused),
      cmocka_unit_test(test_folders),  cmocka_unit_test(test_values),
      cmocka_unit_test(test_metadata), cmocka_unit_test(test_truncated),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
