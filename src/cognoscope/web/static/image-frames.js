// Frames of images and overlays: fetched raw, kept within a budget, the neighbours fetched before they are asked for.
window.CGImages = window.CGImages || {};
(() => {
  "use strict";

  const TYPES = { uint8: Uint8Array, int16: Int16Array, uint16: Uint16Array, float32: Float32Array };
  const BUDGET = 384 * 2 ** 20;
  const AHEAD = 8;
  const held = new Map();
  const waiting = new Map();
  let size = 0;

  const keep = (key, pixels) => {
    held.set(key, pixels);
    size += pixels.byteLength;
    for (const [oldest, old] of held) {
      if (size <= BUDGET || oldest === key) break;
      held.delete(oldest);
      size -= old.byteLength;
    }
  };

  // The frame if it is here, without waiting.
  const at = (source, frame) => held.get(source.url + frame);

  const get = (source, frame) => {
    const key = source.url + frame;
    const known = held.get(key);
    if (known) {
      held.delete(key);
      held.set(key, known);
      return Promise.resolve(known);
    }
    if (!waiting.has(key)) {
      const asked = fetch(key, { credentials: "same-origin" })
        .then((answer) => {
          if (!answer.ok) throw new Error(String(answer.status));
          return answer.arrayBuffer();
        })
        .then((buffer) => {
          const pixels = new TYPES[source.dtype](buffer);
          keep(key, pixels);
          return pixels;
        })
        .finally(() => waiting.delete(key));
      waiting.set(key, asked);
    }
    return waiting.get(key);
  };

  // Those that come next in the direction of scrolling, one after the other, so that what is asked for goes first.
  let turn = 0;
  const prefetch = async (sources, frame, direction) => {
    const mine = ++turn;
    for (let step = 1; step <= AHEAD; step += 1) {
      for (const way of step <= 2 ? [direction, -direction] : [direction]) {
        for (const source of sources) {
          const next = frame + way * step;
          if (next < 0 || next >= source.frames) continue;
          if (mine !== turn) return;
          try { await get(source, next); } catch { return; }
        }
      }
    }
  };

  // 1st and 99th percentile of a sample: what to show where nothing says how.
  const spread = (pixels) => {
    const step = Math.max(1, Math.floor(pixels.length / 20000));
    const sample = [];
    for (let i = 0; i < pixels.length; i += step) if (Number.isFinite(pixels[i])) sample.push(pixels[i]);
    sample.sort((a, b) => a - b);
    const low = sample[Math.floor(sample.length * 0.01)] ?? 0;
    const high = sample[Math.floor(sample.length * 0.99)] ?? 255;
    return [(low + high) / 2, Math.max(high - low, 1)];
  };

  Object.assign(window.CGImages, { at, get, prefetch, spread });
})();
