/* cmd_campaign.c - eisfit campaign: many spectra with what they are, into a store of results. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/number.h"
#include "campaign/merge.h"
#include "campaign/mpi.h"
#include "campaign/run.h"
#include "cli/campaign.h"
#include "cli/commands.h"

static const char *const gate_names[] = {
    [EISI_GATE_FLAG] = "flag", [EISI_GATE_WINDOW] = "window", [EISI_GATE_SKIP] = "skip", NULL,
};

#define AT(member) offsetof(cli_campaign, member)
static const cli_option work_options[] = {
    {.name = "drt", .kind = CLI_FLAG, .at = AT(drt),
     .help = "distribution of relaxation times with its peaks, too"},
    {.name = "processes", .kind = CLI_FLAG, .at = AT(processes),
     .help = "with --drt: the process behind each peak, spectrum by spectrum (doc/processes.md)"},
    {.name = "kk-gate", .kind = CLI_CHOICE, .at = AT(gate), .choices = gate_names,
     .help = "a spectrum that fails the Kramers-Kronig test is fitted and flagged, cut to the window "
             "that passes, or left out"},
    {.name = "tolerance", .arg = "PERCENT", .kind = CLI_NUMBER, .at = AT(tolerance), .low = 0,
     .high = 100,
     .help = "largest trend of the Kramers-Kronig residuals that still passes, in per cent of |Z|"},
    {0},
};
static const cli_option run_options[] = {
    {.name = "threads", .letter = 'j', .arg = "N", .kind = CLI_INT, .at = AT(threads), .low = 0,
     .high = 1024, .help = "blocks of spectra worked on at the same time, 0 = one per processor"},
    {.name = "shard", .arg = "K/N", .kind = CLI_TEXT, .at = AT(shard),
     .help = "only the K-th of N parts, for job arrays; 'campaign merge' puts them together"},
    {.name = "redo", .kind = CLI_FLAG, .at = AT(redo),
     .help = "throw away results that were made with other options; track: follow all cells again"},
    {.name = "no-track", .kind = CLI_FLAG, .at = AT(no_track),
     .help = "run --drt, merge: don't follow the processes of each cell at the end"},
    {0},
};
static const cli_option store_options[] = {
    {.name = "store", .arg = "FILE", .kind = CLI_TEXT, .at = AT(store),
     .help = "SQLite file of results, made if it is not there"},
    {0},
};
static const cli_option init_options[] = {
    {.name = "files", .arg = "PATTERN", .kind = CLI_TEXT, .at = AT(files),
     .help = "init: only files of such names, 'EIS_*.txt'"},
    {.name = "pattern", .arg = "TEXT", .kind = CLI_TEXT, .at = AT(pattern),
     .help = "init: how names of files are read, 'cell{cell}/soc{soc_percent}_*'; by what words and "
             "numbers usually stand for otherwise"},
    {0},
};
static const cli_option show_options[] = {
    {.name = "table", .arg = "NAME", .kind = CLI_TEXT, .at = AT(table),
     .words = cli_campaign_tables,
     .help = "export: spectra, fits, parameters, peaks, tracks or quality"},
    {.name = "json", .kind = CLI_FLAG, .at = AT(json), .help = "JSON Lines instead of CSV or text"},
    {.name = "hash", .kind = CLI_FLAG, .at = AT(hash),
     .help = "status: only the sha256 of all results"},
    {.name = "output", .letter = 'o', .arg = "FILE", .writes = true, .kind = CLI_TEXT, .at = AT(output),
     .help = "write the result to a file; it appears there whole"},
    {0},
};
static const cli_group groups[] = {
    {"Model", cli_model_options, AT(models)},
    {"Fit", cli_fitting_options, AT(fit)},
    {"Work", work_options, 0},
    {"Input", cli_input_options, AT(in)},
    {"Run", run_options, 0},
    {"Manifest", init_options, 0},
    {"Store", store_options, 0},
    {"Output", show_options, 0},
    {0},
};

static void defaults(void *settings) {
  cli_campaign *s = settings;
  cli_input_defaults(&s->in);
  cli_fitting_defaults(&s->fit);
  s->tolerance = eis_kk_options_default().tolerance_percent;
}

/* ---- which options were given ---- */

