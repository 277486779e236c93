"""doc/store.md has every table and column of a store, and its SQL runs."""
import os
import re
import sqlite3
import sys

import docs
from tap import ARC, TOP, done, ok, path, run, standard_files, write

standard_files()
write("m.csv", "file,cell,cycle,operator\narc.csv,A,1,7\ntwo.csv,A,2,8\n")
r = run("campaign", "run", "m.csv", "-c", ARC, "--drt", "--store", "s.db", "-q")
ok(r.code in (0, 1), "a small campaign runs", r)
db = sqlite3.connect(path("s.db"))
page = docs.text("doc", "store.md")

real = {}
for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
    real[name] = [row[1] for row in db.execute("PRAGMA table_info(%s)" % name)]
ok(len(real) >= 12, "tables are found (%d)" % len(real))
told = {}
for m in re.finditer(r"^### (\w+)\n(.*?)(?=^##|\Z)", page, re.M | re.S):
    told[m.group(1)] = [row[0] for row in docs.tables(m.group(2), "column")]
ok(sorted(told) == sorted(real), "doc/store.md has the tables of a store",
   set(told) ^ set(real))
for name in sorted(real):
    ok(told.get(name) == real[name], "doc/store.md has the columns of %s" % name,
       told.get(name), real[name])



def spread(sql):
    """A statement with a column a line."""
    if not sql.startswith("CREATE TABLE"):
        return sql.strip() + ";\n"
    depth, out = 0, ""
    for c in sql.strip():
        depth += (c == "(") - (c == ")")
        if c == "(" and depth == 1:
            out += " (\n  "
        elif c == "," and depth == 1:
            out += ",\n "
        else:
            out += c
    return out + ";\n"


made = "\n".join(spread(row[0]) for row in db.execute(
    "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY rowid"))
made = "-- The tables of a store as SQLite has them; what the columns mean is in doc/store.md.\n" \
    "-- Made by: python3 tests/doc/test_store_doc.py --write\n\n" + made
if sys.argv[1:] == ["--write"]:
    with open(os.path.join(TOP, "doc", "store.sql"), "w", encoding="utf-8") as f:
        f.write(made)
ok(docs.text("doc", "store.sql") == made, "doc/store.sql is the schema of a store (--write makes it so)")
empty = sqlite3.connect(":memory:")
empty.executescript(docs.text("doc", "store.sql"))
ok([r[1] for r in empty.execute("PRAGMA table_info(parameters)")] == real["parameters"], "and SQLite takes it")

columns = [row[1] for row in db.execute("PRAGMA table_info(best_parameters)")]
text = re.search(r"^`best_parameters` .*?\n\n", page, re.M | re.S).group(0)
bad = [c for c in columns[1:13] if not re.search(r"\b%s\b" % c, text)]
ok(not bad, "doc/store.md has the columns of best_parameters that are a spectrum's", *bad)

examples = re.findall(r"```sql\n(.*?)```", page, re.S)
ok(len(examples) >= 6, "examples are found (%d)" % len(examples))
empty_is_right = ("status = 'failed'", "warm = 0")
for sql in examples:
    try:
        rows = db.execute(sql).fetchall()
        good = bool(rows) or any(e in sql for e in empty_is_right)
    except sqlite3.Error as e:
        rows, good = str(e), False
    ok(good, "runs: " + sql.splitlines()[0], rows)
version = db.execute("PRAGMA user_version").fetchone()[0]
application = db.execute("PRAGMA application_id").fetchone()[0]
ok("is the version of the tables, %d." % version in page and "0x%x" % application in page,
   "doc/store.md has version and application id", version, "0x%x" % application)
done()
