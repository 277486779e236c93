/* drt_options.c - from the command line to eis_drt_options. */
#include "cli/drt_options.h"
#include "cli/words.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const weight_names[] = {
    [EIS_WEIGHT_MODULUS] = "modulus",           [EIS_WEIGHT_UNIT] = "unit",
    [EIS_WEIGHT_PROPORTIONAL] = "proportional", [EIS_WEIGHT_SIGMA] = "sigma",
    [EIS_WEIGHT_ERROR_MODEL] = "error-model",   NULL,
};
static const char *const term_names[] = {[EIS_DRT_TERM_AUTO] = "auto", [EIS_DRT_TERM_NONE] = "none",
                                         [EIS_DRT_TERM_FIT] = "fit", NULL};
/* what chooses lambda */
static const char *const criterion_keys[] = {
    [EIS_DRT_FIXED] = "given",     [EIS_DRT_GCV] = "gcv",         [EIS_DRT_MGCV] = "mgcv",
    [EIS_DRT_RGCV] = "rgcv",       [EIS_DRT_L_CURVE] = "l-curve", [EIS_DRT_RE_IM] = "re-im",
    [EIS_DRT_K_FOLD] = "k-fold",   [EIS_DRT_DISCREPANCY] = "discrepancy",
    [EIS_DRT_EVIDENCE] = "evidence", NULL,
};
enum { N_CRITERIA = sizeof criterion_keys / sizeof *criterion_keys - 1 };
static const char *const part_names[] = {
    [EIS_DRT_COMPLEX] = "complex", [EIS_DRT_REAL] = "real", [EIS_DRT_IMAG] = "imag", NULL,
};

static const char *const band_names[] = {
    [EIS_DRT_BAND_FAST] = "fast", [EIS_DRT_BAND_EXACT] = "exact", NULL,
};

