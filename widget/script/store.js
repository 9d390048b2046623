// What the browser keeps for one chat service on one site: the conversation's token, wishes, unsent messages.
// The storage belongs to the page's own origin, so two sites never share a conversation.

class Store {
  constructor(service) {
    this.prefix = `shuiwen:${service}:`;
    this.spare = new Map();
    this.storage = usableStorage();
  }

  read(name) {
    const kept = this.storage ? this.storage.getItem(this.prefix + name) : this.spare.get(name);
    try { return kept == null ? null : JSON.parse(kept); } catch { return null; }
  }

  write(name, value) {
    this.spare.set(name, JSON.stringify(value));
    try { this.storage?.setItem(this.prefix + name, JSON.stringify(value)); } catch { /* full: this page still has it */ }
  }

  remove(name) {
    this.spare.delete(name);
    this.storage?.removeItem(this.prefix + name);
  }

  names(start) {
    const all = this.storage ? Object.keys(this.storage) : [...this.spare.keys()].map((name) => this.prefix + name);
    return all.filter((key) => key.startsWith(this.prefix + start)).map((key) => key.slice(this.prefix.length));
  }

  onChange(heard) {
    addEventListener("storage", (event) => {
      if (event.key?.startsWith(this.prefix)) heard(event.key.slice(this.prefix.length));
    });
  }
}

function usableStorage() {
  try {
    localStorage.setItem("shuiwen:probe", "1");
    localStorage.removeItem("shuiwen:probe");
    return localStorage;
  } catch {
    return null;
  }
}

async function alone(name, deed) {
  return navigator.locks ? navigator.locks.request(name, deed) : deed();
}
