// Messages on their way: kept until the server has them, sent one after another in the order of writing.
// Each has its own id, so two tabs (or a retry) that send the same one still make one message.

class Outbox {
  constructor(api, listener) {
    this.api = api;
    this.listener = listener;
    this.patience = new Patience();
    this.files = new Map();
    this.kept = new Keep(api.store.prefix);
    this.restore();
    this.waiting = new Map();
    this.sending = false;
  }

  get messages() {
    const kept = this.api.store.names("out:").map((name) => this.api.store.read(name)).filter(Boolean);
    return [...kept, ...this.files.values()].sort((a, b) => a.at - b.at || (a.txn < b.txn ? -1 : 1));
  }

  async restore() {
    const found = await this.kept.all().catch(() => []);
    for (const message of found) this.files.set(message.txn, message);
    if (!found.length) return;
    this.listener.changed();
    this.flush();
  }

  add(text, shown, file) {
    const message = { txn: newId(), text, shown, at: this.tick(), file };
    this.keep(message);
    this.flush();
    return message;
  }

  tick() {
    this.latest = Math.max(Date.now(), (this.latest ?? 0) + 1);
    return this.latest;
  }

  drop(txn) {
    if (this.files.delete(txn)) this.kept.remove(txn);
    this.api.store.remove(`out:${txn}`);
    this.waiting.get(txn)?.();
    this.waiting.delete(txn);
  }

  retry(message) {
    this.keep({ ...message, problem: undefined });
    this.flush();
  }

  keep(message) {
    if (!message.file) return this.api.store.write(`out:${message.txn}`, message);
    this.files.set(message.txn, message);
    this.kept.write(message);
  }

  async flush() {
    if (this.sending) return this.patience.hurry();
    this.sending = true;
    try {
      for (let next; (next = this.messages.find(isDue)); ) await this.deliver(next);
    } finally {
      this.sending = false;
    }
  }

  async deliver(message) {
    try {
      await alone(this.api.store.prefix + "outbox", () => this.attempt(message.txn));
      this.patience.reset();
    } catch (error) {
      await this.failed(message, error);
    }
  }

  async attempt(txn) {
    const message = this.messages.find((other) => other.txn === txn && isDue(other));
    if (!message) return;
    if (!this.api.conversation) await this.open();
    const acknowledged = new Promise((done) => this.waiting.set(txn, done));
    const posted = this.post(message);
    posted.catch(() => {});
    await Promise.race([posted, acknowledged]);
    if (this.holds(txn)) this.keep({ ...message, sent: true });
    this.listener.changed();
  }

  holds(txn) {
    return this.messages.some((message) => message.txn === txn);
  }

  async open() {
    await this.api.open();
    this.listener.opened();
  }

  post(message) {
    if (!message.file) return this.api.within("POST", "messages", { client_txn_id: message.txn, text: message.text });
    const form = new FormData();
    form.append("client_txn_id", message.txn);
    form.append("file", message.file);
    return this.api.within("POST", "files", form);
  }

  async failed(message, error) {
    if (!this.holds(message.txn)) return;
    if (error instanceof Refused && error.lasting) {
      this.keep({ ...message, problem: error.said(this.listener.words) });
      return this.listener.changed();
    }
    if (error instanceof Refused && error.status === 404 && this.api.conversation) return this.listener.gone();
    if (error instanceof Refused && error.status === 429) this.listener.held(error.retryAfter || 5);
    else this.listener.broken();
    await this.patience.wait((error.retryAfter ?? 0) * 1000);
  }
}

function isDue(message) {
  return !message.problem && !message.sent;
}

function newId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
