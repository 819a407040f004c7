#!/usr/bin/env python3
"""The Spark job on a real local cluster gives the report of one digtrail, byte for byte.

    packaging/spark/test_spark.py PROGRAM

Two worker processes with an executor each; one executor is killed while its digtrail reads.
"""
import gzip
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

PROGRAM = os.path.abspath(sys.argv[1])
HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
ENVIRONMENT = dict(os.environ, TZ="UTC", LC_ALL="C.UTF-8", DIGTRAIL_DATADIR=TOP + "/patterns",
                   PYSPARK_PYTHON=sys.executable, SPARK_LOCAL_IP="127.0.0.1",
                   DIGTRAIL_CONFIG="/dev/null")
SUBMIT = [os.path.join(os.path.dirname(sys.executable), "spark-submit"),
          "--conf", "spark.ui.enabled=false", "--conf", "spark.speculation=true",
          "--driver-memory", "512m", "--executor-memory", "512m"]
PATIENCE = 600


def parents():
    """{process: (its parent, its name)} of all processes."""
    table = {}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open("/proc/%s/stat" % pid, encoding="utf-8", errors="replace") as stat:
                name, rest = stat.read().rsplit(")", 1)
        except OSError:
            continue
        table[int(pid)] = int(rest.split()[1]), name.split("(", 1)[1]
    return table


def reading(job):
    """[(digtrail, executor)] below the job: the executor is the nearest java above it."""
    table, found = parents(), []
    for pid, (above, name) in table.items():
        if name != "digtrail":
            continue
        executor = None
        while above in table and above != job:
            if table[above][1] == "java":
                executor = executor or above
            above = table[above][0]
        if above == job and executor:
            found.append((pid, executor))
    return found


def kill_one(job):
    """Kills an executor at the fourth digtrail: some tallies are made, some are not."""
    seen = set()
    while job.poll() is None:
        for pid, executor in reading(job.pid):
            seen.add(pid)
            if len(seen) >= 4:
                os.kill(executor, signal.SIGKILL)
                return
        time.sleep(0.005)
    raise AssertionError("the job ended before an executor could be killed")


def submit(directory, master, arguments, kill):
    log = os.path.join(directory, "spark.log")
    result = os.path.join(directory, "result-%d.json" % kill)
    with open(log, "wb") as out:
        job = subprocess.Popen(
            [*SUBMIT, "--master", master, HERE + "/digtrail_spark.py", "--digtrail", PROGRAM,
             "--result", result, *arguments],
            env=ENVIRONMENT, cwd=directory, stdout=out, stderr=out)
        try:
            if kill:
                kill_one(job)
            status = job.wait(PATIENCE)
        finally:
            if job.poll() is None:
                job.terminate()
                job.wait()
    with open(log, encoding="utf-8", errors="replace") as text:
        said = text.read()
    if not os.path.exists(result):
        raise AssertionError("no result:\n" + said[-3000:])
    with open(result, encoding="utf-8") as text:
        return status, json.load(text), said


