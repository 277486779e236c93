"""The command lines that faults are tried on, and the files they read."""
import os
import shutil

from faulty import Case
from tap import ARC, TOP, cpe, one_arc, parallel, path, run, table, write

CAMPAIGN = ["campaign", "run", "m.csv", "-c", ARC, "--drt", "--processes", "--store", "new.db"]
# the processes of a library that ends the program when it has no memory: doc/faults.md
FFTW, NLOPT = "libfftw3", "libnlopt"


def spectra():
    write("a.csv", table(one_arc, n=21, noise=0.2))


def page(a, b):
    """Two reports of the same results: the time of making differs, nothing else does."""
    return a == b or (abs(len(a) - len(b)) < 100 and a.rstrip().endswith(b"</html>"))


def one_spectrum():
    fit = ["fit", "a.csv", "-j1", "-c", ARC]
    yield Case(*fit)
    yield Case("fit", "a.csv", "-m", "zarc,two-zarc", "-j1", "--json")
    yield Case(*fit, "--ci", "bootstrap", "--bootstrap", "20")
    yield Case(*fit, "--ci", "profile", "--csv", "-o", "x.csv")
    yield Case(*fit, "--optimizer", "nlopt:LN_SBPLX", spare=NLOPT)
    yield Case(*fit, "--plot", "x.svg", "--report", "x.html", whole=page)
    yield Case("kk", "a.csv", "-j1", spare=FFTW)
    yield Case("kk", "a.csv", "-j1", "--no-others", "--json")
    yield Case("convert", "a.csv", "--json")
    yield Case("convert", "-c", "R0-p(R1,CPE1)-Wo1", "--to", "impedance.py", "--set", "R1=10")
    yield Case("simulate", "-m", "zarc", "--noise", "1", "-o", "s.csv")


def distributions():
    for method in "adaptive tikhonov ridge bht fourier loewner mrq hn auto".split():
        spare = {"fourier": FFTW, "bht": NLOPT}.get(method)
        yield Case("drt", "a.csv", "-j1", "--method", method, spare=spare)
    yield Case("drt", "a.csv", "-j1", "--assign", "--area", "1 cm2", "--explain", "--json")
    yield Case("drt", "a.csv", "-j1", "--band", "exact", "--samples", "100", "--csv", "--table", "gamma", "-o", "g.csv")
    yield Case("drt", "a.csv", "-j1", "--report", "g.html", whole=page)


def tables():
    with open(os.path.join(TOP, "data", "aging-sample.csv"), encoding="utf-8") as f:
        lines = f.read().splitlines()
    write("aging.csv", "\n".join(lines[:14]) + "\n")
    write("groups.csv", "\n".join(lines[:1] + [line for line in lines[1:] if ",0.5," in line]) + "\n")
    shutil.copy(os.path.join(TOP, "data", "temperature-sample.csv"), path("heat.csv"))
    shutil.copy(os.path.join(TOP, "data", "joint-sample.csv"), path("joint-sample.csv"))
    with open(os.path.join(TOP, "data", "joint-manifest.csv"), encoding="utf-8") as f:
        write("jm.csv", "\n".join(f.read().splitlines()[:7]) + "\n")
    yield Case("scl", "debye", "--json", budget=70)
    yield Case("scl", "resistance", "--material", "LPSCl", "--dphi=-0.3:0.6:0.3", "--csv")
    yield Case("scl", "profile", "--material", "LiPON", "--dphi", "0.15")
    yield Case("scl", "profile", "--material", "LiPON", "--coating",
               "eps_r=20,n0=1e26,sigma=1e-4 S/m,thickness=5 nm,offset=0.1", "--dphi", "0.25", budget=70)
    yield Case("scl", "spectrum", "--material", "LiPON", "--dphi", "0.15", "--per-decade", "2")
    yield Case("scl", "review")
    yield Case("models")
    yield Case("elements", "ZARC", "--json")
    yield Case("help", "fit")
    yield Case("trend", "aging.csv", "-p", "R_cei", "--end-of-life", "3x", "--json")
    yield Case("arrhenius", "heat.csv", "--csv", "-o", "ea.csv")
    yield Case("compare", "groups.csv", "--reference", "uncoated", "-p", "R_cei")
    yield Case("compare", "groups.csv", "--reference", "uncoated", "-p", "R_cei", "--json", budget=70)
    yield Case("compare", "groups.csv", "--reference", "uncoated", "-p", "R_cei", "--csv", budget=70)
    yield Case("joint", "jm.csv", "-m", "joint-ct", "--variant", "bulk-arc", "--no-profile", "--starts", "1")
    yield Case("joint", "jm.csv", "-m", "joint-scl", "--variant", "bulk-arc", "--starts", "1", budget=12)


def campaign():
    """Commands of campaigns; done.db is a store that is complete."""
    lines = ["file,cell,group,cycle,temperature_C"]
    for i in range(4):
        write("c%d.csv" % i, table(one_arc, n=21, noise=0.2, seed=i))
        lines.append("c%d.csv,%s,%s,%d,%d" % (i, "ab"[i // 2], "xy"[i // 2], i % 2, 20 + i))
    write("m.csv", "\n".join(lines) + "\n")
    os.mkdir(path("folder"))
    for i in range(2):
        shutil.copy(path("c%d.csv" % i), path("folder/cell%d_20C.csv" % i))
    run(*CAMPAIGN[:-1], "done.db")
    yield Case(*CAMPAIGN, "-j1", "-q", store="new.db", budget=10)
    yield Case(*CAMPAIGN, "-j2", "-q", store="new.db", slack=8, budget=10)
    yield Case("campaign", "check", "m.csv")
    yield Case("campaign", "init", "folder", "-o", "proposed.csv", told=b"left out, they are no spectra")
    yield Case("campaign", "status", "done.db")
    yield Case("campaign", "status", "done.db", "--hash", budget=16)
    yield Case("campaign", "export", "done.db", "--table", "parameters", "-o", "p.csv")
    yield Case("campaign", "merge", "done.db", "--store", "merged.db", store="merged.db")
    yield Case("campaign", "track", tracked(), "--redo", store="tracked.db", budget=16)
    yield Case("report", "done.db", "-o", "r.html", whole=page)
    yield Case("trend", "done.db", "-p", "R1")


def tracked():
    """A store of one cell whose two processes can be followed over five spectra."""
    lines = ["file,cell,soc"]
    for i in range(5):
        write("t%d.csv" % i, table(lambda w: one_arc(w) + parallel(40.0 + 10 * i, cpe(2e-3, 0.85, w)), n=31, noise=0.2,
                                   high=5, seed=10 + i))
        lines.append("t%d.csv,a,%g" % (i, 0.2 + 0.15 * i))
    write("t.csv", "\n".join(lines) + "\n")
    run("campaign", "run", "t.csv", "--drt", "--store", "tracked.db", "-q")
    return "tracked.db"


def tracks():
    return run("campaign", "export", "tracked.db", "--table", "tracks").out


def completes(case):
    """After a fault in 'campaign run' or 'track' the same command brings the store to what it would have been."""
    if case.args[1] == "track":
        followed = tracks()

        def check_tracks(_):
            r = run("campaign", "track", "tracked.db", "-q")
            if r.code or tracks() != followed:
                yield "the tracks are not completed: %s" % r

        return check_tracks
    if case.args[:2] != ["campaign", "run"]:
        return None
    whole = run("campaign", "status", "done.db", "--hash").out

    def check(_):
        r = run(*CAMPAIGN, "-q")
        if r.code or run("campaign", "status", "new.db", "--hash").out != whole:
            yield "the store does not complete: %s" % r

    return check
