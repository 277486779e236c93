"""A small reader of C for the lint tests: text without comments and strings, functions,
prototypes, tables."""
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.abspath(os.environ.get("srcdir") or os.path.dirname(os.path.dirname(HERE)))
sys.path.insert(0, os.path.join(TOP, "tests", "cli"))

LAYERS = ("base", "data", "numerics", "physics", "model", "analysis", "campaign", "report", "cli")

_TOKEN = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


def files(*folders, ext=(".c", ".h")):
    """Paths relative to the top folder, sorted; hidden folders and builds are left out."""
    found = []
    for folder in folders:
        for where, dirs, names in os.walk(os.path.join(TOP, folder)):
            dirs[:] = sorted(d for d in dirs if not d.startswith((".", "build", "__")))
            found += [os.path.relpath(os.path.join(where, n), TOP)
                      for n in sorted(names) if n.endswith(ext)]
    return found


def text(path):
    with open(os.path.join(TOP, path), encoding="utf-8") as f:
        return f.read()


def blank(s):
    """The same lines without characters."""
    return re.sub(r"[^\n]", " ", s)


def bare(code):
    """Code without comments and without the content of strings; lines stay where they are."""
    def cut(m):
        t = m.group(0)
        return blank(t) if t[0] == "/" else t[0] + " " * (len(t) - 2) + t[0]
    return _TOKEN.sub(cut, code)


def plain(code):
    """bare() without preprocessor lines and extern "C" brackets."""
    code = re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", lambda m: blank(m.group(0)), bare(code),
                  flags=re.M)
    if re.search(r'extern\s+"\s*"\s*\{', code):
        code = re.sub(r'extern\s+"\s*"\s*\{', lambda m: blank(m.group(0)), code)
        last = code.rindex("}")
        code = code[:last] + " " + code[last + 1:]
    return code


def line_of(code, at):
    return code.count("\n", 0, at) + 1


def includes(path):
    """(line, bracket, name) of every #include."""
    return [(k, m.group(1), m.group(2)) for k, line in enumerate(text(path).splitlines(), 1)
            for m in [re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)] if m]


def outermost(code):
    """(start, end) of every {...} at depth 0."""
    depth = 0
    for m in re.finditer(r"[{}]", code):
        if m.group(0) == "{":
            if depth == 0:
                start = m.start()
            depth += 1
        else:
            depth -= 1
            if depth == 0:
                yield start, m.end()


def arguments(s):
    """Number of arguments in the text between the brackets of a function.  "..." is none, nor is
    the eis_error at the end that every fallible function has."""
    depth, n = 0, 1
    for c in s:
        depth += (c == "(") - (c == ")")
        n += c == "," and depth == 0
    tail = s.rstrip().endswith("...") or s.rstrip().endswith(("eis_error *err", "eis_error *"))
    return 0 if s.strip() in ("", "void") else n - tail


def opening(code, close):
    """Index of the bracket that code[close] == ')' closes."""
    depth = 0
    for k in range(close, -1, -1):
        depth += (code[k] == ")") - (code[k] == "(")
        if depth == 0:
            return k
    raise ValueError("unbalanced brackets")


class Function:
    def __init__(self, path, code, begin, open_, close, end):
        self.path, self.line = path, line_of(code, begin)
        self.lines = line_of(code, end - 1) - self.line + 1 - table_lines(code[begin:end])
        self.name = re.search(r"(\w+)\s*$", code[:open_]).group(1)
        self.n_args = arguments(code[open_ + 1:close])
        self.where = "%s:%d: %s" % (path, self.line, self.name)


def functions(path):
    """Function definitions of a file; lines without tables."""
    code, found, last = plain(text(path)), [], 0
    for start, end in outermost(code):
        head = code[last:start].rstrip()
        if head.endswith(")"):
            close = last + len(head) - 1
            open_ = opening(code, close)
            begin = max(code.rfind(";", last, open_), code.rfind("}", last, open_), last - 1) + 1
            # a macro that stands alone on the lines before belongs to nobody
            begin += len(code[begin:open_]) - len(code[begin:open_].lstrip())
            found.append(Function(path, code, begin, open_, close, end))
        last = end
    return found


def table_lines(code):
    """How many lines of the code stand in initialisers "= {...}" of more than three lines."""
    n, at = 0, 0
    while True:
        m = re.compile(r"=\s*\{").search(code, at)
        if not m:
            return n
        depth = 0
        for b in re.finditer(r"[{}]", code[m.start():]):
            depth += 1 if b.group(0) == "{" else -1
            if depth == 0:
                break
        at = m.start() + b.end()
        lines = code.count("\n", m.start(), at) + 1
        n += lines if lines > 3 else 0


def prototypes(path):
    """(line, name, number of arguments, first and last index of the text)."""
    code = plain(text(path))
    for start, end in reversed(list(outermost(code))):
        code = code[:start] + blank(code[start:end]) + code[end:]
    found, begin = [], 0
    for m in re.finditer(";", code):
        s = code[begin:m.start()]
        p = re.search(r"\b(\w+)\s*\(", s)
        if p and not re.match(r"\s*(typedef|extern const)\b", s) and not re.search(r"\(\s*\*", s):
            first = begin + len(s) - len(s.lstrip())
            open_ = begin + p.end() - 1
            depth, close = 0, open_
            for close in range(open_, m.end()):
                depth += (code[close] == "(") - (code[close] == ")")
                if depth == 0:
                    break
            found.append((line_of(code, first), p.group(1), arguments(code[open_ + 1:close]),
                          first, m.end()))
        begin = m.end()
    return found
