#!/usr/bin/env python3
"""Validates JSON reports against docs/report.schema.json: scripts/schema.py PROGRAM.

The reports: samples/ together and each folder alone, no input at all, and what is no DNS log.
"""
import json
import pathlib
import subprocess
import sys

import jsonschema

TOP = pathlib.Path(__file__).resolve().parent.parent


def reports(program):
    """(what, exit status wanted, report) for each input."""
    samples = sorted(str(p) for p in (TOP / "samples").iterdir() if p.is_dir())
    inputs = [(samples, b"", 0)] + [([folder], b"", 0) for folder in samples]
    inputs += [(["-"], b"", None), (["-"], b"\x00\xff\x1b[2J not a log\n" * 40, None)]
    for arguments, stdin, wanted in inputs:
        command = [program, "--format", "json", *arguments]
        done = subprocess.run(command, input=stdin, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, check=False)
        what = " ".join(arguments)
        if wanted is not None and done.returncode != wanted:
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
