/* fitting.c - options of everything that fits: models, weights, search, material. */
#include <math.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/common.h"
#include "cli/words.h"

const char *const cli_weight_names[] = {
    [EIS_WEIGHT_MODULUS] = "modulus",           [EIS_WEIGHT_UNIT] = "unit",
    [EIS_WEIGHT_PROPORTIONAL] = "proportional", [EIS_WEIGHT_SIGMA] = "sigma",
    [EIS_WEIGHT_ERROR_MODEL] = "error-model",   NULL,
};
const char *const cli_loss_names[] = {
    [EIS_LOSS_SQUARE] = "square",   [EIS_LOSS_HUBER] = "huber",
    [EIS_LOSS_SOFT_L1] = "soft-l1", [EIS_LOSS_CAUCHY] = "cauchy", NULL,
};
static const char *const ci_names[] = {
    [EIS_CI_COV] = "cov", [EIS_CI_PROFILE] = "profile", [EIS_CI_BOOTSTRAP] = "bootstrap", NULL,
};

#define MODEL(member) offsetof(cli_models, member)
const cli_option cli_model_options[] = {
    {.name = "model", .letter = 'm', .arg = "NAME|FILE", .kind = CLI_LIST, .at = MODEL(model),
     .words = cli_words_models,
     .help = "named model or .model file (see 'eisfit models'); several by comma or repetition"},
    {.name = "circuit", .letter = 'c', .arg = "STRING", .kind = CLI_LIST, .at = MODEL(circuit),
     .help = "circuit, R0-p(R1,CPE1)-Wo1 or R(RQ)W; may be repeated"},
    {.name = "variant", .arg = "NAME", .kind = CLI_TEXT, .at = MODEL(variant),
     .help = "only this variant of the model; otherwise the one with the lowest BIC"},
    {.name = "set", .arg = "P=V", .kind = CLI_LIST, .at = MODEL(set),
     .help = "value (in a fit: start value) of a parameter, R1=10 or CPE1_Q=10u"},
    {.name = "fix", .arg = "P[=V]", .kind = CLI_LIST, .at = MODEL(fix),
     .help = "hold a parameter, R0 or R0=10"},
    {.name = "bound", .arg = "P=L:U", .kind = CLI_LIST, .at = MODEL(bound),
     .help = "bounds of a parameter, R1=1:100 or R1=:100"},
    {.name = "tie", .arg = "P=F*Q", .kind = CLI_LIST, .at = MODEL(tie),
     .help = "a parameter follows another, C2=C1 or R2=2*R1"},
    {0},
};

#define AT(member) offsetof(cli_fitting, member)
const cli_option cli_fitting_options[] = {
    {.name = "weight", .letter = 'w', .kind = CLI_CHOICE, .at = AT(weight),
     .choices = cli_weight_names, .help = "weights of the residuals"},
    {.name = "loss", .kind = CLI_CHOICE, .at = AT(loss), .choices = cli_loss_names,
     .help = "loss function; all but square bear outliers"},
    {.name = "optimizer", .arg = "NAME", .kind = CLI_TEXT, .at = AT(optimizer),
     .words = cli_words_optimizers,
     .help = "auto, lm (one start only) or nlopt:NAME; 'list' shows the names"},
    {.name = "starts", .arg = "N", .kind = CLI_INT, .at = AT(starts), .low = 0, .high = 1e6,
     .help = "most local fits of the global search, 0 = as many as needed"},
    {.name = "seed", .arg = "N", .kind = CLI_SEED, .at = AT(seed),
     .help = "seed of everything random"},
    {.name = "ci", .kind = CLI_CHOICE, .at = AT(ci), .choices = ci_names,
     .help = "how the 95 % intervals are made"},
    {.name = "bootstrap", .arg = "N", .kind = CLI_INT, .at = AT(bootstrap), .low = 10, .high = 1e6,
     .help = "replicates for --ci bootstrap"},
    {.name = "max-time", .arg = "TIME", .kind = CLI_TEXT, .at = AT(max_time),
     .help = "stop one fit after this time, 30 or '2 min'; the best so far is reported"},
    {.name = "electrolyte", .arg = "NAME", .kind = CLI_TEXT, .at = AT(electrolyte),
     .words = cli_words_materials,
     .help = "solid electrolyte of the material table, for space-charge quantities (LPSCl)"},
    {.name = "material", .arg = "LIST", .kind = CLI_TEXT, .at = AT(material),
     .help = "material data, eps_r=20,n0=1e27,nu=0.1,sigma=0.2 S/m"},
    {0},
};

void cli_fitting_defaults(cli_fitting *f) {
  const eis_fit_options o = eis_fit_options_default();
  f->weight = (int)o.weighting;
  f->loss = (int)o.loss;
  f->ci = (int)o.ci;
  f->optimizer = o.optimizer;
  f->starts = o.starts;
  f->bootstrap = o.bootstrap;
  f->seed = o.seed;
}

/* "30" are seconds. */
static eis_status parse_max_time(const char *text, double *out, eis_error *err) {
  size_t n = strlen(text);
  if (eisi_parse_double(text, n, '.', out) != n || !n) {
    eis_error why = EIS_ERROR_INIT;
    if (eisi_parse_quantity(text, EISI_TIME, out, &why))
      return eis_error_set(err, EIS_ERROR_USAGE, "option '--max-time': %s", why.text);
  }
  if (*out > 0) return EIS_OK;
  return eis_error_set(err, EIS_ERROR_USAGE, "option '--max-time': '%s' is not above zero", text);
}

eis_status cli_fit_options(const cli_fitting *f, eis_fit_options *out, eis_error *err) {
  *out = eis_fit_options_default();
  out->weighting = (eis_weighting)f->weight;
  out->loss = (eis_loss)f->loss;
  out->ci = (eis_ci)f->ci;
  out->optimizer = f->optimizer;
  out->starts = f->starts;
  out->bootstrap = f->bootstrap;
  out->seed = f->seed;
  return f->max_time ? parse_max_time(f->max_time, &out->max_time_s, err) : EIS_OK;
}

eis_status cli_material(const cli_fitting *f, eis_material *room, const eis_material **out,
                        eis_error *err) {
  *out = NULL;
  if (!f->electrolyte && !f->material) return EIS_OK;
  *room = (eis_material){.name = "custom",
                         .eps_r = NAN,
                         .n0 = NAN,
                         .nu = NAN,
                         .sigma = NAN,
                         .T_ref = NAN,
                         .Ea_eV = NAN,
                         .source = "given by --material"};
  eis_status st = EIS_OK;
  if (f->electrolyte) st = eis_material_load(f->electrolyte, room, err);
  if (!st && f->material) st = eis_material_set(room, f->material, err);
  *out = room;
  return st;
}
