"""The shell examples of doc/campaign.md run, in order, in a folder with a campaign."""
import os
import re
import subprocess

import docs
from tap import EISFIT, WORK, done, ok, standard_files, write

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
done()
