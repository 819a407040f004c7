#!/usr/bin/env python3
"""The recipes of docs/fleet.md, word for word, on real sshd and Slurm, in namespaces of their own.

    tests/lab/test_recipes.py PROGRAM [ssh] [slurm]

Three "hosts" are one machine: each ssh session gets a host name, logs and a /tmp of its own.
What is not installed here (make deps-fleet), or not allowed (it needs root), is skipped and said.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

PROGRAM = os.path.abspath(sys.argv[1])
ONLY = sys.argv[2:]
TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
HOSTS = {"ns1": "bind-day", "ns2": "quiet-day", "ns3": "unbound"}
KEY = b"throw-away-key-of-a-test-of-digtrail\n"

HOST = """#!/bin/sh -e
# One host: its name, its logs, its /tmp.
hostname {name}
mount -t tmpfs tmpfs /var/log
mkdir /var/log/named
mount --bind {logs} /var/log/named
mount --bind {tmp} /tmp
exec sh -c "$SSH_ORIGINAL_COMMAND"
"""
SSHD = """Port 2222
{listen}
HostKey {directory}/hostkey
AuthorizedKeysFile {directory}/user.pub
StrictModes no
UsePAM no
PidFile none
PermitRootLogin yes
PermitUserEnvironment no
Subsystem sftp /usr/lib/openssh/sftp-server
SetEnv DIGTRAIL_DATADIR={top}/patterns DIGTRAIL_CONFIG=/dev/null TZ=UTC PATH={path}
"""
SLURM = """ClusterName=digtrail
SlurmctldHost=node(127.0.0.1)
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket={directory}/munge.socket
CredType=cred/munge
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SwitchType=switch/none
MpiDefault=none
ReturnToService=2
StateSaveLocation={directory}/state
SlurmdSpoolDir={directory}/spool
SlurmctldPidFile={directory}/slurmctld.pid
SlurmdPidFile={directory}/slurmd.pid
NodeName=node NodeAddr=127.0.0.1 CPUs=2 RealMemory=4096 State=UNKNOWN
PartitionName=all Nodes=node Default=YES MaxTime=10 State=UP
"""


def recipe(section, directory):
    with open(TOP + "/docs/fleet.md", encoding="utf-8") as text:
        block = re.search(r"## %s.*?```sh\n(.*?)```" % section, text.read(), re.S).group(1)
    return block.replace("/etc/digtrail/key", directory + "/key")


def run(command, directory, environment, **options):
    done = subprocess.run(command, cwd=directory, env=environment, capture_output=True, text=True,
                          check=False, timeout=300, **options)
    if done.returncode != 0:
        raise AssertionError("%s: status %d\n%s%s" % (
            command, done.returncode, done.stdout, done.stderr))
    return done.stdout


def write(path, text, mode=0o644):
    with open(path, "w", encoding="utf-8") as out:
        out.write(text)
    os.chmod(path, mode)
    return path


def wait_for(what, ready):
    for _ in range(300):
        if ready():
            return
        time.sleep(0.1)
    raise AssertionError(what + " does not start")


def answers(command, environment):
    return subprocess.run(command, env=environment, capture_output=True, check=False,
                          timeout=60).returncode == 0


def logs_of(directory):
    for name, sample in HOSTS.items():
        shutil.copytree(TOP + "/samples/" + sample, os.path.join(directory, "logs", name))
        os.makedirs(os.path.join(directory, "tmp", name))


def expect_all(directory, environment):
    """The fleet's report is the one of merging what each host gives by itself."""
    tallies = []
    for name in HOSTS:
        tallies.append(os.path.join(directory, name + ".one"))
        run([PROGRAM, "-q", "--server", name, "--key-file", directory + "/key", "--save",
             tallies[-1], "-o", tallies[-1] + ".txt", os.path.join(directory, "logs", name)],
            directory, environment)
    run([PROGRAM, "merge", "--key-file", "key", "-f", "csv", "-o", "one.csv", *tallies],
        directory, environment)
    run([PROGRAM, "merge", "--key-file", "key", "-f", "csv", "-o", "fleet.csv",
         *("tallies/%s.tally" % name for name in HOSTS)], directory, environment)
    one, fleet = (open(os.path.join(directory, name), encoding="utf-8").read()
                  for name in ("one.csv", "fleet.csv"))
    if one != fleet or len(fleet.splitlines()) < 10:
        raise AssertionError("the fleet's report is another one")
    if not os.path.getsize(os.path.join(directory, "fleet.json")):
        raise AssertionError("there is no fleet.json")


