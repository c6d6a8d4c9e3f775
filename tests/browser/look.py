#!/usr/bin/env python3
"""look.py [--out FOLDER] REPORT.html...: opens report pages in headless Chromium.

For each page: no line on the console, no request to any network, no violation of the page's own policy; every chart drawn; every number,
as it stands in the page's text, equals the number at its place in summary.json beside the page; every point estimate of every function,
queue, stream, topic, bus and bucket is on the page; nothing is wider than a narrow window. With --out screenshots at 1280 and 400 pixels go to FOLDER. The checks are also tried on
copies of the first page that are broken on purpose, and must notice. The last line is "N passed, N failed"."""
import html.parser
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--disable-default-apps", "--disable-extensions", "--hide-scrollbars",
         "--virtual-time-budget=4000", "--enable-logging=stderr", "--host-resolver-rules=MAP * ~NOTFOUND"]
LIMIT_S = 90

MS = {"ns": 1e-6, "µs": 1e-3, "ms": 1, "s": 1e3, "min": 6e4, "h": 3.6e6, "d": 8.64e7}
SCALE = {"": 1, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "%": 0.01}


def requests_of_page(netlog):
    """Addresses that the page asked the network for. What the browser wants for itself has no origin as its initiator."""
    addresses = set()
    with open(netlog, encoding="utf-8", errors="replace") as log:
        for line in log:
            if '"initiator"' not in line:
                continue
            try:
                params = json.loads(line.strip().rstrip(",").removesuffix("]}")).get("params", {})
            except ValueError:
                continue
            if params.get("initiator") != "not an origin" and not params["url"].startswith(("file:", "data:")):
                addresses.add(params["url"])
    return sorted(addresses)


def chromium(page, *more, profile):
    """Runs the browser; gives what it printed, its console lines, and the addresses the page asked for."""
    netlog = os.path.join(profile, "net.json")
    run = subprocess.run(["chromium", *FLAGS, f"--user-data-dir={profile}", f"--log-net-log={netlog}", *more, pathlib.Path(page).resolve().as_uri()],
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=LIMIT_S, check=False)
    console = [line for line in run.stderr.decode(errors="replace").splitlines() if "CONSOLE" in line]
    return run, console, requests_of_page(netlog)


