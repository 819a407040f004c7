#!/usr/bin/env python3
"""What earlier nights teach the detectors, through the program and its state file.

    tests/lab/test_catalogue.py PROGRAM

Ten nights of BIND's lines: four resolvers whose clients ask what is there, a source that tries
five names a night, and in the last night one that tries sixty.
"""
import datetime
import json
import pathlib
import random
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parents[2]
NIGHTS, A_NIGHT, TRIED = 10, 5, 60
SLOW, FAST = "203.0.113.77", "203.0.113.66"
START = datetime.datetime(2026, 3, 1)


def words():
    text = (TOP / "patterns" / "wordlists" / "labels.txt").read_text()
    return [word for word in text.split("\n") if word and not word.startswith("#")]


def line(seconds, source, name, flags, qtype, port):
    time = START + datetime.timedelta(seconds=seconds)
    stamp = f"{time:%d-%b-%Y %H:%M:%S}.{time.microsecond // 1000:03d}"
    return (f"{stamp} queries: info: client @0x7fcca5415098 {source}#{port} ({name}): "
            f"query: {name} IN {qtype} {flags} (192.0.2.53)")


def night(number, labels, rng):
    lines = []

    def ask(seconds, source, label, flags, qtype):
        lines.append((number * 86400 + seconds, source, f"{label}.example.com", flags, qtype,
                      rng.randint(1024, 65535)))

    for resolver in range(4):
        for label in labels[3:200:7]:
            for _ in range(2):
                ask(rng.uniform(0, 80000), f"198.51.{100 + resolver}.53", label, "-E(0)DC",
                    rng.choice(["A", "AAAA", "MX"]))
    for i in range(A_NIGHT):
        ask(60 + 3600 * i, SLOW, labels[400 + number * A_NIGHT + i], "+E(0)K", "A")
    for i in range(TRIED if number == NIGHTS - 1 else 0):
        ask(40000 + i, FAST, labels[i], "+E(0)K", "A")
    return "".join(line(*row) + "\n" for row in sorted(lines))


def report(program, folder, number):
    path = folder / f"report{number}.json"
    subprocess.run([program, "--role", "authoritative", "--own-zone", "example.com",
                    "--state", folder / "state.db", folder / f"night{number}.log", "-o", path],
                   check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return [f for f in json.loads(path.read_text())["findings"]
            if f["kind"] in ("slow-enumeration", "brute-force")]


def check(what, holds, *shown):
    print(f"{'ok ' if holds else 'BAD'} {what}", *([] if holds else shown))
    return holds


def main():
    rng, labels = random.Random(5), words()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        found = []
        for number in range(NIGHTS):
            (folder / f"night{number}.log").write_text(night(number, labels, rng))
            found.append(report(sys.argv[1], folder, number))
    good = check("five names in one night are nothing", not found[0], found[0])
    first = next((n for n, fs in enumerate(found) if fs), NIGHTS)
    good &= check("five names a night are found within a week", first <= 6, first)
    slow = [[f for f in fs if f["actor"]["addresses"] == [SLOW]] for fs in found[first:]]
    good &= check("in every night that adds to it, at medium, as one finding that goes on",
                  all(len(fs) == 1 and fs[0]["level"] == "medium" for fs in slow) and
                  len({fs[0]["id"] for fs in slow}) == 1 and
                  [fs[0]["status"] for fs in slow] == ["new"] + ["continuing"] * (len(slow) - 1),
                  slow)
    fast = [f for f in found[-1] if f["actor"]["addresses"] == [FAST]]
    good &= check("the last night's scan is judged by a catalogue of nine nights",
                  len(fast) == 1 and fast[0]["oracle"] == "catalogue" and
                  fast[0]["oracle_nights"] == NIGHTS - 1, fast)
    known = {f"{label}.example.com" for label in labels[3:TRIED:7]}
    good &= check("which knows the names that exist", fast and set(fast[0]["answered"]) == known,
                  fast and fast[0]["answered"])
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
