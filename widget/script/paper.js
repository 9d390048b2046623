// The conversation to take away: copied as text, printed, or saved as a page. Built from text alone.

const PAPER = "body{font:12pt/1.6 serif;max-width:42rem;margin:2rem auto}article{margin:0 0 1em;border-top:1px solid #999;white-space:pre-wrap}h2{font-size:10pt;margin:.4em 0}li{font-size:10pt}";

function paperLine(event, words) {
  const cited = (event.data.citations ?? []).map((one) => `${words.basis}：${citationWords(one)}`);
  return [`${words[event.author]} ${new Date(event.at).toLocaleString()}`, event.text, ...cited.filter((line) => !event.text.includes(line))];
}

function paperText(events, words) {
  return events.map((event) => paperLine(event, words).join("\n")).join("\n\n");
}

function fillPaper(page, events, widget) {
  page.documentElement.lang = widget.language;
  page.title = widget.words.conversation;
  const put = (parent, tag, text) => {
    const made = page.createElement(tag);
    made.textContent = text;
    parent.append(made);
    return made;
  };
  put(page.body, "h1", widget.words.conversation);
  for (const event of events) {
    const [head, ...lines] = paperLine(event, widget.words);
    const article = put(page.body, "article", "");
    put(article, "h2", head);
    lines.forEach((line) => put(article, "div", line));
  }
  put(page.body, "p", widget.words.disclaimer);
}

function savePaper(events, widget) {
  const page = document.implementation.createHTMLDocument("");
  fillPaper(page, events, widget);
  const charset = page.createElement("meta");
  charset.setAttribute("charset", "utf-8");
  const style = page.createElement("style");
  style.textContent = PAPER;
  page.head.append(charset, style);
  const markup = `<!doctype html>\n${new XMLSerializer().serializeToString(page.documentElement)}`;
  offer(new Blob([markup], { type: "text/html" }), `${widget.words.conversation}.html`);
}

function printPaper(events, widget) {
  const opened = window.open("", "_blank");
  if (!opened) return widget.tell(widget.words.blocked);
  const sheet = new opened.CSSStyleSheet();
  sheet.replaceSync(PAPER);
  opened.document.adoptedStyleSheets = [sheet];
  fillPaper(opened.document, events, widget);
  opened.print();
}

function offer(blob, name) {
  const address = URL.createObjectURL(blob);
  make("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}
