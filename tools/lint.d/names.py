"""File names are unique, and `module__x` is used only in its module's folder."""
import collections
import os
import re


def check(tree):
    homes = collections.defaultdict(set)
    for path in tree.sources(tests=True):
        homes[os.path.splitext(os.path.basename(path))[0]].add(path)
    for stem, paths in sorted(homes.items()):
        folders = sorted({os.path.dirname(p) for p in paths})
        if len(folders) > 1:
            for path in sorted(paths):
                yield path, 1, f"'{stem}' names files in {' and '.join(folders)}"

    inner = re.compile(r"(?<!\w)([a-z][a-z0-9]*(?:_[a-z0-9]+)*)__[a-z]\w*")
    for path in tree.sources():
        folder = os.path.dirname(path)
        for number, line in enumerate(tree.bare(path).split("\n"), 1):
            for m in inner.finditer(line):
                owners = {os.path.dirname(p) for p in homes.get(m.group(1), ())}
                if owners and folder not in owners:
                    yield path, number, f"{m.group()} is private to {', '.join(sorted(owners))}"