#define AT(member) offsetof(cli_drt, member)
const cli_option cli_drt_options[] = {
    {.name = "method", .letter = 'm', .arg = "NAME", .kind = CLI_TEXT, .at = AT(method),
     .words = cli_words_methods,
     .help = "adaptive, tikhonov, auto ...; 'list' explains them. Adaptive unless an option of "
             "tikhonov is given"},
    {.name = "lambda", .arg = "VALUE", .kind = CLI_TEXT, .at = AT(lambda),
     .choices = criterion_keys + 1,
     .help = "tikhonov: a number, or the criterion that chooses it: evidence, gcv, mgcv, rgcv, "
             "l-curve, re-im, k-fold, discrepancy"},
    {.name = "basis", .arg = "NAME", .kind = CLI_TEXT, .at = AT(basis),
     .words = cli_words_bases,
     .help = "tikhonov: basis functions; 'list' shows the names"},
    {.name = "order", .arg = "N", .kind = CLI_TEXT, .at = AT(order),
     .help = "tikhonov: derivative that is kept small, 0, 1 or 2, or the shares of all three, "
             "0,1,0.5"},
    {.name = "part", .kind = CLI_CHOICE, .at = AT(part), .choices = part_names,
     .help = "tikhonov: which part of the spectrum is fitted"},
    {.name = "signed", .kind = CLI_FLAG, .at = AT(signed_gamma),
     .help = "tikhonov: gamma may be negative, for inductive loops"},
    {.name = "tau-range", .arg = "LOW:HIGH", .kind = CLI_TEXT, .at = AT(tau_range),
     .help = "range of time constants, '1 us:100 s'; otherwise by the frequencies"},
    {.name = "extend", .arg = "DECADES", .kind = CLI_NUMBER, .at = AT(extend), .low = 0, .high = 5,
     .help = "time constants beyond 1/w of the data, on both sides"},
    {.name = "per-decade", .arg = "N", .kind = CLI_NUMBER, .at = AT(per_decade), .low = 2,
     .high = 100, .help = "points of tau per decade"},
    {.name = "level", .arg = "P", .kind = CLI_NUMBER, .at = AT(level), .low = 0, .high = 0.9999,
     .help = "probability that the band holds; 0 = neither band, errors nor peaks"},
    {.name = "band", .kind = CLI_CHOICE, .at = AT(band), .choices = band_names,
     .help = "adaptive, tikhonov, ridge: band by a Gaussian approximation, or by sampling the "
             "posterior itself"},
    {.name = "samples", .arg = "N", .kind = CLI_INT, .at = AT(samples), .low = 100, .high = 1e6,
     .help = "--band exact: how many"},
    {.name = "seed", .arg = "N", .kind = CLI_SEED, .at = AT(seed),
     .help = "--band exact: seed of the sampling"},
    {.name = "resistance", .arg = "TERM", .kind = CLI_TEXT, .at = AT(resistance),
     .choices = term_names,
     .help = "series resistance: auto (left out where the data do not ask for it), none, fit, or "
             "its value, 10 or '10 mohm'"},
    {.name = "inductance", .arg = "TERM", .kind = CLI_TEXT, .at = AT(inductance),
     .choices = term_names,
     .help = "series inductance: auto, none, fit, or its value, '0.3 uH'"},
    {.name = "capacitance", .arg = "TERM", .kind = CLI_TEXT, .at = AT(capacitance),
     .choices = term_names,
     .help = "series capacitance: auto (tried where -Im Z rises to the low end), none, fit, or its "
             "value, '2 mF'"},
    {.name = "number", .arg = "N", .kind = CLI_INT, .at = AT(number), .low = 0, .high = 12,
     .help = "mrq, hn, auto: exactly so many processes, 0 = as many as the data ask for"},
    {.name = "most", .arg = "N", .kind = CLI_INT, .at = AT(most), .low = 1, .high = 12,
     .help = "mrq, hn, auto: never more processes"},
    {.name = "loewner-order", .arg = "N", .kind = CLI_INT, .at = AT(loewner_order), .low = 0,
     .high = 200, .help = "loewner: order of the model, 0 = by the noise"},
    {.name = "cutoff", .arg = "CYCLES", .kind = CLI_NUMBER, .at = AT(cutoff), .low = 0.01,
     .high = 100, .help = "fourier: where the window ends, cycles per decade of tau; otherwise by "
                          "the noise"},
    {.name = "weight", .letter = 'w', .kind = CLI_CHOICE, .at = AT(weight),
     .choices = weight_names, .help = "weights of the residuals"},
    {0},
};

void cli_drt_defaults(cli_drt *s) {
  const eis_drt_method_options m = eis_drt_method_options_default();
  const eis_drt_options o = m.drt;
  *s = (cli_drt){.weight = (int)o.weighting,
                 .part = (int)o.part,
                 .per_decade = o.per_decade,
                 .extend = o.extend_decades,
                 .level = o.level,
                 .band = (int)o.band,
                 .samples = o.samples,
                 .seed = o.seed,
                 .number = m.processes,
                 .most = m.most_processes,
                 .loewner_order = m.order,
                 .cutoff = m.cutoff,
                 .resistance = "auto",
                 .inductance = "auto",
                 .capacitance = "auto"};
}

/* ---- method ---- */

/* The first option that only one lambda knows, NULL = none was given. */
static const char *tikhonov_option(const cli_drt *s) {
  return s->lambda         ? "--lambda"
         : s->basis        ? "--basis"
         : s->order        ? "--order"
         : s->part         ? "--part"
         : s->signed_gamma ? "--signed"
                           : NULL;
}

static bool has_lambda(const char *key) {
  return strcmp(key, "tikhonov") == 0 || strcmp(key, "ridge") == 0;
}

static bool has_processes(const char *key) {
  return strcmp(key, "mrq") == 0 || strcmp(key, "hn") == 0 || strcmp(key, "auto") == 0;
}

