// What an answer, a calculation and a check of conditions look like.

function answerBody(data, words) {
  const several = data.sections.length > 1;
  return [
    data.question && make("p", { class: "asked" }, data.question),
    asOfBadge(data, words),
    ...data.sections.map((section) => sectionBody(section, several, words)),
    listOf("ul", data.together),
    data.caution && make("p", { class: "caution" }, data.caution),
  ];
}

function asOfBadge(data, words) {
  if (!data.as_of) return null;
  const standing = data.sections?.[0]?.standing;
  const said = words.standing[standing];
  return make("p", { class: `badge ${standing ?? ""}` }, words.asOf(data.as_of), said && ` · ${said}`);
}

function sectionBody(section, several, words) {
  return make("div", { class: "section" },
    several && make("p", { class: "span" }, section.span),
    make("p", { class: "conclusion" }, section.conclusion),
    titled(words.conditions, listOf("ul", section.conditions)),
    titled(words.how, listOf("ol", section.how)),
    titled(words.materials, listOf("ul", section.materials)),
    ...["where", "how_long", "note"].map((name) => section[name] && make("p", {}, make("strong", {}, words[name]), ` ${section[name]}`)),
    !several && section.span && make("p", { class: "span" }, words.period(section.span)),
  );
}

function listOf(tag, lines) {
  return lines?.length ? make(tag, {}, lines.map((line) => make("li", {}, line))) : null;
}

function titled(title, body) {
  return body && [make("p", { class: "part" }, title), body];
}

function citationCards(cited, words) {
  if (!cited?.length) return null;
  return make("ul", { class: "citations", "aria-label": words.basis }, cited.map((one) => citationCard(one, words)));
}

function citationCard(one, words) {
  const link = one.url && safeLink(one.url, words.original);
  return make("li", {},
    make("strong", {}, one.document_no), " ", one.title, one.clause && ` ${one.clause}`,
    one.background && make("em", {}, ` ${words.background}`),
    one.effective_from && make("small", {}, words.inForce(one.effective_from, one.effective_to)),
    link,
  );
}

function calculationBody(data, words) {
  const head = make("tr", {}, [words.step, words.formula, words.value].map((name) => make("th", { scope: "col" }, name)));
  const rows = data.steps.map((step) => make("tr", {},
    make("th", { scope: "row" }, step.label), make("td", {}, step.formula), make("td", { class: "money" }, `${money(step.value)}${words.units?.[step.unit] ?? step.unit ?? ""}`)));
  return [
    asOfBadge(data, words),
    make("p", { class: "conclusion" }, data.headline),
    table(words.steps, head, rows),
    titled(words.assumptions, listOf("ul", data.assumptions)),
    listOf("ul", data.notes),
  ];
}

function deadlineTable(text, deadlines, words) {
  const heading = text.split("\n·", 1)[0].replace(/^·.*/, "").replaceAll("\n", " ");
  const head = make("tr", {}, [words.duty, words.due, words.remark].map((name) => make("th", { scope: "col" }, name)));
  const rows = deadlines.map((one) => make("tr", {},
    make("th", { scope: "row" }, one.duty, make("small", {}, one.period)),
    make("td", { class: "money" }, one.day ?? words.noDay),
    make("td", {}, one.opens && make("p", {}, words.opensOn(one.opens)), one.note)));
  return [heading && make("p", { class: "conclusion" }, heading), table(words.deadlines, head, rows)];
}

function table(title, head, rows) {
  return make("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": title },
    make("table", {}, make("caption", {}, title), make("thead", {}, head), make("tbody", {}, rows)));
}

function money(value) {
  const number = Number(value);
  if (!Number.isFinite(number)) return String(value);
  return number.toLocaleString("en", { maximumFractionDigits: 2, minimumFractionDigits: Number.isInteger(number) ? 0 : 2 });
}

const MARKS = { entitled: "✓", not_entitled: "✗", undecided: "?", not_in_force: "–" };

function verdictList(verdicts, words) {
  if (!verdicts?.length) return null;
  return make("ul", { class: "verdicts", "aria-label": words.verdicts }, verdicts.map((one) => make("li", { class: one.outcome },
    make("strong", {}, `${MARKS[one.outcome] ?? "?"} ${words.verdict[one.outcome] ?? ""} ${one.title}`),
    listOf("ul", one.reasons),
    one.missing?.length ? make("p", {}, `${words.missing}：${one.missing.join("、")}`) : null,
  )));
}
