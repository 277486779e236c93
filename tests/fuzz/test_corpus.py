"""Every input of the corpus once more, and those that broke something before it was mended; the counts of README.md."""
import os
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli"))
from run import HERE, KEPT, TARGETS, read_tally, unpack  # noqa: E402
from tap import EISFIT, done, ok         # noqa: E402

REPLAY = os.path.join(os.path.dirname(EISFIT), "tests", "fuzz", "replay")
for target in TARGETS:
    with tempfile.TemporaryDirectory() as folder:
        unpack(target, folder)
        files = [os.path.join(folder, name) for name in sorted(os.listdir(folder))]
        ran = subprocess.run([REPLAY, target] + files, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, errors="replace")
        ok(files and ran.returncode == 0, "%s: %d inputs" % (target, len(files)), *ran.stdout.splitlines()[-8:])
rows = re.findall(r"^\| (\w+) \| ([\d,]+) \| (\d+) \|", open(os.path.join(HERE, "README.md")).read(), re.M)
kept = read_tally(KEPT)
ok([(t, int(n.replace(",", "")), int(e)) for t, n, e in rows] == [(t,) + kept[t][:2] for t in TARGETS],
   "README.md has the executions and edges of tally.tsv", *map(str, rows))
done()