static eis_status read_method(const cli_drt *s, const eis_drt_method_row **out, eis_error *err) {
  const char *only = tikhonov_option(s);
  const char *key = s->method ? s->method : only ? "tikhonov" : "adaptive";
  eis_error why = EIS_ERROR_INIT;
  if (eis_drt_method_find(key, out, &why))
    return eis_error_set(err, why.code, "option '--method': %s", why.text);
  if (only && !has_lambda(key))
    return eis_error_set(
        err, EIS_ERROR_USAGE,
        "%s belongs to --method tikhonov or ridge, not to %s; leave out one of the "
        "two",
        only, key);
  if (s->number > 0 && !has_processes(key))
    return eis_error_set(err, EIS_ERROR_USAGE,
                         "--number belongs to --method mrq, hn or auto, not to %s", key);
  if (s->band == EIS_DRT_BAND_EXACT && !has_lambda(key) && strcmp(key, "adaptive") != 0)
    return eis_error_set(err, EIS_ERROR_USAGE,
                         "--band exact belongs to --method adaptive, tikhonov or ridge, not to %s",
                         key);
  if (s->loewner_order > 0 && strcmp(key, "loewner") != 0)
    return eis_error_set(err, EIS_ERROR_USAGE,
                         "--loewner-order belongs to --method loewner, not to %s", key);
  if (isfinite(s->cutoff) && strcmp(key, "fourier") != 0)
    return eis_error_set(err, EIS_ERROR_USAGE, "--cutoff belongs to --method fourier, not to %s",
                         key);
  return EIS_OK;
}

/* ---- lambda, order, range ---- */

static eis_status read_lambda(const char *s, eis_drt_options *out, eis_error *err) {
  double v;
  if (!s) return EIS_OK;
  for (int i = EIS_DRT_FIXED + 1; i < N_CRITERIA; i++) {
    if (strcmp(s, criterion_keys[i]) != 0) continue;
    out->criterion = (eis_drt_criterion)i;
    return EIS_OK;
  }
  if (*s && eisi_parse_double(s, strlen(s), '.', &v) == strlen(s) && v >= 1e-30 && v <= 1e30) {
    out->criterion = EIS_DRT_FIXED;
    out->lambda = v;
    return EIS_OK;
  }
  return eis_error_set(
      err, EIS_ERROR_USAGE,
      "option '--lambda': '%s' is neither a number above zero nor one of evidence, "
      "gcv, mgcv, rgcv, l-curve, re-im, k-fold, discrepancy",
      s);
}

/* "1", or "0,1,0.5" */
static eis_status read_order(const char *s, double order[3], eis_error *err) {
  int n = 0;
  double v[3];
  const char *rest = s;
  if (!s) return EIS_OK;
  while (n < 3) {
    const size_t used = eisi_parse_double(rest, strlen(rest), '.', &v[n]);
    if (!used || v[n] < 0) break;
    n++;
    rest += used;
    if (*rest != ',') break;
    rest++;
  }
  if (!*rest && n == 3 && s[strlen(s) - 1] != ',' && v[0] + v[1] + v[2] > 0) {
    memcpy(order, v, sizeof v);
    return EIS_OK;
  }
  if (!*rest && n == 1 && (v[0] == 0 || v[0] == 1 || v[0] == 2)) {
    for (int k = 0; k < 3; k++) order[k] = v[0] == k;
    return EIS_OK;
  }
  return eis_error_set(err, EIS_ERROR_USAGE,
                       "option '--order': '%s' is none of 0, 1, 2 and no three shares like 0,1,0.5",
                       s);
}

typedef struct term_words {
  const char *option;
  const char *unit[3]; /* ways to write it, NULL terminated */
} term_words;

static bool is_unit(const char *s, const term_words *words) {
  s += strspn(s, " ");
  if (!*s) return true;
  for (int k = 0; k < 3 && words->unit[k]; k++)
    if (eisi_strcasecmp(s, words->unit[k]) == 0) return true;
  return false;
}