static void value_text(const cli_option *o, const void *base, eisi_text *out) {
  const void *at = (const char *)base + o->at;
  const char *text;
  switch (o->kind) {
    case CLI_FLAG:
    case CLI_FLAG_OFF: eisi_text_addf(out, "%s", *(const bool *)at ? "yes" : "no"); break;
    case CLI_TEXT:
      text = *(const char *const *)at;
      eisi_text_addf(out, "%s", text ? text : "");
      break;
    case CLI_LIST:
      for (size_t i = 0; i < ((const cli_list *)at)->n; i++)
        eisi_text_addf(out, "%s%s", i ? " " : "", ((const cli_list *)at)->text[i]);
      break;
    case CLI_INT: eisi_text_addf(out, "%d", *(const int *)at); break;
    case CLI_SEED: eisi_text_addf(out, "%llu", (unsigned long long)*(const uint64_t *)at); break;
    case CLI_CHOICE: eisi_text_addf(out, "%s", o->choices[*(const int *)at]); break;
    case CLI_NUMBER:
    case CLI_QUANTITY: eisi_text_addf(out, "%.17g", *(const double *)at); break;
  }
}

static bool given(const cli_option *o, const cli_group *g, const cli_campaign *s,
                  const cli_campaign *preset, eisi_text *now) {
  eisi_text before = {0};
  eisi_text_clear(now);
  value_text(o, (const char *)s + g->at, now);
  value_text(o, (const char *)preset + g->at, &before);
  const bool differ = strcmp(now->s ? now->s : "", before.s ? before.s : "") != 0;
  now->failed |= before.failed;
  eisi_text_clear(&before);
  return differ;
}

static bool in_list(const char *list, const char *word) {
  const size_t n = strlen(word);
  for (const char *s = list; *s; s += strcspn(s, ","), s += *s == ',')
    if (strcspn(s, ",") == n && memcmp(s, word, n) == 0) return true;
  return false;
}

/* Every option that was given must mean something to the action. */
static eis_status check_given(const cli_campaign *s, const char *action, const char *allowed,
                              eis_error *err) {
  cli_campaign preset = {0};
  eisi_text now = {0};
  eis_status st = EIS_OK;
  defaults(&preset);
  for (const cli_group *g = groups; !st && g->title; g++)
    for (const cli_option *o = g->option; !st && o->name; o++)
      if (given(o, g, s, &preset, &now) && !now.failed && !in_list(allowed, g->title) &&
          !in_list(allowed, o->name))
        st = eis_error_set(err, EIS_ERROR_USAGE, "option '--%s' means nothing to 'campaign %s'",
                           o->name, action);
      else
        st = eisi_text_state(&now, err);
  eisi_text_clear(&now);
  return st;
}

/* Everything that the results depend on, one line each: what is not as it is by default, and the
   circuits as they are fitted. */
static eis_status options_text(const cli_campaign *s, const eisi_candidates *list, char **out,
                               eis_error *err) {
  cli_campaign preset = {0};
  eisi_text now = {0}, t = {0};
  eis_status st = EIS_OK;
  defaults(&preset);
  eisi_text_addf(&t, "eisfit %s\n", eis_version());
  for (const cli_group *g = groups; g->title; g++)
    for (const cli_option *o = g->option; o->name; o++) {
      if (!in_list("Model,Fit,Work,Input", g->title)) continue;
      const bool differs = given(o, g, s, &preset, &now);
      const char *value = eisi_text_part(&t, &now);
      if (differs) eisi_text_addf(&t, "--%s %s\n", o->name, value);
    }
  for (size_t i = 0; !st && i < list->n; i++)
    for (int k = 0; !st && k < list->at[i].n_variants; k++) {
      char *text = NULL;
      st = eis_circuit_print(list->at[i].variant[k].plain, EIS_NOTATION_CDC, true, &text, err);
      if (!st) eisi_text_addf(&t, "circuit %s\n", text);
      free(text);
    }
  eisi_text_clear(&now);
  if (!st) return eisi_text_take(&t, out, err);
  eisi_text_clear(&t);
  return st;
}

/* ---- manifests ---- */

