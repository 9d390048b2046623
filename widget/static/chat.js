// Makes the chat page live: sends without reloading, follows the stream of events, keeps the server's order.
"use strict";

const log = document.getElementById("log");
const composer = document.getElementById("composer");
const field = document.getElementById("text");
const connection = document.getElementById("connection");
const NAMES = { customer: "您", assistant: "税问", agent: "工作人员", notice: "通知" };
let conversation = log.dataset.conversation;
let last = Number(log.dataset.last);

function element(tag, text, className) {
  const made = document.createElement(tag);
  if (text) made.textContent = text;
  if (className) made.className = className;
  return made;
}

function article(event) {
  const made = element("article", "", event.author);
  if (event.seq) made.dataset.seq = event.seq;
  made.append(element("h2", NAMES[event.author]), element("p", event.text, "text"));
  if (event.data.buttons) made.append(buttons(event.data.buttons));
  if (event.data.citations?.length) made.append(citations(event.data.citations));
  return made;
}

function buttons(choices) {
  const row = element("div", "", "buttons");
  for (const choice of choices) {
    const button = element("button", choice.title);
    button.addEventListener("click", () => send(choice.payload, choice.title));
    row.append(button);
  }
  return row;
}

function citations(cited) {
  const list = element("ul", "", "citations");
  list.setAttribute("aria-label", "依据");
  for (const one of cited) {
    const item = element("li");
    const span = one.effective_to ? `${one.effective_from}至${one.effective_to}` : `${one.effective_from}起`;
    item.append(element("strong", one.document_no), ` ${one.title}${one.clause ? " " + one.clause : ""}`, element("small", span));
    list.append(item);
  }
  return list;
}

function show(event) {
  if (event.seq <= last) return;
  last = event.seq;
  document.querySelector(`[data-txn="${CSS.escape(event.client_txn_id ?? "")}"]`)?.remove();
  for (const old of log.querySelectorAll(".buttons")) old.remove();
  const made = article(event);
  log.insertBefore(made, log.querySelector(".sending"));
  made.scrollIntoView({ block: "nearest" });
}

function follow() {
  const stream = new EventSource(`/api/conversations/${conversation}/events?after=${last}`);
  stream.onmessage = (message) => show(JSON.parse(message.data));
  stream.onopen = () => { connection.hidden = true; };
  stream.onerror = () => {
    connection.hidden = false;
    if (stream.readyState === EventSource.CLOSED) setTimeout(follow, 3000);
  };
}

async function send(text, shown = text) {
  const txn = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
  const draft = article({ author: "customer", text: shown, data: {} });
  draft.classList.add("sending");
  draft.dataset.txn = txn;
  log.append(draft);
  draft.scrollIntoView({ block: "nearest" });
  for (let pause = 500; ; pause = Math.min(pause * 2, 15000)) {
    try {
      if (!conversation) await open();
      const response = await post(`/api/conversations/${conversation}/messages`, { client_txn_id: txn, text });
      if (response.ok) return;
      if (response.status < 500) {
        const problem = await response.json();
        draft.append(element("p", problem.detail, "problem"));
        return;
      }
    } catch { /* offline: try again */ }
    connection.hidden = false;
    await new Promise((wake) => setTimeout(wake, pause));
  }
}

async function open() {
  const response = await post("/chat/conversation", {});
  conversation = (await response.json()).conversation;
  follow();
}

function post(address, body) {
  return fetch(address, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
}

composer.addEventListener("submit", (event) => {
  event.preventDefault();
  const text = field.value.trim();
  if (!text) return;
  field.value = "";
  send(text);
});

field.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    composer.requestSubmit();
  }
});

if (conversation) follow();