def ssh(directory, environment):
    path = environment["PATH"]
    for name in ("hostkey", "user"):
        run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", name], directory, environment)
    matches, config = "", ""
    for n, name in enumerate(HOSTS, 1):
        host = write(os.path.join(directory, name), HOST.format(
            name=name, logs=os.path.join(directory, "logs", name),
            tmp=os.path.join(directory, "tmp", name)), 0o755)
        matches += "Match LocalAddress 127.0.0.%d\nForceCommand unshare --mount --uts %s\n" % (
            n, host)
        config += ("Host %s\nHostName 127.0.0.%d\nPort 2222\nUser root\nIdentityFile %s/user\n"
                   "StrictHostKeyChecking no\nUserKnownHostsFile /dev/null\nLogLevel ERROR\n"
                   % (name, n, directory))
    listen = "\n".join("ListenAddress 127.0.0.%d" % n for n in range(1, len(HOSTS) + 1))
    write(directory + "/sshd.conf",
          SSHD.format(listen=listen, directory=directory, top=TOP, path=path) + matches)
    write(directory + "/ssh.conf", config)
    for name in ("ssh", "scp"):
        write(os.path.join(directory, "bin", name), '#!/bin/sh\nexec %s -F %s/ssh.conf "$@"\n' % (
            shutil.which(name), directory), 0o755)
    write(directory + "/hosts", "".join(name + "\n" for name in HOSTS))
    os.makedirs("/run/sshd", exist_ok=True)
    with subprocess.Popen([shutil.which("sshd"), "-D", "-e", "-f", directory + "/sshd.conf"],
                          stderr=open(directory + "/sshd.log", "wb")) as server:
        try:
            wait_for("sshd", lambda: answers(["%s/bin/ssh" % directory, "ns1", "true"],
                                             environment))
            run(["sh", "-e", "-c", recipe("GNU parallel", directory)], directory, environment)
        finally:
            server.terminate()


def slurm(directory, environment):
    environment["SLURM_CONF"] = write(directory + "/slurm.conf",
                                      SLURM.format(directory=directory))
    write(directory + "/cgroup.conf", "CgroupPlugin=cgroup/v1\n")
    for name in ("state", "spool", "tallies"):
        os.mkdir(os.path.join(directory, name))
    with open(directory + "/munge.key", "wb") as key:
        key.write(os.urandom(1024))
    os.chmod(directory + "/munge.key", 0o600)
    subprocess.run(["hostname", "node"], check=True)
    write(directory + "/servers", "".join("%s %s/logs/%s\n" % (name, directory, name)
                                          for name in HOSTS))
    job = recipe("Slurm", directory).replace("--array=1-50", "--array=1-%d" % len(HOSTS))
    write(directory + "/job", job)
    daemons = []
    try:
        for command in (
                ["munged", "-F", "--force", "--key-file", directory + "/munge.key", "--socket",
                 directory + "/munge.socket", "--pid-file", directory + "/munge.pid",
                 "--log-file", directory + "/munge.log", "--seed-file", directory + "/munge.seed"],
                ["slurmctld", "-D"], ["slurmd", "-D", "-N", "node"]):
            daemons.append(subprocess.Popen(
                command, env=environment, cwd=directory,
                stderr=open(os.path.join(directory, command[0] + ".log"), "wb")))
            if command[0] == "munged":
                wait_for("munged", lambda: os.path.exists(directory + "/munge.socket"))
        wait_for("Slurm", lambda: b"idle" in subprocess.run(
            ["sinfo", "-h", "-o", "%T"], env=environment, capture_output=True, check=False).stdout)
        number = run(["sbatch", "--wait", "--parsable", "job"], directory, environment).strip()
        after = re.search(r"# then: (sbatch .*)", job).group(1).replace("JOB", number)
        run(["sh", "-c", after.replace("sbatch ", "sbatch --wait ")], directory, environment)
    except AssertionError:
        for name in ("slurmctld.log", "slurmd.log"):
            with open(os.path.join(directory, name), errors="replace") as log:
                print(name, log.read()[-2000:], file=sys.stderr)
        raise
    finally:
        for daemon in reversed(daemons):
            daemon.terminate()
            daemon.wait()


CASES = {"ssh": (ssh, ("parallel", "ssh", "sshd")),
         "slurm": (slurm, ("sbatch", "slurmctld", "slurmd", "munged"))}


def run_case(name):
    case, _ = CASES[name]
    with tempfile.TemporaryDirectory(dir="/var/tmp") as directory:  # a host has its own /tmp
        os.chmod(directory, 0o755)
        os.mkdir(directory + "/bin")
        shutil.copy(PROGRAM, directory + "/bin/digtrail")
        with open(directory + "/key", "wb") as key:
            key.write(KEY)
        os.chmod(directory + "/key", 0o600)
        logs_of(directory)
        environment = dict(os.environ, TZ="UTC", LC_ALL="C.UTF-8", DIGTRAIL_CONFIG="/dev/null",
                           DIGTRAIL_DATADIR=TOP + "/patterns", HOME=directory,
                           PATH=directory + "/bin:" + os.environ["PATH"])
        case(directory, environment)
        expect_all(directory, environment)
    print("recipes: %s: three hosts, one report" % name)


def main():
    if "--inside" in ONLY:
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        # Slurm looks for an address that is not loopback's own; this one leads nowhere.
        subprocess.run(["ip", "address", "add", "192.0.2.1/32", "dev", "lo"], check=True)
        subprocess.run(["mount", "-t", "tmpfs", "tmpfs", "/run"], check=True)
        run_case(ONLY[0])
        return 0
    unshare = ["unshare", "--mount", "--net", "--uts", "--pid", "--fork", "--mount-proc",
               "--kill-child"]
    status = 0
    for name, (_, tools) in CASES.items():
        missing = [tool for tool in tools if not shutil.which(tool)]
        if ONLY and name not in ONLY:
            continue
        if missing:
            print("recipes: %s: NOT RUN: no %s here (make deps-fleet)" % (name, missing[0]))
        elif subprocess.run([*unshare, "true"], capture_output=True, check=False).returncode:
            print("recipes: %s: NOT RUN: namespaces need root" % name)
        else:
            status |= subprocess.run([*unshare, sys.executable, os.path.abspath(__file__),
                                      PROGRAM, name, "--inside"], check=False).returncode
    return status


if __name__ == "__main__":
    sys.exit(main())
