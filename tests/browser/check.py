#!/usr/bin/env python3
"""The HTML report in headless Chromium: tests/browser/check.py PROGRAM TOOLS [SCREENSHOTS].

Run by the Python of TOOLS, which has selenium. No console message, axe finds nothing, hostile
names are inert, sorting and filtering work by the keyboard, the page is whole without its
script, a large page stays small and quick. SCREENSHOTS: a directory for pictures to look at.
"""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(TOP / "tests" / "hostile"))
import night  # noqa: E402

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync",
         "--allow-file-access-from-files"]


class Wrong(Exception):
    """The page is not as it should be."""


def need(condition, text):
    if not condition:
        raise Wrong(text)


def skip(reason):
    print(f"browser: SKIPPED: {reason}")
    print("browser: 0 passed, 0 failed, 1 skipped")
    sys.exit(0)


def make_report(program, out, arguments):
    subprocess.run([program, "-q", "--examples", "3", "-o", str(out), *arguments], check=True,
                   stderr=subprocess.DEVNULL)
    return out


class Browser:
    def __init__(self, tools, profile):
        from selenium import webdriver
        from selenium.webdriver.chrome.service import Service
        options = webdriver.ChromeOptions()
        options.binary_location = shutil.which("chromium")
        for flag in [*FLAGS, f"--user-data-dir={profile}"]:
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        self.driver = webdriver.Chrome(service=Service(shutil.which("chromedriver")),
                                       options=options)
        self.driver.set_script_timeout(300)  # seconds; some are needed on a busy machine
        self.axe = (tools / "npm/node_modules/axe-core/axe.min.js").read_text()

    def open(self, page, width=1280, dark=False, script=True):
        command = self.driver.execute_cdp_cmd
        command("Emulation.setDeviceMetricsOverride",
                {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False})
        command("Emulation.setEmulatedMedia", {"features": [
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"},
            {"name": "prefers-reduced-motion", "value": "reduce"}]})
        command("Emulation.setScriptExecutionDisabled", {"value": not script})
        self.driver.get(page.as_uri())

    def run(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def messages(self):
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def violations(self):
        """What axe finds, with all findings open, as somebody sees them who reads all."""
        self.run("document.querySelectorAll('details').forEach(d => d.open = true)")
        # By the protocol: the page's own policy admits no script but its own.
        self.driver.execute_cdp_cmd("Runtime.evaluate", {"expression": self.axe})
        result = self.driver.execute_async_script(
            "const done = arguments[0]; axe.run({resultTypes: ['violations']})"
            ".then(r => done(r.violations.map(v => [v.id, v.nodes.length, v.nodes[0].html,"
            " v.nodes[0].failureSummary])), e => done([['error', 0, String(e), '']]))")
        return result


def check_clean(browser, page, ways=((1280, False), (1280, True), (390, False))):
    for width, dark in ways:
        browser.open(page, width, dark)
        need(not browser.messages(), "console messages")
        wide = browser.run("return document.documentElement.scrollWidth")
        need(wide <= width, f"the page is {wide} pixels wide in a window of {width}")
        found = browser.violations()
        need(not found, f"axe, width {width}, dark {dark}: {found[:4]}")


def check_clean_once(browser, page):
    check_clean(browser, page, ((1280, False),))


def check_inert(browser, page):
    """No element, attribute or address that a name brought along."""
    browser.open(page)
    for what, script in (
            ("scripts", "return document.scripts.length === 1"),
            ("styles", "return document.querySelectorAll('style, link').length === 1"),
            ("images", "return document.querySelectorAll('img, iframe, object, form').length === 0"),
            ("handlers", "return [...document.querySelectorAll('*')].every(e => "
             "[...e.attributes].every(a => !/^on/i.test(a.name)))"),
            ("links", "return [...document.links].every(a => a.getAttribute('href')[0] === '#')"),
            ("requests", "return performance.getEntriesByType('resource').length === 0"),
            ("targets", "return [...document.links].every(a => "
             "document.getElementById(a.hash.slice(1)))")):
        need(browser.run(script), f"{what} are not as they should be")
    text = browser.run("return document.body.textContent")
    need("<script>alert\\(1\\)</script>.example.com" in text, "a name is not shown as it is")
    need(not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text),
         "a control byte reached the page")


def check_policy(browser, page):
    """What a hole in the escaping would let in does not run."""
    browser.open(page)
    browser.run("const s = document.createElement('script'); s.textContent = 'window.x = 1';"
                "document.body.append(s); const i = document.createElement('img');"
                "i.src = 'x.png'; i.setAttribute('onerror', 'window.x = 1');"
                "document.body.append(i)")
    time.sleep(0.2)
    need(browser.run("return window.x === undefined"), "the policy let a script run")
    need(any("Content Security Policy" in message for message in browser.messages()),
         "the policy refused nothing")


