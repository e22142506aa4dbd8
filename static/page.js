// Small conveniences that a page without script does without: copying, dialogs, a ticking clock, one click only.
(() => {
  document.addEventListener("click", async (event) => {
    const copy = event.target.closest?.("button[data-copy]");
    if (copy) {
      const said = document.getElementById(copy.getAttribute("aria-describedby"));
      try {
        await navigator.clipboard.writeText(document.querySelector(copy.dataset.copy).textContent);
        said.textContent = "Copied.";
      } catch {
        said.textContent = "The browser did not allow copying; select the text and copy it yourself.";
      }
      return;
    }
    const opener = event.target.closest?.("[data-opens]");
    const dialog = opener && document.getElementById(opener.dataset.opens);
    if (!dialog || event.ctrlKey || event.metaKey || event.shiftKey) return;
    // A link leads to the same as a page, for who has no script.
    event.preventDefault();
    dialog.showModal();
  });

  const pad = (number) => String(number).padStart(2, "0");
  setInterval(() => {
    for (const clock of document.querySelectorAll("time[data-since]")) {
      const seconds = Math.max(0, Math.floor((Date.now() - Date.parse(clock.dataset.since)) / 1000));
      clock.textContent = `${Math.floor(seconds / 60)}:${pad(seconds % 60)}`;
    }
  }, 1000);

  // Somebody who went to another tab sees by the title that what they wait for has ended.
  document.addEventListener("htmx:after:swap", () => {
    const ended = document.querySelector("[data-title]");
    if (ended) document.title = `${ended.dataset.title} · Synthesize Me`;
  });

  // Shown only where script runs.
  for (const element of document.querySelectorAll("[data-script-only]")) element.hidden = false;
})();
