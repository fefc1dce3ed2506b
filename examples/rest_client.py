"""Ask the assistant over plain REST, with Python's standard library: python3 rest_client.py https://jobs.example.org "question"."""

from __future__ import annotations

import http.client
import json
import sys
import time
import urllib.error
import urllib.request
import uuid
from typing import Any

ATTEMPTS, TIMEOUT_SECONDS = 5, 60.0
ASKED_AGAIN = 3  # times 20 seconds: until there is an answer


def call(url: str, body: dict[str, Any], token: str = "") -> dict[str, Any]:
    """POST JSON and read JSON. What is busy or down is tried again: the same message id is never answered twice."""
    headers = {"Content-Type": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    for attempt in range(1, ATTEMPTS + 1):
        request = urllib.request.Request(url, json.dumps(body).encode(), headers)
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:
                return dict(json.load(answer))
        except urllib.error.HTTPError as problem:
            if problem.code not in (429, 503) or attempt == ATTEMPTS:
                raise SystemExit(f"refused ({problem.code}): {problem.read().decode()}") from problem
            time.sleep(float(problem.headers.get("Retry-After") or attempt))
        except (OSError, http.client.HTTPException, json.JSONDecodeError) as problem:  # also: broken off in the middle
            if attempt == ATTEMPTS:
                raise SystemExit(f"nothing answers at {url}: {problem}") from problem
            time.sleep(attempt)
    raise AssertionError("not reached")


def main(service: str, question: str) -> None:
    """One conversation, one question; the replies with their sources on standard output."""
    conversation = call(f"{service}/api/v1/conversations", {"language": "en"})
    address = f"{service}/api/v1/conversations/{conversation['id']}/messages?wait=20"
    message = {"text": question, "client_message_id": uuid.uuid4().hex}
    for _ in range(ASKED_AGAIN):
        answer = call(address, message, conversation["token"])
        if answer["replies"]:
            break
    else:
        raise SystemExit("The message is kept; the answer will come later.")
    for reply in answer["replies"]:
        print(reply["text"])
        for source in reply["sources"]:
            print(f"  source: {source['title']} {source['url']}")
        for button in reply["buttons"]:
            print(f"  button: {button['title']} -> {button['payload']}")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    main(sys.argv[1].rstrip("/"), sys.argv[2])
