/* convert.c - parameter conventions of the dialects: rows and the mapping of values and bounds.

   Sources: the programs' own element definitions.  s = j omega.
     pyimpspec   W 1/(Y s^n); Wo coth((B s)^n)/(Y s)^n, Ws tanh (Y inside the power);
                 G 1/(Y (k + s)^n); Tlmbo (R_i/a) coth a, a = (R_i Y L^2 s^n)^(1/2)
     Boukamp     W 1/(Y0 s^(1/2)); O tanh(B s^(1/2))/(Y0 s^(1/2)), T coth; G 1/(Y0 (k + s)^(1/2))
     impedance.py and ours: W sigma (1 - j)/omega^(1/2); Wo Z0 coth(q)/q, Ws Z0 tanh(q)/q with
                 q = (s tau)^(1/2); G R/(1 + s t)^(1/2); La: impedance.py computes (L s)^alpha,
                 ours is L s^alpha */
#include "model/convert.h"

#include <math.h>
#include <string.h>

/* ---- W: Y or Y0 <-> sigma ---- */
static void warburg(const double *in, double *out) { /* sigma = 1/(Y sqrt 2), and back */
  out[0] = 1.0 / (in[0] * M_SQRT2);
}
static void warburg_n(const double *own, double *f) {
  f[1] = 0.5;
  warburg(own, f);
}

/* ---- pyimpspec Wo, Ws: Y, B, n <-> Z0, tau ---- */
static void finite_to_own(const double *f, double *own) {
  own[0] = sqrt(f[1] / f[0]);
  own[1] = f[1];
}
static void finite_from_own(const double *own, double *f) {
  f[0] = own[1] / (own[0] * own[0]);
  f[1] = own[1];
  f[2] = 0.5;
}

/* ---- Boukamp O, T: Y0, B <-> Z0, tau ---- */
static void boukamp_to_own(const double *f, double *own) {
  own[0] = f[1] / f[0];
  own[1] = f[1] * f[1];
}
static void boukamp_from_own(const double *own, double *f) {
  f[1] = sqrt(own[1]);
  f[0] = f[1] / own[0];
}

/* ---- Gerischer: Y, k <-> R, t ---- */
static void gerischer_to_own(const double *f, double *own) {
  own[0] = 1.0 / (f[0] * sqrt(f[1]));
  own[1] = 1.0 / f[1];
}
static void gerischer_from_own(const double *own, double *f) {
  f[0] = sqrt(own[1]) / own[0];
  f[1] = 1.0 / own[1];
}
static void gerischer_n(const double *own, double *f) {
  f[2] = 0.5;
  gerischer_from_own(own, f);
}

/* ---- impedance.py La: (L s)^alpha <-> L s^alpha ---- */
static void la_to_own(const double *f, double *own) {
  own[0] = pow(f[0], f[1]);
  own[1] = f[1];
}
static void la_from_own(const double *own, double *f) {
  f[0] = pow(own[0], 1.0 / own[1]);
  f[1] = own[1];
}

/* ---- pyimpspec Ls: centimetres ---- */
static void pore_to_own(const double *f, double *own) {
  own[0] = f[0] * 100.0; /* ohm/cm */
  own[1] = f[1] / 100.0; /* ohm cm */
  own[2] = f[2];
  own[3] = f[3];
  own[4] = f[4] / 100.0; /* cm */
}
static void pore_from_own(const double *own, double *f) {
  f[0] = own[0] / 100.0;
  f[1] = own[1] * 100.0;
  f[2] = own[2];
  f[3] = own[3];
  f[4] = own[4] * 100.0;
}

#define B0 1u
#define B1 2u
#define B01 3u

#define HALF .held = "the exponent n is 0.5 in this element: for another one use Q"
#define UNIT_LENGTH .held = "L is 1 here (resistances and CPE of the whole pore)"

