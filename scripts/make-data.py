#!/usr/bin/env python3
"""Makes the data that the analyzer carries from published, permissively licensed lists.

    scripts/make-data.py [--cache DIR] [--check]

Downloads the pinned packages with their registries' own clients (go, pip) into DIR (build/data),
compares the SHA-256 of every file used, and writes byte for byte the same
    patterns/wordlists/labels.txt   labels that people give to hosts
    analyzer/names/bigrams.c        which character follows which in such labels
--check writes nothing and fails where a file in the tree differs. Origins, licences and why other
lists are not used: patterns/wordlists/README.md. Neither a build nor a test needs this script.
"""
import argparse
import hashlib
import json
import math
import os
import pathlib
import re
import subprocess
import sys
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
OWN = ROOT / "patterns/wordlists/own.txt"
LABELS = ROOT / "patterns/wordlists/labels.txt"
BIGRAMS = ROOT / "analyzer/names/bigrams.c"

AMASS = "github.com/owasp-amass/amass/v4@v4.2.0"
AMASS_SUM = "h1:fG1QtomsxK0uLRqL/5BtPWmh1/m27h5USPJsmhZLY4k="
DNSGEN = "dnsgen==1.0.4"
DNSGEN_WHEEL = "1269a7fb5a5195e996142045504b0072bd7d47b952ccfedc8e2baf2a83aed70c"

# Name -> (package, path in it, SHA-256).
FILES = {
    "top": (AMASS, "examples/wordlists/subdomains-top1mil-5000.txt",
            "f6c02f28442d27f61d153513d70f71ed1a961c4ddf911c21be7619f0cdfaeffd"),
    "long": (AMASS, "examples/wordlists/subdomains-top1mil-110000.txt",
             "cd762087f94ed389304747fdf678c8f3d5bbeb97d211e0c007dbe27f79232058"),
    "alterations": (AMASS, "resources/alterations.txt",
                    "1c586ce9595151a9106eb5b73a580901dc1b9d7659f956a158a8b1820e004386"),
    "dnsgen": (DNSGEN, "dnsgen/words.txt",
               "c821546002528bcbbe61ffc0b69d541b4ae7d117820b1c37a8585878cd91127f"),
}

# DETECTION.md 2: between 1,000 and 1,500 labels more of them stop to pay.
LABEL_COUNT = 1500
# What a host is called; leaves out customer numbers and machine-made labels of the long tail.
PLAIN = re.compile(r"[a-z]+[0-9]{0,2}|[a-z]+-[a-z]+[0-9]?|[0-9]?[a-z]+")
LABEL = re.compile(r"[a-z0-9_-]{1,63}")

# The symbols of analyzer/names/bigrams.h: digits are one symbol, the last is a label's edge.
SYMBOLS = "abcdefghijklmnopqrstuvwxyz0-_"
EDGE = len(SYMBOLS)
COST_MAX = 255


def fail(text):
    sys.exit(f"make-data.py: {text}")


