/* cmd_formats.c - eisfit formats: what can be read. */
#include "cli/commands.h"
#include "cli/common.h"
#include "report/table.h"

typedef struct formats_settings {
  cli_general general;
  cli_output out;
} formats_settings;

static const cli_group groups[] = {
    {"Output", cli_json_options, offsetof(formats_settings, out)}, {0}};

static eis_status format_json(const eis_format *f, eisi_text *out, eis_error *err) {
  bool failed;
  eisi_json doc = eisi_json_begin(&failed);
  eisi_json_string(doc, "schema", "eisfit.format/1");
  eisi_json_string(doc, "key", f->key);
  eisi_json_string(doc, "name", f->name);
  eisi_json_string(doc, "recognised", f->recognised);
  eisi_json_string(doc, "sign", f->sign);
  return eisi_json_end(doc, out, err);
}

static void format_text(const eis_format *f, bool color, eisi_text *out) {
  eisi_text_addf(out, "%s%-18s%s %s\n", eisi_style_on(EISI_BOLD, color), f->key,
                 eisi_style_off(color), f->name);
  eisi_wrap(out, "    recognised by ", f->recognised, EISI_SCREEN);
  eisi_wrap(out, "    conventions   ", f->sign, EISI_SCREEN);
}

static int run(void *settings, int n, char **operand) {
  formats_settings *s = settings;
  eis_error err = EIS_ERROR_INIT;
  eisi_text out = {0};
  bool color = !s->out.path && cli_color(&s->general, stdout);
  const eis_format *f;
  eis_status st = EIS_OK;
  if (n)
    st = eis_error_set(&err, EIS_ERROR_USAGE, "formats takes no arguments, but there is '%s'",
                       operand[0]);
  for (size_t i = 0; !st && (f = eis_format_at(i)) != NULL; i++) {
    if (s->out.json)
      st = format_json(f, &out, &err);
    else
      format_text(f, color, &out);
  }
  if (!st) return cli_put(&s->general, s->out.path, &out);
  eisi_text_clear(&out);
  return cli_fail(&s->general, &err);
}

const cli_command cli_cmd_formats = {
    .name = "formats",
    .operands = "",
    .summary = "file formats that are read, and how they are recognised",
    .examples = "eisfit formats",
    .groups = groups,
    .settings_size = sizeof(formats_settings),
    .run = run,
};
