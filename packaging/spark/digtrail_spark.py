#!/usr/bin/env python3
"""digtrail on Spark: logs on any Hadoop file system, one report. See README.md beside this file.

    spark-submit digtrail_spark.py [OPTION]... INPUT... [-- DIGTRAIL-OPTION...]

A task reads the logs of one group where Spark puts it and gives back a tally; tallies travel as
values of an RDD and are merged in a tree. So nothing is counted twice: Spark takes one result of
a partition, however often it was tried, and merge refuses a log that stands in two tallies.
"""
import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from urllib.parse import unquote, urlsplit

from pyspark import SparkFiles, TaskContext
from pyspark.sql import SparkSession

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
# These belong to the C library and must be the node's own.
SYSTEM_LIBRARIES = re.compile(r"(ld-linux|libc\.|libm\.|libpthread|libdl|librt)")


class Failed(Exception):
    """digtrail ended without a tally."""


# What is shipped: the program, its libraries, patterns/, and the files that options name.

def libraries(program):
    """The shared libraries of a program as ldd tells them; none of a static one or a script."""
    ldd = subprocess.run(["ldd", program], capture_output=True, text=True, check=False)
    found = re.findall(r"=> (/\S+)", ldd.stdout)
    return [path for path in found if not SYSTEM_LIBRARIES.match(os.path.basename(path))]


def write_settings(spark, path):
    """Spark's settings of Hadoop (spark.hadoop.*, the driver's own files), for its shell."""
    out = spark._jvm.java.io.FileOutputStream(path)
    spark._jsc.hadoopConfiguration().writeXml(out)
    out.close()


def pack(directory, settings, program, patterns, files):
    """Returns the archive. Its name tells its content, so that nodes unpack each once, and not
    that it is a tar file, which Spark would unpack by itself."""
    path = os.path.join(directory, "digtrail.tar")
    with tarfile.open(path, "w", dereference=True) as tar:
        tar.add(program, "bin/digtrail")
        tar.add(patterns, "patterns")
        tar.add(settings, "conf/core-site.xml")
        for library in libraries(program):
            tar.add(library, "lib/" + os.path.basename(library))
        for name in files:
            tar.add(name, "files/" + os.path.basename(name))
    with open(path, "rb") as tar:
        digest = hashlib.file_digest(tar, "sha256").hexdigest()[:16]
    named = os.path.join(directory, "digtrail-%s.pack" % digest)
    os.rename(path, named)
    return named


def unpack(archive):
    """The directory it is unpacked in; several tasks of a node may come here at once."""
    home = archive.removesuffix(".pack")
    if not os.path.isdir(home):
        new = tempfile.mkdtemp(dir=os.path.dirname(home))
        with tarfile.open(archive) as tar:
            tar.extractall(new)
        try:
            os.rename(new, home)
        except OSError:
            shutil.rmtree(new)
    return home


class Program:
    """digtrail as it was shipped; picklable."""

    def __init__(self, archive, options, timezone):
        self.archive, self.options, self.timezone = archive, options, timezone

    def run(self, home, directory, arguments, stdout=subprocess.DEVNULL):
        """Runs in `directory`; returns status and messages. An option @NAME is a shipped file."""
        options = [os.path.join(home, "files", option[1:]) if option.startswith("@") else option
                   for option in self.options]
        environment = dict(os.environ, DIGTRAIL_DATADIR=home + "/patterns",
                           DIGTRAIL_CONFIG="/dev/null", LD_LIBRARY_PATH=home + "/lib")
        if self.timezone:
            environment["TZ"] = self.timezone
        done = subprocess.run([home + "/bin/digtrail", *arguments[:1], *options, *arguments[1:]],
                              cwd=directory, env=environment, stdin=subprocess.DEVNULL,
                              stdout=stdout, stderr=subprocess.PIPE, check=False)
        return done.returncode, done.stderr.decode("utf-8", "replace").splitlines()

    def save(self, directory, command, operands, tally):
        """Makes a tally; status 2 with a tally is a tally of what could be read."""
        tally = os.path.join(directory, tally)
        arguments = [command, "-q", "-j", "1", "--save", tally, "-o", tally + ".txt", *operands]
        status, messages = self.run(unpack(SparkFiles.get(self.archive)), directory, arguments)
        if status not in (0, 2) or not os.path.exists(tally):
            raise Failed("; ".join(messages[-3:]) or "digtrail ended with status %d" % status)
        return tally, messages


# The tasks.