static const eisi_foreign impedance_rows[] = {
    {.symbol = "R", .own = "R", .n = 1, .param = {{"R", 1, false}}},
    {.symbol = "C", .own = "C", .n = 1, .param = {{"C", 1e-6, false}}},
    {.symbol = "L", .own = "L", .n = 1, .param = {{"L", 1e-6, false}}},
    {.symbol = "CPE", .own = "CPE", .n = 2, .param = {{"Q", 1e-6, false}, {"alpha", 0.9, false}}},
    {.symbol = "W", .own = "W", .n = 1, .param = {{"A_W", 1, false}}},
    {.symbol = "Wo", .own = "Wo", .n = 2, .param = {{"Z_0", 1, false}, {"tau", 1, false}}},
    {.symbol = "Ws", .own = "Ws", .n = 2, .param = {{"Z_0", 1, false}, {"tau", 1, false}}},
    {.symbol = "La",
     .own = "La",
     .n = 2,
     .param = {{"L", 1e-6, false}, {"alpha", 0.95, false}},
     .to_own = la_to_own,
     .from_own = la_from_own,
     .own_uses = {B01, B1},
     .foreign_uses = {B01, B1},
     .rule = "impedance.py computes (L s)^alpha, eisfit L s^alpha"},
    {.symbol = "G", .own = "G", .n = 2, .param = {{"R_G", 1, false}, {"t_G", 1, false}}},
    {.symbol = "Gs",
     .own = "Gs",
     .n = 3,
     .param = {{"R_G", 1, false}, {"t_G", 1, false}, {"phi", 1, false}}},
    {.symbol = "K", .own = "K", .n = 2, .param = {{"R", 1, false}, {"tau_k", 1, false}}},
    {.symbol = "Zarc",
     .own = "Zarc",
     .n = 3,
     .param = {{"R", 1, false}, {"tau_k", 1, false}, {"gamma", 0.9, false}}},
    {.symbol = "TLMQ",
     .own = "TLMQ",
     .n = 3,
     .param = {{"R_ion", 1, false}, {"Q_s", 1e-3, false}, {"gamma", 0.9, false}}},
    {.symbol = "T",
     .own = "T",
     .n = 4,
     .param = {{"A", 1, false}, {"B", 1, false}, {"a", 1, false}, {"b", 1, false}}},
};

static const eisi_foreign autoeis_rows[] = {
    {.symbol = "R", .own = "R", .n = 1, .param = {{"", 1, false}}},
    {.symbol = "C", .own = "C", .n = 1, .param = {{"", 1e-6, false}}},
    {.symbol = "L", .own = "L", .n = 1, .param = {{"", 1e-6, false}}},
    {.symbol = "P", .own = "CPE", .n = 2, .param = {{"w", 1e-6, false}, {"n", 0.9, false}}},
};

static const eisi_foreign boukamp_rows[] = {
    {.symbol = "R", .own = "R", .n = 1, .param = {{"R", 1, false}}},
    {.symbol = "C", .own = "C", .n = 1, .param = {{"C", 1e-6, false}}},
    {.symbol = "L", .own = "L", .n = 1, .param = {{"L", 1e-6, false}}},
    {.symbol = "Q", .own = "CPE", .n = 2, .param = {{"Y0", 1e-6, false}, {"n", 0.9, false}}},
    {.symbol = "W",
     .own = "W",
     .n = 1,
     .param = {{"Y0", 1, false}},
     .to_own = warburg,
     .from_own = warburg,
     .own_uses = {B0},
     .foreign_uses = {B0},
     .rule = "sigma = 1/(Y0 sqrt 2)"},
    {.symbol = "O",
     .own = "Ws",
     .n = 2,
     .param = {{"Y0", 1, false}, {"B", 1, false}},
     .to_own = boukamp_to_own,
     .from_own = boukamp_from_own,
     .own_uses = {B01, B1},
     .foreign_uses = {B01, B1},
     .rule = "Z0 = B/Y0, tau = B^2"},
    {.symbol = "T",
     .own = "Wo",
     .n = 2,
     .param = {{"Y0", 1, false}, {"B", 1, false}},
     .to_own = boukamp_to_own,
     .from_own = boukamp_from_own,
     .own_uses = {B01, B1},
     .foreign_uses = {B01, B1},
     .rule = "Z0 = B/Y0, tau = B^2"},
    {.symbol = "G",
     .own = "G",
     .n = 2,
     .param = {{"Y0", 1, false}, {"k", 1, false}},
     .to_own = gerischer_to_own,
     .from_own = gerischer_from_own,
     .own_uses = {B01, B1},
     .foreign_uses = {B01, B1},
     .rule = "R = 1/(Y0 sqrt k), t = 1/k"},
};

