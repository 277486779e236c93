"""Every mistake: its words, its exit code, and nothing on standard output."""
import os

from tap import ARC, done, ok, path, run, skip, standard_files, write

standard_files()
write("text.csv", "a,b,c\nred,green,blue\n")
write("few.csv", "f,re,im\n1,2,-3\n2,3,-4\n")
write("broken.model", "[model]\nname = x\n[nonsense]\n")
write("empty.csv", "")
os.mkdir(path("directory"))
os.mkdir(path("folder.svg"))

FIT = ["fit", "arc.csv", "-c", ARC]
ROWS = [
    # arguments, exit code, what stderr says
    (["ft"], 2, "unknown command 'ft'; did you mean 'fit'?"),
    (["zzzzzz"], 2, "'zzzzzz' is neither a command nor a readable file; 'eisfit help' lists"),
    (["missing.csv"], 3, "'missing.csv' is neither a command nor a file that can be read"),
    (["help", "ft"], 2, "no command 'ft'; 'eisfit help' lists them"),
    (["version", "x"], 2, "version takes no arguments, but there is 'x'"),
    (["formats", "x"], 2, "formats takes no arguments, but there is 'x'"),
    (["fit"], 2, "fit needs at least one file; '-' is standard input"),
    (["fit", "arc.csv"], 2, "fit needs --model NAME or --circuit STRING"),
    (["fit", "missing.csv", "-c", ARC], 3, "missing.csv: can't open: No such file or directory"),
    (["fit", "directory", "-c", ARC], 3, "directory"),
    (["fit", "text.csv", "-c", ARC], 3, "text.csv"),
    (["fit", "few.csv", "-c", ARC], 3, "few.csv"),
    (["fit", "empty.csv", "-c", ARC], 3, "empty.csv"),
    (FIT + ["--wieght", "unit"], 2, "unknown option '--wieght' of 'fit'; did you mean '--weight'?"),
    (FIT + ["--qqqqqqqqqq"], 2, "unknown option '--qqqqqqqqqq' of 'fit'; 'eisfit help fit' lists"),
    (FIT + ["-z"], 2, "unknown option '-z' of 'fit'"),
    (FIT + ["--weight", "foo"], 2, "option '--weight': 'foo' is not one of: modulus, unit, "
     "proportional, sigma, error-model"),
    (FIT + ["--weight"], 2, "option '--weight' needs a value"),
    (FIT + ["--json=1"], 2, "option '--json' takes no value"),
    (FIT + ["--loss", "l1"], 2, "option '--loss': 'l1' is not one of: square, huber, soft-l1"),
    (FIT + ["--ci", "x"], 2, "option '--ci': 'x' is not one of: cov, profile, bootstrap"),
    (FIT + ["--optimizer", "foo"], 2, "unknown optimizer 'foo'"),
    (FIT + ["--starts", "1.5"], 2, "option '--starts': '1.5' is not a whole number from 0 to"),
    (FIT + ["--starts", "-1"], 2, "option '--starts': '-1' is not a whole number from 0 to"),
    (FIT + ["--bootstrap", "3"], 2, "option '--bootstrap': '3' is not a whole number from 10 to"),
    (FIT + ["--threads", "x"], 2, "option '--threads': 'x' is not a whole number"),
    (FIT + ["--seed", "x"], 2, "option '--seed': 'x' is not a whole number from 0 to 2^63-1"),
    (FIT + ["--seed", "99999999999999999999"], 2, "is not a whole number from 0 to 2^63-1"),
    (FIT + ["--max-time", "soon"], 2, "option '--max-time': "),
    (FIT + ["--max-time", "0"], 2, "option '--max-time': '0' is not above zero"),
    (FIT + ["--area", "3"], 2, "option '--area': can't read '3': expected an area with unit"),
    (FIT + ["--thickness", "3 kg"], 2, "option '--thickness': "),
    (FIT + ["--temperature", "hot"], 2, "option '--temperature': "),
    (FIT + ["--fmin", "low"], 2, "option '--fmin': "),
    (FIT + ["--soc", "1.5"], 2, "option '--soc': '1.5' is not a number from 0 to 1"),
    (FIT + ["--sweep", "x"], 2, "option '--sweep': 'x' is none of first, last, all, a number from 1, "
     "or a list like 1-3,7"),
    (FIT + ["--sweep", "1,"], 2, "option '--sweep': '1,' is none of first"),
    (FIT + ["--sweep", "3-1"], 2, "option '--sweep': '3-1' is none of first"),
    (FIT + ["--sweep", "0-1"], 2, "option '--sweep': '0-1' is none of first"),
    (FIT + ["--sweep", "1-3"], 2, "--sweep 1-3: 'arc.csv' has 1 sweep"),
    (FIT + ["--sweep", "7"], None, "sweep"),
    (FIT + ["--fmin", "10", "--fmax", "1"], 2, "--fmin 10 Hz is above --fmax 1 Hz"),
    (FIT + ["--fmin", "100 MHz"], 3, "arc.csv"),
    (FIT + ["--negate-imag", "--keep-imag"], 2, "--negate-imag and --keep-imag contradict"),
    (FIT + ["--format", "nonsense"], 2, "nonsense"),
    (FIT + ["--columns", "q=1"], 2, "q=1"),
    (FIT + ["--units", "f=parsec"], 2, "parsec"),
    (FIT + ["--exclude", "a-b"], 2, "a-b"),
    (FIT + ["--json", "--csv"], 2, "--json and --csv can't go together; choose one"),
    (FIT + ["--plot", "x.jpg"], 2, "can't tell the kind of figure from 'x.jpg'"),
    (FIT + ["--report", "x.pdf"], 2, "--report writes HTML; the name 'x.pdf' has to end in .html"),
    (FIT + ["--set", "R9=1"], 2, "the circuit has no parameter 'R9'"),
    (FIT + ["--set", "R1=abc"], 2, "'abc' is no number"),
    (FIT + ["--fix", "R7"], 2, "the circuit has no parameter 'R7'"),
    (FIT + ["--bound", "R1=5:1"], 2, "R1"),
    (FIT + ["--tie", "R0=R7"], 2, "R7"),
    (FIT + ["--variant", "x"], 2, "--variant needs a --model to choose it from"),
    (FIT + ["--electrolyte", "mud"], 2, "unknown material 'mud'"),
    (FIT + ["--material", "eps=1"], 2, "eps"),
    (["fit", "arc.csv", "-c", "R0-p(R1,C1"], 3, "circuit:1:5: '(' is not closed"),
    (["fit", "arc.csv", "-c", "R0-Q9x"], 3, "circuit:1:"),
    (["fit", "arc.csv", "-m", "scl-randels"], None, "unknown model 'scl-randels'"),
    (["fit", "arc.csv", "-m", "zarc", "--variant", "x"], 2, "model 'zarc' has no variant 'x'"),
    (["fit", "arc.csv", "-m", "./broken.model"], 3, "broken.model"),
    (["fit", "arc.csv", "-c", ARC, "--weight", "sigma"], 3, "standard deviations"),
    (["kk"], 2, "kk needs at least one file; '-' is standard input"),
    (["kk", "arc.csv", "--rule", "fixed"], 2, "--rule fixed needs --m N, the number of RC elements"),
    (["kk", "arc.csv", "--m", "5"], 2, "--m is for --rule fixed; give that, or --m-max"),
    (["kk", "arc.csv", "--zhit-terms", "2"], 2, "option '--zhit-terms': '2' is not 1 or 3"),
    (["kk", "arc.csv", "--tolerance", "-1"], 2, "option '--tolerance': '-1' is not a number from 0"),
    (FIT + ["--plot", "no/such/x.svg"], 5, "can't write 'no/such/x.svg': No such file or directory"),
    (FIT + ["--report", "no/such/x.html"], 5, "can't write 'no/such/x.html': No such file or dir"),
    (FIT + ["--keep-plot-script", "arc.csv/x.gp"], 5, "can't write 'arc.csv/x.gp': Not a directory"),
    (FIT + ["--plot", "folder.svg"], 5, "can't write 'folder.svg': Is a directory"),
    (["kk", "arc.csv", "--plot", "no/such/x.svg"], 5, "can't write 'no/such/x.svg'"),
    (["simulate", "-c", "R0", "--plot", "no/such/x.svg"], 5, "can't write 'no/such/x.svg'"),
    (["kk", "arc.csv", "--report", "x.html"], 2, "unknown option '--report' of 'kk'"),
    (["simulate"], 2, "simulate needs --model NAME or --circuit STRING"),
    (["simulate", "x.csv", "-c", "R0"], 2, "simulate reads no files, but there is 'x.csv'"),
    (["simulate", "-c", "R0", "-c", "C0"], 2, "simulate takes one model or circuit, but 2 were"),
    (["simulate", "-c", "R0", "--fmin", "10", "--fmax", "1"], 2, "1"),
    (["simulate", "-c", "R0", "--noise", "-1"], 2, "option '--noise': '-1' is not a number of at "
     "least 0"),
    (["simulate", "-c", "R0", "--drift", "3", "--drift-param", "R9"], 2, "R9"),
    (["convert"], 2, "convert needs at least one file, or --circuit STRING --to DIALECT"),
    (["convert", "arc.csv", "-c", "R0"], 2, "convert takes files or a --circuit, not both"),
    (["convert", "arc.csv", "--to", "cdc"], 2, "--to, --from and --set belong to --circuit STRING"),
    (["convert", "-c", "R0"], 2, "--circuit needs --to: cdc, impedance.py, boukamp, autoeis or"),
    (["convert", "-c", "R0", "--to", "latin"], 2, "latin"),
    (["models", "nonsense"], None, "unknown model 'nonsense'"),
    (["elements", "CP"], 2, "unknown element 'CP'; did you mean '"),
    (["elements", "zzzzzz"], 2, "unknown element 'zzzzzz'; 'eisfit elements' lists them"),
]

for args, code, words in ROWS:
    r = run(*args)
    good = (r.code == code if code is not None else r.code in (2, 3)) and words in r.err
    good = good and "eisfit: error: " in r.err and r.out == ""
    ok(good, "%s -> %s" % (" ".join(args), code), r)

r = run("fit", "arc.csv", "-c", "R0-p(R1,C1")
ok(r.err.splitlines()[1:] == ["  R0-p(R1,C1", "      ^"], "the caret stands under the mistake", r)
r = run("models", env={"EISFIT_DATADIR": path("directory"), "XDG_DATA_HOME": path("directory")})
if r.code == 0:
    skip("no models", "there is an installed eisfit")
else:
    ok(r.code == 3 and "there are no models in '%s/eisfit/models', '%s/models', " %
       (path("directory"), path("directory")) in r.err and "set EISFIT_DATADIR" in r.err and
       r.out == "", "no models: exit 3, with the directories that were searched", r)
ok("\033" not in r.err, "no colour codes on a pipe")
done()
