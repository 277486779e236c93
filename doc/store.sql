-- The tables of a store as SQLite has them; what the columns mean is in doc/store.md.
-- Made by: python3 tests/doc/test_store_doc.py --write

CREATE TABLE blocks (
  id INTEGER PRIMARY KEY,
  hash TEXT NOT NULL UNIQUE,
  cell TEXT NOT NULL,
  first_spectrum INTEGER NOT NULL,
  n_spectra INTEGER NOT NULL);

CREATE TABLE grids (
  id INTEGER PRIMARY KEY,
  n INTEGER NOT NULL,
  x BLOB NOT NULL);

CREATE TABLE files (
  path TEXT PRIMARY KEY NOT NULL,
  sha256 TEXT,
  format TEXT,
  n_sweeps INTEGER,
  decisions TEXT);

CREATE TABLE spectra (
  id INTEGER PRIMARY KEY,
  block INTEGER NOT NULL REFERENCES blocks(id) ON UPDATE CASCADE ON DELETE CASCADE,
  file TEXT NOT NULL,
  sweep INTEGER NOT NULL,
  cell TEXT NOT NULL,
  position INTEGER NOT NULL,
  group_name TEXT,
  cycle REAL,
  time_h REAL,
  soc REAL,
  temperature_C REAL,
  area_cm2 REAL,
  thickness_um REAL,
  pressure_MPa REAL,
  electrolyte TEXT,
  anode TEXT,
  status TEXT NOT NULL,
  reason TEXT,
  flags TEXT,
  n_points INTEGER,
  f_min_hz REAL,
  f_max_hz REAL,
  grid INTEGER,
  re BLOB,
  im BLOB,
  warnings TEXT);

CREATE TABLE metadata (
  spectrum INTEGER NOT NULL REFERENCES spectra(id) ON UPDATE CASCADE ON DELETE CASCADE,
  name TEXT NOT NULL,
  text TEXT NOT NULL,
  number REAL,
  PRIMARY KEY(spectrum, name)) WITHOUT ROWID;

CREATE TABLE quality (
  spectrum INTEGER PRIMARY KEY REFERENCES spectra(id) ON UPDATE CASCADE ON DELETE CASCADE,
  passed INTEGER NOT NULL,
  reason TEXT,
  m INTEGER,
  mu REAL,
  pseudo_chi2 REAL,
  noise_percent REAL,
  systematic_percent REAL,
  max_residual_percent REAL,
  f_low_hz REAL,
  f_high_hz REAL,
  n_outliers INTEGER);

CREATE TABLE fits (
  spectrum INTEGER NOT NULL REFERENCES spectra(id) ON UPDATE CASCADE ON DELETE CASCADE,
  model INTEGER NOT NULL,
  model_name TEXT NOT NULL,
  variant TEXT,
  circuit TEXT,
  best INTEGER NOT NULL,
  verdict TEXT NOT NULL,
  misfit INTEGER,
  n_free INTEGER,
  dof INTEGER,
  S REAL,
  second_S REAL,
  pseudo_chi2 REAL,
  noise_percent REAL,
  aicc REAL,
  bic REAL,
  weight REAL,
  starts_tried INTEGER,
  starts_agreed INTEGER,
  warm INTEGER,
  covariance BLOB,
  warnings TEXT,
  PRIMARY KEY(spectrum, model));

CREATE TABLE parameters (
  spectrum INTEGER NOT NULL REFERENCES spectra(id) ON UPDATE CASCADE ON DELETE CASCADE,
  model INTEGER NOT NULL,
  position INTEGER NOT NULL,
  name TEXT NOT NULL,
  value REAL,
  stderr REAL,
  ci_low REAL,
  ci_high REAL,
  unit TEXT,
  role TEXT,
  derived INTEGER NOT NULL,
  state TEXT NOT NULL,
  PRIMARY KEY(spectrum, model, position)) WITHOUT ROWID;

CREATE TABLE drt (
  spectrum INTEGER PRIMARY KEY REFERENCES spectra(id) ON UPDATE CASCADE ON DELETE CASCADE,
  lambda REAL,
  noise_percent REAL,
  dof REAL,
  R_inf REAL,
  R_inf_error REAL,
  L REAL,
  L_error REAL,
  C_inv REAL,
  C_inv_error REAL,
  R_pol REAL,
  R_pol_error REAL,
  grid INTEGER,
  gamma BLOB,
  gamma_low BLOB,
  gamma_high BLOB,
  sharp_decades REAL,
  advice TEXT);

CREATE TABLE peaks (
  spectrum INTEGER NOT NULL REFERENCES spectra(id) ON UPDATE CASCADE ON DELETE CASCADE,
  position INTEGER NOT NULL,
  tau REAL,
  log10_tau_error REAL,
  R REAL,
  R_error REAL,
  C REAL,
  width_decades REAL,
  height REAL,
  probability REAL,
  shoulder INTEGER,
  process TEXT,
  process_probability REAL,
  PRIMARY KEY(spectrum, position)) WITHOUT ROWID;

CREATE TABLE tracks (
  cell TEXT NOT NULL,
  track INTEGER NOT NULL,
  spectrum INTEGER NOT NULL REFERENCES spectra(id) ON UPDATE CASCADE ON DELETE CASCADE,
  peak INTEGER,
  process TEXT,
  process_probability REAL,
  tau REAL,
  log10_tau_error REAL,
  R REAL,
  R_error REAL,
  C REAL,
  shared INTEGER,
  PRIMARY KEY(spectrum, track)) WITHOUT ROWID;

CREATE TABLE campaign (
  key TEXT PRIMARY KEY,
  value TEXT) WITHOUT ROWID;

CREATE TABLE runs (
  id INTEGER PRIMARY KEY,
  started TEXT,
  ended TEXT,
  version TEXT,
  options TEXT,
  manifest_sha256 TEXT,
  workers INTEGER,
  shard TEXT,
  n_done INTEGER,
  n_failed INTEGER,
  n_kept INTEGER,
  n_dropped INTEGER,
  outcome TEXT);

CREATE INDEX spectra_block ON spectra(block);

CREATE INDEX tracks_cell ON tracks(cell, track);

CREATE VIEW best_parameters AS SELECT p.spectrum, s.cell, s.group_name, s.position, s.cycle, s.time_h, s.soc, s.temperature_C, s.area_cm2, s.thickness_um, s.pressure_MPa, s.electrolyte, s.anode, s.flags, f.model_name, p.name, p.value, p.stderr, p.ci_low, p.ci_high, p.unit, p.role, p.derived, p.state FROM parameters p JOIN fits f ON f.spectrum = p.spectrum AND f.model = p.model AND f.best JOIN spectra s ON s.id = p.spectrum;
