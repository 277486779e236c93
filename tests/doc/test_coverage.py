"""The documentation knows everything there is, and what it names exists."""
import json
import os
import re

import docs
from tap import TOP, done, ok, run


def names_of(command, key):
    return [json.loads(line)[key] for line in run(command, "--json").out.splitlines()]


commands = re.findall(r"^  ([a-z]+) +\S", run("help").out, re.M)
ok(len(commands) >= 8, "the program lists its commands", commands)
for c in commands:
    section = docs.text("doc", "man", "eisfit-%s.1" % c).replace("\\-", "-")
    options = re.findall(r"^ +(?:-\w, )?(--[a-z-]+)", run("help", c).out, re.M)
    missing = [o for o in options if not re.search(re.escape(o) + r"\b", section)]
    ok(options and not missing, "the manual page has the options of %s" % c, *missing)

readme = docs.text("README")
bad = [c for c in commands if c not in ("help", "version") and
       not re.search(r"\beisfit [^\n]*\b%s\b|\| %s\b" % (c, c), readme)]
ok(not bad, "README has every command", *bad)

models = docs.text("doc", "models.md")
for m in names_of("models", "name"):
    ok("| `%s` |" % m in models, "doc/models.md has " + m)
elements = docs.text("doc", "elements.md")
bad = [e for e in names_of("elements", "symbol") if "| `%s`" % e not in elements]
ok(not bad, "doc/elements.md has every element", *bad)
formats = docs.text("doc", "formats.md")
bad = [f for f in names_of("formats", "key") if "| `%s` |" % f not in formats]
ok(not bad, "doc/formats.md has every format", *bad)
headers = sorted(os.listdir(os.path.join(TOP, "include", "eisfit")))
bad = [h for h in headers if h not in docs.text("doc", "library.md")]
ok(not bad, "doc/library.md has every public header", *bad)

PATH = r"\b(?:src|include|tests|doc|data|models|bench|scripts)/[\w./*-]*[\w*]"
TEST = r"\b(test_\w+|[a-z_]+_on_the_bounds|derivatives_agree_with_differences)\b(?!\.[a-z])"
everywhere = ["README", "NEWS", "CONTRIBUTING.md"] + docs.pages()[1:]
for page in everywhere:
    if not os.path.exists(os.path.join(TOP, page)):
        ok(False, "%s exists" % page)
        continue
    text = docs.text(page)
    text = "\n".join(line for line in text.splitlines() if "eisfit/x.h" not in line)
    bad = []
    for p in sorted(set(re.findall(PATH, text))):
        folder, name = os.path.split(os.path.join(TOP, p))
        pattern = re.escape(name).replace(r"\*", ".*")
        there = os.path.isdir(folder) and any(re.fullmatch(pattern + r"(?:\.\w+)?", n)
                                              for n in os.listdir(folder))
        if not there and not re.search(r"_?(?:x|toto|mine|my)\b", name) and "my-" not in name:
            bad.append(p)
    ok(not bad, "%s names files that exist" % page, *bad)

sources = "".join(docs.text("tests", "unit", n)
                  for n in sorted(os.listdir(os.path.join(TOP, "tests", "unit")))
                  if n.endswith((".c", ".h")))  # a build in the source tree has programs there
for page in ("doc/physics.md", "doc/elements.md"):
    named = set(re.findall(TEST, docs.text(page)))
    bad = [t for t in sorted(named) if not re.search(r"static void %s\(" % t, sources) and
           not os.path.exists(os.path.join(TOP, "tests", "doc", t + ".py"))]
    ok(named and not bad, "%s names tests that exist (%d)" % (page, len(named)), *bad)
done()
