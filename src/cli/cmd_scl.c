/* cmd_scl.c - eisfit scl: space-charge calculators. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/scl_job.h"
#include "cli/words.h"

static const char *const conv_names[] = {"a", "b", NULL};

#define AT(member) offsetof(scl_settings, member)
static const cli_option material_options[] = {
    {.name = "material", .letter = 'M', .arg = "NAME", .kind = CLI_TEXT, .at = AT(material),
     .words = cli_words_materials,
     .help = "electrolyte of the material table ('eisfit scl debye' lists them)"},
    {.name = "set", .arg = "KEY=VALUE", .kind = CLI_LIST, .at = AT(set),
     .help = "eps_r, n0, nu, sigma, T_ref, Ea: instead of, or on top of, a material"},
    {.name = "conv", .kind = CLI_CHOICE, .at = AT(conv), .choices = conv_names,
     .help = "conductivity: a ~ c, b ~ c (1 - c/n_max), lattice hopping"},
    {.name = "temperature", .letter = 'T', .arg = "TEMP", .kind = CLI_QUANTITY, .quantity = EISI_TEMPERATURE,
     .at = AT(temperature), .help = "\"60 C\"; sigma follows where Ea is known"},
    {.name = "ea", .arg = "EV", .kind = CLI_NUMBER, .at = AT(Ea), .low = 0, .high = 5,
     .help = "activation energy of sigma T, eV"},
    {.name = "slope", .arg = "V_PER_K", .kind = CLI_NUMBER, .at = AT(slope), .low = -0.1, .high = 0.1,
     .help = "for ea: change of dphi with temperature, V/K"},
    {0},
};
static const cli_option interface_options[] = {
    {.name = "dphi", .arg = "LIST", .kind = CLI_TEXT, .at = AT(dphi),
     .help = "band bending, V: 0.1,0.2 or from:to:step; begin with = when it is negative (--dphi=-0.2:0.4:0.1)"},
    {.name = "rf", .arg = "OHM_CM2", .kind = CLI_NUMBER, .at = AT(RF_cm2), .low = 0, .high = INFINITY,
     .help = "charge-transfer resistance, ohm cm2"},
    {.name = "blocking", .kind = CLI_FLAG, .at = AT(blocking), .help = "ions do not pass the electrode"},
    {.name = "ch", .arg = "UF_CM2", .kind = CLI_NUMBER, .at = AT(CH_cm2), .low = 1e-9, .high = INFINITY,
     .help = "compact layer, uF/cm2; none when not given"},
    {.name = "polymer", .arg = "LIST", .kind = CLI_TEXT, .at = AT(polymer),
     .help = "for polymer: eps_r=10,D=1e-12,dphi=0.2,c_ref=1 (D of Li+ in m^2/s; dphi in V, ceramic minus polymer, at "
             "c_ref mol/l)"},
    {.name = "thickness", .arg = "LENGTH", .kind = CLI_QUANTITY, .quantity = EISI_LENGTH, .at = AT(thickness),
     .help = "of the electrolyte (validate, profile, spectrum); when not given 100 lambda0, for profile 20"},
    {0},
};
static const cli_option cell_options[] = {
    {.name = "cell", .kind = CLI_FLAG, .at = AT(cell),
     .help = "two electrodes; otherwise half of a symmetrical cell, one interface"},
    {.name = "coating", .arg = "LIST", .kind = CLI_TEXT, .at = AT(coating),
     .help = "layer between electrode and electrolyte: eps_r=20,n0=1e26,sigma=1e-4 S/m,thickness=5 nm,offset=0.1 "
             "(V); dphi then is the potential of the electrode"},
    {.name = "anion", .arg = "LIST", .kind = CLI_TEXT, .at = AT(anion),
     .help = "a second mobile ion: sigma=1e-5 S/m,n0=1e25,nu=0 (n0 as that of the cation when not given: a binary salt)"},
    {.name = "bias", .arg = "V", .kind = CLI_NUMBER, .at = AT(bias), .low = -10, .high = 10,
     .help = "dc voltage between two blocking electrodes, instead of --dphi (with --blocking); for kmc 0.1"},
    {.name = "sigma-e", .arg = "S_PER_M", .kind = CLI_NUMBER, .at = AT(sigma_e), .low = 0, .high = 1e6,
     .help = "electronic conductivity, S/m: a leak parallel to the ions"},
    {.name = "area", .arg = "AREA", .kind = CLI_QUANTITY, .quantity = EISI_AREA, .at = AT(area),
     .help = "of the cell, for spectrum; 1 cm2 when not given"},
    {.name = "fmin", .arg = "FREQ", .kind = CLI_QUANTITY, .quantity = EISI_FREQUENCY, .at = AT(fmin),
     .help = "lowest frequency"},
    {.name = "fmax", .arg = "FREQ", .kind = CLI_QUANTITY, .quantity = EISI_FREQUENCY, .at = AT(fmax),
     .help = "highest frequency"},
    {.name = "per-decade", .arg = "N", .kind = CLI_NUMBER, .at = AT(per_decade), .low = 0.01, .high = 1e4,
     .help = "points per decade"},
    {.name = "extrapolate", .kind = CLI_FLAG, .at = AT(extrapolate),
     .help = "from 250 and 500 cells: 1e-7 of Z instead of 1e-4"},
    {0},
};
static const cli_option kmc_options[] = {
    {.name = "lattice", .arg = "LENGTH", .kind = CLI_QUANTITY, .quantity = EISI_LENGTH, .at = AT(kmc.lattice),
     .help = "distance of sites; one cation per site at most"},
    {.name = "planes", .arg = "N", .kind = CLI_INT, .at = AT(kmc.planes), .low = 10, .high = 5000,
     .help = "planes of sites between the electrodes"},
    {.name = "width", .arg = "N", .kind = CLI_INT, .at = AT(kmc.width), .low = 2, .high = 500,
     .help = "sites along both edges of a plane"},
    {.name = "settle", .arg = "N", .kind = CLI_NUMBER, .at = AT(kmc.settle), .low = 0, .high = 1e9,
     .help = "attempted hops per ion before the averages"},
    {.name = "sweeps", .arg = "N", .kind = CLI_NUMBER, .at = AT(kmc.sweeps), .low = 50, .high = 1e9,
     .help = "attempted hops per ion in the averages"},
    {.name = "seed", .arg = "N", .kind = CLI_SEED, .at = AT(kmc.seed), .help = "seed of the random numbers"},
    {0},
};
static const cli_group groups[] = {
    {"Electrolyte", material_options, 0},
    {"Interface", interface_options, 0},
    {"Profile and spectrum", cell_options, 0},
    {"Kinetic Monte Carlo", kmc_options, 0},
    {"Output", cli_table_options, AT(out)},
    {"Figures", cli_figure_options, AT(out)},
    {0},
};

static void defaults(void *settings) {
  scl_settings *s = settings;
  s->temperature = s->Ea = s->thickness = s->bias = s->CH_cm2 = s->area = NAN;
  s->fmin = 0.01;
  s->fmax = 1e9;
  s->per_decade = 10;
  s->kmc = eis_kmc_options_default();
}

/* ---- words ---- */

