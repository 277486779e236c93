"""Runs the fuzz targets of a build with --enable-fuzzing.

    python3 tests/fuzz/run.py [--build DIR] [--seconds N | --runs N] [--jobs N] [TARGET...]
    python3 tests/fuzz/run.py --total N [--seconds N] [--build DIR] [--jobs N] [TARGET...]
    python3 tests/fuzz/run.py --tally [--build DIR] [TARGET...]
    python3 tests/fuzz/run.py --merge [--build DIR] [TARGET...]

Every target begins with tests/fuzz/corpus and what earlier runs found (DIR/fuzz).  What breaks one is kept in
DIR/fuzz/TARGET/found.  Last line: N targets, N executions, N findings.  Every run counts: DIR/fuzz/tally.tsv is what
was run since the last --merge, tests/fuzz/tally.tsv all before; --tally shows the sums.  --total runs each target, in
rounds of --seconds, until its sum is N.  --merge puts the smallest set of inputs with the same coverage in the place of
the corpus, and adds the counts to those of tests/fuzz/tally.tsv and README.md.
"""
import argparse
import base64
import concurrent.futures
import glob
import io
import lzma
import os
import re
import shutil
import subprocess
import sys
import tarfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
# target -> most bytes of an input, dictionary
LIMITS = {
    "assign": (400, "circuit"), "circuit": (300, "circuit"), "dialect": (200, "circuit"), "law": (300, "circuit"),
    "manifest": (400, "table"), "material": (400, "ini"), "model": (700, "ini"), "number": (64, "number"),
    "ocv": (300, "table"), "options": (200, "options"), "pattern": (300, "table"), "process": (1400, "ini"),
    "read": (600, "table"), "read_as": (600, "table"), "read_with": (600, "table"), "store": (42, None),
    "table": (400, "table"),
}
TARGETS = re.findall(r"^FUZZ\((\w+)\)", open(os.path.join(HERE, "fuzz_list.h")).read(), re.M)
KEPT = os.path.join(HERE, "tally.tsv")   # a line of a tally: target, executions, edges, seconds


def archive(target):
    return os.path.join(HERE, "corpus", target + ".tar.xz")


def unpack(target, folder):
    """The corpus of a target as files."""
    os.makedirs(folder, exist_ok=True)
    if os.path.exists(archive(target)):
        with tarfile.open(archive(target)) as tar:
            for member in tar.getmembers():
                with open(os.path.join(folder, os.path.basename(member.name)), "wb") as f:
                    f.write(tar.extractfile(member).read())
    return folder


def pack(target, folder):
    """The same files give the same archive."""
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        files = sorted(open(p, "rb").read() for p in glob.glob(os.path.join(folder, "*")))
        for k, data in enumerate(files):
            info = tarfile.TarInfo("%04d" % k)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    os.makedirs(os.path.dirname(archive(target)), exist_ok=True)
    with open(archive(target), "wb") as f:
        f.write(lzma.compress(raw.getvalue(), preset=9 | lzma.PRESET_EXTREME))
    return len(files), os.path.getsize(archive(target))


def read_tally(file):
    """target -> executions, edges (the most of one run), seconds."""
    sums = {t: (0, 0, 0) for t in TARGETS}
    for line in open(file) if os.path.exists(file) else ():
        name, *values = line.split()
        runs, edges, seconds = (int(v) for v in values)
        before = sums.get(name, (0, 0, 0))
        sums[name] = before[0] + runs, max(before[1], edges), before[2] + seconds
    return sums


def both_tallies(args):
    kept, new = read_tally(KEPT), read_tally(args.tally_file)
    return {t: (kept[t][0] + new[t][0], max(kept[t][1], new[t][1]), kept[t][2] + new[t][2]) for t in TARGETS}


def show_tally(args):
    total = both_tallies(args)
    for t in args.target:
        print("%-10s %10d executions %8d edges %8d s" % ((t,) + total[t]))
    print("%d targets, %d executions" % (len(args.target), sum(total[t][0] for t in args.target)))


def keep_tally(args):
    """The counts of the build to those that are committed, and into the table of README.md."""
    total, readme = both_tallies(args), os.path.join(HERE, "README.md")
    with open(KEPT, "w") as f:
        f.writelines("%s\t%d\t%d\t%d\n" % ((t,) + total[t]) for t in TARGETS)
    text = open(readme).read()
    for t in TARGETS:
        text = re.sub(r"^\| %s \| [\d,]+ \| \d+ \|" % t, "| %s | %s | %d |" % (t, format(total[t][0], ","), total[t][1]),
                      text, flags=re.M)
    open(readme, "w").write(text)
    if os.path.exists(args.tally_file):
        os.remove(args.tally_file)


