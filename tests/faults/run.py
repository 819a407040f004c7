#!/usr/bin/env python3
"""What goes wrong around digtrail, one thing at a time, at every moment at which it can: nothing
readable is lost, what was there stays whole, the message names the cause, the status is right.

    tests/faults/run.py PROGRAM INJECT.SO [FAULT...]

Prints a table: fault, tried, survived. STEP=n tries every n-th moment only.
"""
import gzip
import json
import lzma
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

PROGRAM, INJECT = (os.path.abspath(path) for path in sys.argv[1:3])
ONLY = sys.argv[3:]
STEP = int(os.environ.get("STEP", "1"))
TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BASE = dict(os.environ, TZ="UTC", LC_ALL="C.UTF-8", DIGTRAIL_CONFIG="/dev/null",
            DIGTRAIL_DATADIR=TOP + "/tests/fuzz/data")
NOBODY = 65534


def query(n):
    return (b"10-Mar-2026 %02d:%02d:%02d.%03d queries: info: client @0x7f00 192.0.2.%d#%d "
            b"(w%d.example.com): query: w%d.example.com IN A +E(0)K (198.51.100.1)\n"
            % (n // 3600 % 24, n // 60 % 60, n % 60, n % 1000, n % 200 + 1, 1024 + n % 60000, n, n))


def queries(count):
    return b"".join(query(n) for n in range(count))


class Died(Exception):
    """It did not survive."""


def must(condition, *what):
    if not condition:
        raise Died(" ".join(str(part) for part in what))


def run(*words, fault=None, before=None, stdout=subprocess.PIPE, user=None):
    """One run under a fault. A crash, a hang, and a sanitizer's report are never right."""
    environment = dict(BASE)
    if fault is not None:
        environment.update({"FAULT_" + name: str(value) for name, value in fault.items()})
        environment["LD_PRELOAD"] = INJECT
    words = [PROGRAM, *words]
    if user and os.geteuid() == 0:
        words = ["setpriv", "--reuid", str(user), "--regid", str(user), "--clear-groups", *words]
    try:
        result = subprocess.run(words, env=environment, stdout=stdout, stderr=subprocess.PIPE,
                                stdin=subprocess.DEVNULL, preexec_fn=before, check=False,
                                timeout=60)
    except subprocess.TimeoutExpired as late:
        raise Died("hangs") from late
    result.told = result.stderr.decode(errors="replace")
    for bad in (signal.SIGSEGV, signal.SIGBUS, signal.SIGABRT, signal.SIGFPE, signal.SIGILL,
                signal.SIGSYS):
        must(result.returncode != -bad, "crashed with", bad, result.told[:300])
    return result


def report_of(path):
    with open(path, "rb") as source:
        return json.loads(source.read())


def counted(directory, words):
    """Allocations and counted reads of a run in which nothing goes wrong."""
    count = os.path.join(directory, "count")
    result = run(*words, fault={"COUNT": count, "FILE": "x.log"})
    must(result.returncode in (0, 2), result.told)
    with open(count, encoding="ascii") as source:
        return [int(word) for word in source.read().split()]


def no_litter(directory, *known):
    """Nothing but what is known lies there."""
    left = sorted(set(os.listdir(directory)) - set(known))
    must(not left, "left behind:", left)


class World:
    """A directory of its own with a log of a few hundred lines and one beside it."""

    def __init__(self, lines=300):
        self.directory = tempfile.mkdtemp(prefix="digtrail-fault-")
        os.chmod(self.directory, 0o777)
        self.log = self.path("x.log")
        self.other = self.path("y.log")
        self.write("x.log", queries(lines))
        self.write("y.log", queries(2 * lines)[-20 * 140:])

    def path(self, name):
        return os.path.join(self.directory, name)

    def write(self, name, content):
        with open(self.path(name), "wb") as out:
            out.write(content)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.directory)


def moments(count):
    """Reads are few."""
    return range(1, count + 1, max(1, STEP // 15))


def in_parallel(work, items):
    """(tried, survived, first reasons)."""
    def one(item):
        try:
            work(item)
        except Died as reason:
            return "%s: %s" % (item, reason)
        return None
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(one, items))
    bad = [result for result in results if result]
    return len(results), len(results) - len(bad), bad


# Full disks: of outputs, saved tallies, states, and behind standard output.

def limit(size):
    import resource
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def disk_full_outputs():
    """The old file stays whole, the other outputs are written, the status is 2."""
    def one(item):
        size, name, words = item
        with World() as world:
            world.write(name, b"old")
            words = [word.replace("@", world.path(name)) for word in words]
            result = run("-q", "-j1", *words, world.log, before=limit(size))
            with open(world.path(name), "rb") as source:
                content = source.read()
            if content == b"old":
                must(result.returncode == 2, "status", result.returncode)
                must(name in result.told and any(cause in result.told for cause in (
                    "File too large", "disk I/O error", "full")), "unclear:", result.told)
            else:
                must(len(content) <= size and result.returncode == 0, "half a file",
                     result.returncode)
            no_litter(world.directory, "x.log", "y.log", name)
    sizes = [0, 1, 100, 4096, 5000, 20000, 100000, 160000, 1 << 24]
    outputs = [("out.json", ["-o", "@"]), ("out.html", ["-o", "@"]), ("out.csv", ["-o", "@"]),
               ("out.tally", ["-f", "json", "-o", "/dev/null", "--save", "@"])]
    return in_parallel(one, [(size, *output) for size in sizes for output in outputs])


def disk_full_tmpfs():
    """The same on a file system without room."""
    if subprocess.run(["unshare", "-rm", "mount", "-t", "tmpfs", "none", "/mnt"],
                      capture_output=True, check=False).returncode:
        return None
    script = ('mount -t tmpfs -o size=%dk none "$1" && cp "$2" "$1/x.log" && '
              'echo old >"$1/out.json" && shift 2 && "$@"; status=$?; ls "$0"; cat "$0/out.json"; '
              'exit $status')

    def one(kilobytes):
        with World() as world:
            room = world.path("room")
            os.mkdir(room)
            result = subprocess.run(
                ["unshare", "-rm", "sh", "-c", script % kilobytes, room, room, world.log, PROGRAM,
                 "-q", "-j1", "-o", room + "/out.json", room + "/x.log"],
                env=BASE, capture_output=True, check=False)
            names, _, content = result.stdout.partition(b"x.log\n")
            if result.returncode == 2:
                must(content == b"old\n", "the old report is gone", content[:50])
                must(b"No space left" in result.stderr, "unclear:", result.stderr)
            else:
                must(result.returncode == 0 and json.loads(content)["requests"] == 300,
                     result.stderr)
            must(b"tmp-" not in names, "left behind:", names)
    return in_parallel(one, [48, 52, 56, 60, 64, 72, 80, 96, 128, 256])


def disk_full_stdout():
    def one(form):
        with open("/dev/full", "wb") as full:
            result = run("-f", form, TOP + "/tests/golden/logs/scan.log", stdout=full)
            must(result.returncode == 2 and "No space left" in result.told, form,
                 result.returncode, result.told)
    return in_parallel(one, ["text", "json", "ndjson", "csv", "html", "stix", "ocsf"])


def disk_full_state():
    """A night on a full disk counts nothing; the next one counts all."""
    def one(size):
        with World() as world:
            state = world.path("state")
            run("-q", "--state", state, "-o", world.path("first.json"), world.log)
            world.write("z.log", queries(700)[-400 * 140:])
            before = report_of(world.path("first.json"))["requests"]
            result = run("-q", "--state", state, "-o", world.path("a.json"), world.path("z.log"),
                         before=limit(size))
            told = os.path.exists(world.path("a.json"))
            must(result.returncode in (0, 2), result.returncode, result.told)
            must(result.returncode == 0 or result.told, "nothing is said")
            again = run("-q", "--state", state, "-o", world.path("b.json"), world.path("z.log"))
            must(again.returncode == 0, "the state is spoilt:", again.told)
            sums = [report_of(world.path(name))["requests"] for name in ("a.json", "b.json")
                    if name != "a.json" or told]
            alone = run("-q", "-f", "json", world.path("z.log"))
            wanted = json.loads(alone.stdout)["requests"]
            must(before == 300 and sum(sums) == wanted, "counted", sums, "of", wanted)
    return in_parallel(one, [0, 4096, 8192, 20000, 40000, 65536, 100000, 131072, 200000, 262144,
                             400000, 1 << 22])


# Reads.

def packed(kind, content):
    if kind == "gz":
        return gzip.compress(content, 1)
    if kind == "xz":
        return lzma.compress(content, preset=0)
    if kind == "zst":
        return subprocess.run(["zstd", "-1", "-c"], input=content, stdout=subprocess.PIPE,
                              check=True).stdout
    return content


def at_each_read(action, check, lines=9000, **how):
    """Every read of the log, of every kind, with one thread and with two."""
    def one(item):
        kind, jobs, number = item
        with World() as world:
            world.write("x.log", packed(kind, queries(lines)))
            world.write("x.log.other", packed(kind, queries(50)))
            for path in (world.log, world.log + ".other", world.other):
                if os.geteuid() == 0 and how.get("user"):
                    os.chown(path, NOBODY, NOBODY)
            out = world.path("out.json")
            result = run("-q", "-j" + jobs, "--no-sandbox", "-o", out, world.log, world.other,
                         fault={"FILE": "x.log", "READ": number, "ACTION": action}, **how)
            check(world, result, kind)
    items = []
    for kind in ("plain", "gz", "zst", "xz"):
        with World() as world:
            world.write("x.log", packed(kind, queries(lines)))
            reads = counted(world.directory, ["-q", "-j1", "--no-sandbox", "-o",
                                              world.path("out.json"), world.log])[1]
            items += [(kind, jobs, n) for jobs in "12" for n in moments(reads)]
    return in_parallel(one, items)


def file_row(report, name):
    return [row for row in report["input"]["files"] if os.path.basename(row["path"]) == name][0]


def complete_or_told(world, result, _kind, status=(0, 2), cause=None):
    """The log beside it is read; what is missing of the other one is said."""
    report = report_of(world.path("out.json"))
    must(file_row(report, "y.log")["complete"], "the other log is not read")
    must(result.returncode in status, "status", result.returncode, result.told)
    if result.returncode == 2:
        must("x.log" in result.told and (cause is None or cause in result.told), "unclear:",
             result.told)
        must(not file_row(report, "x.log")["complete"], "taken for complete")
    else:
        must(file_row(report, "x.log")["complete"], "status 0, and not complete")
    return report


def read_error():
    def check(world, result, kind):
        report = complete_or_told(world, result, kind, (0, 2), "Input/output error")
        lines = file_row(report, "x.log").get("lines") or 0
        # Status 0: it was the first look that failed, and the reading did not.
        must(lines == 9000 or result.returncode == 2, "status 0, and only lines:", lines)
    return at_each_read("eio", check)


def read_short():
    """Fewer bytes than asked for are no end."""
    def check(world, result, kind):
        report = complete_or_told(world, result, kind, (0,))
        must(file_row(report, "x.log")["lines"] == 9000, "lines are lost")
    return at_each_read("short", check)


def read_truncated():
    return at_each_read("truncate", complete_or_told)


def read_removed():
    return at_each_read("remove", complete_or_told)


def read_replaced():
    return at_each_read("replace", complete_or_told)


def read_forbidden():
    """Between the first look and the reading the right to read is taken away."""
    return at_each_read("forbid", complete_or_told, user=NOBODY)


def read_not_allowed():
    """From the beginning: who is missing what stands in the message."""
    def one(form):
        with World() as world:
            os.chmod(world.log, 0)
            out = world.path("out.json")
            result = run("-q", "-f", form, "-o", out, world.log, world.other, user=NOBODY)
            must(result.returncode == 2 and "x.log" in result.told and
                 "ermission denied" in result.told, result.returncode, result.told)
            must(os.path.getsize(out) > 0, "no report")
    return in_parallel(one, ["json", "text", "html"])


# Signals.

def at_signal(action):
    def check(world, result, _kind):
        if result.returncode == 130:
            report = report_of(world.path("out.json"))
            must(report["partial"], "not said to be partial")
        elif result.returncode in (-signal.SIGHUP, -signal.SIGTERM):
            must(not os.path.exists(world.path("out.json")), "half a report")
        else:
            must(result.returncode == 0, "status", result.returncode, result.told)
            must(file_row(report_of(world.path("out.json")), "x.log")["lines"] == 9000,
                 "status 0, and lines are lost")
        no_litter(world.directory, "x.log", "y.log", "x.log.other", "out.json")
    return at_each_read(action, check)


def signal_term():
    return at_signal("term")


def signal_hup():
    return at_signal("hup")


def signal_pipe():
    """Whoever reads standard output goes away: no state moves, nothing half is left."""
    def one(item):
        form, size = item
        with World() as world:
            reader, writer = os.pipe()
            os.set_blocking(reader, False)
            if size == 0:
                os.close(reader)
            else:
                import fcntl
                fcntl.fcntl(writer, 1031, 4096)  # F_SETPIPE_SZ
            state = world.path("state")

            def read_some(fd=reader):
                os.set_blocking(fd, True)
                left = size
                while left > 0:
                    got = os.read(fd, left)
                    if not got:
                        break
                    left -= len(got)
                os.close(fd)
            with ThreadPoolExecutor(1) as pool:
                if size:
                    pool.submit(read_some)
                result = run("-f", form, "--state", state, world.log, stdout=writer,
                             before=lambda: signal.signal(signal.SIGPIPE, signal.SIG_DFL))
                os.close(writer)
            must(result.returncode in (-signal.SIGPIPE, 2, 0), result.returncode, result.told)
            again = run("-f", "json", "--state", state, world.log)
            wanted = 0 if result.returncode == 0 else 300
            must(json.loads(again.stdout)["requests"] == wanted, "the state moved:",
                 json.loads(again.stdout)["requests"], "after", result.returncode)
    return in_parallel(one, [(form, size) for form in ("text", "json", "html", "csv")
                             for size in (0, 1, 1000, 4096)])


# Memory. Not within libseccomp: 2.5.4 hangs, or loads half a filter, where an allocation of its own
# fails. That is before anything is read.

def requests_in(content):
    try:
        return json.loads(content)["requests"]
    except ValueError as reason:
        raise Died("no report: %r" % content[:60]) from reason


def allocation(extra):
    """Each allocation fails once: out of memory is said, or it could be done without."""
    def one(item):
        number, onwards = item
        with World(60) as world:
            world.write("old.json", b"old")
            words = [word.replace("@", world.directory) for word in extra]
            result = run("-j1", "--no-jit", *words, world.log,
                         fault={"MALLOC": number, "FROM": onwards})
            with open(world.path("old.json"), "rb") as source:
                content = source.read()
            if result.returncode == 0:
                must(requests_in(content) == 60, "status 0, and it is not all there")
                return
            must(result.returncode in (2, 127), "status", result.returncode, result.told)
            must(result.told, "nothing is said")
            must(content == b"old" or requests_in(content) in (0, 60), "half a report")
            if "--state" in extra:
                again = run("-q", "-j1", *words, world.log)
                must(again.returncode == 0, "the state is spoilt:", again.told)
    with World(60) as world:
        words = [word.replace("@", world.directory) for word in extra]
        count = counted(world.directory, ["-j1", "--no-jit", *words, world.log])[0]
    tried = survived = 0
    reasons = []
    # One that fails and then no other, and all from one on.
    for onwards, step in ((0, STEP), (1, 29 * STEP)):
        more = in_parallel(one, [(n, onwards) for n in range(1, count + 1, step)])
        tried, survived, reasons = tried + more[0], survived + more[1], reasons + more[2]
    return tried, survived, reasons


def memory_report():
    return allocation(["-q", "-o", "@/old.json"])


def memory_state():
    global STEP
    step, STEP = STEP, STEP * 7
    try:
        return allocation(["-q", "-o", "@/old.json", "--state", "@/state", "--save", "@/t.tally"])
    finally:
        STEP = step


# Clocks.

def clock():
    """No report depends on what time it is, where lines say their own."""
    def one(item):
        moment, back = item
        with World() as world:
            plain = run("-q", "-f", "json", world.log).stdout
            result = run("-q", "-f", "json", world.log, fault={"CLOCK": moment, "BACK": back})
            must(result.returncode == 0, result.told)
            must(result.stdout == plain, "another report")
            syslog = world.path("s.log")
            with open(syslog, "wb") as out:
                for n in range(50):
                    out.write(b"Mar 10 12:00:%02d ns1 named[7]: " % n + query(n).split(b" ", 2)[2])
            os.utime(syslog, (max(moment, 1), max(moment, 1)))
            result = run("-q", "-f", "json", "--state", world.path("state"), syslog,
                         fault={"CLOCK": moment, "BACK": back})
            must(result.returncode == 0 and json.loads(result.stdout)["requests"] == 50,
                 result.returncode, result.told)
            later = run("-q", "-f", "json", "--state", world.path("state"), syslog,
                        fault={"CLOCK": max(moment - 86400 * 400, 1), "BACK": back})
            must(later.returncode == 0 and json.loads(later.stdout)["requests"] == 0,
                 "counted twice when the clock was set back:", later.told)
    years = [1, 86400, 2**31 - 1, 2**31, 2**32, 253402300799, 253402300800, 1773187200]
    return in_parallel(one, [(moment, back) for moment in years for back in (0, 1)])


def lines_of_other_times():
    """1970, 9999 and what no calendar has, in every form of time."""
    forms = [b"01-Jan-1970 00:00:00.000", b"31-Dec-9999 23:59:59.999", b"00-Jan-2026 00:00:00.000",
             b"31-Feb-2026 24:61:61.999", b"1970-01-01T00:00:00.000Z", b"9999-12-31T23:59:59.999Z",
             b"0000-00-00T00:00:00.000Z", b"99-Bad-9999 99:99:99.999"]

    def one(form):
        with World() as world:
            world.write("x.log", b"".join(form + query(n)[24:] for n in range(100)) + queries(30))
            for kind in ("json", "text", "html", "ndjson", "stix", "csv"):
                result = run("-q", "-f", kind, world.log)
                must(result.returncode in (0, 2), form, result.returncode, result.told)
            report = json.loads(run("-q", "-f", "json", world.log).stdout)
            must(file_row(report, "x.log")["lines"] == 130, "lines are lost")
    return in_parallel(one, forms)


FAULTS = [
    ("full disk: outputs", disk_full_outputs),
    ("full disk: a file system", disk_full_tmpfs),
    ("full disk: standard output", disk_full_stdout),
    ("full disk: state", disk_full_state),
    ("read error, at each read", read_error),
    ("short read, at each read", read_short),
    ("log truncated, at each read", read_truncated),
    ("log removed, at each read", read_removed),
    ("log replaced, at each read", read_replaced),
    ("permission lost, at each read", read_forbidden),
    ("permission denied", read_not_allowed),
    ("SIGTERM, at each read", signal_term),
    ("SIGHUP, at each read", signal_hup),
    ("SIGPIPE", signal_pipe),
    ("no memory: report", memory_report),
    ("no memory: state, tally", memory_state),
    ("clock: back, 1970 to 9999", clock),
    ("lines: 1970 to 9999", lines_of_other_times),
]


def main():
    bad = 0
    print("%-32s %7s %9s" % ("fault", "tried", "survived"))
    for name, fault in FAULTS:
        if ONLY and not any(word in name for word in ONLY):
            continue
        result = fault()
        if result is None:
            print("%-32s NOT TRIED: this machine does not let it" % name)
            continue
        tried, survived, reasons = result
        print("%-32s %7d %9d" % (name, tried, survived), flush=True)
        for reason in reasons[:5]:
            print("    " + reason.strip().replace("\n", "\n    "))
        bad += tried - survived
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
