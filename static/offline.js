// A verdict that cannot be sent for want of a connection is kept in this browser and sent again, once and alone, as soon as there is
// one. The form's key binds it to whom the page was shown to; the server takes the same verdict twice as once.
(() => {
  const NAME = "verdict-kept";
  const AGAIN_MILLISECONDS = 5_000;
  // What a proxy says of a server that it cannot reach.
  const AWAY = [502, 503, 504];
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

  const post = ({ address, fields }) => fetch(address, { method: "POST", body: new URLSearchParams(fields), redirect: "manual" });

  // Of a form that htmx does not send. The browser would show a page of its own, and lose the verdict, where no server answers.
  const sendPage = async (given) => {
    if (sending) return;
    sending = true;
    try {
      const reply = await post(given);
      if (reply.type === "opaqueredirect") return location.assign("/choose");
      sending = false;
      if (AWAY.includes(reply.status)) return keep(given);
      const page = new DOMParser().parseFromString(await reply.text(), "text/html");
      document.title = page.title;
      document.getElementById("page").replaceWith(page.getElementById("page"));
      scrollTo(0, 0);
    } catch {
      sending = false;
      keep(given);
    }
  };

  const send = async () => {
    const kept = read();
    if (!kept || sending || !navigator.onLine) return;
    sending = true;
    try {
      const reply = await post(kept);
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
    if (navigator.onLine && form.hasAttribute("hx-post")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (navigator.onLine) sendPage(last);
    else keep(last);
  }, true);

  document.addEventListener("htmx:error", (event) => {
    if (last && event.target.id === "verdict-form" && event.detail?.error instanceof TypeError) keep(last);
  });

  document.addEventListener("htmx:before:response", (event) => {
    if (event.target.id !== "verdict-form" || !AWAY.includes(event.detail.ctx.response.status)) return;
    event.preventDefault();
    keep(last);
  });
  addEventListener("pageshow", (event) => { if (event.persisted) sending = false; });
  addEventListener("online", send);
  setInterval(send, AGAIN_MILLISECONDS);
  if (read()) {
    close(true);
    say("A choice of yours is still to be sent; that is done as soon as there is a connection.", false);
    send();
  }
})();
