/* complete.c - what may stand in a place of the command line, for the completion of shells. */
#include <string.h>

#include "cli/help.h"

/* ---- the word that is being completed ---- */

typedef struct place {
  const char *lead; /* n_lead bytes that stay: "--model=", "zarc," */
  size_t n_lead;
  const char *rest; /* what the candidates begin with */
} place;

static void candidate(const place *at, const char *word, size_t n, eisi_text *out) {
  const size_t used = strlen(at->rest);
  if (n < used || memcmp(word, at->rest, used) != 0) return;
  eisi_text_add(out, at->lead, at->n_lead);
  eisi_text_add(out, word, n);
  eisi_text_add(out, "\n", 1);
}

static void candidates(const place *at, cli_words *words, eisi_text *out) {
  eisi_text all = {0};
  words(&all);
  for (const char *s = all.s; s && *s;) {
    const size_t n = strcspn(s, "\n");
    candidate(at, s, n, out);
    s += n + (s[n] == '\n');
  }
  if (all.failed) out->failed = true;
  eisi_text_clear(&all);
}

static void files(const char *what, eisi_text *out) {
  if (strstr(what, "FOLDER"))
    eisi_text_addf(out, ":folders\n");
  else if (strstr(what, "FILE") || strstr(what, "TABLE") || strstr(what, "STORE") ||
           strstr(what, "MANIFEST"))
    eisi_text_addf(out, ":files\n");
}

/* ---- options ---- */

static bool takes_value(const cli_option *o) {
  return o->kind != CLI_FLAG && o->kind != CLI_FLAG_OFF;
}

static const cli_option *option_of(const cli_command *cmd, const char *name, size_t n,
                                   char letter) {
  const cli_group *group;
  for (size_t g = 0; (group = cli_group_at(cmd, g)) != NULL; g++)
    for (const cli_option *o = group->option; o->name; o++)
      if (name ? strlen(o->name) == n && memcmp(o->name, name, n) == 0
               : letter && o->letter == letter)
        return o;
  return NULL;
}

/* The option of this word when its value is the next word. */
static const cli_option *waiting(const cli_command *cmd, const char *word) {
  if (word[0] != '-' || !word[1]) return NULL;
  if (word[1] == '-') {
    const cli_option *o = option_of(cmd, word + 2, strlen(word + 2), 0);
    return o && takes_value(o) ? o : NULL;
  }
  for (const char *s = word + 1; *s; s++) {
    const cli_option *o = option_of(cmd, NULL, 0, *s);
    if (!o) return NULL;
    if (takes_value(o)) return s[1] ? NULL : o;
  }
  return NULL;
}

/* Values: several of them by comma. */
static void complete_value(const cli_option *o, const char *word, size_t n_lead, eisi_text *out) {
  place at = {word, n_lead, word + n_lead};
  const char *comma = strrchr(at.rest, ',');
  if (comma) {
    at.rest = comma + 1;
    at.n_lead = (size_t)(at.rest - word);
  }
  for (size_t i = 0; o->choices && o->choices[i]; i++)
    candidate(&at, o->choices[i], strlen(o->choices[i]), out);
  if (o->words) candidates(&at, o->words, out);
  if (o->arg && !comma) files(o->arg, out);
}

static void complete_option(const cli_command *cmd, const char *word, eisi_text *out) {
  const size_t n = strcspn(word, "=");
  if (word[1] == '-' && word[n]) {
    const cli_option *o = option_of(cmd, word + 2, n - 2, 0);
    if (o && takes_value(o)) complete_value(o, word, n + 1, out);
    return;
  }
  const cli_group *group;
  const place at = {"", 0, word};
  for (size_t g = 0; (group = cli_group_at(cmd, g)) != NULL; g++)
    for (const cli_option *o = group->option; o->name; o++) {
      char text[64];
      const int length = snprintf(text, sizeof text, "--%s", o->name);
      candidate(&at, text, (size_t)length, out);
    }
}

/* ---- commands and operands ---- */

static void complete_command(const char *word, eisi_text *out) {
  const place at = {"", 0, word};
  const cli_command *cmd;
  for (size_t i = 0; (cmd = cli_command_at(i)) != NULL; i++)
    candidate(&at, cmd->name, strlen(cmd->name), out);
  eisi_text_addf(out, ":files\n");
}

static void complete_operand(const cli_command *cmd, int k, const char *word, eisi_text *out) {
  const place at = {"", 0, word};
  const bool every = strstr(cmd->operands, "...]") != NULL;
  if (cmd->words && (k == 0 || every)) candidates(&at, cmd->words, out);
  if (!cmd->words || k > 0) files(cmd->operands, out);
}

void cli_complete(int n, char **word, eisi_text *out) {
  if (n < 1) return;
  const char *last = word[n - 1];
  const cli_command *cmd = cli_command_find(n > 1 ? word[0] : "fit");
  int i = n > 1 && cmd ? 1 : 0, operands = 0;
  if (!cmd) cmd = cli_command_find("fit");
  if (n == 1 && *last != '-') {
    complete_command(last, out);
    return;
  }
  bool only_operands = false;
  const cli_option *open = NULL;
  for (; i < n - 1; i++) {
    if (open) {
      open = NULL;
    } else if (only_operands || word[i][0] != '-' || !word[i][1]) {
      operands++;
    } else if (strcmp(word[i], "--") == 0) {
      only_operands = true;
    } else {
      open = waiting(cmd, word[i]);
    }
  }
  if (open)
    complete_value(open, last, 0, out);
  else if (*last == '-' && !only_operands)
    complete_option(cmd, last, out);
  else
    complete_operand(cmd, operands, last, out);
}
