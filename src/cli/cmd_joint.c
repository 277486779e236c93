/* cmd_joint.c - eisfit joint: one model for all spectra of a manifest. */
#include <eisfit/joint.h>
#include <eisfit/manifest.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/common.h"
#include "cli/words.h"
#include "report/joint_report.h"

typedef struct joint_settings {
  cli_general general;
  cli_input in;
  cli_output out;
  cli_list model, law, set, fix, bound, tie;
  const char *variant, *ocv;
  int weight, starts;
  uint64_t seed;
  double max_time;
  int loss;
  bool numeric, profile, profile_all;
} joint_settings;

#define AT(member) offsetof(joint_settings, member)
static const cli_option model_options[] = {
    {.name = "model", .letter = 'm', .arg = "NAME|FILE", .kind = CLI_LIST, .at = AT(model),
     .words = cli_words_models,
     .help = "named model or .model file with a [joint] section; several are compared as hypotheses"},
    {.name = "law", .arg = "P=LAW", .kind = CLI_LIST, .at = AT(law),
     .help = "how a parameter varies, 'R_b=each' or 'R_b.Ea=0.3/0/1'; in place of what the model says"},
    {.name = "ocv", .arg = "NAME|FILE", .kind = CLI_TEXT, .at = AT(ocv),
     .words = cli_words_ocv,
     .help = "cathode potential over SOC: NCM, LCO, LFP, NCA, LMO or a CSV file of your own"},
    {.name = "variant", .arg = "NAME", .kind = CLI_TEXT, .at = AT(variant),
     .help = "this variant of the models, where they have it"},
    {.name = "set", .arg = "P=V", .kind = CLI_LIST, .at = AT(set), .help = "start value of a parameter"},
    {.name = "fix", .arg = "P[=V]", .kind = CLI_LIST, .at = AT(fix),
     .help = "hold a parameter in all spectra, SCL_if_eps_r=12"},
    {.name = "bound", .arg = "P=L:U", .kind = CLI_LIST, .at = AT(bound), .help = "bounds of a parameter"},
    {.name = "tie", .arg = "P=F*Q", .kind = CLI_LIST, .at = AT(tie), .help = "a parameter follows another"},
    {0},
};
static const cli_option joint_options[] = {
    {.name = "weight", .letter = 'w', .kind = CLI_CHOICE, .at = AT(weight), .choices = cli_weight_names,
     .help = "weights of the residuals"},
    {.name = "starts", .arg = "N", .kind = CLI_INT, .at = AT(starts), .low = 0, .high = 1000,
     .help = "starts of the search on the thinned campaign, 0 = as many as usual"},
    {.name = "seed", .arg = "N", .kind = CLI_SEED, .at = AT(seed), .help = "seed of everything random"},
    {.name = "max-time", .arg = "TIME", .kind = CLI_QUANTITY, .quantity = EISI_TIME, .at = AT(max_time),
     .help = "stop one model after this time, '2 min'; the best so far is reported"},
    {.name = "numeric", .kind = CLI_FLAG, .at = AT(numeric),
     .help = "space-charge layers by the MPNP equations solved numerically, not by the closed form"},
    {.name = "loss", .kind = CLI_CHOICE, .at = AT(loss), .choices = cli_loss_names,
     .help = "least squares (square) only: the comparison of hypotheses and profiles need a likelihood"},
    {.name = "profile-all", .kind = CLI_FLAG, .at = AT(profile_all),
     .help = "profile likelihood of dphi in every spectrum, not only at both ends of its range"},
    {.name = "no-profile", .kind = CLI_FLAG_OFF, .at = AT(profile),
     .help = "no profile likelihood: intervals from the covariance only"},
    {0},
};
static const cli_option output_options[] = {
    {.name = "json", .kind = CLI_FLAG, .at = AT(out.json), .help = "JSON, one object (doc/schema/eisfit.joint-1.json)"},
    {.name = "csv", .kind = CLI_FLAG, .at = AT(out.csv),
     .help = "a tidy table as CSV: shared numbers, parameters of every spectrum, space charge"},
    {.name = "output", .letter = 'o', .arg = "FILE", .writes = true, .kind = CLI_TEXT, .at = AT(out.path),
     .help = "write the result to a file; it appears there whole"},
    {.name = "plot", .arg = "FILE", .writes = true, .kind = CLI_TEXT, .at = AT(out.plot),
     .help = "figure over SOC, or what else changes, with 95 % bands; .svg, .png or .pdf"},
    {.name = "keep-plot-script", .arg = "FILE", .writes = true, .kind = CLI_TEXT, .at = AT(out.keep_script),
     .help = "write the gnuplot script of the figure, with its data"},
    {0},
};
static const cli_group groups[] = {
    {"Model", model_options, 0},          {"Fit", joint_options, 0},
    {"Input", cli_input_options, AT(in)}, {"Output", output_options, 0}, {0},
};