def fetch(files, directory, settings):
    """Copies to the node's disk by Hadoop's own shell; the times stay, years are told by them."""
    spark = os.environ.get("SPARK_HOME", "")
    jars = [settings, os.path.join(spark, "jars", "*"), os.path.join(os.getcwd(), "__spark_libs__", "*")]
    jars += [os.environ[key] for key in ("HADOOP_CONF_DIR", "YARN_CONF_DIR") if key in os.environ]
    java = os.path.join(os.environ["JAVA_HOME"], "bin", "java") if "JAVA_HOME" in os.environ \
        else "java"
    paths = []
    for uri, _length, modified in files:
        parts = urlsplit(uri)
        path = os.path.join(directory, parts.netloc, unquote(parts.path).lstrip("/"))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        paths.append((uri, path, modified))
    for uri, path, modified in paths:
        shell = subprocess.run(
            [java, "-XX:TieredStopAtLevel=1", "-cp", ":".join(jars),
             "org.apache.hadoop.fs.FsShell", "-get", uri, path],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
        if shell.returncode != 0:
            raise Failed("%s: %s" % (uri, shell.stderr.decode("utf-8", "replace").strip()[:300]))
        os.utime(path, (modified / 1000, modified / 1000))
    return [os.path.relpath(path, directory) for _uri, path, _modified in paths]


def scan(program, server, files, copy):
    """Tally and messages of some logs of one server."""
    with tempfile.TemporaryDirectory(prefix="digtrail-") as directory:
        if copy or any(urlsplit(uri).scheme not in ("file", "") for uri, _, _ in files):
            settings = os.path.join(unpack(SparkFiles.get(program.archive)), "conf")
            paths = fetch(files, directory, settings)
        else:
            paths = [unquote(urlsplit(uri).path) for uri, _, _ in files]
        options = ["--server", server] if server else []
        tally, messages = program.save(directory, "report", [*options, *paths], "tally")
        with open(tally, "rb") as saved:
            return saved.read(), messages


def scan_group(program, group, copy, attempts):
    """Yields (number, tally, messages, failures). What fails as a group is read file by file."""
    number, server, files = group
    tries, results, failures = [files], [], []
    while tries:
        some = tries.pop(0)
        try:
            results.append(scan(program, server, some, copy))
        except (Failed, OSError) as failure:
            if len(some) > 1:
                tries += [[file] for file in some]
            elif TaskContext.get().attemptNumber() + 1 < attempts:
                raise  # Spark tries again, perhaps elsewhere.
            else:
                failures.append((some[0][0], str(failure)))
    for tally, messages in results:
        yield number, tally, messages, []
    if failures:
        yield number, None, [], failures


def merge_some(program, results):
    """All results of a partition become one; tallies wait on disk, not in memory."""
    messages, failures, tallies = [], [], []
    with tempfile.TemporaryDirectory(prefix="digtrail-") as directory:
        for number, (tally, said, failed) in results:
            messages += said
            failures += failed
            if tally is not None:
                tallies.append(os.path.join(directory, "part%d" % len(tallies)))
                with open(tallies[-1], "wb") as out:
                    out.write(tally)
        merged = None
        if len(tallies) == 1:
            with open(tallies[0], "rb") as saved:
                merged = saved.read()
        elif tallies:
            name, said = program.save(directory, "merge", tallies, "merged")
            # Merging says again what reading said of a log; it is kept once.
            messages += [line for line in said if "could not be read in full" not in line]
            with open(name, "rb") as saved:
                merged = saved.read()
    yield merged, messages, failures


# The driver.

def file_system(spark, uri):
    path = spark._jvm.org.apache.hadoop.fs.Path(uri)
    return path, path.getFileSystem(spark._jsc.hadoopConfiguration())


def list_logs(spark, inputs):
    """([(uri, length, modified)], [(input, error)]): files, directories with all below, globs."""
    found, failures = {}, []
    for name in inputs:
        try:
            path, fs = file_system(spark, name)
            statuses = fs.globStatus(path) or []
            if not len(statuses):
                failures.append((name, "no such file"))
            for status in statuses:
                files = fs.listFiles(status.getPath(), True)
                while files.hasNext():
                    file = files.next()
                    if file.getPath().getName()[0] not in "._":
                        found[file.getPath().toString()] = (file.getLen(),
                                                            file.getModificationTime())
        except Exception as error:  # py4j gives each Java exception one type
            failures.append((name, str(getattr(error, "java_exception", error)).split("\n")[0]))
    return [(uri, *found[uri]) for uri in sorted(found)], failures


def make_groups(files, size, server_pattern):
    """[(number, server, files)]: each of one server (else one directory), up to `size` bytes."""
    groups, open_groups = [], {}
    for file in files:
        match = re.search(server_pattern, file[0]) if server_pattern else None
        server = match.group(1) if match else None
        key = server or os.path.dirname(file[0])
        held, members = open_groups.get(key, (0, None))
        if members is None or held + file[1] > size:
            held, members = 0, []
            groups.append((len(groups), server, members))
        members.append(file)
        open_groups[key] = (held + file[1], members)
    return groups


def plan_tree(count, fan_in):
    """Levels of [new number of each tally], up to `fan_in` tallies to one; the last has one."""
    levels = []
    while not levels or count > 1:
        numbers = [number // fan_in for number in range(count)]
        count = numbers[-1] + 1
        levels.append((numbers, count))
    return levels


def tree(program, scanned, count, fan_in):
    """An RDD of one partition with one result."""
    level = scanned.map(lambda result: (result[0], result[1:]))
    for numbers, parents in plan_tree(count, fan_in):
        level = merge_level(program, level, numbers, parents)
    return level.values()


def merge_level(program, level, numbers, count):
    placed = level.map(lambda item: (numbers[item[0]], item[1]))
    return placed.partitionBy(count, lambda number: number).mapPartitionsWithIndex(
        lambda index, results: ((index, one) for one in merge_some(program, results)))


def put(spark, local, uri):
    """A report on a Hadoop file system replaces the old one when it is complete."""
    target, fs = file_system(spark, uri)
    part, _ = file_system(spark, uri + ".part")
    fs.copyFromLocalFile(False, True, spark._jvm.org.apache.hadoop.fs.Path("file://" + local), part)
    fs.delete(target, False)
    if not fs.rename(part, target):
        raise OSError("%s: cannot be renamed from %s.part" % (uri, uri))


def write_reports(spark, program, root, options, directory):
    """digtrail itself writes them, on the driver. Returns its status and messages."""
    merged, arguments, remote = os.path.join(directory, "root.tally"), [], []
    with open(merged, "wb") as out:
        out.write(root)
    for uri in [*options.output, *([options.save] if options.save else [])]:
        local = os.path.abspath(uri)
        if urlsplit(uri).scheme:
            local = os.path.join(directory, "%d-%s" % (len(remote), os.path.basename(uri)))
            remote.append((local, uri))
        arguments += ["--save" if uri == options.save else "-o", local]
    home = unpack(SparkFiles.get(program.archive))
    status, messages = program.run(home, directory, ["merge", *arguments, merged], stdout=None)
    for local, uri in remote:
        if os.path.exists(local):
            put(spark, local, uri)
    return status, messages


def parse(argv):
    own, digtrail = argv, []
    if "--" in argv:
        own, digtrail = argv[:argv.index("--")], argv[argv.index("--") + 1:]
    parser = argparse.ArgumentParser(prog="digtrail_spark.py")
    parser.add_argument("inputs", nargs="+", metavar="INPUT", help="file, directory or glob")
    parser.add_argument("-o", "--output", action="append", default=[],
                        help="a report, here or on a Hadoop file system; may be repeated")
    parser.add_argument("--save", help="the tally of everything")
    parser.add_argument("--result", help="how the job went, as JSON, in a local file")
    parser.add_argument("--digtrail", default=TOP + "/build/digtrail", help="the program to ship")
    parser.add_argument("--patterns", default=TOP + "/patterns", help="its data directory")
    parser.add_argument("--ship", action="append", default=[], metavar="FILE",
                        help="a file that a digtrail option names as @NAME, as a key file")
    parser.add_argument("--server-pattern", metavar="REGEX",
                        help="its first group in a file's address is the server's name")
    parser.add_argument("--group-bytes", type=int, default=256 << 20,
                        help="logs read by one task (default 256 MiB)")
    parser.add_argument("--fan-in", type=int, default=16, help="tallies merged by one task")
    parser.add_argument("--memory", default="1G", help="ceiling of each digtrail")
    parser.add_argument("--copy", action="store_true",
                        help="copy files of file:// too, which else are read in place")
    options = parser.parse_args(own)
    options.digtrail_options = ["--memory", options.memory, *digtrail]
    return options


def run_job(spark, options, directory):
    """Returns the status, as digtrail's own."""
    context = spark.sparkContext
    settings = os.path.join(directory, "core-site.xml")
    write_settings(spark, settings)
    archive = pack(directory, settings, options.digtrail, options.patterns, options.ship)
    context.addFile(archive)
    program = Program(os.path.basename(archive), options.digtrail_options, os.environ.get("TZ"))
    files, failures = list_logs(spark, options.inputs)
    groups = make_groups(files, options.group_bytes, options.server_pattern)
    status, messages = 2, []
    if groups:
        attempts = int(context.getConf().get("spark.task.maxFailures", "4"))
        if context.master.startswith("local") and "cluster" not in context.master:
            attempts = 1
        copy = options.copy
        scanned = context.parallelize(groups, len(groups)).flatMap(
            lambda group: scan_group(program, group, copy, attempts))
        (root, messages, failed), = tree(program, scanned, len(groups), options.fan_in).collect()
        failures += failed
        if root is not None:
            status, said = write_reports(spark, program, root, options, directory)
            messages += said
    for line in messages:
        print(line, file=sys.stderr)
    for name, error in failures:
        print("digtrail_spark: %s: %s" % (name, error), file=sys.stderr)
    if failures and status in (0, 1):
        status = 2
    if options.result:
        result = {"status": status, "files": len(files), "bytes": sum(file[1] for file in files),
                  "groups": len(groups), "messages": messages,
                  "failed": [{"path": name, "error": error} for name, error in failures]}
        with open(options.result, "w", encoding="utf-8") as out:
            json.dump(result, out, indent=1)
    return status


def main():
    options = parse(sys.argv[1:])
    spark = SparkSession.builder.appName("digtrail").getOrCreate()
    try:
        with tempfile.TemporaryDirectory(prefix="digtrail-") as directory:
            return run_job(spark, options, directory)
    finally:
        spark.stop()


if __name__ == "__main__":
    sys.exit(main())