static eis_status read_options(const cli_campaign *s, const char *action, int n,
                               eis_read_options *read, eis_error *err) {
  if (n != 1)
    return eis_error_set(err, EIS_ERROR_USAGE,
                         "campaign %s needs one manifest: eisfit campaign %s "
                         "manifest.csv",
                         action, action);
  const eis_status st = cli_read_options(&s->in, read, err);
  if (!st && strcmp(s->in.sweep, "all") != 0)
    return eis_error_set(
        err, EIS_ERROR_USAGE,
        "--sweep means nothing to a campaign; name sweeps in a column 'sweep' of the "
        "manifest");
  return st;
}

/* All problems of a manifest, or the one error there is; the exit code. */
static int complain(const cli_campaign *s, const eis_manifest *m, const eis_error *err) {
  const size_t n = m ? eis_manifest_problem_count(m) : 0;
  size_t shown = 0;
  for (const eis_error *e; m && (e = eis_manifest_problem(m, shown)) != NULL; shown++)
    cli_fail(&s->general, e);
  if (shown < n) cli_say(&s->general, "and %zu more", n - shown);
  if (n > 1) cli_say(&s->general, "%zu problems; nothing was run", n);
  return n ? cli_exit_code(EIS_ERROR_INPUT) : cli_fail(&s->general, err);
}

static void say_notes(const cli_campaign *s, const eis_manifest *m) {
  const eis_notes *notes = eis_manifest_notes(m);
  for (size_t i = 0; i < notes->n; i++) cli_say(&s->general, "%s", notes->text[i]);
}

static eis_status read_manifest(const cli_campaign *s, const char *path,
                                const eis_read_options *read, eis_manifest **m, eis_error *err) {
  struct stat info;
  if (stat(path, &info) == 0 && S_ISDIR(info.st_mode))
    return eis_error_at(err, EIS_ERROR_INPUT, path, 0, 0,
                        "is a folder, not a manifest: 'eisfit campaign init %s -o manifest.csv' "
                        "proposes one for it",
                        path);
  return eisi_manifest_read(path, read, s->threads, NULL, m, err);
}

static int check(const cli_campaign *s, int n, char **operand) {
  eis_error err = EIS_ERROR_INIT;
  eis_manifest *m = NULL;
  eis_read_options read;
  eisi_text out = {0};
  int code;
  if (read_options(s, "check", n, &read, &err) || read_manifest(s, operand[0], &read, &m, &err)) {
    code = complain(s, m, &err);
  } else {
    say_notes(s, m);
    eisi_text_addf(&out, "%s: %zu spectra, %zu files, %zu cells; columns:", operand[0],
                   eis_manifest_size(m), eis_manifest_file_count(m), eis_manifest_cell_count(m));
    for (size_t j = 0; eis_manifest_column(m, j); j++)
      eisi_text_addf(&out, "%s %s", j ? "," : "", eis_manifest_column(m, j));
    if (!eis_manifest_column(m, 0)) eisi_text_addf(&out, " none but file");
    eisi_text_addf(&out, "\n");
    code = cli_put(&s->general, NULL, &out);
  }
  eis_manifest_free(m);
  return code;
}

/* ---- run ---- */

static void wipe(const cli_campaign *s) {
  if (!s->general.quiet && isatty(STDERR_FILENO)) fputs("\r\033[K", stderr);
}

static void progress(void *ctx, const eisi_progress *p) {
  const cli_campaign *s = ctx;
  if (s->general.quiet || !isatty(STDERR_FILENO) || p->seconds < 0.1 || !p->done) return;
  const double rate = (double)p->done / p->seconds;
  const double left = (double)(p->total - p->done) / rate;
  fprintf(stderr, "\r\033[K%zu of %zu spectra, %g/s, ", p->done, p->total, eisi_signif(rate, 3));
  if (left < 120)
    fprintf(stderr, "%.0f s left", left);
  else if (left < 7200)
    fprintf(stderr, "%.0f min left", left / 60);
  else
    fprintf(stderr, "%.1f h left", left / 3600);
  if (p->failed) fprintf(stderr, ", %zu failed", p->failed);
}

static bool digits_only(const char *s) { return *s && strspn(s, "0123456789") == strlen(s); }

