/* gnuplot.c - runs gnuplot without a shell.  Script and picture go through unnamed temporary files,
   so neither side can block the other. */
#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "report/plot.h"

extern char **environ;

typedef struct files {
  FILE *script, *picture, *talk;
} files;

static eis_status open_files(files *f, const char *script, eis_error *err) {
  f->script = tmpfile();
  f->picture = tmpfile();
  f->talk = tmpfile();
  if (f->script && f->picture && f->talk && fputs(script, f->script) >= 0 &&
      fflush(f->script) == 0 && fseek(f->script, 0, SEEK_SET) == 0)
    return EIS_OK;
  return eis_error_set(err, EIS_ERROR_OUTPUT, "can't write temporary files for the figure: %s",
                       strerror(errno));
}

static void close_files(files *f) {
  if (f->script) fclose(f->script);
  if (f->picture) fclose(f->picture);
  if (f->talk) fclose(f->talk);
}

static eis_status no_gnuplot(const char *program, int code, eis_error *err) {
  return eis_error_set(err, EIS_ERROR_OUTPUT,
                       "can't run '%s' for the figure: %s; install gnuplot, or write the script "
                       "with --keep-plot-script and run it elsewhere",
                       program, strerror(code));
}

/* Starts the program and waits for it; *exit_code is what wait() says. */
static eis_status run(const char *program, const files *f, int *exit_code, eis_error *err) {
  char *argv[] = {(char *)(size_t)program, (char *)(size_t) "-d", (char *)(size_t) "-", NULL};
  posix_spawn_file_actions_t act;
  pid_t pid;
  int code = posix_spawn_file_actions_init(&act);
  if (code) return no_gnuplot(program, code, err);
  FILE *const stream[] = {f->script, f->picture, f->talk};
  for (int fd = 0; !code && fd < 3; fd++)
    code = posix_spawn_file_actions_adddup2(&act, fileno(stream[fd]), fd);
  if (!code) code = posix_spawnp(&pid, program, &act, NULL, argv, environ);
  posix_spawn_file_actions_destroy(&act);
  if (code) return no_gnuplot(program, code, err);
  while (waitpid(pid, exit_code, 0) < 0)
    if (errno != EINTR) return no_gnuplot(program, errno, err);
  if (WIFEXITED(*exit_code) && WEXITSTATUS(*exit_code) == 127)
    return no_gnuplot(program, ENOENT, err);
  return EIS_OK;
}

/* The first line that gnuplot complained with. */
static void first_words(FILE *talk, char *buf, size_t size) {
  rewind(talk);
  buf[0] = '\0';
  while (fgets(buf, (int)size, talk)) {
    buf[strcspn(buf, "\r\n")] = '\0';
    if (buf[strspn(buf, " \t^")]) return;
  }
}

/* gnuplot ends well even when there was no room for all of the picture: each kind has an end of its
   own (PNG 1.2, 11.2.5; ISO 32000-1, 7.5.5; SVG is XML). */
static bool is_whole(const char *image, size_t size) {
  static const char *const ends[][2] = {
      {"\x89PNG", "IEND"}, {"%PDF", "%%EOF"}, {"<", "</svg>"}}; /* how it begins, what ends it */
  enum { TAIL = 24 };
  const size_t from = size > TAIL ? size - TAIL : 0;
  for (size_t k = 0; k < sizeof ends / sizeof *ends; k++) {
    const size_t head = strlen(ends[k][0]), n = strlen(ends[k][1]);
    if (size < head || memcmp(image, ends[k][0], head) != 0) continue;
    for (size_t i = from; i + n <= size; i++)
      if (memcmp(image + i, ends[k][1], n) == 0) return true;
  }
  return false;
}

static eis_status take_picture(FILE *fp, char **image, size_t *size, eis_error *err) {
  long n = fseek(fp, 0, SEEK_END) == 0 ? ftell(fp) : -1;
  if (n <= 0) return eis_error_set(err, EIS_ERROR_OUTPUT, "gnuplot drew nothing");
  rewind(fp);
  *image = eisi_new((size_t)n + 1, 1, err);
  if (!*image) return EIS_ERROR_MEMORY;
  *size = fread(*image, 1, (size_t)n, fp);
  if (*size == (size_t)n && is_whole(*image, *size)) return EIS_OK;
  const int code = *size == (size_t)n ? 0 : errno;
  free(*image);
  *image = NULL;
  if (code)
    return eis_error_set(err, EIS_ERROR_OUTPUT,
                         "can't read the figure back from a temporary file: %s", strerror(code));
  return eis_error_set(err, EIS_ERROR_OUTPUT,
                       "can't write all of the figure: no room for temporary files in %s",
                       P_tmpdir);
}

eis_status eisi_gnuplot_run(const char *program, const char *script, char **image, size_t *size,
                            eis_error *err) {
  files f = {NULL, NULL, NULL};
  int code = 0;
  *image = NULL;
  eis_status st = open_files(&f, script, err);
  if (!st) st = run(program, &f, &code, err);
  if (!st && code != 0) {
    char words[200];
    first_words(f.talk, words, sizeof words);
    st = eis_error_set(err, EIS_ERROR_OUTPUT, "'%s' could not draw the figure: %s", program, words);
  }
  if (!st) st = take_picture(f.picture, image, size, err);
  close_files(&f);
  return st;
}
