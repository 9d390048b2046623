// Questions of the release that begin like what is typed; arrows choose, Enter takes, Escape leaves.

class Suggestions {
  constructor(widget, field, list) {
    this.widget = widget;
    this.field = field;
    this.list = list;
    this.chosen = -1;
    field.addEventListener("input", (event) => { if (!event.isComposing) this.later(); });
    field.addEventListener("compositionend", () => this.later());
    field.addEventListener("blur", () => this.close());
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.look(), 120);
  }

  async look() {
    const typed = this.field.value.trim();
    if (typed.length < 2 || this.widget.standing.owner === "agent") return this.close();
    this.abort?.abort();
    this.abort = new AbortController();
    try {
      const response = await this.widget.api.request("GET", `api/suggestions?lang=${this.widget.language}&q=${encodeURIComponent(typed.slice(0, 100))}`, undefined, this.abort.signal);
      const { suggestions } = await response.json();
      if (this.field.value.trim() === typed) this.show(suggestions);
    } catch { /* suggestions are a courtesy */ }
  }

  show(questions) {
    if (!questions.length) return this.close();
    this.chosen = -1;
    this.list.replaceChildren(...questions.map((question, index) => make("li", {
      id: `suggestion-${index}`, role: "option", "aria-selected": "false", onmousedown: (event) => { event.preventDefault(); this.take(question); },
    }, question)));
    this.list.hidden = false;
    this.field.setAttribute("aria-controls", this.list.id);
    this.widget.announcer.say(this.widget.words.suggestions(questions.length));
  }

  close() {
    clearTimeout(this.timer);
    this.abort?.abort();
    this.chosen = -1;
    this.list.hidden = true;
    this.list.replaceChildren();
    this.field.removeAttribute("aria-activedescendant");
    this.field.removeAttribute("aria-controls");
  }

  take(question) {
    this.field.value = question;
    this.close();
    this.widget.submit();
  }

  // Whether the key was meant for the suggestions.
  key(event) {
    if (this.list.hidden) return false;
    const options = [...this.list.children];
    if (event.key === "ArrowDown") this.choose((this.chosen + 1) % options.length);
    else if (event.key === "ArrowUp") this.choose((this.chosen <= 0 ? options.length : this.chosen) - 1);
    else if (event.key === "Escape") this.close();
    else if (event.key === "Enter" && this.chosen >= 0) this.take(options[this.chosen].textContent);
    else return false;
    return true;
  }

  choose(index) {
    this.chosen = index;
    [...this.list.children].forEach((option, at) => option.setAttribute("aria-selected", String(at === index)));
    this.field.setAttribute("aria-activedescendant", `suggestion-${index}`);
    this.list.children[index].scrollIntoView({ block: "nearest" });
  }
}
