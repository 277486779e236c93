/* process_table.h - tables of processes for tests: shipped, and a user's file on top. */
#ifndef EISI_PROCESS_TABLE_H
#define EISI_PROCESS_TABLE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <eisfit/process.h>

/* Writes a file; its name stands in path, of 256 bytes. */
static inline void write_user_file(const char *text, char *path) {
  snprintf(path, 256, "%s/eisfit-processes-XXXXXX", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
  const int fd = mkstemp(path);
  assert_true(fd >= 0);
  assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
  close(fd);
}

static inline eis_process_table *read_table(const char *text) {
  eis_process_table *t;
  eis_error err = EIS_ERROR_INIT;
  char path[256];
  if (text) write_user_file(text, path);
  const eis_status st = eis_process_table_read(text ? path : NULL, &t, &err);
  if (text) unlink(path);
  if (st != EIS_OK) fail_msg("%s:%ld: %s", err.source, err.line, err.text);
  return t;
}

static inline int index_of(const eis_process_table *t, const char *key) {
  for (size_t i = 0; i < eis_process_count(t); i++)
    if (strcmp(eis_process_key(t, i), key) == 0) return (int)i;
  fail_msg("no process %s", key);
  return -1;
}

#endif
