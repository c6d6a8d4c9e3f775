"""Folders depend only on what stands left of them; foreign headers only where they are allowed: tools/ranks.txt."""
import tree as t


def place_of(path, places):
    fitting = [p for p in places if t.under(path, p)]
    return max(fitting, key=len) if fitting else None


def read(tree):
    rank, narrow, private, headers = {}, {}, {}, {}
    for number, line in tree.config("ranks.txt"):
        word, name, *rest = line.split()
        if word == "rank":
            rank[name] = int(rest[0])
        elif word in ("narrow", "private", "header"):
            {"narrow": narrow, "private": private, "header": headers}[word][name] = rest
        else:
            raise SystemExit(f"tools/ranks.txt:{number}: error: '{word}' is not rank, narrow, private or header")
    return rank, narrow, private, headers


def foreign(path, name, headers):
    fitting = [h for h in headers if name == h or h.endswith("/") and name.startswith(h)]
    if not fitting:
        return f"<{name}> is not listed in tools/ranks.txt"
    places = headers[max(fitting, key=len)]
    if not any(t.under(path, p) for p in places):
        return f"<{name}> is only for {', '.join(places)}"
    return None


def check(tree):
    rank, narrow, private, headers = read(tree)
    for path in tree.sources():
        here = place_of(path, rank)
        if here is None:
            yield path, 1, "stands in no place that tools/ranks.txt knows"
            continue
        for line, name, angle in tree.includes(path):
            there = place_of(name, rank)
            if angle or there is None:
                problem = foreign(path, name, headers)
                if problem:
                    yield path, line, problem
            elif there != here and rank[there] >= rank[here]:
                yield path, line, f"{here} (rank {rank[here]}) includes {name} of {there} (rank {rank[there]})"
            else:
                for place, allowed in narrow.items():
                    if t.under(path, place) and not any(t.under(name, p) for p in [place] + allowed):
                        yield path, line, f"{place} may include only {', '.join(allowed)}"
                for place, allowed in private.items():
                    if t.under(name, place) and not any(t.under(path, p) for p in [place] + allowed):
                        yield path, line, f"{place} may be included only by {', '.join(allowed)}"
