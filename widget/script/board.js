// What is shown under way: messages on their way, what to press next, who types, what was seen, how it stands.

const AGENT_TYPING_MS = 6000;
const ASSISTANT_TYPING_MS = 20000;
const TOLD_MS = 8000;
const NEAR_END = 80;
const MARGIN_ABOVE = 48;

class Board {
  constructor(widget) {
    this.widget = widget;
  }

  get parts() {
    return this.widget.parts;
  }

  get words() {
    return this.widget.words;
  }

  showAll() {
    this.showOutgoing();
    this.showFoot();
    this.showSeen();
    this.showState();
  }

  showOutgoing() {
    const { outbox, messages, events, standing } = this.widget;
    this.parts.out.replaceChildren(...outbox.messages.map((message) => messages.outgoing(message)));
    const asked = events.at(-1)?.author === "customer" || outbox.messages.some((message) => message.sent);
    if (asked && standing.owner === "assistant") this.showTyping(this.words.assistant, ASSISTANT_TYPING_MS);
    else this.parts.typing.hidden = true;
  }

  showTyping(who, time = AGENT_TYPING_MS) {
    clearTimeout(this.typingTimer);
    this.parts.typing.textContent = this.words.typing(who);
    this.parts.typing.hidden = false;
    this.typingTimer = setTimeout(() => { this.parts.typing.hidden = true; }, time);
  }

  showFoot() {
    if (this.parts.foot.querySelector(".ending:focus-within")) return;
    const { events, messages, rating, standing } = this.widget;
    const last = events.findLast((event) => event.author !== "customer");
    if (last?.data.reason === "contact" && this.widget.contactAskedAt !== last.seq) this.askForContact(last);
    const { leaving } = this.widget;
    const next = [
      ...(last ? [messages.choices(last), messages.field(last), last.data.notice === "closed" && !rating.rated(last.seq) && rating.atTheEnd(last.seq)] : []),
      leaving ? leaveForm(this.widget, leaving) : standing.owner === "waiting" && waitingDeeds(this.widget),
    ];
    this.parts.foot.replaceChildren(...next.filter(Boolean));
  }

  clearFoot() {
    const form = this.parts.foot.querySelector(".leave");
    this.parts.foot.replaceChildren(...(form ? [form] : []));
  }

  askForContact({ seq, reply_to: asked }) {
    const said = this.widget.events.find((event) => event.seq === asked)?.text ?? "";
    this.widget.contactAskedAt = seq;
    this.widget.leaving ??= { text: said.replace(/^\s*留言[\s:：,，]*/, ""), contact: "" };
  }

  showSeen() {
    for (const article of this.parts.lines.querySelectorAll("article.customer:not(.seen)")) {
      if (Number(article.dataset.seq) > this.widget.standing.seen) continue;
      article.classList.add("seen");
      article.querySelector(".status").textContent = this.words.seen;
    }
  }

  showState() {
    const { broke, standing } = this.widget;
    const said = (broke ? this.words.lost : this.told ?? standing.inWords(this.words)) ?? "";
    this.parts.state.classList.toggle("broken", Boolean(broke));
    this.parts.state.hidden = !said;
    if (this.parts.state.textContent !== said) this.parts.state.textContent = said;
  }

  tell(text) {
    clearTimeout(this.toldTimer);
    this.told = text;
    this.showState();
    this.toldTimer = setTimeout(() => { this.told = null; this.showState(); }, TOLD_MS);
  }

  atEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.parts.log;
    return scrollHeight - scrollTop - clientHeight < NEAR_END;
  }

  // A long answer is read from its beginning.
  toNews(article) {
    this.toEnd();
    if (article) this.parts.log.scrollTop = Math.min(this.parts.log.scrollTop, article.offsetTop - MARGIN_ABOVE);
  }

  toEnd(again = false) {
    this.parts.jump.hidden = true;
    this.parts.log.scrollTop = this.parts.log.scrollHeight;
    if (again) setTimeout(() => { this.parts.log.scrollTop = this.parts.log.scrollHeight; });
  }
}
