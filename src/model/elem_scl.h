/* elem_scl.h - the parameters that space-charge elements share. */
#ifndef EISI_ELEM_SCL_H
#define EISI_ELEM_SCL_H

#define ABSENT 1e30 /* RF: blocking; CH: no compact layer */

/* State of one interface, then the rest of SCL, SCLD and SCLX. */
enum { EPS_R, N0, NU, DPHI, SIGMA, AREA, TEMP, MOBILITY, N_STATE };
enum { RF = N_STATE, CH, N_SCL };

#define EPS_R_SPEC \
  { "eps_r", "", 1.0, 1e5, 15.0, EIS_SCALE_LOG, 0, true, false, "relative permittivity" }
#define N0_SPEC                                                      \
  {                                                                  \
    "n0", "1/m^3", 1e20, 1e30, 1e26, EIS_SCALE_LOG, 0, false, false, \
        "bulk density of mobile cations"                             \
  }
#define NU_SPEC \
  { "nu", "", 0.0, 0.99, 0.0, EIS_SCALE_LINEAR, 0, true, false, "site occupation n0/n_max" }
#define DPHI_SPEC                                                  \
  {                                                                \
    "dphi", "V", -1.0, 1.0, 0.2, EIS_SCALE_LINEAR, 0, false, false, \
        "phi(interface) - phi(bulk); > 0 depletes the cation"      \
  }
#define SIGMA_SPEC(FIXED) \
  { "sigma", "S/m", 1e-12, 1e4, 0.03, EIS_SCALE_LOG, 0, FIXED, false, "bulk conductivity" }
#define AREA_SPEC \
  { "area", "m^2", 1e-12, 1e4, 1e-4, EIS_SCALE_LOG, -1, true, false, "contact area" }
#define T_SPEC \
  { "T", "K", 150.0, 1000.0, 298.15, EIS_SCALE_LINEAR, 0, true, false, "temperature" }
#define CONV_SPEC                                                   \
  {                                                                 \
    "conv", "", 0.0, 1.0, 0.0, EIS_SCALE_LINEAR, 0, true, true,      \
        "conductivity: 0 ~ c, 1 ~ c (1 - c/n_max) (lattice hopping)" \
  }
#define RF_SPEC(START, DOC) \
  { "RF", "ohm m^2", 1e-12, ABSENT, START, EIS_SCALE_LOG, 0, true, false, DOC }
#define CH_SPEC                                                       \
  {                                                                   \
    "CH", "F/m^2", 1e-9, ABSENT, ABSENT, EIS_SCALE_LOG, 0, true, false, \
        "compact layer in series with the layer; 1e30 = none"         \
  }
/* The rows that all of them begin with; the braces of that of sigma go through as they are. */
#define STATE_ROWS(...)                                                                      \
  [EPS_R] = EPS_R_SPEC, [N0] = N0_SPEC, [NU] = NU_SPEC, [DPHI] = DPHI_SPEC,                  \
  [SIGMA] = __VA_ARGS__, [AREA] = AREA_SPEC, [TEMP] = T_SPEC, [MOBILITY] = CONV_SPEC
#define MODEL_REF                                                                         \
  "one-cation lattice PNP (Kilic, Bazant, Ajdari, Phys. Rev. E 75 (2007) 021503, type); " \
  "arc derived for eisfit, doc/physics.md"

#endif
