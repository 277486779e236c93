/* propose_names.c - what words and numbers in the names of files usually stand for. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "campaign/propose.h"

/* A number beside one of these words, on either side as `after` says. */
typedef struct word {
  const char *word;   /* lower case */
  const char *column; /* NULL: a column of that name */
  bool before, after; /* soc40, 40soc */
  bool of_sequence;
  double scale; /* to the unit of the column */
} word;

static const word words[] = {
    {"soc", "soc", true, true, true, 1},      {"%", "soc_percent", false, true, true, 1},
    {"pct", "soc_percent", false, true, true, 1},
    {"cycle", "cycle", true, false, true, 1}, {"cyc", "cycle", true, false, true, 1},
    {"zyklus", "cycle", true, false, true, 1},
    {"mpa", "pressure_MPa", false, true, true, 1}, {"kpa", "pressure_MPa", false, true, true, 1e-3},
    {"bar", "pressure_MPa", false, true, true, 0.1},
    {"h", "time_h", false, true, true, 1},    {"hours", "time_h", false, true, true, 1},
    {"days", "time_h", false, true, true, 24},
    {"degc", "temperature_C", false, true, true, 1}, {"c", "temperature_C", false, true, true, 1},
    {"\xc2\xb0" "c", "temperature_C", false, true, true, 1},
    {"run", "run", true, false, true, 1},     {"rep", "run", true, false, true, 1},
    {"repeat", "run", true, false, true, 1},  {"meas", "run", true, false, true, 1},
    {"scan", "run", true, false, true, 1},
};
static const char *const cell_words[] = {"cell", "battery", "batt", "bat", "sample", "specimen",
                                         "coin", "pouch"};
static const char *const group_words[] = {"coated", "uncoated", "bare", "pristine"};
static const char *const key_words[] = {"state", "batch", "series", "electrode"};
#define COUNT(a) (sizeof(a) / sizeof *(a))

/* A piece of a name: letters and digits between separators. */
typedef struct piece {
  char text[128];  /* as it stands */
  char head[128];  /* lower-case letters before its number */
  char number[32]; /* "" = none; with a decimal point */
  char tail[128];  /* lower case, behind the number */
  bool used, of_sequence;
} piece;

typedef struct name {
  piece *at;
  size_t n;
} name;

/* ---- pieces ---- */

static bool separates(const char *s, const char *from) {
  if (strchr("/_ ()[]=", *s)) return true;
  /* a minus sign stands at the beginning of a piece, in front of a digit */
  return *s == '-' && !((s == from || strchr("/_ (", s[-1])) && eisi_is_digit(s[1]));
}

static size_t number_at(const char *s, char *out, size_t size) {
  size_t n = *s == '-', digits = 0;
  for (bool point = false; s[n]; n++) {
    if (eisi_is_digit(s[n]))
      digits++;
    else if (strchr(".,", s[n]) && !point && digits && eisi_is_digit(s[n + 1]))
      point = true;
    else
      break;
  }
  if (!digits || n >= size) return 0;
  for (size_t i = 0; i < n; i++) out[i] = s[i] == ',' ? '.' : s[i];
  out[n] = '\0';
  return n;
}

static void lower_copy(char *out, const char *s, size_t n) {
  for (size_t i = 0; i < n; i++) out[i] = eisi_lower(s[i]);
  out[n] = '\0';
}

static void cut(const char *s, size_t n, piece *p) {
  *p = (piece){0};
  if (n >= sizeof p->text) n = sizeof p->text - 1;
  memcpy(p->text, s, n);
  size_t head = 0;
  while (head < n && !eisi_is_digit(s[head]) && !(s[head] == '-' && eisi_is_digit(s[head + 1])))
    head++;
  lower_copy(p->head, s, head);
  const size_t used = number_at(p->text + head, p->number, sizeof p->number);
  lower_copy(p->tail, p->text + head + used, n - head - used);
}

/* Pieces of a name behind the folder that all files have in common. */
static eis_status split(const char *file, size_t common, name *out, eis_error *err) {
  const char *slash = strrchr(file, '/'), *dot = strrchr(file, '.');
  const char *end = dot && (!slash || dot > slash) ? dot : file + strlen(file);
  out->n = 0;
  out->at = eisi_new((size_t)(end - file) + 1, sizeof *out->at, err);
  if (!out->at) return EIS_ERROR_MEMORY;
  for (const char *s = file + common; s < end;) {
    const char *t = s;
    while (t < end && !separates(t, s)) t++;
    if (t > s) cut(s, (size_t)(t - s), &out->at[out->n++]);
    s = t < end ? t + 1 : t;
  }
  return EIS_OK;
}

