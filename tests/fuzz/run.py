"""Runs the fuzz targets of a build with --enable-fuzzing.

    python3 tests/fuzz/run.py [--build DIR] [--seconds N | --runs N] [--jobs N] [TARGET...]
    python3 tests/fuzz/run.py --merge [--build DIR] [TARGET...]

Every target begins with tests/fuzz/corpus and what earlier runs found (DIR/fuzz).  What breaks one is kept in
DIR/fuzz/TARGET/found.  Last line: N targets, N executions, N findings.  --merge puts the smallest set of inputs
with the same coverage in the place of the corpus.
"""
import argparse
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

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
# target -> most bytes of an input, dictionary
LIMITS = {
    "assign": (400, "circuit"), "circuit": (300, "circuit"), "dialect": (200, "circuit"), "law": (300, "circuit"),
    "manifest": (400, "table"), "material": (400, "ini"), "model": (700, "ini"), "number": (64, None),
    "ocv": (300, "table"), "options": (200, "options"), "pattern": (300, "table"), "process": (1400, "ini"),
    "read": (600, "table"), "read_as": (600, "table"), "read_with": (600, "table"), "store": (42, None),
    "table": (400, "table"),
}
TARGETS = re.findall(r"^FUZZ\((\w+)\)", open(os.path.join(HERE, "fuzz_list.h")).read(), re.M)


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
        args = [self.program, "-max_len=%d" % size, "-timeout=20", "-rss_limit_mb=3000", "-print_final_stats=1",
                "-close_fd_mask=3", "-artifact_prefix=" + self.found + os.sep] + more
        if words:
            args.append("-dict=" + os.path.join(HERE, "dict", words + ".dict"))
        env = dict(os.environ, EISFIT_DATADIR=TOP, OPENBLAS_NUM_THREADS="1",
                   XDG_DATA_HOME=os.path.join(self.work, "no-user-data"))
        env.setdefault("ASAN_OPTIONS", "quarantine_size_mb=16:malloc_context_size=4")
        with open(os.path.join(self.work, "log"), "wb") as log:
            code = subprocess.run(args, stdout=log, stderr=subprocess.STDOUT, env=env, stdin=subprocess.DEVNULL).returncode
        return code, open(os.path.join(self.work, "log"), errors="replace").read()

    def fuzz(self):
        limit = ["-runs=%d" % self.args.runs] if self.args.runs else ["-max_total_time=%d" % self.args.seconds]
        code, log = self.run(limit + [self.mine, self.given])
        runs = re.findall(r"^stat::number_of_executed_units: (\d+)", log, re.M)
        edges = re.findall(r"cov: (\d+)", log)
        return self.target, code, int(runs[-1]) if runs else 0, int(edges[-1]) if edges else 0, log

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
    p.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    p.add_argument("--merge", action="store_true")
    p.add_argument("target", nargs="*")
    args = p.parse_args()
    args.build = os.path.abspath(args.build)
    for t in args.target:
        if t not in TARGETS:
            sys.exit("unknown target '%s': there are %s" % (t, ", ".join(TARGETS)))
    return args


def main():
    args = parse()
    total = bad = 0
    jobs = [Job(args, t) for t in args.target or TARGETS]
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        done = pool.map(Job.merge if args.merge else Job.fuzz, jobs)
        for target, code, count, other, log in done:
            total += count
            bad += code != 0
            print("%-10s %10d %s %8d %s%s" % (target, count, "inputs" if args.merge else "executions", other,
                                              "bytes" if args.merge else "edges", "  FINDING" if code else ""), flush=True)
            if code:
                print(log[-6000:])
    print("%d targets, %d %s, %d findings" % (len(jobs), total, "inputs" if args.merge else "executions", bad))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
