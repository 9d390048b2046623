// <shuiwen-chat>: puts the parts together, and keeps what is shown true to the log.

const SCRIPT = document.currentScript;
const BASE = new URL(".", SCRIPT.src).href;
const TYPING_SHOWN_MS = 6000;
const TYPING_TOLD_MS = 4000;
const PICTURE_WIDTH = 240;
const SHEET = "adoptedStyleSheets" in document ? new CSSStyleSheet() : null;
const MARGIN_ABOVE = 48;

class ShuiwenChat extends HTMLElement {
  connectedCallback() {
    if (this.shadowRoot) return;
    this.fullPage = this.hasAttribute("page");
    this.store = new Store(BASE);
    this.api = new Api(BASE, this.store, this.fullPage ? this.getAttribute("conversation") ?? "" : null);
    this.announcer = new Announcer();
    this.voice = new Voice(this);
    this.rating = new Rating(this);
    this.messages = new Messages(this);
    this.stream = new Stream(this.api, this);
    this.outbox = new Outbox(this.api, this);
    this.forgetEvents();
    this.readWishes();
    this.root = make("div", { class: "root" });
    this.attachShadow({ mode: "open" }).append(this.root);
    this.shadowRoot.adoptedStyleSheets = [SHEET];
    this.store.onChange((name) => this.otherTab(name));
    this.build();
    this.floatAboveAll();
    this.follow();
    this.outbox.flush();
  }

  // ---- wishes of the person

  readWishes() {
    this.language = languageOf(this.store.read("language"), this.dataset.lang, ...navigator.languages);
    this.large = Boolean(this.store.read("large") ?? this.hasAttribute("data-large"));
    this.aloud = Boolean(this.store.read("aloud"));
    this.open = this.fullPage || Boolean(this.store.read("open"));
  }

  get words() {
    return WORDS[this.language];
  }

  wish(name, value) {
    this.store.write(name, value);
    const place = [...this.root.querySelectorAll("button")].indexOf(this.shadowRoot.activeElement);
    const menuOpen = !this.parts.menu.hidden;
    const draft = this.parts.field.value;
    this.readWishes();
    this.build();
    this.parts.field.value = draft;
    if (menuOpen) this.toggleMenu();
    this.root.querySelectorAll("button")[place]?.focus();
    if (name === "language") this.welcome();
    if (name === "large") this.tellMode();
  }

  // ---- the frame

  build() {
    this.parts = buildFrame(this);
    this.suggestions = new Suggestions(this, this.parts.field, this.parts.list);
    this.root.classList.toggle("large", this.large);
    this.root.lang = this.language;
    this.paint();
    this.root.replaceChildren(...[this.parts.launcher, this.parts.panel].filter(Boolean), ...this.announcer.regions);
    this.parts.field.addEventListener("keydown", (event) => this.key(event));
    this.parts.field.addEventListener("input", () => this.tellTyping());
    this.parts.log.addEventListener("scroll", () => { if (this.atEnd()) this.parts.jump.hidden = true; });
    this.parts.panel.addEventListener("keydown", (event) => { if (event.key === "Escape" && !event.defaultPrevented) this.closePanel(); });
    this.parts.lines.append(...this.events.map((event) => this.messages.event(event)));
    this.showOpen();
    this.showOutgoing();
    this.showFoot();
    this.showState();
    this.showSeen();
    this.parts.welcome.replaceChildren(...buildWelcome(this).filter(Boolean));
    this.toEnd();
  }

  paint() {
    const dark = matchMedia("(prefers-color-scheme: dark)");
    const wanted = this.dataset.theme;
    const paint = () => { this.root.dataset.theme = wanted ?? (dark.matches ? "dark" : "light"); };
    dark.onchange = paint;
    paint();
  }

  floatAboveAll() {
    if (this.fullPage) return;
    if (this.showPopover) {
      this.popover = "manual";
      this.showPopover();
    }
    const seen = window.visualViewport;
    seen?.addEventListener("resize", () => this.root.style.setProperty("--seen-height", `${seen.height}px`));
  }

  showOpen() {
    this.parts.panel.hidden = !this.open;
    if (this.parts.launcher) this.parts.launcher.hidden = this.open;
    if (this.open && !this.welcomed) this.welcome();
  }

