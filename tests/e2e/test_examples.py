"""Every file of examples/ is run against the real service; a file that nothing runs fails the test (examples/README.md)."""

from __future__ import annotations

import http.server
import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.e2e.chat_page import ChatPage
from tests.e2e.stack import ROOT, Stack, free_port

pytestmark = [pytest.mark.browser, pytest.mark.processes]
EXAMPLES = ROOT / "examples"
PLACEHOLDER = "https://jobs.example.org"
SHELL_PAGE = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Site</title></head><body>{body}</body></html>'
)
WORDPRESS = """
define('ABSPATH', '/');
define('JOB_CHAT_URL', {url});
$shortcodes = []; $filters = []; $scripts = [];
function add_shortcode($name, $function) {{ global $shortcodes; $shortcodes[$name] = $function; }}
function add_filter($name, $function, $priority, $count) {{ global $filters; $filters[$name][] = $function; }}
function wp_enqueue_script($handle, $src, $needs, $version, $footer) {{ global $scripts; $scripts[$handle] = $src; }}
function shortcode_atts($defaults, $given, $name) {{ return array_merge($defaults, array_intersect_key((array) $given, $defaults)); }}
function esc_attr($text) {{ return htmlspecialchars($text, ENT_QUOTES); }}
function esc_html($text) {{ return htmlspecialchars($text, ENT_QUOTES); }}
function current_user_can($what) {{ return {administrator}; }}
require {plugin};
echo $shortcodes['job_chat']({attributes});
foreach ($scripts as $handle => $src) {{
    $tag = '<script src="' . esc_attr($src) . '"></script>';
    foreach ($filters['script_loader_tag'] as $filter) {{ $tag = $filter($tag, $handle); }}
    echo $tag;
}}
"""


class Site:
    """Somebody else's web server: serves `pages` by path."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.pages: dict[str, str] = {}
        pages = self.pages

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = pages.get(self.path.rstrip("/"), "").encode()
                self.send_response(200 if body else 404)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                """Quiet."""

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)


@pytest.fixture(scope="module")
def site_and_service(tmp_path_factory: pytest.TempPathFactory, built_pages: Path) -> Iterator[tuple[Site, Stack]]:
    """A service that allows the other site."""
    site = Site(free_port())
    stack = Stack(tmp_path_factory.mktemp("examples"), settings={"JOBSEEKER_ALLOWED_ORIGINS": site.url})
    thread = threading.Thread(target=site.server.serve_forever)
    thread.start()
    try:
        stack.start()
        yield site, stack
    finally:
        site.server.shutdown()
        thread.join()
        site.server.server_close()
        stack.stop()


def filled(name: str, service: str) -> str:
    """An example with the service's real address in it."""
    text = (EXAMPLES / name).read_text("utf-8")
    assert PLACEHOLDER in text, f"{name} does not name the service as {PLACEHOLDER}"
    return text.replace(PLACEHOLDER, service)


def answers(site: Site, path: str, new_context: Callable[..., BrowserContext]) -> ChatPage:
    """Open the page as a person and ask something."""
    page = ChatPage(new_context(locale="zh-TW").new_page(), site.url + path)
    page.open()
    page.ask("how much 領多少")
    expect(page.of("bot").last).to_contain_text("60%")
    return page


def test_the_chat_on_another_page(
    site_and_service: tuple[Site, Stack], new_context: Callable[..., BrowserContext]
) -> None:
    site, stack = site_and_service
    site.pages["/page"] = filled("third_party_page.html", stack.url)
    answers(site, "/page", new_context)


def test_a_custom_html_block(site_and_service: tuple[Site, Stack], new_context: Callable[..., BrowserContext]) -> None:
    site, stack = site_and_service
    site.pages["/block"] = SHELL_PAGE.format(body=filled("wordpress/custom-html-block.html", stack.url))
    answers(site, "/block", new_context)


def wordpress(url: str, attributes: str = "[]", administrator: bool = False) -> str:
    """What the plugin writes, run by PHP with stand-ins for the few functions of WordPress that it calls."""
    php = shutil.which("php")
    if php is None:
        pytest.skip("no PHP on this machine (Debian: sudo apt-get install php-cli)")
    plugin = json.dumps(str(EXAMPLES / "wordpress" / "job-chat.php"))
    code = WORDPRESS.format(
        url=json.dumps(url), administrator=str(administrator).lower(), plugin=plugin, attributes=attributes
    )
    done = subprocess.run([php, "-d", "error_reporting=-1", "-r", code], capture_output=True, text=True, check=True)
    assert "Warning" not in done.stdout + done.stderr
    return done.stdout


def test_the_wordpress_plugin(site_and_service: tuple[Site, Stack], new_context: Callable[..., BrowserContext]) -> None:
    site, stack = site_and_service
    written = wordpress(stack.url + "/", "['language' => 'en', 'height' => '30rem']")
    assert '<script type="module" src="' in written
    site.pages["/wordpress"] = SHELL_PAGE.format(body=written)
    page = answers(site, "/wordpress", new_context)
    expect(page.chat).to_have_attribute("language", "en")
    assert page.page.evaluate("() => document.querySelector('job-chat').style.height") == "30rem"