def make_logs(directory):
    """Logs of three servers; one of them is cut off, one file is no log."""
    logs = os.path.join(directory, "logs")
    for name in ("bind-day", "quiet-day", "unbound"):
        shutil.copytree(TOP + "/samples/" + name, os.path.join(logs, name),
                        ignore=shutil.ignore_patterns("README", "labels.tsv"))
    cut = logs + "/unbound/unbound-public.log-2026031006.gz"
    with open(cut, "r+b") as log:
        log.truncate(os.path.getsize(cut) // 2)
    with gzip.open(logs + "/quiet-day/notes.gz", "wb") as notes:
        notes.write(b"no log at all\n" * 100)
    return logs


def alone(paths, output):
    """Copies are named without the first slash: as seen from /."""
    done = subprocess.run([PROGRAM, "-q", "--memory", "1G", "-o", output, *paths],
                          env=ENVIRONMENT, cwd="/", capture_output=True, check=False)
    return done.returncode


def expect(condition, what):
    if not condition:
        raise AssertionError(what)


def read(path):
    with open(path, "rb") as file:
        return file.read()


def cluster_with_a_loss(directory):
    """Two workers, files copied by Hadoop's shell, an executor killed."""
    logs = make_logs(directory)
    paths = sorted(os.path.join(where, name)[1:] for where, _, names in os.walk(logs)
                   for name in names)
    expect(alone(paths, directory + "/alone.json") == 2, "the cut log is not noticed")
    status, result, said = submit(
        directory, "local-cluster[2,1,1024]",
        ["--copy", "--group-bytes", "300000", "--fan-in", "3",
         "-o", "file://%s/spark.json" % directory, "file://" + logs, "file:///no/such/log"], True)
    expect("ExecutorLostFailure" in said or "Lost executor" in said,
           "no executor was lost:\n" + said[-3000:])
    expect(status == 2 and result["status"] == 2, "status %d: %s" % (status, result))
    expect(result["groups"] >= 6, result)
    expect([one["path"] for one in result["failed"]] == ["file:///no/such/log"], result)
    for name in ("unbound-public.log-2026031006.gz", "notes.gz"):
        expect(any(name in line for line in result["messages"]), result)
    expect(read(directory + "/alone.json") == read(directory + "/spark.json"),
           "the reports differ")
    print("spark: %d groups, an executor killed, the report of one digtrail" % result["groups"])


def in_place(directory):
    """One machine, files read where they lie, one group, an own key shipped."""
    with open(directory + "/key", "wb") as key:
        key.write(b"throw-away-key-of-a-test-of-digtrail\n")
    os.chmod(directory + "/key", 0o600)
    logs = [TOP + "/samples/quiet-day/bind-recursive-queries.log.gz"]
    expect(alone(["--key-file", directory + "/key", *logs], directory + "/alone.json") == 0,
           "the sample is not read")
    status, result, said = submit(
        directory, "local[1]", ["--ship", directory + "/key", "-o", "spark.json",
                                *("file://" + log for log in logs), "--", "--key-file", "@key"],
        False)
    expect(status == 0 and result["status"] == 0 and not result["failed"], said[-3000:])
    expect(read(directory + "/alone.json") == read(directory + "/spark.json"),
           "the reports differ in place")
    print("spark: in place, with a shipped key, the report of one digtrail")


def a_dying_program(directory):
    """digtrail dies on one log wherever it is tried: that log is named, the others are reported."""
    program, tries = directory + "/digtrail", directory + "/tries"
    with open(program, "w", encoding="utf-8") as script:
        script.write("#!/bin/sh\ncase $* in *deadly*) echo x >>%s; kill -9 $$;; esac\nexec %s \"$@\"\n"
                     % (tries, PROGRAM))
    os.chmod(program, 0o755)
    logs = os.path.join(directory, "logs")
    shutil.copytree(TOP + "/samples/quiet-day", logs,
                    ignore=shutil.ignore_patterns("README", "labels.tsv"))
    good = sorted(os.path.join(logs, name)[1:] for name in os.listdir(logs))
    shutil.copy("/" + good[0], logs + "/deadly.log.gz")
    expect(alone(good, directory + "/alone.json") == 0, "the samples are not read")
    status, result, said = submit(
        directory, "local-cluster[2,1,1024]",
        ["--copy", "--digtrail", program, "-o", "file://%s/spark.json" % directory,
         "file://" + logs], False)
    expect([os.path.basename(one["path"]) for one in result["failed"]] == ["deadly.log.gz"], result)
    expect(status == 2, "status %d: %s" % (status, said[-3000:]))
    expect(len(read(tries).split()) >= 4, "it was not tried again: %s" % read(tries))
    expect(read(directory + "/alone.json") == read(directory + "/spark.json"),
           "the rest is not reported as if the log were not there")
    print("spark: a log that digtrail dies on is tried %d times, then named" % len(read(tries).split()))


def main():
    for case in (in_place, cluster_with_a_loss, a_dying_program):
        with tempfile.TemporaryDirectory() as directory:
            case(directory)


if __name__ == "__main__":
    main()
