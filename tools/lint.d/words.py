"""No word that marks an unfinished piece."""
import re

UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|\bfor now\b|\bplaceholder\b|\bdummy\b|\bnot (yet )?implemented\b", re.I)
CASE = re.compile(r"\b(?:TODO|FIXME|XXX|HACK)\b")


def check(tree):
    for path in tree.files:
        if not path.endswith((".c", ".h", ".def", ".py", ".js", ".mjs", ".sh", "Makefile")) or \
                path.startswith(("tests/lint/", "tools/lint.d/")):
            continue
        for number, line in enumerate(tree.text(path).split("\n"), 1):
            for m in UNFINISHED.finditer(line):
                if not m.group(1) or CASE.match(m.group()):
                    yield path, number, f"'{m.group()}' marks an unfinished piece"
