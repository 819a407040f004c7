#!/usr/bin/env python3
"""Speed and memory of digtrail beside tools that do far less on the same lines.

    scripts/bench.py --program P --tools DIR [--size BYTES] [--rounds N] [--only WORD]
                     [--sizes GIB,...] [--source-counts N,...]

The logs are made from a seed by tests/bench/makelog.c and kept between runs. Two programs that
are compared run in turn (A B A B ...); a figure is the median of the rounds' ratios, with the
least and the greatest behind it. CPU is user and system time of the process and its children.
The table says what issue 4 asks for (must, goal) and whether it is met. Exit 1 when a must is
missed with --strict.
"""
import argparse
import importlib.util
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import time

# Five branches, as somebody greps for what digtrail looks for.
ALTERNATION = (r"zone transfer .* denied| IN (AXFR|IXFR|ANY) |version\.bind|_(ldap|kerberos|sip)\._tcp"
               r"|query: (vpn|admin|dev|test|stage|backup)[0-9]*\.")
COUNT = '{ i = index($7, "#"); n[substr($7, 1, i - 1)]++ } END { for (s in n) print s, n[s] }'
MIB = 1 << 20


class Run:
    """One run of a program: seconds and peak memory."""

    def __init__(self, command, env=None, stdin=None):
        start = time.monotonic()
        with open(os.devnull, "r+b") as null:
            process = subprocess.Popen(command, stdin=stdin or null, stdout=null, stderr=subprocess.PIPE,
                                       env=dict(os.environ, **(env or {})))
            self.stderr = process.stderr.read().decode(errors="replace")
            _, status, usage = os.wait4(process.pid, 0)
        process.returncode = status
        self.wall = time.monotonic() - start
        self.cpu = usage.ru_utime + usage.ru_stime
        self.peak = usage.ru_maxrss * 1024
        if os.waitstatus_to_exitcode(status) not in (0, 1):
            sys.exit(f"bench: {command} failed: {self.stderr}")


class Bench:
    def __init__(self, args):
        self.args = args
        self.tools = pathlib.Path(args.tools)
        self.missed = []
        print(f"{'':52} {'median':>8} {'least':>8} {'most':>8}   {'must':>6} {'goal':>6}")

    def wanted(self, what):
        return not self.args.only or self.args.only in what

    def log(self, name, *options):
        """A log made once, by its options; the stamp says which."""
        path, stamp = self.tools / name, self.tools / f"{name}.made"
        command = [str(self.tools / "makelog"), *options]
        if not stamp.exists() or stamp.read_text() != " ".join(command):
            with open(path, "wb") as out:
                subprocess.run(command, stdout=out, check=True)
            stamp.write_text(" ".join(command))
            pathlib.Path(f"{path}.gz").unlink(missing_ok=True)
        return str(path)

    def gzip(self, path):
        if not os.path.exists(path + ".gz"):
            subprocess.run(["gzip", "-6", "-k", path], check=True)
        return path + ".gz"

    def digtrail(self, *operands, jobs=1):
        return [self.args.program, "-j", str(jobs), "-f", "json", *operands]

    def row(self, what, figures, unit="", must=None, goal=None, most=True):
        """`most`: the figure must be at most `must`, else at least."""
        figures = sorted(figures)
        middle = statistics.median(figures)
        good = lambda limit: middle <= limit if most else middle >= limit
        verdict = ""
        if must is not None:
            verdict = "goal met" if goal is not None and good(goal) else "must met" if good(must) else "MISSED"
            if verdict == "MISSED":
                self.missed.append(what)
        sign = "<=" if most else ">="
        limits = [f"{sign}{limit:g}" if limit is not None else "" for limit in (must, goal)]
        print(f"{what:52} {middle:8.2f} {figures[0]:8.2f} {figures[-1]:8.2f} {unit:2} {limits[0]:>6} {limits[1]:>6}  {verdict}",
              flush=True)

    def pair(self, what, a, b, quantity, must=None, goal=None, most=True, env_a=None, env_b=None):
        """The ratio a / b, run in turn."""
        if not self.wanted(what):
            return
        ratios = []
        for _ in range(self.args.rounds):
            first, second = Run(a, env_a), Run(b, env_b)
            ratios.append(getattr(first, quantity) / max(getattr(second, quantity), 1e-4))
        self.row(f"{what}, {quantity}", ratios, must=must, goal=goal, most=most)

    def single(self, what, command, figure, unit, must=None, goal=None, env=None, rounds=None):
        if self.wanted(what):
            self.row(what, [figure(Run(command, env)) for _ in range(rounds or self.args.rounds)], unit,
                     must, goal)