static void defaults(void *settings) {
  joint_settings *s = settings;
  const eis_joint_options o = eis_joint_options_default();
  cli_input_defaults(&s->in);
  s->weight = (int)o.weighting;
  s->starts = o.starts;
  s->seed = o.seed;
  s->max_time = NAN;
  s->profile = o.profile;
}

/* ---- the campaign ---- */

typedef struct campaign {
  eis_manifest *manifest;
  eis_spectra spectra;
  const eis_spectrum **pointer;
  size_t n_columns;
  eis_joint_column *column;
  double *number; /* n_columns x n */
  const char **text;
  eis_joint_data data;
  eis_notes notes;
} campaign;

static void campaign_clear(campaign *c) {
  eis_spectra_clear(&c->spectra);
  eis_manifest_free(c->manifest);
  free(c->pointer);
  free(c->column);
  free(c->number);
  free(c->text);
  eis_notes_clear(&c->notes);
}

/* All problems of a manifest; the exit code. */
static int fail_manifest(const joint_settings *s, const eis_manifest *m, const eis_error *err) {
  const size_t n = m ? eis_manifest_problem_count(m) : 0;
  int code = cli_fail(&s->general, err);
  for (size_t i = 1; m && eis_manifest_problem(m, i) && i < 20; i++)
    code = cli_fail(&s->general, eis_manifest_problem(m, i));
  if (n > 1) cli_say(&s->general, "%zu problems; nothing was fitted", n);
  return code;
}

static eis_status leave_out(const joint_settings *s, campaign *c, const eis_manifest_entry *e,
                            eis_error *err) {
  cli_say(&s->general, "%s (line %ld of the manifest) can't be read as a spectrum and is left out",
          e->file, e->line);
  return eis_notes_add(&c->notes, err, "%s (line %ld) can't be read as a spectrum and is left out",
                       e->file, e->line);
}

static eis_status load_spectra(const joint_settings *s, campaign *c, eis_error *err) {
  const size_t n = eis_manifest_size(c->manifest);
  eis_status st = EIS_OK;
  for (size_t i = 0; i < n && !st; i++) {
    eis_manifest_entry e;
    eis_spectrum one = {0};
    st = eis_manifest_get(c->manifest, i, &e, err);
    if (!st && e.sweep == 0) {
      st = leave_out(s, c, &e, err);
    } else if (!st) {
      st = eis_manifest_load(c->manifest, i, &one, err);
      if (!st) st = eis_spectra_push(&c->spectra, &one, err);
    }
    eis_spectrum_clear(&one);
    eis_manifest_entry_clear(&e);
  }
  if (!st && c->spectra.n == 0)
    st = eis_error_set(err, EIS_ERROR_INPUT, "no spectrum of the manifest can be read");
  return st;
}

static bool has_column(const campaign *c, const char *name) {
  for (size_t k = 0; k < c->n_columns; k++)
    if (strcmp(c->column[k].name, name) == 0) return true;
  return false;
}

/* Every key that one of the spectra has. */
static eis_status find_columns(campaign *c, eis_error *err) {
  for (size_t i = 0; i < c->spectra.n; i++) {
    const eis_meta *meta = &c->spectra.at[i].meta;
    for (size_t k = 0; k < meta->n; k++) {
      if (has_column(c, meta->item[k].key)) continue;
      const eis_status st =
          eisi_grow(&c->column, c->n_columns, c->n_columns + 1, sizeof *c->column, err);
      if (st) return st;
      c->column[c->n_columns++].name = meta->item[k].key;
    }
  }
  return EIS_OK;
}

