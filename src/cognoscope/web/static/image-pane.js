// One image on a canvas: grey levels by window, overlays with colour and hatching, marks and measures drawn over them.
(() => {
  "use strict";
  const CG = window.CGImages;

  // Bright on the dark ground of an image in either theme; the hatching says the same without colour.
  const LOOKS = [[90, 170, 255], [255, 171, 74], [201, 165, 255], [95, 211, 211], [255, 140, 190], [230, 230, 230]];
  const HATCHES = [
    () => true,
    (row, column, period) => (row + column) % period < period / 2,
    (row, column, period) => row % period < period / 2,
    (row, column, period) => column % period < period / 2,
    (row, column, period) => (row - column + 1e6 * period) % period < period / 2,
    (row, column, period) => row % period < period / 2 && column % period < period / 2,
  ];
  const FILL = 120;
  const MARK = "#6db5ff";
  const OWN = "#ffb45e";

  class Pane {
    constructor(element, image, overlays, options) {
      Object.assign(this, { element, image, overlays, options });
      this.canvas = element.querySelector("canvas");
      this.pen = this.canvas.getContext("2d");
      this.grey = document.createElement("canvas");
      this.grey.width = image.columns;
      this.grey.height = image.rows;
      this.frame = 0;
      this.window = image.window ? [...image.window] : image.presets.length ? image.presets[0].slice(1) : null;
      this.measures = [];
      this.layers = new Map();
      this.fitted = true;
      this.aspect = image.spacing && image.spacing[1] > 0 && image.spacing[2] > 0 ? image.spacing[1] / image.spacing[2] : 1;
      this.scale = 1;
      this.left = 0;
      this.top = 0;
    }

    // Screen (CSS pixels) to (row, column) and back; the centre of the first pixel is (0, 0).
    toImage(x, y) {
      return [(y - this.top) / (this.scale * this.aspect) - 0.5, (x - this.left) / this.scale - 0.5];
    }

    toScreen([row, column]) {
      return [this.left + (column + 0.5) * this.scale, this.top + (row + 0.5) * this.scale * this.aspect];
    }

    fit() {
      const { clientWidth: width, clientHeight: height } = this.element;
      const { rows, columns } = this.image;
      this.scale = Math.min(width / columns, height / (rows * this.aspect)) || 1;
      this.left = (width - columns * this.scale) / 2;
      this.top = (height - rows * this.aspect * this.scale) / 2;
      this.fitted = true;
    }

    zoom(factor, x = this.element.clientWidth / 2, y = this.element.clientHeight / 2) {
      const scale = Math.min(Math.max(this.scale * factor, 0.02), 40);
      const real = scale / this.scale;
      this.left = x - (x - this.left) * real;
      this.top = y - (y - this.top) * real;
      this.scale = scale;
      this.fitted = false;
      this.paint();
    }

    pan(dx, dy) {
      this.left += dx;
      this.top += dy;
      this.fitted = false;
      this.paint();
    }

    async show(frame, direction = 1) {
      this.frame = Math.min(Math.max(frame, 0), this.image.frames - 1);
      const asked = this.frame;
      const shown = this.overlays.filter((one) => asked < one.frames && !this.options.hidden.has(one.key));
      try {
        await CG.get(this.image, asked);
        if (asked !== this.frame) return;
        this.draw();
        await Promise.all(shown.map((one) => CG.get(one, asked)));
      } catch {
        this.problem();
        return;
      }
      if (asked !== this.frame) return;
      this.paint();
      CG.prefetch([this.image, ...shown], asked, direction);
    }

    problem() {
      const said = this.element.querySelector(".cg-pane-problem");
      said.textContent = this.options.words.failed;
      said.hidden = false;
    }

    // Grey levels (again) and then everything over them.
    draw() {
      const pixels = CG.at(this.image, this.frame);
      if (!pixels) return;
      this.window = this.window || (this.image.colour ? [127.5, 255] : CG.spread(pixels));
      const { rows, columns, colour } = this.image;
      const data = new ImageData(columns, rows);
      const out = new Uint32Array(data.data.buffer);
      const [centre, width] = this.window;
      const low = centre - width / 2;
      const gain = 255 / width;
      const flip = this.options.invert ? 255 : 0;
      const level = (value) => {
        const grey = (value - low) * gain;
        return (grey < 0 ? 0 : grey > 255 ? 255 : grey) ^ flip;
      };
      if (colour) {
        for (let i = 0, p = 0; i < out.length; i += 1, p += 3) {
          out[i] = 0xff000000 | (level(pixels[p + 2]) << 16) | (level(pixels[p + 1]) << 8) | level(pixels[p]);
        }
      } else {
        for (let i = 0; i < out.length; i += 1) {
          const grey = level(pixels[i]);
          out[i] = 0xff000000 | (grey << 16) | (grey << 8) | grey;
        }
      }
      this.grey.getContext("2d").putImageData(data, 0, 0);
      this.element.querySelector(".cg-pane-problem").hidden = true;
      this.element.dataset.drawn = String(this.frame);
      this.paint();
    }

    paint() {
      const ratio = window.devicePixelRatio || 1;
      const { clientWidth: width, clientHeight: height } = this.element;
      if (this.canvas.width !== Math.round(width * ratio) || this.canvas.height !== Math.round(height * ratio)) {
        this.canvas.width = Math.round(width * ratio);
        this.canvas.height = Math.round(height * ratio);
      }
      if (this.fitted) this.fit();
      const pen = this.pen;
      pen.setTransform(ratio, 0, 0, ratio, 0, 0);
      pen.fillStyle = "#000";
      pen.fillRect(0, 0, width, height);
      const place = [this.left, this.top, this.image.columns * this.scale, this.image.rows * this.scale * this.aspect];
      pen.imageSmoothingEnabled = this.scale < 6;
      pen.imageSmoothingQuality = "high";
      pen.drawImage(this.grey, ...place);
      for (const overlay of this.overlays) {
        if (this.options.hidden.has(overlay.key)) continue;
        const layer = this.layer(overlay);
        if (!layer) continue;
        pen.globalAlpha = this.options.opacity;
        pen.imageSmoothingEnabled = overlay.kind === "heatmap" || this.scale < 1;
        pen.drawImage(layer, ...place);
        pen.globalAlpha = 1;
      }
      if (!this.options.hidden.has("marks")) this.options.marks().filter((mark) => this.holds(mark)).forEach((mark) => this.mark(mark));
      this.measures.filter((one) => one.frame === this.frame).forEach((one) => this.measure(one));
      this.options.painted?.(this);
    }

    holds(mark) {
      return mark.image === this.image.name && mark.frame === this.frame;
    }

    // An overlay's frame as a canvas; made again when its pixels changed (`version` counts strokes of the brush).
    layer(overlay) {
      const pixels = CG.at(overlay, this.frame);
      if (!pixels) return null;
      const version = `${this.frame}/${overlay.url}/${overlay.version || 0}/${Math.round(Math.log2(this.scale))}`;
      const known = this.layers.get(overlay.key);
      if (known && known.version === version) return known.canvas;
      const { rows, columns } = overlay;
      const data = new ImageData(columns, rows);
      if (overlay.kind === "heatmap") {
        for (let i = 0; i < pixels.length; i += 1) data.data.set([...LOOKS[1], pixels[i]], 4 * i);
      } else this.outline(overlay, pixels, data.data);
      const canvas = known ? known.canvas : document.createElement("canvas");
      canvas.width = columns;
      canvas.height = rows;
      canvas.getContext("2d").putImageData(data, 0, 0);
      this.layers.set(overlay.key, { version, canvas });
      return canvas;
    }

    outline(overlay, pixels, out) {
      const { rows, columns } = overlay;
      const looks = new Map(overlay.classes.map((one) => [one.number, one.look]));
      const thick = Math.max(1, Math.round(1.2 / this.scale));
      const period = Math.max(4, Math.round(7 / this.scale));
      for (let row = 0, i = 0; row < rows; row += 1) {
        for (let column = 0; column < columns; column += 1, i += 1) {
          const value = pixels[i];
          if (!value) continue;
          const look = looks.get(value) ?? 0;
          const edge =
            row < thick || column < thick || row >= rows - thick || column >= columns - thick ||
            pixels[i - thick] !== value || pixels[i + thick] !== value ||
            pixels[i - thick * columns] !== value || pixels[i + thick * columns] !== value;
          if (!edge && !HATCHES[look](row, column, period)) continue;
          const [red, green, blue] = LOOKS[look];
          out[4 * i] = red;
          out[4 * i + 1] = green;
          out[4 * i + 2] = blue;
          out[4 * i + 3] = edge ? 255 : FILL;
        }
      }
    }

    stroke(path, colour, width, dash = []) {
      const pen = this.pen;
      pen.lineJoin = "round";
      pen.setLineDash([]);
      pen.strokeStyle = "rgb(0 0 0 / 75%)";
      pen.lineWidth = width + 2.5;
      pen.stroke(path);
      pen.setLineDash(dash);
      pen.strokeStyle = colour;
      pen.lineWidth = width;
      pen.stroke(path);
      pen.setLineDash([]);
    }

    tag(text, x, y, colour) {
      const pen = this.pen;
      pen.font = `600 13px ${getComputedStyle(document.body).fontFamily}`;
      const width = pen.measureText(text).width + 8;
      const left = Math.min(Math.max(x, 0), this.element.clientWidth - width);
      const top = Math.min(Math.max(y - 20, 0), this.element.clientHeight - 20);
      pen.fillStyle = "rgb(0 0 0 / 78%)";
      pen.fillRect(left, top, width, 18);
      pen.fillStyle = colour;
      pen.textBaseline = "middle";
      pen.fillText(text, left + 4, top + 9.5);
    }

    mark(mark) {
      const chosen = this.options.chosen() === mark.key;
      const colour = mark.own ? OWN : MARK;
      const path = new Path2D();
      const points = mark.points.map((point) => this.toScreen(point));
      const xs = points.map((point) => point[0]);
      const ys = points.map((point) => point[1]);
      const box = [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
      if (mark.shape === "point") {
        path.arc(points[0][0], points[0][1], 9, 0, 2 * Math.PI);
        path.moveTo(points[0][0] - 14, points[0][1]);
        path.lineTo(points[0][0] - 5, points[0][1]);
        path.moveTo(points[0][0] + 5, points[0][1]);
        path.lineTo(points[0][0] + 14, points[0][1]);
      } else if (mark.shape === "box") path.rect(box[0], box[1], box[2] - box[0], box[3] - box[1]);
      else if (mark.shape === "ellipse") {
        path.ellipse((box[0] + box[2]) / 2, (box[1] + box[3]) / 2, (box[2] - box[0]) / 2, (box[3] - box[1]) / 2, 0, 0, 2 * Math.PI);
      } else {
        points.forEach(([x, y], rank) => (rank ? path.lineTo(x, y) : path.moveTo(x, y)));
        if (mark.shape === "polygon") path.closePath();
      }
      this.stroke(path, colour, chosen ? 3 : 2, mark.own ? [7, 5] : []);
      this.tag(mark.badge, box[0], box[1] - 2, colour);
      if (chosen && this.options.editing() === mark.key) {
        points.forEach(([x, y]) => {
          const handle = new Path2D();
          handle.rect(x - 5, y - 5, 10, 10);
          this.pen.fillStyle = colour;
          this.pen.fill(handle);
          this.stroke(handle, "#000", 1);
        });
      }
    }

    measure({ from, to }) {
      const [a, b] = [this.toScreen(from), this.toScreen(to)];
      const path = new Path2D();
      path.moveTo(...a);
      path.lineTo(...b);
      this.stroke(path, "#fff", 2);
      this.tag(this.length(from, to), (a[0] + b[0]) / 2 + 8, (a[1] + b[1]) / 2, "#fff");
    }

    // In mm where the distance between pixels is known, else in pixels and saying so.
    length(from, to) {
      const read = (value, unit) => `${new Intl.NumberFormat(document.documentElement.lang || "fr", { maximumFractionDigits: 1 }).format(value)} ${unit}`;
      const [, down, across] = this.image.spacing || [];
      if (!(down > 0 && across > 0)) return read(Math.hypot(to[0] - from[0], to[1] - from[1]), this.options.words.pixels);
      return read(Math.hypot((to[0] - from[0]) * down, (to[1] - from[1]) * across), "mm");
    }
  }

  CG.Pane = Pane;
})();
