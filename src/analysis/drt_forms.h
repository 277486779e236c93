/* drt_forms.h - distributions of relaxation times that have a formula. */
#ifndef EISI_DRT_FORMS_H
#define EISI_DRT_FORMS_H

#include <eisfit/drt_method.h>

/* gamma of R/(1 + (j w tau)^alpha)^beta at distance x = ln(tau') - ln(tau); a delta function
   (alpha = beta = 1) as a triangle of half width h, which has the same area. */
double eisi_drt_form(double R, double alpha, double beta, double x, double h);
/* Full width at half height of a ZARC, in decades; 0 for alpha = 1. */
double eisi_drt_zarc_width(double alpha);
/* Its inverse; 1 for widths that no exponent below 0.99 has. */
double eisi_drt_zarc_alpha(double width);
/* gamma of one process. */
double eisi_drt_process_gamma(const eis_drt_process *p, double ltau, double h);

#endif
