#!/usr/bin/env python3
"""Brings debian/libeisfit1.symbols up to date: scripts/debian_symbols.py LIBRARY FILE VERSION"""
import re
import subprocess
import sys


def exported(library):
    out = subprocess.run(["nm", "-D", "--defined-only", library], stdout=subprocess.PIPE, check=True,
                         universal_newlines=True).stdout
    return sorted(line.split()[-1] for line in out.splitlines())


def known(path):
    """{symbol: version that brought it}"""
    try:
        with open(path, encoding="ascii") as f:
            return dict(re.findall(r"^ (\w+)@Base (\S+)$", f.read(), re.M))
    except FileNotFoundError:
        return {}


def main(library, path, version):
    old, now = known(path), exported(library)
    lost = [s for s in sorted(old) if s not in now and old[s] != version]
    if lost:
        sys.exit("%s: no longer exported, which needs a new soname (doc/versioning.md): %s" %
                 (path, ", ".join(lost)))
    soname = re.search(r"lib(\w+?)(\d+)\.symbols$", path)
    lines = ["lib%s.so.%s lib%s%s #MINVER#" % (soname.group(1, 2) * 2)]
    lines += [" %s@Base %s" % (s, old.get(s, version)) for s in now]
    text = "\n".join(lines) + "\n"
    try:
        with open(path, encoding="ascii") as f:
            same = f.read() == text
    except FileNotFoundError:
        same = False
    if not same:
        with open(path, "w", encoding="ascii") as f:
            f.write(text)


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
