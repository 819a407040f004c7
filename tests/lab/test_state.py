#!/usr/bin/env python3
"""The nightly memory, seen from outside: each line of a log that is rotated, copied, compressed,
appended to, restored and cut off is counted once (DESIGN.md law 7).

    tests/lab/test_state.py PROGRAM [CASE...]
"""
import gzip
import json
import os
import shutil
import subprocess
import sys
import tempfile

PROGRAM = os.path.abspath(sys.argv[1])
ONLY = sys.argv[2:]
TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
ENVIRONMENT = dict(os.environ, TZ="UTC", LC_ALL="C.UTF-8", DIGTRAIL_DATADIR=TOP + "/patterns")


def line(n, day=1):
    """A query line; its length varies so that cuts fall everywhere in it."""
    return (
        "%02d-Mar-2026 %02d:%02d:%02d.%03d queries: info: client @0x7f00 192.0.2.%d#%d "
        "(w%d.example.com): query: w%d.example.com IN A +E(0)K (198.51.100.1)\n"
        % (day, n // 3600 % 24, n // 60 % 60, n % 60, n % 1000, n % 200 + 1, 1024 + n, n, n)
    ).encode()


def lines(first, last, day=1):
    return b"".join(line(n, day) for n in range(first, last))


class World:
    """A directory of logs, a state, and the sum of what all nights have counted."""

    def __init__(self, directory):
        self.directory = directory
        self.logs = os.path.join(directory, "logs")
        self.state = os.path.join(directory, "state")
        os.mkdir(self.logs)
        self.requests = 0
        self.status = 0
        self.messages = ""

    def path(self, name):
        return os.path.join(self.logs, name)

    def write(self, name, content, append=False):
        with open(self.path(name), "ab" if append else "wb") as out:
            out.write(content)

    def gzip(self, name, to=None):
        """As gzip does: a new file, then the old one goes."""
        with open(self.path(name), "rb") as source:
            content = source.read()
        self.write(to or name + ".gz", gzip.compress(content, 6))
        os.unlink(self.path(name))

    def night(self, *options, expect=0):
        """One run; returns the report. `expect` None: whatever the status."""
        result = subprocess.run(
            [PROGRAM, "--state", self.state, "-f", "json", *options, self.logs],
            env=ENVIRONMENT, capture_output=True, check=False,
        )
        self.status = result.returncode
        self.messages = result.stderr.decode()
        if expect is not None and result.returncode != expect:
            raise AssertionError("status %d: %s" % (result.returncode, self.messages))
        report = json.loads(result.stdout)
        self.requests += report["requests"]
        return report

    def expect(self, requests, what):
        if self.requests != requests:
            raise AssertionError("%s: %d requests counted, not %d\n%s"
                                 % (what, self.requests, requests, self.messages))


def grows(world):
    for n in range(5):
        world.write("q.log", lines(n * 10, n * 10 + 10), append=True)
        world.night()
        world.night()
        world.expect(n * 10 + 10, "after growth %d" % n)


def renamed(world):
    world.write("q.log", lines(0, 50))
    world.night()
    world.write("q.log", lines(50, 60), append=True)
    os.rename(world.path("q.log"), world.path("q.log.1"))
    world.write("q.log", lines(60, 70))
    world.night()
    world.expect(70, "renamed")
    os.rename(world.path("q.log.1"), world.path("q.log.2"))
    os.rename(world.path("q.log"), world.path("q.log.1"))
    world.write("q.log", b"")
    world.night()
    world.expect(70, "renamed, the new one empty")


def copytruncate(world):
    world.write("q.log", lines(0, 50))
    world.night()
    world.write("q.log", lines(50, 60), append=True)
    shutil.copy(world.path("q.log"), world.path("q.log.1"))
    world.write("q.log", lines(60, 65))
    world.night()
    world.expect(65, "copied and truncated")
    world.write("q.log", lines(65, 100), append=True)
    world.night()
    world.expect(100, "grown behind the truncation")


def dateext_and_gzip(world):
    world.write("q.log", lines(0, 50))
    world.night()
    world.write("q.log", lines(50, 60), append=True)
    os.rename(world.path("q.log"), world.path("q.log-20260301"))
    world.gzip("q.log-20260301")
    world.write("q.log", lines(60, 70))
    world.night()
    world.expect(70, "rotated by date and compressed at once")
    world.night()
    world.expect(70, "nothing new")


def compressed_later(world):
    world.write("q.log", lines(0, 50))
    world.night()
    os.rename(world.path("q.log"), world.path("q.log.1"))
    world.write("q.log", lines(50, 60))
    world.night()
    world.gzip("q.log.1", "q.log.2.gz")
    os.rename(world.path("q.log"), world.path("q.log.1"))
    world.night()
    world.expect(60, "compressed a night later")


def recompressed(world):
    world.write("q.log", lines(0, 500))
    content = lines(0, 500)
    world.write("q.log.1.gz", gzip.compress(content, 1))
    os.unlink(world.path("q.log"))
    world.night()
    world.write("q.log.1.gz", gzip.compress(content, 9))
    world.night()
    world.expect(500, "compressed anew")
    subprocess.run("zstd -q --rm q.log.1 && xz -k q.log.9", shell=True, cwd=world.logs,
                   check=False, stderr=subprocess.DEVNULL)
    os.unlink(world.path("q.log.1.gz"))
    world.write("q.log.1", content)
    subprocess.run(["xz", "q.log.1"], cwd=world.logs, check=True)
    world.night()
    world.expect(500, "as xz")
    subprocess.run("xz -d q.log.1.xz && zstd -q --rm q.log.1", shell=True, cwd=world.logs,
                   check=True)
    world.night()
    world.expect(500, "as zstd")


def appended_members(world):
    world.write("q.log.gz", gzip.compress(lines(0, 300)))
    world.night()
    world.write("q.log.gz", gzip.compress(lines(300, 350)), append=True)
    world.night()
    world.expect(350, "a member more")
    world.write("q.log.gz", gzip.compress(lines(350, 360)), append=True)
    world.write("q.log.gz", gzip.compress(lines(360, 370)), append=True)
    report = world.night()
    world.expect(370, "two members more")
    assert report["input"]["bytes"] == len(lines(350, 370)), report["input"]
    # And the same log unpacked.
    subprocess.run(["gzip", "-d", "q.log.gz"], cwd=world.logs, check=True)
    world.write("q.log", lines(370, 371), append=True)
    world.night()
    world.expect(371, "unpacked and grown")


def restored_backup(world):
    world.write("q.log", lines(0, 100))
    world.night()
    world.gzip("q.log", "q.log.1.gz")
    backup = world.path("../backup.gz")
    shutil.copy(world.path("q.log.1.gz"), backup)
    os.unlink(world.path("q.log.1.gz"))
    world.write("q.log", lines(100, 110))
    world.night()
    shutil.copy(backup, world.path("restored.gz"))
    world.night()
    world.expect(110, "a backup came back")
    # An older state of the log, shorter than what was read.
    world.write("older.log", lines(100, 105))
    world.night()
    world.expect(110, "the beginning of a log that is there")


def two_names(world):
    world.write("a.log", lines(0, 100))
    shutil.copy(world.path("a.log"), world.path("b.log"))
    world.night()
    world.expect(100, "twice in a night")
    os.unlink(world.path("a.log"))
    world.night()
    world.expect(100, "the other name alone")
    world.gzip("b.log")
    world.night()
    world.expect(100, "the other name compressed")


def unterminated(world):
    content = lines(0, 10)
    world.write("q.log", content[:-30])
    world.night()
    world.expect(9, "half a line waits")
    world.write("q.log", content)
    world.night()
    world.expect(10, "until it is whole")
    world.write("q.log", line(10)[:-1], append=True)
    world.night()
    world.expect(10, "a line without newline waits")
    world.night()
    world.expect(11, "and is taken when it does not change")
    world.write("q.log", b"\n" + line(11)[:-1], append=True)
    world.night()
    world.gzip("q.log")
    world.night()
    world.expect(12, "or when the file was compressed")


def growing_gzip(world):
    whole = gzip.compress(lines(0, 2000))
    world.write("q.log.1", lines(0, 2000))
    world.write("q.log.1.gz", whole[: len(whole) // 2])
    world.night()
    world.expect(2000, "its source is beside it")
    os.unlink(world.path("q.log.1"))
    world.write("q.log.1.gz", whole)
    world.night()
    world.expect(2000, "complete")
    other = gzip.compress(lines(5000, 6000, 2))
    world.write("r.log.gz", other[: len(other) // 2])
    world.night()
    world.expect(2000, "alone, it waits")
    assert "waits" in world.messages, world.messages
    world.write("r.log.gz", other)
    world.night()
    world.expect(3000, "until it is complete")
    world.write("s.log.gz", gzip.compress(lines(7000, 8000, 3))[:-400])
    world.night()
    world.expect(3000, "cut off")
    world.night(expect=2)
    assert 3000 < world.requests < 4000, world.requests
    counted = world.requests
    world.night(expect=2)
    world.expect(counted, "damaged for good: said, and not counted again")


def every_byte(world):
    """Rotates at every byte of a small log: by renaming, and by copying and truncating."""
    content = lines(0, 2)
    for how in ("rename", "copytruncate", "gzip"):
        for at in range(0, len(content) + 1, int(os.environ.get("STEP", "1"))):
            for name in os.listdir(world.logs):
                os.unlink(world.path(name))
            if os.path.exists(world.state):
                os.unlink(world.state)
            world.requests = 0
            world.write("q.log", content[:at])
            # Half of the first line is no log yet, and alone in a directory that is said.
            world.night(expect=None if 0 < at < len(line(0)) else 0)
            if how == "rename":
                os.rename(world.path("q.log"), world.path("q.log.1"))
                world.write("q.log.1", content, append=False)
                world.write("q.log", lines(10, 12))
            elif how == "copytruncate":
                world.write("q.log.1", content)
                world.write("q.log", lines(10, 12))
            else:
                world.write("q.log.1.gz", gzip.compress(content))
                world.write("q.log", lines(10, 12))
            world.night()
            world.expect(4, "%s at byte %d" % (how, at))


CASES = [grows, renamed, copytruncate, dateext_and_gzip, compressed_later, recompressed,
         appended_members, restored_backup, two_names, unterminated, growing_gzip, every_byte]


def main():
    failed = 0
    cases = [case for case in CASES if not ONLY or case.__name__ in ONLY]
    for case in cases:
        with tempfile.TemporaryDirectory(prefix="digtrail-state-") as directory:
            try:
                case(World(directory))
            except AssertionError as error:
                print("state: %s: %s" % (case.__name__, error))
                failed += 1
    print("state: %d of %d cases passed" % (len(cases) - failed, len(cases)))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
