"""The worked examples of CONTRIBUTING.md are put in their places in a copy of the sources, and compiled.

--apply FOLDER does the same in a checkout, to be built."""
import os
import re
import shlex
import shutil
import subprocess
import sys

import docs
from tap import TOP, WORK, done, ok, skip

page = docs.text("CONTRIBUTING.md")
COMPILER = shlex.split(os.environ.get("CC") or "cc")
FLAGS = ["-std=gnu11", "-fsyntax-only", "-Wall", "-Wextra", "-Wconversion", "-Wshadow", "-Werror", "-D_GNU_SOURCE",
         '-DEISI_VERSION="0"', '-DEISI_PKGDATADIR="/"', '-DEISI_GNUPLOT="gnuplot"', '-DEISI_PLOTLY=""']


def blocks(title):
    """C code of a section."""
    section = re.search(r"^## %s\n(.*?)(?=^## |\Z)" % title, page, re.M | re.S).group(1)
    return re.findall(r"```c\n(.*?)```", section, re.S)


class Copy:
    """Sources with changes."""

    def __init__(self, root):
        self.root, self.changed = root, []

    def change(self, name, before, text):
        """Puts text in front of the first match, at the end when there is no pattern, unless it is there already."""
        path = os.path.join(self.root, name)
        old = ""
        if os.path.exists(path):
            with open(path, encoding="utf-8") as f:
                old = f.read()
        if name.endswith(".c"):
            self.changed.append(name)
        if text.strip() in old:
            return
        at = re.search(before, old, re.M).start() if before else len(old)
        with open(path, "w", encoding="utf-8") as f:
            f.write(old[:at] + text + old[at:])


def element(c):
    c.change("src/model/elem_relax.c", None, "\n" + blocks("An element")[0])
    c.change("src/model/elem_rows.h", r"^#endif\n\Z", "extern const eis_element eisi_elem_rsk;\n")
    c.change("src/model/element.c", r"^    &eisi_elem_g,", "    &eisi_elem_rsk,\n")


def a_format(c):
    c.change("src/data/rd_table.c", None, "\n" + blocks("A format")[0])
    c.change("src/data/input.h", r"^#endif\n\Z", "extern const eisi_reader eisi_reader_acme;\n")
    c.change("src/data/reader.c", r"^    &eisi_reader_biologic,", "    &eisi_reader_acme,\n")


def law(c):
    code, row, ageing, ageing_row = blocks("A law")
    c.change("src/model/laws.c", r"^#define T_COLUMN", code + "\n")
    c.change("src/model/laws.c", r'^    \{\.name = "arrhenius",', row)
    c.change("src/campaign/law.c", r"^static const eis_law laws", ageing + "\n")
    c.change("src/campaign/law.c", r"^};\nenum \{ N_LAWS", ageing_row)


def command(c):
    c.change("src/cli/cmd_about.c", None, blocks("A command")[0])
    c.change("src/cli/commands.h", r"^extern const cli_command cli_cmd_fit;", "extern const cli_command cli_cmd_about;\n")
    c.change("src/cli/commands.c", r"^    &cli_cmd_help,", "    &cli_cmd_about,\n")


def makefile(root):
    path = os.path.join(root, "Makefile.am")
    with open(path, encoding="utf-8") as f:
        text = f.read()
    text = text.replace("  src/cli/cmd_arrhenius.c \\\n", "  src/cli/cmd_about.c \\\n  src/cli/cmd_arrhenius.c \\\n")
    text = text.replace("  doc/man/eisfit-arrhenius.1 \\\n", "  doc/man/eisfit-about.1 \\\n  doc/man/eisfit-arrhenius.1 \\\n")
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)


EXAMPLES = (("An element", element), ("A format", a_format), ("A law", law), ("A command", command))
if sys.argv[1:2] == ["--apply"]:
    for _, apply in EXAMPLES:
        apply(Copy(sys.argv[2]))
    makefile(sys.argv[2])
    sys.exit(0)

if not shutil.which(COMPILER[0]):
    skip("CONTRIBUTING.md", "there is no compiler '%s'" % COMPILER[0])
    done()
for folder in ("src", "include"):
    shutil.copytree(os.path.join(TOP, folder), os.path.join(WORK, folder))
copy = Copy(WORK)
for title, apply in EXAMPLES:
    copy.changed = []
    apply(copy)
    for name in sorted(set(copy.changed)):
        r = subprocess.run(COMPILER + FLAGS + ["-Isrc", "-Iinclude", name], cwd=WORK, stdout=subprocess.PIPE,
                           stderr=subprocess.STDOUT, universal_newlines=True)
        ok(r.returncode == 0, "%s: %s compiles" % (title, name), r.stdout)
done()
