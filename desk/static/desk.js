// Keeps the desk live: when the server says that something changed, fetches the page anew and swaps its parts.
"use strict";

const room = document.getElementById("room");

async function refresh() {
  const response = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!response.ok) return location.reload();
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  swap("overview", fresh);
  const owned = Boolean(document.getElementById("reply")) === Boolean(fresh.getElementById("reply"));
  if (owned) swap("transcript", fresh); else swap("room", fresh);
}

function swap(id, fresh) {
  const now = document.getElementById(id);
  const next = fresh.getElementById(id);
  if (now && next && now.innerHTML !== next.innerHTML) now.replaceWith(document.adoptNode(next));
}

if (room) {
  const stream = new EventSource(`/desk/events?conversation=${room.dataset.conversation}`);
  stream.onmessage = refresh;
  document.addEventListener("keydown", (event) => {
    const reply = document.getElementById("reply");
    if (reply && event.key === "Enter" && (event.ctrlKey || event.metaKey)) reply.requestSubmit();
  });
}
