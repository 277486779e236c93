#include "campaign/schema.h"

/* WITHOUT ROWID only where rows are short: longer ones would take a page each. */
static const eisi_schema_table tables[EISI_N_TABLES] = {
    [EISI_TABLE_BLOCKS] = {"blocks", 5,
     "CREATE TABLE blocks(id INTEGER PRIMARY KEY, hash TEXT NOT NULL UNIQUE, cell TEXT NOT NULL,"
     " first_spectrum INTEGER NOT NULL, n_spectra INTEGER NOT NULL)",
     "id", "ABORT", true},
    [EISI_TABLE_GRIDS] = {"grids", 3,
     "CREATE TABLE grids(id INTEGER PRIMARY KEY, n INTEGER NOT NULL, x BLOB NOT NULL)",
     "id", "IGNORE", true},
    [EISI_TABLE_FILES] = {"files", 5,
     "CREATE TABLE files(path TEXT PRIMARY KEY NOT NULL, sha256 TEXT, format TEXT, n_sweeps INTEGER,"
     " decisions TEXT)",
     "path", "REPLACE", true},
    [EISI_TABLE_SPECTRA] = {"spectra", 26,
     "CREATE TABLE spectra(id INTEGER PRIMARY KEY,"
     " block INTEGER NOT NULL REFERENCES blocks(id) ON UPDATE CASCADE ON DELETE CASCADE,"
     " file TEXT NOT NULL, sweep INTEGER NOT NULL, cell TEXT NOT NULL, position INTEGER NOT NULL,"
     " group_name TEXT, cycle REAL, time_h REAL, soc REAL, temperature_C REAL, area_cm2 REAL,"
     " thickness_um REAL, pressure_MPa REAL, electrolyte TEXT, anode TEXT,"
     " status TEXT NOT NULL, reason TEXT, flags TEXT,"
     " n_points INTEGER, f_min_hz REAL, f_max_hz REAL, grid INTEGER, re BLOB, im BLOB,"
     " warnings TEXT)",
     "id", "ABORT", true},
    [EISI_TABLE_METADATA] = {"metadata", 4,
     "CREATE TABLE metadata(spectrum INTEGER NOT NULL REFERENCES spectra(id) ON UPDATE CASCADE"
     " ON DELETE CASCADE, name TEXT NOT NULL, text TEXT NOT NULL, number REAL,"
     " PRIMARY KEY(spectrum, name)) WITHOUT ROWID",
     "spectrum, name", "ABORT", true},
    [EISI_TABLE_QUALITY] = {"quality", 12,
     "CREATE TABLE quality(spectrum INTEGER PRIMARY KEY REFERENCES spectra(id) ON UPDATE CASCADE"
     " ON DELETE CASCADE, passed INTEGER NOT NULL, reason TEXT, m INTEGER, mu REAL,"
     " pseudo_chi2 REAL, noise_percent REAL, systematic_percent REAL, max_residual_percent REAL,"
     " f_low_hz REAL, f_high_hz REAL, n_outliers INTEGER)",
     "spectrum", "ABORT", true},
    [EISI_TABLE_FITS] = {"fits", 22,
     "CREATE TABLE fits(spectrum INTEGER NOT NULL REFERENCES spectra(id) ON UPDATE CASCADE"
     " ON DELETE CASCADE, model INTEGER NOT NULL, model_name TEXT NOT NULL, variant TEXT,"
     " circuit TEXT, best INTEGER NOT NULL, verdict TEXT NOT NULL, misfit INTEGER, n_free INTEGER,"
     " dof INTEGER, S REAL, second_S REAL, pseudo_chi2 REAL, noise_percent REAL, aicc REAL,"
     " bic REAL, weight REAL, starts_tried INTEGER, starts_agreed INTEGER, warm INTEGER,"
     " covariance BLOB, warnings TEXT, PRIMARY KEY(spectrum, model))",
     "spectrum, model", "ABORT", true},
    [EISI_TABLE_PARAMETERS] = {"parameters", 12,
     "CREATE TABLE parameters(spectrum INTEGER NOT NULL REFERENCES spectra(id) ON UPDATE CASCADE"
     " ON DELETE CASCADE, model INTEGER NOT NULL, position INTEGER NOT NULL, name TEXT NOT NULL,"
     " value REAL, stderr REAL, ci_low REAL, ci_high REAL, unit TEXT, role TEXT,"
     " derived INTEGER NOT NULL, state TEXT NOT NULL,"
     " PRIMARY KEY(spectrum, model, position)) WITHOUT ROWID",
     "spectrum, model, position", "ABORT", true},
    [EISI_TABLE_DRT] = {"drt", 18,
     "CREATE TABLE drt(spectrum INTEGER PRIMARY KEY REFERENCES spectra(id) ON UPDATE CASCADE"
     " ON DELETE CASCADE, lambda REAL, noise_percent REAL, dof REAL, R_inf REAL, R_inf_error REAL,"
     " L REAL, L_error REAL, C_inv REAL, C_inv_error REAL, R_pol REAL, R_pol_error REAL,"
     " grid INTEGER, gamma BLOB, gamma_low BLOB, gamma_high BLOB, sharp_decades REAL, advice TEXT)",
     "spectrum", "ABORT", true},
    [EISI_TABLE_PEAKS] = {"peaks", 13,
     "CREATE TABLE peaks(spectrum INTEGER NOT NULL REFERENCES spectra(id) ON UPDATE CASCADE"
     " ON DELETE CASCADE, position INTEGER NOT NULL, tau REAL, log10_tau_error REAL, R REAL,"
     " R_error REAL, C REAL, width_decades REAL, height REAL, probability REAL, shoulder INTEGER,"
     " process TEXT, process_probability REAL, PRIMARY KEY(spectrum, position)) WITHOUT ROWID",
     "spectrum, position", "ABORT", true},
    [EISI_TABLE_TRACKS] = {"tracks", 12,
     "CREATE TABLE tracks(cell TEXT NOT NULL, track INTEGER NOT NULL, spectrum INTEGER NOT NULL"
     " REFERENCES spectra(id) ON UPDATE CASCADE ON DELETE CASCADE, peak INTEGER, process TEXT,"
     " process_probability REAL, tau REAL, log10_tau_error REAL, R REAL, R_error REAL, C REAL,"
     " shared INTEGER, PRIMARY KEY(spectrum, track)) WITHOUT ROWID",
     "spectrum, track", "ABORT", true},
    [EISI_TABLE_CAMPAIGN] = {"campaign", 2,
     "CREATE TABLE campaign(key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID",
     "key", "REPLACE", false},
    [EISI_TABLE_RUNS] = {"runs", 13,
     "CREATE TABLE runs(id INTEGER PRIMARY KEY, started TEXT, ended TEXT, version TEXT,"
     " options TEXT, manifest_sha256 TEXT, workers INTEGER, shard TEXT, n_done INTEGER,"
     " n_failed INTEGER, n_kept INTEGER, n_dropped INTEGER, outcome TEXT)",
     "id", "REPLACE", false},
};

