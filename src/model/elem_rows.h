/* elem_rows.h - the rows of the element table, each defined in its family file. */
#ifndef EISI_ELEM_ROWS_H
#define EISI_ELEM_ROWS_H

#include <eisfit/element.h>

/* elem_basic.c */
extern const eis_element eisi_elem_r, eisi_elem_c, eisi_elem_l, eisi_elem_la, eisi_elem_cpe;
extern const eis_element eisi_elem_w, eisi_elem_wo, eisi_elem_ws;
extern const eis_element eisi_elem_wog, eisi_elem_wsg, eisi_elem_ma, eisi_elem_wa;

/* elem_relax.c */
extern const eis_element eisi_elem_k, eisi_elem_kc, eisi_elem_kq, eisi_elem_zarc;
extern const eis_element eisi_elem_hn, eisi_elem_h;
extern const eis_element eisi_elem_g, eisi_elem_ga, eisi_elem_gk, eisi_elem_gs;

/* elem_line.c */
extern const eis_element eisi_elem_tlmq, eisi_elem_tlmbs, eisi_elem_tlmbq;
extern const eis_element eisi_elem_tlmno, eisi_elem_tlmns, eisi_elem_tlmnq;
extern const eis_element eisi_elem_ls, eisi_elem_t;
extern const eis_element eisi_elem_tl2, eisi_elem_tle, eisi_elem_tli;

/* elem_scl.c */
extern const eis_element eisi_elem_scl, eisi_elem_scld, eisi_elem_rpol, eisi_elem_eblk;
extern const eis_element eisi_elem_gbscl;

/* elem_sclx.c, elem_pnp.c, elem_pnp2.c */
extern const eis_element eisi_elem_sclx, eisi_elem_pnp1, eisi_elem_pnp2;

/* ---- parameter specifications that many rows share; only the text differs ---- */
#define EISI_PARAM_R(name, text)                                                   \
  {                                                                                \
    .suffix = (name), .unit = "ohm", .lower = 1e-9, .upper = 1e15, .start = 100.0, \
    .scale = EIS_SCALE_LOG, .z_power = 1, .doc = (text)                            \
  }
#define EISI_PARAM_C(name, text)                                                \
  {                                                                             \
    .suffix = (name), .unit = "F", .lower = 1e-18, .upper = 1e9, .start = 1e-6, \
    .scale = EIS_SCALE_LOG, .z_power = -1, .doc = (text)                        \
  }
#define EISI_PARAM_Q(name, units, text)                                             \
  {                                                                                 \
    .suffix = (name), .unit = (units), .lower = 1e-18, .upper = 1e9, .start = 1e-5, \
    .scale = EIS_SCALE_LOG, .z_power = -1, .doc = (text)                            \
  }
#define EISI_PARAM_TAU(name, text)                                               \
  {                                                                              \
    .suffix = (name), .unit = "s", .lower = 1e-15, .upper = 1e12, .start = 1e-2, \
    .scale = EIS_SCALE_LOG, .z_power = 0, .doc = (text)                          \
  }
#define EISI_PARAM_EXP(name, top, middle, text)                                     \
  {                                                                                 \
    .suffix = (name), .unit = "", .lower = 0.01, .upper = (top), .start = (middle), \
    .scale = EIS_SCALE_LINEAR, .z_power = 0, .doc = (text)                          \
  }

#endif
