"""The table of doc/processes.md is that of models/processes.ini."""
import re

import docs
from tap import done, ok

ini = docs.text("models", "processes.ini")
rows = docs.tables(docs.text("doc", "processes.md"), "key")
expected = []
for section, body in re.findall(r"(?ms)^\[(\w+)\]\n(.*?)(?=^\[|\Z)", ini):
    if section in ("cell", "background"):
        continue
    key = {k: v.split(";")[0].strip() for k, v in re.findall(r"(?m)^(\w+) = (.*)$", body)}
    expected.append([section] + [key.get(k, "") for k in ("name", "C", "f", "R", "Ea")])
ok(len(expected) >= 9, "processes are found (%d)" % len(expected))
for row in expected:
    ok(row in rows, "doc/processes.md has %s" % row[0], "expected: | %s |" % " | ".join(row))
bad = [r[0] for r in rows if r not in expected]
ok(not bad, "it has no others", *bad)
done()
