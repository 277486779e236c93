/* options.c - parsing of the command line by tables. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"

const cli_option cli_general_options[] = {
    {.name = "quiet", .letter = 'q', .kind = CLI_FLAG, .at = offsetof(cli_general, quiet),
     .help = "nothing on standard error but errors"},
    {.name = "verbose", .letter = 'v', .kind = CLI_FLAG, .at = offsetof(cli_general, verbose),
     .help = "more detail in the text (variants, correlations, evaluations)"},
    {.name = "no-color", .kind = CLI_FLAG, .at = offsetof(cli_general, no_color),
     .help = "no colours; they are only used on a terminal, and never when NO_COLOR is set"},
    {.name = "help", .letter = 'h', .kind = CLI_FLAG, .at = offsetof(cli_general, help),
     .help = "this text"},
    {0},
};

static const cli_group general_group = {"General", cli_general_options, 0};

/* Group g of a command; the general options come last. */
const cli_group *cli_group_at(const cli_command *cmd, size_t g) {
  size_t n = 0;
  while (cmd->groups && cmd->groups[n].title) n++;
  return g < n ? &cmd->groups[g] : g == n ? &general_group : NULL;
}

typedef struct found {
  const cli_option *option;
  void *value;
} found;

/* By name (n bytes) or, when name is NULL, by letter. */
static found find(const cli_command *cmd, void *settings, const char *name, size_t n, char letter) {
  const cli_group *group;
  for (size_t g = 0; (group = cli_group_at(cmd, g)) != NULL; g++) {
    for (const cli_option *o = group->option; o->name; o++) {
      bool hit = name ? strlen(o->name) == n && memcmp(o->name, name, n) == 0
                      : o->letter && o->letter == letter;
      if (hit) return (found){o, (char *)settings + group->at + o->at};
    }
  }
  return (found){NULL, NULL};
}

static eis_status unknown_option(const cli_command *cmd, const char *word, eis_error *err) {
  const char *names[128];
  size_t count = 0;
  const cli_group *group;
  for (size_t g = 0; (group = cli_group_at(cmd, g)) != NULL; g++)
    for (const cli_option *o = group->option; o->name && count < 128; o++) names[count++] = o->name;
  char name[64] = "";
  size_t n = strcspn(word + 2, "=");
  if (word[1] == '-') memcpy(name, word + 2, n < sizeof name ? n : sizeof name - 1);
  name[sizeof name - 1] = '\0';
  int near = *name ? eisi_nearest(name, names, count) : -1;
  if (near >= 0)
    return eis_error_set(err, EIS_ERROR_USAGE, "unknown option '%s' of '%s'; did you mean '--%s'?",
                         word, cmd->name, names[near]);
  return eis_error_set(err, EIS_ERROR_USAGE,
                       "unknown option '%s' of '%s'; 'eisfit help %s' lists them", word, cmd->name,
                       cmd->name);
}

static eis_status bad_value(const cli_option *o, const char *value, const char *expected,
                            eis_error *err) {
  return eis_error_set(err, EIS_ERROR_USAGE, "option '--%s': '%s' is not %s", o->name, value,
                       expected);
}

static eis_status take_choice(const cli_option *o, int *at, const char *value, eis_error *err) {
  size_t n = 0;
  eisi_text list = {0};
  for (; o->choices[n]; n++) {
    if (strcmp(o->choices[n], value) == 0) {
      *at = (int)n;
      eisi_text_clear(&list);
      return EIS_OK;
    }
    eisi_text_addf(&list, "%s%s", n ? ", " : "one of: ", o->choices[n]);
  }
  eis_status st = bad_value(o, value, list.s ? list.s : "known", err);
  eisi_text_clear(&list);
  return st;
}

static eis_status take_number(const cli_option *o, const char *value, bool whole, double *out,
                              eis_error *err) {
  char expected[96];
  double v;
  size_t n = strlen(value), used = eisi_parse_double(value, n, '.', &v);
  const char *kind = whole ? "a whole number" : "a number";
  if (o->low != o->high && !isinf(o->high))
    snprintf(expected, sizeof expected, "%s from %g to %g", kind, o->low, o->high);
  else if (o->low != o->high)
    snprintf(expected, sizeof expected, "%s of at least %g", kind, o->low);
  else
    snprintf(expected, sizeof expected, "%s", kind);
  bool ok = used == n && n > 0 && (!whole || v == floor(v));
  if (ok && o->low != o->high) ok = v >= o->low && v <= o->high;
  if (!ok) return bad_value(o, value, expected, err);
  *out = v;
  return EIS_OK;
}

