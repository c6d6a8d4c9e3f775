"""Each header compiles alone, and has a guard named after its path."""
import re
import shlex
import subprocess

SLOW = True


def flags(tree):
    try:
        with open(f"{tree.root}/{tree.build}/gen/flags", encoding="utf-8") as f:
            return [w for w in shlex.split(f.read()) if w.startswith(("-I", "-D", "-std"))]
    except OSError:
        return ["-I.", "-std=gnu17", "-D_GNU_SOURCE"]


def one(tree, path):
    guard = re.sub(r"\W", "_", path).upper()
    if not re.search(rf"^#ifndef {guard}\n#define {guard}\n", tree.text(path), re.M):
        yield path, 1, f"has no include guard {guard}"
    run = subprocess.run(["gcc", *flags(tree), "-Wall", "-Wextra", "-fsyntax-only", "-x", "c", "-"], cwd=tree.root, text=True,
                         input=f'#include "{path}"\n', capture_output=True, check=False)
    for row in run.stderr.splitlines():
        m = re.match(r"([^:]+):(\d+):\d+: (?:fatal )?(?:error|warning): (.*)", row)
        if m:
            yield path, int(m[2]) if m[1] == path else 1, f"does not compile alone: {m[3]}"


def many(tree, paths):
    for path in paths:
        yield from one(tree, path)


def files(tree):
    return tree.sources((".h",), tests=True)
