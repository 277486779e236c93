/* batch.c - the loop over files: read, work on several threads, write in order. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/number.h"
#include "analysis/pool.h"
#include "cli/common.h"
#include "report/table.h"

/* Spectra that are held in memory before they are worked on. */
enum { BATCH = 512 };

typedef struct job {
  eis_spectrum spectrum;
  const char *file;
  eis_error err; /* reading or working went wrong */
  eisi_text text;
  void *result;
  eisi_judgement judgement;
} job;

/* What a stream held at the first look. */
typedef struct kept {
  int number; /* of the file */
  eis_status status;
  eis_spectra list;
  eis_error why;
} kept;

typedef struct batch_run {
  const cli_batch *b;
  eis_read_options read;
  cli_sink sink;
  job *job;
  kept *kept;
  size_t n_jobs, n_kept;
  size_t n_done, n_failed, n_judged[EISI_N_JUDGEMENTS], n_total_files, n_files_read;
  bool begun, several;
  int first_failure; /* exit code */
  eis_error fatal;   /* output that can't be written: ends everything */
  double started;
} batch_run;

static void job_clear(const cli_batch *b, job *j) {
  eis_spectrum_clear(&j->spectrum);
  eisi_text_clear(&j->text);
  if (j->result) b->free_result(j->result);
  *j = (job){0};
}

static void work_one(void *ctx, size_t k) {
  batch_run *r = ctx;
  job *j = &r->job[k];
  if (j->err.code) return; /* could not be read */
  eis_status st = r->b->work(r->b->ctx, &j->spectrum, &j->text, &j->result, &j->judgement, &j->err);
  if (!st && j->text.failed) st = EIS_ERROR_MEMORY;
  if (st) eis_error_set(&j->err, st, "%s", eis_status_name(st));
}

/* A line that is written over, on a terminal only. */
static void progress(const batch_run *r) {
  if (r->b->general->quiet || !isatty(STDERR_FILENO)) return;
  double seconds = eisi_now() - r->started;
  if (seconds < 1) return;
  double rate = (double)r->n_done / seconds;
  fprintf(stderr, "\r\033[K%zu spectra done, %g/s, %zu failed", r->n_done, eisi_signif(rate, 3),
          r->n_failed);
  if (r->n_files_read == r->n_total_files && rate > 0 && r->n_jobs > 0)
    fprintf(stderr, ", %zu of %zu files read", r->n_files_read, r->n_total_files);
}

static void end_progress(const batch_run *r) {
  if (!r->b->general->quiet && isatty(STDERR_FILENO)) fputs("\r\033[K", stderr);
}

/* Puts file and sweep in front of what went wrong, where the message does not have them. */
static void name_source(job *j) {
  eis_error e = j->err;
  bool named = strcmp(e.source, j->file) == 0;
  if (named) return;
  if (e.source[0] && e.line)
    snprintf(j->err.text, sizeof j->err.text, "%.120s:%ld: %.380s", e.source, e.line, e.text);
  else if (e.source[0])
    snprintf(j->err.text, sizeof j->err.text, "%.120s: %.380s", e.source, e.text);
  if (j->spectrum.n_sweeps > 1) {
    char text[sizeof e.text];
    memcpy(text, j->err.text, sizeof text);
    snprintf(j->err.text, sizeof j->err.text, "sweep %d: %.480s", j->spectrum.sweep, text);
  }
  snprintf(j->err.source, sizeof j->err.source, "%s", j->file);
  j->err.line = j->err.column = 0;
  j->err.span = 0;
  j->err.context[0] = '\0';
}

static eis_status deliver_failure(batch_run *r, job *j) {
  end_progress(r);
  name_source(j);
  if (j->err.code ==
      EIS_ERROR_MEMORY) { /* says nothing of this spectrum, and would meet the next one, too */
    r->fatal = j->err;
    return EIS_ERROR_MEMORY;
  }
  int code = cli_fail(r->b->general, &j->err);
  if (!r->n_failed++) r->first_failure = code;
  if (!r->b->output->json) return EIS_OK;
  eisi_text line = {0};
  eis_status st = eisi_json_failure_line("eisfit.error/1", j->file, &j->err, &line, &r->fatal);
  if (!st) st = cli_sink_write(&r->sink, line.s, line.n, &r->fatal);
  eisi_text_clear(&line);
  return st;
}

