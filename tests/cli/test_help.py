"""Help of every command, the overview, and the manual page: all from the same tables."""
import os
import re

from tap import TOP, done, ok, run

overview = run("help")
commands = re.findall(r"^  ([a-z]+) +\S", overview.out, re.M)
ok(overview.code == 0 and commands[:3] == ["fit", "drt", "kk"], "overview lists the commands", overview)
ok(run("--help").out == overview.out, "--help is help")
ok(run("-h").out == overview.out, "-h is help")
ok(run("version").out == run("--version").out == run("-V").out, "three spellings of version")
ok(re.fullmatch(r"eisfit \d+\.\d+\.\d+\n", run("version").out), "version is a number")

bare = run()
ok(bare.code == 2 and bare.out == "" and "usage: eisfit" in bare.err, "no arguments: usage, exit 2",
   bare)



def page(name):
    """A manual page of the repository; "" when it is not there."""
    where = os.path.join(TOP, "doc", "man", name + ".1")
    if not os.path.exists(where):
        return ""
    with open(where, encoding="utf-8") as f:
        return f.read()


made = run("help", "--man")
ok(made.code == 0 and made.out == page("eisfit"),
   "doc/man/eisfit.1 is what 'help --man' prints ('make manual' writes the pages)")
missing = [c for c in commands if "eisfit\\-%s (1)" % c not in made.out]
ok(not missing, "it names the page of every command", missing)
there = sorted(os.listdir(os.path.join(TOP, "doc", "man")))
ok(there == sorted(["eisfit.1"] + ["eisfit-%s.1" % c for c in commands]),
   "there is one manual page for every command", there)

for command in commands:
    text = run(command, "--help")
    intro = re.split(r"\n\n[A-Z][a-zA-Z ]*:\n", text.out)[0]
    ok(intro.endswith("."), "%s --help: what it says first is whole" % command, intro[-60:])
    ok(text.code == 0 and text.out.startswith("usage: eisfit " + command), command + " --help", text)
    ok(text.out == run("help", command).out, "help %s is the same" % command)
    ok(text.err == "", command + " --help says nothing on stderr")
    ok(max(len(line) for line in text.out.splitlines()) <= 100, command + " help fits the screen")
    options = re.findall(r"^ +(?:-\w, )?--([a-z-]+)", text.out, re.M)
    ok("help" in options and "quiet" in options, command + " has the general options")
    made = run("help", "--man", command)
    ok(made.code == 0 and made.out == page("eisfit-" + command),
       "doc/man/eisfit-%s.1 is what 'help --man %s' prints" % (command, command))
    section = made.out.replace("\\-", "-")
    missing = [o for o in options if not re.search(r"--%s\b" % re.escape(o), section)]
    ok(not missing, "manual page has every option of " + command, missing)

fit = run("help", "fit").out
for option, default in (("weight", "modulus"), ("loss", "square"), ("ci", "cov"), ("seed", "1"),
                        ("optimizer", "auto"), ("sweep", "all")):
    found = re.search(r"--%s .*?\[default:\s+%s\]" % (option, default), fit, re.S)
    ok(found, "live default of --" + option)
simulate = run("help", "simulate").out
ok("[default: 1 MHz]" in simulate and "[default: 10 mHz]" in simulate, "frequencies with units")

both = run("help", "kk", "convert").out
ok("usage: eisfit kk" in both and "usage: eisfit convert" in both, "help of two commands")
done()
