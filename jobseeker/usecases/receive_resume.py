"""A résumé is uploaded: read first, then kept as a message of its own with what was found in it. The file itself is not kept.

Whatever is wrong with the file is told at once and nothing is kept; the conversation is as it was.
"""

from __future__ import annotations

from dataclasses import replace

from jobseeker.errors import EmptyText, UploadWhilePerson
from jobseeker.handoff import bot_speaks
from jobseeker.messages import Command, InboundMessage
from jobseeker.ports import ReadResume
from jobseeker.usecases.read_conversation import ReadConversation
from jobseeker.usecases.receive_message import Received, ReceiveMessage

NAME_CHARACTERS = 80


class ReceiveResume:
    """Takes one file of a known conversation."""

    def __init__(
        self, read_conversation: ReadConversation, receive_message: ReceiveMessage, read_resume: ReadResume
    ) -> None:
        self.read_conversation, self.receive_message, self.read_resume = read_conversation, receive_message, read_resume

    @property
    def max_bytes(self) -> int:
        """The largest file that is taken in."""
        return self.read_resume.max_bytes

    async def __call__(self, message: InboundMessage, content: bytes, *, token: str) -> Received:
        """Read it and keep what was found. `message.text` is the file's name, as the person sees it.

        Raises:
            UnknownConversation: no such conversation, or the token is not its own; the file was not opened.
            UploadError: the file cannot be read, or a counsellor speaks, who would not see what was in it.
        """
        conversation = await self.read_conversation(message.conversation_key, token)
        if not bot_speaks(conversation.owner):
            raise UploadWhilePerson
        if not content:
            raise EmptyText
        reading = await self.read_resume(content)
        text = message.text.strip()[-NAME_CHARACTERS:] or "…"
        kept = replace(message, text=text, command=Command("upload"), reading=reading.to_dict())
        return await self.receive_message(kept, token=token)
