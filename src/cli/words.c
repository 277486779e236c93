/* words.c - names that stand in tables of the library, for the completion of shells. */
#include "cli/words.h"

#include <stdlib.h>

#include <eisfit/ocv.h>

static void word(const char *s, eisi_text *out) { eisi_text_addf(out, "%s\n", s); }

void cli_words_bases(eisi_text *out) {
  const char *key, *doc;
  for (size_t i = 0; (key = eis_drt_basis_at(i, &doc)) != NULL; i++) word(key, out);
}

void cli_words_dialects(eisi_text *out) {
  for (size_t i = 0; eis_dialect_at(i); i++) word(eis_dialect_at(i)->name, out);
}

void cli_words_elements(eisi_text *out) {
  for (size_t i = 0; eis_element_at(i); i++) word(eis_element_at(i)->symbol, out);
}

void cli_words_formats(eisi_text *out) {
  for (size_t i = 0; eis_format_at(i); i++) word(eis_format_at(i)->key, out);
}

void cli_words_laws(eisi_text *out) {
  for (size_t i = 0; eis_law_at(i); i++) word(eis_law_at(i)->key, out);
}

void cli_words_methods(eisi_text *out) {
  for (size_t i = 0; eis_drt_method_at(i); i++) word(eis_drt_method_at(i)->key, out);
  word("list", out);
}

void cli_words_optimizers(eisi_text *out) {
  word("auto\nlm\nlist", out);
  for (size_t i = 0; eis_fit_optimizer_at(i); i++)
    eisi_text_addf(out, "nlopt:%s\n", eis_fit_optimizer_at(i));
}

/* Names in folders; a folder that can't be read offers none. */
static void listed(eis_status (*list)(char ***names, eis_error *err), eisi_text *out) {
  char **names = NULL;
  if (list(&names, NULL) != EIS_OK) return;
  for (size_t i = 0; names && names[i]; i++) {
    word(names[i], out);
    free(names[i]);
  }
  free(names);
}

void cli_words_materials(eisi_text *out) { listed(eis_material_list, out); }
void cli_words_models(eisi_text *out) { listed(eis_model_list, out); }
void cli_words_ocv(eisi_text *out) { listed(eis_ocv_list, out); }
