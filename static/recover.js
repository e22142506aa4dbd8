// Words that came behind the # of a link: put into the box, and out of the address, before anybody reads it over a shoulder.
(() => {
  const words = location.hash.slice(1).replaceAll("-", " ").trim();
  if (!words) return;
  history.replaceState(null, "", location.pathname);
  const box = document.getElementById("words");
  if (/^[a-z ]{40,400}$/.test(words)) box.value = words;
  box.form.querySelector("button").focus();
})();