const eisi_schema_table *eisi_schema_at(int i) {
  return i >= 0 && i < EISI_N_TABLES ? &tables[i] : NULL;
}

const char eisi_schema_rest[] =
    "CREATE INDEX spectra_block ON spectra(block);"
    "CREATE INDEX tracks_cell ON tracks(cell, track);"
    "CREATE VIEW best_parameters AS SELECT p.spectrum, s.cell, s.group_name, s.position, s.cycle,"
    " s.time_h, s.soc, s.temperature_C, s.area_cm2, s.thickness_um, s.pressure_MPa, s.electrolyte,"
    " s.anode, s.flags, f.model_name, p.name, p.value, p.stderr, p.ci_low, p.ci_high, p.unit,"
    " p.role, p.derived, p.state FROM parameters p JOIN fits f ON f.spectrum = p.spectrum"
    " AND f.model = p.model AND f.best JOIN spectra s ON s.id = p.spectrum;";

#define WHO                                                                                        \
  "s.id AS spectrum, s.file, s.sweep, s.cell, s.group_name AS \"group\", s.cycle, s.time_h, s.soc," \
  " s.temperature_C, s.pressure_MPa"

static const eisi_export exports[] = {
    {"spectra", "what was measured, and whether it passed",
     "SELECT s.id AS spectrum, s.file, s.sweep, s.cell, s.position, s.group_name AS \"group\","
     " s.cycle, s.time_h, s.soc, s.temperature_C, s.area_cm2, s.thickness_um, s.pressure_MPa,"
     " s.electrolyte, s.anode, s.status, s.reason, s.flags, s.n_points, s.f_min_hz, s.f_max_hz,"
     " f.format, f.sha256 FROM spectra s LEFT JOIN files f ON f.path = s.file ORDER BY s.id"},
    {"fits", "one row per spectrum and model",
     "SELECT " WHO ", f.model, f.model_name, f.variant, f.circuit, f.best, f.verdict, f.misfit,"
     " f.n_free, f.dof, f.S, f.second_S, f.pseudo_chi2, f.noise_percent, f.aicc, f.bic, f.weight,"
     " f.starts_tried, f.starts_agreed, f.warm, f.warnings"
     " FROM fits f JOIN spectra s ON s.id = f.spectrum ORDER BY f.spectrum, f.model"},
    {"parameters", "one row per parameter and derived quantity",
     "SELECT " WHO ", p.model, f.model_name, f.best, p.name, p.value, p.stderr, p.ci_low, p.ci_high,"
     " p.unit, p.role, p.derived, p.state FROM parameters p JOIN spectra s ON s.id = p.spectrum"
     " JOIN fits f ON f.spectrum = p.spectrum AND f.model = p.model"
     " ORDER BY p.spectrum, p.model, p.position"},
    {"peaks", "one row per peak of the distribution of relaxation times",
     "SELECT " WHO ", p.position AS peak, p.tau, p.log10_tau_error, p.R, p.R_error, p.C,"
     " p.width_decades, p.height, p.probability, p.shoulder, p.process, p.process_probability"
     " FROM peaks p JOIN spectra s ON s.id = p.spectrum ORDER BY p.spectrum, p.position"},
    {"tracks", "peaks followed along the sequence of each cell",
     "SELECT " WHO ", t.track, t.peak, t.process, t.process_probability, t.tau, t.log10_tau_error,"
     " t.R, t.R_error, t.C, t.shared FROM tracks t JOIN spectra s ON s.id = t.spectrum"
     " ORDER BY t.spectrum, t.track"},
    {"quality", "the Kramers-Kronig test of every spectrum",
     "SELECT " WHO ", q.passed, q.reason, q.m, q.mu, q.pseudo_chi2, q.noise_percent,"
     " q.systematic_percent, q.max_residual_percent, q.f_low_hz, q.f_high_hz, q.n_outliers"
     " FROM quality q JOIN spectra s ON s.id = q.spectrum ORDER BY q.spectrum"},
};

const eisi_export *eisi_export_at(size_t i) {
  return i < sizeof exports / sizeof *exports ? &exports[i] : NULL;
}
