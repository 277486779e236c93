"""Who may include whom: a file its own folder or one before it, a library in one place only."""
import os
import re

from source import LAYERS, files, includes, plain, prototypes, text
from tap import done, ok

# The layer that implements a public header.
PUBLIC = {"status.h": "base", "reader.h": "data", "spectrum.h": "data", "lsq.h": "numerics",
          "scl.h": "physics", "scl_junction.h": "physics", "mpnp.h": "physics", "kmc.h": "physics",
          "circuit.h": "model", "convert.h": "model", "element.h": "model",
          "drt_method.h": "analysis", "drt_stability.h": "analysis",
          "ocv.h": "physics", "joint.h": "analysis",
          "model.h": "model", "derive.h": "analysis", "drt.h": "analysis", "fit.h": "analysis", "kk.h": "analysis",
          "process.h": "analysis",
          "simulate.h": "analysis", "manifest.h": "campaign", "store.h": "campaign", "eisfit.h": "report",
          "arrhenius.h": "campaign", "compare.h": "campaign", "track.h": "campaign",
          "trend.h": "campaign"}
# What may include the header of a library that eisfit needs: one source file each.
LIBRARY = (("NLopt", r"nlopt\.h"), ("FFTW", r"fftw3\.h"), ("LAPACK and BLAS", r"lapacke?\.h|cblas\.h"),
           ("libcsv", r"csv\.h"), ("jansson", r"jansson\.h"), ("nettle", r"nettle/.*"),
           ("SQLite", r"sqlite3\.h"), ("MPI", r"mpi\.h"))
# The program shows results; how they come about is none of its business.  (numerics: it sets the
# number of threads of the linear algebra.)
CLI_INTERNAL = ("base", "numerics", "analysis", "campaign", "report", "cli")

src = files("src")
headers = files("include")


def layer(path):
    return path.split(os.sep)[1]


def rank(name):
    return LAYERS.index(name) if name in LAYERS else None


ok(src and all(layer(p) in LAYERS for p in src), "every source file is in a known layer",
   *[p for p in src if layer(p) not in LAYERS])

known = {os.path.basename(p) for p in headers}
ok(known == set(PUBLIC), "every public header has its layer in this test", known ^ set(PUBLIC))

upwards, strange, broken = [], [], []
for p in src:
    for line, bracket, name in includes(p):
        if bracket == "<":
            continue
        where = "%s:%d: %s" % (p, line, name)
        folder = name.split("/")[0]
        if folder not in LAYERS or "/" not in name:
            strange.append(where)
        elif not os.path.join("src", *name.split("/")) in src:
            broken.append(where)
        elif rank(folder) > rank(layer(p)):
            upwards.append(where)
ok(not strange, 'own headers are included as "layer/file.h"', *strange)
ok(not broken, "included files exist", *broken)
ok(not upwards, "no file includes a layer above its own", *upwards)

defined = {}
for h in headers:
    defined[os.path.basename(h)] = {name for _, name, _, _, _ in prototypes(h)}


def implements(path, header):
    code = plain(text(path))
    return any(re.search(r"\b%s\s*\([^;{]*\)\s*\{" % f, code) for f in defined[header])


bad = []
for p in src + headers:
    for line, bracket, name in includes(p):
        short = name[len("eisfit/"):]
        if bracket == "<" and name.startswith("eisfit/") and p in headers:
            own = PUBLIC[os.path.basename(p)]
        elif bracket == "<" and name.startswith("eisfit/"):
            own = layer(p)
        else:
            continue
        if short not in PUBLIC or (rank(PUBLIC[short]) > rank(own) and not
                                   (p in src and implements(p, short))):
            bad.append("%s:%d: %s is %s" % (p, line, name, PUBLIC.get(short, "not known")))
ok(not bad, "no file uses the public functions of a layer above its own", *bad)

bad = ["%s:%d: %s" % (p, line, name) for p in headers for line, bracket, name in includes(p)
       if bracket == '"' or (name.startswith("eisfit/") and name[7:] not in PUBLIC)]
ok(not bad, "public headers include only public headers", *bad)

bad = ["%s:%d: %s" % (p, line, name) for p in src if layer(p) == "cli"
       for line, bracket, name in includes(p)
       if bracket == '"' and name.split("/")[0] not in CLI_INTERNAL]
ok(not bad, "the program stays away from the inside of data, physics and model", *bad)

bad = ["%s:%d" % (p, line) for p in src for line, _, name in includes(p) if name == "config.h"]
ok(not bad, "config.h is not included", *bad)

for title, pattern in LIBRARY:
    users = {}
    for p in src + headers:
        for line, bracket, name in includes(p):
            if bracket == "<" and re.fullmatch(pattern, name):
                users.setdefault(p, "%s:%d" % (p, line))
    ok(len(users) == 1 and all(p.endswith(".c") for p in users),
       "%s is used by exactly one source file" % title, *users.values())
done()
