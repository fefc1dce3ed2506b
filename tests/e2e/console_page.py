"""The console as a counsellor sees it."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from tests.e2e.stack import PASSWORD


class ConsolePage:
    """One tab with the console."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url = page, url
        self.queue = page.locator(".list.queue .case")
        self.mine = page.locator(".list.mine .case")
        self.open_case = page.locator(".open")
        self.box = page.locator(".open .composer textarea")
        self.notice = page.locator(".alerts .notice")
        self.status = page.locator(".status")

    def open(self) -> None:
        """Go to the page."""
        self.page.goto(self.url + "/console")

    def sign_in(self, login: str, password: str = PASSWORD) -> None:
        """Sign in and wait for the desk."""
        self.fill_sign_in(login, password)
        expect(self.status).to_have_attribute("data-state", "open")

    def fill_sign_in(self, login: str, password: str) -> None:
        """Send the form."""
        self.page.locator("#login").fill(login)
        self.page.locator("#password").fill(password)
        self.page.locator("#password").press("Enter")

    def waiting(self, text: str) -> Locator:
        """The waiting case whose last words are these."""
        return self.queue.filter(has_text=text)

    def look_at(self, text: str) -> None:
        """Open a waiting case by its last words."""
        self.waiting(text).click()
        expect(self.open_case).to_be_visible()

    def claim(self) -> None:
        """Take the open case."""
        self.open_case.locator(".bar .strong").click()

    def take(self, text: str) -> None:
        """Open and take a waiting case."""
        self.look_at(text)
        self.claim()
        expect(self.box).to_be_visible()

    def reply(self, text: str) -> None:
        """Write to the jobseeker."""
        self.box.fill(text)
        self.box.press("Enter")

    def give_back(self) -> None:
        """Return the open case to the program."""
        self.open_case.locator(".head .plain:not(.back)").click()
        self.open_case.locator(".reply .sure .strong").click()

    def open_tool(self, name: str) -> None:
        """Unfold or fold one of the tools of the open case."""
        self.open_case.locator(f".tool.{name} > summary").click()

    def case_number(self) -> str:
        """Of the open case."""
        return str(self.open_case.locator("h2").text_content()).split()[-1]

    def lines(self, author: str) -> Locator:
        """Lines of the open transcript by this author."""
        return self.open_case.locator(f".line.{author}:not(.pending)")

    def texts(self, author: str) -> list[str]:
        """Their texts."""
        return [text.strip() for text in self.lines(author).locator(".body").all_text_contents()]