  openPanel() {
    this.open = true;
    this.store.write("open", true);
    this.unread = 0;
    this.showOpen();
    this.follow();
    this.toEnd();
    (matchMedia("(pointer: coarse)").matches ? this.parts.title : this.parts.field).focus();
    this.reportSeen();
  }

  closePanel() {
    if (this.fullPage) return;
    this.open = false;
    this.store.write("open", false);
    this.showOpen();
    this.showUnread();
    this.parts.launcher.focus();
  }

  showUnread() {
    if (!this.parts.launcher) return;
    this.parts.launcher.replaceChildren(this.words.title, ...(this.unread ? [make("span", { class: "unread" }, String(this.unread))] : []));
    this.parts.launcher.setAttribute("aria-label", this.unread ? `${this.words.open} (${this.words.newMessages} ${this.unread})` : this.words.open);
  }

  toggleMenu() {
    this.parts.menu.hidden = !this.parts.menu.hidden;
    this.parts.more.setAttribute("aria-expanded", String(!this.parts.menu.hidden));
  }

  async welcome() {
    this.welcomed = true;
    try {
      this.opening = await (await this.api.request("GET", `api/opening?lang=${this.language}`)).json();
      this.parts.picker.accept = this.opening.limits.types.map((type) => `.${type}`).join(",");
      this.parts.welcome.replaceChildren(...buildWelcome(this).filter(Boolean));
      if (!this.events.length) this.parts.log.scrollTop = 0;
    } catch {
      this.welcomed = false;
    }
  }

  // ---- what the person does

  key(event) {
    if (event.isComposing) return;
    if (this.suggestions.key(event)) {
      event.preventDefault();
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.submit();
    }
  }

  submit() {
    const text = this.parts.field.value.trim();
    if (!text) return;
    const longest = this.opening?.limits?.message ?? 2000;
    if (text.length > longest) return this.tell(this.words.tooLong(longest));
    this.parts.field.value = "";
    this.suggestions.close();
    this.send(text);
  }

  send(text, shown = text) {
    if (this.inFoot(this.shadowRoot.activeElement)) this.parts.field.focus();
    this.outbox.add(text, shown);
    this.parts.foot.replaceChildren();
    this.showOutgoing();
    this.toEnd(true);
  }

  inFoot(element) {
    return element && (this.parts.foot.contains(element) || this.parts.welcome.contains(element));
  }

  abandon(message) {
    this.outbox.drop(message.txn);
    this.showOutgoing();
    this.parts.field.focus();
  }

  upload() {
    const [file] = this.parts.picker.files;
    this.parts.picker.value = "";
    if (!file) return;
    const { types, upload } = this.opening?.limits ?? {};
    if (types && !types.includes(file.name.split(".").pop().toLowerCase())) return this.tell(this.words.wrongType);
    if (upload && file.size > upload) return this.tell(this.words.tooLarge(Math.floor(upload / 2 ** 20)));
    this.outbox.add("", file.name, file);
    this.tell(this.words.sendingFile(file.name));
    this.showOutgoing();
    this.toEnd(true);
  }

  async fetchFile(file) {
    return (await this.api.within("GET", `files/${encodeURIComponent(file.id)}`)).blob();
  }

  async download(file) {
    try {
      offer(await this.fetchFile(file), file.name);
    } catch (error) {
      this.tell(error.message || this.words.lost);
    }
  }

  async picture(file) {
    try {
      const image = await createImageBitmap(await this.fetchFile(file));
      const scale = Math.min(1, PICTURE_WIDTH / image.width);
      const canvas = make("canvas", { role: "img", "aria-label": `${this.words.picture} ${file.name}`, width: Math.round(image.width * scale), height: Math.round(image.height * scale) });
      canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
      return canvas;
    } catch {
      return null;
    }
  }

  dictate() {
    this.voice.listen((heard) => {
      this.parts.field.value += heard;
      this.parts.field.focus();
    });
  }

  async copy() {
    try {
      await navigator.clipboard.writeText(paperText(this.events, this.words));
      this.tell(this.words.copied);
    } catch {
      savePaper(this.events, this);
    }
  }

  askForStars() {
    if (!this.api.conversation) return;
    const form = this.rating.atTheEnd();
    this.parts.foot.replaceChildren(form);
    form.querySelector("input").focus();
    this.toEnd(true);
  }

