// Tells the agents that the person is typing, has seen what they wrote, or reads large type.
// These pass: what is not told is not told again.

const TYPING_TOLD_MS = 4000;

class Presence {
  constructor(widget) {
    this.widget = widget;
    this.typed = 0;
    document.addEventListener("visibilitychange", () => this.seen());
  }

  typing() {
    if (this.widget.standing.owner !== "agent" || Date.now() - this.typed < TYPING_TOLD_MS) return;
    this.typed = Date.now();
    this.tell("typing", {});
  }

  seen() {
    const { events, open } = this.widget;
    const last = events.findLast((event) => event.author === "agent");
    if (!open || document.hidden || !last || last === this.told) return;
    this.told = last;
    this.tell("seen", { seq: last.seq });
  }

  mode() {
    if (this.widget.api.conversation) this.tell("mode", { elder: this.widget.large });
  }

  async tell(what, body) {
    await this.widget.api.within("POST", what, body).catch(() => {});
  }
}
