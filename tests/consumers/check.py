#!/usr/bin/env python3
"""Every format is read by what it is made for: tests/consumers/check.py PROGRAM TOOLS.

TOOLS is where the Makefile installs validators (requirements.txt, package.json). What cannot
run here is named and counted as skipped. The logs: samples/, and a night of hostile names.
"""
import csv
import json
import pathlib
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(TOP / "tests" / "hostile"))
import night  # noqa: E402

OUTPUTS = ["report.txt", "report.json", "findings.csv", "sources.csv", "zones.csv", "pairs.csv",
           "night.watchlist.csv", "ecs.ndjson", "ocsf.ocsf.ndjson", "bundle.stix.json",
           "layer.navigator.json", "list.addresses", "list.acl", "list.unbound.conf", "list.nft"]


class Skipped(Exception):
    """The consumer is not here."""


class Wrong(Exception):
    """The consumer did not like what it got."""


def need(condition, text):
    if not condition:
        raise Wrong(text)


def run(*command, stdin=None):
    done = subprocess.run(command, input=stdin, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          check=False)
    need(done.returncode == 0, f"{command[0]}: status {done.returncode}: "
         f"{done.stdout.decode(errors='replace')[-2000:]}")
    return done.stdout.decode()


def tool(name):
    found = shutil.which(name, path="/usr/sbin:/sbin:/usr/bin:/bin:/usr/local/bin")
    if not found:
        raise Skipped(f"no {name}")
    return found


class Night:
    """The reports of one log, and what they must agree on."""

    def __init__(self, program, tools, folder, log):
        self.folder, self.tools, self.program, self.log = folder, tools, program, log
        outputs = [word for name in OUTPUTS for word in ("-o", str(folder / name))]
        done = subprocess.run([program, "-q", "--level", "low", *outputs, *log],
                              stderr=subprocess.PIPE, check=False)
        need(done.returncode == 0, f"exit status {done.returncode}: {done.stderr.decode()}")
        self.report = json.loads((folder / "report.json").read_text())
        self.findings = self.report["findings"]

    def path(self, name):
        return str(self.folder / name)

    def lines(self, name):
        return (self.folder / name).read_text(encoding="utf-8").splitlines()

    def refused(self):
        """Addresses that a block list must hold, worked out anew from the JSON report."""
        spared, proven, blamed = set(), set(), set()
        for finding in self.findings:
            actor = finding["actor"]
            spared.update(finding["contributors"]["addresses"])
            if actor["role"] or actor["internal"] or finding["suppressed"] or finding["confirm"]:
                spared.update(actor["addresses"])
                continue
            if actor["spoofable"] is False:
                proven.update(actor["addresses"])
            if finding["level"] != "informational":
                blamed.update(actor["addresses"])
        return (blamed & proven) - spared


def check_bytes(night_):
    """No byte in any report that a terminal would obey, and UTF-8 throughout."""
    for name in OUTPUTS:
        data = (night_.folder / name).read_bytes()
        data.decode("utf-8")
        bad = re.search(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\xa8-\xae]"
                        rb"|\xe2\x81[\xa6-\xa9]", data)
        need(not bad, f"{name}: byte {bad and bad.group()!r} at {bad and bad.start()}")
        if name.endswith("csv"):
            need(b"\n" not in data.replace(b"\r\n", b""), f"{name}: a bare line feed")


def check_text(night_):
    wide = [line for line in night_.lines("report.txt") if len(line) > 80]
    need(not wide, f"a line of more than 80 columns: {wide[:1]}")


def tables(night_):
    return [name for name in OUTPUTS if name.endswith(".csv")]


