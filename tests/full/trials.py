"""The statistical trials of bench/, with what they must reach: minutes of work each, so ./check --full runs them.

    python3 tests/full/trials.py [--jobs N] [TRIAL...]       in the build folder (`make trials')

TRIALS is the table.  Its bounds are those that were asked for; how far a count of n may lie beyond one by chance is
added: Z standard deviations of the binomial distribution at the bound (one trial in two hundred on a side).  Seeds are fixed,
and were not used for anything before.  TAP, the processor time of each trial in its line; what a trial printed is in
trials/NAME.txt.
"""
import argparse
import collections
import concurrent.futures
import math
import os
import re
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
Z = 2.6

# a percentage that every match of the pattern has to lie in, of n (the group "n" of the pattern, if it has one)
Share = collections.namedtuple("Share", "what pattern least most n")
# a number in the unit it is printed in
Limit = collections.namedtuple("Limit", "what pattern least most")
Trial = collections.namedtuple("Trial", "name command rules")

TRIALS = [
    Trial("optimum", ["bench/trial", "2000", "606061"], [
        Share("S <= 1.001 S of the true parameters", r"in \d+ of (?P<n>\d+) \((\S+) %\)", 99.5, 100, None)]),
    Trial("intervals of fits", ["bench/coverage", "1000", "606063"], [
        Share("95 % intervals of every parameter", r"^  \S+ +(?:covariance|profile) +(\S+) %", 93, 97, 1000)]),
    Trial("distributions", ["bench/drt_accuracy", "50", "adaptive", "606100"], [
        Limit("error of gamma, two ZARCs, .1 %", r"^two ZARCs +0\.1 %  error (\S+)", 0, .015),
        Limit("at .5 %", r"^two ZARCs +0\.5 %  error (\S+)", 0, .05),
        Limit("at 1 %", r"^two ZARCs +1\.0 %  error (\S+)", 0, .09),
        Limit("two peaks, of 50", r"^two ZARCs .*peaks right +(\d+)/50", 50, 50),
        Limit("their areas", r"^two ZARCs .*area +(\S+) %", 0, 2),
        Limit("their places, decades", r"^two ZARCs .*place (\S+) dec", 0, .03)]),
    Trial("bands of distributions", ["bench/drt_coverage", "500", "606200"], [
        Share("95 % band, two ZARCs", r"^two ZARCs .*band +(\S+) %", 90, 98, 500),
        Share("95 % intervals of R, two ZARCs", r"^two ZARCs .*R +(\S+) %   tau", 93, 97, 500),
        Share("band, the other cases", r"band +(\S+) %", 90, 99, 500),
        Share("R, the other cases", r"R +(\S+) %   tau", 93, 100, 500)]),
    Trial("sums of processes", ["bench/drt_methods", "mrq", "100", "606300", "0"], [
        # a quarter above 2.36 times the noise, the Cramer-Rao bound (doc/drt.md)
        Limit("error of gamma, two ZARCs, .1 %", r"two ZARCs +0\.1 %  error +(\S+)", 0, .0295 / 10),
        Limit("at .5 %", r"two ZARCs +0\.5 %  error +(\S+)", 0, .01475),
        Limit("at 1 %", r"two ZARCs +1\.0 %  error +(\S+)", 0, .0295),
        Limit("two processes, of 100", r"two ZARCs .*right +(\d+)/100", 100, 100)]),
    Trial("names of processes", ["bench/assign_trial", "500", "606400", "all"], [
        Share("right, of peaks that are a process", r"a process: (?P<n>\d+), top-1 (\S+) %", 90, 100, None),
        Limit("predicted less observed, every process, per cent", r"mean \|predicted - observed\| (\S+) %", 0, 5)]),
    Trial("joint fits", ["bench/joint_trial", "100", "606500"], [
        Share("95 % intervals of theta and E_fb", r"(?s)(?:SCL_if_dphi\.(?:theta|E_fb)) +(\S+) %(?=.*charge transfer 300)", 93, 97, 100),
        Share("of dphi(SOC), per campaign", r"(?s)dphi\(SOC\) +(\S+) %(?=.*charge transfer 300)", 93, 97, 100),
        Limit("shares called identifiable are right", r"of these (\S+) % within 10 %", 100, 100),
        Limit("called beside a charge transfer 300 times larger",
              r"(?s)300 times larger.*identifiable in (\d+) of", 0, 0),
        Limit("called in a single spectrum", r"single spectra: .* (\d+) called identifiable", 0, 0),
        Limit("decisive and wrong", "decisive", 0, 0)]),
    Trial("statistics of campaigns", ["bench/compare_trial", "300", "606600"], [
        Share("95 % intervals of the effect", r"effect inside its interval +(\S+) %", 93, 97, 300),
        Share("false positives, t", r"false positives, t test +(\S+) %", 3, 7, 300),
        Share("false positives, permutation", r"false positives, permutation .*\) +(\S+) %", 0, 7, 300),
        Share("laws found or named as as good", r"chosen or said to be as good +(\S+) %", 85, 100, 300),
        Share("95 % intervals of the end of life", r"end of life inside .*\) +(\S+) %", 92, 98, 300),
        Share("95 % intervals of Ea", r"Ea inside its interval +(\S+) %", 93, 100, 300),
        Share("false breaks, outliers", r"false (?:break|outlier) +(\S+) %", 0, 7, 300)]),
    Trial("cells without spectra", ["bench/campaign_trial", "cells", "300", "seed=606700", "socs=2", "ages=2"], [
        Share("95 % intervals of the ratios", r"ratio \S+ inside its interval (\S+) %", 93, 98, 300),
        Share("false positives", r"ratio 1\.000 .*p < 0\.05 (\S+) %", 2, 7, 300)]),
    Trial("campaigns, from files to effects",
          ["campaign_repeat", "40", "606800", "socs=4", "ages=4"], [
              Limit("median errors of bulk, space charge, layer, per cent",
                    r"median error of the (?:bulk|space charge|layer) +(\S+) %", 0, 5),
              Limit("names of tracks, per cent", r"tracks right: (\S+) %", 95, 100),
              Share("effect inside its interval", r"effect inside its interval: \d+ of \d+, (\S+) %", 93, 100, 40),
              Share("found", r"found: \d+ of \d+, (\S+) %", 95, 100, 40),
              Share("false positives", r"all without effect: p < 0.05: \d+ of (?P<n>\d+), (\S+) %", 0, 7, None)]),
    Trial("closed form of the space charge", ["bench/scl_table"], [
        Limit("arc, thickness of 100 screening lengths", r"^ +100 +-?\d\.\d+ +(\S+)", 0, .018)]),
]


