// Files on their way stay in the browser's database until the server has them, so that a reload loses none.

class Keep {
  constructor(name) {
    this.opened = openedBox(name).catch(() => null);
  }

  async write(message) {
    (await this.box("readwrite"))?.put(message, message.txn);
  }

  async remove(txn) {
    (await this.box("readwrite"))?.delete(txn);
  }

  async all() {
    const box = await this.box("readonly");
    return box ? answered(box.getAll()) : [];
  }

  async box(mode) {
    return (await this.opened)?.transaction("files", mode).objectStore("files");
  }
}

async function openedBox(name) {
  const asked = indexedDB.open(name, 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore("files");
  return answered(asked);
}

function answered(request) {
  return new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
}
