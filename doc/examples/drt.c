/* drt.c - distribution of relaxation times of a file: the peaks, with resistance and error, and
   gamma over tau as a table for a plot.
   usage: drt FILE */
#include <stdio.h>

#include <eisfit/eisfit.h>

static void print_peaks(const eis_drt_result *r) {
  for (size_t i = 0; i < r->n_peaks; i++) {
    const eis_drt_peak *p = &r->peak[i];
    printf("# peak %zu: tau %.3g s, R %.4g +- %.2g ohm, C %.3g F\n", i + 1, p->tau, p->R,
           p->R_error, p->C);
  }
}

static void print_gamma(const eis_drt_result *r) {
  printf("tau_s,gamma_ohm,low_ohm,high_ohm\n");
  for (size_t i = 0; i < r->n_tau; i++)
    printf("%.6g,%.6g,%.6g,%.6g\n", r->tau[i], r->gamma[i], r->gamma_low[i], r->gamma_high[i]);
}

int main(int argc, char **argv) {
  eis_error err = EIS_ERROR_INIT;
  eis_spectra spectra = {0};
  eis_drt_result result = {0};
  eis_status st = eis_read_file(argc > 1 ? argv[1] : "-", NULL, &spectra, &err);
  if (st == EIS_OK && spectra.n > 0) st = eis_drt_run(&spectra.at[0], NULL, &result, &err);
  if (st == EIS_OK) {
    print_peaks(&result);
    print_gamma(&result);
  } else {
    char text[1024];
    eis_error_print(&err, text, sizeof text);
    fprintf(stderr, "%s\n", text);
  }
  eis_drt_result_clear(&result);
  eis_spectra_clear(&spectra);
  return (int)st;
}
