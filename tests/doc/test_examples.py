"""Every eisfit command of README and doc/ runs: exit code 0 or 1, and it writes something."""
import os
import re
import shlex
import shutil
import subprocess

import docs
from tap import EISFIT, TOP, WORK, done, ok, skip

# What a page writes for "your file" and "whatever you need" can't run.
PLACEHOLDERS = (r"\bFILE\b", r"\bNAME\b", r"\bCOMMAND\b", r"\.\.\.", r" \| elements\b")
# Files that are the reader's own.  The same names in every page, so that nothing else slips by.
OWN_FILES = {"cell.mpt", "cell.csv", "cell.DTA", "my.model", "manifest.csv", "results.db",
             "proposal.csv", "exact.csv", "whole.db"}

for folder in ("data", "models"):
    os.symlink(os.path.join(TOP, folder), os.path.join(WORK, folder))


def reason(command):
    """Why a command can't run, None = it can."""
    if any(re.search(p, command) for p in PLACEHOLDERS):
        return "a pattern, not a command"
    own = OWN_FILES.intersection(shlex.split(command, comments=True))
    if own:
        return "needs the reader's file %s" % ", ".join(sorted(own))
    if re.search(r"\s--(?:plot|report)\b", command) and not shutil.which("gnuplot"):
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
            if w in ("-o", "--output", "--plot", "--report", "--keep-plot-script")]


ran = 0
for page in docs.pages():
    for line, command in docs.commands(docs.text(page)):
        # a remark stands behind two blanks and more
        command = re.split(r"\s{3,}", command)[0]
        name = "%s:%d: %s" % (page, line, command)
        why = reason(command)
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
