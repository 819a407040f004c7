#!/usr/bin/env python3
"""config import of a hoster's nameserver: 20,000 zones, and what it proposes is a configuration.

    tests/lab/test_import.py PROGRAM
"""
import os
import pathlib
import resource
import shutil
import subprocess
import sys
import tempfile

ZONES, SECONDS = 20000, 5


def named_conf(zones):
    parts = ['options {\n\tdirectory "/var/cache/bind";\n\tallow-transfer  {\n\t\t192.0.2.53/32;\n\t};\n};\n'
             'logging {\n\tchannel "q" {\n\t\tfile "/var/log/named/q.log";\n\t};\n'
             '\tcategory "queries" {\n\t\t"q";\n\t};\n};\n']
    parts += [f'zone "customer{n}.example" IN {{\n\ttype master;\n\tfile "db.customer{n}";\n'
              f'\talso-notify {{\n\t\t198.51.100.{n % 200}  port 53;\n\t}};\n}};\n' for n in range(zones)]
    return "".join(parts)


def unbound_conf(zones):
    return "server:\n\tlogfile: \"/var/log/unbound/unbound.log\"\n" + "".join(
        f"auth-zone:\n\tname: \"customer{n}.example\"\n\tzonefile: \"/etc/unbound/customer{n}.zone\"\n"
        for n in range(zones))


LISTS = '''
acl "bogon" { 203.0.113.0/24; };
acl "xfer" { "inner"; !192.0.2.99; key "nsec-key"; };
acl "inner" { 192.0.2.53; !{ 198.51.100.0/24; }; { 2001:db8::53; }; };
primaries "notified" { 192.0.2.54 port 5353; };
options { directory "/tmp"; allow-transfer { "xfer"; localhost; }; blackhole { "bogon"; }; };
key "nsec-key" { algorithm hmac-sha256; secret "c2VjcmV0c2VjcmV0"; };
zone "example.com" { type primary; file "db"; also-notify { "notified"; }; };
'''


def lists_are_resolved(program, directory):
    """Names of lists become their members, as named-checkconf prints them where it is there."""
    conf = pathlib.Path(directory, "lists.conf")
    conf.write_text(LISTS)
    printed = ""
    if shutil.which("named-checkconf"):
        done = subprocess.run(["named-checkconf", "-p", conf], capture_output=True, text=True)
        if done.returncode != 0:
            print("BAD named-checkconf refuses the test's configuration", done.stdout, done.stderr)
            return False
        printed = done.stdout
    else:
        print("SKIPPED: no named-checkconf, lists as written by hand only")
    good = True
    for what, text in (("as written", LISTS), ("as named-checkconf prints them", printed)):
        if not text:
            continue
        conf.write_text(text)
        out = subprocess.run([program, "config", "import", conf], capture_output=True, text=True).stdout
        peers = [line[4:].strip('"').split("/")[0] for line in
                 out.split("\nsecondary:\n")[-1].split("\n#")[0].splitlines()]
        fine = peers == ["192.0.2.53", "192.0.2.54", "2001:db8::53", "key:nsec-key"]
        print(f"{'ok ' if fine else 'BAD'} lists of secondaries {what}", *([] if fine else [out]))
        good &= fine
    return good


def main():
    program, good = os.path.abspath(sys.argv[1]), True
    with tempfile.TemporaryDirectory() as name:
        for server, text in (("BIND", named_conf(ZONES)), ("Unbound", unbound_conf(ZONES))):
            conf, proposed = pathlib.Path(name, server), pathlib.Path(name, server + ".yml")
            conf.write_text(text)
            before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
            done = subprocess.run([program, "config", "import", conf], capture_output=True, text=True)
            spent = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
            proposed.write_text(done.stdout)
            zones = done.stdout.split("own-zone:\n")[1].split("\nzone-file:")[0].count("  - ") if done.returncode == 0 else 0
            files = done.stdout.count(".example=")
            shown = subprocess.run([program, "config", "show", "-c", proposed], capture_output=True, text=True)
            fine = (done.returncode == 0 and zones == files == ZONES and spent < SECONDS and
                    shown.returncode == 0 and f"customer{ZONES - 1}.example" in shown.stdout)
            print(f"{'ok ' if fine else 'BAD'} {server}: {zones:,} zones and {files:,} zone files, {spent:.1f} s of CPU;"
                  f" read back as a configuration: {shown.returncode}", *([] if fine else [done.stderr[:300], shown.stderr[:300]]))
            good &= fine
    with tempfile.TemporaryDirectory() as name:
        good &= lists_are_resolved(program, name)
    return not good


if __name__ == "__main__":
    sys.exit(main())