enum { USES_DPHI = 1, USES_VALUES = 2, ANY_MATERIAL = 4, USES_CELL = 8, USES_CONTACT = 16, USES_BIAS = 32, USES_POLYMER = 64 };

typedef struct scl_word {
  const char *name;
  scl_word_fn *run; /* NULL: spectrum */
  int uses;
  const char *dphi, *values; /* defaults; values NULL = must be given */
  const char *value;         /* what the values are */
} scl_word;

static const scl_word words[] = {
    {"debye", cli_scl_debye, ANY_MATERIAL, NULL, NULL, NULL},
    {"field", cli_scl_field, USES_DPHI, "0.1:0.5:0.1", NULL, NULL},
    {"resistance", cli_scl_resistance, USES_DPHI, "-0.3:0.5:0.05", NULL, NULL},
    {"ea", cli_scl_ea, USES_DPHI, "0.05:0.4:0.05", NULL, NULL},
    {"inverse", cli_scl_inverse, USES_VALUES, NULL, "1,10,100", "resistances in ohm cm2"},
    {"tau-ratio", cli_scl_tau_ratio, USES_VALUES, NULL, "10,100,1000,1e4,1e5", "ratios f_b/f_scl"},
    {"validate", cli_scl_validate, USES_DPHI | USES_CONTACT, "-0.3:0.4:0.1", NULL, NULL},
    {"review", cli_scl_review, ANY_MATERIAL, NULL, NULL, NULL},
    {"profile", cli_scl_profile, USES_DPHI | USES_CONTACT | USES_CELL | USES_BIAS, "0.3", NULL, NULL},
    {"polymer", cli_scl_polymer, USES_VALUES | USES_POLYMER, NULL, "0.01,0.03,0.1,0.3,1,3",
     "salt concentrations in mol/l"},
    {"kmc", cli_scl_kmc, USES_BIAS, NULL, NULL, NULL},
    {"spectrum", NULL, USES_DPHI | USES_CONTACT | USES_CELL | USES_BIAS, "0.3", NULL, NULL},
};
enum { N_WORDS = sizeof words / sizeof *words };

