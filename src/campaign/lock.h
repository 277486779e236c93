/* lock.h - one writer at a time: a lock that ends with the process, however that ends. */
#ifndef EISI_LOCK_H
#define EISI_LOCK_H

#include "base/base.h"

typedef struct eisi_lock {
  int fd; /* -1 = not held */
  char *path;
} eisi_lock;

/* Takes PATH-lock beside the file; EIS_ERROR_INPUT when another process has it. */
eis_status eisi_lock_take(eisi_lock *l, const char *path, eis_error *err);
void eisi_lock_release(eisi_lock *l);

#endif
