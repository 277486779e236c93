"""Instructions of eisfit's own code against a committed count (tests/cli/instructions.json), by callgrind.

Clocks are not looked at.  Only instructions of the program itself count: those of OpenBLAS and the C
library depend on the processor.  A count depends on the compiler, its flags and the C library, so it is
compared only where all of them are those of the record.  A count that rose by more than the tolerance
fails; where that is meant, `make instructions` writes the new record.
"""
import concurrent.futures
import json
import os
import re
import shutil
import subprocess
import sys

from tap import EISFIT, TOP, WORK, done, ok, path, skip, write

RECORD = os.path.join(TOP, "tests", "cli", "instructions.json")
DATA = os.path.join(TOP, "data")
SAMPLE = os.path.join(DATA, "assb-sample.csv")
TOLERANCE = 0.03
CIRCUIT = "R0-p(R1,CPE1)-p(R2,CPE2)-CPE3"
JOBS = {
    "kk": ["kk", SAMPLE],
    "fit, 9 parameters": ["fit", SAMPLE, "-c", CIRCUIT, "--json"],
    "fit, scl-randles": ["fit", SAMPLE, "-m", "scl-randles", "--electrolyte", "LPSCl", "--area", "0.785 cm2"],
    "drt": ["drt", SAMPLE, "--json"],
    "campaign of 3 spectra": ["campaign", "run", "three.csv", "-c", "R0-p(R1,CPE1)-p(R2,CPE2)", "--drt", "--store", "three.db", "-j", "1"],
    "joint fit of 6 spectra": ["joint", "six.csv", "-m", "joint-ct"],
}


def manifest(name, rows):
    lines = ["file,sweep,cell,soc,temperature_C,area_cm2,thickness_um"]
    for i, (sweep, soc) in enumerate(rows):
        lines.append("%s,%d,sim,%g,25,1,100" % (os.path.join(DATA, "joint-sample.csv"), sweep, soc))
    write(name, "\n".join(lines) + "\n")


def own_instructions(file):
    """Sum of the self costs of the program's object in a callgrind file, and its vector clones."""
    names, current, total, clones = {}, None, 0, set()
    call = False
    with open(file) as f:
        for line in f:
            if line.startswith(("ob=", "cob=")):
                key, _, rest = line.strip().partition("=")
                number, _, name = rest.partition(" ")
                if name:
                    names[number] = name
                if key == "ob":
                    current = names[number]
            elif line.startswith("calls="):
                call = True
            elif line[0] in "0123456789+-*":
                if not call and current and os.path.basename(current) == os.path.basename(EISFIT):
                    total += int(line.split()[1])
                call = False
            elif line.startswith(("fn=", "cfn=")):
                found = re.search(r"\.arch_(\w+)", line)
                if found:
                    clones.add(found.group(1))
    return total, clones


def count(name):
    out = path("callgrind." + re.sub(r"\W+", "-", name))
    env = dict(os.environ, OPENBLAS_CORETYPE="Haswell", OPENBLAS_NUM_THREADS="1", LC_ALL="C")
    p = subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=" + out, EISFIT] + JOBS[name],
                       env=env, cwd=WORK, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300)
    if p.returncode not in (0, 1) or not os.path.exists(out):
        return 0, set(), p.stderr.decode("utf-8", "replace")[-2000:]
    total, clones = own_instructions(out)
    return total, clones, ""


def built_with():
    """Compiler, flags and C library, from the Makefile beside the program."""
    values = {}
    with open(os.path.join(os.path.dirname(EISFIT), "Makefile")) as f:
        for line in f:
            found = re.match(r"(CC|CFLAGS|FAST_CFLAGS|SAN_CFLAGS|CPPFLAGS) =(.*)", line)
            if found:
                values[found.group(1)] = found.group(2).strip()
    version = subprocess.run(values["CC"].split() + ["--version"], stdout=subprocess.PIPE, check=True)
    flags = " ".join(values.get(k, "") for k in ("CFLAGS", "CPPFLAGS", "FAST_CFLAGS", "SAN_CFLAGS"))
    return {"compiler": version.stdout.decode().splitlines()[0], "flags": " ".join(flags.split()),
            "library": os.confstr("CS_GNU_LIBC_VERSION"), "machine": os.uname().machine}


def measure():
    manifest("three.csv", [(1, 0), (2, 0.1), (3, 0.2)])
    manifest("six.csv", [(12 + i, 0.1 * i) for i in range(6)])
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        return dict(zip(JOBS, pool.map(count, JOBS)))


def environment(results):
    clones = sorted(set().union(*[r[1] for r in results.values()]))
    return dict(built_with(), clones=" ".join(clones))


def new_record():
    results = measure()
    failed = [name + ": " + r[2] for name, r in results.items() if not r[0]]
    if failed:
        sys.exit("\n".join(failed))
    record = {"built_with": environment(results), "instructions": {n: r[0] for n, r in results.items()}}
    with open(RECORD, "w") as f:
        json.dump(record, f, indent=2)
        f.write("\n")
    print(json.dumps(record, indent=2))


def compare():
    with open(RECORD) as f:
        record = json.load(f)
    now = built_with()
    other = [k for k in now if now[k] != record["built_with"][k]]
    if shutil.which("valgrind") is None:
        return skip("instructions", "valgrind is not installed")
    if other:
        return skip("instructions", "; ".join("%s is '%s', that of the record '%s'" % (k, now[k], record["built_with"][k])
                                              for k in other))
    results = measure()
    clones = environment(results)["clones"]
    if clones != record["built_with"]["clones"]:
        return skip("instructions", "this processor takes the loops for '%s', the record is of '%s'"
                    % (clones, record["built_with"]["clones"]))
    for name, (total, _, words) in results.items():
        before = record["instructions"].get(name, 0)
        change = 100 * (total / before - 1) if before else float("inf")
        text = "%s: %.2f million instructions, %+.1f %%" % (name, total / 1e6, change)
        ok(total and change <= 100 * TOLERANCE, text, words, "at most %+.0f %%; if the rise is meant: make instructions"
           % (100 * TOLERANCE))
        if total and change < -100 * TOLERANCE:
            print("# fewer than recorded: make instructions keeps the gain")


if __name__ == "__main__":
    if sys.argv[1:] == ["--record"]:
        new_record()
    else:
        compare()
        done()
