"""JSON of every command against doc/schema, by an implementation of JSON Schema that is not ours
(python3-jsonschema); tests/cli/schema.py is a small one, for everywhere."""
import json
import os
import warnings

import docs
from tap import ARC, TOP, done, ok, run, skip, standard_files, write

try:
    import jsonschema
except ImportError:
    skip("JSON of every command against doc/schema", "python3-jsonschema is not installed")
    done()

warnings.simplefilter("ignore", DeprecationWarning)  # RefResolver: what Debian has, has no other
ROOT = os.path.join(TOP, "doc", "schema")
DATA = os.path.join(TOP, "data")
schemas = {}
for name in sorted(os.listdir(ROOT)):
    with open(os.path.join(ROOT, name), encoding="utf-8") as f:
        schemas[name] = json.load(f)
Validator = jsonschema.validators.validator_for(schemas["eisfit.fit-1.json"], default=None)
ok(Validator is not None, "the schemas say which draft they follow")
for name, schema in schemas.items():
    try:
        Validator.check_schema(schema)
        why = None
    except jsonschema.SchemaError as e:
        why = e
    ok(why is None, "%s is a valid schema" % name, why)

checked = {}


def no_constant(name):
    raise ValueError("%s is not JSON" % name)


def validator(doc):
    name = doc["schema"].replace("/", "-") + ".json"
    resolver = jsonschema.RefResolver("file://%s/%s" % (ROOT, name), schemas[name],
                                      store={"file://%s/%s" % (ROOT, n): s for n, s in schemas.items()})
    checked[name] = checked.get(name, 0) + 1
    return Validator(schemas[name], resolver=resolver)


def faults(doc):
    return ["%s: %s" % ("/".join(map(str, e.absolute_path)), e.message[:200])
            for e in validator(doc).iter_errors(doc)]


def valid(*args, codes=(0, 1), count=1):
    r = run(*args, "--json")
    documents = [json.loads(line, parse_constant=no_constant) for line in r.out.splitlines()]
    bad = [f for d in documents for f in faults(d)]
    ok(r.code in codes and len(documents) >= count and not bad,
       "eisfit %s: %d valid" % (" ".join(map(os.path.basename, args)), len(documents)), *bad[:10], r)
    return documents


def sample(name):
    return os.path.join(DATA, name)


standard_files()
write("bad.csv", "frequency_Hz,Zreal_ohm,Zimag_ohm\n1,2,x\n")
fits = valid("fit", sample("assb-sample.csv"), "-m", "scl-randles", "--area", "0.785 cm2",
             "--electrolyte", "LPSCl")
valid("fit", "arc.csv", "two.csv", "-m", "zarc,two-zarc", "--ci", "profile", count=2)
valid("fit", "arc.csv", "-c", ARC, "--fix", "R0=10", "--loss", "huber", "--no-kk")
valid("fit", "bad.csv", "-c", ARC, codes=(3,))
for method in ("adaptive", "tikhonov", "ridge", "bht", "fourier", "loewner", "mrq", "hn", "auto"):
    valid("drt", "two.csv", "-m", method)
valid("drt", sample("assb-sample.csv"), "--assign", "--electrolyte", "LPSCl", "--explain")
valid("drt", "two.csv", "--band", "exact", "--samples", "200")
valid("kk", "arc.csv", "ind.csv", sample("assb-sample.csv"), count=3)
valid("kk", "arc.csv", "--rule", "mu", "--no-others")
valid("simulate", "-m", "randles", "--noise", "1", "--repeat", "2", count=2)
valid("convert", "arc.csv")
for command in ("models", "elements", "formats"):
    valid(command, count=10)
valid("models", "joint-scl")
for word in (["debye"], ["field", "-M", "oxide"], ["resistance", "-M", "oxide"], ["ea", "-M", "oxide", "--ea", "0.35"],
             ["inverse", "1,10", "-M", "oxide"], ["tau-ratio", "10,100", "-M", "oxide"], ["review"],
             ["profile", "-M", "LiPON", "--dphi", "0.2"], ["validate", "-M", "LiPON", "--dphi", "0.2"],
             ["spectrum", "-M", "LiPON", "--dphi", "0.15", "--fmin", "1 kHz", "--per-decade", "2"],
             ["polymer", "0.1,1", "-M", "oxide", "--polymer", "eps_r=10,D=1e-12,dphi=0.2,c_ref=1"]):
    valid("scl", *word)
valid("trend", sample("aging-sample.csv"), "-p", "R_cei", "--end-of-life", "2x")
valid("arrhenius", sample("temperature-sample.csv"))
valid("compare", sample("aging-sample.csv"), "-p", "R_cei")
valid("joint", sample("joint-manifest.csv"), "-m", "joint-ct", "--no-profile")
write("m.csv", "file,cell,cycle,group\narc.csv,A,1,x\ntwo.csv,A,2,x\nind.csv,B,1,y\n")
r = run("campaign", "run", "m.csv", "-c", ARC, "--drt", "--store", "s.db", "-q")
ok(r.code in (0, 1), "a campaign", r)
valid("campaign", "status", "s.db")
for table in ("spectra", "fits", "parameters", "peaks", "tracks", "quality"):
    valid("campaign", "export", "s.db", "--table", table, count=0 if table == "tracks" else 1)

# the validator does say no
doc = fits[0]
for name, change in (("a member that is missing", {"verdict": None}), ("a wrong type", {"warnings": "x"}),
                     ("an unknown member", {"more": 1}), ("an unknown verdict", {"verdict": "perhaps"})):
    broken = dict(doc, **change)
    broken = {k: v for k, v in broken.items() if not (k == "verdict" and v is None)}
    ok(faults(broken), "the validator refuses " + name)
idle = sorted(set(schemas) - set(checked) - {"common.json"})
ok(not idle, "every schema was used", idle)
done()
