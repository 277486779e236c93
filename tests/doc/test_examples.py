"""Every eisfit command of README and doc/ runs: exit code 0 or 1, and it writes something."""
import os
import re
import shlex
import shutil
import subprocess

import docs
from tap import EISFIT, TOP, WORK, done, ok, skip, write

# What a page writes for "your file" and "whatever you need" can't run.
PLACEHOLDERS = (r"\bFILE\b", r"\bNAME\b", r"\bCOMMAND\b", r"\.\.\.", r" \| elements\b")
# Run by tests of their own, in a folder that suits them.
ELSEWHERE = {"doc/campaign.md": "run by tests/doc/test_campaign_doc.py"}

for folder in ("data", "models"):
    os.symlink(os.path.join(TOP, folder), os.path.join(WORK, folder))


def own_files():
    """What a page calls "your" file: a spectrum of a BioLogic instrument, a store of results."""
    with open(os.path.join(WORK, "data", "assb-sample.csv"), encoding="utf-8") as f:
        rows = [line.split(",") for line in f if line[0].isdigit()]
    write("cell.mpt", "EC-Lab ASCII FILE\nNb header lines : 3\nfreq/Hz\tRe(Z)/Ohm\t-Im(Z)/Ohm\n" +
          "".join("%s\t%s\t%.9g\n" % (r[0], r[1], -float(r[2])) for r in rows))
    write("cells.csv", "file,sweep,cell,cycle,group\n" + "".join(
        "data/joint-sample.csv,%d,%s,%d,%s\n" % (k, "AB"[k % 2], k, ("coated", "bare")[k % 2]) for k in range(1, 9)))
    return run("eisfit campaign run cells.csv --model two-zarc --drt --store results.db -q")


def reason(page, command):
    """Why a command can't run, None = it can."""
    if any(re.search(p, command) for p in PLACEHOLDERS):
        return "a pattern, not a command"
    if page in ELSEWHERE:
        return ELSEWHERE[page]
    if re.search(r"\s--(?:plot|report|figures)\b", command) and not shutil.which("gnuplot"):
        return "there is no gnuplot"
    return None


def run(command):
    env = dict(os.environ, EISFIT=EISFIT)
    text = re.sub(r"(?:^|(?<=\$\())(?:build/)?eisfit\b", '"$EISFIT"', command)
    return subprocess.run(["sh", "-c", text], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          cwd=WORK, env=env, universal_newlines=True, timeout=300)


def outputs(command):
    """Files a command is told to write."""
    words = shlex.split(command, comments=True)
    return [words[k + 1] for k, w in enumerate(words[:-1])
            if w in ("-o", "--output", "--plot", "--report", "--keep-plot-script", "--figures")]


made = own_files()
ok(made.returncode in (0, 1) and os.path.exists(os.path.join(WORK, "results.db")), "a campaign for the examples",
   made.stderr)
ran = 0
for page in docs.pages():
    for line, command in docs.commands(docs.text(page)):
        # a remark stands behind two blanks and more
        command = re.split(r"\s{3,}", command)[0]
        name = "%s:%d: %s" % (page, line, command)
        why = reason(page, command)
        if why:
            skip(name, why)
            continue
        r = run(command)
        made = [f for f in outputs(command) if os.path.getsize(os.path.join(WORK, f)) > 0
                ] if r.returncode in (0, 1) else []
        ok(r.returncode in (0, 1) and (r.stdout or made) and len(made) == len(outputs(command)),
           name, "exit %d" % r.returncode, r.stdout[:500], r.stderr)
        ran += 1
ok(ran >= 10, "enough examples were found (%d)" % ran)
done()
