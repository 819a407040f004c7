#!/usr/bin/env python3
"""Validates JSON reports against docs/report.schema.json: scripts/schema.py PROGRAM.

The reports: samples/ together and each folder alone, an empty log, a file that is not there,
and names made to break the output.
"""
import json
import pathlib
import subprocess
import sys

import jsonschema

TOP = pathlib.Path(__file__).resolve().parent.parent


def reports(program):
    """(what was read, report) for each input; the exit status must be the one expected."""
    samples = sorted(str(p) for p in (TOP / "samples").iterdir() if p.is_dir())
    inputs = [(samples, b"", 0)] + [([folder], b"", 0) for folder in samples]
    inputs += [(["-"], b"", 0), ([samples[0], "/nonexistent"], b"", 2)]
    hostile = b"10-Mar-2026 10:00:00.000 queries: info: client @0x7f 192.0.2.1#5 (%s): query: %s IN A + (192.0.2.53)\n"
    names = [b"\x1b[2J.example", b"\xff\xfe.example", b"\\000.example", b"a" * 300]
    inputs += [(["-"], b"".join(hostile % (name, name) for name in names), 0)]
    for arguments, stdin, wanted in inputs:
        command = [program, "--format", "json", *arguments]
        done = subprocess.run(command, input=stdin, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, check=False)
        what = " ".join(arguments)
        if done.returncode != wanted:
            sys.exit(f"schema: {what}: exit status {done.returncode}\n{done.stderr.decode()}")
        yield what, json.loads(done.stdout)


def main():
    schema = json.loads((TOP / "docs" / "report.schema.json").read_text())
    validator_class = jsonschema.validators.validator_for(schema)
    validator_class.check_schema(schema)
    validator = validator_class(schema)
    failed = valid = 0
    for what, report in reports(sys.argv[1]):
        errors = list(validator.iter_errors(report))
        for error in errors[:10]:
            print(f"schema: {what}: {error.json_path}: {error.message[:200]}")
        failed += bool(errors)
        valid += not errors
    print(f"schema: {valid} reports valid, {failed} not")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
