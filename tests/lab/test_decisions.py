#!/usr/bin/env python3
"""What a person decides on a finding, from the mail to the next mail: allow add and ack; and the
mail that says that nothing is new.

    tests/lab/test_decisions.py PROGRAM

One source tries names of example.com in two nights that lie ten days apart, so that the second is
news again; then it takes the zone.
"""
import json
import os
import pathlib
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parents[2]
SCAN = (TOP / "tests/golden/logs/scan.log").read_text()
ATTACKER = "203.0.113.66"
TRANSFER = (
    f"{{day}}-Mar-2026 03:00:0{{n}}.000 xfer-out: info: client @0x7f1 {ATTACKER}#2000{{n}} (example.com): "
    "transfer of 'example.com/IN': AXFR {what}\n")
failed = False


def check(what, holds, *shown):
    global failed
    print(f"{'ok ' if holds else 'BAD'} {what}", *([] if holds else shown))
    failed = failed or not holds


class Nights:
    def __init__(self, program, folder):
        self.program, self.folder, self.state = program, folder, folder / "state"

    def run(self, *args):
        return subprocess.run([self.program, *map(str, args)], capture_output=True, text=True,
                              env=dict(os.environ, DIGTRAIL_CONFIG="/dev/null", TZ="UTC",
                                       DIGTRAIL_DATADIR=str(TOP / "patterns")))

    def night(self, day, *options, text=None):
        """Mail and JSON report of one night."""
        log, report = self.folder / f"{day}.log", self.folder / "report.json"
        log.write_text(text or SCAN.replace("10-Mar-2026", f"{day}-Mar-2026"))
        done = self.run("-q", "--role", "authoritative", "--state", self.state, "-o", report, *options, log)
        return done.stdout, json.loads(report.read_text())["findings"]

    def fork(self, name):
        """The same nights, from here on another way."""
        folder = self.folder / name
        folder.mkdir()
        other = Nights(self.program, folder)
        shutil.copy(self.state, other.state)
        return other


def allow(nights, mail):
    ident = re.search(r"^  ([0-9a-f]{12}), ", mail, re.M).group(1)
    lists = nights.folder / "allow.yml"
    add = ["allow", "add", ident, "--state", nights.state, "--allow", lists]
    check("the mail names the command", "digtrail allow add ID --reason TEXT --until DATE" in mail, mail)

    refused = nights.run(*add, "--reason", "test", "--until", "2026-03-09")
    check("an end before the finding is refused", refused.returncode == 2 and not lists.exists(), refused)
    refused = nights.run(*add, "--reason", "test", "--until", "soon")
    check("so is what is no date", refused.returncode == 2 and "no date" in refused.stderr, refused)
    refused = nights.run(*add, "--reason", " ", "--until", "2026-04-01")
    check("and an empty reason", refused.returncode == 2 and "reason" in refused.stderr, refused)
    refused = nights.run("allow", "add", "0123456789ab", "--state", nights.state, "--allow", lists,
                         "--reason", "test", "--until", "2026-04-01")
    check("and a finding that was not told", "no such finding" in refused.stderr, refused)

    old = "# ours\nallow:\n    - kind: any\n      reason: old\n      until: 2026-05-01\n"
    reason = 'ticket "4711": yes # ours'
    for shape, before in (("none", None), ("a list", "- kind: any\n  reason: old\n  until: 2026-05-01"),
                          ("an indented one", old), ("one in brackets", "[]\n"), ("comments", "# nothing\n")):
        lists.unlink(missing_ok=True)
        if before is not None:
            lists.write_text(before)
            lists.chmod(0o640)
        done = nights.run(*add, "--reason", reason, "--until", "2026-04-01")
        text = lists.read_text() if lists.exists() else ""
        check(f"added to {shape}, and what stood there still does",
              done.returncode == 0 and text.startswith(before or "- kind") and ATTACKER in text and
              [p.name for p in lists.parent.glob("allow.yml*")] == ["allow.yml"] and
              (before is None or lists.stat().st_mode & 0o777 == 0o640), done, text)
        later = nights.fork(f"allowed-{shape.split()[-1]}")
        mail, findings = later.night(20, "--allow", lists)
        check("the next night's mail is empty, the finding suppressed with the reason",
              mail == "" and any(f["suppressed"] and f["suppressed"]["reason"].startswith(reason) for f in findings),
              mail, findings)
    lists.write_text("- [\n")
    done = nights.run(*add, "--reason", "test", "--until", "2026-04-01")
    check("a broken list stays as it is and is named with its line",
          done.returncode == 2 and lists.read_text() == "- [\n" and "allow.yml:" in done.stderr, done)


