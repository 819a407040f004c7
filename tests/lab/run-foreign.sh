#!/bin/sh
# run-foreign.sh OUTDIR [--seed N] …: a labelled set of the shared lab with tools that it does not
# use (gobuster, fierce, dnsenum, ldns-walk, host, nslookup), in its namespaces, where no packet
# leaves the machine. `make deps-lab` installs what it needs. Root only.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
lab=${LAB:-$here/../../../shared/lab}/make
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
cp -r "$lab/." "$copy/"
grep -q '^for group in (transfers' "$copy/bin/plan.py" || {
	echo "run-foreign.sh: $lab/bin/plan.py is not the plan this was written for" >&2
	exit 1
}
python3 - "$copy/bin/plan.py" "$here/foreign_plan.py" "$lab/bin/plan.py" <<'END'
import re
import sys

out, extra, plan = sys.argv[1:]
text = open(plan).read()
loop = re.search(r"^for group in \(.*\):$", text, re.M)
text = text[:loop.start()] + open(extra).read() + "\n\nfor group in GROUPS:" + text[loop.end():]
open(out, "w").write(text)
END
"$copy/run-lab.sh" "$@"