static eis_status find_word(const char *name, const scl_word **out, eis_error *err) {
  const char *names[N_WORDS];
  for (size_t i = 0; i < N_WORDS; i++) {
    names[i] = words[i].name;
    if (name && strcmp(name, words[i].name) == 0) {
      *out = &words[i];
      return EIS_OK;
    }
  }
  const int near = name ? eisi_nearest(name, names, N_WORDS) : -1;
  if (near >= 0)
    return eis_error_set(err, EIS_ERROR_USAGE, "unknown calculator '%s'; did you mean '%s'?", name,
                         names[near]);
  return eis_error_set(
      err, EIS_ERROR_USAGE,
      "%s: expected one of debye, field, resistance, ea, inverse, tau-ratio, validate, review, "
      "profile, polymer, kmc, spectrum",
      name ? "unknown calculator" : "scl needs to know what to calculate");
}

/* ---- the electrolyte ---- */

static eis_status missing(const eis_material *m, eis_error *err) {
  const char *key = isnan(m->eps_r)   ? "eps_r"
                    : isnan(m->n0)    ? "n0"
                    : isnan(m->sigma) ? "sigma"
                                      : NULL;
  if (!key) return EIS_OK;
  return eis_error_set(
      err, EIS_ERROR_USAGE,
      "%s is not known: give --material NAME, or --set 'eps_r=15,n0=1e27,sigma=0.1 S/m'", key);
}

static eis_status load_material(const scl_settings *s, bool any, eis_material *m, eis_error *err) {
  eis_status st = EIS_OK;
  *m = (eis_material){.name = "your electrolyte",
                      .eps_r = NAN,
                      .n0 = NAN,
                      .nu = NAN,
                      .sigma = NAN,
                      .T_ref = 298.15,
                      .Ea_eV = NAN};
  if (s->material) st = eis_material_load(s->material, m, err);
  for (size_t i = 0; !st && i < s->set.n; i++) st = eis_material_set(m, s->set.text[i], err);
  if (!st && !isnan(s->Ea)) m->Ea_eV = s->Ea;
  return st || (any && !s->material && !s->set.n) ? st : missing(m, err);
}

/* sigma at T: sigma T ~ exp(-Ea/kT) */
static double sigma_at(const eis_material *m, double T) {
  const double per_k = 11604.518121550082; /* e/kB, K/V */
  if (isnan(m->Ea_eV)) return m->sigma;
  return m->sigma * m->T_ref / T * exp(-m->Ea_eV * per_k * (1 / T - 1 / m->T_ref));
}

static eis_status check_contradictions(const scl_settings *s, eis_error *err) {
  if (s->blocking && s->RF_cm2 > 0)
    return eis_error_set(err, EIS_ERROR_USAGE,
                         "--blocking and --rf contradict each other; give one of them");
  if (!isnan(s->bias) && s->dphi)
    return eis_error_set(err, EIS_ERROR_USAGE, "--bias and --dphi can't go together; choose one");
  return EIS_OK;
}

