#!/usr/bin/env python3
"""Measures how digtrail judges labels: random-looking or not, in the wordlist or not.

    scripts/measure-names.py [--build build] [--seed N] [--list NAME=FILE]...

Compiles tests/lab/classify.c against the build and asks it about
  1. labels of the shapes that tools and floods send (DETECTION.md 1): share found random;
  2. labels that people gave, from tool lists of this machine and from zone files, without
     those the bigrams were trained on: share wrongly found random;
  3. the first 50, 100 and 500 names of each list: share found in the wordlist.
Tool lists are read where Debian's packages put them (dnsrecon, dnsmap, nmap; dnsenum and
fierce where installed) and are never built from. --list adds others, for example the lists in
build/data that make-data.py does not use.
"""
import argparse
import pathlib
import random
import re
import string
import subprocess
import sys
import tempfile
import uuid

ROOT = pathlib.Path(__file__).resolve().parent.parent
TRAINED_ON = "build/data/go/github.com/owasp-amass/amass/v4@v4.2.0/" \
    "examples/wordlists/subdomains-top1mil-110000.txt"
LISTS = {
    "dnsrecon namelist": "/usr/share/dnsrecon/namelist.txt",
    "dnsrecon top1mil-20000": "/usr/share/dnsrecon/subdomains-top1mil-20000.txt",
    "nmap vhosts-default": "/usr/share/nmap/nselib/data/vhosts-default.lst",
    "nmap vhosts-full": "/usr/share/nmap/nselib/data/vhosts-full.lst",
    "dnsmap built-in": "/usr/bin/dnsmap",
    "dnsmap TLAs": "/usr/share/dnsmap/wordlist_TLAs.txt",
    "dnsenum": "/usr/share/dnsenum/dns.txt",
    "fierce": "/usr/lib/python3/dist-packages/fierce/lists/default.txt",
}
ZONES = ROOT.parent / "shared/lab/zones"
THRESHOLDS = [5, 6, 7, 8, 9, 12]
LABEL = re.compile(r"[a-z0-9_-]{1,63}")


def shapes(rng):
    low, digits = string.ascii_lowercase, string.digits
    alnum, hexa = low + digits, "0123456789abcdef"

    def of(alphabet, least, most=None):
        return lambda: "".join(rng.choices(alphabet, k=rng.randint(least, most or least)))

    return {
        "16 a-z0-9 (puredns)": of(alnum, 16),
        "xid, 20 of 0-9a-v": lambda: "d" + of(digits + low[:22], 19)(),
        "UUID with dashes (gobuster)": lambda: str(uuid.UUID(int=rng.getrandbits(128), version=4)),
        "UUID, 32 hex (subbrute)": of(hexa, 32),
        "12 distinct, case folded (dnsrecon)":
            lambda: "".join(rng.sample(low + low.upper() + digits, 12)).lower(),
        "63 a-z0-9 (aiodnsbrute)": of(alnum, 63),
        "10-15 a-z (knockpy)": of(low, 10, 15),
        "12 a-z (dnsenum)": of(low, 12),
        "10 a-z (bbot)": of(low, 10),
        "8 a-z (bbot)": of(low, 8),
        "24 a-z (nmap)": of(low, 24),
        "10 consonants, 3-9 (spiderfoot)": of("bcdfghjklmnpqrstvwxz3456789", 10),
        "6-24 LDH (amass)": lambda: of(alnum, 1)() + of(alnum + "-", 4, 22)() + of(alnum, 1)(),
        "8 of etaoinshrdlucmfw (nmap nsec3)": of("etaoinshrdlucmfw", 8),
        "8 hex": of(hexa, 8),
        "12 hex": of(hexa, 12),
        "16-31 hex": of(hexa, 16, 31),
        "16 base32": of(low + "234567", 16),
        "26 base32": of(low + "234567", 26),
        "40-60 base32 (tunnel)": of(low + "234567", 40, 60),
        "8-12 a-z (flood)": of(low, 8, 12),
    }


