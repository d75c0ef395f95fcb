// Draws every <figure data-chart="ID"> from the JSON block of that id. One library, one theme, both colour schemes.
(() => {
  "use strict";

  const DAY = 86400000;
  const drawn = new Map();
  const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  const theme = () => ({
    ink: token("--ink"),
    faint: token("--ink-soft"),
    grid: token("--line"),
    forecast: token("--cg-forecast"),
    known: token("--cg-known"),
    people: token("--cg-people"),
    surface: token("--surface"),
  });

  // Keys are local times of the hospital: they are placed as they are read, whatever the zone of the browser.
  const place = (key) => Date.parse(key.length === 10 ? `${key}T00:00Z` : `${key.slice(0, 13)}:00Z`);

  const words = (data, shape) => new Intl.DateTimeFormat(data.language, { timeZone: "UTC", ...shape });

  // The tokens are written #rrggbb.
  const translucent = (colour, percent) => colour + Math.round(2.55 * percent).toString(16).padStart(2, "0");

  const bandSets = (data, colours) => {
    const levels = data.points[0].bands.map((band) => band[0]);
    const strengths = [14, 22, 40];
    const sets = [];
    levels.forEach((level, rank) => {
      const edge = (index) =>
        data.points.map((point) => ({ x: place(point.key), y: point.bands.find((band) => band[0] === level)[index] }));
      const shared = { rank: 3 + rank, pointRadius: 0, pointHitRadius: 0, borderWidth: 0, order: 9 };
      const fill = translucent(colours.forecast, strengths[Math.min(rank, 2)]);
      sets.push({ ...shared, label: "", data: edge(1), fill: false });
      sets.push({ ...shared, label: `${Math.round(level * 100)} %`, data: edge(2), fill: "-1", backgroundColor: fill, band: true });
    });
    return sets;
  };

  const lineSets = (data, names, colours, recent) => [
    {
      label: names.history, rank: 1, clip: 8, order: 4, borderWidth: 1.25, borderColor: colours.faint, backgroundColor: colours.faint,
      pointRadius: recent.length < 80 ? 2 : 0, pointHoverRadius: 5, pointHitRadius: 8,
      data: recent.map((row) => ({ x: place(row[0]), y: row[1], row: row[2] })),
    },
    {
      label: names.expected, rank: 2, clip: 8, order: 3, borderWidth: 3, borderColor: colours.forecast, backgroundColor: colours.forecast,
      pointRadius: data.step === "day" ? 4 : 0, pointHoverRadius: 6, pointHitRadius: 8,
      data: data.points.map((point) => ({ x: place(point.key), y: point.expected, key: point.key })),
    },
    {
      label: names.people, rank: 8, clip: 10, order: 2, showLine: false, pointStyle: "rectRot", pointRadius: 7, pointHoverRadius: 9,
      borderColor: colours.surface, backgroundColor: colours.people, pointBorderWidth: 1,
      data: data.people.map((pair) => ({ x: place(pair[0]), y: pair[1], key: pair[0] })),
    },
    {
      label: names.known, rank: 9, clip: 10, order: 1, showLine: false, pointRadius: 6, pointHoverRadius: 8, pointBorderWidth: 1,
      borderColor: colours.surface, backgroundColor: colours.known,
      data: data.known.map((pair) => ({ x: place(pair[0]), y: pair[1], key: pair[0] })),
    },
  ];

  const today = (data, names, colours) => ({
    id: "today",
    afterDatasetsDraw(chart) {
      const x = chart.scales.x.getPixelForValue(place(data.now));
      const { left, right, top, bottom } = chart.chartArea;
      if (x < left || x > right) return;
      const pen = chart.ctx;
      pen.save();
      pen.strokeStyle = colours.ink;
      pen.setLineDash([4, 4]);
      pen.beginPath();
      pen.moveTo(x, top);
      pen.lineTo(x, bottom);
      pen.stroke();
      pen.fillStyle = colours.ink;
      pen.font = `600 12px ${Chart.defaults.font.family}`;
      pen.textAlign = "right";
      pen.textBaseline = "bottom";
      pen.fillText(names.today, x - 6, bottom - 6);
      pen.restore();
    },
  });

  const ticks = (data, narrow) => (axis) => {
    const days = (axis.max - axis.min) / DAY;
    const step = Math.max(1, Math.ceil(days / (narrow ? 4 : 10))) * DAY;
    const anchor = data.points.length ? place(data.points[0].key.slice(0, 10)) : 0;
    const first = anchor + Math.ceil((axis.min - anchor) / step) * step;
    axis.ticks = [];
    for (let at = first; at <= axis.max; at += step) axis.ticks.push({ value: at });
  };

  const tooltip = (data, names, colours) => {
    const read = (value) => new Intl.NumberFormat(data.language, { maximumFractionDigits: data.digits }).format(value);
    const title = words(data, { weekday: "long", day: "numeric", month: "long", ...(data.step === "hour" ? { hour: "2-digit" } : {}) });
    return {
      backgroundColor: colours.surface, borderColor: colours.faint, borderWidth: 1, padding: 10, displayColors: false,
      titleColor: colours.ink, bodyColor: colours.ink, bodySpacing: 5,
      filter: (item) => Boolean(item.dataset.label) && !item.dataset.band,
      callbacks: {
        title: (items) => (items.length ? title.format(items[0].raw.x) : ""),
        label: (item) => `${item.dataset.label} : ${read(item.raw.y)}`,
        afterBody: (items) => {
          const item = items.find((one) => one.raw.key);
          const point = item && data.points.find((one) => one.key === item.raw.key);
          return point ? point.bands.map(([level, low, high]) => `${Math.round(level * 100)} % : ${read(low)} – ${read(high)}`) : [];
        },
      },
    };
  };

  const follow = (figure) => (event, hits, chart) => {
    const hit = hits.map((one) => chart.data.datasets[one.datasetIndex].data[one.index]).find((one) => "row" in one || one.key);
    if (!hit) return;
    if ("row" in hit && figure.dataset.rows) location.assign(`${figure.dataset.rows}?row=${hit.row}#row-${hit.row}`);
    const element = hit.key && document.getElementById(`element-${hit.key}`);
    if (element) element.focus();
  };

  const options = (figure, data, names, colours, narrow, edges) => ({
    responsive: true,
    maintainAspectRatio: false,
    animation: false,
    interaction: { mode: "nearest", axis: "x", intersect: false },
    onClick: follow(figure),
    scales: {
      x: {
        type: "linear", min: edges[0], max: edges[1], grid: { display: false }, border: { color: colours.faint }, afterBuildTicks: ticks(data, narrow),
        ticks: {
          color: colours.faint, maxRotation: 0, autoSkip: false,
          callback: (value) => words(data, data.step === "hour" ? { weekday: "short", day: "numeric" } : { day: "numeric", month: "short" }).format(value),
        },
      },
      y: { beginAtZero: true, border: { display: false }, grid: { color: colours.grid }, ticks: { color: colours.faint, maxTicksLimit: narrow ? 5 : 7, precision: 0 } },
    },
    plugins: {
      legend: {
        align: "start", onClick: () => undefined,
        labels: {
          sort: (one, other, { datasets }) => datasets[one.datasetIndex].rank - datasets[other.datasetIndex].rank,
          color: colours.ink, usePointStyle: true, boxHeight: 8, padding: 14,
          filter: (item, all) => Boolean(item.text) && all.datasets[item.datasetIndex].data.length > 0,
          generateLabels: (chart) => Chart.defaults.plugins.legend.labels.generateLabels(chart).map((label) => {
            const set = chart.data.datasets[label.datasetIndex];
            return { ...label, pointStyle: set.band ? "rect" : set.pointStyle || (set.showLine === false ? "circle" : "line"), lineWidth: set.borderWidth || 0 };
          }),
        },
      },
      tooltip: tooltip(data, names, colours),
    },
  });

  const draw = (figure) => {
    const source = document.getElementById(figure.dataset.chart);
    const canvas = figure.querySelector("canvas");
    if (!source || !canvas || !window.Chart) return;
    const data = { ...JSON.parse(source.textContent), language: document.documentElement.lang || "fr" };
    const colours = theme();
    const narrow = figure.clientWidth < 560;
    const recent = narrow ? data.history.slice(data.step === "hour" ? -48 : -21) : data.history;
    const places = [...recent.map((row) => place(row[0])), ...data.points.map((point) => place(point.key))];
    Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
    Chart.defaults.font.size = 13;
    drawn.set(figure, new Chart(canvas, {
      type: "line",
      data: { datasets: [...bandSets(data, colours), ...lineSets(data, figure.dataset, colours, recent)] },
      options: options(figure, data, figure.dataset, colours, narrow, [Math.min(...places), Math.max(...places)]),
      plugins: [today(data, figure.dataset, colours)],
    }));
    figure.dataset.drawn = "true";
  };

  const drawAll = () => {
    for (const [figure, chart] of drawn) {
      if (!document.contains(figure)) {
        chart.destroy();
        drawn.delete(figure);
      }
    }
    document.querySelectorAll("figure[data-chart]").forEach((figure) => drawn.has(figure) || draw(figure));
  };

  const redrawAll = () => {
    drawn.forEach((chart) => chart.destroy());
    drawn.clear();
    drawAll();
  };

  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redrawAll);
  new MutationObserver(redrawAll).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
  new MutationObserver(drawAll).observe(document.body, { childList: true, subtree: true });
  drawAll();
})();
