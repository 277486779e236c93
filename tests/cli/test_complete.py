"""What may stand at the end of a command line, and the script that asks for it in bash."""
import json
import os
import re
import shutil
import subprocess

from tap import EISFIT, TOP, WORK, done, ok, run, skip, standard_files, write


def words(*line):
    r = run("help", "--complete", "--", *line)
    return r.out.split("\n")[:-1] if r.code == 0 and not r.err else [str(r)]


def names(command, key):
    return [json.loads(line)[key] for line in run(command, "--json").out.splitlines()]


commands = re.findall(r"^  ([a-z]+) +\S", run("help").out, re.M)
ok(words("") == commands + [":files"], "first word: a command, or a file to fit", words(""))
ok(words("co") == ["convert", "compare", ":files"], "a beginning", words("co"))
for c in commands:
    told = re.findall(r"^  (?:-\w, |    )(--[a-z-]+)", run("help", c).out, re.M)
    ok(words(c, "--") == told, "every option of %s" % c, words(c, "--"), told)
ok(words("--mo") == ["--model"], "an option as first word is one of fit")

models, formats = names("models", "name"), names("formats", "key")
ok(words("fit", "--model", "") == models + [":files"], "models, and files of the user's",
   words("fit", "--model", ""))
ok(words("fit", "-m", "zarc,tw") == ["zarc,two-zarc"], "several by comma")
ok(words("fit", "--model=scl") == ["--model=scl-randles", ":files"], "--option=value")
ok(words("kk", "a.csv", "--format", "") == formats, "formats")
ok(words("elements", "") == names("elements", "symbol"), "elements")
ok(words("elements", "CPE", "W")[:2] == [e for e in names("elements", "symbol")
                                         if e.startswith("W")][:2], "elements, the second")
ok(words("help", "f", "")[:3] == commands[:3], "commands as operands of help")
methods = re.findall(r"^([a-z]+) ", run("drt", "--method", "list").out, re.M)
ok(words("drt", "-m", "") == methods + ["list"], "methods", words("drt", "-m", ""), methods)
bases = re.findall(r"^([a-z0-9-]+) ", run("drt", "--basis", "list").out, re.M)
ok(bases and words("drt", "--basis", "") == bases, "basis functions", words("drt", "--basis", ""),
   bases)
optimizers = re.findall(r"^ *(nlopt:\w+)", run("fit", "--optimizer", "list").out, re.M)
ok(optimizers and words("fit", "--optimizer", "nlopt:") == optimizers, "optimisers")
ok(words("fit", "--weight", "") == re.search(r"--weight (\S+)", run("help", "fit").out).group(1)
   .split("|"), "choices of an option")
ok(words("drt", "--lambda", "")[:2] == ["gcv", "mgcv"] and "evidence" in words("drt", "--lambda", ""),
   "criteria of lambda")
ok(words("drt", "--inductance", "") == ["auto", "none", "fit"], "series terms")
standard_files()
for option, count in (("--anode", 3), ("--coating", 3)):
    values = words("drt", option, "")
    bad = [v for v in values if run("drt", "arc.csv", option, v, "-q", "--no-kk",
                                    "--no-stability").code not in (0, 1)]
    ok(len(values) == count and not bad, "drt takes what is offered for " + option, values, bad)
ok(words("joint", "m.csv", "--ocv", "L") == ["LCO", "LFP", "LMO", ":files"], "cathode potentials",
   words("joint", "m.csv", "--ocv", "L"))
ok("LPSCl" in words("fit", "--electrolyte", "") and "LPSCl" in words("scl", "debye", "-M", "L"),
   "materials")
ok(words("convert", "--to", "") == ["cdc", "impedance.py", "boukamp", "autoeis", "pyimpspec"],
   "dialects", words("convert", "--to", ""))
ok(words("trend", "--law", "sq") == ["sqrt"], "laws")
actions = re.search(r"usage: eisfit campaign (\S+) ", run("help", "campaign").out).group(1).split("|")
ok(len(actions) >= 6 and words("campaign", "") == actions and
   words("campaign", "run", "") == [":files"], "actions of campaign, then files")
ok(words("campaign", "export", "s.db", "--table", "p") == ["parameters", "peaks"], "its tables")
ok("debye" in words("scl", "") and words("scl", "resi") == ["resistance"] and
   words("scl", "debye", "") == [], "calculators of scl")
ok(words("report", "--figures", "") == [":folders"] and words("fit", "-o", "") == [":files"],
   "files and folders")
ok(words("fit", "--starts", "") == [] and words("fit", "--json=") == [], "numbers and flags: nothing")
ok(words("fit", "--", "-") == [":files"], "behind -- there are only files")
ok(words("fit", "-vm", "zar") == ["zarc", ":files"] and words("fit", "-mzarc", "--fmi") == ["--fmin"],
   "short options")
ok(words("nonsense", "--fmi") == ["--fmin"], "a file as first word is a fit")
ok(run("help", "--complete").out == "", "no words: nothing")

SCRIPT = os.path.join(TOP, "completions", "eisfit")


def in_bash(line, *tokens):
    """COMPREPLY for a line that bash has taken apart."""
    code = """source "$1"; PATH=$2:$PATH; shift 2
COMP_WORDS=(eisfit "$@"); COMP_CWORD=$#; COMP_LINE=; COMPREPLY=()
_eisfit; printf '%s\\n' "${COMPREPLY[@]}" """
    r = subprocess.run(["bash", "--norc", "-c", code, "bash", SCRIPT, os.path.dirname(EISFIT)] +
                       list(tokens), cwd=WORK, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                       universal_newlines=True, timeout=60)
    return sorted(r.stdout.split("\n")[:-1]) + ([r.stderr] if r.stderr else [])


if not shutil.which("bash"):
    skip("the script for bash", "there is no bash")
else:
    write("a b.csv", "")
    os.makedirs(os.path.join(WORK, "folder"), exist_ok=True)
    for line, tokens, want in (
            ("eisfit dr", ["dr"], ["drt"]),
            ("eisfit fit --mo", ["fit", "--mo"], ["--model"]),
            ("eisfit fit --model=scl", ["fit", "--model", "=", "scl"], ["scl-randles"]),
            ("eisfit fit --weight=", ["fit", "--weight", "=", ""],
             sorted(words("fit", "--weight", ""))),
            ("eisfit fit --optimizer nlopt:LN_B", ["fit", "--optimizer", "nlopt", ":", "LN_B"],
             ["LN_BOBYQA"]),
            ("eisfit fit a", ["fit", "a"], ["a b.csv", "arc.csv"]),
            ("eisfit report s.db --figures f", ["report", "s.db", "--figures", "f"], ["folder"]),
            ("eisfit kk --plot=fo", ["kk", "--plot", "=", "fo"], ["folder"]),
            ("eisfit fit x.csv --weight nothing", ["fit", "x.csv", "--weight", "nothing"], [""])):
        found = in_bash(line, *tokens)
        ok(found == want, "bash: " + line, found, want)
done()
