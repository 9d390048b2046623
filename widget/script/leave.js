// Leaving a message for the desk instead of waiting: a form whose words go the way of every message.

const LEAVE = "留言";
const WITHDRAW = "取消排队";
const LONGEST_CONTACT = 100;

function waitingDeeds(widget) {
  const deed = (title, onclick) => make("button", { type: "button", onclick }, title);
  return make("div", { class: "buttons" },
    deed(widget.words.leave, () => widget.askToLeave()),
    deed(widget.words.withdraw, () => widget.send(WITHDRAW)));
}

// What was typed is kept in `draft`, so that the form may be built anew at any time.
function leaveForm(widget, draft) {
  const { words } = widget;
  const note = (name) => (event) => { draft[name] = event.target.value; };
  const longest = widget.limit("message") && widget.limit("message") - LONGEST_CONTACT - LEAVE.length - 2;
  const text = make("textarea", { rows: 3, required: true, maxlength: longest, oninput: note("text") });
  const contact = make("input", { required: true, maxlength: LONGEST_CONTACT, autocomplete: "tel", inputmode: "email",
    pattern: ".*(\\d[\\d\\- ]{5,}\\d|\\S@\\S+\\.\\S).*", title: words.contactNeeded, oninput: note("contact") });
  text.value = draft.text;
  contact.value = draft.contact;
  return make("form", { class: "ending leave", "aria-label": words.leaveTitle, onsubmit: (event) => {
    event.preventDefault();
    widget.leave(`${LEAVE} ${text.value.trim()} ${contact.value.trim()}`);
  } },
  make("p", { class: "part" }, words.leaveTitle),
  make("label", {}, words.leaveText, text),
  make("label", {}, words.leaveContact, contact),
  make("div", { class: "deeds" },
    make("button", { class: "go" }, words.leaveSend),
    make("button", { type: "button", onclick: () => widget.leave(null) }, words.cancel)));
}
