"""Shared by the command line tests: TAP output, running the program, spectra made here."""
import atexit
import cmath
import math
import os
import random
import shutil
import subprocess
import sys
import tempfile

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
EISFIT = os.path.abspath(os.environ.get("EISFIT", "./eisfit"))
os.environ.setdefault("EISFIT_DATADIR", TOP)
for name in ("NO_COLOR", "EISFIT_GNUPLOT"):
    os.environ.pop(name, None)

_count = 0
_failed = 0
WORK = tempfile.mkdtemp(prefix="eisfit-cli-")
atexit.register(shutil.rmtree, WORK, True)
os.environ["XDG_DATA_HOME"] = os.path.join(WORK, "xdg")


def ok(condition, name, *details):
    """One TAP line; details are shown when it fails."""
    global _count, _failed
    _count += 1
    print("%s %d - %s" % ("ok" if condition else "not ok", _count, name))
    if not condition:
        _failed += 1
        for detail in details:
            for line in str(detail).splitlines()[:40]:
                print("# " + line)
    sys.stdout.flush()
    return bool(condition)


def skip(name, why):
    global _count
    _count += 1
    print("ok %d - %s # SKIP %s" % (_count, name, why))


def done():
    print("1..%d" % _count)
    sys.exit(1 if _failed else 0)


class Result:
    def __init__(self, code, out, err, raw):
        self.code, self.out, self.err, self.raw = code, out, err, raw

    def __str__(self):
        return "exit %s\nstdout: %s\nstderr: %s" % (self.code, self.out[:1500], self.err[:1500])


def run(*args, stdin=None, env=None, stdout=subprocess.PIPE, timeout=120):
    """Runs eisfit in the scratch directory."""
    full = dict(os.environ, **(env or {}))
    data = stdin.encode() if isinstance(stdin, str) else stdin
    p = subprocess.run([EISFIT] + [str(a) for a in args], input=data, env=full, cwd=WORK,
                       stdout=stdout, stderr=subprocess.PIPE, timeout=timeout)
    raw = p.stdout if p.stdout is not None else b""
    return Result(p.returncode, raw.decode("utf-8", "replace"), p.stderr.decode("utf-8", "replace"),
                  raw)


def on_terminal(*args, env=None):
    """What eisfit shows on a terminal, and its exit code; OSError or ImportError where there is none."""
    import pty
    master, slave = pty.openpty()
    p = subprocess.Popen([EISFIT] + [str(a) for a in args], cwd=WORK, stdout=slave, stderr=slave,
                         env=dict(os.environ, **(env or {})))
    os.close(slave)
    shown = b""
    while True:
        try:
            piece = os.read(master, 4096)
        except OSError:
            break
        if not piece:
            break
        shown += piece
    os.close(master)
    return shown.decode("utf-8", "replace"), p.wait(timeout=120)


def path(name):
    return os.path.join(WORK, name)


def write(name, content):
    mode = "wb" if isinstance(content, bytes) else "w"
    with open(path(name), mode) as f:
        f.write(content)
    return name


def read(name):
    with open(path(name), "rb") as f:
        return f.read()


def cpe(q, a, w):
    return 1 / (q * (1j * w) ** a)


def parallel(*z):
    return 1 / sum(1 / x for x in z)


def one_arc(w, r0=10.0, r1=100.0, q=1e-6, a=0.85):
    return r0 + parallel(r1, cpe(q, a, w))


def two_arcs(w):
    return one_arc(w) + parallel(50.0, cpe(1e-4, 1.0, w))


def inductive(w):
    return one_arc(w) + 1j * w * 2e-6


def table(z_of, n=61, high=6.0, low=-1.0, noise=0.0, seed=1, extra=None):
    """Canonical CSV of an impedance function, noise in per cent of |Z|; extra: constant columns."""
    rng = random.Random(seed)
    extra = extra or {}
    lines = ["frequency_Hz,Zreal_ohm,Zimag_ohm" + "".join("," + k for k in extra)]
    for k in range(n):
        f = 10 ** (high + (low - high) * k / (n - 1))
        z = z_of(2 * math.pi * f)
        s = abs(z) * noise / 100
        z += complex(rng.gauss(0, s), rng.gauss(0, s))
        lines.append("%.17g,%.17g,%.17g" % (f, z.real, z.imag) +
                     "".join("," + str(v) for v in extra.values()))
    return "\n".join(lines) + "\n"


ARC = "R0-p(R1,CPE1)"


def standard_files():
    """arc.csv (0.2 % noise), two.csv, ind.csv."""
    write("arc.csv", table(one_arc, noise=0.2))
    write("two.csv", table(two_arcs, noise=0.2, seed=2))
    write("ind.csv", table(inductive, noise=0.2, seed=3))