#define FINITE_WARBURG                                                      \
  .n = 3, .param = {{"Y", 1, false}, {"B", 1, false}, {"n", 0.5, true}},    \
  .to_own = finite_to_own, .from_own = finite_from_own, HALF,               \
  .own_uses = {B01, B1}, .foreign_uses = {B01, B1}, .rule = "Z0 = sqrt(B/Y), tau = B"

static const eisi_foreign pyimpspec_rows[] = {
    {.symbol = "R", .own = "R", .n = 1, .param = {{"R", 1e3, false}}},
    {.symbol = "C", .own = "C", .n = 1, .param = {{"C", 1e-6, false}}},
    {.symbol = "L", .own = "L", .n = 1, .param = {{"L", 1e-6, false}}},
    {.symbol = "La", .own = "La", .n = 2, .param = {{"L", 1e-6, false}, {"n", 0.95, false}}},
    {.symbol = "Q", .own = "CPE", .n = 2, .param = {{"Y", 1e-6, false}, {"n", 0.95, false}}},
    {.symbol = "W",
     .own = "W",
     .n = 2,
     .param = {{"Y", 1e-3, false}, {"n", 0.5, true}},
     HALF,
     .to_own = warburg,
     .from_own = warburg_n,
     .own_uses = {B0},
     .foreign_uses = {B0},
     .rule = "sigma = 1/(Y sqrt 2)"},
    {.symbol = "Wo", .own = "Wo", FINITE_WARBURG},
    {.symbol = "Ws", .own = "Ws", FINITE_WARBURG},
    {.symbol = "T", .own = "Wo", FINITE_WARBURG}, /* Boukamp's letters */
    {.symbol = "O", .own = "Ws", FINITE_WARBURG},
    {.symbol = "G",
     .own = "G",
     .n = 3,
     .param = {{"Y", 1, false}, {"k", 1, false}, {"n", 0.5, true}},
     HALF,
     .to_own = gerischer_to_own,
     .from_own = gerischer_n,
     .own_uses = {B01, B1},
     .foreign_uses = {B01, B1},
     .rule = "R = 1/(Y sqrt k), t = 1/k"},
    {.symbol = "Ga",
     .own = "Ga",
     .n = 3,
     .param = {{"R", 1, false}, {"tau", 1, false}, {"n", 0.5, false}}},
    {.symbol = "Ha",
     .own = "HN",
     .n = 4,
     .param = {{"R", 1, false}, {"tau", 1, false}, {"a", 0.7, false}, {"b", 0.8, false}}},
    {.symbol = "Zarc",
     .own = "Zarc",
     .n = 3,
     .param = {{"R", 1e3, false}, {"tau", 1, false}, {"n", 0.95, false}}},
    {.symbol = "K", .own = "K", .n = 2, .param = {{"R", 1e3, false}, {"tau", 1, false}}},
    {.symbol = "H",
     .own = "H",
     .n = 4,
     .param = {{"dC", 1e-6, false}, {"tau", 1, false}, {"a", 0.9, false}, {"b", 0.9, false}}},
    {.symbol = "Ls",
     .own = "Ls",
     .n = 5,
     .param = {{"R_i", 10, false}, {"R_r", 1, false}, {"Y", 0.01, false}, {"n", 0.8, false},
               {"d", 0.2, false}},
     .to_own = pore_to_own,
     .from_own = pore_from_own,
     .own_uses = {1, 2, 4, 8, 16},
     .foreign_uses = {1, 2, 4, 8, 16},
     .rule = "pyimpspec counts in cm, eisfit in m"},
    {.symbol = "Tlmbo",
     .own = "TLMQ",
     .n = 4,
     .param = {{"R_i", 1, false}, {"Y", 5e-3, false}, {"n", 0.8, false}, {"L", 1, true}},
     UNIT_LENGTH},
    {.symbol = "Tlmbs",
     .own = "Tlmbs",
     .n = 4,
     .param = {{"R_i", 1, false}, {"Y", 5e-3, false}, {"n", 0.8, false}, {"L", 1, true}},
     UNIT_LENGTH},
    {.symbol = "Tlmbq",
     .own = "Tlmbq",
     .n = 6,
     .param = {{"R_i", 1, false}, {"Y", 5e-3, false}, {"n", 0.8, false}, {"Y_B", 1e-2, false},
               {"n_B", 0.7, false}, {"L", 1, true}},
     UNIT_LENGTH},
    {.symbol = "Tlmno",
     .own = "Tlmno",
     .n = 5,
     .param = {{"R_i", 1, false}, {"R_ct", 3, false}, {"Y", 5e-3, false}, {"n", 0.8, false},
               {"L", 1, true}},
     UNIT_LENGTH},
    {.symbol = "Tlmns",
     .own = "Tlmns",
     .n = 5,
     .param = {{"R_i", 1, false}, {"R_ct", 3, false}, {"Y", 5e-3, false}, {"n", 0.8, false},
               {"L", 1, true}},
     UNIT_LENGTH},
    {.symbol = "Tlmnq",
     .own = "Tlmnq",
     .n = 8,
     .param = {{"R_i", 1, false}, {"R_ct", 3, false}, {"Y", 5e-3, false}, {"n", 0.8, false},
               {"R_B", 5, false}, {"Y_B", 0.1, false}, {"n_B", 0.7, false}, {"L", 1, true}},
     UNIT_LENGTH},
};

