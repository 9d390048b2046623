// Ratings: useful or not after an answer, stars and a suggestion after the conversation.

class Rating {
  constructor(widget) {
    this.widget = widget;
  }

  get words() {
    return this.widget.words;
  }

  rated(seq) {
    return (this.widget.store.read("rated") ?? []).includes(`${this.widget.api.conversation}:${seq}`);
  }

  remember(seq) {
    const rated = this.widget.store.read("rated") ?? [];
    this.widget.store.write("rated", [...rated.slice(-200), `${this.widget.api.conversation}:${seq}`]);
  }

  // `seq` is the line that is not to be asked about again.
  async give(path, rating, form, seq) {
    try {
      await this.widget.api.within("PUT", path, rating);
    } catch (error) {
      return this.widget.tell(error instanceof Refused ? error.said(this.words) : this.words.lost);
    }
    this.remember(seq);
    form.replaceChildren(make("p", { tabindex: "-1" }, this.words.thanks));
    form.firstChild.focus();
  }

  afterAnswer(seq) {
    const give = (rating) => this.give(`ratings/${seq}`, rating, group, seq);
    const group = make("div", { class: "rating", role: "group", "aria-label": this.words.wasUseful },
      make("span", {}, this.words.wasUseful),
      make("button", { type: "button", onclick: () => give({ useful: true }) }, this.words.useful),
      make("button", { type: "button", onclick: () => this.askWhy(group, give) }, this.words.useless));
    return group;
  }

  askWhy(group, give) {
    const reasons = Object.entries(this.words.reasons).map(([reason, words]) =>
      make("button", { type: "button", onclick: () => give({ useful: false, reason }) }, words));
    group.setAttribute("aria-label", this.words.why);
    group.replaceChildren(make("span", {}, this.words.why), ...reasons);
    reasons[0].focus();
  }

  atTheEnd(seq) {
    const name = `stars-${newId()}`;
    const stars = [1, 2, 3, 4, 5].map((count) => make("label", {},
      make("input", { type: "radio", name, value: count, required: true }), this.words.star(count)));
    const suggestion = make("textarea", { rows: 2, maxlength: this.widget.limit("suggestion"), "aria-label": this.words.suggestion, placeholder: this.words.suggestion });
    const form = make("form", { class: "ending", onsubmit: (event) => {
      event.preventDefault();
      const picked = form.querySelector("input:checked");
      this.give("rating", { stars: Number(picked.value), suggestion: suggestion.value }, form, seq);
    } }, make("fieldset", {}, make("legend", {}, this.words.stars), ...stars), suggestion, make("button", {}, this.words.submit));
    return form;
  }
}
