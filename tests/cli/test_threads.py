"""The same bytes for any number of threads, and from run to run."""
from tap import ARC, done, inductive, ok, one_arc, run, table, two_arcs, write

names = []
for i in range(12):
    z = (one_arc, two_arcs, inductive)[i % 3]
    names.append(write("n%02d.csv" % i, table(z, noise=0.1 + 0.1 * i, seed=i, extra={"cell": i})))
names.insert(5, "missing.csv")
CASES = [
    ["fit", *names, "-c", ARC, "-c", "R0-p(R1,C1)"],
    ["fit", *names, "-m", "scl-randles", "--json"],
    ["fit", *names, "-c", ARC, "--csv"],
    ["fit", *names, "-c", ARC, "--json", "--ci", "bootstrap", "--bootstrap", "20"],
    ["kk", *names, "--json"],
]
for args in CASES:
    one = run(*args, "-j", "1")
    words = " ".join(args[:1] + args[1 + len(names):]) if len(args) > 14 else args[0]
    ok(one.code in (0, 1) and one.raw, words + ": runs", one)
    for n in (2, 5, 16):
        many = run(*args, "-j", str(n))
        ok(many.raw == one.raw and many.code == one.code, "%s: %d threads" % (words, n))
        ok(many.err == one.err, "%s: %d threads, stderr" % (words, n), many.err[:600], one.err[:600])
    ok(run(*args, "-j", "1").raw == one.raw, words + ": again")
a = run("fit", names[0], "-c", ARC, "--json", "--seed", "5")
ok(a.raw == run("fit", names[0], "-c", ARC, "--json", "--seed", "5").raw, "same seed, same bytes")
done()