#define ROWS(table) .row = table, .n_rows = sizeof table / sizeof table[0]
#define SPELL_CDC \
  { "", "(", "", ")", "[", "]" }

static const eisi_dialect dialects[] = {
    {.info = {"cdc", "circuit description code, eisfit's own parameters",
              "values in braces: R{R=10/1/100:ct}; this is what eisfit reads back exactly",
              "R(RQ)(C[RW])"},
     .notation = EIS_NOTATION_CDC,
     .spelling = SPELL_CDC,
     .values = EISI_VALUES_INLINE},
    {.info = {"impedance.py", "impedance.py",
              "no values in the circuit: initial_guess in order of the elements",
              "R1-p(R2,CPE1)-p(C1,R3-W1)"},
     .notation = EIS_NOTATION_IMPEDANCE,
     .spelling = {"-", "p(", ",", ")", "", ""},
     .values = EISI_VALUES_LIST,
     .named = true,
     ROWS(impedance_rows)},
    {.info = {"boukamp", "Boukamp's circuit description code (EQUIVCRT, ZSimpWin, NOVA)",
              "no values in the circuit; O: finite-length (tanh), T: finite-space (coth) diffusion",
              "R(RQ)(C[RW])"},
     .notation = EIS_NOTATION_CDC,
     .spelling = SPELL_CDC,
     .values = EISI_VALUES_NAMED,
     ROWS(boukamp_rows)},
    {.info = {"autoeis", "AutoEIS", "no values in the circuit: a dictionary by parameter name",
              "R1-[R2,P1]-[C1,R3-L1]"},
     .notation = EIS_NOTATION_IMPEDANCE,
     .spelling = {"-", "[", ",", "]", "", ""},
     .values = EISI_VALUES_DICT,
     .named = true,
     ROWS(autoeis_rows)},
    {.info = {"pyimpspec", "pyimpspec and DearEIS",
              "values in braces with pyimpspec's parameters: W{Y=1e-3}, Wo{Y=1,B=1}",
              "R(RQ)(C[RW])"},
     .notation = EIS_NOTATION_CDC,
     .spelling = SPELL_CDC,
     .values = EISI_VALUES_INLINE,
     ROWS(pyimpspec_rows)},
};