static bool bare_number(const piece *p) { return *p->number && !*p->head && !*p->tail; }
static bool bare_word(const piece *p) { return *p->head && !*p->number; }

/* ---- what a piece says ---- */

static eis_status put_number(eisi_proposal *p, size_t file, const word *w, const char *number,
                             eis_error *err) {
  double v = 0;
  char text[40];
  eisi_parse_double(number, strlen(number), '.', &v);
  eisi_print_double(text, sizeof text, v * w->scale);
  const eis_status st = eisi_proposal_set(p, file, w->column, text, err);
  if (st == EIS_OK) eisi_proposal_find(p, w->column)->of_sequence = w->of_sequence;
  return st;
}

/* "25C08": 25 degrees, and the whole is the name of a cell. */
static bool temperature_and_cell(const piece *k) {
  if (*k->head || !*k->number || k->tail[0] != 'c' || !eisi_is_digit(k->tail[1])) return false;
  return strspn(k->tail + 1, "0123456789") == strlen(k->tail + 1);
}

/* soc40, 40soc, and with a separator between. */
static eis_status try_word(eisi_proposal *p, size_t file, name *n, size_t i, const word *w,
                           eis_error *err) {
  piece *k = &n->at[i], *next = i + 1 < n->n ? &n->at[i + 1] : NULL;
  const char *number = NULL;
  piece *other = NULL;
  if (w->before && *k->number && !*k->tail && strcmp(k->head, w->word) == 0) number = k->number;
  if (w->after && *k->number && !*k->head && strcmp(k->tail, w->word) == 0) number = k->number;
  if (!number && w->before && bare_word(k) && strcmp(k->head, w->word) == 0 && next &&
      *next->number && !*next->head && (!*next->tail || strcmp(next->tail, "%") == 0)) {
    other = next;
    number = next->number;
  }
  if (!number) return EIS_OK;
  k->used = k->of_sequence = true;
  if (other) other->used = other->of_sequence = true;
  return put_number(p, file, w, number, err);
}

static bool among(const char *s, const char *const *list, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (strcmp(s, list[i]) == 0) return true;
  return false;
}

static eis_status try_cell(eisi_proposal *p, size_t file, name *n, size_t i, eis_error *err) {
  piece *k = &n->at[i], *next = i + 1 < n->n ? &n->at[i + 1] : NULL;
  char text[260];
  if (temperature_and_cell(k)) {
    static const word celsius = {"c", "temperature_C", false, true, true, 1};
    k->used = true;
    const eis_status st = put_number(p, file, &celsius, k->number, err);
    return st == EIS_OK ? eisi_proposal_set(p, file, "cell", k->text, err) : st;
  }
  if (!among(k->head, cell_words, COUNT(cell_words))) return EIS_OK;
  if (*k->number) {
    k->used = true;
    return eisi_proposal_set(p, file, "cell", k->text, err);
  }
  if (!next || next->used) return EIS_OK;
  k->used = next->used = true;
  snprintf(text, sizeof text, "%s_%s", k->text, next->text);
  return eisi_proposal_set(p, file, "cell", text, err);
}

static eis_status try_key(eisi_proposal *p, size_t file, name *n, size_t i, eis_error *err) {
  piece *k = &n->at[i], *next = i + 1 < n->n ? &n->at[i + 1] : NULL;
  if (bare_word(k) && among(k->head, group_words, COUNT(group_words))) {
    k->used = true;
    return eisi_proposal_set(p, file, "group", k->head, err);
  }
  if (!bare_word(k) || !among(k->head, key_words, COUNT(key_words)) || !next || next->used)
    return EIS_OK;
  k->used = next->used = true;
  k->of_sequence = next->of_sequence = true;
  return eisi_proposal_set(p, file, k->head, next->text, err);
}

/* "temp6": a number whose meaning is not known keeps its word. */
static eis_status try_other(eisi_proposal *p, size_t file, piece *k, eis_error *err) {
  char column[160];
  if (k->used || !*k->number || *k->tail || strlen(k->head) < 2) return EIS_OK;
  for (const char *s = k->head; *s; s++)
    if (!eisi_is_letter(*s)) return EIS_OK;
  snprintf(column, sizeof column, "%s_number", k->head);
  return eisi_proposal_set(p, file, column, k->number, err);
}

