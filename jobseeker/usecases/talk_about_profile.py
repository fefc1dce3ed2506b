"""One message about the profile: looks up what is saved, then profile/dialogue.py decides. Nothing is written here; effects are sent on."""

from __future__ import annotations

from jobseeker.profile.dialogue import ProfileDialogue
from jobseeker.profile.talk import Heard, Known, Talk, Told
from jobseeker.storage import Store


class TalkAboutProfile:
    """Reads the person's profile and consent and lets the dialogue go on."""

    def __init__(self, store: Store, dialogue: ProfileDialogue) -> None:
        self.store, self.dialogue = store, dialogue

    async def __call__(self, conversation_id: str, heard: Heard, talk: Talk) -> Told:
        """What follows. A conversation that the store does not know has nothing saved."""
        return self.dialogue.turn(heard, talk, await self.known(conversation_id))

    async def known(self, conversation_id: str) -> Known:
        """What the store has of the person in this conversation."""
        async with self.store.read() as work:
            person = await work.conversations.person_of(conversation_id)
            if person is None:
                return Known()
            profile = await work.profiles.current(person)
            before = await work.profiles.at(person, profile.version - 1) if profile.version > 1 else None
            return Known(profile, before, await work.profiles.has_consented(person, "profile"))
