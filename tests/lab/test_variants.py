#!/usr/bin/env python3
"""scripts/variants.py sees what differs: on reports made by hand."""
import copy
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "scripts"))
sys.dont_write_bytecode = True
import variants  # noqa: E402


def finding(**changed):
    made = {"kind": "transfer", "title": "t", "level": "low", "score": 20, "outcome": "refused",
            "actor": {"addresses": ["192.0.2.1"], "prefix": None},
            "contributors": {"count": 0, "addresses": []},
            "zones": {"count": 1, "list": ["example.com"]}, "suppressed": None,
            "first_seen": "2026-11-23T17:09:00.000Z", "last_seen": "2026-11-23T17:09:05.000Z",
            "evidence": [{"line": 7}]}
    return {**made, **changed}


def report(**source):
    made = {"address": "192.0.2.1", **dict.fromkeys(variants.SOURCE_FACTS, 1),
            "flags": {"tcp": 1, "cookie": 2}}
    return {"sources": [{**made, **source}], "zones": []}


class Variants(unittest.TestCase):
    def test_the_same_finding_elsewhere_in_a_file_is_the_same(self):
        both, lost, new = variants.pair_up([finding()], [finding(evidence=[{"line": 9}])])
        self.assertEqual((len(both), lost, new), (1, [], []))

    def test_every_difference_that_counts_is_seen(self):
        for change in ({"kind": "any"}, {"level": "high"}, {"score": 21}, {"outcome": "granted"},
                       {"zones": {"count": 2, "list": ["example.com", "example.net"]}},
                       {"actor": {"addresses": ["192.0.2.2"], "prefix": None}},
                       {"suppressed": {"by": "secondary"}}):
            both, lost, new = variants.pair_up([finding()], [finding(**change)])
            self.assertEqual((len(both), len(lost), len(new)), (0, 1, 1), change)

    def test_one_of_two_that_is_missing_is_lost(self):
        both, lost, new = variants.pair_up([finding(), finding()], [finding()])
        self.assertEqual((len(both), len(lost), len(new)), (1, 1, 0))

    def test_times_may_differ_by_what_the_layout_rounds(self):
        later = finding(first_seen="2026-11-23T17:09:00.900Z")
        self.assertTrue(variants.same_times(finding(), later, 1))
        self.assertFalse(variants.same_times(finding(), later, 0.5))
        timeless = finding(first_seen=None, last_seen=None)
        self.assertTrue(variants.same_times(finding(), timeless, None))
        self.assertFalse(variants.same_times(finding(), timeless, 1))

    def test_sources_are_compared_but_for_what_is_not_told(self):
        self.assertEqual(variants.differing(report(), report(), set()), [])
        self.assertEqual(variants.differing(report(), report(requests=2), set()),
                         [("sources", "192.0.2.1")])
        uncooked = report(flags={"tcp": 1, "cookie": 0})
        self.assertEqual(len(variants.differing(report(), uncooked, set())), 1)
        self.assertEqual(variants.differing(report(), uncooked, {"cookie"}), [])
        other = copy.deepcopy(report())
        other["sources"][0]["address"] = "192.0.2.9"
        self.assertEqual(len(variants.differing(report(), other, set())), 2)

    def test_messages_are_what_stands_behind_the_prefix(self):
        raw = b"23-Nov-2026 17:08:56.287 queries: info: client @0x1 192.0.2.1#5 (a): query: a IN A -\n"
        syslog = b"Nov 23 17:08:56 ns1 named[25824]: queries: info: client @0x1 192.0.2.1#5 (a): " \
                 b"query: a IN A -\n"
        self.assertEqual(variants.message(raw), variants.message(syslog))
        self.assertIsNone(variants.message(b"Nov 23 17:08:53 ns1 named[25824]: starting BIND\n"))


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], "-q"])