def check_csv(night_):
    for name in tables(night_):
        with open(night_.path(name), newline="", encoding="ascii") as file:
            rows = list(csv.reader(file, strict=True))
        need(all(len(row) == len(rows[0]) for row in rows), f"{name}: rows differ in length")
        for row in rows:
            for field in row:
                need(field[:1] not in set("=+-@\t\r"), f"{name}: a formula: {field[:40]!r}")
    with open(night_.path("findings.csv"), newline="", encoding="ascii") as file:
        rows = list(csv.DictReader(file))
    need([row["id"] for row in rows] == [finding["id"] for finding in night_.findings],
         "findings.csv and report.json differ")


def check_csv_second(night_):
    script = ("const {parse}=require('csv-parse/sync'),fs=require('fs');"
              "for(const f of process.argv.slice(1)){const r=parse(fs.readFileSync(f),"
              "{relax_column_count:false,record_delimiter:'\\r\\n'});"
              "console.log(r.length)}")
    counts = node(night_, script, *[night_.path(name) for name in tables(night_)]).split()
    for name, count in zip(tables(night_), counts):
        with open(night_.path(name), newline="", encoding="ascii") as file:
            need(len(list(csv.reader(file))) == int(count), f"{name}: two parsers differ")


def node(night_, script, *arguments):
    modules = night_.tools / "npm" / "node_modules"
    if not modules.is_dir():
        raise Skipped("npm packages are not installed")
    done = subprocess.run([tool("node"), "-e", script, *arguments], cwd=night_.tools / "npm",
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    need(done.returncode == 0, done.stderr.decode()[-2000:])
    return done.stdout.decode()


def python(night_, script, *arguments):
    interpreter = night_.tools / "python" / "bin" / "python"
    if not interpreter.exists():
        raise Skipped("Python packages are not installed")
    return run(str(interpreter), "-c", script, *arguments)


ECS_SCRIPT = """
const {EcsFlat} = require('@elastic/ecs/generated/ecs_flat.js'), fs = require('fs');
let n = 0;
function fail(path, why) { console.error(path + ': ' + why); process.exit(1); }
function leaf(path, value) {
	const field = EcsFlat[path];
	if (path === 'schema_version' || path.startsWith('digtrail.')) return;
	if (!field) fail(path, 'no field of ECS');
	const kinds = {long: 'number', float: 'number', date: 'string', ip: 'string', boolean: 'boolean'};
	if (typeof value !== (kinds[field.type] || 'string')) fail(path, 'not of type ' + field.type);
	if (field.type === 'date' && isNaN(Date.parse(value))) fail(path, 'no date');
	if (field.type === 'ip' && !require('net').isIP(value)) fail(path, 'no address');
	const allowed = (field.allowed_values || []).map(v => v.name);
	if (allowed.length && !allowed.includes(value)) fail(path, value + ' is not allowed');
}
function walk(path, value) {
	if (Array.isArray(value)) {
		/* The framework's members are arrays in ECS only where it says so, or for keywords. */
		value.forEach(v => leaf(path, v));
	} else if (value !== null && typeof value === 'object') {
		for (const key of Object.keys(value)) walk(path ? path + '.' + key : key, value[key]);
	} else if (value !== null) {
		leaf(path, value);
	}
}
for (const line of fs.readFileSync(process.argv[1], 'utf8').trim().split('\\n')) {
	const event = JSON.parse(line);
	for (const key of ['@timestamp', 'ecs', 'event'])
		if (!(key in event)) fail(key, 'is missing');
	const types = EcsFlat['event.category'].allowed_values
		.filter(v => event.event.category.includes(v.name)).flatMap(v => v.expected_event_types);
	for (const type of event.event.type)
		if (!types.includes(type)) fail('event.type', type + ' does not go with the category');
	delete event.digtrail;
	walk('', event);
	n++;
}
console.log(n);
"""


def check_ecs(night_):
    count = int(node(night_, ECS_SCRIPT, night_.path("ecs.ndjson")))
    need(count == len(night_.findings), f"{count} events")
    for line, finding in zip(night_.lines("ecs.ndjson"), night_.findings):
        need(json.loads(line)["digtrail"] == finding, "digtrail is not the finding of the report")


def check_ocsf(night_):
    python(night_, """
import sys
from py_ocsf_models.events.findings.detection_finding import DetectionFinding
for line in open(sys.argv[1]):
    DetectionFinding.model_validate_json(line)
""", night_.path("ocsf.ocsf.ndjson"))
    need(len(night_.lines("ocsf.ocsf.ndjson")) == len(night_.findings), "events are missing")
    for line in night_.lines("ocsf.ocsf.ndjson"):
        event = json.loads(line)
        need(event["type_uid"] == event["class_uid"] * 100 + event["activity_id"], "type_uid")


def check_stix(night_):
    # 103: ids of version 4 are recommended; ours are the same every night.
    python(night_, """
import sys
from stix2validator import validate_file, ValidationOptions
result = validate_file(sys.argv[1], ValidationOptions(disabled="103", version="2.1"))
errors = [error.message for o in result.object_results for error in o.errors]
sys.exit("\\n".join(errors[:10]) if not result.is_valid else 0)
""", night_.path("bundle.stix.json"))
    bundle = json.loads((night_.folder / "bundle.stix.json").read_text())
    ids = [thing["id"] for thing in bundle["objects"]]
    need(len(ids) == len(set(ids)), "an id stands twice")
    wanted = sum(bool(finding["attack"]) for finding in night_.findings)
    need(sum(i.startswith("sighting--") for i in ids) == wanted, "sightings are missing")


def check_stix_ids(night_):
    python(night_, """
import json, stix2, sys
for thing in json.load(open(sys.argv[1]))["objects"]:
    if thing["type"] in ("ipv4-addr", "ipv6-addr", "domain-name"):
        make = {"ipv4-addr": stix2.v21.IPv4Address, "ipv6-addr": stix2.v21.IPv6Address,
                "domain-name": stix2.v21.DomainName}[thing["type"]]
        assert make(value=thing["value"]).id == thing["id"], thing
""", night_.path("bundle.stix.json"))


def check_navigator(night_):
    python(night_, """
import sys
from mitreattack.navlayers import Layer
layer = Layer(strict=True)
layer.from_file(sys.argv[1])
assert layer.layer.versions.layer == "4.5" and layer.layer.techniques, "empty"
""", night_.path("layer.navigator.json"))


def check_addresses(night_):
    listed = [line for line in night_.lines("list.addresses") if not line.startswith("#")]
    need(set(listed) == night_.refused(), f"{set(listed) ^ night_.refused()}")
    need(len(listed) == len(set(listed)), "an address stands twice")


def check_acl(night_):
    config = night_.folder / "named.conf"
    config.write_text(f'include "{night_.path("list.acl")}";\n'
                      "options { blackhole { digtrail; }; };\n")
    printed = run(tool("named-checkconf"), "-p", str(config))
    block = re.search(r'acl "digtrail" \{(.*?)\};', printed, re.S).group(1)
    listed = {word.strip('"; /').split("/")[0] for word in block.split()} - {"", "none"}
    need(listed == night_.refused(), f"named reads {listed ^ night_.refused()} else")


def check_unbound(night_):
    checkconf = tool("unbound-checkconf")
    config = night_.folder / "unbound.conf"
    config.write_text(f'include: "{night_.path("list.unbound.conf")}"\n'
                      'server:\n\tchroot: ""\n\tusername: ""\n\tdirectory: "/"\n')
    run(checkconf, str(config))
    printed = run(checkconf, "-o", "access-control", str(config))
    listed = {line.split("/")[0] for line in printed.splitlines() if "refuse" in line}
    need(listed == night_.refused(), f"unbound reads {listed ^ night_.refused()} else")


def check_nftables(night_):
    nft = tool("nft")
    probe = subprocess.run(["unshare", "-n", nft, "list", "tables"], stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL, check=False)
    if probe.returncode != 0:
        raise Skipped("no network namespace with nftables")
    path = night_.path("list.nft")
    # Twice: the second run replaces what the first one set.
    printed = run("unshare", "-n", "sh", "-c",
                  f"{nft} -c -f {path} && {nft} -f {path} && {nft} -f {path} && {nft} -j list table inet digtrail")
    listed = set()
    for thing in json.loads(printed)["nftables"]:
        for element in thing.get("set", {}).get("elem", []):
            listed.add(element["elem"]["val"])
    need(listed == night_.refused(), f"nft reads {listed ^ night_.refused()} else")


def addresses_in(text):
    """Everything in a report that an address could be told from, the pseudonyms' space apart."""
    found = set(re.findall(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])", text))
    found |= set(re.findall(r"(?<![\w.])(?:\d+\.){1,4}in-addr\.arpa", text))
    found |= {word for word in re.findall(r"[0-9a-f]*:[0-9a-f:]*:[0-9a-f:]*", text)
              if word.startswith("20") and "::" in word}
    return {word for word in found if not word.startswith("fdd1:97a1:")}


def check_redact(night_):
    """No address is left in any format, and one address has one pseudonym everywhere."""
    folder = night_.folder / "redacted"
    folder.mkdir()
    key = folder / "key"
    key.write_bytes(bytes(range(32)))
    outputs = [word for name in OUTPUTS + ["page.html"] for word in ("-o", str(folder / name))]
    command = [night_.program, "-q", "--level", "low", "--redact", "--key-file", str(key), *outputs,
               *night_.log]
    need(subprocess.run(command, stderr=subprocess.DEVNULL, check=False).returncode == 0, "status")
    need(addresses_in((night_.folder / "report.json").read_text()), "there was nothing to hide")
    for name in OUTPUTS + ["page.html"]:
        left = addresses_in((folder / name).read_text())
        need(not left, f"{name} tells {sorted(left)[:5]}")
    report = json.loads((folder / "report.json").read_text())
    need(len(report["findings"]) == len(night_.findings), "findings are missing")
    need(not {f["id"] for f in report["findings"]} & {f["id"] for f in night_.findings},
         "ids tell addresses")
    listed = [line for line in (folder / "list.addresses").read_text().splitlines()
              if not line.startswith("#")]
    need(len(set(listed)) == len(night_.refused()), "the list of addresses differs")
    actors = {a for f in report["findings"] for a in f["actor"]["addresses"]}
    need(set(listed) <= actors, "pseudonyms differ between formats")
    # Whoever has that report can ask on, by what stands in it.
    for what in sorted(actors)[:3] + [f["id"] for f in report["findings"][:3]]:
        page = subprocess.run([night_.program, "explain", "--redact", "--key-file", str(key), what, *night_.log],
                              capture_output=True, text=True, check=False)
        need(page.returncode == 0, f"explain {what}: {page.stderr}")
        left = addresses_in(page.stdout)
        need(not left, f"explain {what} tells {sorted(left)[:5]}")


def check_geo(night_):
    """Country and network in every format that shows sources or actors."""
    database = night_.folder / "places.mmdb"
    python(night_, """
import sys
from mmdb_writer import MMDBWriter
from netaddr import IPSet
writer = MMDBWriter(6, "Test", ipv4_compatible=True, languages=["en"], description="test")
writer.insert_network(IPSet(["203.0.113.0/24", "198.51.100.0/24"]), {
    "country": {"iso_code": "ZZ"}, "autonomous_system_number": 64500,
    "autonomous_system_organization": "=Net <b>"})
writer.to_db_file(sys.argv[1])
""", str(database))
    names = ["report.txt", "report.json", "findings.csv", "sources.csv", "ecs.ndjson",
             "ocsf.ocsf.ndjson", "page.html"]
    folder = night_.folder / "placed"
    folder.mkdir()
    outputs = [word for name in names for word in ("-o", str(folder / name))]
    command = [night_.program, "-q", "--level", "low", "--geo", str(database), *outputs,
               *night_.log]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if b"built without" in done.stdout:
        raise Skipped("built without libmaxminddb")
    need(done.returncode == 0, done.stdout.decode())
    for name in names:
        text = (folder / name).read_text()
        need("ZZ" in text and "64500" in text, f"{name} does not tell the place")
        need("<b>" not in text or not name.endswith("html"), f"{name}: markup")
    page = subprocess.run([night_.program, "explain", "--geo", str(database), "203.0.113.0/24", *night_.log],
                          capture_output=True, text=True, check=False).stdout
    source = re.search(r"203\.0\.113\.\d+(?!\d|/)", page).group()
    page = subprocess.run([night_.program, "explain", "--geo", str(database), source, *night_.log],
                          capture_output=True, text=True, check=False).stdout
    need(re.search(r"^  place +ZZ, AS64500", page, re.M), f"explain does not tell the place: {page[:400]}")
    sources = list(csv.DictReader((folder / "sources.csv").open(newline="")))
    need({row["network"] for row in sources} <= {"'=Net <b>", ""}, "a formula")
    for line in (folder / "ecs.ndjson").read_text().splitlines():
        event = json.loads(line)
        if event.get("source", {}).get("ip", "").startswith("203.0.113."):
            need(event["source"]["as"]["number"] == 64500, "ECS")
    count = int(node(night_, ECS_SCRIPT, str(folder / "ecs.ndjson")))
    need(count == len(night_.findings), f"{count} events")


def check_full_disk(night_):
    """A disk that fills up: that report fails and is named, the old one stays, others are made."""
    folder = night_.folder / "full"
    folder.mkdir()
    old = folder / "report.json"
    old.write_text("old")
    limit = 6000
    need(len((night_.folder / "report.json").read_bytes()) > limit, "the report is too small")
    done = subprocess.run(
        [night_.program, "-q", "-o", str(old), "-o", str(folder / "layer.navigator.json"),
         *night_.log], stderr=subprocess.PIPE, check=False,
        preexec_fn=lambda: (signal.signal(signal.SIGXFSZ, signal.SIG_IGN),
                            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))))
    need(done.returncode == 2, f"status {done.returncode}")
    need(str(old).encode() in done.stderr, done.stderr.decode())
    need(old.read_text() == "old", "the old report is gone")
    json.loads((folder / "layer.navigator.json").read_text())
    need(len(list(folder.iterdir())) == 2, f"left behind: {list(folder.iterdir())}")