/* Options that a calculator would ignore. */
static eis_status check_used(const scl_settings *s, const scl_word *w, eis_error *err) {
  const struct {
    bool given;
    int needs;
    const char *name;
  } row[] = {{s->dphi != NULL, USES_DPHI, "dphi"},
             {s->RF_cm2 > 0, USES_CONTACT | USES_POLYMER, "rf"},
             {s->polymer != NULL, USES_POLYMER, "polymer"},
             {s->blocking, USES_CONTACT, "blocking"},
             {!isnan(s->CH_cm2), USES_CONTACT, "ch"},
             {!isnan(s->thickness), USES_CONTACT, "thickness"},
             {s->cell, USES_CELL, "cell"},
             {s->coating != NULL, USES_CELL, "coating"},
             {s->anion != NULL, USES_CELL, "anion"},
             {!isnan(s->bias), USES_BIAS, "bias"},
             {s->sigma_e > 0, USES_CELL, "sigma-e"},
             {!isnan(s->area), w->run ? -1 : 0, "area"}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++)
    if (row[i].given && row[i].needs && !(row[i].needs > 0 && w->uses & row[i].needs))
      return eis_error_set(err, EIS_ERROR_USAGE, "'%s' does not depend on --%s; leave it out",
                           w->name, row[i].name);
  return EIS_OK;
}

static eis_status prepare(const scl_settings *s, const scl_word *w, char **operand, int n,
                          scl_job *job, eis_error *err) {
  *job = (scl_job){.set = s,
                   .RF = s->blocking ? INFINITY : s->RF_cm2 * 1e-4,
                   .CH = isnan(s->CH_cm2) ? INFINITY : s->CH_cm2 * 0.01};
  eis_status st = check_used(s, w, err);
  if (!st) st = check_contradictions(s, err);
  if (!st) st = load_material(s, w->uses & ANY_MATERIAL, &job->material, err);
  if (st) return st;
  const eis_material *m = &job->material;
  const double T = isnan(s->temperature) ? m->T_ref : s->temperature;
  job->p = (eis_scl_params){.eps_r = m->eps_r,
                            .n0 = m->n0,
                            .nu = isnan(m->nu) ? 0 : m->nu,
                            .sigma = sigma_at(m, T),
                            .T = T,
                            .mobility = (eis_mobility)s->conv};
  if (fabs(T - m->T_ref) > 0.5 && isnan(m->Ea_eV) && !(w->uses & ANY_MATERIAL))
    cli_say(&s->general, "sigma is that at %g K: the activation energy is not known, give --ea",
            m->T_ref);
  if (w->uses & USES_DPHI)
    st = cli_numbers("--dphi", s->dphi ? s->dphi : w->dphi, &job->dphi, &job->n_dphi, err);
  if (!st && !(w->uses & USES_VALUES) && n > 1)
    return eis_error_set(err, EIS_ERROR_USAGE, "'%s' takes no '%s'", w->name, operand[1]);
  for (int i = 1; !st && i < n; i++)
    st = cli_numbers(w->value, operand[i], &job->value, &job->n_values, err);
  if (!st && w->values && !job->n_values)
    st = cli_numbers(w->value, w->values, &job->value, &job->n_values, err);
  if (st || (w->uses & ANY_MATERIAL)) return st;
  eis_scl_values v;
  st = eis_scl_eval(&job->p, &v, err);
  job->L = isnan(s->thickness) ? (w->run == cli_scl_profile ? 20 : 100) * v.lambda0 : s->thickness;
  return st;
}

/* ---- output ---- */

static eis_status script(const void *sheet, const eisi_terminal *terminal, const char *output,
                         eisi_text *out, eis_error *err) {
  return eisi_sheet_script(sheet, terminal, output, out, err);
}

