// Waiting that grows, and ends early when the network or the person is back.

class Patience {
  constructor(longest = 15000) {
    this.longest = longest;
    this.pause = 500;
    this.wake = () => {};
    addEventListener("online", () => this.hurry());
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.hurry(); });
  }

  hurry() {
    this.pause = 500;
    this.wake();
  }

  reset() {
    this.pause = 500;
  }

  async wait(least = 0) {
    const pause = Math.max(least, this.pause * (0.75 + Math.random() / 2));
    this.pause = Math.min(this.pause * 2, this.longest);
    await new Promise((wake) => {
      this.wake = wake;
      setTimeout(wake, pause);
    });
  }
}
