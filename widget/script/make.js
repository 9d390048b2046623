// Builds elements. Text is always text; no attribute is ever a style or a handler in words.

function make(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value != null && value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat(Infinity).filter((child) => child != null && child !== false && child !== ""));
  return made;
}

function safeLink(address, words, attributes = {}) {
  let url;
  try { url = new URL(address); } catch { return null; }
  if (!["https:", "http:"].includes(url.protocol)) return null;
  return make("a", { href: url.href, target: "_blank", rel: "noopener noreferrer", ...attributes }, words);
}

function withLinks(text) {
  return text.split(/(https?:[/]{2}[^\s<>"“”，。；）]+)/).map((part, odd) => (odd % 2 ? safeLink(part, part) ?? part : part));
}

function shownMoment(iso, language) {
  const parts = { month: "long", day: "numeric", weekday: "short", hour: "2-digit", minute: "2-digit" };
  return new Date(iso).toLocaleString(language, { ...parts, hour12: false, timeZone: "Asia/Shanghai" });
}

function shownTime(iso) {
  const at = new Date(iso);
  return make("time", { datetime: iso }, at.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" }));
}