def run(command, **extra):
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **extra})
    if done.returncode != 0:
        fail(f"{' '.join(command)}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


def fetch_amass(cache):
    """The module's folder; its checksum is also compared with the Go checksum database."""
    told = json.loads(run(["go", "mod", "download", "-json", AMASS],
                          GOMODCACHE=str(cache / "go"), GOFLAGS="-modcacherw"))
    if told["Sum"] != AMASS_SUM:
        fail(f"{AMASS} has the checksum {told['Sum']}")
    return pathlib.Path(told["Dir"])


def fetch_dnsgen(cache):
    folder = cache / "dnsgen"
    pinned = cache / "requirements.txt"
    pinned.write_text(f"{DNSGEN} --hash=sha256:{DNSGEN_WHEEL}\n")
    run([sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary", ":all:",
         "--require-hashes", "-d", str(folder), "-r", str(pinned)])
    for wheel in folder.glob("dnsgen-*.whl"):
        zipfile.ZipFile(wheel).extractall(folder)
    return folder


def fetch(cache):
    cache.mkdir(parents=True, exist_ok=True)
    folders = {AMASS: fetch_amass(cache), DNSGEN: fetch_dnsgen(cache)}
    lists = {}
    for name, (package, path, expected) in FILES.items():
        content = (folders[package] / path).read_bytes()
        if hashlib.sha256(content).hexdigest() != expected:
            fail(f"{package}: {path} is not the file that was pinned")
        lists[name] = [line.strip().lower() for line in content.decode("utf-8").splitlines()]
    return lists


def read_own():
    lines = OWN.read_text().splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def parts(label):
    """What has_word_inside of analyzer/names/class.c looks up beside the whole label."""
    for part in label.split("-"):
        word = re.sub("[0-9]", "", part)
        if 3 <= len(word) < len(label):
            yield word


def make_labels(lists, own):
    """Own labels, and the best of the others: 60/(60 + rank), and a little for each tool's words.
    A label that one in the list already covers (mail2 by mail) would be wasted."""
    score = {}
    for rank, label in enumerate(lists["top"], 1):
        if "." not in label:
            score.setdefault(label, 60 / (60 + rank))
    for tool in ("alterations", "dnsgen"):
        for label in set(lists[tool]):
            score[label] = score.get(label, 0) + 0.12
    chosen = set(own)
    for label in sorted(score, key=lambda label: (-score[label], label)):
        if len(chosen) >= LABEL_COUNT:
            break
        if PLAIN.fullmatch(label) and not any(word in chosen for word in parts(label)):
            chosen.add(label)
    head = """\
# Host labels that people give to machines and that scanners therefore try first, one a line.
# Made by scripts/make-data.py; do not edit: own labels go into own.txt. Origins and licences
# (BSD-2-Clause, MIT, Apache-2.0) stand in README.md.
"""
    return head + "".join(f"{label}\n" for label in sorted(chosen))


def training(lists, own):
    """First labels of real names, each shape once: web1 to web9999 say one thing."""
    seen = set()
    for name in lists["long"] + own:
        label = name.split(".")[0]
        shape = re.sub("[0-9]", "0", label)
        if LABEL.fullmatch(label) and shape not in seen:
            seen.add(shape)
            yield shape


def make_bigrams(lists, own):
    counts = [[0.5] * (EDGE + 1) for _ in range(EDGE + 1)]
    for shape in training(lists, own):
        before = EDGE
        for symbol in [SYMBOLS.index(c) for c in shape] + [EDGE]:
            counts[before][symbol] += 1
            before = symbol
    rows = []
    for row in counts:
        bits = [math.log2(sum(row) / count) for count in row]
        # One symbol stands for ten digits, each of them as likely.
        bits[SYMBOLS.index("0")] += math.log2(10)
        costs = [min(COST_MAX, round(16 * b)) for b in bits]
        text = "\t{"
        for i, cost in enumerate(costs):
            item = f"{cost}{',' if i < EDGE else '},'}"
            text += item if i == 0 else ("\n\t " if i == 20 else " ") + item
        rows.append(text)
    return ("""\
/*
 * Made by scripts/make-data.py from the first labels of the 110,000 most used names
 * (SecLists, MIT: patterns/wordlists/README.md) and patterns/wordlists/own.txt; do not edit.
 * Rows and columns in the order of SYMBOLS there: a to z, a digit, '-', '_', a label's edge.
 */
#include "names/bigrams.h"

/* clang-format off */
const uint8_t bigram_costs[BIGRAM_SYMBOLS][BIGRAM_SYMBOLS] = {
""" + "\n".join(rows) + """
};
/* clang-format on */
""")


def put(path, text, check):
    same = path.exists() and path.read_text() == text
    if check and not same:
        fail(f"{path.relative_to(ROOT)} is not what this script makes")
    if not same:
        path.write_text(text)
    print(f"{path.relative_to(ROOT)}: {'as it was' if same else 'written'}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cache", type=pathlib.Path, default=ROOT / "build/data")
    parser.add_argument("--check", action="store_true", help="write nothing, fail on a difference")
    arguments = parser.parse_args()
    lists = fetch(arguments.cache.resolve())
    own = read_own()
    put(LABELS, make_labels(lists, own), arguments.check)
    put(BIGRAMS, make_bigrams(lists, own), arguments.check)


if __name__ == "__main__":
    main()