class Job:
    def __init__(self, args, target):
        self.args, self.target = args, target
        self.program = os.path.join(args.build, "tests", "fuzz", "fuzz_" + target)
        self.work = os.path.join(args.build, "fuzz", target)
        self.found, self.mine = os.path.join(self.work, "found"), os.path.join(self.work, "mine")
        for folder in (self.found, self.mine):
            os.makedirs(folder, exist_ok=True)
        self.given = unpack(target, os.path.join(self.work, "given"))

    def run(self, more):
        size, words = LIMITS[self.target]
        args = [self.program, "-max_len=%d" % size, "-timeout=20", "-rss_limit_mb=3000", "-print_final_stats=1", "-reload=0",
                "-close_fd_mask=3", "-artifact_prefix=" + self.found + os.sep] + more
        if words:
            args.append("-dict=" + os.path.join(HERE, "dict", words + ".dict"))
        env = dict(os.environ, EISFIT_DATADIR=TOP, OPENBLAS_NUM_THREADS="1",
                   XDG_DATA_HOME=os.path.join(self.work, "no-user-data"))
        env.setdefault("ASAN_OPTIONS", "quarantine_size_mb=8:malloc_context_size=0")
        with open(os.path.join(self.work, "log"), "wb") as log:
            code = subprocess.run(args, stdout=log, stderr=subprocess.STDOUT, env=env, stdin=subprocess.DEVNULL).returncode
        return code, open(os.path.join(self.work, "log"), errors="replace").read()

    def fuzz(self):
        limit = ["-runs=%d" % self.args.runs] if self.args.runs else ["-max_total_time=%d" % self.args.seconds]
        if self.args.total:
            limit.append("-runs=%d" % (self.args.total - both_tallies(self.args)[self.target][0]))
        began = time.monotonic()
        code, log = self.run(limit + [self.mine, self.given])
        counted, seen = (re.findall(p, log, re.M) for p in (r"^stat::number_of_executed_units: (\d+)", r"cov: (\d+)"))
        runs, edges = (int(found[-1]) if found else 0 for found in (counted, seen))
        with open(self.args.tally_file, "a") as f:
            f.write("%s\t%d\t%d\t%d\n" % (self.target, runs, edges, round(time.monotonic() - began)))
        return self.target, code, runs, edges, log

    def merge(self):
        small = os.path.join(self.work, "small")
        shutil.rmtree(small, ignore_errors=True)
        os.makedirs(small)
        code, log = self.run(["-set_cover_merge=1", small, self.given, self.mine])
        if code:
            return self.target, code, 0, 0, log
        n, size = pack(self.target, small)
        return self.target, 0, n, size, log


def parse():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--build", default=os.path.join(TOP, "build-fuzz"))
    p.add_argument("--seconds", type=int, default=60)
    p.add_argument("--runs", type=int, default=0)
    p.add_argument("--total", type=int, default=0)
    p.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    p.add_argument("--tally", action="store_true")
    p.add_argument("--merge", action="store_true")
    p.add_argument("target", nargs="*")
    args = p.parse_args()
    args.build = os.path.abspath(args.build)
    args.tally_file = os.path.join(args.build, "fuzz", "tally.tsv")
    for t in args.target:
        if t not in TARGETS:
            sys.exit("unknown target '%s': there are %s" % (t, ", ".join(TARGETS)))
    args.target = args.target or TARGETS
    return args


def inputs_of(log):
    """What broke a target, as text that can be taken from a log: base64 -d."""
    for path in re.findall(r"Test unit written to (.*)", log):
        with open(path, "rb") as f:
            yield "%s in base64:\n%s" % (os.path.basename(path), base64.b64encode(f.read()).decode())


def work(args, method, targets):
    """Runs a method of the jobs; returns its count and the number of those that failed."""
    total = bad = 0
    count_of, other_of = ("inputs", "bytes") if args.merge else ("executions", "edges")
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        for target, code, count, other, log in pool.map(method, [Job(args, t) for t in targets]):
            total += count
            bad += code != 0
            print("%-10s %10d %s %8d %s%s" % (target, count, count_of, other, other_of, "  FINDING" if code else ""), flush=True)
            if code:
                print(log[-6000:], *inputs_of(log), sep="\n", flush=True)
    return total, bad


def lacking(args):
    done = both_tallies(args)
    return [t for t in args.target if done[t][0] < args.total]


def main():
    args = parse()
    if args.tally:
        return show_tally(args)
    total, bad = work(args, Job.merge if args.merge else Job.fuzz, lacking(args) if args.total else args.target)
    while args.total and not bad and lacking(args):
        more, bad = work(args, Job.fuzz, lacking(args))
        total += more
    if args.merge and not bad:
        keep_tally(args)
    print("%d targets, %d %s, %d findings" % (len(args.target), total, "inputs" if args.merge else "executions", bad))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
