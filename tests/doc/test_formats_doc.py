"""doc/formats.md says what the program's table of formats says, and names its options."""
import json
import re

import docs
from tap import done, ok, run

page = docs.text("doc", "formats.md")
listed = run("formats", "--json")
program = [json.loads(line) for line in listed.out.splitlines()]
ok(listed.code == 0 and len(program) > 10, "the program lists its formats", listed)
rows = docs.tables(page, "key")
for f in program:
    want = [f["key"], f["name"], f["recognised"], f["sign"]]
    found = [r for r in rows if r[0] == f["key"]]
    ok(found == [want], "row of " + f["key"], "found    %s" % found, "expected %s" % want)
ok([r[0] for r in rows] == [f["key"] for f in program], "the order is the program's")

text = run("help", "convert").out
text = text[text.index("\nInput:"):text.index("\nOutput:")]
options = re.findall(r"^ +(--[a-z-]+)", text, re.M)
missing = [o for o in options if "`%s" % o not in page]
ok(len(options) > 8 and not missing, "every input option is explained", *missing)
done()
