// A verdict that cannot be sent for want of a connection is kept in this browser and sent again, once and alone, as soon as there is
// one. The form's key binds it to whom the page was shown to; the server takes the same verdict twice as once.
(() => {
  const NAME = "verdict-kept";
  const AGAIN_MILLISECONDS = 5_000;
  let last = null;
  let sending = false;

  const read = () => { try { return JSON.parse(localStorage.getItem(NAME)); } catch { return null; } };
  const write = (kept) => {
    try {
      if (kept) localStorage.setItem(NAME, JSON.stringify(kept));
      else localStorage.removeItem(NAME);
      return true;
    } catch { return false; }
  };

  const say = (text, grave = true) => {
    const notice = document.getElementById("notice");
    const line = document.createElement("p");
    line.textContent = text;
    const box = document.createElement("div");
    box.className = grave ? "note note-grave" : "note";
    box.append(line);
    notice.replaceChildren(box);
    notice.scrollIntoView({ block: "nearest" });
  };
  const close = (closed) => {
    for (const button of document.querySelectorAll("#verdict-form button[name=value]")) button.disabled = closed;
  };

  const keep = (kept) => {
    if (!write(kept)) return say("There is no connection, and this browser keeps nothing. Choose again when there is one.");
    close(true);
    say("There is no connection. Your choice is kept in this browser and is sent as soon as there is one; you may close this page.");
  };

  const send = async () => {
    const kept = read();
    if (!kept || sending || !navigator.onLine) return;
    sending = true;
    try {
      const reply = await fetch(kept.address, { method: "POST", body: new URLSearchParams(kept.fields), redirect: "manual" });
      if (reply.status >= 500 || reply.status === 429) return;
      write(null);
      if (reply.type === "opaqueredirect" || reply.ok) return location.assign("/choose");
      close(false);
      say("The choice that was kept here could not be saved: the pair is gone, or somebody else signed in. Nothing else was changed.");
    } catch { /* still no connection */ } finally { sending = false; }
  };

  // Before htmx and the browser: what is sent is remembered, and not sent at all where that is in vain.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.id !== "verdict-form") return;
    const fields = new FormData(form, event.submitter);
    last = { address: form.getAttribute("action"), fields: [...fields.entries()].map(([name, value]) => [name, String(value)]) };
    if (navigator.onLine) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    keep(last);
  }, true);

  document.addEventListener("htmx:error", (event) => {
    if (last && event.target.id === "verdict-form" && event.detail?.error instanceof TypeError) keep(last);
  });

  addEventListener("online", send);
  setInterval(send, AGAIN_MILLISECONDS);
  if (read()) {
    close(true);
    say("A choice of yours is still to be sent; that is done as soon as there is a connection.", false);
    send();
  }
})();
