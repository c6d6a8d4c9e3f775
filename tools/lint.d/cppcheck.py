"""cppcheck finds nothing at levels warning, performance and portability."""
import os
import re
import subprocess


def check(tree):
    sources = tree.sources((".c",))
    if not sources:
        return
    cache = os.path.join(tree.root, tree.build, "lint", "cppcheck")
    os.makedirs(cache, exist_ok=True)
    run = subprocess.run(["cppcheck", "--enable=warning,performance,portability", "--error-exitcode=1", "--std=c11", "--quiet",
                          "--library=posix", "--library=gnu", "--inline-suppr", "--suppress=missingIncludeSystem",
                          # readdir is safe on a stream of one's own; its replacement is the deprecated one.
                          "--suppress=readdirCalled", "-j2", "-I.",
                          f"-I{tree.build}/gen", f"--cppcheck-build-dir={cache}", "--template={file}:{line}: {message} [{id}]",
                          *sources], cwd=tree.root, capture_output=True, text=True, check=False)
    found = False
    for row in run.stderr.splitlines():
        m = re.match(r"([^:]+):(\d+): (.*)", row)
        if m:
            found = True
            yield m[1], int(m[2]), m[3], m[3].rpartition("[")[2].rstrip("]")
    if run.returncode != 0 and not found:
        yield sources[0], 1, f"cppcheck failed: {run.stdout.strip() or run.stderr.strip()}"