def test_the_wordpress_plugin_lets_nothing_else_into_the_page() -> None:
    written = wordpress(
        "https://jobs.example.org", "['language' => '\"><script>', 'height' => '1px;background:url(x)']"
    )
    assert written.startswith('<job-chat base-url="https://jobs.example.org"></job-chat>')
    assert wordpress("javascript:alert(1)") == ""
    assert "JOB_CHAT_URL" in wordpress("", administrator=True)


@pytest.mark.parametrize("command", [[sys.executable, "rest_client.py"], ["sh", "rest_client.sh"]])
def test_plain_rest(site_and_service: tuple[Site, Stack], command: list[str]) -> None:
    _, stack = site_and_service
    if command[0] == "sh" and shutil.which("curl") is None:
        pytest.skip("no curl on this machine (Debian: sudo apt-get install curl)")
    asked = [*command, stack.url, 'How much "benefit" is it?']
    done = subprocess.run(asked, cwd=EXAMPLES, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert "60%" in done.stdout


class Unsteady:
    """A service in bad times: what each request meets, in order; every message it was sent."""

    def __init__(self, *meets: str, port: int = 0) -> None:
        left, self.messages = list(meets), list[str]()
        messages, self.over = self.messages, threading.Event()
        over = self.over

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                met = left.pop(0) if left else "later"
                if "text" in body:
                    messages.append(body["client_message_id"])
                if met == "broken":  # killed in the middle: the connection ends without a word
                    return
                if met == "silent":
                    over.wait(10)
                    return
                if met == "cut":
                    self.answer(200, b'{"id": "c", "tok', longer=20)
                else:
                    shown = [{"text": "60%", "sources": [], "buttons": []}] if met == "answer" else []
                    given = {"id": "c", "token": "t", "replies": shown}
                    self.answer(202 if met == "later" else 200, json.dumps(given).encode())

            def answer(self, status: int, body: bytes, longer: int = 0) -> None:
                self.send_response(status)
                self.send_header("Content-Length", str(len(body) + longer))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                """Quiet."""

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def __enter__(self) -> Unsteady:
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


def ask_unsteady(*meets: str) -> tuple[subprocess.CompletedProcess[str], list[str]]:
    """What the client says to such a service, and the ids of the messages that it sent."""
    code = "import rest_client as r, sys; r.TIMEOUT_SECONDS = 1.5; r.main(sys.argv[1], 'how much')"
    with Unsteady(*meets) as service:
        asked = [sys.executable, "-B", "-c", code, service.url]
        done = subprocess.run(asked, cwd=EXAMPLES, capture_output=True, text=True, timeout=60, check=False)
    return done, service.messages


@pytest.mark.parametrize("meets", [["broken", "begun", "broken"], ["begun", "silent"], ["cut", "begun", "cut"]])
def test_a_service_that_breaks_off_is_asked_again(meets: list[str]) -> None:
    done, messages = ask_unsteady(*meets, "answer")
    assert (done.returncode, done.stdout, done.stderr) == (0, "60%\n", "")
    assert len(messages) == 2
    assert len(set(messages)) == 1  # the same message: answered once


def test_an_answer_that_takes_long_is_asked_for_again_and_then_told_to_come_later() -> None:
    done, messages = ask_unsteady("begun", "later", "later", "answer")
    assert (done.returncode, done.stdout) == (0, "60%\n")
    assert len(messages) == 3
    done, messages = ask_unsteady("begun")
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "The message is kept; the answer will come later.\n")
    assert len(messages) == 3
    assert len(set(messages)) == 1


def test_the_shell_client_waits_for_a_service_that_starts() -> None:
    """Nothing listens at first."""
    if shutil.which("curl") is None:
        pytest.skip("no curl on this machine (Debian: sudo apt-get install curl)")
    port = free_port()
    asked = ["sh", "rest_client.sh", f"http://127.0.0.1:{port}", "how much"]
    with subprocess.Popen(asked, cwd=EXAMPLES, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as client:
        try:
            with pytest.raises(subprocess.TimeoutExpired):  # refused, and still there
                client.wait(0.7)
            with Unsteady("begun", "answer", port=port):
                out, _ = client.communicate(timeout=40)
        finally:
            client.kill()
    assert client.returncode == 0
    assert "60%" in out


RUN_BY: Mapping[str, Callable[..., None]] = {
    "third_party_page.html": test_the_chat_on_another_page,
    "wordpress/custom-html-block.html": test_a_custom_html_block,
    "wordpress/job-chat.php": test_the_wordpress_plugin,
    "rest_client.py": test_plain_rest,
    "rest_client.sh": test_plain_rest,
}


def not_run(folder: Path) -> list[str]:
    """Files that no test runs, but the page that lists them."""
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    return sorted(name for name in files - RUN_BY.keys() - {"README.md"} if "__pycache__" not in name)


def test_every_example_is_run(tmp_path: Path) -> None:
    assert RUN_BY.keys() <= {path.relative_to(EXAMPLES).as_posix() for path in EXAMPLES.rglob("*")}
    assert not_run(EXAMPLES) == []
    readme = (EXAMPLES / "README.md").read_text("utf-8")
    assert [name for name in RUN_BY if f"`{name}`" not in readme] == []
    (tmp_path / "forgotten.js").write_text("")
    assert not_run(tmp_path) == ["forgotten.js"]
