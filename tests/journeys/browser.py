"""A headless Chromium, driven by keys over its own protocol (--remote-debugging-pipe).

Nothing is needed but the program: the protocol is JSON, each message ended by a NUL, on two pipes.
"""

import base64
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PATIENCE = 60.0

# The protocol wants the pipes under these numbers.
_RENUMBER = (
    "import fcntl, os, sys; a, b = (fcntl.fcntl(int(n), fcntl.F_DUPFD, 10) for n in sys.argv[1:3]);"
    " os.dup2(a, 3); os.dup2(b, 4); os.execv(sys.argv[3], sys.argv[3:])"
)
_AS_THREE_AND_FOUR = (sys.executable, "-c", _RENUMBER)

_FLAGS = (
    "--headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync "
    "--remote-debugging-pipe"
).split()


def program() -> str | None:
    """Where Chromium is; None where it is not installed."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


@dataclass
class Browser:
    """One page. `requests` are the addresses of all that it has fetched."""

    to: int
    answers: int
    session: str = ""
    sent: int = 0
    unread: bytes = b""
    events: list[dict[str, Any]] = field(default_factory=list)

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """Send a command of the protocol; its result comes back."""
        self.sent += 1
        message = {"id": self.sent, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.to, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self.sent:
                assert "error" not in answer, (method, answer["error"])
                return answer["result"]
            self.events.append(answer)

    def _next(self) -> dict[str, Any]:
        end = time.monotonic() + PATIENCE
        while b"\0" not in self.unread:
            ready, _, _ = select.select([self.answers], [], [], end - time.monotonic())
            assert ready, "the browser does not answer"
            read = os.read(self.answers, 1 << 20)
            assert read, "the browser has ended"
            self.unread += read
        message, _, self.unread = self.unread.partition(b"\0")
        return json.loads(message)

    @property
    def requests(self) -> list[str]:
        fetched = [e for e in self.events if e.get("method") == "Network.requestWillBeSent"]
        return [e["params"]["request"]["url"] for e in fetched]

    # --- what a person does -----------------------------------------------------------------------

    def opens(self, url: str) -> None:
        with self.loading():
            self.call("Page.navigate", url=url)

    @contextmanager
    def loading(self) -> Iterator[None]:
        """Wait until the page that is opened meanwhile has been loaded."""
        before = len(self.events)
        yield
        while all(e.get("method") != "Page.loadEventFired" for e in self.events[before:]):
            self.events.append(self._next())

    def types(self, selector: str, text: str) -> None:
        self.goes_to(selector)
        self.call("Input.insertText", text=text)

    def goes_to(self, selector: str) -> None:
        self.call("DOM.focus", nodeId=self._node(selector))

    def presses(self, key: str, *, times: int = 1) -> None:
        codes = {"Enter": (13, "\r"), " ": (32, " "), "ArrowDown": (40, "")}
        code, text = codes[key]
        for _ in range(times):
            named = {"key": key, "windowsVirtualKeyCode": code}
            kind = "keyDown" if text else "rawKeyDown"
            self.call("Input.dispatchKeyEvent", type=kind, text=text, **named)
            self.call("Input.dispatchKeyEvent", type="keyUp", **named)

    def attaches(self, selector: str, files: Sequence[Path]) -> None:
        node = self._node(selector)
        self.call("DOM.setFileInputFiles", nodeId=node, files=[str(file) for file in files])

    # --- what a person sees -----------------------------------------------------------------------

    @property
    def page(self) -> str:
        """The HTML as it stands."""
        return str(self.call("DOM.getOuterHTML", nodeId=self._node("html"))["outerHTML"])

    @property
    def width(self) -> float:
        """How wide the page is, in pixels of the screen."""
        return float(self.call("Page.getLayoutMetrics")["cssContentSize"]["width"])

    @property
    def controls(self) -> list[tuple[str, str]]:
        """Role and name of all that can be filled in or pressed, as a screen reader says them."""
        roles = {"textbox", "combobox", "checkbox", "radio", "button"}
        nodes = self.call("Accessibility.getFullAXTree")["nodes"]
        found = [each for each in nodes if not each.get("ignored")]
        return [
            (each["role"]["value"], each.get("name", {}).get("value", ""))
            for each in found
            if each["role"]["value"] in roles
        ]

    def photographs(self, file: Path) -> None:
        picture = self.call("Page.captureScreenshot", captureBeyondViewport=True)["data"]
        file.write_bytes(base64.b64decode(picture))

    def _node(self, selector: str) -> int:
        root = self.call("DOM.getDocument")["root"]["nodeId"]
        found = int(self.call("DOM.querySelector", nodeId=root, selector=selector)["nodeId"])
        assert found, f"the page has no {selector}"
        return found


@contextmanager
def browser(*, width: int = 360, scripts: bool = False) -> Iterator[Browser]:
    """A browser with one empty page as wide as a phone, ended by its process id."""
    out_child, out = os.pipe()
    answers, answers_child = os.pipe()
    with tempfile.TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True) as profile:
        path = program()
        assert path
        profile_flag = f"--user-data-dir={profile}"
        process = subprocess.Popen(
            [*_AS_THREE_AND_FOUR, str(out_child), str(answers_child), path, *_FLAGS, profile_flag],
            pass_fds=(out_child, answers_child),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(out_child)
        os.close(answers_child)
        try:
            yield _page(Browser(out, answers), width, scripts=scripts)
        finally:
            with suppress(BrokenPipeError):
                os.write(out, b'{"id": 0, "method": "Browser.close"}\0')
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            os.close(out)
            os.close(answers)


def _page(found: Browser, width: int, *, scripts: bool) -> Browser:
    target = found.call("Target.createTarget", url="about:blank")["targetId"]
    found.session = found.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
    for domain in ("Page", "DOM", "Network", "Accessibility"):
        found.call(f"{domain}.enable")
    size = {"width": width, "height": 740, "deviceScaleFactor": 1, "mobile": width < 600}
    found.call("Emulation.setDeviceMetricsOverride", **size)
    found.call("Emulation.setScriptExecutionDisabled", value=not scripts)
    return found
