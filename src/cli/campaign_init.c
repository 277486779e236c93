/* campaign_init.c - eisfit campaign init: a manifest proposed from a folder. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "campaign/propose.h"
#include "cli/campaign.h"

/* Way from one folder to another, both absolute and without links; "" when they are the same. */
static void relative(const char *from, const char *to, eisi_text *out) {
  size_t common = 0;
  for (size_t i = 0;; i++) {
    const bool end_from = !from[i] || from[i] == '/', end_to = !to[i] || to[i] == '/';
    if (end_from && end_to) common = i;
    if (!from[i] || !to[i] || from[i] != to[i]) break;
  }
  if (common == 0 && to[0] == '/') { /* nothing but the root in common */
    eisi_text_addf(out, "%s/", strcmp(to, "/") == 0 ? "" : to);
    return;
  }
  for (const char *s = from + common; *s; s++)
    if (*s == '/' && s[1]) eisi_text_addf(out, "../");
  const char *rest = to + common + (to[common] == '/');
  if (*rest) eisi_text_addf(out, "%s/", rest);
}

/* What stands before the names of files in a manifest that is written to `output`. */
static eis_status find_prefix(const char *folder, const char *output, eisi_text *out,
                              eis_error *err) {
  char here[PATH_MAX], there[PATH_MAX], *home = NULL;
  const char *slash = output ? strrchr(output, '/') : NULL;
  if (slash)
    home = eisi_strndup(output, (size_t)(slash - output) + 1, err);
  else
    home = eisi_strdup(".", err);
  if (!home) return EIS_ERROR_MEMORY;
  const bool ok = realpath(home, here) && realpath(folder, there);
  if (ok) relative(here, there, out);
  free(home);
  return ok ? EIS_OK
            : eis_error_set(err, EIS_ERROR_OUTPUT, "can't write '%s': there is no such folder",
                            output);
}

static eis_status check(const cli_campaign *s, int n, eis_read_options *read, eis_error *err) {
  if (n != 1)
    return eis_error_set(
        err, EIS_ERROR_USAGE,
        "campaign init needs one folder: eisfit campaign init FOLDER -o manifest.csv");
  if (s->output && access(s->output, F_OK) == 0)
    return eis_error_set(err, EIS_ERROR_USAGE,
                         "'%s' is there already; remove it, or name another file", s->output);
  return cli_read_options(&s->in, read, err);
}

int cli_campaign_init(const cli_campaign *s, int n, char **operand) {
  eis_error err = EIS_ERROR_INIT;
  eis_read_options read;
  eisi_proposal p = {0};
  eisi_text prefix = {0}, out = {0};
  eis_status st = check(s, n, &read, &err);
  if (!st) st = eisi_propose(operand[0], s->files, s->pattern, &read, &p, &err);
  if (!st) st = find_prefix(operand[0], s->output, &prefix, &err);
  if (!st) st = eisi_text_state(&prefix, &err);
  if (!st) {
    cli_say(&s->general, "%zu file%s with %zu spectr%s", p.n_files, p.n_files == 1 ? "" : "s",
            p.n_spectra, p.n_spectra == 1 ? "um" : "a");
    for (size_t i = 0; i < p.how.n; i++) cli_say(&s->general, "%s", p.how.text[i]);
    if (!p.n_columns && !p.told_lone)
      cli_say(&s->general, "the names say nothing that I know; --pattern can tell");
    eisi_proposal_print(&p, prefix.s ? prefix.s : "", &out);
  }
  eisi_text_clear(&prefix);
  eisi_proposal_clear(&p);
  if (st) return cli_fail(&s->general, &err);
  return cli_put(&s->general, s->output, &out);
}
