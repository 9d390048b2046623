// Who answers now and how far is read, as the log and the stream's signals tell it.

const OWNER_AFTER = { claimed: "agent", returned: "assistant", closed: "closed", transferred: "waiting", lapsed: "waiting", left_message: "assistant" };

class Standing {
  constructor() {
    this.owner = "assistant";
    this.place = null;
    this.seen = 0;
  }

  note({ author, data, seq, reply_to: answered, text }) {
    if (author === "notice") this.owner = OWNER_AFTER[data.notice] ?? this.owner;
    if (data.notice === "claimed") this.greeting = text;
    if (author === "agent") this.owner = "agent";
    if (author === "assistant") this.owner = data.place ? "waiting" : "assistant";
    if (data.place) this.place = data;
    this.seen = Math.max(this.seen, author === "agent" ? seq : 0, answered ?? 0);
  }

  signal(kind, said) {
    if (kind === "queue") Object.assign(this, { owner: "waiting", place: said });
    if (kind === "seen" && said.by === "agent") this.seen = Math.max(this.seen, said.seq);
  }

  inWords(words) {
    if (this.owner === "agent") return `${words.withAgent} · ${this.greeting ?? ""}`;
    if (this.owner !== "waiting" || !this.place) return null;
    const { place, estimate_seconds: seconds } = this.place;
    const queued = words.queued(place, seconds ? Math.max(1, Math.round(seconds / 60)) : 0);
    return this.place.present === false ? queued + words.absent : queued;
  }
}
