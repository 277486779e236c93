#include "campaign/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* Is the file that was opened still the one of that name?  The last owner may have removed it. */
static bool still_there(int fd, const char *path) {
  struct stat mine, named;
  return fstat(fd, &mine) == 0 && stat(path, &named) == 0 && mine.st_ino == named.st_ino &&
         mine.st_dev == named.st_dev;
}

static eis_status cant(const eisi_lock *l, eis_error *err) {
  return eis_error_set(err, EIS_ERROR_OUTPUT, "can't write '%s': %s", l->path, strerror(errno));
}

eis_status eisi_lock_take(eisi_lock *l, const char *path, eis_error *err) {
  eisi_text t = {0};
  l->fd = -1;
  eisi_text_addf(&t, "%s-lock", path);
  eis_status st = eisi_text_take(&t, &l->path, err);
  while (st == EIS_OK && l->fd < 0) {
    l->fd = open(l->path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (l->fd < 0) return cant(l, err);
    if (flock(l->fd, LOCK_EX | LOCK_NB) != 0) {
      st = errno == EWOULDBLOCK
               ? eis_error_at(err, EIS_ERROR_INPUT, path, 0, 0,
                              "another process is writing to this store; wait for its end, or give "
                              "another --store")
               : cant(l, err);
      close(l->fd);
      l->fd = -1;
      return st;
    }
    if (!still_there(l->fd, l->path)) {
      close(l->fd);
      l->fd = -1;
    }
  }
  return st;
}

void eisi_lock_release(eisi_lock *l) {
  if (l->fd >= 0) {
    unlink(l->path);
    close(l->fd);
  }
  free(l->path);
  *l = (eisi_lock){.fd = -1};
}
