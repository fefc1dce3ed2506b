"""The console's HTTP interface against the real gateway: cookie, CSRF, roles, hand-off calls, live events. No browser."""

from __future__ import annotations

import http.client
import http.cookies
import json
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.e2e.stack import PASSWORD, Stack

pytestmark = pytest.mark.processes
JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A gateway with staff; the pages are not needed."""
    running = Stack(tmp_path_factory.mktemp("api"))
    try:
        running.var.mkdir(parents=True, exist_ok=True)
        for login, name, role in (
            ("lin", "林小姐", "counsellor"),
            ("chen", "陳先生", "counsellor"),
            ("boss", "主任", "supervisor"),
            ("editor", "編輯", "editor"),
            ("victim", "受害者", "counsellor"),
        ):
            running.add_account(login, name, role)
        running.start()
        yield running
    finally:
        running.stop()


@dataclass
class Answer:
    """Status, headers and JSON of one answer."""

    status: int
    headers: http.client.HTTPMessage
    body: Any

    @property
    def code(self) -> str:
        """The stable error code."""
        return str(self.body["error"]["code"])


@dataclass
class Client:
    """A browser without a page: keeps the cookie, sends the CSRF token."""

    stack: Stack
    cookie: str = ""
    csrf: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    def call(self, method: str, path: str, body: object = None, **headers: str) -> Answer:
        """One request to /console/api."""
        sent = {"X-CSRF-Token": self.csrf, **({"Cookie": f"jobseeker_staff={self.cookie}"} if self.cookie else {})}
        raw = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else None
        sent |= (JSON if raw is not None else {}) | {name.replace("_", "-"): value for name, value in headers.items()}
        connection = http.client.HTTPConnection("127.0.0.1", self.stack.port, timeout=30)
        try:
            connection.request(method, f"/console/api{path}", body=raw, headers=sent)
            answer = connection.getresponse()
            text = answer.read()
            return Answer(answer.status, answer.headers, json.loads(text) if text else None)
        finally:
            connection.close()

    def sign_in(self, login: str) -> Answer:
        """Sign in and keep what a browser keeps."""
        answer = self.call("POST", "/session", {"login": login, "password": PASSWORD})
        assert answer.status == 200, answer.body
        cookie = http.cookies.SimpleCookie(answer.headers["Set-Cookie"])["jobseeker_staff"]
        self.cookie, self.csrf = cookie.value, answer.body["csrf_token"]
        return answer

    def events(self, query: str = "", *, until: str, most: int = 200) -> list[tuple[str, Any]]:
        """Events from the stream until the one called `until` has come."""
        request = urllib.request.Request(
            f"{self.stack.url}/console/api/events{query}", headers={"Cookie": f"jobseeker_staff={self.cookie}"}
        )
        found: list[tuple[str, Any]] = []
        kind = ""
        with urllib.request.urlopen(request, timeout=20) as stream:
            assert stream.headers["Content-Type"].startswith("text/event-stream")
            for raw in stream:
                line = raw.decode().rstrip("\n")
                if line.startswith("event: "):
                    kind = line[7:]
                elif line.startswith("data: "):
                    found.append((kind, json.loads(line[6:])))
                    if kind == until or len(found) >= most:
                        return found
        raise AssertionError(f"the stream ended before {until}: {found}")


def client(stack: Stack, login: str) -> Client:
    """A signed-in client."""
    made = Client(stack)
    made.sign_in(login)
    return made


def jobseeker_waits(stack: Stack, *texts: str) -> int:
    """A new conversation that asked for a person; the number of its case."""
    made = _post(stack, "/api/v1/conversations", {}, {})
    token = {"Authorization": f"Bearer {made['token']}"}
    for number, text in enumerate(("真人", *texts)):
        payload = {"payload": "/human"} if number == 0 else {}
        _post(
            stack,
            f"/api/v1/conversations/{made['id']}/messages?wait=20",
            {"text": text, "client_message_id": f"m{number}", **payload},
            token,
        )
    rows = stack.rows("SELECT id FROM handoff_case WHERE conversation_id = ?", made["id"])
    return int(str(rows[0][0]))


def _post(stack: Stack, path: str, body: object, headers: dict[str, str]) -> Any:
    request = urllib.request.Request(stack.url + path, data=json.dumps(body).encode(), headers={**JSON, **headers})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(stack: Stack) -> None:
    answer = client(stack, "lin").sign_in("lin")
    cookie = http.cookies.SimpleCookie(answer.headers["Set-Cookie"])["jobseeker_staff"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Strict", "/console")
    assert not cookie["secure"]  # plain http here; https is the next test
    assert answer.headers["Cache-Control"] == "no-store"
    assert cookie.value not in json.dumps(answer.body)


def test_behind_https_the_cookie_is_secure(built_pages: object, tmp_path: Any) -> None:
    behind = Stack(tmp_path / "proxy", settings={"JOBSEEKER_TRUST_PROXY": "true"})
    try:
        behind.var.mkdir()
        behind.add_account("lin", "林小姐")
        behind.start()
        body = {"login": "lin", "password": PASSWORD}
        for scheme, secure in (("https", True), ("http", False)):
            answer = Client(behind).call("POST", "/session", body, X_Forwarded_Proto=scheme)
            assert answer.status == 200
            assert bool(http.cookies.SimpleCookie(answer.headers["Set-Cookie"])["jobseeker_staff"]["secure"]) is secure
    finally:
        behind.stop()


def test_signing_in_makes_a_new_session_and_ends_the_old_one(stack: Stack) -> None:
    one = client(stack, "lin")
    old = Client(stack, cookie=one.cookie, csrf=one.csrf)
    one.sign_in("lin")
    assert one.cookie != old.cookie
    assert one.csrf != old.csrf
    assert old.call("GET", "/session").status == 401
    assert one.call("GET", "/session").body["account"]["login"] == "lin"


def test_a_planted_cookie_is_not_taken_over(stack: Stack) -> None:
    fixed = Client(stack, cookie="planted-by-somebody")
    fixed.sign_in("lin")
    assert fixed.cookie != "planted-by-somebody"


@pytest.mark.parametrize("cookie", ["", "nonsense", "x" * 4_000, "%00%ff"])
def test_without_a_session_nothing_is_shown(stack: Stack, cookie: str) -> None:
    stranger = Client(stack, cookie=cookie)
    calls = [("GET", "/session"), ("DELETE", "/session"), ("GET", "/cases"), ("GET", "/cases/1"), ("POST", "/cases/1/claim"),
             ("POST", "/cases/1/replies"), ("POST", "/cases/1/return"), ("GET", "/events")]  # fmt: skip
    for method, path in calls:
        answer = stranger.call(method, path, {} if path.endswith("replies") else None)
        assert (answer.status, answer.code) == (401, "JS-ACC-002"), (method, path)


def test_a_change_needs_the_csrf_token_of_this_session(stack: Stack) -> None:
    case = jobseeker_waits(stack)
    lin, chen = client(stack, "lin"), client(stack, "chen")
    for token in ("", "wrong", chen.csrf, "ä" * 10):
        forged = Client(stack, cookie=lin.cookie, csrf=token.encode("utf-8").decode("latin-1"))
        for method, path in (
            ("POST", f"/cases/{case}/claim"),
            ("POST", f"/cases/{case}/return"),
            ("DELETE", "/session"),
        ):
            answer = forged.call(method, path)
            assert (answer.status, answer.code) == (403, "JS-ACC-005"), (token, path)
    assert lin.call("GET", f"/cases/{case}").body["state"] == "waiting"


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.example"}, {"Sec_Fetch_Site": "cross-site"}, {"Origin": "null"}]
)
def test_another_site_changes_nothing_even_with_the_token(stack: Stack, headers: dict[str, str]) -> None:
    case = jobseeker_waits(stack)
    lin = client(stack, "lin")
    assert lin.call("POST", f"/cases/{case}/claim", **headers).status == 403
    assert Client(stack).call("POST", "/session", {"login": "lin", "password": PASSWORD}, **headers).status == 403


@pytest.mark.parametrize(
    ("body", "type_", "status", "code"),
    [
        (b"login=lin&password=x", "application/x-www-form-urlencoded", 415, "JS-IN-"),
        (b'{"login": "lin"', "application/json", 400, "JS-IN-003"),
        (b'{"login": "lin"}', "application/json", 400, "JS-IN-003"),
        (b'{"login": ["lin"], "password": "x"}', "application/json", 400, "JS-IN-003"),
        (b'{"login": "lin", "password": "x", "role": "supervisor"}', "application/json", 400, "JS-IN-003"),
        (b"[]", "application/json", 400, "JS-IN-003"),
        (b"\xff\xfe", "application/json", 400, "JS-IN-003"),
        (b'{"login": "' + b"a" * 70_000 + b'"}', "application/json", 413, "JS-IN-"),
        (b'{"login": "lin", "password": "' + b"a" * 257 + b'"}', "application/json", 400, "JS-IN-003"),
        (b'{"login": "nobody", "password": "x"}', "application/json", 401, "JS-ACC-003"),
        (b'{"login": "lin\\u0000", "password": "x"}', "application/json", 401, "JS-ACC-003"),
    ],
)
def test_a_bad_sign_in_is_refused_clearly(stack: Stack, body: bytes, type_: str, status: int, code: str) -> None:
    answer = Client(stack).call("POST", "/session", body, Content_Type=type_)
    assert answer.status == status
    assert answer.code.startswith(code)
    assert "Set-Cookie" not in answer.headers


def test_guessing_locks_the_account_for_a_while(stack: Stack) -> None:
    guesses = [Client(stack).call("POST", "/session", {"login": "victim", "password": f"guess {n}"}) for n in range(6)]
    assert [answer.status for answer in guesses] == [401] * 5 + [429]
    right = Client(stack).call("POST", "/session", {"login": "victim", "password": PASSWORD})
    assert right.status == 429
    assert int(right.headers["Retry-After"]) > 0
    assert client(stack, "lin").call("GET", "/session").status == 200  # nobody else is


def test_the_queue_says_reason_urgency_language_and_waiting_time(stack: Stack) -> None:
    case = jobseeker_waits(stack, "請快一點")
    answer = client(stack, "lin").call("GET", "/cases?state=waiting")
    found = {each["id"]: each for each in answer.body["cases"]}[case]
    assert found["reasons"] == ["asked_for_human"]
    assert (found["urgency"], found["variety"], found["state"], found["last_text"]) == (
        1,
        "zh-Hant",
        "waiting",
        "請快一點",
    )
    assert found["waiting_seconds"] >= 0
    wrong = client(stack, "lin").call("GET", "/cases?state=everything")
    assert (wrong.status, wrong.code) == (400, "JS-IN-003")


def test_a_hand_off_by_calls(stack: Stack) -> None:
    case = jobseeker_waits(stack, "領多少")
    lin, chen = client(stack, "lin"), client(stack, "chen")
    early = lin.call("POST", f"/cases/{case}/replies", {"text": "hi", "client_message_id": "early"})
    assert (early.status, early.code) == (403, "JS-HND-003")
    assert lin.call("POST", f"/cases/{case}/claim").body["claimed_by"] == "林小姐"
    late = chen.call("POST", f"/cases/{case}/claim")
    assert (late.status, late.code) == (409, "JS-HND-002")
    assert lin.call("POST", f"/cases/{case}/claim").status == 200  # asked again: still hers
    file = lin.call("GET", f"/cases/{case}").body
    assert [line["seq"] for line in file["transcript"]] == list(range(1, len(file["transcript"]) + 1))
    assert {"jobseeker", "bot", "system"} <= {line["author"] for line in file["transcript"]}
    assert any(line["topic"] == "ui_amount" for line in file["transcript"])
    first = lin.call("POST", f"/cases/{case}/replies", {"text": "您好", "client_message_id": "r1"})
    again = lin.call("POST", f"/cases/{case}/replies", {"text": "您好", "client_message_id": "r1"})
    assert (first.status, again.status) == (201, 201)
    assert first.body == again.body
    for other in (
        chen.call("POST", f"/cases/{case}/replies", {"text": "x", "client_message_id": "c1"}),
        chen.call("POST", f"/cases/{case}/return"),
    ):
        assert (other.status, other.code) == (403, "JS-HND-003")
    assert chen.call("GET", f"/cases/{case}").status == 403
    assert client(stack, "boss").call("GET", f"/cases/{case}").status == 200  # a supervisor may look
    assert lin.call("POST", f"/cases/{case}/return").body["state"] == "closed"
    assert lin.call("POST", f"/cases/{case}/return").status == 200
    gone = lin.call("POST", f"/cases/{case}/replies", {"text": "x", "client_message_id": "r2"})
    assert (gone.status, gone.code) == (403, "JS-HND-003")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"text": "", "client_message_id": "a"}, 422),
        ({"text": "字" * 4_001, "client_message_id": "a"}, 413),
        ({"text": "x"}, 400),
        ({"text": 3, "client_message_id": "a"}, 400),
        ({"text": "x", "client_message_id": ""}, 400),
        ({"text": "x", "client_message_id": "a b"}, 400),
        ({"text": "x", "client_message_id": "a" * 65}, 400),
        ("x", 400),
    ],
)
def test_a_bad_reply_is_refused_clearly(stack: Stack, body: object, status: int) -> None:
    case = jobseeker_waits(stack)
    lin = client(stack, "lin")
    lin.call("POST", f"/cases/{case}/claim")
    answer = lin.call("POST", f"/cases/{case}/replies", body)
    assert answer.status == status
    assert set(answer.body["error"]["message"]) == {"zh", "en"}
    assert stack.rows("SELECT count(*) FROM outbox WHERE key LIKE 'counsellor:%' AND say LIKE '%字字%'") == [(0,)]


@pytest.mark.parametrize("number", ["0", "999999", "99999999999999999999", "-1", "x", "1%2e0", "１"])
def test_a_case_that_does_not_exist(stack: Stack, number: str) -> None:
    lin = client(stack, "lin")
    path = number.encode("utf-8").decode("latin-1") if number.isascii() else "%EF%BC%91"
    for method, tail in (("GET", ""), ("POST", "/claim"), ("POST", "/return")):
        answer = lin.call(method, f"/cases/{path}{tail}")
        assert (answer.status, answer.code) == (404, "JS-HND-001")


def test_editors_may_not_touch_cases(stack: Stack) -> None:
    case = jobseeker_waits(stack)
    editor = client(stack, "editor")
    assert editor.call("GET", "/session").status == 200
    for method, path in (
        ("GET", "/cases"),
        ("GET", f"/cases/{case}"),
        ("POST", f"/cases/{case}/claim"),
        ("GET", "/events"),
    ):
        answer = editor.call(method, path)
        assert (answer.status, answer.code) == (403, "JS-ACC-005")


def test_looking_at_a_case_is_audited(stack: Stack) -> None:
    case = jobseeker_waits(stack)
    client(stack, "lin").call("GET", f"/cases/{case}")
    assert stack.rows("SELECT action FROM audit WHERE case_id = ? AND action = 'case.viewed'", case) == [
        ("case.viewed",)
    ]


def test_the_stream_replays_from_what_has_been_seen(stack: Stack) -> None:
    case = jobseeker_waits(stack, "領多少")
    chen = client(stack, "chen")
    chen.call("POST", f"/cases/{case}/claim")
    events = chen.events(until="alert")
    seqs = [data["seq"] for kind, data in events if kind == "entry" and data["case_id"] == case]
    assert seqs == list(range(1, len(seqs) + 1))
    assert len(seqs) >= 5
    assert ("queue", {}) in events
    middle = seqs[2]
    events = chen.events(f"?seen={case}:{middle}", until="alert")
    assert [data["seq"] for kind, data in events if kind == "entry" and data["case_id"] == case] == seqs[3:]


def test_the_stream_shows_a_waiting_case_only_to_who_looks_at_it(stack: Stack) -> None:
    case = jobseeker_waits(stack)
    boss = client(stack, "boss")
    without = boss.events(until="alert")
    assert [kind for kind, _ in without if kind == "entry"] == []
    looking = boss.events(f"?seen={case}:0", until="alert")
    assert {data["case_id"] for kind, data in looking if kind == "entry"} == {case}


def test_the_stream_gives_nothing_of_somebody_elses_case(stack: Stack) -> None:
    case = jobseeker_waits(stack)
    client(stack, "lin").call("POST", f"/cases/{case}/claim")
    events = client(stack, "chen").events(f"?seen={case}:0", until="alert")
    assert case not in {data.get("case_id") for kind, data in events if kind == "entry"}


@pytest.mark.parametrize(
    "query",
    ["?seen=x", "?seen=1:2,", "?seen=1:-2", "?seen=" + ",".join(["1:1"] * 60), "?alert=x", "?alert=" + "9" * 40],
)
def test_a_bad_stream_address_is_refused(stack: Stack, query: str) -> None:
    answer = client(stack, "lin").call("GET", f"/events{query}")
    assert (answer.status, answer.code) == (400, "JS-IN-003")


def test_signing_out_ends_the_session_everywhere(stack: Stack) -> None:
    lin = client(stack, "lin")
    answer = lin.call("DELETE", "/session")
    assert answer.status == 204
    assert "Max-Age=0" in answer.headers["Set-Cookie"]
    assert lin.call("GET", "/session").status == 401
