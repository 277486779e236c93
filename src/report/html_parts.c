/* html_parts.c - see html.h. */
#include "base/number.h"
#include "report/html.h"

#include <eisfit/eisfit.h>
#include <string.h>

static const char style_sheet[] =
    "body{font:15px/1.45 system-ui,sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem;"
    "color:#222}h1{font-size:1.35rem}h2{font-size:1.1rem;margin-top:1.8rem}"
    "table{border-collapse:collapse;margin:.6rem 0}th,td{padding:.2rem .8rem .2rem 0;"
    "text-align:left;border-bottom:1px solid #ddd;vertical-align:top}"
    "td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}.good{color:#00702a}"
    ".bad{color:#b00020}.odd{color:#9a5b00}.warn{background:#fff4d6;padding:.3rem .6rem;margin:.3rem 0}"
    "code{font-size:.95em}svg{width:100%;height:auto}footer{margin-top:2rem;color:#666}";

void eisi_html_text(eisi_text *out, const char *s) {
  while (s && *s) {
    const char *with = *s == '&'    ? "&amp;"
                       : *s == '<'  ? "&lt;"
                       : *s == '>'  ? "&gt;"
                       : *s == '"'  ? "&quot;"
                       : *s == '\'' ? "&#39;"
                                    : NULL;
    if (with || *s == '\n' || *s == '\t') {
      eisi_text_addf(out, "%s", with ? with : " ");
      s++;
    } else {
      s += eisi_text_add_shown(out, s);
    }
  }
}

void eisi_html_element(eisi_text *out, const char *open, const char *text, const char *close) {
  eisi_text_addf(out, "%s", open);
  eisi_html_text(out, text);
  eisi_text_addf(out, "%s", close);
}

void eisi_html_number(eisi_text *out, const char *text) {
  eisi_html_element(out, "<td class=\"n\">", text, "</td>");
}

void eisi_html_pair(eisi_text *out, const char *key, const char *value) {
  eisi_html_element(out, "<tr><th>", key, "</th>");
  eisi_html_element(out, "<td>", value, "</td></tr>\n");
}

void eisi_html_notes(eisi_text *out, const eis_notes *list, const char *open, const char *close) {
  for (size_t i = 0; i < list->n; i++) eisi_html_element(out, open, list->text[i], close);
}

static void input_section(const eis_spectrum *s, eisi_text *out) {
  char range[160];
  eisi_text_range(s, range, sizeof range);
  eisi_text_addf(out, "<h2>Data</h2>\n<table>\n");
  eisi_html_pair(out, "file", s->source);
  if (s->n_sweeps > 1) {
    eisi_html_element(out, "<tr><th>sweep</th><td>", "", "");
    eisi_text_addf(out, "%d of %d</td></tr>\n", s->sweep, s->n_sweeps);
  }
  eisi_html_pair(out, "points", range);
  eisi_html_pair(out, "format", s->format);
  for (size_t i = 0; i < s->decisions.n; i++)
    eisi_html_pair(out, i ? "" : "reader decided", s->decisions.text[i]);
  for (size_t i = 0; i < s->meta.n; i++)
    eisi_html_pair(out, s->meta.item[i].key, s->meta.item[i].value);
  if (s->sha256[0]) eisi_html_pair(out, "SHA-256", s->sha256);
  eisi_text_addf(out, "</table>\n");
}

void eisi_html_kk(const eis_kk_result *kk, eisi_text *out) {
  eisi_text_addf(out,
                 "<h2>Kramers-Kronig test</h2>\n<p><b class=\"%s\">%s</b>, noise %g %% of "
                 "|Z|, largest residual %g %%. ",
                 kk->passed ? "good" : "bad", kk->passed ? "passed" : "failed",
                 eisi_signif(kk->noise_percent, 2), eisi_signif(kk->max_residual_percent, 2));
  eisi_html_text(out, kk->reason);
  eisi_text_addf(out, "</p>\n");
}

void eisi_html_begin(const eis_spectrum *s, const char *what, const char *svg, eisi_text *out) {
  const char *picture = strstr(svg, "<svg"); /* gnuplot writes a whole file */
  eisi_html_element(
      out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>",
      s->source, " - eisfit</title>\n");
  eisi_text_addf(out, "<style>%s</style>\n</head>\n<body>\n<h1>%s of ", style_sheet, what);
  eisi_html_element(out, "", s->source, "</h1>\n");
  eisi_text_addf(out, "<figure>%s</figure>\n", picture ? picture : "");
  eisi_html_notes(out, &s->warnings, "<p class=\"warn\">", "</p>\n");
}

eis_status eisi_html_end(const eis_spectrum *s, eisi_text *out, eis_error *err) {
  input_section(s, out);
  eisi_text_addf(out, "<footer>eisfit %s</footer>\n</body>\n</html>\n", eis_version());
  return out->failed ? eis_error_set(err, EIS_ERROR_MEMORY, "out of memory") : EIS_OK;
}