def piped(*words):
    """Into cat: grep and its kin stop early when they see that nobody reads."""
    return ["sh", "-c", '"$@" | cat', "-", *words]


def lines_of(path):
    return int(subprocess.run(["wc", "-l", path], capture_output=True, check=True).stdout.split()[0])


def make_rules(directory, count):
    """Rules of the shapes that are written for DNS logs, none of which matches everything."""
    shapes = ["query|startswith: 'word{n}'", "query|contains: 'tunnel{n}x'", "query|endswith: '.made{n}.example'",
              "query|re: '^[0-9a-f]{{{k},40}}\\.made{n}'", "query|re: '^(?:dev|test|stage)-{n}[0-9]*\\.'",
              "query: 'exact{n}.example.com'"]
    directory.mkdir(parents=True, exist_ok=True)
    for n in range(count):
        shape = shapes[n % len(shapes)].format(n=n, k=12 + n % 20)
        (directory / f"rule{n}.yml").write_text(
            f"title: Made rule {n}\nid: 00000000-0000-4000-8000-{n:012d}\nstatus: experimental\nlevel: low\n"
            f"logsource:\n  category: dns\ndetection:\n  s:\n    {shape}\n  condition: s\n")
    return str(directory)


def compare(bench):
    """The table of issue 4."""
    size = f"bytes={bench.args.size}"
    bind, unbound = bench.log("bind.log", "bind", size), bench.log("unbound.log", "unbound", size)
    packed = bench.gzip(bind)
    one, both = bench.digtrail(bind), bench.digtrail(bind, jobs=2)
    readonly = [str(bench.tools / "readonly"), packed]
    zlib = {"DIGTRAIL_INFLATE": "zlib"}
    if shutil.which("rg"):
        bench.pair("plain, 1 thread / rg -c alternation", one, piped("rg", "-c", ALTERNATION, bind), "cpu", 1.0, 0.6)
    else:
        print("rg is not installed: skipped (make deps-bench)")
    if shutil.which("mawk"):
        bench.pair("mawk requests by source / plain, 1 thread", ["mawk", COUNT, bind], one, "cpu", 3, 5, most=False)
    else:
        print("mawk is not installed: skipped (make deps-bench)")
    bench.pair("plain, 1 thread / wc -l", one, piped("wc", "-l", bind), "cpu")
    bench.pair("plain, 1 thread / 2 threads, merge included", one, both, "wall", 1.6, 1.9, most=False)
    bench.pair("gzip, 2 threads, zlib / zlib alone", bench.digtrail(packed, jobs=2), readonly, "wall", 1.1, 1.0,
               env_a=zlib, env_b=zlib)
    bench.pair("gzip, 2 threads, ISA-L / ISA-L alone", bench.digtrail(packed, jobs=2), readonly, "wall", 1.35, 1.05)
    bench.pair("zcat / gzip, 2 threads", piped("zcat", packed), bench.digtrail(packed, jobs=2), "wall", 3, 4, most=False)
    for name, path in (("BIND", bind), ("Unbound", unbound)):
        count = lines_of(path)
        bench.single(f"{name}, plain, 1 thread: CPU ns a line", bench.digtrail(path), lambda run: run.cpu * 1e9 / count, "ns")
    for threads, command in ((1, one), (2, both)):
        bench.single(f"peak memory, this BIND log, {threads} thread{'s' * (threads > 1)}", command,
                     lambda run: run.peak / MIB, "Mi", 128, 64, rounds=1)


def rules_and_flood(bench):
    """On a quarter of the log."""
    size = f"bytes={bench.args.size // 4}"
    bind = bench.log("quarter.log", "bind", size)
    bare = [*bench.digtrail(), "--no-default-rules"]
    for count, must, goal in ((30, 1.8, 1.5), (300, 3, None)):
        rules = make_rules(bench.tools / f"rules{count}", count)
        bench.pair(f"{count} rules / none", [*bare, "--rules", rules, bind], [*bare, bind], "cpu", must, goal)
    flood = bench.log("flood.log", "unbound", size, "flood=950", "spoofed=900")
    count = lines_of(flood)
    bench.single("flood of random names, spoofed: CPU ns a line", bench.digtrail(flood), lambda run: run.cpu * 1e9 / count, "ns")
    rules = make_rules(bench.tools / "rules30", 30)
    bench.pair("the same flood, 30 rules / none", [*bare, "--rules", rules, flood], [*bare, flood], "cpu")


