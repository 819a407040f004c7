#!/usr/bin/env python3
"""What somebody may send, or put where logs lie, to use digtrail up: time and memory of each are
printed, limits are on memory and on what the report says, never on time.

    scripts/floods.py PROGRAM TOOLS [FLOOD...]

SCALE=n divides the large numbers by n (10).
"""
import gzip
import json
import lzma
import os
import shutil
import subprocess
import sys
import tempfile
import time

PROGRAM, TOOLS = (os.path.abspath(path) for path in sys.argv[1:3])
ONLY = sys.argv[3:]
SCALE = int(os.environ.get("SCALE", "10"))
MIB = 1 << 20
NOTHING = (b"x" * 4095 + b"\n") * 256
MEMORY = 64
ALLOWANCE = 32
TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ENVIRONMENT = dict(os.environ, TZ="UTC", LC_ALL="C.UTF-8", DIGTRAIL_CONFIG="/dev/null",
                   DIGTRAIL_DATADIR=TOP + "/patterns")
LAUNCH = """
import json, os, resource, subprocess, sys
status = subprocess.run(sys.argv[2:], check=False).returncode
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
os.write(int(sys.argv[1]), json.dumps([status, usage.ru_maxrss // 1024, usage.ru_utime +
                                       usage.ru_stime]).encode())
"""
problems = []


