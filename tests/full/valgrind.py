"""Unit tests and short runs of every command under valgrind: reading what was never written, outside of what was
allocated, memory that is lost.

    python3 tests/full/valgrind.py [--jobs N] [--only PART] UNIT_TEST...      in the build folder (`make valgrind')

No report is suppressed.  TAP; what valgrind said of a run is in valgrind/NAME.txt.
"""
import argparse
import concurrent.futures
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
VALGRIND = ["valgrind", "--quiet", "--error-exitcode=99", "--leak-check=full", "--show-leak-kinds=definite,possible",
            "--errors-for-leak-kinds=definite,possible", "--num-callers=25", "--trace-children=no"]
ARC = "R0-p(R1,CPE1)"
DATA = os.path.join(TOP, "data")
SAMPLE = os.path.join(DATA, "assb-sample.csv")
RUNS = [
    ("fit", ["fit", SAMPLE, "-c", "R0-p(R1,CPE1)-p(R2,CPE2)", "--starts", "20"]),
    ("fit-json", ["fit", SAMPLE, "-m", "randles-cpe", "--json", "--starts", "10"]),
    ("fit-bootstrap", ["fit", SAMPLE, "-c", ARC, "--ci", "bootstrap", "--bootstrap", "10", "-j2"]),
    ("fit-report", ["fit", SAMPLE, "-c", ARC, "--report", "fit.html"]),
    ("fit-error", ["fit", SAMPLE, "-c", "R0-p(R1,"]),
    ("kk", ["kk", SAMPLE]),
    ("drt", ["drt", SAMPLE, "--assign", "--area", "1 cm2", "--explain"]),
    ("drt-auto", ["drt", SAMPLE, "--method", "auto", "--json"]),
    ("drt-bht", ["drt", SAMPLE, "--method", "bht"]),
    ("drt-loewner", ["drt", SAMPLE, "--method", "loewner"]),
    ("convert", ["convert", "-c", "R0-p(R1,CPE1)-Wo1", "--to", "impedance.py"]),
    ("simulate", ["simulate", "-m", "zarc", "--noise", "1"]),
    ("scl", ["scl", "profile", "--material", "LiPON", "--dphi", "0.15"]),
    ("scl-spectrum", ["scl", "spectrum", "--material", "LiPON", "--dphi", "0.15", "--per-decade", "2"]),
    ("trend", ["trend", os.path.join(DATA, "aging-sample.csv"), "-p", "R_cei", "--end-of-life", "3x"]),
    ("arrhenius", ["arrhenius", os.path.join(DATA, "temperature-sample.csv")]),
    ("models", ["models"]), ("elements", ["elements", "ZARC"]), ("formats", ["formats"]), ("help", ["help", "campaign"]),
    ("campaign-run", ["campaign", "run", "m.csv", "-c", ARC, "--drt", "--store", "v.db", "-j2", "--starts", "5"]),
]
# these need the store
AFTER = [
    ("campaign-status", ["campaign", "status", "v.db"]), ("campaign-track", ["campaign", "track", "v.db", "--redo"]),
    ("campaign-export", ["campaign", "export", "v.db", "--table", "peaks"]),
    ("campaign-merge", ["campaign", "merge", "v.db", "--store", "w.db"]),
    ("compare", ["compare", "v.db", "--by", "group", "-p", "R1"]), ("report", ["report", "v.db", "-o", "v.html"]),
]


def spectra(folder):
    """Six spectra and a manifest."""
    sys.path.insert(0, os.path.join(TOP, "tests", "cli"))
    from tap import one_arc, table
    lines = ["file,cell,group,soc"]
    for k in range(6):
        with open(os.path.join(folder, "s%d.csv" % k), "w") as f:
            f.write(table(one_arc, n=31, noise=0.2, seed=k))
        lines.append("s%d.csv,%s,%s,%g" % (k, "abc"[k // 2], "xxy"[k // 2], 0.2 + 0.3 * (k % 2)))
    with open(os.path.join(folder, "m.csv"), "w") as f:
        f.write("\n".join(lines) + "\n")


def check(name, command, folder, reports):
    """Whether valgrind has nothing to say; exit codes 0 to 5 are the program's own."""
    said = os.path.join(reports, name + ".txt")
    env = dict(os.environ, OPENBLAS_NUM_THREADS="1", EISFIT_DATADIR=TOP, CMOCKA_MESSAGE_OUTPUT="TAP",
               XDG_DATA_HOME=os.path.join(folder, "no-user-data"))
    with open(os.path.join(reports, name + ".out"), "wb") as out:
        p = subprocess.Popen(VALGRIND + ["--log-file=" + said] + command, cwd=folder, env=env, stdout=out,
                             stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        _, status, used = os.wait4(p.pid, 0)
    p.returncode = os.waitstatus_to_exitcode(status)
    with open(said, errors="replace") as f:
        words = f.read()
    return p.returncode in range(6) and not words.strip(), p.returncode, words, used.ru_utime + used.ru_stime


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    p.add_argument("--only", default="")
    p.add_argument("test", nargs="*")
    args = p.parse_args()
    if shutil.which("valgrind") is None:
        print("1..0 # SKIP valgrind is not installed")
        return 0
    reports = os.path.abspath("valgrind")
    os.makedirs(reports, exist_ok=True)
    folder = tempfile.mkdtemp(prefix="eisfit-valgrind-")
    spectra(folder)
    program = os.path.abspath("eisfit")
    first = [(n, [program] + c) for n, c in RUNS]
    first += [(os.path.basename(t), [os.path.abspath(t)]) for t in args.test]
    count = failed = 0
    total = 0.0
    try:
        with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
            for jobs in (first, [(n, [program] + c) for n, c in AFTER]):
                jobs = [j for j in jobs if re.search(args.only, j[0])]
                results = pool.map(lambda j: check(j[0], j[1], folder, reports), jobs)
                for (name, _), (good, code, words, cpu) in zip(jobs, results):
                    count += 1
                    failed += not good
                    total += cpu
                    print("%s %d - %s (%.0f s of processor time)" % ("ok" if good else "not ok", count, name, cpu))
                    if not good:
                        print("# exit code %d\n# %s" % (code, "\n# ".join(words.splitlines()[:40])))
                    sys.stdout.flush()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print("1..%d" % count)
    print("# valgrind: %d passed, %d failed, %.0f s of processor time" % (count - failed, failed, total))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