/* "1 us", "2 min", or seconds */
static eis_status read_time(const char *s, size_t n, double *out, eis_error *err) {
  static const term_words words = {"--tau-range", {"s", NULL}};
  eis_error why = EIS_ERROR_INIT;
  size_t used = 0;
  char *text = eisi_strndup(s, n, err);
  if (!text) return EIS_ERROR_MEMORY;
  eis_status st = EIS_OK;
  if (!eisi_parse_prefixed(text, out, &used) || !is_unit(text + used, &words))
    st = eisi_parse_quantity(text, EISI_TIME, out, &why);
  free(text);
  if (!st && *out > 0 && isfinite(*out)) return EIS_OK;
  return eis_error_set(err, EIS_ERROR_USAGE, "option '--tau-range': %s",
                       why.code ? why.text : "time constants are above zero");
}

static eis_status read_range(const char *s, eis_drt_options *out, eis_error *err) {
  if (!s) return EIS_OK;
  const char *colon = strchr(s, ':');
  if (!colon)
    return eis_error_set(err, EIS_ERROR_USAGE,
                         "option '--tau-range': '%s' has no colon; write it like '1 us:100 s'", s);
  eis_status st = read_time(s, (size_t)(colon - s), &out->tau_min, err);
  if (!st) st = read_time(colon + 1, strlen(colon + 1), &out->tau_max, err);
  if (st || out->tau_min < out->tau_max) return st;
  return eis_error_set(err, EIS_ERROR_USAGE,
                       "option '--tau-range': %g s is not below %g s; the smaller one comes first",
                       out->tau_min, out->tau_max);
}

/* ---- series terms ---- */

static eis_status read_term(const char *s, const term_words *words, eis_drt_term *term,
                            double *value, eis_error *err) {
  size_t used = 0;
  for (int i = 0; i <= EIS_DRT_TERM_FIT; i++) {
    if (strcmp(s, term_names[i]) != 0) continue;
    *term = (eis_drt_term)i;
    return EIS_OK;
  }
  *term = EIS_DRT_TERM_FIXED;
  if (eisi_parse_prefixed(s, value, &used) && is_unit(s + used, words) && isfinite(*value))
    return EIS_OK;
  return eis_error_set(err, EIS_ERROR_USAGE,
                       "option '%s': '%s' is none of auto, none, fit and no value in %s",
                       words->option, s, words->unit[0]);
}

static eis_status read_core(const cli_drt *s, eis_drt_options *out, eis_error *err) {
  static const term_words R = {"--resistance", {"ohm", "Ω", NULL}},
                          L = {"--inductance", {"H", NULL}}, C = {"--capacitance", {"F", NULL}};
  out->weighting = (eis_weighting)s->weight;
  out->part = (eis_drt_part)s->part;
  out->per_decade = s->per_decade;
  out->extend_decades = s->extend;
  out->level = s->level;
  out->band = (eis_drt_band)s->band;
  out->samples = s->samples;
  out->seed = s->seed;
  out->signed_gamma = s->signed_gamma;
  if (s->basis) out->basis = s->basis;
  eis_status st = read_lambda(s->lambda, out, err);
  if (!st) st = read_order(s->order, out->order, err);
  if (!st) st = read_range(s->tau_range, out, err);
  if (!st) st = read_term(s->resistance, &R, &out->R_inf, &out->R_inf_value, err);
  if (!st) st = read_term(s->inductance, &L, &out->L, &out->L_value, err);
  return st ? st : read_term(s->capacitance, &C, &out->C, &out->C_value, err);
}

eis_status cli_drt_read(const cli_drt *s, eis_drt_method_options *out,
                        const eis_drt_method_row **method, eis_error *err) {
  eis_drt_solver *solver = NULL;
  eis_drt_work *work = NULL;
  *out = eis_drt_method_options_default();
  out->processes = s->number;
  out->most_processes = s->most;
  out->order = s->loewner_order;
  out->cutoff = s->cutoff;
  eis_status st = read_method(s, method, err);
  if (!st) st = read_core(s, &out->drt, err);
  if (st) return st;
  out->drt.method = has_lambda((*method)->key) ? EIS_DRT_TIKHONOV : EIS_DRT_ADAPTIVE;
  st = eis_drt_work_new(&out->drt, &work, err); /* which checks the options */
  if (!st) st = eis_drt_solver_new(*method, out, &solver, err);
  eis_drt_solver_free(solver);
  eis_drt_work_free(work);
  return st;
}

