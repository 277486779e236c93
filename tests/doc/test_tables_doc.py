"""Tables of the source against the pages and help texts that repeat them: laws, methods, criteria,
dialects, tables of a store, weights, exit codes."""
import os
import re

import docs
from tap import TOP, done, ok, run


def rows_of(path, first, second):
    """Two string members of the rows of a table."""
    code = re.sub(r'"\s*\n\s*"', "", docs.text(*path.split("/")))
    return re.findall(r'\.%s = "([^"]*)",.*?\.%s = "([^"]*)"' % (first, second), code, re.S)


def offered(*words):
    return [w for w in run("help", "--complete", "--", *words).out.split() if not w.startswith(":")]


# laws of ageing: key, formula
laws = rows_of("src/campaign/law.c", "key", "formula")
told = [r[:2] for r in docs.tables(docs.text("doc", "trends.md"), "key")]
ok(len(laws) >= 9 and told == [list(x) for x in laws], "doc/trends.md has the laws of src/campaign/law.c", told, laws)
ok([k for k, _ in laws] == offered("trend", "--law", ""), "they are those of the program")
in_help = re.search(r"laws to\s+try:\s+([\w,\s]+);", run("help", "trend").out).group(1)
ok(re.sub(r"\s", "", in_help).split(",") == [k for k, _ in laws], "help of --law has them", in_help)

# laws of joint fits
laws = rows_of("src/model/laws.c", "name", "formula")
told = {r[0].split("(")[0]: r[2] for r in docs.tables(docs.text("doc", "joint.md"), "law")}
ok(len(laws) >= 16 and set(told) == {n for n, _ in laws}, "doc/joint.md has the laws of src/model/laws.c",
   set(told) ^ {n for n, _ in laws})
same = {"column", "potential"}  # explained in words, by the row above
bad = [(n, f, told.get(n)) for n, f in laws if n not in same and told.get(n) != f]
ok(not bad, "with their formulas", bad)

# methods, basis functions, criteria of distributions of relaxation times
page = docs.text("doc", "drt.md")
for option in ("--method", "--basis", "--lambda"):
    bad = [w for w in offered("drt", option, "") if w != "list" and not re.search(r"\b%s\b" % re.escape(w), page)]
    ok(offered("drt", option, "") and not bad, "doc/drt.md knows what %s takes" % option, bad)

# what help texts enumerate is what the options take
for command, option, words in (("convert", "--to", ()), ("campaign", "--table", ("export", "x")), ("drt", "--lambda", ()),
                               ("joint", "--ocv", ())):
    text = re.search(r"^ +(?:-\w, )?%s .*?(?=^ +(?:-\w, )?--|^\S|\Z)" % option, run("help", command).out, re.M | re.S)
    bad = [w for w in offered(command, *words, option, "") if not re.search(r"(?<![\w-])%s(?![\w-])" % re.escape(w),
                                                                       text.group(0))]
    ok(not bad, "help of %s %s names all it takes" % (command, option), bad)
scl = run("help", "scl").out
bad = [w for w in offered("scl", "") if not re.search(r"\b%s\b" % w, scl)]
ok(not bad, "help of scl explains every calculator", bad)

# weights: doc/statistics.md
weights = [re.sub(r" .*", "", r[0]) for r in docs.tables(docs.text("doc", "statistics.md"), "--weight")]
ok(sorted(weights) == sorted(offered("fit", "--weight", "")), "doc/statistics.md has every weight", weights)
intervals = [re.sub(r" .*", "", r[0]) for r in docs.tables(docs.text("doc", "statistics.md"), "method")]
ok(sorted(intervals) == sorted(offered("fit", "--ci", "")), "and every kind of interval", intervals)

# models: title in the list, roles
models = docs.text("doc", "models.md")
bad = [n[:-6] for n in os.listdir(os.path.join(TOP, "models")) if n.endswith(".model") and
       "| `%s` |" % n[:-6] not in models]
ok(not bad, "doc/models.md has every model file", bad)

# commands and options that a text only mentions exist
known = {c: set(offered(c, "--")) for c in offered("") if c}
every = set().union(*known.values())
for p in docs.pages() + ["CONTRIBUTING.md", "NEWS"]:
    text = re.sub(r"^```.*?^```", "", docs.text(p), flags=re.M | re.S)
    bad = []
    for command, rest in re.findall(r"[`\']eisfit ([a-z]+)\b([^`\'\n]*)[`\']", text):
        bad += [] if command in known else ["eisfit " + command]
        bad += [command + " " + o for o in re.findall(r"(?<!\S)--[a-z][a-z-]+", rest) if o not in known.get(command, every)]
    if p.startswith("doc/") and p != "doc/versioning.md":
        foreign = {"--with-mpi", "--with-plotly", "--enable-sanitizers", "--shard", "--dependency"}
        bad += [o for o in re.findall(r"`(--[a-z][a-z-]+)[ =`]", text) if o not in every | foreign]
    ok(not bad, "%s mentions commands and options that exist" % p, sorted(set(bad)))

# every page is in the index, and what the index names is there
index = docs.text("doc", "README.md")
linked = set(re.findall(r"\]\((\w+\.md)\)", index))
there = {os.path.basename(p) for p in docs.pages()[1:]} - {"README.md"}
ok(linked == there, "doc/README.md links every page", linked ^ there)
bad = [(p, t) for p in docs.pages() for t in re.findall(r"\]\(([^)#:]+)\)", docs.text(p))
       if not os.path.exists(os.path.join(TOP, os.path.dirname(p), t))]
ok(not bad, "links between pages lead somewhere", bad)
done()
