"""Every function and table with an external name is used by another file, a test at least: read from the built objects."""
import collections
import os
import subprocess
import symbols


def check(tree):
    defined, users = {}, collections.defaultdict(set)
    source = {obj: path for path, obj in symbols.objects(tree) if obj}
    tests = os.path.join(tree.root, tree.build, "obj", "tests")
    others = [os.path.relpath(os.path.join(folder, f), tree.root) for folder, _, files in os.walk(tests)
              for f in files if f.endswith(".o")]
    objects = [*source, *others]
    if not source:
        return
    out = subprocess.run(["nm", "-A", *objects], cwd=tree.root, capture_output=True, text=True, check=True).stdout
    for row in out.splitlines():
        obj, _, rest = row.partition(":")
        kind, name = rest.split()[-2:]
        if kind == "U":
            users[name].add(obj)
        elif kind in "TDRB" and obj in source:
            defined[name] = obj
    for name, obj in sorted(defined.items()):
        if name != "main" and not users[name] - {obj}:
            path = source[obj]
            yield path, symbols.line_of(tree, path, name), f"{name} is used by no other file: it should be static, or go", name
