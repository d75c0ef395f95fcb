// Mouse and fingers on a pane: what a drag does depends on the tool.
(() => {
  "use strict";
  const CG = window.CGImages;

  // Pointer: one finger or button does what the tool says; two fingers zoom and move.
  CG.listen = (pane, viewer, edit, { go, status, activate }) => {
    const pointers = new Map();
    let stroke = null;
    let pinch = null;
    const place = (event) => {
      const box = pane.canvas.getBoundingClientRect();
      return [event.clientX - box.left, event.clientY - box.top];
    };
    const begin = (event, x, y) => {
      const kind = event.button === 1 || event.button === 2 || event.shiftKey ? "pan" : viewer.brush ? "brush" : viewer.tool;
      stroke = { kind, x, y, row: pane.frame, window: pane.window && [...pane.window], moved: false };
      if (kind !== "brush" && viewer.editing && edit.press(pane, x, y)) stroke.kind = "edit";
      else if (kind === "measure") {
        const at = pane.toImage(x, y);
        stroke.line = { frame: pane.frame, from: at, to: at };
        pane.measures.push(stroke.line);
      } else if (kind === "mark") edit.begin(pane, x, y);
      else if (kind === "brush") viewer.brush.stroke(pane, x, y);
    };
    const drags = {
      edit: (x, y) => edit.drag(pane, x, y),
      pan: (x, y, dx, dy) => pane.pan(dx, dy),
      measure: (x, y) => { stroke.line.to = pane.toImage(x, y); pane.paint(); },
      mark: (x, y) => edit.stretch(pane, x, y),
      brush: (x, y) => viewer.brush.stroke(pane, x, y),
      window: (x, y, dx, dy, touch) => {
        if (touch && pane.image.frames > 1) {
          const frame = Math.round(stroke.row + (y - stroke.y) / Math.max(4, pane.element.clientHeight / pane.image.frames / 1.5));
          if (frame !== pane.frame) go(pane, frame);
          return;
        }
        if (!stroke.window) return;
        const gain = Math.max(stroke.window[1], 1) / 300;
        pane.window = [stroke.window[0] + (y - stroke.y) * gain, Math.max(stroke.window[1] + (x - stroke.x) * gain, 1)];
        pane.draw();
      },
    };
    pane.canvas.addEventListener("pointerdown", (event) => {
      pane.element.focus({ preventScroll: true });
      pane.canvas.setPointerCapture(event.pointerId);
      const [x, y] = place(event);
      pointers.set(event.pointerId, [x, y]);
      if (pointers.size === 2) {
        stroke = null;
        const [a, b] = [...pointers.values()];
        pinch = { apart: Math.hypot(a[0] - b[0], a[1] - b[1]), x: (a[0] + b[0]) / 2, y: (a[1] + b[1]) / 2 };
      } else begin(event, x, y);
      event.preventDefault();
    });
    pane.canvas.addEventListener("pointermove", (event) => {
      const [x, y] = place(event);
      const before = pointers.get(event.pointerId);
      if (before) pointers.set(event.pointerId, [x, y]);
      if (pinch && pointers.size === 2) {
        const [a, b] = [...pointers.values()];
        const [apart, cx, cy] = [Math.hypot(a[0] - b[0], a[1] - b[1]), (a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
        pane.pan(cx - pinch.x, cy - pinch.y);
        pane.zoom(apart / (pinch.apart || 1), cx, cy);
        pinch = { apart, x: cx, y: cy };
      } else if (stroke && before) {
        stroke.moved = stroke.moved || Math.hypot(x - stroke.x, y - stroke.y) > 3;
        if (stroke.moved) drags[stroke.kind](x, y, x - before[0], y - before[1], event.pointerType === "touch");
      }
      status(pane, ...pane.toImage(x, y));
    });
    const lift = (event) => {
      pointers.delete(event.pointerId);
      if (pointers.size < 2) pinch = null;
      if (!stroke) return;
      if (stroke.kind === "mark") edit.end(pane);
      if (stroke.line && !stroke.moved) pane.measures.pop();
      if (!stroke.moved && stroke.kind !== "brush") pick(viewer, pane, stroke.x, stroke.y);
      stroke = null;
      pane.paint();
    };
    pane.canvas.addEventListener("pointerup", lift);
    pane.canvas.addEventListener("pointercancel", lift);
    pane.canvas.addEventListener("contextmenu", (event) => event.preventDefault());
    pane.canvas.addEventListener("wheel", (event) => {
      const [x, y] = place(event);
      if (event.ctrlKey) pane.zoom(event.deltaY < 0 ? 1.15 : 1 / 1.15, x, y);
      else if (pane.image.frames > 1) go(pane, pane.frame + Math.sign(event.deltaY));
      else return;
      event.preventDefault();
    }, { passive: false });
    pane.element.addEventListener("focusin", () => activate(pane));
    pane.element.querySelector(".cg-pane-slider").addEventListener("input", (event) => go(pane, Number(event.target.value)));
  };

  // A press on a mark goes to its line in the list.
  const pick = (viewer, pane, x, y) => {
    const near = viewer.marks.find((mark) => pane.holds(mark) && mark.points.map((point) => pane.toScreen(point)).some((_, __, all) => {
      const xs = all.map((point) => point[0]);
      const ys = all.map((point) => point[1]);
      return x > Math.min(...xs) - 10 && x < Math.max(...xs) + 10 && y > Math.min(...ys) - 10 && y < Math.max(...ys) + 10;
    }));
    const line = near && document.getElementById(`element-${near.key}`);
    if (!line || viewer.editing) return;
    line.focus({ preventScroll: true });
    line.scrollIntoView({ block: "nearest" });
  };
})();
