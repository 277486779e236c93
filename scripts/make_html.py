#!/usr/bin/env python3
"""The documents as HTML, for a browser: scripts/make_html.py SOURCE FOLDER (needs cmark-gfm)."""
import html
import os
import re
import shutil
import subprocess
import sys

PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>%(title)s</title><style>
body { font: 16px/1.5 sans-serif; color: #222; max-width: 60rem; margin: 0 auto; padding: 1rem 1.5rem 4rem }
nav { font-size: .9rem; border-bottom: 1px solid #ccc; padding-bottom: .5rem } nav a { margin-right: .8rem }
h1, h2, h3 { line-height: 1.25 } h2 { margin-top: 2.2rem } a { color: #05568f }
table { border-collapse: collapse; display: block; overflow-x: auto } td, th { border: 1px solid #ccc;
padding: .25rem .6rem; text-align: left; vertical-align: top } th { background: #f2f4f6 }
pre { background: #f6f7f8; border: 1px solid #ddd; padding: .7rem; overflow-x: auto; font-size: .85rem; line-height: 1.35 }
code { font-size: .9em } img { max-width: 100%% }
</style></head><body><nav>%(nav)s</nav>
%(body)s</body></html>
"""


def pages(source):
    """{name of the HTML file: Markdown file}, the index first."""
    names = sorted(n[:-3] for n in os.listdir(os.path.join(source, "doc")) if n.endswith(".md"))
    found = {"index.html": "doc/README.md"}
    found.update({n + ".html": "doc/%s.md" % n for n in names if n != "README"})
    found["contributing.html"] = "CONTRIBUTING.md"
    return found


def linked(body, known):
    """Links to pages, also where a text only names them: doc/drt.md."""
    def target(m):
        return 'href="%s"' % known.get(os.path.basename(m.group(1)), m.group(1))
    body = re.sub(r'href="([^":]*\.md)"', target, body)
    parts = re.split(r"(<pre.*?</pre>|<a .*?</a>)", body, flags=re.S)
    for k in range(0, len(parts), 2):
        parts[k] = re.sub(r"\bdoc/(\w+\.md)\b", lambda m: '<a href="%s">%s</a>' % (known[m.group(1)], m.group(0))
                          if m.group(1) in known else m.group(0), parts[k])
    return "".join(parts)


def anchored(body):
    """Headings that can be linked to."""
    def anchor(m):
        words = html.unescape(re.sub(r"<.*?>", "", m.group(2))).lower()
        return '<h%s id="%s">%s</h%s>' % (m.group(1), re.sub(r"\W+", "-", words).strip("-"), m.group(2), m.group(1))
    return re.sub(r"<h([1-3])>(.*?)</h\1>", anchor, body)


def main(source, folder):
    if not shutil.which("cmark-gfm"):
        sys.exit("make_html.py: there is no cmark-gfm (Debian: apt install cmark-gfm)")
    every = pages(source)
    known = {os.path.basename(md): name for name, md in every.items()}
    os.makedirs(folder, exist_ok=True)
    nav = " ".join('<a href="%s">%s</a>' % (n, "start" if n == "index.html" else n[:-5]) for n in every)
    for name, md in every.items():
        body = subprocess.run(["cmark-gfm", "-e", "table", "--unsafe", os.path.join(source, md)],
                              stdout=subprocess.PIPE, check=True, universal_newlines=True).stdout
        title = re.search(r"<h1>(.*?)</h1>", body)
        title = re.sub(r"<.*?>", "", title.group(1)) if title else name
        with open(os.path.join(folder, name), "w", encoding="utf-8") as f:
            f.write(PAGE % {"title": title, "nav": nav, "body": anchored(linked(body, known))})
    for part in ("figures", "schema", "examples"):
        shutil.copytree(os.path.join(source, "doc", part), os.path.join(folder, part), dirs_exist_ok=True)
    shutil.copy(os.path.join(source, "doc", "store.sql"), folder)
    print("make_html.py: %d pages, %s" % (len(every), os.path.join(folder, "index.html")))


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