static eis_status parse_shard(const char *text, int *k, int *n, eis_error *err) {
  *k = *n = 1;
  if (!text) return EIS_OK;
  const size_t at = strcspn(text, "/");
  char *first = eisi_strndup(text, at, err);
  if (!first) return EIS_ERROR_MEMORY;
  const bool ok = text[at] == '/' && digits_only(first) && digits_only(text + at + 1) && at < 7 &&
                  strlen(text + at + 1) < 7;
  if (ok) {
    *k = (int)strtol(first, NULL, 10);
    *n = (int)strtol(text + at + 1, NULL, 10);
  }
  free(first);
  if (ok && *k >= 1 && *k <= *n) return EIS_OK;
  return eis_error_set(err, EIS_ERROR_USAGE,
                       "option '--shard': '%s' is no K/N with K from 1 to N, such as 2/3", text);
}

typedef struct prepared {
  eisi_candidates candidates;
  eis_material material;
  eis_process_table *processes;
  char *text;
  eisi_campaign_options o;
} prepared;

static eis_status prepare(const cli_campaign *s, prepared *p, eis_error *err) {
  eisi_campaign_options *o = &p->o;
  *o = (eisi_campaign_options){.candidates = &p->candidates,
                               .cond = s->in.cond,
                               .gate = (eisi_gate)s->gate,
                               .drt = s->drt,
                               .threads = s->threads,
                               .redo = s->redo,
                               .stop = cli_stop_flag(),
                               .progress = progress,
                               .ctx = (void *)(uintptr_t)s};
  eis_status st = EIS_OK;
  if (!s->store)
    st = eis_error_set(err, EIS_ERROR_USAGE, "campaign run needs --store FILE for its results");
  if (!st) st = parse_shard(s->shard, &o->shard, &o->n_shards, err);
  if (!st) st = cli_fit_options(&s->fit, &o->fit, err);
  if (!st && (!s->drt || s->models.model.n + s->models.circuit.n))
    st = cli_candidates(&s->models, "campaign run", &p->candidates, err);
  if (!st) st = cli_material(&s->fit, &p->material, &o->material, err);
  o->kk = eis_kk_options_default();
  o->kk.tolerance_percent = s->tolerance;
  if (!st && s->processes && !s->drt)
    st = eis_error_set(err, EIS_ERROR_USAGE, "--processes needs --drt: it names its peaks");
  if (!st && s->processes) st = eis_process_table_read(NULL, &p->processes, err);
  o->processes = p->processes;
  o->drt_options = eis_drt_options_default();
  o->drt_options.weighting = o->fit.weighting;
  if (!st) st = options_text(s, &p->candidates, &p->text, err);
  o->text = p->text;
  return st;
}

static int summary(const cli_campaign *s, const eisi_campaign_summary *sum) {
  if (sum->n_dropped)
    cli_say(&s->general,
            "%zu spectra changed, moved or are not in the manifest any more: their old "
            "results are gone",
            sum->n_dropped);
  if (sum->n_kept) cli_say(&s->general, "%zu spectra were done before", sum->n_kept);
  if (sum->interrupted) {
    cli_say(&s->general,
            "interrupted; %zu of %zu spectra are done and kept, the same command goes on",
            sum->n_done, sum->n_total);
    return CLI_INTERRUPTED;
  }
  if (sum->n_done)
    cli_say(&s->general, "%zu spectr%s in %.1f s (%.0f/s)", sum->n_done,
            sum->n_done == 1 ? "um" : "a", sum->seconds,
            sum->seconds > 0 ? (double)sum->n_done / sum->seconds : 0);
  else
    cli_say(&s->general, "nothing to do");
  cli_say(&s->general, "'%s' has %zu spectr%s: %zu passed, %zu flagged, %zu of them failed",
          s->store, sum->all_stored, sum->all_stored == 1 ? "um" : "a",
          sum->all_stored - sum->all_flagged, sum->all_flagged, sum->all_failed);
  if (!sum->all_flagged) return CLI_DONE;
  cli_say(&s->general,
          "exit code 1 says that not all in the store passed, not that the run went wrong; 'eisfit "
          "campaign status %s' counts the flags",
          s->store);
  return CLI_NOT_PASSED;
}

