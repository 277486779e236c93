/* cmd_convert.c - eisfit convert: any format to CSV or JSON; circuits between dialects. */
#include <eisfit/convert.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/common.h"
#include "cli/words.h"

typedef struct convert_settings {
  cli_general general;
  cli_input in;
  cli_output out;
  const char *circuit, *from, *to;
  cli_list set;
  bool values;
} convert_settings;

#define AT(member) offsetof(convert_settings, member)
static const cli_option circuit_options[] = {
    {.name = "circuit", .letter = 'c', .arg = "STRING", .kind = CLI_TEXT, .at = AT(circuit),
     .help = "translate this circuit instead of reading files"},
    {.name = "to", .arg = "DIALECT", .kind = CLI_TEXT, .at = AT(to),
     .words = cli_words_dialects,
     .help = "cdc, impedance.py, boukamp, autoeis or pyimpspec"},
    {.name = "from", .arg = "DIALECT", .kind = CLI_TEXT, .at = AT(from),
     .words = cli_words_dialects,
     .help = "dialect of the circuit; recognised otherwise"},
    {.name = "set", .arg = "P=V", .kind = CLI_LIST, .at = AT(set),
     .help = "value of a parameter, written in the conventions of the dialect"},
    {.name = "topology", .kind = CLI_FLAG_OFF, .at = AT(values),
     .help = "the circuit without values"},
    {0},
};
static const cli_group groups[] = {
    {"Circuits", circuit_options, 0},
    {"Input", cli_input_options, AT(in)},
    {"Output", cli_table_options, AT(out)},
    {0},
};

static void defaults(void *settings) {
  convert_settings *s = settings;
  cli_input_defaults(&s->in);
  s->values = true;
}

static eis_status work(void *ctx, const eis_spectrum *s, eisi_text *out, void **result,
                       eisi_judgement *judgement, eis_error *err) {
  const convert_settings *set = ctx;
  char *text = NULL;
  (void)result;
  *judgement = EISI_PASSED;
  if (set->out.json) return eisi_json_spectrum_line(s, "eisfit.spectrum/1", out, err);
  eis_status st = eis_spectrum_print_csv(s, &text, err);
  if (!st) eisi_text_add(out, text, strlen(text));
  free(text);
  return st;
}

static eis_status translate(const convert_settings *s, eisi_text *out, eis_error *err) {
  eis_circuit *c = NULL;
  char *text = NULL;
  if (!s->to)
    return eis_error_set(err, EIS_ERROR_USAGE,
                         "--circuit needs --to: cdc, impedance.py, boukamp, autoeis or pyimpspec");
  eis_status st = s->from ? eis_circuit_parse_dialect(s->circuit, s->from, &c, err)
                          : eis_circuit_parse(s->circuit, EIS_NOTATION_AUTO, &c, err);
  for (size_t i = 0; !st && i < s->set.n; i++) st = eis_circuit_set(c, s->set.text[i], err);
  bool values = s->values && (s->set.n > 0 || strpbrk(s->circuit, "{=") != NULL);
  if (!st) st = eis_circuit_print_dialect(c, s->to, values, &text, err);
  if (!st) {
    size_t n = strlen(text);
    eisi_text_addf(out, "%s%s", text, n && text[n - 1] == '\n' ? "" : "\n");
  }
  free(text);
  eis_circuit_free(c);
  return st;
}

static eis_status check(const convert_settings *s, int n, eis_error *err) {
  if (s->circuit && n)
    return eis_error_set(err, EIS_ERROR_USAGE,
                         "convert takes files or a --circuit, not both at the same time");
  if (!s->circuit && !n)
    return eis_error_set(err, EIS_ERROR_USAGE,
                         "convert needs at least one file, or --circuit STRING --to DIALECT");
  if (!s->circuit && (s->to || s->from || s->set.n))
    return eis_error_set(err, EIS_ERROR_USAGE, "--to, --from and --set belong to --circuit STRING");
  return cli_output_check(&s->out, err);
}

static int run(void *settings, int n, char **operand) {
  convert_settings *s = settings;
  eis_error err = EIS_ERROR_INIT;
  eisi_text out = {0};
  if (check(s, n, &err)) return cli_fail(&s->general, &err);
  if (s->circuit) {
    if (!translate(s, &out, &err)) return cli_put(&s->general, s->out.path, &out);
    eisi_text_clear(&out);
    return cli_fail(&s->general, &err);
  }
  cli_batch b = {.general = &s->general, .input = &s->in, .output = &s->out, .threads = 1, .ctx = s,
                 .work = work};
  return cli_batch_run(&b, n, operand);
}

const cli_command cli_cmd_convert = {
    .name = "convert",
    .operands = "FILE...",
    .summary = "any format to CSV or JSON, circuits to other programs",
    .about =
        "Writes spectra as canonical CSV (frequency_Hz, Zreal_ohm, Zimag_ohm, descending "
        "frequency, capacitive imaginary part negative) or as JSON Lines. Several spectra are "
        "separated by an empty line in CSV.\n"
        "\n"
        "With --circuit, translates a circuit into the dialect of another program.",
    .examples = "eisfit convert cell.mpt -o cell.csv\neisfit convert cell.dta --json\n"
                "eisfit convert --circuit 'R0-p(R1,CPE1)-Wo1' --to cdc",
    .own_spectra = "Zreal_ohm",
    .groups = groups,
    .settings_size = sizeof(convert_settings),
    .defaults = defaults,
    .run = run,
};
