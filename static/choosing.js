// Verdict keys and the time a choice took. A button names its keys in data-keys; a press clicks it. Silent while
// somebody types, a dialog is open, a request is under way, or a modifier is held; off when <body data-keys="off">.
(() => {
  const judged = () => document.getElementById("verdict-form")?.getAttribute("action");
  let shownAt = Date.now();
  let shown = judged();
  // Where one answer is in view at a time: whether the other was, and whether it was asked for.
  let sawSecond = false;
  let askedToLook = false;

  const typing = (element) => element.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
  const busy = () => document.querySelector("dialog[open], .htmx-request");
  // The down arrow is also how a long answer is read: it is a verdict only once the end of the page is in view.
  const atEnd = () => window.innerHeight + window.scrollY >= document.documentElement.scrollHeight - 4;

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.defaultPrevented) return;
    if (typing(event.target) || busy() || document.body.dataset.keys === "off") return;
    if (event.key === "?") {
      document.getElementById("key-list")?.showModal();
      return;
    }
    if (event.key === "/") {
      const box = document.querySelector("textarea[data-prompt]");
      if (box) { event.preventDefault(); box.focus(); }
      return;
    }
    if (event.key === "ArrowDown" && !atEnd()) return;
    const wanted = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const button = [...document.querySelectorAll("button[data-keys]")].find(
      (candidate) => !candidate.disabled && candidate.dataset.keys.split(" ").includes(wanted));
    if (button) { event.preventDefault(); button.click(); }
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    const form = event.target.closest?.("form[data-send]");
    if (form) { event.preventDefault(); form.requestSubmit(); }
  });

  // Capture phase: the field must be filled before htmx collects the form.
  document.addEventListener("submit", (event) => {
    const field = event.target.querySelector?.("input[name=milliseconds]");
    if (field) field.value = String(Date.now() - shownAt);
  }, true);
  document.addEventListener("htmx:after:swap", () => {
    // The same pair is shown again as its answers grow, or as something is said of the one before.
    if (judged() !== shown) {
      [shown, shownAt] = [judged(), Date.now()];
      sawSecond = askedToLook = false;
    }
    // Answers that grow are swapped while somebody reads one of them.
    document.querySelector(".answers:not([aria-busy])")?.scrollTo({ left: 0, behavior: "instant" });
    follow();
  });

  // The A and B tabs follow the swipe.
  const follow = () => {
    const answers = document.querySelector(".answers");
    const tabs = document.querySelectorAll(".answer-tabs a");
    if (!answers || tabs.length < 2) return;
    const second = answers.scrollLeft > answers.clientWidth / 2;
    sawSecond ||= second;
    tabs[0].setAttribute("aria-current", String(!second));
    tabs[1].setAttribute("aria-current", String(second));
  };
  // On the window, so before whatever sends the form: a verdict on a pair of which one answer was not looked at is asked about once.
  addEventListener("submit", (event) => {
    const tabs = document.querySelector(".answer-tabs");
    if (event.target.id !== "verdict-form" || event.submitter?.value === "skip" || sawSecond || askedToLook) return;
    if (!tabs || getComputedStyle(tabs).display === "none") return;
    event.preventDefault();
    event.stopImmediatePropagation();
    askedToLook = true;
    const answers = document.querySelector(".answers");
    answers.scrollTo({ left: answers.scrollWidth });
    document.getElementById("look-first").textContent = "You had not looked at answer B. Here it is: now choose.";
  }, true);

  document.addEventListener("scroll", (event) => { if (event.target.classList?.contains("answers")) follow(); }, true);
  document.addEventListener("click", (event) => {
    const tab = event.target.closest?.(".answer-tabs a");
    const panel = tab && document.getElementById(tab.hash.slice(1));
    if (!panel) return;
    event.preventDefault();
    panel.parentElement.scrollTo({ left: panel.offsetLeft - panel.parentElement.offsetLeft });
  });
})();
