"""Functions that may not be called, by place: tools/banned.txt."""
import re
import tree as t


def check(tree):
    rules = []
    for number, line in tree.config("banned.txt"):
        parts = [p.strip() for p in line.split("|")]
        if len(parts) != 4:
            raise SystemExit(f"tools/banned.txt:{number}: error: a line has four columns")
        names, places, but, why = parts
        # `x->free(...)`, `x.free(...)` are members; a word before the name that is a type makes it a declaration.
        pattern = re.compile(r"(?<![\w.])(?<!->)(" + "|".join(names.split()) + r")\s*\(")
        rules.append((pattern, places.split(), but.split(), why))
    for path in tree.sources():
        # A file may use such a name for a function of its own.
        own = set(re.findall(r"^static\b[^;={()]*?\b(\w+)\s*\(", tree.bare(path), re.M))
        active = [r for r in rules if any(t.under(path, p) for p in r[1]) and not any(t.under(path, p) for p in r[2])]
        for number, line in enumerate(tree.bare(path).split("\n"), 1):
            for pattern, _, _, why in active:
                for m in pattern.finditer(line):
                    if m.group(1) in own:
                        continue
                    yield path, number, f"{m.group(1)}: {why}"