static eis_status take_seed(const cli_option *o, uint64_t *at, const char *value, eis_error *err) {
  uint64_t v = 0;
  const char *s = value;
  for (; *s >= '0' && *s <= '9'; s++) {
    uint64_t digit = (uint64_t)(*s - '0');
    if (v > (INT64_MAX - digit) / 10) break;
    v = 10 * v + digit;
  }
  if (*s || s == value) return bad_value(o, value, "a whole number from 0 to 2^63-1", err);
  *at = v;
  return EIS_OK;
}

static eis_status take_quantity(const cli_option *o, double *at, const char *value,
                                eis_error *err) {
  eis_error why = EIS_ERROR_INIT;
  if (!eisi_parse_quantity(value, o->quantity, at, &why)) return EIS_OK;
  return eis_error_set(err, EIS_ERROR_USAGE, "option '--%s': %s", o->name, why.text);
}

static eis_status take_list(cli_list *list, const char *value, eis_error *err) {
  eis_status st = eisi_grow(&list->text, list->n, list->n + 1, sizeof *list->text, err);
  if (!st) list->text[list->n++] = value;
  return st;
}

static eis_status take(found f, const char *value, eis_error *err) {
  double v = 0;
  eis_status st = EIS_OK;
  switch (f.option->kind) {
    case CLI_FLAG: *(bool *)f.value = true; break;
    case CLI_FLAG_OFF: *(bool *)f.value = false; break;
    case CLI_TEXT: *(const char **)f.value = value; break;
    case CLI_LIST: st = take_list(f.value, value, err); break;
    case CLI_INT:
      st = take_number(f.option, value, true, &v, err);
      if (!st) *(int *)f.value = (int)v;
      break;
    case CLI_SEED: st = take_seed(f.option, f.value, value, err); break;
    case CLI_NUMBER: st = take_number(f.option, value, false, f.value, err); break;
    case CLI_CHOICE: st = take_choice(f.option, f.value, value, err); break;
    case CLI_QUANTITY: st = take_quantity(f.option, f.value, value, err); break;
  }
  return st;
}

static bool is_flag(const cli_option *o) { return o->kind == CLI_FLAG || o->kind == CLI_FLAG_OFF; }

static eis_status needs_value(const cli_option *o, eis_error *err) {
  return eis_error_set(err, EIS_ERROR_USAGE, "option '--%s' needs a value: --%s %s", o->name,
                       o->name, o->arg);
}

/* "--name", "--name=value"; *i is the word being read. */
static eis_status parse_long(const cli_command *cmd, void *settings, char **argv, int argc, int *i,
                             eis_error *err) {
  const char *word = argv[*i], *name = word + 2;
  size_t n = strcspn(name, "=");
  found f = find(cmd, settings, name, n, 0);
  if (!f.option) return unknown_option(cmd, word, err);
  if (is_flag(f.option)) {
    if (name[n])
      return eis_error_set(err, EIS_ERROR_USAGE, "option '--%s' takes no value", f.option->name);
    return take(f, NULL, err);
  }
  if (name[n]) return take(f, name + n + 1, err);
  if (*i + 1 >= argc) return needs_value(f.option, err);
  return take(f, argv[++*i], err);
}

/* "-q", "-qv", "-oFILE", "-o FILE". */
static eis_status parse_short(const cli_command *cmd, void *settings, char **argv, int argc, int *i,
                              eis_error *err) {
  const char *word = argv[*i];
  for (const char *s = word + 1; *s; s++) {
    found f = find(cmd, settings, NULL, 0, *s);
    if (!f.option) return unknown_option(cmd, word, err);
    if (!is_flag(f.option)) {
      if (s[1]) return take(f, s + 1, err);
      if (*i + 1 >= argc) return needs_value(f.option, err);
      return take(f, argv[++*i], err);
    }
    eis_status st = take(f, NULL, err);
    if (st) return st;
  }
  return EIS_OK;
}

eis_status cli_parse(const cli_command *cmd, void *settings, int argc, char **argv, int *n,
                     eis_error *err) {
  bool only_operands = false;
  *n = 0;
  for (int i = 0; i < argc; i++) {
    const char *word = argv[i];
    eis_status st = EIS_OK;
    if (only_operands || word[0] != '-' || !word[1])
      argv[(*n)++] = argv[i];
    else if (strcmp(word, "--") == 0)
      only_operands = true;
    else if (word[1] == '-')
      st = parse_long(cmd, settings, argv, argc, &i, err);
    else
      st = parse_short(cmd, settings, argv, argc, &i, err);
    if (st) return st;
  }
  return cli_spare(cmd, settings, *n, argv, err);
}

void cli_settings_clear(const cli_command *cmd, void *settings) {
  const cli_group *group;
  for (size_t g = 0; (group = cli_group_at(cmd, g)) != NULL; g++)
    for (const cli_option *o = group->option; o->name; o++)
      if (o->kind == CLI_LIST) free(((cli_list *)((char *)settings + group->at + o->at))->text);
}