CHECKS = [check_bytes, check_text, check_csv, check_csv_second, check_ecs, check_ocsf, check_stix,
          check_stix_ids, check_navigator, check_addresses, check_acl, check_unbound,
          check_nftables, check_redact, check_geo, check_full_disk]


def main():
    program, tools = sys.argv[1], pathlib.Path(sys.argv[2]).resolve()
    passed, failed, skipped = 0, 0, set()
    with tempfile.TemporaryDirectory() as work:
        hostile = pathlib.Path(work) / "hostile.log"
        hostile.write_bytes(night.log())
        samples = sorted(str(path) for path in (TOP / "samples").iterdir() if path.is_dir())
        for what, log in (("samples", samples), ("hostile", [str(hostile)])):
            folder = pathlib.Path(work) / what
            folder.mkdir()
            night_ = Night(program, tools, folder, log)
            need(len(night_.findings) > 20, f"{what}: {len(night_.findings)} findings")
            for check in CHECKS:
                try:
                    check(night_)
                    passed += 1
                except Skipped as reason:
                    skipped.add(f"{check.__name__[6:]} ({reason})")
                except (Wrong, AssertionError, ValueError) as reason:
                    failed += 1
                    print(f"consumers: {what}: {check.__name__[6:]}: {reason}")
    for reason in sorted(skipped):
        print(f"consumers: SKIPPED: {reason}")
    print(f"consumers: {passed} passed, {failed} failed, {len(skipped)} skipped")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
