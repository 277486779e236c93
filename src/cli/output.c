/* output.c - messages, and results that either arrive whole or not at all. */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/cli.h"
#include "report/table.h"

static const int exit_codes[] = {
    [EIS_OK] = 0,           [EIS_ERROR_USAGE] = 2,  [EIS_ERROR_INPUT] = 3,
    [EIS_ERROR_NUMERIC] = 4, [EIS_ERROR_OUTPUT] = 5, [EIS_ERROR_MEMORY] = 5,
    [EIS_ERROR_INTERRUPTED] = CLI_INTERRUPTED,
};
int cli_exit_code(eis_status st) { return exit_codes[st]; }

bool cli_color(const cli_general *g, FILE *fp) {
  const char *no = getenv("NO_COLOR");
  return !(g && g->no_color) && !(no && *no) && isatty(fileno(fp));
}

/* Names of files may hold what a terminal takes as an order. */
static void disarm(char *text) {
  for (; *text; text++)
    if (((unsigned char)*text < 0x20 && *text != '\n' && *text != '\t') || *text == 0x7F)
      *text = '?';
}

int cli_fail(const cli_general *g, const eis_error *err) {
  char text[2048];
  eis_error unsaid = EIS_ERROR_INIT;
  if (err->code ==
      EIS_OK) { /* the one error that comes without words is that there is no room for them */
    eis_error_set(&unsaid, EIS_ERROR_MEMORY, "out of memory");
    err = &unsaid;
  }
  bool color = cli_color(g, stderr);
  /* a reader of our output that has gone away needs no explanation */
  bool silent = err->code == EIS_ERROR_OUTPUT && strstr(err->text, strerror(EPIPE));
  eis_error_print(err, text, sizeof text);
  disarm(text);
  if (!silent)
    fprintf(stderr, "eisfit: %serror:%s %s\n", eisi_style_on(EISI_BAD, color),
            eisi_style_off(color), text);
  return cli_exit_code(err->code);
}

void cli_say(const cli_general *g, const char *fmt, ...) {
  if (g->quiet) return;
  char text[4096];
  va_list ap;
  va_start(ap, fmt);
  vsnprintf(text, sizeof text, fmt, ap);
  va_end(ap);
  disarm(text);
  fprintf(stderr, "eisfit: %s\n", text);
}

static eis_status cant_write(const char *path, int code, eis_error *err) {
  return eis_error_set(err, EIS_ERROR_OUTPUT, "can't write '%s': %s",
                       path ? path : "standard output", strerror(code));
}

/* Beside the target, so that the rename stays in one file system. */
static eis_status open_temporary(cli_sink *s, eis_error *err) {
  eisi_text name = {0};
  eisi_text_addf(&name, "%s.XXXXXX", s->target);
  eis_status st = eisi_text_take(&name, &s->temporary, err);
  if (st) return st;
  int fd = mkstemp(s->temporary);
  if (fd < 0) {
    st = cant_write(s->target, errno, err);
    free(s->temporary);
    s->temporary = NULL;
    return st;
  }
  mode_t mask = umask(0);
  umask(mask);
  if (fchmod(fd, 0666 & ~mask) == 0) s->fp = fdopen(fd, "w");
  if (s->fp) return EIS_OK;
  st = cant_write(s->target, errno, err);
  close(fd);
  return st;
}

eis_status cli_sink_open(cli_sink *s, const char *path, eis_error *err) {
  *s = (cli_sink){0};
  if (!path || strcmp(path, "-") == 0) {
    s->fp = stdout;
    return EIS_OK;
  }
  struct stat info;
  bool there = stat(path, &info) == 0;
  if (there && S_ISDIR(info.st_mode)) return cant_write(path, EISDIR, err);
  if (there && !S_ISREG(info.st_mode)) { /* a device or pipe is written as it is */
    s->fp = fopen(path, "w");
    return s->fp ? EIS_OK : cant_write(path, errno, err);
  }
  if (there && access(path, W_OK) != 0) return cant_write(path, errno, err);
  char *real = there ? realpath(path, NULL) : NULL; /* a link stays a link */
  s->target = eisi_strdup(real ? real : path, err);
  free(real);
  eis_status st = s->target ? open_temporary(s, err) : EIS_ERROR_MEMORY;
  if (st) cli_sink_close(s, false, NULL);
  return st;
}

eis_status cli_sink_write(cli_sink *s, const char *text, size_t n, eis_error *err) {
  if (n && (fwrite(text, 1, n, s->fp) != n || (s->fp == stdout && fflush(stdout) != 0)))
    return cant_write(s->target, errno, err);
  s->written += n;
  return EIS_OK;
}

eis_status cli_sink_close(cli_sink *s, bool keep, eis_error *err) {
  eis_status st = EIS_OK;
  if (s->fp == stdout) {
    if (fflush(stdout) != 0) st = cant_write(NULL, errno, err);
  } else if (s->fp) {
    bool bad = fflush(s->fp) != 0 || ferror(s->fp);
    int code = errno;
    if (fclose(s->fp) != 0 && !bad) {
      bad = true;
      code = errno;
    }
    if (bad) st = cant_write(s->target, code, err);
    if (s->temporary && keep && !st && rename(s->temporary, s->target) != 0)
      st = cant_write(s->target, errno, err);
  }
  if (s->temporary && (!keep || st)) unlink(s->temporary);
  free(s->temporary);
  free(s->target);
  *s = (cli_sink){0};
  return st;
}

eis_status cli_write_file(const char *path, const char *bytes, size_t n, eis_error *err) {
  cli_sink s;
  eis_status st = cli_sink_open(&s, path, err);
  if (st) return st;
  st = cli_sink_write(&s, bytes, n, err);
  eis_status closed = cli_sink_close(&s, !st, err);
  return st ? st : closed;
}

int cli_put(const cli_general *g, const char *path, eisi_text *text) {
  eis_error err = EIS_ERROR_INIT;
  if (text->failed)
    eis_error_set(&err, EIS_ERROR_MEMORY, "out of memory");
  else
    cli_write_file(path, text->s ? text->s : "", text->n, &err);
  eisi_text_clear(text);
  return err.code ? cli_fail(g, &err) : CLI_DONE;
}
