// Checks that a page makes of itself; each returns what is wrong. Read by test_accessible.py.
({
  structure: () => {
    const problems = [];
    const count = (selector) => document.querySelectorAll(selector).length;
    if (count("main") !== 1) problems.push("not one main");
    if (count("body > header") !== 1) problems.push("not one banner");
    if (count("h1") !== 1) problems.push("not one h1");
    if (!document.documentElement.lang) problems.push("no language");
    let last = 0;
    for (const heading of document.querySelectorAll("main h1, main h2, main h3, main h4")) {
      const level = Number(heading.tagName[1]);
      if (level > last + 1) problems.push(`${heading.tagName} after level ${last}: ${heading.textContent.trim()}`);
      last = level;
    }
    for (const field of document.querySelectorAll("input:not([type=hidden]), select, textarea")) {
      if (!field.labels.length && !field.getAttribute("aria-label")) problems.push(`no label: ${field.outerHTML}`);
    }
    for (const control of document.querySelectorAll("a, button:not([aria-hidden=true]), summary")) {
      const name = control.getAttribute("aria-label") || control.textContent.trim();
      if (!name) problems.push(`no name: ${control.outerHTML}`);
    }
    const ids = [...document.querySelectorAll("[id]")].map((one) => one.id);
    for (const id of ids.filter((one, index) => ids.indexOf(one) !== index)) problems.push(`twice: ${id}`);
    for (const one of document.querySelectorAll("[aria-labelledby]")) {
      if (!document.getElementById(one.getAttribute("aria-labelledby"))) {
        problems.push(`labelled by nothing: ${one.outerHTML.slice(0, 80)}`);
      }
    }
    return problems;
  },

  contrast: () => {
    const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    const read = (colour) => {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
      return [...canvas.getImageData(0, 0, 1, 1).data];
    };
    const light = ([r, g, b]) => {
      const [x, y, z] = [r, g, b].map((v) => (v / 255 <= 0.03928 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
      return 0.2126 * x + 0.7152 * y + 0.0722 * z;
    };
    const ground = (element) => {
      for (let one = element; one; one = one.parentElement) {
        const colour = read(getComputedStyle(one).backgroundColor);
        if (colour[3] === 255) return colour;
      }
      return [255, 255, 255, 255];
    };
    const problems = new Set();
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const element = walker.currentNode.parentElement;
      if (!walker.currentNode.textContent.trim() || !element.checkVisibility({ visibilityProperty: true })) continue;
      if (element.closest(".visually-hidden, script, svg, .skip, option")) continue;
      const style = getComputedStyle(element);
      const [a, b] = [light(read(style.color)), light(ground(element))];
      const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
      const size = parseFloat(style.fontSize);
      const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
      const words = walker.currentNode.textContent.trim().slice(0, 30);
      if (ratio < (large ? 3 : 4.5)) problems.add(`${ratio.toFixed(2)} ${element.className} ${words}`);
    }
    return [...problems];
  },

  focus: () => {
    const style = getComputedStyle(document.activeElement);
    return document.activeElement === document.body || (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2);
  },

  overflow: () => [...document.querySelectorAll("main *")].filter((one) => !one.closest(".table-responsive, pre, .visually-hidden"))
    .filter((one) => one.checkVisibility() && one.getBoundingClientRect().right > innerWidth + 1)
    .map((one) => `${one.tagName}.${one.getAttribute("class")} ${one.getBoundingClientRect().right}`).slice(0, 5),
})
