"""Shared by the documentation tests: tables and command lines of Markdown files."""
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.abspath(os.environ.get("srcdir") or os.path.dirname(os.path.dirname(HERE)))
sys.path.insert(0, os.path.join(TOP, "tests", "cli"))


def text(*path):
    with open(os.path.join(TOP, *path), encoding="utf-8") as f:
        return f.read()


def pages():
    """README and the pages of doc/."""
    folder = os.path.join(TOP, "doc")
    return ["README"] + ["doc/" + n for n in sorted(os.listdir(folder)) if n.endswith(".md")]


def cells(line):
    """Cells of a table row, without code marks and escapes."""
    found = re.split(r"(?<!\\)\|", line.strip()[1:-1])
    return [re.sub(r"`([^`]*)`", r"\1", c.replace("\\|", "|").strip()) for c in found]


def tables(page, first):
    """Rows of all tables whose first column has this title."""
    rows, title = [], None
    for line in page.splitlines():
        if not line.startswith("|"):
            title = None
        elif title is None:
            title = cells(line)[0]
        elif title == first and not re.match(r"\|[-| :]+\|$", line):
            rows.append(cells(line))
    return rows


def commands(page):
    """(line, command) of the shell lines that call eisfit: lines indented by four
    or in ``` blocks; a backslash at the end continues a line."""
    found, fence, shell = [], False, False
    lines = page.splitlines()
    for k, line in enumerate(lines):
        if line.startswith("```"):
            fence = not fence
            shell = fence and line.strip("` ") in ("", "sh", "shell", "bash")
            continue
        if fence and not shell or not fence and not line.startswith("    "):
            continue
        s = line.strip()
        if not re.match(r"(?:build/)?eisfit\s", s):
            continue
        n = k
        while s.endswith("\\"):
            n += 1
            s = s[:-1].rstrip() + " " + lines[n].strip()
        found.append((k + 1, s))
    return found
