/* stats.h - distributions and robust summaries.  NaN for arguments without meaning. */
#ifndef EISI_STATS_H
#define EISI_STATS_H

#include <stddef.h>

double eisi_normal_quantile(double p);            /* standard normal */
double eisi_t_quantile(double p, double dof);     /* Student t, dof > 0 (INFINITY: normal) */
double eisi_f_upper(double f, double d1, double d2);    /* P(F > f) */
double eisi_f_quantile(double p, double d1, double d2); /* F distribution */
double eisi_chi2_quantile(double p, double dof);
double eisi_beta_inc(double a, double b, double x);     /* regularised incomplete beta */
double eisi_median(double *v, size_t n);          /* reorders v; NaN for n = 0 */
double eisi_mad_sigma(double *v, size_t n);       /* 1.4826 x median |v - median|; reorders v */

#endif
