"""The chat page as a person sees it: write, press, read. Playwright goes through the shadow root by itself."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Locator, Page, expect

MESSAGES = """
() => [...document.querySelector('job-chat').shadowRoot.querySelectorAll('.message')].map(node => ({
  seq: node.dataset.seq ? Number(node.dataset.seq) : null,
  author: ['jobseeker', 'bot', 'counsellor', 'system'].find(name => node.classList.contains(name)),
  who: node.querySelector('.who').textContent,
  text: node.querySelector('.body').textContent,
  pending: node.classList.contains('pending'),
}))
"""


class ChatPage:
    """One tab with the chat."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url = page, url
        self.chat = page.locator("job-chat")
        self.box = self.chat.locator("textarea")
        self.person = self.chat.locator(".person")
        self.banner = self.chat.locator(".banner")
        self.subtitle = self.chat.locator(".subtitle")

    def open(self) -> None:
        """Go to the page and wait for the greeting."""
        self.page.goto(self.url + "/")
        expect(self.of("bot").first).to_be_visible()

    def of(self, author: str) -> Locator:
        """All messages of this author."""
        return self.chat.locator(f".message.{author}")

    def write(self, text: str) -> None:
        """Type into the box and press Enter."""
        self.box.fill(text)
        self.box.press("Enter")

    def ask(self, text: str, *, replies: int = 1) -> None:
        """Write, and wait until this many more replies of the bot are there."""
        before = self.of("bot").count()
        self.write(text)
        expect(self.of("bot")).to_have_count(before + replies)

    def button(self, title: str) -> Locator:
        """The newest button of a reply with this title."""
        return self.chat.locator(".choice", has_text=title).last

    def messages(self) -> list[dict[str, Any]]:
        """What stands on the page, in order."""
        found: list[dict[str, Any]] = self.page.evaluate(MESSAGES)
        return found

    def own_texts(self) -> list[str]:
        """The person's own messages that have arrived."""
        return [
            message["text"]
            for message in self.messages()
            if message["author"] == "jobseeker" and not message["pending"]
        ]

    def expect_consistent(self) -> None:
        """Every message has one place, none is there twice, nothing waits any more."""
        expect(self.chat.locator(".message.pending")).to_have_count(0)
        seqs = [message["seq"] for message in self.messages()]
        assert seqs, "nothing was looked at"
        assert None not in seqs
        assert seqs == sorted(set(seqs)), f"out of order or doubled: {seqs}"

    def conversation(self) -> dict[str, str]:
        """Id and token as the browser keeps them."""
        found: dict[str, str] = self.page.evaluate(
            "() => JSON.parse(Object.entries(localStorage).find(([key]) => key.endsWith(':conversation'))[1])"
        )
        return found

    def overflow(self) -> int:
        """By how many pixels something is wider than the window."""
        wider: int = self.page.evaluate(
            """() => {
              const root = document.querySelector('job-chat').shadowRoot;
              const all = [...root.querySelectorAll('*')].filter(node => !node.closest('.unseen'));
              const right = Math.max(document.documentElement.scrollWidth, ...all.map(node => node.getBoundingClientRect().right));
              return Math.ceil(right - window.innerWidth);
            }"""
        )
        return wider
