"""Tests of the report, run by ci/test: what is read from the tools, and the page in a browser where there is one."""

import json
import os
import sys
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import browser  # noqa: E402
import page  # noqa: E402
import report  # noqa: E402
from common import ROOT  # noqa: E402

SAID = """corpus/certreq_tls12/a: openssl: agrees: both accept
corpus/certreq_tls12/b: openssl: differs as known
    cauth: refuses: DN-08 at byte 26, RelativeDistinguishedName: no attribute (RFC 5280 §4.1.2.4) -> decode_error(50)
    OpenSSL 3.0.22: accepts
    known: their bug, RFC 5280 §4.1.2.4: its emptiness is not checked
corpus/certreq_tls12/c: openssl: DIFFERS
    cauth: accepts, flags DN-13,DN-16
    OpenSSL 3.0.22: refuses: too long -> decode_error(50)
    FINDING: openssl certreq_tls12 they-reject alert 50 for 'too long' where flagged DN-13,DN-16
3 files, 3 comparisons: 1 agree, 1 differ as known, 1 finding, 0 cannot be asked, 0 not read
       1  FINDING openssl certreq_tls12 they-reject alert 50 for 'too long' where flagged DN-13,DN-16
"""


class Reading(unittest.TestCase):
    def test_answers(self):
        known, finding = report.parse_comparisons(SAID)
        self.assertEqual(known["file"], "corpus/certreq_tls12/b")
        self.assertEqual(report.our_rule(known["ours"]), ("DN-08", 26, set()))
        self.assertEqual(report.their_answer(known["theirs"]), "accepts")
        self.assertEqual(known["known"], ["their bug, RFC 5280 §4.1.2.4: its emptiness is not checked"])
        self.assertFalse(known["finding"])
        self.assertTrue(finding["finding"])
        self.assertEqual(report.our_rule(finding["ours"]), (None, None, {"DN-13", "DN-16"}))
        self.assertEqual(report.their_answer(finding["theirs"]), "refuses, decode_error(50)")
        self.assertEqual(finding["library"], "OpenSSL 3.0.22")
        self.assertEqual(finding["signature"], "openssl certreq_tls12 they-reject alert 50 for 'too long'")

    def test_the_words_are_those_of_the_program(self):
        with open(os.path.join(ROOT, "fuzz", "engines", "diff_replay.c"), encoding="utf-8") as f:
            source = f.read()
        for words in ('"agrees: both "', '"differs as known\\n"', '"DIFFERS\\n"', '"    FINDING: %s\\n"', '"    known: ',
                      '"    cauth: ', '"cannot be asked\\n"'):
            self.assertIn(words, source)

    def test_one_input_with_a_known_and_two_unknown_disagreements(self):
        said = SAID.replace("    FINDING: openssl", "    known: silent, RFC 5246: a\n    FINDING: other\n    FINDING: openssl")
        records = list(report.parse_comparisons(said))[1:]
        self.assertEqual([(r["finding"], r["signature"][:5], len(r["known"])) for r in records],
                         [(False, "", 1), (True, "other", 0), (True, "opens", 0)])

    def test_an_unexplained_divergence_is_told_to_other_systems(self):
        cell = {"finding": True, "oracle": "openssl", "message": "certreq_tls12", "ours": "accepts", "file": "corpus/x",
                "count": 2, "offset": None,
                "signature": "openssl certreq_tls12 they-reject"}
        told = report.unexplained([cell, dict(cell, finding=False), cell], [])
        self.assertEqual([(row["target"], row["signature"]) for row in told],
                         [("diff_openssl_certreq_tls12", "openssl certreq_tls12 they-reject")])
        self.assertEqual(report.unexplained([cell], told), [])
        with tempfile.TemporaryDirectory() as place:
            told[0]["said"] = "octets \0\x1b\ud800"
            report.write_sarif(place + "/s", told)
            report.write_junit(place + "/j", told, ["diff_openssl_certreq_tls12", "other"])
            with open(place + "/s", encoding="utf-8") as f:
                self.assertEqual(json.load(f)["runs"][0]["results"][0]["ruleId"], cell["signature"])
            suite = ElementTree.parse(place + "/j").getroot()
            self.assertEqual((suite.get("tests"), suite.get("failures")), ("2", "1"))

    def test_of_decisions_the_message_is_shown(self):
        with tempfile.TemporaryDirectory() as place:
            for name, content in (("reduced-1", b"\x00\x0d"), ("message-1", b"\x30\x00")):
                with open(os.path.join(place, name), "wb") as f:
                    f.write(content)
            row = {"target": "fuzz_name_tls12", "signature": "broken: place_named of name_tls12 (strict): x", "times": 1,
                   "said": "", "reduced": "reduced-1", "path": place + "/reduced-1", "shown": place + "/message-1",
                   "command": [os.path.join(ROOT, "build", "cauth-replay"), "--property", "place_named", place + "/reduced-1"],
                   "offset": None, "output": ""}
            text = report.findings_part([row], [], [])
        self.assertIn("build/cauth-replay --property place_named ", text)
        self.assertIn("</span> 30 00", text)
        self.assertNotIn("</span> 00 0d", text)

    def test_the_offending_byte_is_marked(self):
        with tempfile.NamedTemporaryFile() as f:
            f.write(bytes(range(40)))
            f.flush()
            self.assertIn("<mark>20</mark> 21", report.hexdump(f.name, 32))
            self.assertEqual(report.hexdump(f.name, 32).count("<mark>"), 1)
            self.assertIn("<mark>the end</mark>", report.hexdump(f.name, 40))
            self.assertNotIn("<mark>", report.hexdump(f.name, None))
        with tempfile.NamedTemporaryFile() as f:
            f.write(bytes(5000))
            f.flush()
            dump = report.hexdump(f.name, 4000)
            self.assertEqual(dump.count("<mark>"), 1)
            self.assertLess(len(dump), 10000)

    def test_text_is_text(self):
        self.assertNotIn("<b>", report.linked("<b> RFC 8446 §6"))
        self.assertIn("rfc8446#section-6", report.linked("RFC 8446 §6"))


