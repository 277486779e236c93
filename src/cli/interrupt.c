/* interrupt.c - Ctrl-C, kill, a terminal that is closed: finish what was begun, keep it, end.  The
   flag is the one thing in the program that a signal handler may write. */
#include <string.h>

#include "cli/cli.h"

static volatile sig_atomic_t stop_asked;

static void on_interrupt(int number) {
  (void)number;
  stop_asked = 1;
}

const volatile sig_atomic_t *cli_stop_flag(void) { return &stop_asked; }

void cli_catch_interrupts(void) {
  struct sigaction act;
  memset(&act, 0, sizeof act);
  act.sa_handler = on_interrupt;
  act.sa_flags = (int)SA_RESETHAND; /* the second one ends the program at once */
  static const int ends[] = {SIGINT, SIGTERM, SIGHUP};
  for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
    struct sigaction before;
    /* nohup, and shells for what runs in the background, have some ignored: so they stay */
    if (sigaction(ends[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
      sigaction(ends[i], &act, NULL);
  }
  act.sa_handler = SIG_IGN;
  act.sa_flags = 0;
  sigaction(SIGPIPE, &act, NULL); /* a reader that went away is a write error */
  sigaction(SIGXFSZ, &act, NULL); /* so is a limit of the size of files */
}