def query(n):
    return (b"10-Mar-2026 %02d:%02d:%02d.%03d queries: info: client @0x7f00 192.0.2.%d#%d "
            b"(w%d.example.com): query: w%d.example.com IN A +E(0)K (198.51.100.1)\n"
            % (n // 3600 % 24, n // 60 % 60, n % 60, n % 1000, n % 200 + 1, 1024 + n % 60000, n, n))


class Run:
    """One run: what it said, how long it took, how much it held."""

    def __init__(self, *words, source=None, memory=MEMORY):
        options = ["--memory", "%dM" % memory] if words[0] != "rules" else []
        pipe = subprocess.Popen(source, stdout=subprocess.PIPE) if source else None
        began = time.monotonic()
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err, \
                tempfile.TemporaryFile() as used:
            # Through a small process: a child's peak begins with what its parent held.
            subprocess.run([sys.executable, "-c", LAUNCH, str(used.fileno()), PROGRAM, *words,
                            *options], env=ENVIRONMENT, stdout=out, stderr=err, check=True,
                           stdin=pipe.stdout if pipe else subprocess.DEVNULL,
                           pass_fds=[used.fileno()])
            self.seconds = time.monotonic() - began
            if pipe:
                pipe.stdout.close()
                pipe.wait()
            for file in (out, err, used):
                file.seek(0)
            self.out, self.told = out.read(), err.read().decode(errors="replace")
            self.status, self.peak, self.cpu = json.loads(used.read())

    def report(self):
        return json.loads(self.out)


def say(name, what, run, bad=(), limit=MEMORY + ALLOWANCE):
    bad = list(bad)
    if run.peak > limit:
        bad.append("more than %d MiB" % limit)
    if run.status < 0:
        bad.append("killed by signal %d" % -run.status)
    print("%-22s %-34s %7.1f s %7.1f s CPU %6d MiB (limit %d)  %s" % (
        name, what, run.seconds, run.cpu, run.peak, limit,
        "; ".join(bad) if bad else "bounded"), flush=True)
    if bad:
        problems.extend((name, reason) for reason in bad)


def log_of(*options):
    return [TOOLS + "/makelog", "unbound", "sources=2000", *options]


def sources():
    lines = 10_000_000 // SCALE
    run = Run("-q", "-f", "json", "-", source=log_of("lines=%d" % lines, "spoofed=1000", "attacks=0"))
    say("spoofed sources", "%d of their own" % lines, run,
        [] if run.report()["requests"] == lines else ["requests are lost"])


def names():
    lines = 100_000_000 // SCALE
    run = Run("-q", "-f", "json", "-", source=log_of("lines=%d" % lines, "fresh=1000", "attacks=0"))
    say("random names", "%d, none twice" % lines, run,
        [] if run.report()["requests"] == lines else ["requests are lost"])


def flood():
    lines = 100_000_000 // SCALE
    run = Run("-q", "-f", "json", "-", source=log_of("lines=%d" % lines, "flood=1000", "attacks=0"))
    say("random names, one zone", "%d" % lines, run)


def rotation():
    lines = 10_000_000 // SCALE
    run = Run("-q", "-f", "json", "-", source=log_of("lines=%d" % lines, "rotate=1000",
                                                      "flood=500", "attacks=0"))
    say("IPv6 /64 rotation", "%d addresses" % lines, run,
        [] if run.report()["requests"] == lines else ["requests are lost"])


def collisions():
    rounds = 1000 // SCALE
    chosen = Run("-q", "-f", "json", "-", source=[TOOLS + "/collide", "4096", str(rounds)])
    others = Run("-q", "-f", "json", "-", source=[TOOLS + "/collide", "4096", str(rounds), "random"])
    say("collisions, sample key", "4096 names, %d times; others %.1f s" % (rounds, others.cpu), chosen,
        [] if chosen.report()["requests"] == others.report()["requests"] else ["requests are lost"])


def line():
    run = Run("-q", "-f", "json", "-", source=[
        "sh", "-c", "cat '%s'; head -c 1073741824 /dev/zero | tr '\\0' x; echo; cat '%s'" % (
            TOP + "/tests/golden/logs/scan.log", TOP + "/tests/golden/logs/scan.log")])
    file = run.report()["input"]["files"][0]
    say("one line", "of 1 GiB", run, [] if file["skipped_bytes"] > 1 << 30 and
        file["lines"] == 2 * open(TOP + "/tests/golden/logs/scan.log", "rb").read().count(b"\n") + 1
        else ["lines are lost"])


def bomb(kind, directory):
    """A sound log, then a GiB of nothing."""
    path = os.path.join(directory, "q.log." + kind)
    head = b"".join(query(n) for n in range(1000))
    if kind == "gz":
        with gzip.open(path, "wb", 9) as out:
            out.write(head)
            for _ in range(1024):
                out.write(NOTHING)
    elif kind == "xz":
        with lzma.open(path, "wb", preset=1) as out:
            out.write(head)
            for _ in range(1024):
                out.write(NOTHING)
    else:
        with open(path, "wb") as out:
            packer = subprocess.Popen(["zstd", "-q", "-c"], stdin=subprocess.PIPE, stdout=out)
            packer.stdin.write(head)
            for _ in range(1024):
                packer.stdin.write(NOTHING)
            packer.stdin.close()
            packer.wait()
    return path


def bombs():
    with tempfile.TemporaryDirectory(prefix="digtrail-flood-") as directory:
        for kind in ("gz", "zst", "xz"):
            path = bomb(kind, directory)
            ratio = (1 << 30) // os.path.getsize(path)
            run = Run("-q", "-f", "json", path)
            report = run.report()
            bad = []
            if run.status != 2 or "--max-ratio" not in run.told:
                bad.append("not given up: status %d" % run.status)
            if report["requests"] != 1000:
                bad.append("what came before is lost")
            if report["input"]["files"][0]["bytes"] > 512 * MIB:
                bad.append("%d bytes were read" % report["input"]["files"][0]["bytes"])
            say("bomb, " + kind, "1 GiB in %d KiB (1:%d)" % (os.path.getsize(path) // 1024, ratio),
                run, bad)
            whole = Run("-q", "-f", "json", "--max-ratio", "1000000", path)
            say("", "all of it by --max-ratio", whole, [] if whole.status == 0 else [whole.told])


def files():
    count = 1_000_000 // SCALE
    directory = tempfile.mkdtemp(prefix="digtrail-flood-")
    for n in range(count):
        with open("%s/q.log.%d" % (directory, n), "wb") as out:
            out.write(query(n))
    run = Run("-q", "-f", "json", "--server", "ns1", directory)
    report = run.report()
    # What is known of a file is no part of --memory: 9 KiB each.
    say("tiny files", "%d" % count, run, [] if report["requests"] == count else ["some are lost"],
        MEMORY + ALLOWANCE + count * 9 // 1024)
    shutil.rmtree(directory)


def servers():
    """A log of each: what is done for every server must not look through all of them."""
    runs = []
    for count in (5000 // SCALE, 20_000 // SCALE):
        with tempfile.TemporaryDirectory(prefix="digtrail-flood-") as directory, \
                tempfile.TemporaryDirectory(prefix="digtrail-flood-") as elsewhere:
            for n in range(count):
                with open("%s/ns%d.log" % (directory, n), "wb") as out:
                    out.writelines(query(n + 7200 * hour) for hour in range(10))
            runs.append(Run("-q", "-f", "json", "--state", elsewhere + "/state.db", directory))
    report = runs[1].report()
    say("servers", "%d; a quarter of them %.1f s CPU" % (count, runs[0].cpu), runs[1],
        [] if report["requests"] == 10 * count and len(report["coverage"]) == count
        else ["some are lost"], MEMORY + ALLOWANCE + count * 12 // 1024)


def yaml():
    texts = {
        "deep lists": b"[" * 3_000_000,
        "deep maps": b"{a: " * 900_000,
        "deep blocks": b"".join(b" " * n + b"a:\n" for n in range(2500)),
        "aliases of aliases": b"a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + b"".join(
            b"a%d: &a%d [%s]\n" % (n, n, b", ".join([b"*a%d" % (n - 1)] * 9)) for n in range(1, 60)),
        "one long text": b"a: " + b"x" * 4_100_000,
        "many documents": b"---\na\n" * 600_000,
        "many anchors": b"".join(b"- &a%d x\n" % n for n in range(300_000)),
    }
    with tempfile.TemporaryDirectory(prefix="digtrail-flood-") as directory:
        path = os.path.join(directory, "x.yml")
        for name, text in texts.items():
            with open(path, "wb") as out:
                out.write(text)
            for words in (["rules", "check", path], ["report", "--config", path, "x.log"],
                          ["report", "--allow", path, TOP + "/tests/golden/logs/scan.log"]):
                run = Run(*words)
                say("YAML: " + name, " ".join(words[:2]) + ", %d KiB" % (len(text) // 1024), run,
                    [] if run.status == 2 and "x.yml" in run.told + run.out.decode()
                    else ["status %d: %s" % (run.status, run.told[:200])], 320)


def patterns():
    rule = """title: Runaway %d
id: 7f4c1d2e-0000-4000-8000-%012d
level: low
logsource: {category: dns}
detection:
  s: {query|re: '%s'}
  condition: s
---
"""
    runaway = ["^(a+)+b", "^(a|aa)+b$", "^(a|a?)+b", "(.*)*x(.*)*y", "^(([a-z])+.)+[A-Z]([a-z])+$",
               "(a?){40}a{40}b", "^(?:(?:(?:a*)*)*)*b", "(x+x+)+y", "^(.*?,){30}P", "(?=(a+))a*b\\1"]
    with tempfile.TemporaryDirectory(prefix="digtrail-flood-") as directory:
        rules, log = directory + "/r.yml", directory + "/q.log"
        with open(rules, "w", encoding="ascii") as out:
            for n, pattern in enumerate(runaway):
                out.write(rule % (n, n, pattern))
        # With every letter that a pattern needs, so that PCRE2 cannot see at once that it fails.
        names = [b"a" * 60 + b"." + b"a" * 60 + b".b-x-y-p.example.com",
                 b"x" * 60 + b".b-a-P.example.com", b"a" * 59 + b".b-x.b.example.com"]
        with open(log, "wb") as out:
            for n in range(20000):
                name = b"%d" % (n % 977) + names[n % 3] if n % 2 else names[n % 3]
                out.write(query(n).replace(b"w%d.example.com" % n, name))
        for jit in ([], ["--no-jit"]):
            run = Run("-q", "-f", "json", "-r", rules, *jit, log)
            report = run.report()
            off = sum("Runaway" in note for note in map(json.dumps, report["notes"]))
            say("catastrophic patterns", "%d, 20000 lines%s; %d switched off" % (
                len(runaway), " ".join([""] + jit), off), run,
                [] if report["requests"] == 20000 and off >= 5 else ["not all are named"])


FLOODS = [sources, names, flood, rotation, collisions, line, bombs, files, servers, yaml, patterns]


def main():
    for one in FLOODS:
        if not ONLY or one.__name__ in ONLY:
            one()
    for name, reason in problems:
        print("floods: %s: %s" % (name, reason))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
