// Keeps the desk live and quick. Every deed also works as a plain form.
"use strict";

const room = document.getElementById("room");
const AGAIN_MS = 3000;
const TYPING_MS = 3000;
const TYPING_SHOWN_MS = 5000;

if (room) begin();

function begin() {
  const token = document.querySelector("input[name=form_token]").value;
  const open = room.dataset.conversation;
  const text = () => document.getElementById("text");
  let lastTyping = 0;
  let lastSeen = 0;
  let personTimer = 0;
  let refreshing = 0;
  const title = document.title;

  function api(method, path, body) {
    const headers = { "X-Form-Token": token, "Content-Type": "application/json" };
    return fetch(`/desk/api${path}`, { method, headers, body: body && JSON.stringify(body) });
  }

  // The page's parts come rendered and escaped from the server; nothing here makes markup from text.
  function parsed(html) {
    return new DOMParser().parseFromString(html, "text/html").body;
  }

  function swap(id, fresh) {
    const now = document.getElementById(id);
    const next = fresh.getElementById(id);
    if (!now || !next || now.innerHTML === next.innerHTML || now.contains(document.activeElement)) return;
    now.replaceWith(document.adoptNode(next));
  }

  async function refresh() {
    const response = await fetch(location.pathname, { headers: { Accept: "text/html" } }).catch(() => null);
    if (!response) return; // the stream says when the server is there again
    if (!response.ok) return location.reload();
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
    const now = document.getElementById("conversation");
    const next = fresh.getElementById("conversation");
    if (now && next && now.dataset.owned !== next.dataset.owned) {
      keepDraft();
      now.replaceWith(document.adoptNode(next));
      return settle();
    }
    for (const id of ["heading", "moves", "summary", "suggestions", "notes", "live", "held"]) swap(id, fresh);
  }

  function refreshSoon() {
    clearTimeout(refreshing);
    refreshing = setTimeout(refresh, 400);
  }

  function addLines(news) {
    const transcript = document.getElementById("transcript");
    for (const line of [...parsed(news.html).children]) {
      if (!transcript.querySelector(`[data-seq="${line.dataset.seq}"]`)) transcript.append(document.adoptNode(line));
    }
    transcript.scrollTop = transcript.scrollHeight;
    if (news.authors.includes("customer")) attract("来访者有新消息");
    markSeen(news.seq);
    refreshSoon();
  }

  function showBoard(board) {
    const overview = document.getElementById("overview");
    const offered = marked(overview, "offered");
    const late = marked(overview, "late");
    const focused = document.activeElement?.getAttribute("formaction") || document.activeElement?.getAttribute("href");
    overview.replaceChildren(...parsed(board.html).childNodes);
    for (const one of overview.querySelectorAll("[formaction], [href]")) {
      if (focused && [one.getAttribute("formaction"), one.getAttribute("href")].includes(focused)) one.focus();
    }
    if (isNew(overview, "offered", offered)) attract("有新的会话请您接入");
    if (room.dataset.supervises && isNew(overview, "late", late)) attract("有人等候超时");
    showCount();
    if (document.getElementById("live") || document.getElementById("held")) refreshSoon();
  }

  function marked(overview, mark) {
    return new Set([...overview.querySelectorAll(`[data-${mark}]`)].map((one) => one.dataset[mark]));
  }

  function isNew(overview, mark, before) {
    return [...marked(overview, mark)].some((one) => !before.has(one));
  }

  // Needs no permission, so it is seen also where notifications are off.
  function showCount() {
    const due = document.querySelectorAll("#overview [data-offered], #overview [data-unanswered]").length;
    document.title = due ? `（${due}）${title}` : title;
  }

  function person(words, forMs) {
    const status = document.getElementById("person");
    if (!status) return;
    clearTimeout(personTimer);
    const before = status.dataset.rest ?? status.textContent;
    status.dataset.rest = forMs ? before : words;
    status.textContent = words;
    if (forMs) personTimer = setTimeout(() => { status.textContent = status.dataset.rest; }, forMs);
  }

  function markSeen(seq) {
    if (!text() || document.hidden || seq <= lastSeen) return;
    lastSeen = seq;
    api("POST", `/conversations/${open}/seen`, { seq }).catch(() => {}); // it passes; the next one says it again
  }

  // Notifications are off until somebody turns them on; their sound is on until somebody turns it off.
  const notify = document.getElementById("notify");
  const sound = document.getElementById("sound");
  const notifies = () => localStorage.getItem("shuiwen-notify") === "on";
  const sounds = () => notifies() && localStorage.getItem("shuiwen-sound") !== "off";
  function showChoices() {
    notify.hidden = false;
    notify.setAttribute("aria-pressed", String(notifies()));
    notify.textContent = notifies() ? "提醒：开" : "提醒：关";
    sound.hidden = !notifies();
    sound.setAttribute("aria-pressed", String(sounds()));
    sound.textContent = sounds() ? "声音：开" : "声音：关";
  }
  notify.addEventListener("click", () => {
    localStorage.setItem("shuiwen-notify", notifies() ? "off" : "on");
    if (notifies() && "Notification" in window) Notification.requestPermission();
    beep();
    showChoices();
  });
  sound.addEventListener("click", () => {
    localStorage.setItem("shuiwen-sound", sounds() ? "off" : "on");
    beep();
    showChoices();
  });

  function attract(words) {
    if (!notifies()) return;
    beep();
    if (document.hidden && "Notification" in window && Notification.permission === "granted") new Notification(words);
  }

  function beep() {
    if (!sounds()) return;
    const audio = new AudioContext();
    const tone = audio.createOscillator();
    tone.connect(audio.destination);
    tone.addEventListener("ended", () => audio.close());
    tone.start();
    tone.stop(audio.currentTime + 0.15);
  }

  // Drafts stay in this browser until they are sent or the agent signs out.
  const draftKey = `shuiwen-draft:${room.dataset.staff}:${open}`;
  function keepDraft() {
    if (!text()) return;
    if (text().value) localStorage.setItem(draftKey, text().value);
    else localStorage.removeItem(draftKey);
  }
  document.getElementById("sign-out").addEventListener("submit", () => {
    for (const key of Object.keys(localStorage)) if (key.startsWith("shuiwen-draft:")) localStorage.removeItem(key);
  });

  function insert(words) {
    const box = text();
    if (!box || !words) return;
    box.setRangeText(words, box.selectionStart, box.selectionEnd, "end");
    box.focus();
    keepDraft();
  }

  function insertSuggestion(number) {
    const words = document.querySelector(`#suggestions article:nth-of-type(${number}) .text`);
    if (words) insert(words.textContent);
  }

  async function searchCanned(words) {
    const skill = document.getElementById("conversation").dataset.skill;
    const response = await api("GET", `/canned?${new URLSearchParams({ q: words, conversation: open, skill })}`).catch(() => null);
    if (!response?.ok) return;
    const found = document.getElementById("canned-found");
    found.replaceChildren(...(await response.json()).map((one) => {
      const item = document.createElement("li");
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = one.title;
      button.title = one.text;
      button.addEventListener("click", () => insert(one.text));
      item.append(button);
      return item;
    }));
  }

  function tell(words) {
    const problem = document.getElementById("problem");
    problem.textContent = words;
    problem.hidden = !words;
  }

  // A second sending under the same name is the same message, so each message needs a new one. Pages that are not
  // served securely have no crypto.randomUUID.
  function newName() {
    return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  async function send(form) {
    const box = text();
    if (!box.value.trim()) return;
    form.querySelector("button").disabled = true;
    try {
      const message = { text: box.value, client_txn_id: form.elements.txn.value };
      const response = await api("POST", `/conversations/${open}/messages`, message);
      if (response.ok) {
        box.value = "";
        form.elements.txn.value = newName();
        keepDraft();
        tell("");
      } else {
        tell((await response.json()).detail);
        refreshSoon();
      }
    } catch {
      tell("没有发出：连接中断。内容还在，请稍后再发。");
    } finally {
      form.querySelector("button").disabled = false;
      box.focus();
    }
  }

  // The browser's jump to #end would take the focus away again.
  function focusSoon(box) {
    if (document.readyState === "complete") box.focus();
    else addEventListener("load", () => setTimeout(() => box.focus()), { once: true });
  }

  // What belongs to the parts that may be swapped.
  function settle() {
    const transcript = document.getElementById("transcript");
    if (!transcript) return;
    transcript.scrollTop = transcript.scrollHeight;
    const box = text();
    if (!box) return;
    box.value = box.value || localStorage.getItem(draftKey) || "";
    focusSoon(box);
    markSeen(Number(document.getElementById("conversation").dataset.last));
    searchCanned("");
  }

  room.addEventListener("input", (event) => {
    if (event.target.id === "canned") return searchCanned(event.target.value);
    if (event.target.id !== "text") return;
    keepDraft();
    if (Date.now() - lastTyping < TYPING_MS) return;
    lastTyping = Date.now();
    api("POST", `/conversations/${open}/typing`).catch(() => {});
  });
  room.addEventListener("submit", (event) => {
    if (event.target.id !== "reply") return;
    event.preventDefault();
    send(event.target);
  });
  room.addEventListener("click", (event) => {
    if (event.target.dataset.insert) insertSuggestion(event.target.dataset.insert);
  });
  document.addEventListener("visibilitychange", () => {
    const lines = document.querySelectorAll("#transcript [data-seq]");
    if (lines.length) markSeen(Number(lines[lines.length - 1].dataset.seq));
  });
  document.addEventListener("keydown", (event) => {
    const reply = document.getElementById("reply");
    if (reply && event.key === "Enter" && (event.ctrlKey || event.metaKey)) reply.requestSubmit();
    else if (event.key === "Enter" && event.target.id === "canned") {
      event.preventDefault();
      document.querySelector("#canned-found button")?.click();
    } else if (event.altKey && /^Digit[1-3]$/.test(event.code)) insertSuggestion(event.code.at(-1));
    else if (event.altKey && event.code === "KeyK") document.getElementById("canned")?.focus();
    else if (event.altKey && event.code === "KeyR") text()?.focus();
    else if (event.altKey && event.code === "KeyA") document.querySelector("[data-offered] button")?.click();
    else if (event.altKey && event.code === "KeyN") document.querySelector("[data-unanswered] a")?.click();
    else return;
    if (event.altKey) event.preventDefault();
  });

  function follow() {
    const after = document.querySelector("#transcript [data-seq]:last-child")?.dataset.seq ?? 0;
    const stream = new EventSource(`/desk/events?${new URLSearchParams({ conversation: open, after })}`);
    stream.addEventListener("open", () => tell(""));
    stream.addEventListener("error", () => {
      tell("连接中断，正在重连；这时收不到新消息。");
      if (stream.readyState !== EventSource.CLOSED) return;
      present();
      setTimeout(follow, AGAIN_MS);
    });
    stream.addEventListener("beat", present);
    stream.addEventListener("board", (event) => showBoard(JSON.parse(event.data)));
    stream.addEventListener("lines", (event) => addLines(JSON.parse(event.data)));
    stream.addEventListener("room", refreshSoon);
    stream.addEventListener("typing", () => person("对方正在输入…", TYPING_SHOWN_MS));
    stream.addEventListener("seen", (event) => person(`对方已读到第${JSON.parse(event.data).seq}条`));
  }

  // The server's beats are heard also in a tab that the browser has put to sleep, where timers are not.
  // A session that has ended leads to signing in.
  async function present() {
    const response = await api("POST", "/presence", {}).catch(() => null);
    if (response?.status === 401) location.reload();
    if (response?.ok) showPresence((await response.json()).presence);
  }

  function showPresence(presence) {
    const ready = presence === "ready";
    const button = document.querySelector("form[action='/desk/presence'] button");
    document.getElementById("presence").textContent = ready ? "在线" : "暂离";
    button.value = String(!ready);
    button.textContent = ready ? "暂离" : "上线接待";
  }

  showChoices();
  showCount();
  settle();
  follow();
}
