// The widget's frame in the present language: header, menu, log, composer.

function buildFrame(widget) {
  const { words, fullPage } = widget;
  const parts = {
    title: make(fullPage ? "h1" : "h2", { id: "title", tabindex: "-1" }, words.title),
    state: make("p", { class: "state", hidden: true }),
    welcome: make("div", { class: "welcome" }),
    lines: make("div", { class: "lines" }),
    foot: make("div", { class: "foot" }),
    out: make("div", { class: "out" }),
    typing: make("p", { class: "typing", hidden: true }),
    jump: make("button", { type: "button", class: "jump", hidden: true, onclick: () => widget.board.toEnd(true) }, `${words.newMessages} ↓`),
    field: make("textarea", { id: "text", rows: 2, placeholder: words.placeholder, "aria-autocomplete": "list", autocomplete: "off", enterkeyhint: "send" }),
    list: make("ul", { id: "suggestions", class: "suggestions", role: "listbox", "aria-label": words.hot, hidden: true }),
    picker: make("input", { type: "file", accept: widget.files.accepted || null, hidden: true, tabindex: "-1", "aria-hidden": "true" }),
    menu: make("div", { id: "menu", class: "menu", role: "group", "aria-label": words.more, hidden: true }),
  };
  parts.log = make("div", { class: "log", role: "log", "aria-live": "off", "aria-label": words.log, tabindex: "0" },
    parts.welcome, parts.lines, parts.foot, parts.out, parts.typing);
  parts.composer = composer(widget, parts);
  parts.panel = make(fullPage ? "main" : "section", { class: `panel ${fullPage ? "whole" : "floating"}`, role: fullPage ? null : "dialog", "aria-labelledby": "title" },
    header(widget, parts), parts.menu, parts.state, parts.log, parts.jump, parts.composer, make("p", { class: "disclaimer" }, words.disclaimer));
  parts.launcher = fullPage ? null : make("button", { type: "button", class: "launcher", "aria-label": words.open, onclick: () => widget.openPanel() }, words.title);
  fillMenu(widget, parts);
  return parts;
}

function header(widget, parts) {
  const { words } = widget;
  parts.more = make("button", { type: "button", "aria-expanded": "false", "aria-controls": "menu", onclick: () => widget.toggleMenu() }, words.more);
  return make("header", {},
    make("div", {}, parts.title, make("p", { class: "subtitle" }, words.subtitle)),
    toggle(words.large, widget.large, () => widget.wish("large", !widget.large)),
    parts.more,
    !widget.fullPage && make("button", { type: "button", class: "close", onclick: () => widget.closePanel() }, words.close),
  );
}

function toggle(title, pressed, onclick) {
  return make("button", { type: "button", "aria-pressed": String(pressed), onclick }, title);
}

function fillMenu(widget, parts) {
  const { words } = widget;
  const deed = (title, onclick) => make("button", { type: "button", onclick }, title);
  const languages = Object.entries(LANGUAGES).map(([code, name]) => {
    const button = toggle(name, code === widget.language, () => widget.wish("language", code));
    button.lang = code;
    return button;
  });
  parts.menu.append(
    ...languages,
    widget.voice.canSpeak ? toggle(words.aloud, widget.aloud, () => widget.wish("aloud", !widget.aloud)) : "",
    deed(words.leave, () => widget.askToLeave()),
    deed(words.copy, () => widget.copy()),
    deed(words.print, () => printPaper(widget.events, widget)),
    deed(words.save, () => savePaper(widget.events, widget)),
    deed(words.end, () => widget.askForStars()),
  );
}

function composer(widget, parts) {
  const { words } = widget;
  parts.picker.addEventListener("change", () => widget.upload());
  const form = make("form", { class: "composer", onsubmit: (event) => { event.preventDefault(); widget.submit(); } },
    parts.list,
    make("label", { for: "text" }, words.question),
    parts.field,
    make("button", { class: "go" }, words.send),
    make("div", { class: "tools" },
      make("button", { type: "button", onclick: () => parts.picker.click() }, words.attach),
      widget.voice.canListen && make("button", { type: "button", onclick: () => widget.dictate() }, words.speak),
      parts.picker));
  return form;
}

function dutyInWords({ on_duty: present, opens }, { words, language }) {
  if (present) return words.onDuty;
  return opens ? words.offDuty + words.opens(shownMoment(opens, language)) : words.offDuty;
}

function buildWelcome(widget) {
  const { words, opening } = widget;
  const greeting = words[greetingAt(new Date().getHours())];
  return [
    make("article", { class: "assistant" }, make("p", { class: "author" }, words.assistant), make("p", { class: "text" }, `${greeting}，${words.hello}`.replace("，I", ". I")),
      opening && make("p", { class: "duty" }, dutyInWords(opening, widget)),
      opening && !opening.on_duty && make("button", { type: "button", onclick: () => widget.askToLeave() }, words.leave)),
    ...(opening?.notices ?? []).map((notice) => make("article", { class: "notice" }, make("p", { class: "author" }, words.notices), make("p", { class: "text" }, withLinks(notice.text)))),
    opening?.hot.length ? [make("p", { class: "part" }, words.hot), make("ul", { class: "hot" }, opening.hot.map((question) =>
      make("li", {}, make("button", { type: "button", onclick: () => widget.send(question) }, question))))] : null,
  ].flat();
}
