"""Files with names that are hard to print: every output stays readable, valid and harmless."""
import csv
import io
import json
import os
import sqlite3
import subprocess

from faulty import EISFIT, WORK, ok
from tap import ARC, done, one_arc, path, run, skip, table, write

NAMES = [b"a b.csv", b"q'uote\".csv", b"new\nline.csv", b"-dash.csv", b"esc\x1b[31m.csv", b"bytes\xff\xe9.csv",
         b"umlaut \xc3\xa4.csv", b"$(x);`y`&<i>.csv", b"per%cent%n%s.csv"]
DATA = table(one_arc, n=31, noise=0.2).encode()


def eisfit(*args):
    p = subprocess.run([EISFIT.encode()] + [a if isinstance(a, bytes) else a.encode() for a in args], cwd=WORK,
                       stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
    return p.returncode, p.stdout, p.stderr


def controls(text):
    return [c for c in text if (c < 32 and c not in b"\n\t") or c == 127]


for name in NAMES:
    shown = name.decode("latin-1")
    try:
        with open(os.path.join(WORK.encode(), name), "wb") as f:
            f.write(DATA)
    except OSError as e:
        skip(repr(name), e)
        continue
    file = b"./" + name
    code, out, err = eisfit("fit", file, "-c", ARC, "--plot", "x.svg", "--report", "x.html",
                            "--keep-plot-script", "x.gp")
    ok(code == 0 and not controls(out) and not controls(err), "%r: the text is harmless" % shown, code, out[:300], err)
    try:
        out.decode()
        valid = [open(path(n), encoding="utf-8").read() for n in ("x.svg", "x.html", "x.gp")]
    except UnicodeDecodeError as e:
        valid = [str(e)]
    ok(len(valid) == 3 and "<i>" not in valid[1] and "</html>" in valid[1], "%r: text, figure, report and script are UTF-8" % shown,
       *valid)
    code, out, err = eisfit("fit", file, "-c", ARC, "--json", "-q")
    try:
        source = json.loads(out.decode())["input"]["file"]
    except (ValueError, KeyError) as e:
        source = e
    expected = file.decode("utf-8" if name.startswith(b"umlaut") else "latin-1")
    ok(source == expected, "%r: JSON has the name" % shown, source, expected, out[:300])
    code, out, err = eisfit("fit", file, "-c", ARC, "--csv", "-q")
    rows = list(csv.reader(io.StringIO(out.decode("latin-1"))))
    ok(len({len(r) for r in rows}) == 1 and rows[1][0] == file.decode("latin-1"), "%r: CSV has the name" % shown, rows[:2])
    code, out, err = eisfit("fit", b"./no-" + name, "-c", ARC)
    ok(code == 3 and b"can't open" in err and not controls(err), "%r: the error is harmless" % shown, err)
    os.remove(os.path.join(WORK.encode(), name))

write("x y's.csv", DATA)
write("m.csv", "file,cell,group\n\"x y's.csv\",\"c'1\"\"\",\"g;--\"\n")
r = run("campaign", "run", "m.csv", "-c", ARC, "--store", "it's a store.db", "-q")
db = sqlite3.connect(path("it's a store.db"))
ok(r.code == 0 and db.execute("SELECT file, cell, group_name FROM spectra").fetchall() ==
   [("x y's.csv", "c'1\"", "g;--")], "quotes of SQL in a manifest are just characters", r)
db.close()
done()