  async tellTyping() {
    if (this.owner !== "agent" || this.typingUntold || Date.now() - (this.typingTold ?? 0) < TYPING_TOLD_MS) return;
    this.typingTold = Date.now();
    await this.api.within("POST", "typing", {}).catch((error) => { this.typingUntold = error.status === 404; });
  }

  // Agents see that the person reads large type. Servers without this answer 404.
  tellMode() {
    if (this.api.conversation) this.api.within("POST", "mode", { elder: this.large }).catch(() => {});
  }

  reportSeen() {
    const last = this.events.findLast((event) => event.author === "agent")?.seq ?? 0;
    if (!this.open || document.hidden || this.seenUntold || last <= this.seenTold) return;
    this.seenTold = last;
    this.api.within("POST", "seen", { seq: last }).catch((error) => { this.seenUntold = error.status === 404; });
  }

  // ---- what the stream and the outbox say

  follow() {
    if (!this.open || !this.api.conversation || this.stream.running) return;
    this.caughtUp = this.events.length > 0;
    this.stream.start();
  }

  opened() {
    this.caughtUp = true;
    if (this.large) this.tellMode();
    this.stream.start();
  }

  connected() {
    if (this.broke) this.announcer.say(this.words.back);
    this.broke = false;
    this.showState();
    this.outbox.flush();
  }

  broken() {
    if (!this.broke) this.announcer.say(this.words.lost);
    this.broke = true;
    this.showState();
  }

  held(seconds) {
    this.tell(this.words.busy(seconds));
  }

  gone() {
    this.api.forget();
    this.stream.stop();
    this.outbox.messages.filter((message) => message.sent).forEach((message) => this.outbox.drop(message.txn));
    this.startAnew();
    this.tell(this.words.newSession);
    this.outbox.flush();
  }

  startAnew() {
    this.forgetEvents();
    this.stream = new Stream(this.api, this);
    this.build();
    this.follow();
  }

  forgetEvents() {
    Object.assign(this, { events: [], owner: "assistant", place: null, seen: 0, seenTold: 0, unread: 0, caughtUp: false });
  }

  otherTab(name) {
    if (name.startsWith("out:")) {
      this.showOutgoing();
      this.outbox.flush();
    } else if (name === "conversation" && this.store.read(name)?.conversation !== this.api.conversation) {
      this.stream.stop();
      this.api.known = this.store.read(name);
      this.startAnew();
    } else if (["language", "large", "aloud"].includes(name)) {
      this.readWishes();
      this.build();
    }
  }

  heard(lines) {
    const stay = this.atEnd();
    for (const event of lines) {
      this.events.push(event);
      this.note(event);
      if (event.client_txn_id) this.outbox.drop(event.client_txn_id);
    }
    const focused = this.inFoot(this.shadowRoot.activeElement);
    const articles = lines.map((event) => this.messages.event(event));
    this.parts.lines.append(...articles);
    this.showOutgoing();
    this.showFoot();
    this.showSeen();
    this.showState();
    if (focused) this.parts.field.focus();
    if (stay && this.caughtUp) this.toNews(articles.find((article) => !article.matches(".customer")));
    else if (!this.caughtUp) this.toEnd();
    else this.parts.jump.hidden = false;
    if (this.caughtUp) this.announce(lines.filter((event) => event.author !== "customer"));
    this.reportSeen();
  }

  announce(news) {
    if (!news.length) return;
    this.announcer.say(news.map((event) => `${this.words[event.author] ?? ""}：${event.text}`).join("\n"));
    if (this.aloud && !document.hidden) news.forEach((event) => this.voice.read(event.text, this.language));
    if (!this.open) this.unread += news.length;
    this.showUnread();
  }

  // Who answers now, read from the log itself.
  note({ author, data, seq, reply_to: answered, text }) {
    const owners = { claimed: "agent", returned: "assistant", closed: "closed", transferred: "waiting", lapsed: "waiting" };
    if (author === "notice") this.owner = owners[data.notice] ?? this.owner;
    if (data.notice === "claimed") this.greeting = data.agent_name ?? text;
    if (author === "assistant") this.owner = data.outcome === "handed_off" ? "waiting" : "assistant";
    if (data.place) this.place = { place: data.place };
    if (author === "agent") this.seen = Math.max(this.seen, seq);
    this.seen = Math.max(this.seen, answered ?? 0);
  }