static eis_status deliver_result(batch_run *r, job *j) {
  const cli_batch *b = r->b;
  bool text_mode = !b->output->json && !b->output->csv && !b->dense;
  eis_status st = EIS_OK;
  if (r->n_done && text_mode && j->text.n) st = cli_sink_write(&r->sink, "\n", 1, &r->fatal);
  if (!st) st = cli_sink_write(&r->sink, j->text.s, j->text.n, &r->fatal);
  r->n_done++;
  r->n_judged[j->judgement]++;
  if (!st && b->deliver)
    st = b->deliver(b->ctx, &j->spectrum, j->result, r->several ? (int)r->n_done : 0, &r->fatal);
  return st;
}

static bool deliver_one(void *ctx, size_t k) {
  batch_run *r = ctx;
  job *j = &r->job[k];
  eis_status st = j->err.code ? deliver_failure(r, j) : deliver_result(r, j);
  job_clear(r->b, j);
  progress(r);
  return st == EIS_OK;
}

/* The head of a table, before the first spectrum that could be read. */
static eis_status begin(batch_run *r) {
  bool any = false;
  for (size_t i = 0; i < r->n_jobs && !any; i++) any = !r->job[i].err.code;
  if (r->begun || !r->b->begin || !any) return EIS_OK;
  eisi_text head = {0};
  r->b->begin(r->b->ctx, &head);
  eis_status st = eisi_text_state(&head, &r->fatal);
  if (!st) st = cli_sink_write(&r->sink, head.s, head.n, &r->fatal);
  eisi_text_clear(&head);
  r->begun = true;
  return st;
}

static eis_status run_jobs(batch_run *r) {
  if (!r->n_jobs) return EIS_OK;
  const eisi_pool pool = {.n = r->n_jobs,
                          .threads = eisi_pool_threads(r->b->threads),
                          .work = work_one,
                          .done = deliver_one,
                          .ctx = r,
                          .stop = cli_stop_flag()};
  eis_status st = begin(r);
  if (!st) st = eisi_pool_run(&pool, NULL, &r->fatal);
  for (size_t i = 0; i < r->n_jobs; i++) job_clear(r->b, &r->job[i]);
  free(r->job);
  r->job = NULL;
  r->n_jobs = 0;
  return st ? st : r->fatal.code;
}

static eis_status add_job(batch_run *r, const char *file, eis_spectrum *s, const eis_error *why) {
  eis_status st = eisi_grow(&r->job, r->n_jobs, r->n_jobs + 1, sizeof *r->job, &r->fatal);
  if (st) return st;
  job *j = &r->job[r->n_jobs++];
  j->file = file;
  if (why) j->err = *why;
  if (s) {
    j->spectrum = *s;
    *s = (eis_spectrum){0};
  }
  return EIS_OK;
}

/* What the reader decided, in one line, and its warnings, where the text of the result does not
   show them. */
static void say_decisions(const batch_run *r, const eis_spectrum *s) {
  const cli_output *o = r->b->output;
  const cli_general *g = r->b->general;
  bool on_screen = !o->json && !o->csv && !o->path && r->b->shows_reader;
  bool twice = isatty(STDOUT_FILENO) && isatty(STDERR_FILENO);
  if (g->quiet || (on_screen && (!g->verbose || twice))) return;
  char range[160];
  eisi_text t = {0};
  eisi_text_range(s, range, sizeof range);
  eisi_text_addf(&t, "%s", s->source ? s->source : "-");
  if (s->n_sweeps > 1) eisi_text_addf(&t, ", sweep %d of %d", s->sweep, s->n_sweeps);
  eisi_text_addf(&t, ": %s", range);
  if (!s->decisions.n) eisi_text_addf(&t, "; format %s", s->format ? s->format : "?");
  for (size_t i = 0; i < s->decisions.n; i++) eisi_text_addf(&t, "; %s", s->decisions.text[i]);
  end_progress(r);
  cli_say(r->b->general, "%s", t.s ? t.s : "");
  eisi_text_clear(&t);
  for (size_t i = 0; i < s->warnings.n; i++)
    cli_say(r->b->general, "%s: warning: %s", s->source ? s->source : "-", s->warnings.text[i]);
}

static eis_status read_file(const batch_run *r, const char *file, eis_spectra *list,
                            eis_error *why) {
  const eis_status st = eis_read_file(file, &r->read, list, why);
  return st ? st : cli_sweep_pick(r->b->input, file, list, why);
}

/* What can be read once only. */
static bool is_stream(const char *file) {
  struct stat info;
  return strcmp(file, "-") == 0 || (stat(file, &info) == 0 && !S_ISREG(info.st_mode));
}

/* A first look at every spectrum.  What can't be read says so when its turn comes; what comes from
   a stream is kept. */