def read_list(path):
    content = pathlib.Path(path).read_bytes()
    if content[:4] == b"\x7fELF":
        # dnsmap keeps its list in the program, padded: 1,009 labels from "a", "aa", "ab" on.
        words = [w.decode() for w in re.findall(rb"[a-z0-9-]+(?=\0)", content)]
        start = next((i for i in range(len(words)) if words[i:i + 3] == ["a", "aa", "ab"]), 0)
        return words[start:start + 1009]
    lines = (line.strip().lower() for line in content.decode("utf-8", "replace").splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def zone_labels():
    owners = []
    for path in sorted(ZONES.glob("*.zone")):
        if not path.name.endswith(".arpa.zone"):
            owners += [line.split()[0].lower() for line in path.read_text().splitlines() if line]
    return owners


def first_labels(names):
    labels = dict.fromkeys(name.split(".")[0] for name in names)
    return [label for label in labels if LABEL.fullmatch(label)]


def compile_classifier(build, folder):
    program = folder / "classify"
    libraries = subprocess.run(
        ["pkg-config", "--libs", "libpsl", "libxxhash", "libpcre2-8", "yaml-0.1"],
        capture_output=True, text=True, check=True).stdout.split()
    subprocess.run(["cc", "-O2", "-std=c11", "-D_POSIX_C_SOURCE=200809L",
                    f"-I{ROOT / 'analyzer'}", "-o", str(program),
                    str(ROOT / "tests/lab/classify.c"), str(build / "libanalyzer.a"),
                    *libraries, "-lpthread", "-lm"], check=True)
    return program


class Classifier:
    def __init__(self, program):
        self.command = [str(program), str(ROOT / "patterns/wordlists/labels.txt")]

    def ask(self, labels):
        """[(class, bits of evidence)], in order."""
        told = subprocess.run(self.command, input="".join(f"{label}\n" for label in labels),
                              capture_output=True, text=True, check=True).stdout.split()
        return [(told[i], int(told[i + 1]) / 16) for i in range(0, len(told), 2)]


def share(flags):
    flags = list(flags)
    return f"{sum(flags) / len(flags):7.3f}" if flags else "      -"


def random_row(name, answers):
    counted = " ".join(share(bits > t for _, bits in answers) for t in THRESHOLDS)
    print(f"{name:38} {len(answers):6} {share(c == 'random' for c, _ in answers)}   {counted}")


def print_random(classifier, lists, trained_on, rng):
    head = " ".join(f"  >{t:2} b" for t in THRESHOLDS)
    print(f"{'1. drawn at random':38} {'labels':>6} as built   {head}")
    for name, draw in shapes(rng).items():
        random_row(name, classifier.ask([draw() for _ in range(4000)]))
    print(f"\n{'2. given by people, 8 and more':38} {'labels':>6} as built   {head}")
    for name, names in lists.items():
        labels = [l for l in first_labels(names) if len(l) >= 8 and l not in trained_on
                  and re.search("[a-z]", l) and not l.startswith("xn--")]
        if labels:
            random_row(name, classifier.ask(labels))
    if not trained_on:
        print(f"(labels of the training list are counted too: {TRAINED_ON} is not there)")


def print_wordlist(classifier, lists):
    print(f"\n{'3. share in the wordlist':38}  first  50    100    500")
    for name, names in lists.items():
        answers = classifier.ask([n.split(".")[0] for n in names[:500]])
        counted = [share(c == "wordlist" for c, _ in answers[:n]) for n in (50, 100, 500)]
        print(f"{name:38}    {'  '.join(c.strip() for c in counted)}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--list", action="append", default=[], metavar="NAME=FILE")
    arguments = parser.parse_args()
    paths = {**LISTS, **dict(item.split("=", 1) for item in arguments.list)}
    missing = [name for name, path in paths.items() if not pathlib.Path(path).exists()]
    lists = {name: read_list(path) for name, path in paths.items() if name not in missing}
    if ZONES.is_dir():
        lists["zone files of the lab"] = zone_labels()
    trained = ROOT / TRAINED_ON
    trained_on = set(first_labels(read_list(trained))) if trained.exists() else set()
    if missing:
        print(f"not here: {', '.join(missing)}\n", file=sys.stderr)
    with tempfile.TemporaryDirectory() as folder:
        classifier = Classifier(compile_classifier(arguments.build, pathlib.Path(folder)))
        print_random(classifier, lists, trained_on, random.Random(arguments.seed))
        print_wordlist(classifier, lists)


if __name__ == "__main__":
    main()
