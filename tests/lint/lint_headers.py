"""Headers: names, guards, and words about every public function."""
import os
import re

from source import bare, files, plain, prototypes, text
from tap import done, ok

public = files("include", ext=(".h",))
every = public + files("src", ext=(".h",))

# A prototype is documented by a comment in its paragraph: before it or on its line.  What frees is
# explained where the thing is made (eisfit.h, ownership).
FREES = re.compile(r"_(?:free|clear)$")
bad, counted = [], 0
for p in public:
    s = text(p)
    for line, name, _, first, last in prototypes(p):
        counted += 1
        paragraph = s[:first][s[:first].rfind("\n\n") + 1:]
        rest = s[last:s.find("\n", last)]
        if "*/" not in paragraph and "/*" not in rest and not FREES.search(name):
            bad.append("%s:%d: %s" % (p, line, name))
ok(counted > 50, "public functions are found (%d)" % counted)
ok(not bad, "every public function is documented", *bad)

bad = ["%s:%d: %s" % (p, line, name) for p in public for line, name, _, _, _ in prototypes(p)
       if not name.startswith("eis_")]
ok(not bad, "public functions begin with eis_", *bad)
bad = ["%s:%d: %s" % (p, line, name) for p in every for line, name, _, _, _ in prototypes(p)
       if not re.match(r"eis_|eisi_" if "/cli/" not in p else r"cli_", name)]
ok(not bad, "functions shared by files begin with eis_, eisi_ or (in the program) cli_", *bad)

bad = []
for p in public:
    for m in re.finditer(r"\}\s*(\w+);|typedef\s+[^;{}]*?\(?\*?(\w+)\)?(?:\([^;]*\))?;|"
                         r"\b(?:struct|enum)\s+(\w+)", plain(text(p))):
        name = next(g for g in m.groups() if g)
        if not name.startswith("eis_") and m.group(1) is None:
            bad.append("%s: %s" % (p, name))
ok(not bad, "public types begin with eis_", *bad)

owners = {}
for p in files("include", "src"):
    for m in re.finditer(r"^(?:typedef )?(?:struct|enum|union) (eisi?_\w+) \{", plain(text(p)), re.M):
        owners.setdefault(m.group(1), []).append(p)
bad = ["%s: %s" % (name, ", ".join(where)) for name, where in sorted(owners.items())
       if len(where) > 1]
ok(not bad, "a type that is shared is defined once", *bad)

bad = []
for p in every:
    guard = ("EISFIT_" if p in public else "EISI_") + \
        re.sub(r"\W", "_", os.path.basename(p)).upper()
    if not re.search(r"^#ifndef \w*%s\n#define \w*%s$" % ((guard.split("_", 1)[1],) * 2), text(p),
                     re.M):
        bad.append(p)
ok(not bad, "headers have guards named after them", *bad)
bad = [p for p in public if '#ifdef __cplusplus\nextern "C" {\n#endif' not in text(p)
       and prototypes(p)]
ok(not bad, "public headers can be used from C++", *bad)
bad = [p for p in every if not text(p).startswith("/* " + os.path.basename(p) + " - ")]
ok(not bad, "headers begin with their name and what they are for", *bad)

defined = {name: p for p in public for _, name, _, _, _ in prototypes(p)}
code = {p: bare(text(p)) for p in files("src", ext=(".c",))}
bad = ["%s: %s" % (p, name) for name, p in sorted(defined.items())
       if not any(re.search(r"\b%s\s*\([^;{]*\)\s*\{" % name, s) for s in code.values())]
ok(not bad, "every public function exists", *bad)
umbrella = text("include/eisfit/eisfit.h")
bad = [p for p in public if os.path.basename(p) != "eisfit.h" and
       "#include <eisfit/%s>" % os.path.basename(p) not in umbrella]
ok(not bad, "eisfit.h includes every public header", *bad)
done()