enum { N_DIALECTS = sizeof dialects / sizeof dialects[0] };

const eis_dialect *eis_dialect_at(size_t i) { return i < N_DIALECTS ? &dialects[i].info : NULL; }

const eisi_dialect *eisi_dialect_find(const char *name) {
  for (size_t i = 0; i < N_DIALECTS; i++)
    if (eisi_strcasecmp(dialects[i].info.name, name) == 0) return &dialects[i];
  return NULL;
}

const eisi_dialect *eisi_dialect_need(const char *name, eis_error *err) {
  const eisi_dialect *d = eisi_dialect_find(name);
  if (d) return d;
  const char *names[N_DIALECTS];
  eisi_text list = {0};
  for (size_t i = 0; i < N_DIALECTS; i++) {
    names[i] = dialects[i].info.name;
    eisi_text_addf(&list, "%s%s", i ? ", " : "", names[i]);
  }
  const int near = eisi_nearest(name, names, N_DIALECTS);
  eis_error_set(err, EIS_ERROR_USAGE, "unknown dialect '%s'%s%s%s; there are %s", name,
                near < 0 ? "" : ": did you mean '", near < 0 ? "" : names[near],
                near < 0 ? "" : "'?", list.s ? list.s : "");
  eisi_text_clear(&list);
  return NULL;
}

const eisi_foreign *eisi_foreign_by_symbol(const eisi_dialect *d, const char *symbol, size_t len) {
  for (size_t i = 0; d && i < d->n_rows; i++)
    if (*d->row[i].symbol == *symbol && strlen(d->row[i].symbol) == len &&
        memcmp(d->row[i].symbol, symbol, len) == 0)
      return &d->row[i];
  return NULL;
}

const eisi_foreign *eisi_foreign_by_own(const eisi_dialect *d, const eis_element *type) {
  for (size_t i = 0; d && i < d->n_rows; i++)
    if (strcmp(d->row[i].own, type->symbol) == 0) return &d->row[i];
  return NULL;
}

/* ---- values, bounds and fixing across a map ---- */

typedef struct crossing {
  eisi_param_map *map;
  int n_in, n_out;
  const unsigned *uses; /* per output: bits of the inputs it is made of */
  const eisi_said *in;
  eisi_said *out;
  double value[EIS_ELEMENT_MAX_PARAMS]; /* of the inputs, gaps filled */
} crossing;

/* Smallest interval of output k over the box of the inputs it uses: the maps are monotone in
   every argument, so the corners are enough.  All parameters here are positive. */
static void cross_bounds(const crossing *x, int k) {
  double lower = INFINITY, upper = 0, in[EIS_ELEMENT_MAX_PARAMS], out[EIS_ELEMENT_MAX_PARAMS];
  bool any = false;
  for (unsigned corner = 0; corner < 1u << x->n_in; corner++) {
    if (corner & ~x->uses[k]) continue;
    for (int i = 0; i < x->n_in; i++) {
      in[i] = x->value[i];
      if (!(x->uses[k] >> i & 1u)) continue;
      const eisi_said *s = &x->in[i];
      any = any || !isnan(s->lower) || !isnan(s->upper);
      if (s->fixed) continue;
      if (corner >> i & 1u)
        in[i] = isnan(s->upper) ? (double)INFINITY : s->upper;
      else
        in[i] = isnan(s->lower) ? 0.0 : s->lower;
    }
    x->map(in, out);
    if (!(out[k] >= lower)) lower = out[k];
    if (!(out[k] <= upper)) upper = out[k];
  }
  if (any && lower > 0 && isfinite(lower)) x->out[k].lower = lower;
  if (any && isfinite(upper)) x->out[k].upper = upper;
}

