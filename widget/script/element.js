// <shuiwen-chat>: puts the parts together, and keeps what is shown true to the log.

const SCRIPT = document.currentScript;
const BASE = new URL(".", SCRIPT.src).href;
const SHEET = "adoptedStyleSheets" in document ? new CSSStyleSheet() : null;

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
    this.files = new Files(this);
    this.board = new Board(this);
    this.presence = new Presence(this);
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
    if (name === "large") this.presence.mode();
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
    this.parts.field.addEventListener("input", () => this.presence.typing());
    this.parts.log.addEventListener("scroll", () => { if (this.board.atEnd()) this.parts.jump.hidden = true; });
    this.parts.panel.addEventListener("keydown", (event) => { if (event.key === "Escape" && !event.defaultPrevented) this.closePanel(); });
    this.parts.lines.append(...this.events.map((event) => this.messages.event(event)));
    this.showOpen();
    this.board.showAll();
    this.parts.welcome.replaceChildren(...buildWelcome(this).filter(Boolean));
    this.board.toEnd();
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
    this.keepPlace();
    this.follow();
    this.board.toEnd();
    (matchMedia("(pointer: coarse)").matches ? this.parts.title : this.parts.field).focus();
    this.presence.seen();
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
      this.parts.picker.accept = this.files.accepted;
      const stay = this.board.atEnd();
      this.parts.welcome.replaceChildren(...buildWelcome(this).filter(Boolean));
      if (!this.events.length && !this.outbox.messages.length) this.parts.log.scrollTop = 0;
      else if (stay) this.board.toEnd();
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
    const longest = this.limit("message");
    if (longest && text.length > longest) return this.tell(this.words.tooLong(longest));
    this.parts.field.value = "";
    this.suggestions.close();
    this.send(text);
  }

  send(text, shown = text) {
    if (this.inFoot(this.shadowRoot.activeElement)) this.parts.field.focus();
    this.outbox.add(text, shown);
    this.board.clearFoot();
    this.board.showOutgoing();
    this.board.toEnd(true);
  }

  limit(name) {
    return this.opening?.limits[name] ?? null;
  }

  askToLeave() {
    this.leaving ??= { text: this.parts.field.value.trim(), contact: "" };
    this.board.showFoot();
    this.board.toEnd(true);
    this.parts.foot.querySelector(".leave textarea").focus();
  }

  leave(message) {
    this.leaving = null;
    this.parts.field.focus();
    this.parts.foot.querySelector(".leave")?.remove();
    if (message) this.send(message);
    else this.board.showFoot();
  }

  inFoot(element) {
    return element && (this.parts.foot.contains(element) || this.parts.welcome.contains(element));
  }

  abandon(message) {
    this.outbox.drop(message.txn);
    this.board.showOutgoing();
    this.parts.field.focus();
  }

  upload() {
    const [file] = this.parts.picker.files;
    this.parts.picker.value = "";
    if (file) this.files.send(file);
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
    const form = this.rating.atTheEnd(this.events.at(-1)?.seq);
    this.parts.foot.replaceChildren(form);
    form.querySelector("input").focus();
    this.board.toEnd(true);
  }

  // ---- what the stream and the outbox say

  follow() {
    const wanted = this.open || this.store.read("awaited");
    if (!wanted || !this.api.conversation || this.stream.running) return;
    this.caughtUp = this.events.length > 0;
    this.stream.start();
  }

  opened() {
    this.caughtUp = true;
    if (this.large) this.presence.mode();
    this.stream.start();
  }

  connected() {
    if (this.broke) this.announcer.say(this.words.back);
    this.broke = false;
    this.board.showState();
    this.outbox.flush();
  }

  broken() {
    if (!this.broke) this.announcer.say(this.words.lost);
    this.broke = true;
    this.board.showState();
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
    this.store.remove("read");
    this.forgetEvents();
    this.stream = new Stream(this.api, this);
    this.build();
    this.follow();
  }

  forgetEvents() {
    Object.assign(this, { events: [], standing: new Standing(), unread: 0, caughtUp: false, leaving: null, contactAskedAt: 0 });
  }

  otherTab(name) {
    if (name.startsWith("out:")) {
      this.board.showOutgoing();
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
    const stay = this.board.atEnd();
    for (const event of lines) {
      this.events.push(event);
      this.standing.note(event);
      if (event.client_txn_id) this.outbox.drop(event.client_txn_id);
    }
    const focused = this.inFoot(this.shadowRoot.activeElement);
    const articles = lines.map((event) => this.messages.event(event));
    this.parts.lines.append(...articles);
    this.board.showAll();
    if (focused && !this.shadowRoot.activeElement) this.parts.field.focus();
    if (stay && this.caughtUp) this.board.toNews(articles.find((article) => !article.matches(".customer")));
    else if (!this.caughtUp) this.board.toEnd();
    else this.parts.jump.hidden = false;
    if (this.caughtUp) this.announce(lines.filter((event) => event.author !== "customer"));
    this.keepPlace();
    this.presence.seen();
  }

  // For the next page of the site: whether a person is awaited there too, and what was read here.
  keepPlace() {
    const awaited = ["waiting", "agent"].includes(this.standing.owner);
    if (awaited !== Boolean(this.store.read("awaited"))) this.store.write("awaited", awaited);
    if (this.open && this.events.length) this.store.write("read", this.events.at(-1).seq);
  }

  countUnread() {
    const read = this.store.read("read") ?? 0;
    this.unread = this.events.filter((event) => event.author !== "customer" && event.seq > read).length;
    this.showUnread();
  }

  announce(news) {
    if (!news.length) return;
    this.announcer.say(news.map((event) => `${this.words[event.author] ?? ""}：${event.text}`).join("\n"));
    if (this.aloud && !document.hidden) news.forEach((event) => this.voice.read(event.text, this.language));
    if (!this.open) this.unread += news.length;
    this.showUnread();
  }

  signal(kind, said) {
    this.standing.signal(kind, said);
    if (kind === "typing" && said.who === "agent") this.board.showTyping(this.words.agent);
    if (kind === "caught_up" && !this.caughtUp) {
      this.caughtUp = true;
      this.board.toEnd();
      if (!this.open) this.countUnread();
    }
    if (kind === "queue") this.board.showFoot();
    this.board.showSeen();
    this.board.showState();
  }

  changed() {
    this.board.showOutgoing();
  }

  // A passing word, seen and heard.
  tell(text) {
    this.board.tell(text);
    this.announcer.say(text);
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
