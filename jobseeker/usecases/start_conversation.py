"""A new conversation, with its greeting as the first reply."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from jobseeker.clock import Clock
from jobseeker.errors import MalformedRequest
from jobseeker.messages import VARIETIES, Say, Variety
from jobseeker.outgoing import Composer
from jobseeker.ports import Secrets, Signals
from jobseeker.privacy.notice import NOTICE_VERSION
from jobseeker.records import Conversation, NewOutbound
from jobseeker.storage import Store


@dataclass(frozen=True)
class Started:
    """What the client keeps: the id and the secret that opens it. `greeting` is reply seq 1."""

    conversation: Conversation
    token: str
    greeting: NewOutbound


class StartConversation:
    """Makes a conversation. The language it is started in is a hint; only a person's own choice sticks."""

    def __init__(self, store: Store, clock: Clock, composer: Composer, secrets: Secrets, signals: Signals) -> None:
        self.store, self.clock, self.composer, self.secrets, self.signals = store, clock, composer, secrets, signals

    async def __call__(self, *, channel: str, variety: Variety = VARIETIES[0], channel_key: str = "") -> Started:
        """Start one. `channel_key`: the person's id on the channel; on the web it is the conversation's own id.

        Raises MalformedRequest on an unknown variety.
        """
        if variety not in VARIETIES:
            raise MalformedRequest(f"language: one of {', '.join(VARIETIES)}")
        conversation, token = new_conversation(
            self.secrets, channel=channel, channel_key=channel_key, variety=variety, now=self.clock.now()
        )
        greeting = greet(self.composer, conversation)
        async with self.store.write(brief=True) as work:
            await work.conversations.add(conversation)
            await work.outbox.add([greeting])
        self.signals.outbox_changed()
        return Started(conversation, token, greeting)


def new_conversation(
    secrets: Secrets, *, channel: str, channel_key: str, variety: Variety, now: datetime
) -> tuple[Conversation, str]:
    """A conversation that has given out seq 1, for its greeting, and the secret of its web client."""
    identifier, token = secrets.identifier(), secrets.token()
    conversation = Conversation(
        id=identifier,
        channel=channel,
        channel_key=channel_key or identifier,
        token_hash=secrets.digest(token),
        variety=variety,
        variety_chosen=False,
        owner="bot",
        owner_version=0,
        counsellor_id=None,
        last_topic="",
        last_act="",
        failed_turns=0,
        next_seq=2,
        created_at=now,
        updated_at=now,
        notice_version=NOTICE_VERSION,  # the greeting says the main points
    )
    return conversation, token


def greet(composer: Composer, conversation: Conversation) -> NewOutbound:
    """The greeting, as seq 1."""
    key, say = f"greeting:{conversation.id}", Say("utterance", "greeting")
    return composer.row(conversation, say, key=key, seq=1, now=conversation.created_at, act="greet")