static eis_status read_name(eisi_proposal *p, size_t file, name *n, eis_error *err) {
  eis_status st = EIS_OK;
  for (size_t w = 0; w < COUNT(words); w++)
    for (size_t i = 0; st == EIS_OK && i < n->n; i++)
      if (!n->at[i].used) st = try_word(p, file, n, i, &words[w], err);
  for (size_t i = 0; st == EIS_OK && i < n->n; i++)
    if (!n->at[i].used) st = try_cell(p, file, n, i, err);
  for (size_t i = 0; st == EIS_OK && i < n->n; i++)
    if (!n->at[i].used) st = try_key(p, file, n, i, err);
  for (size_t i = 0; st == EIS_OK && i < n->n; i++)
    if (!n->at[i].used && !bare_number(&n->at[i])) st = try_other(p, file, &n->at[i], err);
  return st;
}

/* What is left of a name without the pieces that change along a sequence. */
static eis_status put_rest(eisi_proposal *p, size_t file, const name *n, eis_error *err) {
  eisi_text rest = {0};
  for (size_t i = 0; i < n->n; i++)
    if (!n->at[i].of_sequence) eisi_text_addf(&rest, "%s%s", rest.n ? "_" : "", n->at[i].text);
  const eis_status st = eisi_proposal_set(p, file, "cell", rest.s ? rest.s : p->folder, err);
  p->n_guessed++;
  eisi_text_clear(&rest);
  return st;
}

/* ---- which columns are worth having ---- */

/* A word with a number that is always the same says nothing; cells that are files neither. */
static eis_status drop_useless(eisi_proposal *p, eis_error *err) {
  eis_status st = EIS_OK;
  for (size_t j = p->n_columns; st == EIS_OK && j-- > 0;) {
    const eisi_pcolumn *c = &p->column[j];
    size_t with, distinct;
    st = eisi_proposal_count(p, c, &with, &distinct, err);
    const bool constant = eisi_ends_with(c->name, "_number") && distinct < 2;
    const bool files = strcmp(c->name, "cell") == 0 && distinct == p->n_files && p->n_files > 1 &&
                       p->n_spectra == p->n_files;
    if (st == EIS_OK && (constant || files)) eisi_proposal_drop(p, c->name);
  }
  return st;
}

/* 40 is per cent. */
static void name_soc(eisi_proposal *p) {
  eisi_pcolumn *c = eisi_proposal_find(p, "soc");
  bool percent = false;
  for (size_t i = 0; c && i < p->n_files; i++) {
    double v;
    if (c->value[i] && eisi_parse_double(c->value[i], strlen(c->value[i]), '.', &v) && v > 1)
      percent = true;
  }
  if (!percent || eisi_proposal_find(p, "soc_percent")) return;
  char *full = eisi_strdup("soc_percent", NULL);
  if (!full) return;
  free(c->name);
  c->name = full;
}

static int known_first(const void *a, const void *b) {
  static const char *const order[] = {"cell", "group", "cycle", "time_h", "soc", "soc_percent",
                                      "temperature_C", "pressure_MPa"};
  const eisi_pcolumn *p = a, *q = b;
  size_t i = 0, j = 0;
  while (i < COUNT(order) && strcmp(p->name, order[i]) != 0) i++;
  while (j < COUNT(order) && strcmp(q->name, order[j]) != 0) j++;
  return i != j ? (i > j) - (i < j) : strcmp(p->name, q->name);
}

/* Length of the folders that all names begin with. */
static size_t common_folders(const eisi_proposal *p) {
  size_t n = 0;
  for (size_t k = 0; p->file[0][k]; k++) {
    for (size_t i = 1; i < p->n_files; i++)
      if (p->file[i][k] != p->file[0][k]) return n;
    if (p->file[0][k] == '/') n = k + 1;
  }
  return n;
}

eis_status eisi_propose_by_words(eisi_proposal *p, eis_error *err) {
  const size_t common = common_folders(p);
  eis_status st = EIS_OK;
  for (size_t i = 0; st == EIS_OK && i < p->n_files; i++) {
    name n = {0};
    st = split(p->file[i], common, &n, err);
    if (st == EIS_OK) st = read_name(p, i, &n, err);
    const eisi_pcolumn *cell = eisi_proposal_find(p, "cell");
    if (st == EIS_OK && !(cell && cell->value[i])) st = put_rest(p, i, &n, err);
    free(n.at);
  }
  if (st != EIS_OK) return st;
  st = drop_useless(p, err);
  name_soc(p);
  if (p->n_columns) qsort(p->column, p->n_columns, sizeof *p->column, known_first);
  return st;
}
