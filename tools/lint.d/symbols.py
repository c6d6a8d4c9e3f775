"""No writable static or global variable, and no external name defined twice: read from the built objects."""
import collections
import os
import re
import subprocess

WRITABLE = re.compile(r"\.(t?bss|t?data)(?!\.rel\.ro)")


def objects(tree):
    for path in tree.sources((".c",)):
        built = os.path.join(tree.build, "obj", path[:-2] + ".o")
        if os.path.exists(os.path.join(tree.root, built)):
            yield path, built
        else:
            yield path, None


def check(tree):
    external = collections.defaultdict(list)
    built = list(objects(tree))
    for path, obj in built:
        if obj is None:
            yield path, 1, f"was not built under {tree.build}"
    found = [(p, o) for p, o in built if o]
    if not found:
        return
    out = subprocess.run(["objdump", "-t", *[o for _, o in found]], cwd=tree.root, capture_output=True, text=True, check=True).stdout
    source = {o: p for p, o in found}
    path = None
    for row in out.splitlines():
        if row.endswith(("file format elf64-x86-64", "file format elf64-littleaarch64")):
            path = source[row.split(":")[0]]
            continue
        m = re.match(r"[0-9a-f]{16} (.)(.)...(.)(.) (\S+)\t[0-9a-f]{16} (?:\.hidden )?(.+)", row)
        if not m:
            continue
        scope, weak, debug, kind, section, name = m.groups()
        # Thread-local names have no kind.
        if debug == " " and (kind == "O" or section.startswith(".t")) and WRITABLE.match(section) or section == "*COM*":
            yield path, line_of(tree, path, name), f"{name} is a writable variable", name
        if scope in "gu" and weak != "w" and section != "*UND*":
            external[name].append(path)
    for name, paths in sorted(external.items()):
        if len(paths) > 1:
            for path in paths:
                yield path, line_of(tree, path, name), f"{name} is defined in {' and '.join(sorted(paths))}", name


def line_of(tree, path, name):
    plain = re.escape(name.split(".")[0])
    for number, line in enumerate(tree.bare(path).split("\n"), 1):
        if re.search(rf"\b{plain}\b", line):
            return number
    return 1
