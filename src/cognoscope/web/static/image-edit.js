// Moving marks, drawing one's own, painting an overlay: on the image, and mirrored in the form's fields.
(() => {
  "use strict";
  const CG = window.CGImages;
  const REACH = 14;

  const distance = (a, b) => Math.hypot(a[0] - b[0], a[1] - b[1]);
  const written = (points) => points.map(([row, column]) => `${Math.round(row * 10) / 10} ${Math.round(column * 10) / 10}`).join("\n");

  class Marks {
    constructor(viewer) {
      this.viewer = viewer;
      this.drawn = null;
      this.grabbed = null;
    }

    field(key) { return document.getElementById(`points-${key}`); }

    // A press on a handle or inside the shape of the mark being edited; true when it was taken.
    press(pane, x, y) {
      const mark = this.viewer.marks.find((one) => one.key === this.viewer.editing && pane.holds(one));
      if (!mark) return false;
      const at = mark.points.findIndex((point) => distance(pane.toScreen(point), [x, y]) < REACH);
      const screen = mark.points.map((point) => pane.toScreen(point));
      const xs = screen.map((point) => point[0]);
      const ys = screen.map((point) => point[1]);
      const inside = x >= Math.min(...xs) - 6 && x <= Math.max(...xs) + 6 && y >= Math.min(...ys) - 6 && y <= Math.max(...ys) + 6;
      if (at < 0 && !inside) return false;
      this.grabbed = { mark, at, from: pane.toImage(x, y), points: mark.points.map((point) => [...point]) };
      return true;
    }

    drag(pane, x, y) {
      const { mark, at, from, points } = this.grabbed;
      const to = pane.toImage(x, y);
      const by = [to[0] - from[0], to[1] - from[1]];
      mark.points = points.map((point, rank) => (at < 0 || rank === at ? [point[0] + by[0], point[1] + by[1]] : point));
      this.clip(pane, mark);
      this.mirror(mark);
      pane.paint();
    }

    nudge(pane, mark, rows, columns) {
      mark.points = mark.points.map(([row, column]) => [row + rows, column + columns]);
      this.clip(pane, mark);
      this.mirror(mark);
      pane.paint();
    }

    clip(pane, mark) {
      const { rows, columns } = pane.image;
      mark.points = mark.points.map(([row, column]) => [Math.min(Math.max(row, 0), rows - 1), Math.min(Math.max(column, 0), columns - 1)]);
    }

    mirror(mark) {
      const field = this.field(mark.key);
      if (field) field.value = written(mark.points);
    }

    // What was typed moves the mark on the image.
    typed(field) {
      const mark = this.viewer.marks.find((one) => `points-${one.key}` === field.id);
      const points = field.value.split(/[\n;]/).filter((line) => line.trim()).map((line) => line.trim().split(/\s+/).map((one) => Number(one.replace(",", "."))));
      if (!mark || points.length !== mark.points.length || points.some((pair) => pair.length !== 2 || pair.some(Number.isNaN))) return;
      mark.points = points;
      this.viewer.panes.forEach((pane) => pane.paint());
    }

    // One's own mark: an upright ellipse around what is seen.
    begin(pane, x, y) {
      const from = pane.toImage(x, y);
      this.drawn = { key: "", badge: "+", label: "", image: pane.image.name, frame: pane.frame, shape: "ellipse", points: [from, from], own: true };
    }

    stretch(pane, x, y) {
      this.drawn.points = [this.drawn.points[0], pane.toImage(x, y)];
      this.clip(pane, this.drawn);
      pane.paint();
    }

    end(pane) {
      if (this.drawn && distance(pane.toScreen(this.drawn.points[0]), pane.toScreen(this.drawn.points[1])) < 6) this.drawn = null;
      this.viewer.ownDrawn(this.drawn);
      pane.paint();
    }

    forget() {
      this.drawn = null;
      this.viewer.ownDrawn(null);
      this.viewer.panes.forEach((pane) => pane.paint());
    }
  }

  const plain = ({ image, frame, shape, points, label }) => ({
    image, frame, shape, label,
    points: points.map(([row, column]) => [Math.round(row * 100) / 100, Math.round(column * 100) / 100]),
  });

  class Brush {
    constructor(viewer, overlay, words) {
      Object.assign(this, { viewer, overlay, size: 12, value: overlay.classes[0].number, frames: new Map() });
      this.words = words;
    }

    // Each frame is copied at its first stroke, so that giving up brings the old one back.
    stroke(pane, x, y) {
      const pixels = CG.at(this.overlay, pane.frame);
      if (!pixels) return;
      if (!this.frames.has(pane.frame)) this.frames.set(pane.frame, { old: pixels.slice(), now: pixels });
      const { rows, columns } = this.overlay;
      const [row, column] = pane.toImage(x, y);
      const reach = this.size / 2 / pane.scale;
      for (let r = Math.max(0, Math.ceil(row - reach)); r <= Math.min(rows - 1, row + reach); r += 1) {
        for (let c = Math.max(0, Math.ceil(column - reach)); c <= Math.min(columns - 1, column + reach); c += 1) {
          if ((r - row) ** 2 + (c - column) ** 2 <= reach ** 2) pixels[r * columns + c] = this.value;
        }
      }
      this.overlay.version = (this.overlay.version || 0) + 1;
      pane.paint();
    }

    // Runs of value and length, frame by frame.
    text() {
      const frames = {};
      for (const [frame, { now: pixels }] of this.frames) {
        const runs = [];
        for (let i = 0; i < pixels.length; ) {
          let end = i + 1;
          while (end < pixels.length && pixels[end] === pixels[i]) end += 1;
          runs.push(pixels[i], end - i);
          i = end;
        }
        frames[frame] = runs;
      }
      return this.frames.size ? JSON.stringify(frames) : "";
    }

    undo() {
      for (const { old, now } of this.frames.values()) now.set(old);
      this.frames.clear();
      this.overlay.version = (this.overlay.version || 0) + 1;
    }
  }

  Object.assign(CG, { Marks, Brush, plain });
})();