/* What rank 0 tells the others before they begin. */
typedef struct greeting {
  int exit_code; /* 0: go on */
  bool soc_percent;
  size_t n_files;
} greeting;

/* What is in so many files at a time. */
typedef struct parcel {
  size_t n;
  eisi_mfile file[256];
} parcel;
enum { PARCEL = sizeof((parcel *)0)->file / sizeof *((parcel *)0)->file };

typedef struct post {
  const eisi_ranks *ranks;
  parcel *parcel;
  size_t taken; /* of the parcel */
} post;

static eis_status next_file(void *ctx, eisi_mfile *file, eis_error *err) {
  post *p = ctx;
  if (p->taken == p->parcel->n) {
    eisi_mpi_share(p->ranks, p->parcel, sizeof *p->parcel);
    p->taken = 0;
  }
  (void)err;
  *file = p->parcel->file[p->taken++];
  return EIS_OK;
}

/* Rank 0 has looked into the files; the others take its word for what is in them. */
static eis_status receive_manifest(const prepared *p, const char *path,
                                   const eis_read_options *read, const greeting *g,
                                   eis_manifest **m, eis_error *err) {
  post mail = {&p->o.ranks, eisi_new(1, sizeof *mail.parcel, err), 0};
  if (!mail.parcel) return EIS_ERROR_MEMORY;
  const eisi_scanned known = {g->n_files, g->soc_percent, next_file, &mail};
  const eis_status st = eisi_manifest_read(path, read, 1, &known, m, err);
  free(mail.parcel);
  return st;
}

static eis_status send_manifest(const eisi_ranks *ranks, const eis_manifest *m, eis_error *err) {
  const size_t n = eis_manifest_file_count(m);
  eis_status st = EIS_OK;
  if (ranks->size < 2) return st;
  parcel *now = eisi_new(1, sizeof *now, err);
  if (!now) return EIS_ERROR_MEMORY;
  for (size_t at = 0; st == EIS_OK && at < n; at += PARCEL) {
    now->n = n - at < PARCEL ? n - at : PARCEL;
    st = eisi_manifest_looks(m, at, now->n, now->file, err);
    if (!st) eisi_mpi_share(ranks, now, sizeof *now);
  }
  free(now);
  return st;
}

/* Rank 1, 2 ...: its exit code is that of the work, which rank 0 reports. */
static int serve(const cli_campaign *s, const prepared *p, const char *path,
                 const eis_read_options *read) {
  eis_error err = EIS_ERROR_INIT;
  eis_manifest *m = NULL;
  greeting g = {0};
  eisi_mpi_share(&p->o.ranks, &g, sizeof g);
  if (g.exit_code) return CLI_DONE;
  eis_status st = receive_manifest(p, path, read, &g, &m, &err);
  if (!st) st = eisi_campaign_serve(m, &p->o, &err);
  eis_manifest_free(m);
  if (!st) return CLI_DONE;
  const int code = cli_fail(&s->general, &err);
  eisi_mpi_abort(&p->o.ranks, code);
  return code;
}

/* Spectra of which the manifest names another electrolyte than `given` (NULL: any): how many, and
   the first of them, to be cleared. */
static eis_status other_electrolytes(const eis_manifest *m, size_t column, const char *given,
                                     size_t *n, eis_manifest_entry *first, eis_error *err) {
  eis_status st = EIS_OK;
  *n = 0;
  *first = (eis_manifest_entry){0};
  for (size_t i = 0; !st && i < eis_manifest_size(m); i++) {
    eis_manifest_entry e;
    st = eis_manifest_get(m, i, &e, err);
    const char *value = st ? "" : e.value[column];
    if (*value && !(given && eisi_strcasecmp(value, given) == 0) && !(*n)++) {
      *first = e;
      continue;
    }
    eis_manifest_entry_clear(&e);
  }
  return st;
}