static eis_status look_through(batch_run *r, int n, char **files) {
  eis_status st = EIS_OK;
  for (int i = 0; r->b->keys && !st && i < n && !*cli_stop_flag(); i++) {
    kept k = {.number = i, .why = EIS_ERROR_INIT};
    k.status = read_file(r, files[i], &k.list, &k.why);
    for (size_t j = 0; !st && !k.status && j < k.list.n; j++)
      st = eisi_csv_collect(r->b->keys, &k.list.at[j], &r->fatal);
    if (!st && is_stream(files[i]))
      st = eisi_grow(&r->kept, r->n_kept, r->n_kept + 1, sizeof *r->kept, &r->fatal);
    if (!st && is_stream(files[i]))
      r->kept[r->n_kept++] = k;
    else
      eis_spectra_clear(&k.list);
  }
  return st;
}

static kept *find_kept(const batch_run *r, int number) {
  for (size_t i = 0; i < r->n_kept; i++)
    if (r->kept[i].number == number) return &r->kept[i];
  return NULL;
}

static eis_status read_one(batch_run *r, int number, const char *file) {
  eis_spectra list = {0};
  eis_error why = EIS_ERROR_INIT;
  kept *k = find_kept(r, number);
  eis_status st = k ? k->status : read_file(r, file, &list, &why);
  if (k) {
    list = k->list;
    why = k->why;
    k->list = (eis_spectra){0};
  }
  if (st) {
    eis_spectra_clear(&list);
    return add_job(r, file, NULL, &why);
  }
  if (list.n > 1) {
    r->several = true;
    cli_say(r->b->general, "%s: %zu sweeps, each is a spectrum of its own (--sweep selects)", file,
            list.n);
  }
  for (size_t i = 0; !st && i < list.n; i++) {
    say_decisions(r, &list.at[i]);
    st = add_job(r, file, &list.at[i], NULL);
  }
  eis_spectra_clear(&list);
  return st;
}

static void summary(const batch_run *r) {
  if (r->n_done + r->n_failed < 2 || r->b->general->quiet || r->b->uncounted) return;
  end_progress(r);
  fprintf(stderr, "eisfit: %zu spectra: %zu passed", r->n_done + r->n_failed,
          r->n_judged[EISI_PASSED]);
  for (int k = EISI_PASSED + 1; k < EISI_N_JUDGEMENTS; k++)
    if (r->n_judged[k])
      fprintf(stderr, ", %zu %s", r->n_judged[k], eisi_judgement_name((eisi_judgement)k));
  if (r->n_failed) fprintf(stderr, ", %zu failed", r->n_failed);
  fputc('\n', stderr);
}

static int verdict(const batch_run *r) {
  if (*cli_stop_flag()) {
    cli_say(r->b->general, "interrupted; the results of %zu spectra are kept", r->n_done);
    return CLI_INTERRUPTED;
  }
  if (r->n_failed && !r->n_done) return r->first_failure;
  return r->n_failed || r->n_judged[EISI_PASSED] < r->n_done ? CLI_NOT_PASSED : CLI_DONE;
}

static eis_status work_through(batch_run *r, int n, char **files) {
  eis_status st = look_through(r, n, files);
  for (int i = 0; !st && i < n && !*cli_stop_flag(); i++) {
    st = read_one(r, i, files[i]);
    r->n_files_read++;
    if (!st && r->n_jobs >= BATCH) st = run_jobs(r);
  }
  return st ? st : run_jobs(r);
}

eis_status cli_need_files(const char *command, int n, eis_error *err) {
  if (n > 0) return EIS_OK;
  return eis_error_set(err, EIS_ERROR_USAGE, "%s needs at least one file; '-' is standard input",
                       command);
}

int cli_batch_run(const cli_batch *b, int n, char **files) {
  batch_run r = {.b = b, .several = n > 1, .n_total_files = (size_t)n, .started = eisi_now()};
  eis_error err = EIS_ERROR_INIT;
  eis_status st = cli_read_options(b->input, &r.read, &err);
  if (!st) st = cli_sink_open(&r.sink, b->output->path, &err);
  if (st) return cli_fail(b->general, &err);
  st = work_through(&r, n, files);
  for (size_t i = 0; i < r.n_jobs; i++) job_clear(b, &r.job[i]);
  free(r.job);
  for (size_t i = 0; i < r.n_kept; i++) eis_spectra_clear(&r.kept[i].list);
  free(r.kept);
  end_progress(&r);
  eis_status closed = cli_sink_close(&r.sink, !st && r.sink.written > 0, &r.fatal);
  if (st || closed) return cli_fail(b->general, &r.fatal);
  summary(&r);
  return verdict(&r);
}