static const char *cross(crossing *x) {
  double value[EIS_ELEMENT_MAX_PARAMS] = {0};
  x->map(x->value, value);
  for (int k = 0; k < x->n_out; k++) {
    int used = 0, fixed = 0, given = 0;
    for (int i = 0; i < x->n_in; i++) {
      if (!(x->uses[k] >> i & 1u)) continue;
      used++;
      fixed += x->in[i].fixed;
      given += !isnan(x->in[i].value);
    }
    if (fixed > 0 && fixed < used)
      return "one of two parameters that mix in the conversion is fixed: fix both or neither";
    x->out[k] = (eisi_said){used == 0 || given ? value[k] : (double)NAN, NAN, NAN, fixed == used};
    if (fixed < used) cross_bounds(x, k);
  }
  return NULL;
}

/* Numbers that are the same on both sides; a constant at the end of a row has no partner. */
static void copy_said(const eisi_foreign *row, int n_own, const eisi_said *from, eisi_said *to,
                      bool to_foreign) {
  const int n = to_foreign ? row->n : n_own;
  for (int j = 0; j < n; j++) {
    if (j < n_own && j < row->n)
      to[j] = from[j];
    else
      to[j] = (eisi_said){to_foreign ? row->param[j].fallback : (double)NAN, NAN, NAN, true};
  }
}

const char *eisi_foreign_to_own(const eisi_foreign *row, const eisi_said *from, eisi_said *to) {
  const eis_element *type = eis_element_find(row->own, strlen(row->own));
  for (int i = 0; i < row->n; i++) {
    if (!row->param[i].constant) continue;
    if (!isnan(from[i].value) && fabs(from[i].value - row->param[i].fallback) > 1e-12)
      return row->held;
    if (!isnan(from[i].lower) || !isnan(from[i].upper)) return row->held;
  }
  if (!row->to_own) {
    copy_said(row, type->n_params, from, to, false);
    return NULL;
  }
  crossing x = {.map = row->to_own, .n_in = row->n, .n_out = type->n_params,
                .uses = row->own_uses, .in = from, .out = to};
  for (int i = 0; i < row->n; i++)
    x.value[i] = isnan(from[i].value) ? row->param[i].fallback : from[i].value;
  return cross(&x);
}

const char *eisi_foreign_from_own(const eisi_foreign *row, const eisi_said *from, eisi_said *to) {
  const eis_element *type = eis_element_find(row->own, strlen(row->own));
  if (!row->from_own) {
    copy_said(row, type->n_params, from, to, true);
    return NULL;
  }
  crossing x = {.map = row->from_own, .n_in = type->n_params, .n_out = row->n,
                .uses = row->foreign_uses, .in = from, .out = to};
  for (int i = 0; i < type->n_params; i++)
    x.value[i] = isnan(from[i].value) ? type->param[i].start : from[i].value;
  return cross(&x);
}

/* ---- our symbols in circuit description codes ---- */

/* T is Boukamp's finite-space diffusion there. */
static const char cdc_for_t[] = "Tmh";

const char *eisi_cdc_symbol(const eis_element *type) {
  if (strcmp(type->symbol, "T") == 0) return cdc_for_t;
  return type->cdc ? type->cdc : type->symbol;
}

const eis_element *eisi_cdc_find(const char *symbol, size_t len) {
  const eis_element *e;
  for (size_t i = 0; (e = eis_element_at(i)) != NULL; i++) {
    const char *s = eisi_cdc_symbol(e);
    if (*s == *symbol && strlen(s) == len && memcmp(s, symbol, len) == 0) return e;
  }
  return eis_element_find(symbol, len);
}
