// Follows a conversation's events, and resumes after the last one whenever the line breaks.

const SILENCE_MS = 40000;

class Stream {
  constructor(api, listener) {
    this.api = api;
    this.listener = listener;
    this.last = 0;
    this.patience = new Patience();
    this.running = false;
    addEventListener("offline", () => this.abort?.abort());
  }

  async start() {
    if (this.running || !this.api.conversation) return;
    this.running = true;
    while (this.running) {
      try {
        await this.follow();
      } catch (error) {
        if (error instanceof Refused && error.status === 404) {
          this.running = false;
          return this.listener.gone();
        }
      }
      if (!this.running) return;
      this.listener.broken();
      await this.patience.wait();
    }
  }

  stop() {
    this.running = false;
    this.abort?.abort();
    this.patience.hurry();
  }

  async follow() {
    this.abort = new AbortController();
    const { signal } = this.abort;
    let watchdog = setTimeout(() => this.abort.abort(), SILENCE_MS);
    try {
      const response = await this.api.within("GET", `events?after=${this.last}`, undefined, signal);
      this.listener.connected();
      this.patience.reset();
      const reader = response.body.getReader();
      const decoder = new TextDecoder();
      let rest = "";
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        clearTimeout(watchdog);
        watchdog = setTimeout(() => this.abort.abort(), SILENCE_MS);
        const blocks = (rest + decoder.decode(value, { stream: true })).split("\n\n");
        rest = blocks.pop();
        this.hear(blocks.map(parsedBlock).filter((block) => block.data));
      }
    } finally {
      clearTimeout(watchdog);
    }
  }

  // Lines that came together are handed on together, in the server's order with the signals between them.
  hear(blocks) {
    const lines = [];
    const handOn = () => { if (lines.length) this.listener.heard(lines.splice(0)); };
    for (const { kind, data } of blocks) {
      const said = JSON.parse(data);
      if (kind !== "message") {
        handOn();
        this.listener.signal(kind, said);
      } else if (said.seq > this.last) {
        this.last = said.seq;
        lines.push(said);
      }
    }
    handOn();
  }
}

function parsedBlock(block) {
  const parsed = { kind: "message", data: "" };
  for (const line of block.split("\n")) {
    if (line.startsWith("data:")) parsed.data += line.slice(5).trimStart();
    else if (line.startsWith("event:")) parsed.kind = line.slice(6).trim();
  }
  return parsed;
}
