#!/usr/bin/env python3
"""What the nightly memory promises when things go wrong, and over a month.

    tests/lab/test_nights.py PROGRAM [--kills N] [--nights N] [kills|full_disk|rotation|month ...]

kills      kills the program (SIGKILL) at random moments, and compares sums
full_disk  lets every size of file fail, one after the other
rotation   real logrotate: copytruncate, compress, delaycompress, dateext, while a log is written
month      30 nights of real lines of named and Unbound, rotated by logrotate, attacks on some
"""
import argparse
import collections
import glob
import gzip
import json
import os
import random
import re
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LAB = os.path.join(os.path.dirname(TOP), "shared", "lab", "day")
ENVIRONMENT = dict(os.environ, TZ="UTC", LC_ALL="C.UTF-8", DIGTRAIL_DATADIR=TOP + "/patterns")


def line(n):
    return (
        "%02d-Mar-2026 %02d:%02d:%02d.%03d queries: info: client @0x7f00 192.0.2.%d#%d "
        "(w%d.example.com): query: w%d.example.com IN A +E(0)K (198.51.100.1)\n"
        % (1 + n // 86400, n // 3600 % 24, n // 60 % 60, n % 60, n % 1000, n % 200 + 1,
           1024 + n % 60000, n, n)
    ).encode()


def counted(state):
    """Requests of all nights that were committed."""
    if not os.path.exists(state):
        return 0
    with sqlite3.connect(state) as db:
        try:
            return db.execute("SELECT coalesce(sum(requests), 0) FROM nights").fetchone()[0]
        except sqlite3.OperationalError:
            return 0


class Failure(Exception):
    pass


def expect(condition, *what):
    if not condition:
        raise Failure(" ".join(str(part) for part in what))


def command(program, directory, *more):
    return [program, "-q", "--state", directory + "/state", "-o", directory + "/report.json",
            "--save", directory + "/night.tally", *more, directory + "/logs"]