/* Area, temperature ... of the command line, for campaigns that have no such column. */
static eis_status add_conditions(const cli_input *in, campaign *c, eis_error *err) {
  const struct {
    const char *name;
    double v;
  } rows[] = {{"area_cm2", in->cond.area_m2 * 1e4},
              {"thickness_um", in->cond.thickness_m * 1e6},
              {"temperature_C", in->cond.temperature_K - 273.15},
              {"soc", in->cond.soc}};
  for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
    char text[40];
    if (isnan(rows[k].v) || has_column(c, rows[k].name)) continue;
    eisi_print_double(text, sizeof text, rows[k].v);
    for (size_t i = 0; i < c->spectra.n; i++) {
      const eis_status st = eis_meta_set(&c->spectra.at[i].meta, rows[k].name, text, err);
      if (st) return st;
    }
  }
  return EIS_OK;
}

static double number_in(const char *text) {
  double v;
  return *text && eisi_parse_double(text, strlen(text), '.', &v) == strlen(text) ? v : NAN;
}

static eis_status fill_columns(const cli_input *in, campaign *c, eis_error *err) {
  const size_t n = c->spectra.n;
  eis_status st = find_columns(c, err);
  if (!st) st = add_conditions(in, c, err);
  for (size_t k = 0; k < c->n_columns; k++) c->column[k].name = NULL;
  c->n_columns = 0;
  if (!st) st = find_columns(c, err);
  if (st) return st;
  c->pointer = eisi_new(n, sizeof *c->pointer, err);
  c->number = eisi_new(n * c->n_columns + 1, sizeof *c->number, err);
  c->text = eisi_new(n * c->n_columns + 1, sizeof *c->text, err);
  if (!c->pointer || !c->number || !c->text) return EIS_ERROR_MEMORY;
  for (size_t i = 0; i < n; i++) c->pointer[i] = &c->spectra.at[i];
  for (size_t k = 0; k < c->n_columns; k++) {
    c->column[k].number = c->number + k * n;
    c->column[k].text = c->text + k * n;
    for (size_t i = 0; i < n; i++) {
      const char *text = eis_meta_find(&c->spectra.at[i].meta, c->column[k].name);
      c->text[k * n + i] = text ? text : "";
      c->number[k * n + i] = number_in(c->text[k * n + i]);
    }
  }
  c->data = (eis_joint_data){n, c->pointer, c->n_columns, c->column};
  return EIS_OK;
}

/* ---- models ---- */

typedef struct hypotheses {
  size_t n;
  eisi_joint_hypothesis *at;
  eis_model **model;
} hypotheses;

static void hypotheses_clear(hypotheses *h) {
  for (size_t k = 0; k < h->n; k++) {
    eis_joint_result_clear(&h->at[k].result);
    eis_model_free(h->model[k]);
  }
  free(h->at);
  free(h->model);
}

static eis_status add_model(hypotheses *h, const char *name, size_t len, eis_error *err) {
  char *one = eisi_strndup(name, len, err);
  if (!one) return EIS_ERROR_MEMORY;
  eis_status st = eisi_grow(&h->at, h->n, h->n + 1, sizeof *h->at, err);
  if (!st) st = eisi_grow(&h->model, h->n, h->n + 1, sizeof *h->model, err);
  if (!st) st = eis_model_load(one, &h->model[h->n], err);
  if (!st) {
    h->at[h->n].model = h->model[h->n];
    h->at[h->n].name = h->model[h->n]->name;
    h->n++;
  }
  free(one);
  return st;
}

static eis_status load_models(const joint_settings *s, hypotheses *h, eis_error *err) {
  eis_status st = EIS_OK;
  if (s->model.n == 0)
    return eis_error_set(err, EIS_ERROR_USAGE,
                         "joint needs a model: --model joint-scl, or several to compare, "
                         "--model joint-scl,joint-ct");
  for (size_t k = 0; k < s->model.n && !st; k++)
    for (const char *p = s->model.text[k]; *p && !st; p += strspn(p, ",")) {
      const size_t n = strcspn(p, ",");
      if (n) st = add_model(h, p, n, err);
      p += n;
    }
  return st;
}

typedef eis_status adjuster(eis_circuit *c, const char *assignment, eis_error *err);

