/* constants.h - SI 2019 constants (exact) and eps0 (CODATA 2018). */
#ifndef EISI_CONSTANTS_H
#define EISI_CONSTANTS_H

#define EISI_E 1.602176634e-19     /* elementary charge, C */
#define EISI_KB 1.380649e-23       /* Boltzmann constant, J/K */
#define EISI_EPS0 8.8541878128e-12 /* permittivity of vacuum, F/m */
#define EISI_PI 3.14159265358979323846
#define EISI_T25 298.15 /* 25 C in K */

#endif
