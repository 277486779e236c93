/* words.h - names that stand in tables of the library, for the completion of shells. */
#ifndef EISI_CLI_WORDS_H
#define EISI_CLI_WORDS_H

#include "cli/cli.h"

/* One name a line; what is in files of the user's, too. */
cli_words cli_words_bases;
cli_words cli_words_dialects;
cli_words cli_words_elements;
cli_words cli_words_formats;
cli_words cli_words_laws;
cli_words cli_words_materials;
cli_words cli_words_methods;
cli_words cli_words_models;
cli_words cli_words_ocv;
cli_words cli_words_optimizers;

#endif