def acknowledge(nights, mail):
    ident = re.search(r"^  ([0-9a-f]{12}), ", mail, re.M).group(1)
    mail, _ = nights.fork("control").night(20)
    check("without a decision the second scan is news", ATTACKER in mail, mail)
    for unknown in (True, False):
        done = nights.run("ack", "ffffffffffff" if unknown else ident, "--state", nights.state, "--reason", "us")
        check("an unknown finding is refused" if unknown else "ack", done.returncode == (2 if unknown else 0), done)
    mail, findings = nights.night(20)
    check("after ack it is not mailed again, but stays in the report",
          mail == "" and any(f["actor"]["addresses"] == [ATTACKER] for f in findings), mail, findings)
    text = "".join(TRANSFER.format(day=21, n=n, what=what) for n, what in
                   ((0, "started (serial 7)"), (1, "ended: 1 messages, 161 records, 4315 bytes, 0.001 secs (4315000 bytes/sec) (serial 7)")))
    mail, _ = nights.night(21, text=text)
    check("what is another matter is mailed", "AXFR" in mail and ATTACKER in mail, mail)
    for what, words in (("no id", ()), ("two ids", (ident, ident))):
        done = nights.run("ack", *words, "--state", nights.state, "--reason", "us")
        check(f"ack of {what} is refused", done.returncode == 2 and "finding's id" in done.stderr, done)
    done = nights.run("ack", ident)
    check("so is ack without a state", done.returncode == 2 and "--state" in done.stderr, done)
    done = nights.run("ack", ident, "--state", nights.folder / "none")
    check("and the state is not made by it", done.returncode == 2 and not (nights.folder / "none").exists(), done)


def escalate(nights):
    """A refused transfer is acknowledged; the same actor then gets the zone."""
    refused = (f"10-Mar-2026 02:00:00.000 security: error: client @0x7f1 {ATTACKER}#4000 (example.com): "
               "zone transfer 'example.com/AXFR/IN' denied\n")
    low = ("--level", "low")
    mail, findings = nights.night(10, *low, text=refused)
    check("a refused transfer is mailed where low is asked for", ATTACKER in mail, mail)
    ident = next(f["id"] for f in findings if f["kind"] == "transfer")
    check("ack of it", nights.run("ack", ident, "--state", nights.state).returncode == 0)
    mail, findings = nights.night(11, *low, text=refused.replace("10-Mar", "11-Mar"))
    check("refused again it stays quiet", mail == "" and findings, mail)
    text = "".join(TRANSFER.format(day=12, n=n, what=what) for n, what in (
        (0, "started (serial 7)"),
        (1, "ended: 1 messages, 161 records, 4315 bytes, 0.001 secs (4315000 bytes/sec) (serial 7)")))
    mail, findings = nights.night(12, "--secondary", "192.0.2.53", *low, text=text)
    check("granted it is worse and mailed in spite of the ack",
          ATTACKER in mail and "worse, since" in mail and
          any(f["status"] == "escalated" for f in findings if f["kind"] == "transfer"), mail, findings)


def quiet_line(day, host="192.0.2.7"):
    return (f"{day:02}-Mar-2026 04:00:00.000 queries: info: client @0x7f1 {host}#4000 (www.example.com): "
            "query: www.example.com IN A +E(0)K (198.51.100.1)\n")


def alive(nights):
    """Days pass in the logs; nothing happens."""
    mails = {day: nights.night(day, "--alive", 7, text=quiet_line(day))[0] for day in range(1, 16)}
    check("a mail comes in the first night and each seventh day, and no other",
          [day for day, mail in mails.items() if mail] == [1, 8, 15], mails)
    check("it says over what nothing was new",
          "still alive, nothing new" in mails[8] and
          "Still alive: 7 nights, 7 requests since 2026-03-01 04:00" in mails[8], mails[8])
    with sqlite3.connect(nights.state) as db:
        db.execute("DELETE FROM folds WHERE of_table = 'ceiling'")
        for table, columns in (("pairs", ("names", "dnssec_ok", "slot_shift", "slots")),
                               ("zones", ("slot_shift", "slots"))):
            for column in columns:
                db.execute(f"ALTER TABLE {table} ADD COLUMN {column} INTEGER")
            db.execute(f"UPDATE {table} SET evidence = 2147483648")
        db.execute("PRAGMA user_version = 1")
    done = nights.run("ack", "ffffffffffff", "--state", nights.state)
    with sqlite3.connect(nights.state) as db:
        version, = db.execute("PRAGMA user_version").fetchone()
    check("a state of an older schema is brought up to date", version == 3 and "no such finding" in done.stderr, done)
    check("without the option no mail comes", nights.night(25, text=quiet_line(25))[0] == "")
    report = json.loads((nights.folder / "report.json").read_text())
    row = report["sources"][0]
    check("the source is known since the first night",
          row["first_seen"].startswith("2026-03-25") and row["first_ever_seen"].startswith("2026-03-01"), row)


def main():
    with tempfile.TemporaryDirectory() as name:
        nights = Nights(sys.argv[1], pathlib.Path(name))
        mail, _ = nights.night(10)
        check("the scan is mailed", ATTACKER in mail, mail)
        allow(nights, mail)
        acknowledge(nights, mail)
        for what in (escalate, alive):
            folder = pathlib.Path(name) / what.__name__
            folder.mkdir()
            what(Nights(sys.argv[1], folder))
    return failed


if __name__ == "__main__":
    sys.exit(main())