def wrong_decisions(text):
    """Decisive choices of a hypothesis that were not the truth."""
    return [int(a) - int(b) for a, b in re.findall(r"decisive (\d+), of these right (\d+)", text)]


def values(rule, text):
    """(value, n) of every match."""
    if rule.pattern == "decisive":
        return [(v, None) for v in wrong_decisions(text)]
    found = []
    for m in re.finditer(rule.pattern, text, re.M):
        named = m.groupdict().get("n")
        value = [g for k, g in enumerate(m.groups(), 1) if m.re.groupindex.get("n") != k][0]
        found.append((float(value), int(named) if named else getattr(rule, "n", None)))
    return found


def beyond(bound, n):
    """How far a percentage of n may lie beyond a bound by chance."""
    p = bound / 100
    return 100 * Z * math.sqrt(p * (1 - p) / n)


def judge(rule, text):
    """A line about a rule, and whether it is kept."""
    found = values(rule, text)
    good = bool(found)
    low, high = math.inf, -math.inf
    for value, n in found:
        least, most = rule.least, rule.most
        if isinstance(rule, Share):
            least, most = least - beyond(least, n), most + beyond(most, n)
        good = good and least - 1e-9 <= value <= most + 1e-9
        low, high = min(low, value), max(high, value)
    span = "nothing found" if not found else "%g" % low if low == high else "%g to %g" % (low, high)
    return good, "%s: %s (asked: %g to %g)" % (rule.what, span, rule.least, rule.most)


def command_of(trial):
    program = trial.command[0]
    if program == "campaign_repeat":
        return [sys.executable, os.path.join(TOP, "bench", "campaign_repeat.py"), "./eisfit", "bench/campaign_trial"] + trial.command[1:]
    return [os.path.join(".", program)] + trial.command[1:]


def run(trial):
    os.makedirs("trials", exist_ok=True)
    out = os.path.join("trials", re.sub(r"\W+", "-", trial.name) + ".txt")
    env = dict(os.environ, OPENBLAS_NUM_THREADS="1", EISFIT_DATADIR=TOP)
    begin = time.monotonic()
    with open(out, "wb") as f:
        p = subprocess.Popen(command_of(trial), stdout=f, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, env=env)
        _, status, used = os.wait4(p.pid, 0)
    p.returncode = os.waitstatus_to_exitcode(status)
    with open(out, errors="replace") as f:
        text = f.read()
    return text, p.returncode, used.ru_utime + used.ru_stime, time.monotonic() - begin


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    p.add_argument("trial", nargs="*", help="names, or parts of them")
    args = p.parse_args()
    chosen = [t for t in TRIALS if not args.trial or any(a in t.name for a in args.trial)]
    missing = [c for t in chosen for c in [t.command[0]] if "/" in c and not os.path.exists(c)]
    if missing or not chosen:
        sys.exit("trials: there is no %s: make trials" % ", ".join(missing or args.trial))
    failed, total = 0, 0.0
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        for k, (trial, (text, code, cpu, wall)) in enumerate(zip(chosen, pool.map(run, chosen)), 1):
            lines = [judge(rule, text) for rule in trial.rules]
            # 1: the program's own bounds, which leave no room for chance
            good = code in (0, 1) and all(g for g, _ in lines)
            failed += not good
            total += cpu
            print("%s %d - %s: %s (%.0f s of processor time, %.0f s)" % (
                "ok" if good else "not ok", k, trial.name, " ".join(trial.command), cpu, wall))
            for g, line in lines:
                print("#   %s%s" % ("" if g else "WRONG: ", line))
            if code not in (0, 1):
                print("#   exit code %d\n# %s" % (code, "\n# ".join(text.splitlines()[-10:])))
            sys.stdout.flush()
    print("1..%d" % len(chosen))
    print("# trials: %d passed, %d failed, %.0f s of processor time" % (len(chosen) - failed, failed, total))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