class Page(html.parser.HTMLParser):
    """Collects the marked numbers with their text, and the chart boxes with what is in them."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.numbers = []  # (attributes, text)
        self.charts = []   # whether something is drawn in it
        self.open = None
        self.depth = 0

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if "data-path" in attrs:
            self.open = [attrs, ""]
        if "data-chart" in attrs:
            self.charts.append(False)
        if self.charts and (tag == "canvas" or attrs.get("class") == "hint"):
            self.charts[-1] = True

    def handle_data(self, data):
        if self.open:
            self.open[1] += data

    def handle_endtag(self, tag):
        if tag == "span" and self.open:
            self.numbers.append(tuple(self.open))
            self.open = None


def resolve(summary, pointer):
    """RFC 6901."""
    at = summary
    for step in pointer.split("/")[1:]:
        step = step.replace("~1", "/").replace("~0", "~")
        at = at[int(step)] if isinstance(at, list) else at[step]
    return at


def number_error(attrs, text, summary):
    """What is wrong with one number, or None."""
    path = attrs["data-path"]
    try:
        truth = resolve(summary, path)
    except (KeyError, IndexError, ValueError, TypeError):
        return f"{path} is not in summary.json"
    if isinstance(truth, bool) or not isinstance(truth, (int, float)):
        return f"{path} is no number in summary.json"
    if float(attrs["data-value"]) != float(truth):
        return f"{path}: data-value {attrs['data-value']} is not {truth}"
    match = re.fullmatch(r"(−?)\$?([0-9][0-9,]*(?:\.([0-9]+))?)(?:\u00a0(\S+))?", text)
    if not match:
        return f"{path}: cannot read {text!r}"
    suffix = attrs["data-suffix"]
    if match[4] is not None and match[4] != suffix:
        return f"{path}: {text!r} does not end in {suffix!r}"
    timed = "_ms" in path or path.endswith("_s") or (path.startswith("/objectives/") and suffix in MS)
    table = MS if timed else SCALE
    if suffix not in table:
        return f"{path}: {suffix!r} is no unit for it"
    factor = table[suffix] / (1000 if path.endswith("_s") else 1)
    shown = float(match[2].replace(",", "")) * factor * (-1 if match[1] else 1)
    last_digit = factor * 10 ** -len(match[3] or "")
    if abs(shown - truth) > 0.5000001 * last_digit + 1e-9 * abs(truth):
        return f"{path}: {text!r} is not {truth}"
    return None


def points(tree, path=""):
    """The places of all point estimates below a part of the summary."""
    if not isinstance(tree, dict):
        return
    if set(tree) == {"mean", "low", "high"} and not isinstance(tree["mean"], dict):
        if tree["mean"] is not None:
            yield path + "/mean"
        return
    for key, value in tree.items():
        yield from points(value, path + "/" + key.replace("~", "~0").replace("/", "~1"))


def check_numbers(document, summary):
    """All that is wrong with the numbers and charts of a document as the browser made it."""
    found = Page()
    found.feed(document)
    wrong = [error for attrs, text in found.numbers if (error := number_error(attrs, text, summary))]
    shown = {attrs["data-path"] for attrs, _ in found.numbers}
    wanted = set()
    for part in ("functions", "queues", "streams", "mappings", "topics", "buses", "buckets"):
        wanted |= set(points(summary.get(part, {}), "/" + part))
    wrong += [f"{path} is not on the page" for path in sorted(wanted - shown)]
    if not found.charts or not all(found.charts):
        wrong.append(f"{found.charts.count(False)} of {len(found.charts)} charts are not drawn")
    return wrong


def check(page, summary, profile):
    """All that is wrong with a page, and the document as the browser made it."""
    run, console, addresses = chromium(page, "--dump-dom", profile=profile)
    wrong = [f"console: {line}" for line in console] + [f"asked the network for {address}" for address in addresses]
    if run.returncode != 0:
        wrong.append(f"chromium ended with {run.returncode}")
    document = run.stdout.decode()
    return wrong + check_numbers(document, summary), document


def screenshots(page, name, out, profile):
    """Pictures at both widths; as wrong as a page that scrolls sideways at 400 pixels."""
    wrong = []
    for width, height in ((1280, 3600), (400, 6000)):
        picture = os.path.join(out, f"{name}-{width}.png")
        chromium(page, f"--window-size={width},{height}", f"--screenshot={picture}", profile=profile)
        if not os.path.exists(picture) or os.path.getsize(picture) < 10000:
            wrong.append(f"no screenshot at {width}")
    return wrong


# Put at the end of a copy of the page: writes the page's width into the document, for the check below.
MEASURE = "<script>document.body.dataset.overflow = document.documentElement.scrollWidth - innerWidth;</script></body>"


def check_width(text, folder, profile):
    """A page that is wider than a narrow window."""
    copy = os.path.join(folder, "measured.html")
    with open(copy, "w", encoding="utf-8") as file:
        file.write(text.replace("</body>", MEASURE))
    run, _, _ = chromium(copy, "--window-size=400,900", "--dump-dom", profile=profile)
    over = re.search(r'data-overflow="(-?\d+)"', run.stdout.decode())
    if not over:
        return ["the width could not be measured"]
    return [f"{over[1]} pixels too wide"] if int(over[1]) > 0 else []


def broken_numbers(text):
    """Copies of a document with one wrong number each."""
    value = re.search(r'data-value="([0-9.]+)"', text)
    yield "a wrong exact value", text.replace(value[0], f'data-value="{float(value[1]) + 1}"', 1)
    yield "a wrong text", re.sub(r'(data-suffix="[^"]*">\$?)[1-9]', r"\g<1>98", text, count=1)
    yield "an unknown place", text.replace('data-path="/', 'data-path="/nowhere/', 1)
    yield "a missing number", re.sub(r"<details class=\"more\"><summary>All numbers.*?</details>", "", text, count=1, flags=re.S)


def broken_pages(text):
    """Copies of a page with one thing wrong each that only a browser can find."""
    free = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", text)
    yield "a script that fails", text.replace("</body>", "<script>nothing.here();</script></body>")
    yield "a picture that the policy forbids", text.replace("</body>", '<img src="http://example.com/x.png" alt=""></body>')
    yield "a picture from the network", free.replace("</body>", '<img src="http://example.com/x.png" alt=""></body>')
    yield "no charts", text.replace("all();\n})();", "})();")


def unnoticed(text, document, summary, folder, profile):
    """Faults put into the page and its document that the checks do not find."""
    for what, bad in broken_numbers(document):
        if bad == document or not check_numbers(bad, summary):
            yield what
    for what, bad in broken_pages(text):
        copy = os.path.join(folder, "broken.html")
        with open(copy, "w", encoding="utf-8") as file:
            file.write(bad)
        if bad == text or not check(copy, summary, profile)[0]:
            yield what


def look(page, out, folder, profile, try_faults):
    """All that is wrong with a page and, with try_faults, with the checks themselves."""
    with open(page, encoding="utf-8") as file:
        text = file.read()
    with open(os.path.join(os.path.dirname(page), "summary.json"), encoding="utf-8") as file:
        summary = json.load(file)
    wrong, document = check(page, summary, profile)
    wrong += check_width(text, folder, profile)
    if out:
        wrong += screenshots(page, os.path.basename(os.path.dirname(os.path.abspath(page))), out, profile)
    if try_faults:
        wrong += [f"{what} went unnoticed" for what in unnoticed(text, document, summary, folder, profile)]
    return wrong


def main(arguments):
    """See above."""
    out = None
    if arguments[:1] == ["--out"]:
        out, arguments = arguments[1], arguments[2:]
        os.makedirs(out, exist_ok=True)
    if not arguments:
        print("look.py: error: no page given", file=sys.stderr)
        return 2
    passed = failed = 0
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        profile = os.path.join(folder, "profile")
        os.mkdir(profile)
        for number, page in enumerate(arguments):
            wrong = look(page, out, folder, profile, number == 0)
            passed, failed = (passed, failed + 1) if wrong else (passed + 1, failed)
            for line in wrong[:20]:
                print(f"{page}: {line}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
