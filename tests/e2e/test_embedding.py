"""The chat on somebody else's page: another origin, one script tag, a strict content security policy (docs/embedding.md)."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.e2e.chat_page import ChatPage
from tests.e2e.stack import Stack, free_port

pytestmark = [pytest.mark.browser, pytest.mark.processes]
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Another site</title>
<script type="module" src="{service}/job-chat.js"></script></head>
<body><h1>Another site</h1><canvas width="1" height="{above}"></canvas><br><job-chat language="en"></job-chat></body></html>"""


@dataclass
class Site:
    """Another site, at another origin, that the service knows of."""

    url: str
    stack: Stack
    policy: str
    above: int = 0


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, built_pages: Path) -> Iterator[Site]:
    """A service and a site that embeds its chat under a policy without 'unsafe-inline'."""
    port = free_port()
    stack = Stack(
        tmp_path_factory.mktemp("service"), settings={"JOBSEEKER_ALLOWED_ORIGINS": f"http://127.0.0.1:{port}"}
    )
    policy = f"default-src 'none'; script-src {stack.url}; connect-src {stack.url}"
    made = Site(f"http://127.0.0.1:{port}", stack, policy)

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = PAGE.format(service=stack.url, above=made.above).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Security-Policy", made.policy)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        stack.start()
        yield made
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        stack.stop()


def test_one_script_tag_is_enough(site: Site, new_context: Callable[..., BrowserContext]) -> None:
    site.above = 0
    tab = new_context(locale="zh-TW").new_page()
    blocked: list[str] = []
    tab.on(
        "console", lambda message: blocked.append(message.text) if "Content Security Policy" in message.text else None
    )
    page = ChatPage(tab, site.url)
    page.open()
    expect(page.person).to_have_text("Talk to a person")  # the attribute, not the browser
    page.ask("how much")
    expect(page.of("bot").last).to_contain_text("60%")
    background = tab.evaluate(
        "() => getComputedStyle(document.querySelector('job-chat').shadowRoot.querySelector('.jobseeker .body')).backgroundColor"
    )
    assert background == "rgb(214, 233, 230)", "the styles were not applied"
    assert tab.evaluate("() => document.querySelector('job-chat').getBoundingClientRect().height") <= 800
    tab.reload()
    expect(page.of("bot")).to_have_count(2)
    page.expect_consistent()
    assert blocked == []


def test_a_lost_connection_is_noticed_from_another_origin_too(
    site: Site, new_context: Callable[..., BrowserContext]
) -> None:
    site.above = 0
    page = ChatPage(new_context().new_page(), site.url)
    page.open()
    site.stack.kill_gateway()
    page.write("how long")
    expect(page.banner).to_be_visible()
    site.stack.start_gateway()
    expect(page.of("bot")).to_have_count(2, timeout=40_000)
    page.expect_consistent()


def test_no_conversation_is_begun_before_the_chat_is_seen(
    site: Site, new_context: Callable[..., BrowserContext]
) -> None:
    site.above = 5_000
    before = site.stack.rows("SELECT count(*) FROM conversation")
    page = ChatPage(new_context().new_page(), site.url)
    page.page.goto(page.url)
    expect(page.chat.locator(".notice")).to_be_attached()
    page.page.wait_for_timeout(1_000)
    assert site.stack.rows("SELECT count(*) FROM conversation") == before
    page.chat.scroll_into_view_if_needed()
    expect(page.of("bot")).to_have_count(1)
    assert site.stack.rows("SELECT count(*) FROM conversation") != before


def test_a_site_that_is_not_allowed_gets_no_conversation(
    site: Site, stack: Stack, new_context: Callable[..., BrowserContext]
) -> None:
    """`stack` allows no other origin."""
    tab = new_context(bypass_csp=True).new_page()
    site.above = 0
    tab.goto(site.url)
    tab.evaluate(
        "base => { document.querySelector('job-chat').remove(); const chat = document.createElement('job-chat');"
        " chat.setAttribute('base-url', base); document.body.append(chat); }",
        stack.url,
    )
    page = ChatPage(tab, stack.url)
    expect(page.banner).to_contain_text("現在連不上服務", timeout=15_000)
    expect(page.of("bot")).to_have_count(0)
