"""The part of a tracker that the application keeps, so that any Rasa process can go on with it."""

from typing import Any

from rasa.shared.core.constants import (
    ACTION_LISTEN_NAME,
    ACTION_SESSION_START_NAME,
    REQUESTED_SLOT,
    SESSION_START_METADATA_SLOT,
)
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event, SessionStarted, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

BEGINNING = (ActionExecuted(ACTION_SESSION_START_NAME), SessionStarted(), ActionExecuted(ACTION_LISTEN_NAME))
OWN_SLOTS = {REQUESTED_SLOT, SESSION_START_METADATA_SLOT}


def read(tracker: DialogueStateTracker) -> dict[str, Any]:
    """Return the slots that have a value, the active form and the slot it asks for."""
    filled = {name: slot.value for name, slot in tracker.slots.items() if slot.value is not None}
    return {
        "slots": {name: value for name, value in filled.items() if name not in OWN_SLOTS},
        "active_loop": tracker.active_loop_name,
        "requested_slot": tracker.get_slot(REQUESTED_SLOT),
    }


def tracker(sender: str, domain: Domain, state: dict[str, Any]) -> DialogueStateTracker:
    """Return a tracker at a state that was read before, or at the beginning for an empty one.

    Nothing else of earlier turns is kept: the conversation of record is the application's, a turn costs
    the same at the end of a long conversation as at its beginning, and any Rasa process can take it.
    """
    return DialogueStateTracker.from_events(
        sender, [*BEGINNING, *events(domain, state)], slots=domain.slots, domain=domain
    )


def events(domain: Domain, state: dict[str, Any]) -> list[Event]:
    """Return the events that lead to a state; names the domain no longer has are left out."""
    names = {slot.name for slot in domain.slots}
    slots = state.get("slots") or {}
    known: list[Event] = [SlotSet(name, value) for name, value in slots.items() if name in names]
    return known + form_events(state, domain)


def forget_left_forms(tracker: DialogueStateTracker, domain: Domain) -> None:
    """Empty the forms' slots once no form is active, so that the next one begins with none."""
    if tracker.active_loop_name is None:
        slots = {slot for form in domain.form_names for slot in domain.required_slots_for_form(form)}
        filled = [slot for slot in sorted(slots) if tracker.get_slot(slot) is not None]
        tracker.update_with_events([SlotSet(slot, None) for slot in filled], domain)


def form_events(state: dict[str, Any], domain: Domain) -> list[Event]:
    """Return the events of a form that has just asked for its slot."""
    form: str | None = state.get("active_loop")
    if form not in domain.form_names:
        return []
    return [
        ActionExecuted(form),
        ActiveLoop(form),
        SlotSet(REQUESTED_SLOT, state.get("requested_slot")),
        ActionExecuted(ACTION_LISTEN_NAME),
    ]
