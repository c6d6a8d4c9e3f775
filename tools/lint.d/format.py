"""Sources are laid out as .clang-format says; tools/format does it."""
import re
import subprocess

SLOW = True


def one(tree, path):
    run = subprocess.run(["clang-format-14", f"--style=file:{tree.house}/../.clang-format", "--dry-run", "-Werror", path], cwd=tree.root,
                         capture_output=True, text=True, check=False)
    for row in run.stderr.splitlines():
        m = re.match(r"([^:]+):(\d+):\d+: error:", row)
        if m:
            yield path, int(m[2]), "is not laid out as .clang-format says; run tools/format"
            return


def files(tree):
    return tree.sources(tests=True)
