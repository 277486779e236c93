#!/usr/bin/env python3
"""eisfit from Python: the program is run, its JSON Lines become dictionaries.  Nothing but Python's
own library is needed, and nothing depends on the versions of the C library.

    fit.py FILE... [options of `eisfit fit`]      prints the parameters of every spectrum
    from fit import eisfit                        spectra of your own: see main()

EISFIT names another program than the `eisfit` of the PATH.
"""
import json
import os
import subprocess
import sys


class EisfitError(Exception):
    """The message of the program, which says what was wrong, where, and what was expected."""


def eisfit(command, *args, spectrum=None):
    """Objects of `eisfit COMMAND ARGS --json`, one per spectrum (their fields: doc/schema).

    spectrum: (frequency in Hz, complex impedance in ohm) pairs, read in place of files.
    What did not pass is no exception: look at `verdict`, `kk` and `warnings`."""
    words = [os.environ.get("EISFIT", "eisfit"), command, *args, "--json", "-q"]
    table = None
    if spectrum is not None:
        words.insert(2, "-")
        table = "frequency_Hz,Zreal_ohm,Zimag_ohm\n" + "".join(
            "%.17g,%.17g,%.17g\n" % (f, z.real, z.imag) for f, z in spectrum)
    done = subprocess.run(words, input=table, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8")
    if done.returncode > 1:  # 1: a result that did not pass is a result
        raise EisfitError(done.stderr.strip())
    return [json.loads(line) for line in done.stdout.splitlines()]


def parameters(result):
    """name -> (value, standard error or None, unit)"""
    return {p["name"]: (p["value"], p["stderr"], p["unit"]) for p in result["parameters"]}


def main(args):
    if not args:  # a spectrum of one's own: 10 ohm and an arc of 100 ohm, 1 uF
        points = [10 ** (k / 10) for k in range(60, -11, -1)]
        arc = [(f, 10 + 100 / (1 + 100j * 2 * 3.141592653589793 * f * 1e-6)) for f in points]
        results = eisfit("fit", "--circuit", "R0-p(R1,C1)", spectrum=arc)
    else:
        results = eisfit("fit", *args)
    for result in results:
        print("%s: %s" % (result["input"]["file"], result["verdict"]))
        for name, (value, error, unit) in parameters(result).items():
            print("  %s = %.6g%s %s" % (name, value, " +- %.2g" % error if error is not None else "", unit))


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except EisfitError as problem:
        sys.exit(str(problem))