def kills(program, directory, arguments):
    """Logs grow and rotate; the program is killed anywhere, often in the middle of its commit."""
    chance = random.Random(arguments.seed)
    log = directory + "/logs/q.log"
    os.mkdir(directory + "/logs")
    written = 0
    began = time.monotonic()
    with open(log, "wb") as out:
        out.write(b"".join(line(n) for n in range(200)))
    written = 200
    subprocess.run(command(program, directory), env=ENVIRONMENT, stdout=subprocess.DEVNULL,
                   check=True)
    lasts = time.monotonic() - began
    finished = 0
    for _ in range(arguments.kills):
        more = chance.randrange(1, 60)
        with open(log, "ab") as out:
            out.write(b"".join(line(n) for n in range(written, written + more)))
        written += more
        if chance.random() < 0.3:
            generations = len(glob.glob(log + ".*"))
            for old in range(generations, 0, -1):
                os.rename("%s.%d" % (log, old), "%s.%d" % (log, old + 1))
            os.rename(log, log + ".1")
            open(log, "wb").close()
        run = subprocess.Popen(command(program, directory), env=ENVIRONMENT,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            run.wait(chance.random() * lasts * 2.5)
            finished += 1
        except subprocess.TimeoutExpired:
            run.send_signal(signal.SIGKILL)
            run.wait()
        if os.path.exists(directory + "/report.json"):
            with open(directory + "/report.json", encoding="utf-8") as report:
                json.load(report)
        expect(counted(directory + "/state") <= written, "more was counted than there is")
    subprocess.run(command(program, directory), env=ENVIRONMENT, stdout=subprocess.DEVNULL,
                   check=True)
    expect(counted(directory + "/state") == written, counted(directory + "/state"),
           "requests counted of", written)
    with open(directory + "/report.json", encoding="utf-8") as report:
        expect(json.load(report)["requests"] < 4000, "the report is that of the last night")
    expect(arguments.kills * 0.05 < finished < arguments.kills * 0.9,
           finished, "runs of", arguments.kills, "ended before they were killed")
    return "%d kills, %d runs ended in time, %d requests counted once" % (
        arguments.kills - finished, finished, written)


def limit(size):
    """No file may become larger; writing on fails as on a full disk."""
    def prepare():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    return prepare


def full_disk(program, directory, _arguments):
    os.mkdir(directory + "/logs")
    written = failures = 0
    for size in [*range(0, 100000, 9000), *range(100000, 3000000, 97000), 10**8]:
        with open(directory + "/logs/q.log", "ab") as out:
            out.write(b"".join(line(n) for n in range(written, written + 40)))
        written += 40
        before = counted(directory + "/state")
        run = subprocess.run(command(program, directory), env=ENVIRONMENT, capture_output=True,
                             preexec_fn=limit(size), check=False)
        after = counted(directory + "/state")
        if run.returncode != 0:
            failures += 1
            expect(run.returncode == 2, "status", run.returncode, run.stderr)
            expect(run.stderr, "a failure without a word")
            expect(after in (before, written), "part of a night was kept")
        else:
            expect(after == written, after, "of", written, "with", size, "bytes a file")
    expect(failures > 3, "only", failures, "runs failed")
    expect(counted(directory + "/state") == written, "sum")
    left = [name for name in os.listdir(directory) if ".tmp-" in name]
    expect(not left, "left behind:", left)
    return "%d runs failed for want of room, %d requests counted once" % (failures, written)


CONFIGURATIONS = {
    "rename": "rotate 9\n",
    "compress": "rotate 9\ncompress\n",
    "delaycompress": "rotate 9\ncompress\ndelaycompress\n",
    "copytruncate": "rotate 9\ncopytruncate\n",
    "copytruncate, compress": "rotate 9\ncopytruncate\ncompress\n",
    "dateext": "rotate 9\ndateext\ndateformat -%Y%m%d-%s\n",
    "dateext, compress, delaycompress":
        "rotate 9\ndateext\ndateformat -%Y%m%d-%s\ncompress\ndelaycompress\n",
}


def logrotate(directory, log, how):
    """Rotates once with the real thing, now."""
    config = directory + "/logrotate.conf"
    with open(config, "w", encoding="ascii") as out:
        out.write("%s {\nsu root root\nmissingok\n%s}\n" % (log, how) if os.getuid() == 0
                  else "%s {\nmissingok\n%s}\n" % (log, how))
    os.chmod(config, 0o644)
    subprocess.run(["logrotate", "-f", "-s", directory + "/logrotate.state", config], check=True)


class Writer(threading.Thread):
    """Writes on while the program reads; stands still while logrotate copies and truncates."""

    def __init__(self, log):
        super().__init__(daemon=True)
        self.log, self.written = log, 0
        self.gate = threading.Lock()
        self.over = False

    def run(self):
        while not self.over:
            with self.gate:
                with open(self.log, "ab", buffering=0) as out:
                    for _ in range(7):
                        whole = line(self.written)
                        out.write(whole[:50])
                        out.write(whole[50:])
                        self.written += 1
            time.sleep(0.001)


def rotation(program, directory, _arguments):
    told = []
    for number, (name, how) in enumerate(CONFIGURATIONS.items()):
        place = "%s/%d" % (directory, number)
        os.makedirs(place + "/logs")
        writer = Writer(place + "/logs/q.log")
        writer.start()
        for night in range(5):
            time.sleep(0.15)
            subprocess.run(command(program, place), env=ENVIRONMENT, stdout=subprocess.DEVNULL,
                   check=True)
            with writer.gate:
                logrotate(place, writer.log, how)
            time.sleep(1.05 if "dateext" in how else 0.05)
            subprocess.run(command(program, place), env=ENVIRONMENT, stdout=subprocess.DEVNULL,
                   check=True)
        writer.over = True
        writer.join()
        subprocess.run(command(program, place), env=ENVIRONMENT, stdout=subprocess.DEVNULL,
                   check=True)
        files = len(os.listdir(place + "/logs"))
        expect(counted(place + "/state") == writer.written, name, ":",
               counted(place + "/state"), "requests counted of", writer.written)
        expect(files >= 5, name, "rotated into", files, "files")
        told.append(writer.written)
    return "%d ways to rotate, %d lines written meanwhile, each counted once" % (
        len(CONFIGURATIONS), sum(told))


# A month. Which attackers of the lab's day come in which night.
ATTACKS = {
    4: ["203.0.113.12"], 7: ["203.0.113.65"], 10: ["203.0.113.22"], 13: ["203.0.113.18"],
    16: ["203.0.113.17"], 19: ["203.0.113.25"], 22: ["2001:db8:bad:1::16"], 26: ["203.0.113.24"],
}
MONTHS = ("Jan", "Feb", "Mar", "Apr")
# Kinds that a single line proves: they must be the same however the log is cut into nights.
DETERMINISTIC = {"transfer", "any", "chaos"}


def read_lines(pattern):
    for path in sorted(glob.glob(os.path.join(LAB, pattern))):
        with (gzip.open if path.endswith(".gz") else open)(path, "rb") as source:
            yield from source


def lab_lines():
    """Lines of the lab's day by log and client: quiet sources, and those of ATTACKS."""
    with open(os.path.join(LAB, "labels.tsv"), encoding="utf-8") as rows:
        labels = [row.split("\t")[:3] for row in rows]
    bad = {source.encode() for sources in ATTACKS.values() for source in sources}
    benign = sorted(row[1] for row in labels if row[0] == "bind-auth" and
                    row[2] in ("benign:resolver_small", "benign:mail_remote"))
    quiet = {source.encode() for source in benign[::3]}
    client = re.compile(rb"client (?:@0x[0-9a-f]+ )?([0-9a-fA-F.:]+)#")
    logs = collections.defaultdict(lambda: collections.defaultdict(list))
    for log in ("bind-queries.log*", "bind-security.log", "bind-xfer.log"):
        for text in read_lines(log):
            found = client.search(text)
            if found and (found.group(1) in bad or found.group(1) in quiet):
                logs[log.rstrip("*")][found.group(1) if found.group(1) in bad else b""].append(text)
    office = [text for text in read_lines("unbound-office.log-2026031006.gz")
              if b" 203.0.113." not in text][:3000]
    logs["unbound-office.log"][b""] = office
    return logs


def shifted(text, night):
    """The line, `night` days after the lab's day."""
    if text.startswith(b"["):
        end = text.index(b"]")
        return b"[%d%s" % (int(text[1:end]) + night * 86400, text[end:])
    day = 10 + night
    month = "Mar" if day <= 31 else "Apr"
    return b"%02d-%s" % (day if day <= 31 else day - 31, month.encode()) + text[6:]


def key(finding):
    return (finding["kind"], tuple(finding["actor"]["addresses"]), tuple(finding["zones"]["list"]))


def month(program, directory, arguments):
    if not os.path.isdir(LAB):
        return "there are no labelled logs at %s: NOT COMPARED" % LAB
    lab = lab_lines()
    logs, whole = directory + "/logs", directory + "/whole"
    os.mkdir(logs)
    os.mkdir(whole)
    new, statuses, sums, loud = collections.Counter(), [], 0, []
    options = ["--secondary", "198.51.100.53", "--secondary", "198.51.100.54"]
    for night in range(arguments.nights):
        for log, clients in lab.items():
            texts = list(clients[b""])
            for source in ATTACKS.get(night, []):
                texts += clients[source.encode()]
            content = [shifted(text, night) for text in sorted(texts, key=lambda text: text[:24])]
            half = len(content) // 2
            with open("%s/%s" % (logs, log), "ab") as out:
                out.writelines(content[:half])
            if os.path.getsize("%s/%s" % (logs, log)):
                logrotate(directory, "%s/%s" % (logs, log),
                          "rotate 99\ncompress\n" + ("copytruncate\n" if "unbound" in log
                                                     else "delaycompress\n"))
            with open("%s/%s" % (logs, log), "ab") as out:
                out.writelines(content[half:])
            with open("%s/%s" % (whole, log), "ab") as out:
                out.writelines(content)
        run = subprocess.run([program, "-q", "--state", directory + "/state", *options,
                              "-o", directory + "/night.json", "-o", "-", logs],
                             env=ENVIRONMENT, capture_output=True, check=False)
        expect(run.returncode == 0, "night", night, run.stderr)
        with open(directory + "/night.json", encoding="utf-8") as report:
            report = json.load(report)
        sums += report["requests"]
        for finding in report["findings"]:
            if finding["suppressed"] is None and finding["kind"] in DETERMINISTIC:
                new[key(finding)] += finding["status"] == "new"
                statuses.append(finding["status"])
        news = any(finding["status"] in ("new", "escalated") and finding["suppressed"] is None and
                   finding["level"] in ("medium", "high", "critical")
                   for finding in report["findings"])
        expect(bool(run.stdout.strip()) == news, "night", night, "has",
               "no mail" if news else "a mail:", run.stdout[:200])
        if news:
            loud.append(night)
    run = subprocess.run([program, "-f", "json", *options, whole], env=ENVIRONMENT,
                         capture_output=True, check=True)
    report = json.loads(run.stdout)
    expect(sums == report["requests"], "the nights count", sums, "requests, one run",
           report["requests"])
    at_once = {key(finding) for finding in report["findings"]
               if finding["suppressed"] is None and finding["kind"] in DETERMINISTIC}
    expect(set(new) == at_once, "the nights found", sorted(set(new) - at_once),
           "more and", sorted(at_once - set(new)), "less than one run")
    twice = [finding for finding, times in new.items() if times != 1]
    expect(not twice, "not told as new exactly once:", twice)
    attacked = set(ATTACKS)
    expect(not set(loud) - attacked, "quiet nights with a mail:", sorted(set(loud) - attacked))
    size = os.path.getsize(directory + "/state")
    return ("%d nights, %d requests as in one run, %d deterministic findings each new once, mails "
            "in nights %s; the state takes %d KiB" % (arguments.nights, sums, len(new), loud,
                                                      size // 1024))


PARTS = {"kills": kills, "full_disk": full_disk, "rotation": rotation, "month": month}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("parts", nargs="*", help="of: " + ", ".join(PARTS))
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--nights", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", action="store_true")
    arguments = parser.parse_intermixed_args()
    program = os.path.abspath(arguments.program)
    failed = 0
    for name in arguments.parts or PARTS:
        directory = tempfile.mkdtemp(prefix="digtrail-nights-")
        os.chmod(directory, 0o755)
        try:
            print("nights: %s: %s" % (name, PARTS[name](program, directory, arguments)))
        except (Failure, subprocess.CalledProcessError) as error:
            print("nights: %s: %s" % (name, error))
            failed += 1
        if arguments.keep:
            print(directory)
        else:
            shutil.rmtree(directory)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