/* The column names processes; a fit knows one electrolyte, that of the command line. */
static eis_status say_electrolytes(const cli_campaign *s, const eis_manifest *m, eis_error *err) {
  size_t j = 0, n = 0;
  const char *column, *given = s->fit.electrolyte;
  eis_manifest_entry first;
  while ((column = eis_manifest_column(m, j)) && strcmp(column, "electrolyte") != 0) j++;
  if (!column || !(s->models.model.n + s->models.circuit.n)) return EIS_OK;
  const eis_status st = other_electrolytes(m, j, given, &n, &first, err);
  if (!st && n && given)
    cli_say(&s->general,
            "the manifest says '%.60s' for %zu spectra (the first in line %ld): dphi and R_scl of "
            "all fits are those of --electrolyte %s",
            first.value[j], n, first.line, given);
  else if (!st && n && !s->fit.material)
    cli_say(&s->general,
            "the column 'electrolyte' (%.60s) is kept and names processes; dphi and R_scl of the "
            "fits need --electrolyte NAME",
            first.value[j]);
  eis_manifest_entry_clear(&first);
  return st;
}

static int lead(const cli_campaign *s, const prepared *p, const char *path,
                const eis_read_options *read) {
  eis_error err = EIS_ERROR_INIT;
  eis_manifest *m = NULL;
  eis_store *store = NULL;
  eisi_campaign_summary sum = {0};
  eis_status sent = EIS_OK, st = read_manifest(s, path, read, &m, &err);
  if (!st) say_notes(s, m);
  if (!st) st = say_electrolytes(s, m, &err);
  if (!st) st = eis_store_open(s->store, EIS_STORE_CREATE, &store, &err);
  greeting g = {.exit_code = cli_exit_code(st)};
  if (!st) g = (greeting){0, m->file_soc_percent, eis_manifest_file_count(m)};
  eisi_mpi_share(&p->o.ranks, &g, sizeof g);
  if (!st) st = sent = send_manifest(&p->o.ranks, m, &err);
  if (!st) st = eisi_campaign_run(m, &p->o, store, &sum, &err);
  wipe(s);
  int code = st ? complain(s, m, &err) : summary(s, &sum);
  eis_manifest_free(m);
  if (!st && !sum.interrupted && s->drt && !s->no_track && p->o.n_shards == 1) {
    const int tracked = cli_campaign_follow(s, store, false, &err);
    if (tracked) code = tracked;
  }
  eis_store_close(store);
  if (sent) eisi_mpi_abort(&p->o.ranks, code); /* the others wait for the rest */
  if (!sum.lost) return code;
  cli_say(&s->general, "a process did not answer any more");
  eisi_mpi_abort(&p->o.ranks, code);
  return code;
}

static int run_campaign(const cli_campaign *s, int n, char **operand) {
  eis_error err = EIS_ERROR_INIT;
  eis_read_options read;
  prepared p = {0};
  eisi_ranks ranks;
  int code;
  eis_status st = eisi_mpi_begin(&ranks, &err);
  if (!st) st = prepare(s, &p, &err);
  if (!st) st = read_options(s, "run", n, &read, &err);
  p.o.ranks = ranks;
  if (st)
    code = ranks.rank == 0 ? cli_fail(&s->general, &err) : cli_exit_code(st);
  else
    code = (p.o.ranks.rank == 0 ? lead : serve)(s, &p, operand[0], &read);
  eisi_mpi_end(&ranks);
  eisi_candidates_clear(&p.candidates);
  eis_process_table_free(p.processes);
  free(p.text);
  return code;
}

/* ---- merge ---- */

static eis_status missing(eis_store *store, int64_t *planned, int64_t *stored, eis_error *err) {
  eis_status st = eisi_store_count(store,
                                   "SELECT CAST(value AS INTEGER) FROM campaign"
                                   " WHERE key = 'n_spectra'",
                                   planned, err);
  return st ? st : eisi_store_count(store, "SELECT count(*) FROM spectra", stored, err);
}

static int merge(const cli_campaign *s, int n, char **operand) {
  eis_error err = EIS_ERROR_INIT;
  eis_store *store = NULL;
  int64_t planned = 0, stored = 0;
  eis_status st = EIS_OK;
  if (n == 0 || !s->store)
    st =
        eis_error_set(&err, EIS_ERROR_USAGE,
                      "campaign merge needs stores and --store FILE for the whole: eisfit campaign "
                      "merge shard1.db shard2.db --store results.db");
  if (!st) st = eis_store_open(s->store, EIS_STORE_CREATE, &store, &err);
  for (int i = 0; !st && i < n; i++) {
    size_t added = 0;
    st = eisi_store_merge(store, operand[i], &added, &err);
    if (!st) cli_say(&s->general, "%s: %zu spectra added", operand[i], added);
  }
  if (!st) st = missing(store, &planned, &stored, &err);
  int code = st ? cli_fail(&s->general, &err) : stored < planned ? CLI_NOT_PASSED : CLI_DONE;
  if (!st)
    cli_say(&s->general, "%lld of %lld spectra are in '%s'", (long long)stored, (long long)planned,
            s->store);
  if (code == CLI_DONE && !s->no_track) code = cli_campaign_follow(s, store, false, &err);
  eis_store_close(store);
  return code;
}

