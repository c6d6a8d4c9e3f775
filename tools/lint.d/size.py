"""Functions and files stay short: at most 100 lines and complexity 30 a function, 1,200 lines a .c file, 300 a header."""
import re
import subprocess

FUNCTION_LINES, COMPLEXITY = 100, 30
FILE_LINES = {".c": 1200, ".h": 300}


def check(tree):
    sources = tree.sources(tests=True)
    for path in sources:
        lines, cap = tree.text(path).count("\n"), FILE_LINES[path[-2:]]
        if lines > cap:
            yield path, 1, f"{lines} lines, more than {cap}"
    if not sources:
        return
    out = subprocess.run(["pmccabe", *sources], cwd=tree.root, capture_output=True, text=True, check=False).stdout
    for row in out.splitlines():
        m = re.match(r"(\d+)\t\d+\t\d+\t(\d+)\t(\d+)\t(.+)\(\d+\): (.*)", row)
        if not m:
            continue
        complexity, line, lines, path, name = int(m[1]), int(m[2]), int(m[3]), m[4], m[5]
        if lines > FUNCTION_LINES:
            yield path, line, f"{name}: {lines} lines, more than {FUNCTION_LINES}", name
        if complexity > COMPLEXITY:
            yield path, line, f"{name}: complexity {complexity}, more than {COMPLEXITY}", name
