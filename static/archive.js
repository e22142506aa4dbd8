// How far an archive is on its way: a page without script shows what the browser does.
(() => {
  const follow = (form) => {
    const shown = form.querySelector("[data-upload]");
    const bar = shown.querySelector("progress");
    const words = shown.querySelector("[role=status]");

    form.addEventListener("submit", (event) => {
      const sent = new FormData(form);
      if (![...sent.values()].some((value) => value instanceof File && value.name)) return;
      event.preventDefault();
      shown.hidden = false;
      const button = form.querySelector("button");
      button.disabled = true;
      let told = "";
      const say = (text) => {
        if (text !== told) words.textContent = told = text;
      };
      const request = new XMLHttpRequest();
      request.upload.addEventListener("progress", ({ loaded, total }) => {
        bar.max = total;
        bar.value = loaded;
        // In steps of ten, so that a screen reader is not flooded.
        say(loaded < total ? `Sent: ${Math.floor((10 * loaded) / total) * 10} %` : "Sent. Now it is being read; large archives take a minute.");
      });
      request.upload.addEventListener("load", () => {
        bar.removeAttribute("value");
        say("Sent. Now it is being read; large archives take a minute.");
      });
      request.addEventListener("load", () => {
        // Where it was read we are on its page already; any other answer is shown as the page that it is.
        if (request.status < 400) return location.assign(request.responseURL);
        document.open();
        document.write(request.responseText);
        document.close();
      });
      request.addEventListener("error", () => {
        bar.value = 0;
        button.disabled = false;
        say("The connection was lost. Nothing was stored; try again.");
      });
      request.open("POST", form.action);
      request.send(sent);
    });
  };
  document.querySelectorAll("form[data-uploads]").forEach(follow);
})();
