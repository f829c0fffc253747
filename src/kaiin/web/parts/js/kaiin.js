// Progressive enhancement only: every page works without it.
const all = (selector, root = document) => [...root.querySelectorAll(selector)];

// After a failed form, the summary of what to mend.
document.querySelector("[data-focus]")?.focus();

// Passwords: show and hide, CapsLock, full width.
const wide = /[\u3000-\u30ff\u4e00-\u9fff\uff01-\uff9f]/;
for (const box of all("[data-password]")) {
  const input = box.querySelector("input");
  const toggle = box.querySelector("button");
  const hint = (name) => box.parentElement.querySelector(`[data-hint="${name}"]`);
  const flip = () => {
    const label = toggle.textContent;
    toggle.textContent = toggle.dataset.other;
    toggle.dataset.other = label;
    input.type = input.type === "password" ? "text" : "password";
    toggle.setAttribute("aria-pressed", String(input.type === "text"));
  };
  toggle.hidden = false;
  toggle.addEventListener("click", flip);
  // Sent as a password, so that browsers offer to keep it and never list it as typed text.
  input.form?.addEventListener("submit", () => input.type === "text" && flip());
  const caps = (event) => {
    if (event.getModifierState) hint("caps").hidden = !event.getModifierState("CapsLock");
  };
  input.addEventListener("keydown", caps);
  input.addEventListener("keyup", caps);
  input.addEventListener("blur", () => { hint("caps").hidden = true; });
  input.addEventListener("input", () => { hint("wide").hidden = !wide.test(input.value); });
}

// Busy buttons: say so, and let nothing be sent twice.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) return event.preventDefault();
  const button = event.submitter ?? form.querySelector("button[data-busy]");
  form.dataset.sent = "1";
  if (!button?.dataset.busy) return;
  button.dataset.label = button.textContent;
  button.textContent = button.dataset.busy;
  button.setAttribute("aria-disabled", "true");
});
// Back from the next page: the form can be sent again.
addEventListener("pageshow", () => {
  for (const form of all("form[data-sent]")) delete form.dataset.sent;
  for (const button of all('button[aria-disabled="true"][data-label]')) {
    button.textContent = button.dataset.label;
    button.removeAttribute("aria-disabled");
  }
});

// Questions whose answer is on the page already, one for each set of choices: shown at once, and
// kept in the address. Without a script a button asks the server for it.
for (const form of all("form[data-answers]")) {
  const answers = document.getElementById(form.dataset.answers);
  const status = answers.querySelector('[role="status"]');
  const show = () => {
    const chosen = [...new FormData(form)];
    const key = chosen.map(([, value]) => value).join("/");
    for (const answer of all("[data-answer]", answers)) {
      answer.hidden = answer.dataset.answer !== key;
    }
    return chosen;
  };
  form.querySelector("[data-show]").hidden = true;
  form.addEventListener("change", () => {
    history.replaceState(null, "", `?${new URLSearchParams(show())}`);
    const said = all("[data-answer]:not([hidden]) :is(h2, [data-said])", answers);
    status.textContent = said.map((each) => each.textContent).join(" ");
  });
  addEventListener("pageshow", show);
}

// Copy buttons: without a script the text is marked by one tap.
for (const button of all("button[data-copy]")) {
  if (!navigator.clipboard) continue;
  const label = button.textContent;
  const status = button.parentElement.querySelector('[role="status"]');
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
    button.textContent = status.textContent = button.dataset.done;
    setTimeout(() => { button.textContent = label; status.textContent = ""; }, 3000);
  });
}

// Something is under way: that part of the page follows it, the reader stays where they are.
// When the part is gone, it has ended.
for (const part of all("[data-follow]")) {
  const timer = setInterval(async () => {
    const answer = await fetch(location.href).catch(() => null);
    if (!answer?.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const now = page.querySelector("[data-follow]");
    if (now) return part.replaceChildren(...now.childNodes);
    clearInterval(timer);
    location.reload();
  }, 2000);
}