def check_keyboard(browser, page):
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.keys import Keys
    browser.open(page)
    column = ("return [...document.querySelectorAll('#t-sources tbody tr')]"
              ".filter(r => !r.hidden).map(r => +r.cells[2].textContent.replace(/,/g, ''))")
    browser.run("document.querySelector('#t-sources thead th:nth-child(2) button').focus()")
    ActionChains(browser.driver).send_keys(Keys.TAB).send_keys(Keys.ENTER).perform()
    numbers = browser.run(column)
    need(numbers == sorted(numbers, reverse=True) and len(set(numbers)) > 3, "not descending")
    ActionChains(browser.driver).send_keys(Keys.SPACE).perform()
    need(browser.run(column) == sorted(numbers), "not ascending")
    need(browser.run("return document.querySelector('#t-sources [aria-sort]').ariaSort")
         == "ascending", "aria-sort does not tell")
    browser.run("document.querySelector('#filter-t-sources').focus()")
    address = browser.run("return document.querySelector('#t-sources tbody th').textContent")
    ActionChains(browser.driver).send_keys(address).perform()
    need(1 <= len(browser.run(column)) < len(numbers), "the filter hides nothing")
    # A link to a closed finding opens it.
    opened = browser.run("const d = document.querySelector('.finding:not([open])');"
                         "location.hash = d.id; return d.id")
    time.sleep(0.2)
    need(browser.run("return document.getElementById(arguments[0]).open", opened), "stays closed")


def check_without_script(browser, page):
    browser.open(page)
    with_script = browser.run("return document.querySelectorAll('tbody tr, .finding').length")
    browser.open(page, script=False)
    document = browser.driver.execute_cdp_cmd("DOM.getDocument", {"depth": 0})["root"]["nodeId"]
    rows = browser.driver.execute_cdp_cmd(
        "DOM.querySelectorAll", {"nodeId": document, "selector": "tbody tr, .finding"})["nodeIds"]
    buttons = browser.driver.execute_cdp_cmd(
        "DOM.querySelectorAll", {"nodeId": document, "selector": "button, input"})["nodeIds"]
    need(len(rows) == with_script and not buttons, "the page is not whole without its script")
    browser.open(page)


def check_large(browser, page):
    """1,000 findings and 100,000 zones: within 5 MB, there within a second or two."""
    size = page.stat().st_size
    need(size <= 5 << 20, f"{size} bytes")
    browser.open(page)
    need(browser.run("return document.querySelectorAll('.finding').length") >= 1000, "findings")
    timing = browser.run("const n = performance.getEntriesByType('navigation')[0];"
                         "return n.loadEventEnd - n.startTime")
    typed = browser.run(
        "const i = document.querySelector('#filter-findings'), t = performance.now();"
        "i.value = 'example'; i.dispatchEvent(new Event('input'));"
        "document.body.offsetHeight; return performance.now() - t")
    print(f"browser: large page: {size / 1e6:.1f} MB, loaded in {timing:.0f} ms, "
          f"filtered in {typed:.0f} ms")
    need(timing < 10000 and typed < 2000, "too slow")
    need(not browser.messages(), "console messages")


def large_log(path):
    """A thousand actors with a transfer each, 100,000 zones asked once."""
    with open(path, "w", encoding="ascii") as out:
        for i in range(100000):
            second = i * 86399 // 100000
            at = f"10-Mar-2026 {second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}.000 "
            client = f"client @0x7f 10.{i % 200}.{i // 200 % 250}.7#53 "
            out.write(f"{at}queries: info: {client}(www.zone{i}.example): query: "
                      f"www.zone{i}.example IN A + (192.0.2.53)\n")
            if i % 95 == 0:
                n = i // 95
                client = f"client @0x7f 203.0.{n // 250}.{n % 250 + 1}#5353 (zone{n}.example): "
                out.write(f"{at}queries: info: {client}query: zone{n}.example IN AXFR -T "
                          "(192.0.2.53)\n")
                for state in ("started (serial 7)", "ended: 1 messages, 12 records, 600 bytes, "
                              "0.001 secs (600000 bytes/sec) (serial 7)"):
                    out.write(f"{at}xfer-out: info: {client}transfer of 'zone{n}.example/IN': "
                              f"AXFR {state}\n")
    return path


def screenshots(browser, page, folder):
    folder.mkdir(parents=True, exist_ok=True)
    for name, width, dark in (("light", 1280, False), ("dark", 1280, True), ("narrow", 390, False)):
        browser.open(page, width, dark)
        browser.driver.save_screenshot(str(folder / f"{name}.png"))


def main():
    program, tools = sys.argv[1], pathlib.Path(sys.argv[2]).resolve()
    if not shutil.which("chromium") or not shutil.which("chromedriver"):
        skip("no chromium with its driver")
    try:
        import selenium  # noqa: F401
    except ImportError:
        skip("selenium is not installed")
    if not (tools / "npm/node_modules/axe-core/axe.min.js").exists():
        skip("axe-core is not installed")
    passed = failed = 0
    with tempfile.TemporaryDirectory() as work:
        work = pathlib.Path(work)
        hostile = work / "hostile.log"
        hostile.write_bytes(night.log())
        samples = sorted(str(path) for path in (TOP / "samples").iterdir() if path.is_dir())
        pages = {
            "samples": make_report(program, work / "samples.html", samples),
            "hostile": make_report(program, work / "hostile.html", [str(hostile)]),
            "large": make_report(program, work / "large.html",
                                 [str(large_log(work / "large.log"))]),
        }
        browser = Browser(tools, work / "profile")
        try:
            for check, name in ((check_clean, "samples"), (check_clean_once, "hostile"),
                                (check_inert, "hostile"), (check_policy, "hostile"),
                                (check_keyboard, "samples"), (check_without_script, "samples"),
                                (check_large, "large")):
                try:
                    check(browser, pages[name])
                    passed += 1
                except Wrong as reason:
                    failed += 1
                    print(f"browser: {name}: {check.__name__[6:]}: {reason}")
            if len(sys.argv) > 3:
                screenshots(browser, pages["samples"], pathlib.Path(sys.argv[3]))
        finally:
            browser.driver.quit()
    print(f"browser: {passed} passed, {failed} failed, 0 skipped")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
