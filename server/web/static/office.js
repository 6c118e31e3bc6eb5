/* Keyboard and small behaviour of the frame; every page works without it. */
"use strict";
(() => {
  const search = () => document.getElementById("search");
  const isTyping = (element) => element && (element.isContentEditable || /^(INPUT|SELECT|TEXTAREA)$/.test(element.tagName));

  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !isTyping(document.activeElement)) {
      const field = search();
      if (field) { event.preventDefault(); field.focus(); field.select(); }
    }
    if (event.key === "Escape") {
      for (const open of document.querySelectorAll("details.drop[open]")) {
        open.open = false;
        open.querySelector("summary").focus();
      }
      if (location.hash === "#nav") { location.hash = ""; }
    }
  });

  // An open choice closes when the person goes on elsewhere.
  document.addEventListener("click", (event) => {
    for (const open of document.querySelectorAll("details.drop[open]")) {
      if (!open.contains(event.target)) { open.open = false; }
    }
  });

  // A form is sent once: a second press of the button must not post twice.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) { return; }
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) { delete form.dataset.sent; }
  });

  for (const button of document.querySelectorAll("[data-copy]")) {
    button.addEventListener("click", () => navigator.clipboard.writeText(button.dataset.copy || location.href));
  }
  for (const button of document.querySelectorAll("[data-print]")) {
    button.addEventListener("click", () => window.print());
  }
})();
