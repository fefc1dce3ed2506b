"""One message about a résumé: a draft is confirmed first, then resume/dialogue.py decides. Nothing is written here; effects are sent on."""

from __future__ import annotations

from jobseeker.messages import Say
from jobseeker.profile.talk import Heard, Talk, Told
from jobseeker.resume.dialogue import ResumeDialogue, ResumeTold
from jobseeker.usecases.talk_about_profile import TalkAboutProfile


class MakeResume:
    """Goes on with the conversation about a résumé."""

    def __init__(self, profiles: TalkAboutProfile, dialogue: ResumeDialogue) -> None:
        self.profiles, self.dialogue = profiles, dialogue

    async def __call__(self, conversation_id: str, heard: Heard, talk: Talk, kind: str) -> ResumeTold | Told:
        """What follows; a `Told` where the draft of the profile comes first.

        Args:
            talk: where the conversation about the profile stands.
            kind: the file that was asked about, where `heard` answers that.
        """
        known = await self.profiles.known(conversation_id)
        talk = talk.reconciled(known.profile)
        if talk.unsaved:
            return self.profiles.dialogue.check(talk, known, (Say("utterance", "resume_confirm_first"),))
        return self.dialogue.answered(heard, kind, known) if heard.answered else self.dialogue.asked(heard, known)
