// Figures of programs beside each other: ROC curves, differences, what a strategy of reading gains and costs.
(() => {
  "use strict";
  const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const drawn = new Map();
  const MARKS = ["circle", "rectRot", "triangle", "rect", "star", "crossRot", "rectRounded"];

  const colours = () => [token("--blue"), token("--orange"), token("--cg-people"), token("--ink-soft")];

  const sets = (data, hues) => data.series.map((one, rank) => {
    const shared = { label: one.label, data: one.points.map(([x, y]) => ({ x, y })), borderColor: hues[rank % hues.length], backgroundColor: hues[rank % hues.length] };
    if (data.kind === "roc") return { ...shared, showLine: true, borderWidth: 2.5, pointRadius: 0, pointStyle: "line", borderDash: rank ? [7, 4] : [] };
    return { ...shared, pointRadius: data.kind === "strategies" ? 8 : 3.5, pointStyle: data.kind === "strategies" ? MARKS[rank % MARKS.length] : "circle" };
  });

  const lines = (data, ink, soft) => {
    if (data.kind === "roc") return [{ label: "", data: [{ x: 0, y: 0 }, { x: 100, y: 100 }], showLine: true, borderColor: soft, borderWidth: 1, borderDash: [2, 4], pointRadius: 0 }];
    const xs = data.series.flatMap((one) => one.points.map((point) => point[0]));
    const ends = [Math.min(...xs), Math.max(...xs)];
    return (data.lines || []).map(([label, y], rank) => ({ label, data: ends.map((x) => ({ x, y })), showLine: true, borderColor: ink, borderWidth: rank ? 1.5 : 2, borderDash: rank ? [6, 4] : [], pointRadius: 0, pointStyle: "line" }));
  };

  // How far an interval reaches, as bars through the point.
  const bars = (data, hues) => ({
    id: "intervals",
    afterDatasetsDraw(chart) {
      const pen = chart.ctx;
      data.series.forEach((one, rank) => (one.intervals || []).forEach(([low, high], index) => {
        if (low === null) return;
        const x = chart.scales.x.getPixelForValue(one.points[index][0]);
        pen.save();
        pen.strokeStyle = hues[rank % hues.length];
        pen.lineWidth = 1.5;
        pen.beginPath();
        pen.moveTo(x, chart.scales.y.getPixelForValue(low));
        pen.lineTo(x, chart.scales.y.getPixelForValue(high));
        pen.stroke();
        pen.restore();
      }));
    },
  });

  const draw = (figure) => {
    const data = JSON.parse(document.getElementById(figure.dataset.figure).textContent);
    const [ink, soft, grid] = [token("--ink"), token("--ink-soft"), token("--line")];
    const hues = colours();
    const reached = data.series.flatMap((one) => (one.intervals || []).flat()).filter((end) => end !== null);
    const axis = (text, ends) => ({
      ...(data.kind === "roc" ? { min: 0, max: 100 } : { grace: "5%" }), ...ends, title: { display: true, text, color: ink }, grid: { color: grid }, ticks: { color: soft }, border: { color: soft },
    });
    Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
    Chart.defaults.font.size = 13;
    drawn.set(figure, new Chart(figure.querySelector("canvas"), {
      type: "scatter",
      data: { datasets: [...sets(data, hues), ...lines(data, ink, soft)] },
      options: {
        responsive: true, maintainAspectRatio: false, animation: false,
        scales: { x: axis(data.x, {}), y: axis(data.y, reached.length ? { suggestedMin: Math.min(...reached), suggestedMax: Math.max(...reached) } : {}) },
        plugins: {
          legend: { align: "start", onClick: () => undefined, labels: { color: ink, usePointStyle: true, filter: (item) => Boolean(item.text) } },
          tooltip: { filter: (item) => Boolean(item.dataset.label) },
        },
      },
      plugins: [bars(data, hues)],
    }));
    figure.dataset.drawn = "true";
  };

  const redraw = () => {
    drawn.forEach((chart) => chart.destroy());
    drawn.clear();
    document.querySelectorAll("figure[data-figure]").forEach(draw);
  };
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  new MutationObserver(redraw).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
  redraw();

  // A slider says its value; letting go asks for the new figures.
  document.addEventListener("input", (event) => {
    const said = event.target.matches("input[type=range]") && document.querySelector(`output[for="${event.target.id}"]`);
    if (said) said.textContent = new Intl.NumberFormat(document.documentElement.lang || "fr", { maximumFractionDigits: 2 }).format(Number(event.target.value));
  });
})();