/* ---- the cell ---- */

#undef AT
#define AT(member) offsetof(cli_cell, member)
static const char *const anode_names[] = {"Li", "In-Li", "no-anode", NULL};
static const char *const coating_names[] = {"coated", "uncoated", "no-cathode", NULL};
const cli_option cli_cell_options[] = {
    {.name = "assign", .kind = CLI_FLAG, .at = AT(assign),
     .help = "solid-state cells: the process behind each peak, with its probability; so does each of "
             "the options below. --area and --temperature make it surer"},
    {.name = "electrolyte", .arg = "NAME", .kind = CLI_TEXT, .at = AT(electrolyte),
     .words = cli_words_materials,
     .help = "sulfide, oxide, polymer, or a material (LPSCl, LGPS, LLZO ...)"},
    {.name = "anode", .arg = "NAME", .kind = CLI_TEXT, .at = AT(anode),
     .choices = anode_names,
     .help = "Li, In-Li or no-anode: they change the order of the arcs"},
    {.name = "coating", .arg = "NAME", .kind = CLI_TEXT, .at = AT(coating),
     .choices = coating_names,
     .help = "cathode: coated, uncoated or no-cathode"},
    {.name = "processes", .arg = "FILE", .kind = CLI_TEXT, .at = AT(processes),
     .help = "changes of the table models/processes.ini"},
    {.name = "explain", .kind = CLI_FLAG, .at = AT(explain),
     .help = "what speaks for and against the name of each peak"},
    {0},
};

/* Materials by the words of the table. */
static const char *const families[][2] = {
    {"LPSCl", "sulfide"}, {"Li6PS5Cl", "sulfide"}, {"LGPS", "sulfide"}, {"LPS", "sulfide"},
    {"Li3PS4", "sulfide"}, {"LSPS", "sulfide"},    {"LLZO", "oxide"},   {"LLZTO", "oxide"},
    {"LATP", "oxide"},     {"LAGP", "oxide"},      {"LLTO", "oxide"},   {"LiPON", "oxide"},
    {"PEO", "polymer"},
};

static const char *family_of(const char *word) {
  for (size_t i = 0; word && i < sizeof families / sizeof *families; i++)
    if (eisi_strcasecmp(families[i][0], word) == 0) return families[i][1];
  return word;
}

eis_process_conditions cli_cell_conditions(const cli_cell *s, const eis_spectrum *spectrum,
                                           const eis_conditions *c) {
  eis_process_conditions out = eis_process_conditions_default();
  out.area_m2 = c->area_m2;
  out.thickness_m = c->thickness_m;
  out.T = c->temperature_K;
  out.soc = c->soc;
  if (spectrum) {
    out.f_min = spectrum->f[spectrum->n - 1];
    out.f_max = spectrum->f[0];
  }
  out.electrolyte = family_of(s->electrolyte);
  out.anode = s->anode;
  out.coating = s->coating;
  return out;
}

eis_status cli_cell_read(const cli_cell *s, eis_process_table **out, eis_error *err) {
  const eis_conditions unknown = eis_conditions_unknown();
  eis_process_assignment nothing;
  *out = NULL;
  if (!s->assign && !s->explain && !s->electrolyte && !s->anode && !s->coating && !s->processes)
    return EIS_OK;
  eis_status st = eis_process_table_read(s->processes, out, err);
  if (st) return st;
  const eis_process_input in = {.conditions = cli_cell_conditions(s, NULL, &unknown)};
  st = eis_process_assign(*out, &in, &nothing, err);
  if (!st) eis_process_assignment_clear(&nothing);
  return st;
}
