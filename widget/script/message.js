// One line of the log as an element.

class Messages {
  constructor(widget) {
    this.widget = widget;
  }

  get words() {
    return this.widget.words;
  }

  event(event) {
    const { author, data } = event;
    const known = event.author in AUTHORS ? author : "notice";
    return make("article", { class: known, "data-seq": event.seq, lang: spokenLanguage(event.text, this.widget.language) },
      make("p", { class: "author" }, this.words[known], " ", shownTime(event.at)),
      this.body(event),
      data.calendar && safeLink(this.widget.api.address(data.calendar.slice(1)), this.words.calendar),
      citationCards(data.citations, this.words),
      author === "customer" ? make("p", { class: "status" }, this.words.sent) : null,
      author === "assistant" && this.deeds(event),
    );
  }

  body(event) {
    const { author, data, text } = event;
    if (data.file) return this.file(data.file);
    if (data.outcome === "calculated" && data.steps?.length) return calculationBody(data, this.words);
    if (data.outcome === "answered" && data.sections?.length) return answerBody(data, this.words);
    if (data.deadlines?.length) return [asOfBadge(data, this.words), deadlineTable(text, data.deadlines, this.words), this.allWords(text)];
    if (data.verdicts?.length) return [asOfBadge(data, this.words), verdictList(data.verdicts, this.words), this.allWords(text)];
    return [
      data.outcome === "answered" && asOfBadge(data, this.words),
      author === "notice" && make("p", { lang: this.widget.language }, this.words.told?.[data.notice]),
      make("p", { class: "text" }, author === "agent" || author === "notice" ? withLinks(text) : text),
    ];
  }

  allWords(text) {
    return make("details", {}, make("summary", {}, this.words.allWords), make("p", { class: "text" }, text));
  }

  outgoing(message) {
    const state = message.problem ? "refused" : message.sent ? "sent" : "sending";
    return make("article", { class: `customer ${state}`, "data-txn": message.txn },
      make("p", { class: "author" }, this.words.customer),
      make("p", { class: "text" }, message.file ? `${this.words.file} ${message.file.name}` : message.shown),
      make("p", { class: "status" }, message.problem ? `${this.words.refused}：${message.problem}` : this.words[state]),
      message.problem && make("p", { class: "deeds" },
        make("button", { type: "button", onclick: () => this.widget.outbox.retry(message) }, this.words.retry),
        make("button", { type: "button", onclick: () => this.widget.abandon(message) }, this.words.drop)),
    );
  }

  choices(event) {
    const buttons = event.data.buttons ?? [];
    if (!buttons.length) return null;
    return make("div", { class: "buttons" }, buttons.map((button) => make("button", {
      type: "button", onclick: () => this.widget.send(button.payload, button.title),
    }, button.title)));
  }

  field(event) {
    const asked = fieldOf(event.data);
    if (!asked) return null;
    const { type, inputmode, added } = FIELDS[asked.kind] ?? FIELDS.number;
    const input = make("input", { type, inputmode, "aria-label": `${this.words.fillIn} ${event.text}`, autocomplete: "off", required: true });
    const unit = { month: this.words.month, year: this.words.year, amount: this.words.unit }[asked.kind] ?? this.words.units?.[asked.unit] ?? asked.unit;
    return make("form", { class: "field", onsubmit: (submitted) => {
      submitted.preventDefault();
      const said = input.value.trim();
      this.widget.send(/^[\d.]+$/.test(said) ? said + (added ?? (asked.unit === "%" ? "%" : "")) : said);
    } }, input, unit && make("span", {}, unit), make("button", {}, this.words.submit));
  }

  file(file) {
    const holder = make("p", { class: "text" }, make("button", { type: "button", class: "file", onclick: () => this.widget.files.download(file) },
      `${this.words.download} ${file.name} (${Math.ceil(file.size / 1024)} KB)`));
    if (file.type.startsWith("image/")) this.widget.files.picture(file).then((canvas) => {
      const stay = this.widget.board.atEnd();
      if (canvas) holder.prepend(canvas);
      if (stay) this.widget.board.toEnd();
    });
    return holder;
  }

  deeds(event) {
    const aloud = this.widget.voice.canSpeak && make("button", { type: "button", class: "aloud", onclick: () => this.widget.voice.toggle(event.text, this.widget.language) }, this.words.readAloud);
    const rateable = ["answered", "calculated"].includes(event.data.outcome) && !this.widget.rating.rated(event.seq);
    if (!aloud && !rateable) return null;
    return make("div", { class: "deeds" }, aloud, rateable && this.widget.rating.afterAnswer(event.seq));
  }
}

const AUTHORS = { customer: 1, assistant: 1, agent: 1, notice: 1 };

// What a form asks for by `kind`: the keyboard of a phone, and what a bare number is to be read as.
const FIELDS = {
  amount: { inputmode: "decimal" },
  number: { inputmode: "decimal" },
  integer: { inputmode: "numeric" },
  month: { inputmode: "numeric", added: "月" },
  year: { inputmode: "numeric", added: "年" },
  day: { type: "date" },
};

function fieldOf(data) {
  return data.outcome === "collecting" ? data.field : null;
}
