/* stats.h - distributions and robust summaries.  NaN for arguments without meaning. */
#ifndef EISI_STATS_H
#define EISI_STATS_H

#include <stddef.h>

double eisi_normal_quantile(double p);        /* standard normal */
double eisi_t_quantile(double p, double dof); /* Student t, dof > 0 (INFINITY: normal) */
double eisi_t_both(double t, double dof);     /* P(|T| > |t|) */
/* Noncentral t of nct.c: P(T <= t) for (Z + ncp) / sqrt(chi2 / dof). */
double eisi_nct_lower(double t, double dof, double ncp);
/* ncp with P(T <= t) = p: limits of an effect size whose t was observed. */
double eisi_nct_ncp(double p, double t, double dof);
/* Chance that a two-sided t test at this level finds an effect of ncp standard errors. */
double eisi_t_power(double ncp, double dof, double level);
/* The effect, in standard errors, that such a test finds with this chance. */
double eisi_t_detectable(double power, double dof, double level);
double eisi_f_upper(double f, double d1, double d2);    /* P(F > f) */
double eisi_f_quantile(double p, double d1, double d2); /* F distribution */
double eisi_chi2_quantile(double p, double dof);
double eisi_beta_inc(double a, double b, double x); /* regularised incomplete beta */
double eisi_median(double *v, size_t n);            /* reorders v; NaN for n = 0 */
double eisi_mad_sigma(double *v, size_t n);         /* 1.4826 x median |v - median|; reorders v */

#endif
