"""The shell examples of doc/campaign.md run, in order, in a folder with a campaign."""
import os
import re
import subprocess

import docs
from tap import EISFIT, WORK, done, ok, run, standard_files, write

standard_files()
write("manifest.csv", "file,cell,cycle,group\narc.csv,c1,0,coated\nind.csv,c2,0,bare\n"
      "two.csv,c2,1,bare\n")
page = docs.text("doc", "campaign.md")
os.symlink(EISFIT, os.path.join(WORK, "eisfit"))
env = dict(os.environ, PATH=WORK + os.pathsep + os.environ["PATH"])
blocks = re.findall(r"^```sh\n(.*?)^```", page, re.M | re.S)
ok(blocks, "examples are found (%d)" % len(blocks))
for block in blocks:
    for command in re.sub(r"\\\n\s*", "", block).splitlines():
        r = subprocess.run(["sh", "-c", command], cwd=WORK, env=env, stdout=subprocess.PIPE,
                           stderr=subprocess.STDOUT, timeout=120, universal_newlines=True)
        ok(r.returncode in (0, 1), command, "exit %d" % r.returncode, r.stdout)

script = re.search(r"^```slurm\n(.*?)^```", page, re.M | re.S).group(1)
write("job.sh", script)
for k in (1, 2, 3):
    slurm = dict(env, SLURM_ARRAY_TASK_ID=str(k), SLURM_ARRAY_TASK_COUNT="3", TMPDIR=WORK + "/scratch")
    os.makedirs(slurm["TMPDIR"], exist_ok=True)
    r = subprocess.run(["sh", "job.sh"], cwd=WORK, env=slurm, stdout=subprocess.PIPE,
                       stderr=subprocess.STDOUT, timeout=120, universal_newlines=True)
    ok(r.returncode in (0, 1) and os.path.exists(os.path.join(WORK, "shard%d.db" % k)),
       "the Slurm script, task %d" % k, r.stdout)
merge = re.search(r"`(eisfit campaign merge shard\*.*?)`", page).group(1)
r = subprocess.run(["sh", "-c", merge.replace("results.db", "slurm.db")], cwd=WORK, env=env,
                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True)
ok(r.returncode == 0, "its merge", r.stdout)
ok(run("campaign", "status", "slurm.db", "--hash").out ==
   run("campaign", "status", "results.db", "--hash").out ==
   run("campaign", "status", "whole.db", "--hash").out != "", "the same results as in one go")
done()
