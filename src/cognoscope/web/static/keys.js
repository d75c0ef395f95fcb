// The keyboard: one letter an act, the same on every page. Each key only presses a control that can be seen; `?` and `/`
// are the shell's.
(() => {
  "use strict";

  const rows = () => [...document.querySelectorAll("[data-row]")].filter((row) => row.offsetParent !== null);
  const current = () => document.activeElement && document.activeElement.closest("[data-row]");

  const move = (step) => {
    const all = rows();
    if (!all.length) return;
    const at = all.indexOf(current());
    const next = at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + step, 0), all.length - 1);
    all[next].focus();
    all[next].scrollIntoView({ block: "nearest" });
  };

  const control = (key) => {
    const row = current();
    const here = row && row.querySelector(`[data-key="${key}"]`);
    return here || document.querySelector(`[data-whole] [data-key="${key}"]`);
  };

  const act = (key) => {
    const found = control(key);
    if (!found) return false;
    if (found.tagName === "DETAILS") {
      found.open = true;
      const first = found.querySelector("input, button");
      if (first) first.focus();
      if (first && first.select) first.select();
    } else if (found.matches("input")) {
      found.focus();
    } else {
      found.click();
    }
    return true;
  };

  const chooseReason = (digit) => {
    const open = document.activeElement && document.activeElement.closest("details[data-key='e'][open]");
    const reasons = open ? open.querySelectorAll("button") : [];
    const reason = reasons[Number(digit) - 1];
    if (reason) reason.click();
    return Boolean(reason);
  };

  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const typing = event.target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select");
    if (event.key === "Escape") {
      const open = event.target.closest("details[open][data-key]");
      if (open) {
        open.open = false;
        open.querySelector("summary").focus();
      } else if (typing) {
        event.target.blur();
      }
      return;
    }
    if (typing || document.querySelector("dialog[open]")) return;
    let taken = true;
    if (event.key === "j") move(1);
    else if (event.key === "k") move(-1);
    else if ("acer".includes(event.key)) taken = act(event.key);
    else if (/^[1-9]$/.test(event.key)) taken = chooseReason(event.key);
    else taken = false;
    if (taken) event.preventDefault();
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) print();
    // A menu that lies over the page closes when the person turns to something else.
    document.querySelectorAll("details[data-menu][open]").forEach((menu) => menu.contains(event.target) || (menu.open = false));
  });

  // A filter takes effect when it is chosen; without JavaScript its button does it.
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-submit-on-change]");
    if (form) form.requestSubmit();
  });

  // After a swap the person stands where they stood.
  let stood = null;
  document.addEventListener("submit", () => {
    const row = current();
    stood = row ? row.id : null;
  });
  document.addEventListener("htmx:after:swap", () => {
    const row = stood && document.getElementById(stood);
    if (row) row.focus();
    stood = null;
  });
})();