def synthetic(extra=""):
    rows = [["name %d" % n, n * n % 97, "<details><summary>%d bytes</summary><pre>%s</pre></details>" % (n, "00 " * 400)]
            for n in range(200)]
    points = [(n * 60, 100 + n) for n in range(240)]
    return page.whole("a page", [("1 finding", "bad"), ("x" * 200, "")], [
        ("one", "One", page.table("one", ["name", "number", "example"], rows) + page.plot(points, "a plot")),
        ("two", "Two", "<p>%s</p>" % ("long" * 300) + extra)])


@unittest.skipIf(browser.find() is None, "there is no Chromium")
class Browser(unittest.TestCase):
    def look(self, text):
        with tempfile.NamedTemporaryFile("w", suffix=".html", encoding="utf-8") as f:
            f.write(text)
            f.flush()
            return report.looked_at(f.name)

    def test_a_page(self):
        faults, clicked = self.look(synthetic())
        self.assertEqual(faults, [])
        self.assertEqual(clicked, {"errors": [], "tables": 1, "sorted": 6, "details": 200, "opened": 200})

    def test_faults_are_seen(self):
        for broken, word in (("<script>nonsense()</script>", "console"), ("<div style='width:5000px'>x</div>", "wider"),
                             ("<img src=https://cauth.invalid/x.png>", "loads something"),
                             ("<table style='display:table;width:5000px'><tr><td>x</table>", "is cut off"),
                             ("<script>document.querySelector('th button').replaceWith('x')</script>", "at 390 pixels")):
            faults, _ = self.look(synthetic(broken))
            self.assertTrue(any(word in fault for fault in faults), (broken, faults))


if __name__ == "__main__":
    unittest.main()
