// A person's own keys for the verdicts and undo: changed in the list of keys, kept in this browser only, printed on the
// buttons. The list names each action and its keys as they come; one key of one's own takes the place of both.
(() => {
  const NAME = "keys";
  const SIGNS = { ArrowLeft: "←", ArrowDown: "↓", ArrowRight: "→" };
  const RESERVED = { "/": "goes to the prompt box", "?": "opens this list" };
  const list = document.getElementById("key-list");
  if (!list) return;
  const said = list.querySelector("[data-keys-said]");
  const lines = Object.fromEntries([...list.querySelectorAll("[data-keys-of]")].map((line) => [line.dataset.keysOf, line]));
  let waiting = null;

  const read = () => {
    try {
      const kept = JSON.parse(localStorage.getItem(NAME)) || {};
      return Object.fromEntries(Object.entries(kept).filter(([action, key]) => lines[action] && usable(key)));
    } catch { return {}; }
  };
  const write = () => {
    try {
      if (Object.keys(own).length) localStorage.setItem(NAME, JSON.stringify(own));
      else localStorage.removeItem(NAME);
    } catch { /* Where nothing may be kept, the change holds until the page is left. */ }
  };
  const usable = (key) => typeof key === "string" && (key in SIGNS || [...key].length === 1 && key.trim() !== "");
  const keysOf = (action) => (own[action] ? [own[action]] : lines[action].dataset.usual.split(" "));
  const sign = (key) => SIGNS[key] ?? key;
  const nameOf = (action) => lines[action].dataset.name;
  const own = read();

  const show = () => {
    for (const [action, line] of Object.entries(lines)) {
      line.replaceChildren(...keysOf(action).flatMap((key) => {
        const mark = document.createElement("kbd");
        mark.textContent = sign(key);
        return [mark, " "];
      }));
    }
    for (const button of document.querySelectorAll("button[data-keys]")) {
      const keys = keysOf(button.value || "undo");
      button.dataset.keys = keys.join(" ");
      const mark = button.querySelector("kbd");
      if (mark) mark.textContent = sign(keys[0]);
    }
  };

  const say = (text) => { said.textContent = text; };
  const stop = () => { waiting = null; };

  const take = (key) => {
    if (!usable(key)) return say(`That key cannot be used. Press a letter, a digit, a sign or ← ↓ →, or Escape.`);
    if (RESERVED[key]) return say(`${key} ${RESERVED[key]}. Press another key, or Escape.`);
    const other = Object.keys(lines).find((action) => action !== waiting && keysOf(action).includes(key));
    if (other) return say(`${sign(key)} is taken: ${nameOf(other)}. Press another key, or Escape.`);
    own[waiting] = key;
    say(`${nameOf(waiting)}: ${sign(key)}.`);
    stop();
    write();
    show();
  };

  list.addEventListener("click", (event) => {
    const change = event.target.closest("button[data-change-key]");
    if (change) {
      waiting = change.dataset.changeKey;
      say(`Press the new key for “${nameOf(waiting)}”. Escape keeps the old one.`);
    } else if (event.target.closest("button[data-reset-keys]")) {
      for (const action of Object.keys(own)) delete own[action];
      stop();
      write();
      show();
      say("All keys are as they were.");
    }
  });
  list.addEventListener("keydown", (event) => {
    if (!waiting || event.repeat || event.ctrlKey || event.metaKey || event.altKey || event.key === "Shift") return;
    if (event.key === "Tab") return stop();
    event.preventDefault();
    if (event.key === "Escape") { stop(); return say("Nothing was changed."); }
    take(event.key.length === 1 ? event.key.toLowerCase() : event.key);
  });
  list.addEventListener("focusout", stop);
  list.addEventListener("close", () => { stop(); say(""); });
  document.addEventListener("htmx:after:swap", show);
  show();
})();