/* On every circuit that takes it; an error when none does. */
static eis_status adjust(hypotheses *h, const cli_list *list, adjuster *apply, eis_error *err) {
  for (size_t k = 0; k < list->n; k++) {
    eis_error why = EIS_ERROR_INIT;
    bool taken = false;
    for (size_t m = 0; m < h->n; m++)
      for (int v = 0; v < h->model[m]->n_variants; v++)
        taken |=
            apply(h->model[m]->variant[v].circuit, list->text[k], taken ? NULL : &why) == EIS_OK;
    if (!taken) return eis_error_set(err, EIS_ERROR_USAGE, "%s", why.text);
  }
  return EIS_OK;
}

static eis_status set_laws(hypotheses *h, const cli_list *list, eis_error *err) {
  for (size_t k = 0; k < list->n; k++) {
    eis_error why = EIS_ERROR_INIT;
    bool taken = false;
    for (size_t m = 0; m < h->n; m++)
      taken |= eis_model_set_law(h->model[m], list->text[k], taken ? NULL : &why) == EIS_OK;
    if (!taken) return eis_error_set(err, EIS_ERROR_USAGE, "%s", why.text);
  }
  return EIS_OK;
}

static bool has_variant(const eis_model *m, const char *name) {
  for (int k = 0; k < m->n_variants; k++)
    if (strcmp(m->variant[k].name, name) == 0) return true;
  return false;
}

static eis_status check_settings(const joint_settings *s, eis_error *err) {
  if (s->loss != EIS_LOSS_SQUARE)
    return eis_error_set(
        err, EIS_ERROR_USAGE,
        "a joint fit is by least squares: a robust loss has no likelihood, and BIC, profile intervals and "
        "the Fisher information would mean nothing. Spectra that stand out are named in the result; "
        "leave them out of the manifest, single points by --exclude");
  if (s->profile_all && !s->profile)
    return eis_error_set(err, EIS_ERROR_USAGE,
                         "--profile-all and --no-profile contradict each other; give one of them");
  return cli_output_check(&s->out, err);
}

static eis_status prepare(const joint_settings *s, hypotheses *h, eis_error *err) {
  eis_status st = check_settings(s, err);
  if (!st) st = load_models(s, h, err);
  if (!st) st = adjust(h, &s->set, eis_circuit_set, err);
  if (!st) st = adjust(h, &s->fix, eis_circuit_fix, err);
  if (!st) st = adjust(h, &s->bound, eis_circuit_bound, err);
  if (!st) st = adjust(h, &s->tie, eis_circuit_tie, err);
  if (!st) st = set_laws(h, &s->law, err);
  bool any = !s->variant;
  for (size_t k = 0; k < h->n && !any; k++) any = has_variant(h->model[k], s->variant);
  if (!st && !any)
    st = eis_error_set(err, EIS_ERROR_USAGE, "none of the models has a variant '%s'", s->variant);
  return st;
}

/* ---- fits ---- */

static eis_status fit(const joint_settings *s, const campaign *c, hypotheses *h,
                      eis_joint_choice *choice, eis_error *err) {
  const eis_joint_result **list = eisi_new(h->n, sizeof *list, err);
  if (!list) return EIS_ERROR_MEMORY;
  eis_status st = EIS_OK;
  size_t fitted = 0;
  for (size_t k = 0; k < h->n && !st; k++) {
    eisi_joint_hypothesis *one = &h->at[k];
    eis_joint_options o = eis_joint_options_default();
    o.weighting = (eis_weighting)s->weight;
    o.variant = s->variant && has_variant(h->model[k], s->variant) ? s->variant : NULL;
    o.ocv = s->ocv;
    o.starts = s->starts;
    o.seed = s->seed;
    o.max_time_s = isnan(s->max_time) ? INFINITY : s->max_time;
    o.numeric = s->numeric;
    o.profile = s->profile;
    o.profile_all = s->profile_all;
    if (*cli_stop_flag()) st = eis_error_set(err, EIS_ERROR_INTERRUPTED, "interrupted");
    if (!st && eis_joint_run(h->model[k], &c->data, &o, &one->result, &one->why) == EIS_OK) {
      one->fitted = true;
      list[k] = &one->result;
      fitted++;
    } else if (!st && (one->why.code == EIS_ERROR_MEMORY || h->n == 1 ||
                       one->why.code == EIS_ERROR_USAGE)) {
      *err = one->why;
      st = err->code;
    }
  }
  if (!st && fitted == 0) {
    *err = h->at[0].why;
    st = err->code;
  }
  if (!st) st = eis_joint_compare(list, h->n, choice, err);
  free(list);
  return st;
}

