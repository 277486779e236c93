/* spare.c - a slip must not cost a measurement: what no result may be written over. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/cli.h"

/* Endings that only files of instruments have, in lower case. */
static const char *const instrument_endings[] = {".mpt", ".mpr", ".mps", ".dta",      ".z",
                                                 ".par", ".ism", ".nox", ".idf",      ".ids",
                                                 ".i2b", ".isw", ".bin", ".pssession"};
/* How the canonical table of a spectrum begins (src/data/write_csv.c). */
static const char canonical[] = "frequency_Hz,Zreal_ohm,Zimag_ohm";
/* What begins with binary bytes and is a result. */
static const char *const figure_heads[] = {"\x89PNG", "%PDF"};
enum {
  HEAD = 4096,
  BEGINNING = 1 << 20, /* so much of a file is looked at; results can have many MB */
  COUNT_FIGURES = sizeof figure_heads / sizeof *figure_heads
};

static bool same_file(const char *a, const char *b) {
  struct stat x, y;
  return stat(a, &x) == 0 && S_ISREG(x.st_mode) && stat(b, &y) == 0 && x.st_dev == y.st_dev &&
         x.st_ino == y.st_ino;
}

static bool instrument_name(const char *path) {
  const char *dot = strrchr(path, '.');
  for (size_t i = 0; dot && i < sizeof instrument_endings / sizeof *instrument_endings; i++)
    if (eisi_strcasecmp(dot, instrument_endings[i]) == 0) return true;
  return false;
}

static bool begins_with(const char *head, size_t n, const char *what) {
  return n >= strlen(what) && memcmp(head, what, strlen(what)) == 0;
}

static bool is_figure(const char *head, size_t n) {
  for (size_t i = 0; i < COUNT_FIGURES; i++)
    if (begins_with(head, n, figure_heads[i])) return true;
  return false;
}

/* The first bytes of a file, with a NUL behind them; 0 = there is none that can be read. */
static size_t read_first(const char *path, char *bytes, size_t most) {
  struct stat info;
  FILE *fp = stat(path, &info) == 0 && S_ISREG(info.st_mode) ? fopen(path, "rb") : NULL;
  if (!fp) return 0;
  const size_t n = fread(bytes, 1, most, fp);
  bytes[n] = '\0';
  fclose(fp);
  return n;
}

static size_t read_head(const char *path, char *head) { return read_first(path, head, HEAD - 1); }

/* Whether whole lines from the beginning of a file are a spectrum. */
static eis_status is_spectrum(const char *path, bool *answer, eis_error *err) {
  eis_spectra list = {0};
  eis_error why = EIS_ERROR_INIT;
  char *bytes = malloc(BEGINNING + 1);
  if (!bytes) return eis_error_set(err, EIS_ERROR_MEMORY, "out of memory");
  size_t n = read_first(path, bytes, BEGINNING);
  if (n == BEGINNING)
    while (n && bytes[n - 1] != '\n' && bytes[n - 1] != '\r') n--;
  bytes[n] = '\0';
  const eis_status st = eis_read_memory(bytes, n, path, NULL, &list, &why);
  *answer = st == EIS_OK && list.n > 0;
  eis_spectra_clear(&list);
  free(bytes);
  return st == EIS_ERROR_MEMORY ? eis_error_set(err, st, "%s", why.text) : EIS_OK;
}

/* A spectrum that this command made: in its own words, and from what is not in that form. */
static bool own_spectrum(const cli_command *cmd, char *head, int n, char **operand) {
  char other[HEAD];
  if (!cmd->own_spectra || !eisi_starts_with(head, canonical)) return false;
  head[strcspn(head, "\r\n")] = '\0';
  if (!strstr(head, cmd->own_spectra)) return false;
  for (int i = 0; i < n; i++)
    if (read_head(operand[i], other) && eisi_starts_with(other, canonical)) return false;
  return true;
}

/* What a file that is there already is, if it is worth sparing; NULL = a result of any kind, or
   nothing that can be told. */
static eis_status worth_of(const cli_command *cmd, const char *path, int n_operands, char **operand,
                           const char **worth, eis_error *err) {
  char head[HEAD];
  bool spectrum = false;
  eis_status st = EIS_OK;
  const size_t n = read_head(path, head);
  *worth = NULL;
  if (n == 0) return EIS_OK;
  if (instrument_name(path))
    *worth = "the file of an instrument";
  else if (begins_with(head, n, "SQLite format 3"))
    *worth = "a store of results";
  else if (is_figure(head, n))
    *worth = NULL;
  else if (memchr(head, '\0', n))
    *worth = "a binary file that eisfit did not write";
  else if (!own_spectrum(cmd, head, n_operands, operand))
    st = is_spectrum(path, &spectrum, err);
  if (spectrum) *worth = "a spectrum";
  return st;
}

static eis_status spare_path(const cli_command *cmd, const cli_option *o, const char *path, int n,
                             char **operand, eis_error *err) {
  for (int i = 0; i < n; i++)
    if (same_file(path, operand[i]))
      return eis_error_set(err, EIS_ERROR_USAGE,
                           "option '--%s': '%s' is an input of this command and would be written "
                           "over; give the result another name",
                           o->name, path);
  const char *worth;
  const eis_status st = worth_of(cmd, path, n, operand, &worth, err);
  if (st || !worth) return st;
  return eis_error_set(err, EIS_ERROR_USAGE,
                       "option '--%s': '%s' is there already and is %s, which a result would "
                       "destroy; give the result another name, or remove that file first",
                       o->name, path, worth);
}

eis_status cli_spare(const cli_command *cmd, const void *settings, int n, char **operand,
                     eis_error *err) {
  const cli_group *group;
  eis_status st = EIS_OK;
  for (size_t g = 0; (group = cli_group_at(cmd, g)) != NULL; g++)
    for (const cli_option *o = group->option; !st && o->name; o++) {
      const char *const *path = (const void *)((const char *)settings + group->at + o->at);
      if (o->writes && *path && strcmp(*path, "-") != 0)
        st = spare_path(cmd, o, *path, n, operand, err);
    }
  return st;
}
