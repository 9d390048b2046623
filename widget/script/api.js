// The conversation API: one token, which belongs to one conversation. The full page has a cookie instead.

class Refused extends Error {
  constructor(status, detail, retryAfter, kind) {
    super(detail);
    this.kind = kind;
    this.status = status;
    this.retryAfter = retryAfter;
  }

  // The server's sentence, or the widget's own where that is in another language.
  said({ problems }) {
    return problems ? problems[this.kind] ?? problems.other : this.message;
  }

  get lasting() {
    return this.status < 500 && ![404, 408, 425, 429].includes(this.status);
  }
}

class Api {
  constructor(base, store, given) {
    this.base = base;
    this.store = store;
    this.withCookie = given !== null;
    this.known = this.withCookie ? (given ? { conversation: given } : null) : store.read("conversation");
  }

  get conversation() {
    return this.known?.conversation ?? null;
  }

  address(path) {
    return new URL(path, this.base).href;
  }

  async open() {
    return alone(this.store.prefix + "open", async () => {
      const kept = this.store.read("conversation");
      if (kept && kept.conversation !== this.forgotten) this.known = kept;
      if (this.conversation) return;
      const address = this.withCookie ? "chat/conversation" : "api/conversations";
      this.known = await (await this.request("POST", address, {})).json();
      this.store.write("conversation", this.known);
    });
  }

  forget() {
    this.forgotten = this.conversation;
    this.known = null;
    this.store.remove("conversation");
  }

  adopt() {
    this.known = this.store.read("conversation") ?? this.known;
  }

  within(method, path, body, signal) {
    return this.request(method, `api/conversations/${this.conversation}/${path}`, body, signal);
  }

  async request(method, path, body, signal) {
    const headers = {};
    if (this.known?.token) headers.Authorization = `Bearer ${this.known.token}`;
    if (body && !(body instanceof FormData)) {
      headers["Content-Type"] = "application/json";
      body = JSON.stringify(body);
    }
    const credentials = this.withCookie ? "same-origin" : "omit";
    const response = await fetch(this.address(path), { method, headers, body, signal, credentials, cache: "no-store" });
    if (!response.ok) throw await refusal(response);
    return response;
  }
}

async function refusal(response) {
  const problem = await response.json().catch(() => ({}));
  return new Refused(response.status, problem.detail ?? "", Number(response.headers.get("Retry-After")) || 0, problem.type?.split("/").pop());
}
