"""Shared by the tests of faults: eisfit with one call of the system that fails, at every place there is."""
import glob
import os
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "cli"))
from tap import EISFIT, WORK, ok, path, skip  # noqa: E402  (the folder has to be known first)

FULL = os.environ.get("EISFIT_FULL", "") not in ("", "0")
FAIL = os.path.join(os.path.dirname(EISFIT), "tests", "faults", ".libs", "fail.so")
DOCUMENTED = {0, 1, 2, 3, 4, 5, 130}
EVERY = 8  # where each call fails, a store is completed after one of so many


def usable():
    """Why eisfit can't be given faults here; empty when it can."""
    if not os.path.exists(FAIL):
        return "there is no %s" % FAIL
    with open(EISFIT, "rb") as f:
        image = f.read()
    if b"__asan_init" in image or b"__tsan_init" in image:
        return "a program with sanitizers has its own malloc"
    return ""


class Trial:
    def __init__(self, words, out, err):
        self.count, self.fired, self.live, _, self.code = (int(w) if w != "end" else 0 for w in words)
        self.out, self.err = out, err

    def __str__(self):
        return "exit %d, %d calls, %d failed, %d blocks left\nstdout: %s\nstderr: %s" % (
            self.code, self.count, self.fired, self.live, self.out[:300].decode("utf-8", "replace"),
            self.err[:1500].decode("utf-8", "replace"))


class Faulty:
    """One command line; trial(n) runs it with call number n failing."""

    def __init__(self, kind, *args, trace=False, spare=None):
        ask, self.asked = os.pipe()
        self.told, tell = os.pipe()
        self.kind = ord(kind)
        self.file = {w: path("fault." + w) for w in ("out", "err", "list")}
        env = dict(os.environ, LD_PRELOAD=FAIL, EISFIT_FAULT_PIPES="%d,%d" % (ask, tell),
                   EISFIT_FAULT_OUT=self.file["out"], EISFIT_FAULT_ERR=self.file["err"],
                   EISFIT_FAULT_LIST=self.file["list"], OPENBLAS_NUM_THREADS="1")
        if trace:
            env["EISFIT_FAULT_TRACE"] = "1"
        if spare:
            env["EISFIT_FAULT_SPARE"] = spare
        self.p = subprocess.Popen([EISFIT] + [str(a) for a in args], env=env, cwd=WORK, stdin=subprocess.DEVNULL,
                                  pass_fds=(ask, tell))
        os.close(ask)
        os.close(tell)
        self.reader = os.fdopen(self.told, "rb")

    def trial(self, n, every_later=False):
        os.write(self.asked, b"%d\n%d\n%d\n" % (self.kind, n, every_later))
        words = self.reader.readline().split()
        if len(words) == 2:  # it did not come to its end
            words = [b"0", b"1", b"0"] + words
        contents = []
        for w in ("out", "err"):
            with open(self.file[w], "rb") as f:
                contents.append(f.read())
        return Trial([w.decode() for w in words], *contents)

    def origins(self, depth):
        """The number of the first and of a last call of each origin (functions that lead to it, to a depth)."""
        first, last = {}, {}
        with open(self.file["list"]) as f:
            for n, line in enumerate(f, 1):
                key = " ".join(line.split()[:depth])
                first.setdefault(key, n)
                last[key] = n
        return sorted(set(first.values()) | (set(last.values()) if FULL else set()))

    def end(self):
        os.close(self.asked)
        self.reader.close()
        self.p.wait(timeout=60)


def files():
    """Every file in the scratch folder with its contents."""
    found = {}
    for folder, _, names in os.walk(WORK):
        for n in names:
            full = os.path.join(folder, n)
            name = os.path.relpath(full, WORK)
            if not name.startswith("fault."):
                with open(full, "rb") as f:
                    found[name] = f.read()
    return found


def put_back(before):
    """Removes what is new, restores what was changed."""
    now = files()
    for name in now:
        if name not in before:
            os.remove(path(name))
    for name, contents in before.items():
        if now.get(name) != contents:
            with open(path(name), "wb") as f:
                f.write(contents)


def same(a, b):
    return a == b