/* ---- actions ---- */

typedef struct action {
  const char *name, *allowed;
  int (*run)(const cli_campaign *s, int n, char **operand);
} action;

static const action actions[] = {
    {"init", "Manifest,Input,output", cli_campaign_init},
    {"check", "Input,threads", check},
    {"run", "Model,Fit,Work,Input,Run,Store", run_campaign},
    {"merge", "Store,no-track,threads", merge},
    {"track", "redo,output,threads", cli_campaign_track},
    {"status", "json,hash,output", cli_campaign_status},
    {"export", "table,json,output", cli_campaign_export},
};
enum { N_ACTIONS = sizeof actions / sizeof *actions };

static int unknown_action(const cli_campaign *s, const char *word) {
  eis_error err = EIS_ERROR_INIT;
  const char *names[N_ACTIONS];
  eisi_text list = {0};
  for (size_t i = 0; i < N_ACTIONS; i++) {
    names[i] = actions[i].name;
    eisi_text_addf(&list, "%s%s", i ? i + 1 < N_ACTIONS ? ", " : " or " : "", names[i]);
  }
  const int near = word ? eisi_nearest(word, names, N_ACTIONS) : -1;
  if (near >= 0)
    eis_error_set(&err, EIS_ERROR_USAGE, "unknown action 'campaign %s'; did you mean '%s'?", word,
                  names[near]);
  else
    eis_error_set(&err, EIS_ERROR_USAGE, "campaign needs an action: %s", list.s ? list.s : "");
  eisi_text_clear(&list);
  return cli_fail(&s->general, &err);
}

static int run(void *settings, int n, char **operand) {
  const cli_campaign *s = settings;
  eis_error err = EIS_ERROR_INIT;
  for (size_t i = 0; n > 0 && i < N_ACTIONS; i++) {
    if (strcmp(operand[0], actions[i].name) != 0) continue;
    if (check_given(s, actions[i].name, actions[i].allowed, &err))
      return cli_fail(&s->general, &err);
    return actions[i].run(s, n - 1, operand + 1);
  }
  return unknown_action(s, n > 0 ? operand[0] : NULL);
}

static void action_names(eisi_text *out) {
  for (size_t i = 0; i < N_ACTIONS; i++) eisi_text_addf(out, "%s\n", actions[i].name);
}

const cli_command cli_cmd_campaign = {
    .name = "campaign",
    .operands = "init|check|run|merge|track|status|export FILE...",
    .summary = "many spectra into a store of results",
    .about =
        "A manifest is a CSV table that names files and says what they are: cell, group, cycle, soc, "
        "temperature_C and so on (doc/campaign.md). 'init' proposes one for a folder, 'check' reads it and every file it names and says "
        "what is wrong; 'run' tests and fits every spectrum and keeps the results in a SQLite file; "
        "run again, it does what is missing. 'merge' puts the stores of several shards together, "
        "'track' follows the processes of each cell through its spectra (run --drt and merge do so at the "
        "end) and shows their resistances, "
        "'status' says what is in a store, 'export' writes one of its tables as CSV.",
    .examples = "eisfit campaign init FOLDER -o manifest.csv\n"
                "eisfit campaign check manifest.csv\n"
                "eisfit campaign run manifest.csv --model two-zarc --drt --store results.db\n"
                "eisfit campaign track results.db\n"
                "eisfit campaign status results.db\n"
                "eisfit campaign export results.db --table parameters -o parameters.csv",
    .words = action_names,
    .groups = groups,
    .settings_size = sizeof(cli_campaign),
    .defaults = defaults,
    .run = run,
};