  signal(kind, said) {
    if (kind === "typing" && said.who === "agent") this.showTyping(this.words.agent);
    if (kind === "queue") Object.assign(this, { owner: "waiting", place: said });
    if (kind === "seen" && said.by === "agent") this.seen = Math.max(this.seen, said.seq);
    if (kind === "caught_up" && !this.caughtUp) {
      this.caughtUp = true;
      this.toEnd();
    }
    this.showSeen();
    this.showState();
  }

  // ---- showing

  changed() {
    this.showOutgoing();
  }

  showOutgoing() {
    this.parts.out.replaceChildren(...this.outbox.messages.map((message) => this.messages.outgoing(message)));
    const asked = this.events.at(-1)?.author === "customer" || this.outbox.messages.some((message) => message.sent);
    if (asked && this.owner === "assistant") this.showTyping(this.words.assistant);
    else this.parts.typing.hidden = true;
  }

  showTyping(who) {
    clearTimeout(this.typingTimer);
    this.parts.typing.textContent = this.words.typing(who);
    this.parts.typing.hidden = false;
    this.typingTimer = setTimeout(() => { this.parts.typing.hidden = true; }, who === this.words.agent ? TYPING_SHOWN_MS : 20000);
  }

  showFoot() {
    const last = this.events.findLast((event) => event.author !== "customer");
    const turn = last && [this.messages.choices(last), this.messages.field(last), last.data.notice === "closed" && this.rating.atTheEnd()];
    this.parts.foot.replaceChildren(...(turn ?? []).filter(Boolean));
  }

  showSeen() {
    for (const article of this.parts.lines.querySelectorAll("article.customer:not(.seen)")) {
      if (Number(article.dataset.seq) > this.seen) continue;
      article.classList.add("seen");
      article.querySelector(".status").textContent = this.words.seen;
    }
  }

  showState() {
    const said = this.broke ? this.words.lost : this.told ?? this.ownerWords();
    this.parts.state.classList.toggle("broken", Boolean(this.broke));
    this.parts.state.hidden = !said;
    if (this.parts.state.textContent !== (said ?? "")) this.parts.state.textContent = said ?? "";
  }

  ownerWords() {
    if (this.owner === "agent") return `${this.words.withAgent} · ${this.greeting ?? ""}`;
    if (this.owner !== "waiting" || !this.place) return null;
    const minutes = this.place.estimate_seconds ? Math.max(1, Math.round(this.place.estimate_seconds / 60)) : 0;
    return this.words.queued(this.place.place, minutes);
  }

  // A passing word, seen and heard.
  tell(text) {
    clearTimeout(this.tellTimer);
    this.told = text;
    this.announcer.say(text);
    this.showState();
    this.tellTimer = setTimeout(() => { this.told = null; this.showState(); }, 8000);
  }

  atEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.parts.log;
    return scrollHeight - scrollTop - clientHeight < 80;
  }

  // A long answer is read from its beginning.
  toNews(article) {
    this.toEnd();
    if (article) this.parts.log.scrollTop = Math.min(this.parts.log.scrollTop, article.offsetTop - MARGIN_ABOVE);
  }

  toEnd(now = false) {
    this.parts.jump.hidden = true;
    this.parts.log.scrollTop = this.parts.log.scrollHeight;
    if (now) setTimeout(() => { this.parts.log.scrollTop = this.parts.log.scrollHeight; });
  }
}

// On a page of its own the element stands in the markup, around forms for browsers without scripts.
function place() {
  const placed = document.querySelector("shuiwen-chat");
  if (placed) return placed.replaceChildren();
  const made = document.createElement("shuiwen-chat");
  for (const name of ["lang", "theme", "large"]) if (name in SCRIPT.dataset) made.dataset[name] = SCRIPT.dataset[name];
  document.body.append(made);
}

// A browser of before 2023 keeps the forms.
if (SHEET && !customElements.get("shuiwen-chat")) {
  SHEET.replaceSync(STYLE);
  customElements.define("shuiwen-chat", ShuiwenChat);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", place);
  else place();
}
