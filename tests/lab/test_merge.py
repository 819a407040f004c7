#!/usr/bin/env python3
"""Law 1 across processes: tallies of the lab's logs, split at random and merged in random trees,
give the JSON report of one run over all the logs, byte for byte.

    tests/lab/test_merge.py PROGRAM [--lab DIR] [--trees N] [--seed N] [--memory SIZE]
"""
import argparse
import glob
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LAB = os.path.join(os.path.dirname(TOP), "shared", "lab", "day")
ENVIRONMENT = dict(os.environ, TZ="UTC", LC_ALL="C.UTF-8", DIGTRAIL_DATADIR=TOP + "/patterns")
failures = []


def expect(condition, *what):
    if not condition:
        failures.append(" ".join(str(part) for part in what))


def run(*words, status=0):
    result = subprocess.run(words, env=ENVIRONMENT, capture_output=True, check=False)
    expect(result.returncode == status, "status", result.returncode, "of", words[:3],
           result.stderr.decode()[:400])
    return result


def read(path):
    with open(path, "rb") as content:
        return content.read()


def cut_logs(logs, directory, chance):
    """The lab's logs; the largest plain ones cut into pieces, as if rotated more often."""
    cut = []
    for path in logs:
        name = os.path.basename(path)
        if path.endswith(".gz") or os.path.getsize(path) < 20000:
            cut.append(path)
            continue
        with open(path, "rb") as source:
            lines = source.readlines()
        pieces = chance.randrange(2, 4)
        for piece in range(pieces):
            new = "%s/%d-%s" % (directory, piece, name)
            with open(new, "wb") as out:
                out.writelines(lines[len(lines) * piece // pieces:
                                     len(lines) * (piece + 1) // pieces])
            cut.append(new)
    return cut


def tree(program, options, tallies, directory, chance):
    """Merges groups of tallies until one is left; returns it."""
    number = 0
    tallies = list(tallies)
    while len(tallies) > 1:
        chance.shuffle(tallies)
        size = chance.randrange(2, max(3, len(tallies)))
        group, tallies = tallies[:size], tallies[size:]
        new = "%s/node%d.tally" % (directory, number)
        number += 1
        run(program, "merge", "-q", *options, "-o", os.devnull, "--save", new, *group)
        tallies.append(new)
    return tallies[0]


def splits(program, arguments, directory, chance):
    options = ["-f", "json", "--top", "100000", "--memory", arguments.memory]
    logs = cut_logs(sorted(glob.glob(arguments.lab + "/*.log*")), directory, chance)
    one = directory + "/one.json"
    run(program, *options, "-o", one, "--save", directory + "/one.tally", *logs)
    expected = read(one)
    expect(len(json.loads(expected)["findings"]) > 20, "few findings")
    servers = {}
    for file in json.loads(expected)["input"]["files"]:
        servers.setdefault(file["server"], []).append(file["path"])
    seconds = 0
    for number in range(arguments.trees):
        place = "%s/tree%d" % (directory, number)
        os.mkdir(place)
        # Each log alone, or the logs of each server on one of a few machines, or shared by
        # several machines that have no other server.
        machines = [[log] for log in logs] if number == 0 else [
            [] for _ in range(chance.randrange(2, 6))]
        for server in servers if number else []:
            if chance.random() < 0.5:
                chance.choice(machines).extend(servers[server])
                continue
            own = [[] for _ in range(3)]
            for log in servers[server]:
                chance.choice(own).append(log)
            machines += own
        tallies = []
        for index, share in enumerate(machines):
            if not share:
                continue
            tallies.append("%s/part%d.tally" % (place, index))
            run(program, "-q", *options, "-o", os.devnull, "--save", tallies[-1], *share)
        began = time.monotonic()
        out = place + "/merged.json"
        run(program, "merge", *options, "-o", out, *tallies)
        seconds += time.monotonic() - began
        expect(read(out) == expected, "split", number, "into", len(tallies), "differs from one run")
        root = tree(program, options, tallies, place, chance)
        run(program, "merge", *options, "-o", out, root)
        expect(read(out) == expected, "the tree of split", number, "differs from one run")
        if number == 0:
            refusals(program, options, tallies, expected, place)
        shutil.rmtree(place)
    size = os.path.getsize(directory + "/one.tally")
    return "%d splits and their trees like one run; a merge takes %.2f s, all in one is %d KiB" % (
        arguments.trees, seconds / arguments.trees, size // 1024)


def refusals(program, options, tallies, expected, place):
    """What does not go together, what is damaged, and what was given twice."""
    out = place + "/out.json"
    result = run(program, "merge", *options, "-o", out, *tallies, tallies[3])
    expect(read(out) == expected, "a tally given twice counts twice")
    expect(b"left out" in result.stderr, "a repeated tally is not named")
    bad = place + "/bad.tally"
    content = read(tallies[0])
    for what, damaged in (("cut off", content[:len(content) // 2]), ("no tally", b"text\n" * 99),
                          ("empty", b"")):
        with open(bad, "wb") as broken:
            broken.write(damaged)
        result = run(program, "merge", *options, "-o", out, bad, *tallies[1:], status=2)
        expect(b"bad.tally" in result.stderr, what, ": not named")
        rest = place + "/rest.json"
        run(program, "merge", *options, "-o", rest, *tallies[1:])
        expect(read(out) == read(rest), what, ": the rest is not merged")
    other = place + "/other.tally"
    log = place + "/x.log"
    with open(log, "wb") as source:
        source.write(b"10-Mar-2026 00:00:01.000 queries: info: client @0x7f 192.0.2.1#5 (a.example): "
                     b"query: a.example IN A + (192.0.2.2)\n")
    for more, says in ((["--own-zone", "unlike.example"], b"--own-zone"),
                       (["--no-default-rules"], b"--rules")):
        run(program, "-q", *options, *more, "-o", os.devnull, "--save", other, log)
        if os.path.exists(out):
            os.unlink(out)
        result = run(program, "merge", *options, "-o", out, other, *tallies, status=2)
        expect(says in result.stderr, "the difference is not named:", result.stderr)
        expect(not os.path.exists(out), "unlike tallies were merged")
    run(program, "-q", *options, "-o", os.devnull, "--save", other, log)
    both = place + "/both.tally"
    with open(place + "/y.log", "wb") as source:
        source.write(read(log).replace(b"a.example", b"b.example"))
    run(program, "-q", *options, "-o", os.devnull, "--save", both, log, place + "/y.log")
    result = run(program, "merge", *options, "-o", out, both, other)
    expect(b"left out" in result.stderr, "a tally within another one is not left out")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--lab", default=LAB)
    parser.add_argument("--trees", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--memory", default="1G")
    arguments = parser.parse_args()
    if not os.path.isdir(arguments.lab):
        print("merge: there are no labelled logs at %s: NOT COMPARED" % arguments.lab)
        return 0
    with tempfile.TemporaryDirectory(prefix="digtrail-merge-") as directory:
        told = splits(os.path.abspath(arguments.program), arguments, directory,
                      random.Random(arguments.seed))
    for failure in failures:
        print("merge: " + failure)
    if not failures:
        print("merge: " + told)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