static eis_status script(const void *view, const eisi_terminal *terminal, const char *output,
                         eisi_text *out, eis_error *err) {
  return eisi_joint_script(view, terminal, output, out, err);
}

static int show(const joint_settings *s, const char *manifest, const campaign *c,
                const hypotheses *h, const eis_joint_choice *choice) {
  eis_error err = EIS_ERROR_INIT;
  eisi_text out = {0};
  const bool color = !s->out.path && cli_color(&s->general, stdout);
  const eisi_joint_view v = {manifest, &c->data,  h->n,  h->at,
                             choice,   &c->notes, color, s->general.verbose};
  eis_status st = EIS_OK;
  if (s->out.json)
    st = eisi_json_joint(&v, &out, &err);
  else if (s->out.csv)
    eisi_csv_joint(&v, &out);
  else
    st = eisi_text_joint(&v, &out, &err);
  if (!st) st = cli_draw_script(&s->general, &s->out, script, &v, 0, &err);
  if (st) {
    eisi_text_clear(&out);
    return cli_fail(&s->general, &err);
  }
  const int code = cli_put(&s->general, s->out.path, &out);
  if (code) return code;
  return h->at[choice->best].result.verdict == EIS_FIT_CONVERGED ? CLI_DONE : CLI_NOT_PASSED;
}

static int work(const joint_settings *s, const char *path, hypotheses *h) {
  campaign c = {0};
  eis_joint_choice choice = {.best = -1};
  eis_read_options read;
  eis_error err = EIS_ERROR_INIT;
  int code;
  eis_status st = prepare(s, h, &err);
  if (!st) st = cli_read_options(&s->in, &read, &err);
  if (!st && eis_manifest_read(path, &read, &c.manifest, &err)) {
    code = fail_manifest(s, c.manifest, &err);
    campaign_clear(&c);
    return code;
  }
  for (size_t k = 0; !st && k < eis_manifest_notes(c.manifest)->n; k++)
    st = eis_notes_add(&c.notes, &err, "%s", eis_manifest_notes(c.manifest)->text[k]);
  if (!st) st = load_spectra(s, &c, &err);
  if (!st) st = fill_columns(&s->in, &c, &err);
  if (!st) st = fit(s, &c, h, &choice, &err);
  code = st ? cli_fail(&s->general, &err) : show(s, path, &c, h, &choice);
  eis_joint_choice_clear(&choice);
  campaign_clear(&c);
  return code;
}

static int run(void *settings, int n, char **operand) {
  const joint_settings *s = settings;
  hypotheses h = {0};
  eis_error err = EIS_ERROR_INIT;
  int code;
  if (n != 1) {
    eis_error_set(&err, EIS_ERROR_USAGE,
                  "joint takes one manifest: a CSV table with the column file and what the files "
                  "are (soc, temperature_C, area_cm2 ...)");
    code = cli_fail(&s->general, &err);
  } else {
    code = work(s, operand[0], &h);
  }
  hypotheses_clear(&h);
  return code;
}

const cli_command cli_cmd_joint = {
    .name = "joint",
    .operands = "MANIFEST",
    .summary = "fit one model to all spectra of a campaign, parameters shared by laws",
    .about =
        "Fits a model to all spectra of a manifest at once. Its [joint] section says which parameters are shared, "
        "one per group or per spectrum, or follow temperature, state of charge or time by a law; there is one "
        "covariance of everything. Several models are compared as hypotheses. For models with a space-charge "
        "layer the band bending and the share of the layer in the interface are told for every spectrum, and "
        "where they are not identifiable, and why. See doc/joint.md.",
    .examples = "eisfit joint cell.csv --model joint-scl --ocv NCM --fix SCL_if_eps_r=12\n"
                "eisfit joint cell.csv --model joint-scl,joint-ct,joint-contact --plot cell.svg\n"
                "eisfit joint cell.csv --model my.model --law 'R_b=group(cell)' --json -o joint.json",
    .groups = groups,
    .settings_size = sizeof(joint_settings),
    .defaults = defaults,
    .run = run,
};
