"""doc/elements.md says what the program's table of elements says."""
import json
import re

import docs
from tap import done, ok, run

page = docs.text("doc", "elements.md")
listed = run("elements", "--json")
program = [json.loads(line) for line in listed.out.splitlines()]
ok(listed.code == 0 and len(program) > 30, "the program lists its elements", listed)


def shown(e):
    """The row of doc/elements.md for an element."""
    return [e["symbol"] + (" {...}" if e["container"] else ""), e["aliases"],
            e["cdc"] if e["cdc"] != e["symbol"] else "", e["name"], e["formula"], e["reference"]]


def shown_parameter(e, p):
    name = e["symbol"] + ("_" + p["suffix"] if p["suffix"] else "")
    return [name, p["unit"], p["lower"], p["upper"], p["start"], "fixed" if p["fixed"] else "",
            p["doc"]]


rows = {r[0].split()[0]: r for r in docs.tables(page, "element")}
for e in program:
    found = rows.pop(e["symbol"], None)
    ok(found == shown(e), "row of " + e["symbol"], "found    %s" % found, "expected %s" % shown(e))
ok(not rows, "no rows of elements that do not exist", sorted(rows))

rows = {}
for r in docs.tables(page, "parameter"):
    rows[r[0]] = r[:2] + [float(x) for x in r[2:5]] + r[5:]
for e in program:
    bad = []
    for p in e["parameters"]:
        want = shown_parameter(e, p)
        found = rows.pop(want[0], None)
        if found != want:
            bad += ["found    %s" % found, "expected %s" % want]
    ok(not bad, "parameters of " + e["symbol"], *bad)
ok(not rows, "no rows of parameters that do not exist", sorted(rows))

order = [r[0].split()[0] for r in docs.tables(page, "element")]
ok(len(order) == len(set(order)), "every element has one row")
active = re.search(r"never negative [^\n]*? except for ((?:`\w+`(?:, )?)+)", page)
named = set(re.findall(r"\w+", active.group(1))) if active else set()
ok(named == {e["symbol"] for e in program if e["active"]}, "active elements are named", named)
done()
