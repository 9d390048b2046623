// Tells the agents that the person is typing, has seen what they wrote, or reads large type.
// A server that does not know one of these answers 404 and is not told again.

const TYPING_TOLD_MS = 4000;

class Presence {
  constructor(widget) {
    this.widget = widget;
    this.unwanted = new Set();
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
    if (this.unwanted.has(what)) return;
    await this.widget.api.within("POST", what, body).catch((error) => { if (error.status === 404) this.unwanted.add(what); });
  }
}
