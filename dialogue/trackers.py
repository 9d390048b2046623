"""Where Rasa keeps its trackers: in memory, and only so many."""

from collections import OrderedDict
from typing import Any

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker


class RecentTrackerStore(InMemoryTrackerStore):
    """An in-memory store that forgets the conversation not used for the longest time.

    The application holds the conversation of record and sends the dialogue's state with each
    message, so a forgotten tracker is restored; without a limit the memory would only grow.
    """

    def __init__(
        self,
        domain: Domain,
        event_broker: EventBroker | None = None,
        max_conversations: int = 5000,
        **kwargs: Any,
    ) -> None:
        super().__init__(domain, event_broker, **kwargs)
        self.store: OrderedDict[str, str] = OrderedDict()
        self.max_conversations = max_conversations

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keep the tracker as the most recent one and forget what is over the limit."""
        await super().save(tracker)
        self.store.move_to_end(tracker.sender_id)
        while len(self.store) > self.max_conversations:
            self.store.popitem(last=False)
