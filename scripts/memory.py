#!/usr/bin/env python3
"""--memory is kept, and what matters stays, under a flood of sources and names.

    scripts/memory.py --program P --tools DIR [--lines N] [--memory 64M,256M,1G]

A log streams from tests/bench/makelog.c into digtrail's standard input: nine lines in ten come
from an address of their own, eight in ten ask a name of their own in two thousand zones, some
are attacks, and the rest are sources in Zipf's proportions. Expected for each ceiling: a peak
of at most that and 32 MiB; the hundred busiest sources (counted beside it, exactly) in the
report; every finding that names one actor with a row in its table of sources; the report says
that it folded. The same from a file, which two threads begin to read, and five. Exit 1 when one of
these does not hold.
"""
import argparse
import collections
import json
import subprocess
import sys
import tempfile

MIB = 1 << 20
ALLOWANCE = 32 * MIB


def size_of(text):
    return int(text[:-1]) << {"K": 10, "M": 20, "G": 30}[text[-1]] if text[-1] in "KMG" else int(text)


def log_command(args):
    return [f"{args.tools}/makelog", "unbound", f"lines={args.lines}", "spoofed=900", "fresh=800", "attacks=2",
            f"sources={args.sources}"]


def busiest(args):
    """The hundred sources with most lines, in order, with their counts."""
    program = '{ n[$4]++ } END { for (s in n) if (n[s] > 1) print n[s], s }'
    make = subprocess.Popen(log_command(args), stdout=subprocess.PIPE)
    count = subprocess.run(["mawk", program], stdin=make.stdout, capture_output=True, check=True, text=True)
    rows = (line.split() for line in count.stdout.splitlines())
    counter = collections.Counter({source: int(n) for n, source in rows})
    return counter.most_common(100)


def run(args, memory, log, jobs):
    """Peak, CPU seconds and report; of standard input where `log` is None."""
    with tempfile.NamedTemporaryFile() as out:
        make = None if log else subprocess.Popen(log_command(args), stdout=subprocess.PIPE)
        command = ["/usr/bin/env", "python3", "-c", "import os,resource,subprocess,sys\n"
                   "status = subprocess.run(sys.argv[2:], stdout=open(sys.argv[1], 'w')).returncode\n"
                   "usage = resource.getrusage(resource.RUSAGE_CHILDREN)\n"
                   "print(usage.ru_maxrss * 1024, usage.ru_utime + usage.ru_stime, status)",
                   out.name, args.program, "-q", "--memory", memory, "--jobs", jobs, "--top", "2000", "-f", "json",
                   log or "-"]
        done = subprocess.run(command, stdin=make and make.stdout, capture_output=True, text=True, check=True)
        peak, cpu, status = done.stdout.split()
        if status != "0":
            sys.exit(f"memory: digtrail ended with {status}: {done.stderr}")
        return int(peak), float(cpu), json.load(open(out.name))


def check(args, memory, truth, log, jobs):
    peak, cpu, report = run(args, memory, log, jobs)
    rows = {row["address"]: row for row in report["sources"]}
    absent = [address for address, _ in truth if address not in rows]
    wrong = [address for address, n in truth if address in rows and
             not (rows[address]["requests"] == n or (rows[address]["folded"] and rows[address]["requests"] < n))]
    error = max((1 - rows[address]["requests"] / n for address, n in truth if address in rows), default=0)
    actors = {finding["actor"]["addresses"][0] for finding in report["findings"]
              if len(finding["actor"]["addresses"]) == 1}
    lost = sorted(actor for actor in actors if actor not in rows)
    folded = report["memory"]
    problems = []
    if peak > size_of(memory) + ALLOWANCE:
        problems.append(f"peak {peak / MIB:.0f} MiB")
    if absent:
        problems.append(f"{len(absent)} of the busiest 100 are not in the report")
    if wrong:
        problems.append(f"{len(wrong)} of the busiest 100 are counted wrong and not marked")
    if lost:
        problems.append(f"{len(lost)} of {len(actors)} actors have no row: {lost[:3]}")
    if not folded["approximate"] and args.lines > 5000000:
        problems.append("nothing was folded: this tests nothing")
    print(f"--memory {memory}, {'a file' if log else 'a pipe'}, {jobs} threads: peak {peak / MIB:.0f} MiB, {cpu * 1e9 / args.lines:.0f} ns a line; "
          f"{folded['folded_sources']} sources folded; busiest 100: {100 - len(absent)} there, counted at most "
          f"{error * 100:.2f} % too low; {len(actors)} actors, {len(actors) - len(lost)} with a row"
          + (": " + "; ".join(problems) if problems else ""), flush=True)
    return not problems


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    parser.add_argument("--tools", required=True)
    parser.add_argument("--lines", type=int, default=12000000)
    parser.add_argument("--sources", type=int, default=20000)
    parser.add_argument("--memory", default="64M,256M,1G")
    args = parser.parse_args()
    truth = busiest(args)
    with tempfile.NamedTemporaryFile() as log:
        subprocess.run(log_command(args), stdout=log, check=True)
        return not all([check(args, memory, truth, name, jobs) for memory in args.memory.split(",")
                        for name, jobs in ((None, "2"), (log.name, "2"), (log.name, "5"))])


if __name__ == "__main__":
    sys.exit(main())
