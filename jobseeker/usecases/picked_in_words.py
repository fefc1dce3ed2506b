"""A button of the last reply that was answered in words: "the first one", its title, a bare yes. Looks it up; how words are read is language/picking.py."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from jobseeker.clock import Clock, local_day
from jobseeker.messages import Button, Command, parse_command
from jobseeker.outgoing import Composer
from jobseeker.records import Conversation, Outbound
from jobseeker.storage import Store

LOOKED_AT = 6  # rows before the newest: a reply has one to three, and each holds what was shown
LONGEST_CHARACTERS = 30
Pick = Callable[[str, Sequence[Button]], str]


class PickedInWords:
    """Reads the newest reply; decides nothing else."""

    def __init__(self, store: Store, clock: Clock, composer: Composer, pick: Pick) -> None:
        self.store, self.clock, self.composer, self.pick = store, clock, composer, pick

    async def __call__(self, conversation: Conversation, text: str) -> Command | None:
        """The command of the button that is meant, or None."""
        if len(text) > LONGEST_CHARACTERS:
            return None
        async with self.store.read(brief=True) as work:
            rows = await work.outbox.after(conversation.id, max(0, conversation.next_seq - LOOKED_AT), LOOKED_AT)
        said = [row for row in rows if row.author == "bot"]
        answered = said[-1].inbox_id if said else None  # a greeting or a reminder asks nothing
        last = [row for row in said if answered is not None and row.inbox_id == answered]
        return parse_command(self.pick(text, [button for row in last for button in self._buttons(row)]))

    def _buttons(self, row: Outbound) -> Sequence[Button]:
        if row.rendered is not None:
            return [Button(str(one["title"]), str(one["payload"])) for one in row.rendered.get("buttons", ())]
        try:
            return self.composer.answers.render(row.say, variety=row.variety, day=local_day(self.clock.now())).buttons
        except LookupError:  # what cannot be rendered was never shown; deliver_replies.py reports it
            return ()
