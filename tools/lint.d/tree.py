"""The tree as the rules see it: its files, their text, what they include, and the exceptions that stand on purpose."""
import os
import re

HOUSE = ("sim/", "models/", "scenarios/", "reports/", "tools/")
FOREIGN = ("scenarios/gallery/", "models/handler/runtimes/", "tests/lint/", "tools/lint.d/")
SKIP_FOLDERS = {".git", "node_modules", "__pycache__", "weir-out"}


def under(path, place):
    """Whether a path stands in a place: a folder, or a file with or without its ending."""
    return place == "*" or path == place or path.startswith(place.rstrip("/") + "/") or os.path.splitext(path)[0] == place


class Tree:
    def __init__(self, root, build, house):
        self.root, self.build, self.house = root, build, house
        self.files = sorted(self._walk())
        self._text, self._bare = {}, {}

    def _walk(self):
        for folder, names, files in os.walk(self.root):
            here = os.path.relpath(folder, self.root)
            names[:] = [n for n in names if n not in SKIP_FOLDERS and not n.startswith("build")
                        and os.path.normpath(os.path.join(here, n)) != "tests/lint"]
            for name in files:
                yield os.path.normpath(os.path.join(here, name))

    def sources(self, endings=(".c", ".h"), tests=False):
        """The project's own C files; with tests, theirs too."""
        places = HOUSE + (("tests/",) if tests else ())
        return [f for f in self.files if f.endswith(endings) and f.startswith(places) and not f.startswith(FOREIGN)]

    def text(self, path):
        if path not in self._text:
            with open(os.path.join(self.root, path), "rb") as f:
                self._text[path] = f.read().decode("utf-8", "replace")
        return self._text[path]

    def bare(self, path):
        """A C file without comments, strings and character constants, line by line as it was."""
        if path not in self._bare:
            pattern = r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\''
            keep_lines = lambda m: ('""' if m.group()[0] == '"' else " ") + "\n" * m.group().count("\n")
            self._bare[path] = re.sub(pattern, keep_lines, self.text(path), flags=re.S)
        return self._bare[path]

    def includes(self, path):
        """(line, name, whether in angle brackets) of each #include."""
        for number, line in enumerate(self.text(path).split("\n"), 1):
            m = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
            if m:
                yield number, m.group(2), m.group(1) == "<"

    def config(self, name):
        """The lines of one of the house's own text files, without comments and blank ones: (number, line)."""
        with open(os.path.join(self.house, name), encoding="utf-8") as f:
            for number, line in enumerate(f, 1):
                line = line.strip()
                if line and not line.startswith("#"):
                    yield number, line