static eis_status run_table(const scl_word *w, scl_job *job, eisi_text *out, eis_error *err) {
  const scl_settings *s = job->set;
  eisi_sheet sheet = {0};
  eis_status st = w->run(job, &sheet, err);
  if (!st && s->out.json)
    st = eisi_sheet_json(&sheet, out, err);
  else if (!st && s->out.csv)
    eisi_sheet_csv(&sheet, out);
  else if (!st)
    st = eisi_sheet_text(&sheet, !s->out.path && cli_color(&s->general, stdout), out, err);
  if (!st) st = cli_draw_script(&s->general, &s->out, script, &sheet, 0, err);
  eisi_sheet_clear(&sheet);
  return st;
}

static eis_status run_spectrum(const scl_job *job, eisi_text *out, eis_error *err) {
  const scl_settings *s = job->set;
  eis_spectrum z = {0};
  eisi_plot plot = {0};
  char *text = NULL;
  eis_status st = cli_scl_spectrum(job, &z, err);
  if (!st && s->out.json)
    st = eisi_json_spectrum_line(&z, "eisfit.spectrum/1", out, err);
  else if (!st) {
    st = eis_spectrum_print_csv(&z, &text, err);
    if (!st) eisi_text_addf(out, "%s", text);
    free(text);
  }
  if (!st && (s->out.plot || s->out.keep_script)) {
    st = eisi_plot_spectrum(&z, &plot, err);
    if (!st) st = cli_draw(&s->general, &s->out, &plot, 0, err);
  }
  eisi_plot_clear(&plot);
  eis_spectrum_clear(&z);
  return st;
}

static int run(void *settings, int n, char **operand) {
  scl_settings *s = settings;
  eis_error err = EIS_ERROR_INIT;
  eisi_text out = {0};
  scl_job job = {0};
  const scl_word *w = NULL;
  eis_status st = cli_output_check(&s->out, &err);
  if (!st) st = find_word(n > 0 ? operand[0] : NULL, &w, &err);
  if (!st) st = prepare(s, w, operand, n, &job, &err);
  if (!st) st = w->run ? run_table(w, &job, &out, &err) : run_spectrum(&job, &out, &err);
  const int code = st ? cli_fail(&s->general, &err) : cli_put(&s->general, s->out.path, &out);
  eisi_text_clear(&out);
  free(job.dphi);
  free(job.value);
  return code;
}

static void word_names(eisi_text *out) {
  for (size_t i = 0; i < N_WORDS; i++) eisi_text_addf(out, "%s\n", words[i].name);
}

const cli_command cli_cmd_scl = {
    .name = "scl",
    .operands = "WORD [VALUES]",
    .summary = "space-charge layers: Debye length, resistance, profile, MPNP spectrum",
    .about =
        "WORD is one of the following. debye: lengths of a material, or of all. field: at the wall, with the charge. resistance: R_scl, C_scl, "
        "width and peak frequency over the band bending. ea: activation energy of R_scl. inverse R...: band bending "
        "for resistances in ohm cm2. tau-ratio X...: band bending from f_b/f_scl. validate: closed forms (SCL) "
        "against the MPNP equations. review: estimates of the literature recomputed. profile: potential, "
        "concentration, conductivity. polymer C...: ceramic | polymer over the salt, mol/l. kmc: ions hopping on a lattice under a bias, against the continuum. spectrum: "
        "impedance by the MPNP equations as canonical CSV.\n\n"
        "dphi = phi(interface) - phi(bulk): positive repels the cation. What the numbers rest on is in "
        "doc/physics.md; tables say where they leave their range.",
    .examples = "eisfit scl debye\n"
                "eisfit scl resistance --material oxide --dphi=-0.1:0.4:0.05 --plot rscl.svg\n"
                "eisfit scl inverse 1,10,100 --material sulfide\n"
                "eisfit scl validate --material LiPON --rf 100 --ch 10\n"
                "eisfit scl spectrum --material LiPON --dphi 0.15 --thickness '1 um' -o mpnp.csv",
    .words = word_names,
    .own_spectra = ",electrolyte,",
    .groups = groups,
    .settings_size = sizeof(scl_settings),
    .defaults = defaults,
    .run = run,
};