def start_up(bench):
    line = bench.log("one.log", "bind", "lines=1")
    bench.single("start-up on one line, wall", bench.digtrail(line), lambda run: run.wall * 1e3, "ms", 15, 5, rounds=15)


def instructions(bench):
    """By callgrind, of the lines alone: the difference of two logs."""
    what = "instructions a line (callgrind)"
    if not bench.wanted(what):
        return
    if not shutil.which("valgrind"):
        print("valgrind is not installed: instructions skipped")
        return
    counts = []
    for lines in (20000, 120000):
        log = bench.log(f"lines{lines}.log", "bind", f"lines={lines}", "sources=2000", "zones=200")
        run = Run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", *bench.digtrail(log), "--no-sandbox"])
        counts.append(next(int(line.split()[-1]) for line in run.stderr.splitlines() if "Collected" in line))
    bench.row(what, [(counts[1] - counts[0]) / 100000])


def peers(bench):
    """Tools that report more than a count, on a quarter of the log."""
    bind = bench.log("quarter.log", "bind", f"bytes={bench.args.size // 4}")
    one = bench.digtrail(bind)
    lines = f"read_csv('{bind}', columns={{'line': 'VARCHAR'}}, delim='\x01', header=false, quote='')"
    query = f"select split_part(split_part(line, ' ', 7), '#', 1) as s, count(*) from {lines} group by s"
    has_module = importlib.util.find_spec("duckdb") is not None
    rows = {
        "goaccess": ["goaccess", bind, "--no-global-config", "--date-format=%d-%b-%Y", "--time-format=%H:%M:%S",
                     "--log-format=%d %t.%^ queries: info: client %^ %h#%^ (%^): view %v: query: %U IN %^",
                     "-o", "json", "--no-progress"],
        "duckdb": [sys.executable, "-c", "import duckdb, sys; duckdb.sql(sys.argv[1]).fetchall()", query] if has_module
                  else ["duckdb", "-c", query],
        "lnav": ["lnav", "-I", "tests/bench/lnav", "-n", "-c",
                 ";select c_ip, count(*) as n from bind_query group by c_ip order by n desc limit 100", bind],
    }
    for name, command in rows.items():
        if shutil.which(command[0]):
            bench.pair(f"{name} / plain, 1 thread", command, one, "cpu", most=False)
        else:
            print(f"{name} is not installed: skipped (make deps-bench; duckdb: pip install duckdb)")


def growth(bench):
    """Cost a line against the size of the log and the number of sources; only when asked."""
    for gib in bench.args.sizes:
        log = bench.log("size.log", "bind", f"bytes={int(gib * (1 << 30))}")
        count = lines_of(log)
        run = Run(bench.digtrail(log))
        bench.row(f"{gib:g} GiB: CPU ns a line", [run.cpu * 1e9 / count], "ns")
        bench.row(f"{gib:g} GiB: peak memory", [run.peak / MIB], "Mi")
    for sources in bench.args.source_counts:
        log = bench.log("sources.log", "unbound", f"bytes={bench.args.size // 4}", f"sources={sources}")
        count = lines_of(log)
        run = Run(bench.digtrail(log))
        bench.row(f"{sources} sources: CPU ns a line", [run.cpu * 1e9 / count], "ns")
        bench.row(f"{sources} sources: peak memory", [run.peak / MIB], "Mi")


def numbers(kind):
    return lambda text: [kind(float(word)) for word in text.split(",") if word]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    parser.add_argument("--tools", required=True, help="where makelog and readonly are; the logs go there")
    parser.add_argument("--size", type=int, default=1024 * MIB,
                        help="bytes of the logs that are compared (about); of others a quarter")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="", help="rows that hold this text")
    parser.add_argument("--sizes", type=numbers(float), default=[], help="GiB, comma between")
    parser.add_argument("--source-counts", type=numbers(int), default=[])
    parser.add_argument("--strict", action="store_true")
    args = parser.parse_args()
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if "model name" in line), "?")
    print(f"{model}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}; {args.size // MIB} MiB logs, "
          f"{args.rounds} rounds")
    bench = Bench(args)
    for part in (compare, rules_and_flood, start_up, instructions, peers, growth):
        part(bench)
    if bench.missed:
        print("missed: " + "; ".join(bench.missed))
    return args.strict and bool(bench.missed)


if __name__ == "__main__":
    sys.exit(main())
