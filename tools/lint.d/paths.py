"""Nothing in the project names a place on the machine it was written on."""
import re

TEXT = (".c", ".h", ".def", ".md", ".txt", ".py", ".js", ".mjs", ".sh", ".yaml", ".yml", ".json", ".csv", ".css", ".html",
        ".1", ".5", ".7", ".scd", "Makefile", ".mk", ".test", ".case", ".list", ".exceptions", ".gitignore", ".clang-format")
MACHINE = re.compile(r"(?<![\w./$}~-])/(?:work|root|home/[a-z]\w*)(?=/|\b)|\.library\b")


def check(tree):
    for path in tree.files:
        if path.startswith(("tests/lint/", "tools/lint.d/")):
            continue
        if not path.endswith(TEXT) and not tree.text(path).startswith("#!"):
            continue
        for number, line in enumerate(tree.text(path).split("\n"), 1):
            m = MACHINE.search(line)
            if m:
                yield path, number, f"'{m.group()}' is a place on one machine"
