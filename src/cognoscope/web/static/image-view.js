// The viewer: panes, tools, keys, layers; it follows the list of elements and the list follows it.
(() => {
  "use strict";
  const CG = window.CGImages;
  const section = document.getElementById("viewer");
  if (!section) return;

  const number = (value, digits = 0) => new Intl.NumberFormat(document.documentElement.lang || "fr", { maximumFractionDigits: digits }).format(value);
  const read = () => JSON.parse(document.getElementById("image-data").textContent);
  const blank = (name) => section.querySelector(`template[data-${name}]`).content.firstElementChild.cloneNode(true);
  const part = (name) => section.querySelector(`[data-${name}]:not(template)`);

  const viewer = {
    data: read(), marks: [], panes: [], tool: "window", editing: null, chosen: null, brush: null, active: null, alone: false, own: [],
  };
  const words = { failed: section.dataset.failed, pixels: section.dataset.unit };
  const options = {
    words, hidden: new Set(), opacity: 0.55, invert: false,
    chosen: () => viewer.chosen,
    editing: () => viewer.editing,
    marks: () => [...viewer.marks, ...viewer.own, ...(edit.drawn ? [edit.drawn] : [])],
  };
  const edit = new CG.Marks(viewer);

  const paintAll = () => viewer.panes.forEach((pane) => pane.paint());
  const drawAll = () => viewer.panes.forEach((pane) => pane.draw());
  const paneOf = (image) => viewer.panes.find((pane) => pane.image.name === image);

  const status = (pane, row, column) => {
    const parts = [];
    if (pane.image.frames > 1) parts.push(`${section.dataset.slice} ${pane.frame + 1}/${pane.image.frames}`);
    if (pane.window && !pane.image.colour) parts.push(`C ${number(pane.window[0])} L ${number(pane.window[1])}`);
    parts.push(`× ${number(pane.scale, 2)}`);
    const [r, c] = [Math.round(row), Math.round(column)];
    const pixels = CG.at(pane.image, pane.frame);
    if (pixels && r >= 0 && c >= 0 && r < pane.image.rows && c < pane.image.columns) {
      const value = pane.image.colour ? "" : ` : ${number(pixels[r * pane.image.columns + c], 1)} ${pane.image.unit}`;
      parts.push(`(${r}, ${c})${value}`);
    }
    part("status").textContent = parts.join(" · ");
  };

  const go = async (pane, frame) => {
    const direction = frame < pane.frame ? -1 : 1;
    await pane.show(frame, direction);
    const slider = pane.element.querySelector(".cg-pane-slider");
    slider.value = pane.frame;
    slider.setAttribute("aria-valuetext", `${section.dataset.slice} ${pane.frame + 1} / ${pane.image.frames}`);
    pane.element.querySelector(".cg-pane-place").textContent = pane.image.frames > 1 ? `${pane.frame + 1} / ${pane.image.frames}` : "";
    status(pane, -1, -1);
  };

  const activate = (pane) => {
    viewer.active = pane;
    const list = part("presets");
    list.replaceChildren();
    const own = pane.image.window ? [[section.dataset.own, ...pane.image.window]] : [];
    viewer.choices = [...own, ...pane.image.presets, [section.dataset.auto, null, null]];
    viewer.choices.forEach(([name], rank) => list.add(new Option(`${rank + 1} ${name}`, rank)));
    list.hidden = pane.image.colour;
    const at = viewer.choices.findIndex((one) => pane.window && one[1] === pane.window[0] && one[2] === pane.window[1]);
    list.selectedIndex = at < 0 ? viewer.choices.length - 1 : at;
  };

  const preset = (rank) => {
    const choice = viewer.choices?.[rank];
    if (!choice || !viewer.active) return false;
    viewer.panes.filter((pane) => pane.image.presets.length === viewer.active.image.presets.length).forEach((pane) => {
      const pixels = CG.at(pane.image, pane.frame);
      pane.window = choice[1] === null ? (pixels ? CG.spread(pixels) : null) : choice.slice(1);
      pane.draw();
    });
    part("presets").selectedIndex = rank;
    part("said").textContent = choice[0];
    status(viewer.active, -1, -1);
    return true;
  };

  const use = (tool) => {
    viewer.tool = tool;
    section.querySelectorAll("[data-tool]").forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.tool === tool)));
    section.dataset.using = tool;
  };

  const solo = () => {
    viewer.alone = !viewer.alone;
    const shown = viewer.active || viewer.panes[0];
    viewer.panes.forEach((pane) => { pane.element.hidden = viewer.alone && pane !== shown; });
    part("panes").dataset.count = viewer.alone ? 1 : viewer.panes.length;
    section.querySelector("[data-do=alone]")?.setAttribute("aria-pressed", String(viewer.alone));
    viewer.panes.forEach((pane) => { pane.fitted = true; pane.paint(); });
  };

  const layers = () => [...section.querySelectorAll(".cg-layer input[type=checkbox]")];
  const acts = {
    closer: (pane) => pane.zoom(1.3),
    farther: (pane) => pane.zoom(1 / 1.3),
    fit: () => viewer.panes.forEach((pane) => { pane.fit(); pane.paint(); }),
    invert: (pane, button) => {
      options.invert = !options.invert;
      (button || section.querySelector("[data-do=invert]")).setAttribute("aria-pressed", String(options.invert));
      drawAll();
    },
    alone: () => viewer.panes.length > 1 && solo(),
    layers: () => {
      const boxes = layers();
      const on = !boxes.some((box) => box.checked);
      boxes.forEach((box) => { box.checked = on; box.dispatchEvent(new Event("change", { bubbles: true })); });
    },
  };

  // Where an element is: its mark, else what it was measured on.
  const find = (key) => {
    viewer.chosen = key;
    const mark = viewer.marks.find((one) => one.key === key);
    const [image, frame] = mark ? [mark.image, mark.frame] : viewer.data.places?.[key] || [];
    const pane = paneOf(image) || (image && !viewer.data.together && choose(image));
    if (pane && pane.frame !== frame) go(pane, frame);
    paintAll();
  };

  // One's own mark was drawn, or thrown away (null).
  viewer.ownDrawn = (mark) => {
    const list = document.getElementById("mine-marks");
    if (list) {
      if (mark) viewer.own.push(mark);
      edit.drawn = null;
      list.value = JSON.stringify(viewer.own.map(CG.plain));
      const shown = document.getElementById("mine-list");
      shown.replaceChildren(...viewer.own.map((one, rank) => {
        const line = document.querySelector("template[data-mine]").content.firstElementChild.cloneNode(true);
        line.querySelector("span").textContent = `${rank + 1} · ${paneOf(one.image)?.image.label || one.image}${paneOf(one.image)?.image.frames > 1 ? `, ${section.dataset.slice} ${one.frame + 1}` : ""}`;
        line.querySelector("button").addEventListener("click", () => { viewer.own.splice(rank, 1); viewer.ownDrawn(null); paintAll(); });
        one.badge = String(rank + 1);
        return line;
      }));
      return;
    }
    const adding = document.getElementById("adding");
    if (!adding) return;
    adding.hidden = !mark;
    document.getElementById("added-mark").value = mark ? JSON.stringify(CG.plain(mark)) : "";
    if (mark) document.getElementById("added-label").focus();
  };

  const makePane = (image) => {
    const element = blank("pane");
    element.setAttribute("aria-label", image.label);
    element.querySelector(".cg-pane-label").textContent = viewer.data.images.length > 1 ? image.label : "";
    const slider = element.querySelector(".cg-pane-slider");
    slider.max = image.frames - 1;
    slider.hidden = image.frames < 2;
    part("panes").append(element);
    const pane = new CG.Pane(element, image, viewer.data.overlays.filter((one) => one.image === image.name), options);
    viewer.panes.push(pane);
    CG.listen(pane, viewer, edit, { go, status, activate });
    new ResizeObserver(() => pane.paint()).observe(element);
    return pane;
  };

  // Of many images one is shown.
  const choose = (name) => {
    viewer.panes.forEach((pane) => pane.element.remove());
    viewer.panes = [];
    const pane = makePane(viewer.data.images.find((one) => one.name === name));
    part("panes").dataset.count = 1;
    const list = section.querySelector("[data-images]");
    if (list) list.value = name;
    activate(pane);
    go(pane, Math.floor((pane.image.frames - 1) / 2));
    return pane;
  };

  const listLayers = () => {
    const box = part("layers");
    box.replaceChildren();
    viewer.data.overlays.forEach((overlay) => {
      const layer = blank("layer");
      const input = layer.querySelector("input");
      input.dataset.layer = overlay.key;
      input.checked = !options.hidden.has(overlay.key);
      layer.querySelector("span").textContent = overlay.label;
      layer.querySelector("ul").replaceChildren(...overlay.classes.map((one) => {
        const item = document.createElement("li");
        item.className = `cg-swatch cg-swatch-${one.look}`;
        item.textContent = one.label;
        return item;
      }));
      if (overlay.kind === "heatmap" && !("seen" in box.dataset)) { input.checked = false; options.hidden.add(overlay.key); }
      box.append(layer);
    });
    box.dataset.seen = "";
    if (viewer.data.overlays.length) {
      const opacity = blank("opacity");
      opacity.querySelector("input").value = Math.round(100 * options.opacity);
      box.append(opacity);
    }
    if (viewer.data.marks.length) {
      const layer = blank("marks");
      layer.querySelector("input").dataset.layer = "marks";
      layer.querySelector("input").checked = !options.hidden.has("marks");
      box.append(layer);
    }
  };

  // Where to begin: the slice of the first mark, else where an overlay or a measurement points, else the middle.
  const first = (image) => {
    const mark = viewer.data.marks.find((one) => one.image === image.name);
    const place = Object.values(viewer.data.places || {}).find((one) => one[0] === image.name);
    return mark ? mark.frame : place ? place[1] : Math.floor((image.frames - 1) / 2);
  };

  const begin = () => {
    viewer.marks = viewer.data.marks;
    listLayers();
    use("window");
    if (viewer.data.together) {
      viewer.data.images.forEach(makePane);
      part("panes").dataset.count = viewer.panes.length;
      viewer.panes.forEach((pane) => go(pane, first(pane.image)));
      activate(viewer.panes[0]);
    } else choose(viewer.data.images[0].name);
  };

  // After a decision: marks and overlays as they now stand.
  const again = () => {
    viewer.data = read();
    viewer.marks = viewer.data.marks;
    viewer.editing = viewer.brush = edit.drawn = null;
    viewer.panes.forEach((pane) => {
      pane.overlays = viewer.data.overlays.filter((one) => one.image === pane.image.name);
      pane.show(pane.frame);
    });
    listLayers();
    use(viewer.tool === "mark" ? "window" : viewer.tool);
  };

  const brushFor = (details) => {
    const overlay = viewer.panes.flatMap((pane) => pane.overlays).find((one) => one.key === details.dataset.about);
    if (!overlay || overlay.kind !== "segmentation") return;
    viewer.brush = new CG.Brush(viewer, overlay);
    options.hidden.delete(overlay.key);
    viewer.panes.forEach((pane) => pane.show(pane.frame));
    const box = details.querySelector("[data-brush]");
    const pens = [...overlay.classes.map((one) => [one.label, one.number]), [section.dataset.eraser, 0]];
    box.replaceChildren(...pens.map(([label, value], rank) => {
      const button = document.createElement("button");
      Object.assign(button, { type: "button", className: "btn btn-sm btn-outline-secondary", textContent: label });
      button.setAttribute("aria-pressed", String(rank === 0));
      button.addEventListener("click", () => {
        viewer.brush.value = value;
        box.querySelectorAll("button").forEach((one) => one.setAttribute("aria-pressed", String(one === button)));
      });
      return button;
    }));
    const size = document.createElement("input");
    Object.assign(size, { type: "range", min: 3, max: 60, value: viewer.brush.size, title: section.dataset.brushSize });
    size.setAttribute("aria-label", section.dataset.brushSize);
    size.addEventListener("input", () => { viewer.brush.size = Number(size.value); });
    box.append(size);
  };

  document.addEventListener("toggle", (event) => {
    const details = event.target;
    if (!(details instanceof HTMLElement) || !details.matches("details[data-edit]")) return;
    if (details.open) {
      document.querySelectorAll("details[data-edit][open]").forEach((one) => { if (one !== details) one.open = false; });
      find(details.dataset.about);
      viewer.editing = details.dataset.about;
      if (details.dataset.edit === "overlay") brushFor(details);
    } else if (viewer.editing === details.dataset.about) {
      viewer.brush?.undo();
      viewer.editing = viewer.brush = null;
      again();
    }
    paintAll();
  }, true);

  document.addEventListener("submit", () => {
    if (viewer.brush) document.getElementById(`painted-${viewer.brush.overlay.key}`).value = viewer.brush.text();
    const label = document.getElementById("added-label");
    if (edit.drawn && label) {
      edit.drawn.label = label.value;
      document.getElementById("added-mark").value = JSON.stringify(CG.plain(edit.drawn));
    }
  }, true);

  document.addEventListener("input", (event) => {
    if (event.target.matches("textarea[name^='points:']")) edit.typed(event.target);
    if (event.target.closest(".cg-layer-opacity")) { options.opacity = Number(event.target.value) / 100; paintAll(); }
  });

  document.addEventListener("change", (event) => {
    const { layer } = event.target.dataset || {};
    if (layer) {
      if (event.target.checked) options.hidden.delete(layer); else options.hidden.add(layer);
      viewer.panes.forEach((pane) => pane.show(pane.frame));
    } else if (event.target.matches("[data-presets]")) preset(event.target.selectedIndex);
    else if (event.target.matches("[data-images]")) choose(event.target.value);
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-tool], [data-do]");
    if (button?.dataset.tool) use(button.dataset.tool);
    else if (button?.dataset.do === "forget") edit.forget();
    else if (button) acts[button.dataset.do](viewer.active || viewer.panes[0], button);
    const source = event.target.closest("[data-pixels]");
    if (source) {
      const [image, frame] = source.dataset.pixels.split(":");
      const pane = paneOf(image) || choose(image);
      go(pane, Number(frame));
      pane.element.focus();
    }
  });

  document.addEventListener("focusin", (event) => {
    const line = event.target.closest(".cg-finding[data-about]");
    if (line && line.dataset.about !== viewer.chosen) find(line.dataset.about);
  });

  const inPane = (pane, event) => {
    const steps = { ArrowUp: -1, ArrowDown: 1, ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10, Home: -1e6, End: 1e6 };
    const way = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    const mark = viewer.editing && viewer.marks.find((one) => one.key === viewer.editing);
    if (mark && way) edit.nudge(pane, mark, way[0] * (event.shiftKey ? 10 : 1), way[1] * (event.shiftKey ? 10 : 1));
    else if (event.shiftKey && way) pane.pan(-40 * way[1], -40 * way[0]);
    else if (event.key in steps && pane.image.frames > 1) go(pane, pane.frame + steps[event.key]);
    else if (/^[1-9]$/.test(event.key)) return preset(Number(event.key) - 1);
    else if (event.key === "Escape" || event.key === "Delete") { pane.measures = []; edit.forget(); } else return false;
    return true;
  };

  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (event.target.closest("input:not([type=checkbox]):not([type=radio]):not([type=range]), textarea, select")) return;
    const focused = viewer.panes.find((one) => one.element.contains(event.target));
    const pane = focused || viewer.active || viewer.panes[0];
    const tools = { w: "window", p: "pan", m: "measure", b: "mark" };
    const keys = { "+": "closer", "=": "closer", "-": "farther", 0: "fit", i: "invert", f: "alone", o: "layers" };
    let taken = true;
    if (focused && !event.target.matches("input") && inPane(focused, event)) taken = true;
    else if (tools[event.key] && section.querySelector(`[data-tool=${tools[event.key]}]`)) use(tools[event.key]);
    else if (keys[event.key]) acts[keys[event.key]](pane);
    else if ((event.key === "PageUp" || event.key === "PageDown") && pane.image.frames > 1) go(pane, pane.frame + (event.key === "PageUp" ? -10 : 10));
    else taken = false;
    if (taken) event.preventDefault();
  });

  document.addEventListener("htmx:after:swap", () => document.getElementById("image-data") && again());
  viewer.go = go;
  CG.viewer = viewer;
  begin();
})();
