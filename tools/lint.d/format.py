"""Sources are laid out as .clang-format says; tools/format does it."""
import re
import subprocess

SLOW = True


def many(tree, paths):
    """One call for many files: most of its time is starting."""
    run = subprocess.run(["clang-format-14", f"--style=file:{tree.house}/../.clang-format", "--dry-run", "-Werror", *paths],
                         cwd=tree.root, capture_output=True, text=True, check=False)
    seen = set()
    for row in run.stderr.splitlines():
        m = re.match(r"([^:]+):(\d+):\d+: error:", row)
        if m and m[1] not in seen:
            seen.add(m[1])
            yield m[1], int(m[2]), "is not laid out as .clang-format says; run tools/format"


def files(tree):
    return tree.sources(tests=True)
