/* fit.c - reads a file, fits a circuit without start values, prints the parameters.
   usage: fit [FILE [CIRCUIT]] */
#include <stdio.h>

#include <eisfit/eisfit.h>

static int complain(const eis_error *err) {
  char text[1024];
  eis_error_print(err, text, sizeof text);
  fprintf(stderr, "%s\n", text);
  return (int)err->code;
}

static void print_result(const eis_circuit *c, const eis_fit_result *r) {
  for (int j = 0; j < c->n_params; j++)
    printf("%-12s %.6g +- %.2g %s%s\n", c->param[j].name, r->param[j].value, r->param[j].stderr_,
           c->param[j].spec->unit, r->param[j].at_bound ? " (at bound)" : "");
  printf("noise %.2g %% of |Z|, Kramers-Kronig: %s\n", r->noise_percent, r->kk.reason);
  for (size_t i = 0; i < r->warnings.n; i++) printf("warning: %s\n", r->warnings.text[i]);
}

int main(int argc, char **argv) {
  eis_error err = EIS_ERROR_INIT;
  eis_spectra spectra = {0};
  eis_circuit *circuit = NULL;
  eis_fit_result result = {0};
  eis_fit_options options = eis_fit_options_default();
  options.ci = EIS_CI_COV; /* the default; EIS_CI_PROFILE for asymmetric intervals */

  const char *text = argc > 2 ? argv[2] : "R_b-p(R_cei,CPE_cei)-p(R_if-W_d,CPE_if)";
  eis_status st = eis_read_file(argc > 1 ? argv[1] : "-", NULL, &spectra, &err);
  if (st == EIS_OK) st = eis_circuit_parse(text, EIS_NOTATION_AUTO, &circuit, &err);
  for (size_t i = 0; st == EIS_OK && i < spectra.n; i++) {
    st = eis_fit_run(&spectra.at[i], circuit, &options, &result, &err);
    if (st == EIS_OK) print_result(circuit, &result);
    eis_fit_result_clear(&result);
  }
  eis_circuit_free(circuit);
  eis_spectra_clear(&spectra);
  return st == EIS_OK ? 0 : complain(&err);
}
