"""doc/faq.md and doc/comparison.md claim nothing without naming what tests it."""
import os
import re

import docs
from tap import TOP, done, ok

makefile = docs.text("Makefile.am")


def evidence(text):
    """(tests, programs of bench) that a text names, and those that are neither run nor built."""
    tests = re.findall(r"tests/\w+/\w+(?:\.\w+)?", text)
    bench = re.findall(r"bench/\w+(?:\.\w+)?", text)
    bad = [t for t in tests if not re.search(r"^  %s( \\)?$" % re.escape(re.sub(r"\.c$", "", t)), makefile, re.M)]
    bad += [b for b in bench if not re.search(r"\b%s\b" % re.escape(re.sub(r"\.c$", "", b)), makefile)]
    bad += [p for p in tests + bench if not any(os.path.exists(os.path.join(TOP, p + e)) for e in ("", ".c"))]
    return tests + bench, bad


answers = re.findall(r"^## (\d+)\. (.*?)\n(.*?)(?=^## |\Z)", docs.text("doc", "faq.md"), re.M | re.S)
ok([int(n) for n, _, _ in answers] == list(range(1, 26)), "twenty-five questions", len(answers))
for number, question, answer in answers:
    last = answer.strip().split("\n\n")[-1]
    found, bad = evidence(last)
    ok(last.startswith("Tests: ") and found and not bad, "%s. %s: %d tests that exist" % (number, question, len(found)),
       bad, last)

rows = docs.tables(docs.text("doc", "comparison.md"), "what")
ok(len(rows) >= 8, "the comparison has rows (%d)" % len(rows))
for row in rows:
    found, bad = evidence(row[-1])
    ok(found and not bad, "comparison, %s: %d tests that exist" % (row[0], len(found)), bad)
done()
