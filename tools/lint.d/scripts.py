"""shellcheck finds nothing at level warning in the shell scripts."""
import re
import subprocess

SLOW = True


def many(tree, paths):
    run = subprocess.run(["shellcheck", "--severity=warning", "--format=gcc", *paths], cwd=tree.root, capture_output=True, text=True,
                         check=False)
    for row in run.stdout.splitlines():
        m = re.match(r"([^:]+):(\d+):\d+: \w+: (.*)", row)
        if m:
            yield m[1], int(m[2]), m[3]


def files(tree):
    return [f for f in tree.files if not f.startswith("tests/lint/") and re.match(r"#!\s*/(?:usr/)?bin/(?:env )?(?:ba)?sh\b", tree.text(f))]
