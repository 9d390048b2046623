// Tells screen readers of new messages: two live regions in turn, so that equal words are said twice.

class Announcer {
  constructor() {
    this.regions = [0, 1].map(() => make("div", { class: "unseen", role: "status", "aria-live": "polite" }));
    this.turn = 0;
  }

  say(text) {
    this.regions[this.turn].textContent = "";
    this.turn = 1 - this.turn;
    this.regions[this.turn].textContent = text;
  }
}