class Case:
    """A command line, and what must be true whatever fails in it."""

    def __init__(self, *args, whole=same, store=None, spare=None, **more):
        self.args = [str(a) for a in args]
        self.whole = whole      # compares a file that was written with the one of a run without faults
        self.store = store      # a store that it writes: after a fault the same command completes it
        self.spare = spare      # a library that ends the program itself: its own calls do not fail
        self.slack = more.get("slack", 0)     # blocks that threads may leave more of
        self.budget = more.get("budget", 24)  # faults at most, where not every call has one
        self.told = more.get("told")          # words of a warning: the result then may be another one
        self.name = " ".join(a if len(a) < 40 else a[:36] + "..." for a in self.args)

    def wrong_files(self, t, before, after):
        """Files that a failed run left: only whole ones, and the store."""
        for name, contents in files().items():
            if self.told and self.told in t.err:
                continue
            if before.get(name) == contents or (self.store and name.startswith(self.store)):
                continue
            if name not in after or not self.whole(contents, after[name]):
                yield "left %s of %d bytes" % (name, len(contents))

    def wrong(self, t, clean, before, after, memory):
        if t.code < 0:
            yield "ended by signal %d" % -t.code
            return
        if t.code not in DOCUMENTED:
            yield "exit code %d" % t.code
        if t.live > clean.live + self.slack:
            yield "%d blocks of memory are left, %d without a fault" % (t.live, clean.live)
        if not self.wrote(t, clean):
            if t.code not in ((5,) if memory else (1, 3, 5)):
                yield "exit code %d and another output" % t.code
            elif t.code == 1 and self.store:
                pass  # a spectrum that could not be read is a result of its own
            elif b"eisfit: error: " not in t.err:
                yield "no message"
            elif memory and b"memory" not in t.err:
                yield "the message does not name the memory: " + t.err.decode("utf-8", "replace").strip()[-200:]
        elif any(name not in files() for name in after):
            yield "exit code %d, and a file is missing" % t.code
        yield from self.wrong_files(t, before, after)

    def wrote(self, t, clean):
        return t.code == clean.code and t.out == clean.out


def chosen(count, origins, every, budget):
    """The calls that fail: all; when that are too many those of each origin, and others between them."""
    if every and count <= budget:
        return list(range(1, count + 1))
    if len(origins) > budget:
        return origins[::len(origins) // budget + 1]
    others = sorted(set(range(1, count + 1)) - set(origins)) if every else []
    room = budget - len(origins)
    return sorted(origins + (others[::len(others) // room + 1] if room else []))


def examine(case, kind, depth, every=False, budget=400, complete=None):
    """Gives each call of a command a fault; returns how many there were and what was wrong."""
    before = files()
    faulty = Faulty(kind, *case.args, spare=case.spare)
    clean = faulty.trial(0)
    after = {n: c for n, c in files().items() if before.get(n) != c and not (case.store and n.startswith(case.store))}
    numbers = chosen(clean.count, faulty.origins(depth), every, budget)
    problems, n_fired = [], 0
    for n in numbers:
        for later in (False, True):
            put_back(before)
            t = faulty.trial(n, later)
            n_fired += t.fired > 0
            bad = list(case.wrong(t, clean, before, after, kind == "m"))
            if complete and t.code >= 0 and (not every or n % EVERY == 0 or t.code == 0):
                bad += list(complete(t))
            problems += ["call %d%s: %s\n%s" % (n, " and all later" if later else "", b, t) for b in bad]
    put_back(before)
    faulty.end()
    return clean, n_fired, problems


def try_all(cases, kind, what, complete=lambda case: None):
    """One line of TAP for each case: each origin of a call has one failure; with EISFIT_FULL every call has, up to 4000."""
    for case in cases:
        clean, n_fired, problems = examine(case, kind, 12 if FULL else 3, budget=4000 if FULL else case.budget,
                                           every=FULL, complete=complete(case))
        report(case, clean, n_fired, problems, what)


def report(case, clean, n_fired, problems, what):
    ok(clean.code in (0, 1) and n_fired and not problems,
       "%s: %d faults in %d %s, %d wrong" % (case.name, n_fired, clean.count, what, len(problems)),
       *(problems[:3] or [clean]))
