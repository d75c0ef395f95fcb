// Findings and the words they rest on: choosing the one shows the other; after a decision the next one is at hand.
(() => {
  "use strict";

  const documents = () => document.getElementById("documents");
  const waiting = () => [...document.querySelectorAll(".cg-finding")].filter((one) => !("decided" in one.dataset) && !("deferred" in one.dataset));
  const marksOf = (key) => [...document.querySelectorAll("mark[data-about]")].filter((mark) => mark.dataset.about.split(" ").includes(key));
  let chosen = "";
  let depth = 0;

  const show = (key, scroll) => {
    document.querySelectorAll(".cg-active").forEach((one) => one.classList.remove("cg-active"));
    chosen = key;
    if (!key) return;
    const marks = marksOf(key);
    marks.forEach((mark) => mark.classList.add("cg-active"));
    document.getElementById(`element-${key}`)?.classList.add("cg-active");
    const pane = documents();
    // Only where the documents scroll by themselves: elsewhere the page would run away from the finding.
    if (scroll && marks.length && pane && pane.scrollHeight > pane.clientHeight && getComputedStyle(pane).overflowY === "auto") {
      const place = marks[0].getBoundingClientRect().top - pane.getBoundingClientRect().top;
      pane.scrollTop += place - pane.clientHeight / 3;
    }
  };

  document.addEventListener("focusin", (event) => {
    const finding = event.target.closest(".cg-finding");
    if (finding && finding.dataset.about !== chosen) show(finding.dataset.about, true);
  });

  document.addEventListener("click", (event) => {
    const link = event.target.closest("mark a[href^='#element-']");
    const finding = link && document.getElementById(link.getAttribute("href").slice(1));
    if (finding) {
      event.preventDefault();
      finding.focus();
      finding.scrollIntoView({ block: "nearest" });
      return;
    }
    const place = event.target.closest(".cg-quotes a[href^='#span-']");
    const mark = place && document.getElementById(place.getAttribute("href").slice(1));
    if (!mark) return;
    event.preventDefault();
    mark.scrollIntoView({ block: "center" });
    show(place.closest(".cg-finding").dataset.about, false);
    mark.querySelector("a")?.focus({ preventScroll: true });
  });

  // A letter pressed on no finding goes to the first that waits: a key too many must not decide on all of them.
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (event.target.closest("input, textarea, select") || document.querySelector("dialog[open]")) return;
    let control = null;
    if (event.key === "n") control = document.querySelector("[data-next]");
    else if (event.key === "A") control = document.querySelector("[data-key-all]");
    else if ("acer".includes(event.key) && !event.target.closest("[data-row]")) {
      waiting()[0]?.focus();
    }
    if (control) { event.preventDefault(); control.click(); }
  });

  // After a decision: the next finding to decide, else the end of the list. A refusal leaves the person where they were.
  // The place is kept in the session, for an answer that came as a page of its own.
  document.addEventListener("submit", () => {
    const row = document.activeElement && document.activeElement.closest(".cg-finding, #finish");
    sessionStorage.setItem("stood", row ? `${location.pathname} ${row.id}` : "");
    depth = documents()?.scrollTop ?? 0;
  });

  const following = (row) => {
    const all = [...document.querySelectorAll(".cg-finding")];
    const open = all.slice(all.indexOf(row) + 1).find((one) => !("decided" in one.dataset));
    return open || waiting()[0] || document.getElementById("finish");
  };

  const goOn = () => {
    const pane = documents();
    if (pane && depth) pane.scrollTop = depth;
    const [path, stood] = (sessionStorage.getItem("stood") || "").split(" ");
    sessionStorage.removeItem("stood");
    const row = path === location.pathname && document.getElementById(stood);
    if (!row || document.querySelector(".alert-problem")) return;
    const next = row.id === "finish" ? row : following(row) || row;
    const link = next.id === "finish" && next.querySelector("a, button");
    (link || next).focus();
    next.scrollIntoView({ block: "nearest" });
  };
  document.addEventListener("htmx:after:swap", goOn);
  goOn();
})();
