/* Draws each chart from the table that stands with it on the page, so that the two cannot differ. */
"use strict";
(() => {
  const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  function readTable(figure) {
    const rows = [...figure.querySelectorAll(".chart-table tbody tr")];
    const labels = rows.map((row) => row.querySelector("th").textContent.trim());
    const width = rows.length ? rows[0].querySelectorAll("td").length : 0;
    const series = Array.from({ length: width }, (_, column) =>
      rows.map((row) => {
        const text = row.querySelectorAll("td")[column].dataset.number;
        return text === "" ? null : Number(text);
      }));
    const names = [...figure.querySelectorAll(".chart-table thead th")].slice(1).map((head) => head.textContent.trim());
    return { labels, series, names, pale: rows.map((row) => "pale" in row.dataset) };
  }

  function grouped(number) {
    const french = document.documentElement.lang === "fr";
    return String(number).replace("-", "\u2212").replace(".", french ? "," : ".")
      .replace(/\B(?=(\d{3})+(?!\d))/g, french ? "\u00a0" : ",");
  }

  // Bars are pale where the numbers are not complete yet; uPlot has one colour per series, so they are a second one.
  function barSeries(table) {
    const whole = table.series[0].map((number, i) => (table.pale[i] ? null : number));
    const pale = table.series[0].map((number, i) => (table.pale[i] ? number : null));
    return [whole, pale];
  }

  function markLine(figure, labels) {
    const at = labels.indexOf(figure.dataset.markAt);
    if (at < 0) { return []; }
    return [(plot) => {
      const x = Math.round(plot.valToPos(at - 0.5, "x", true));
      const pen = plot.ctx;
      const scale = devicePixelRatio;
      pen.save();
      pen.strokeStyle = token("--ink");
      pen.fillStyle = token("--ink");
      pen.lineWidth = 1.5 * scale;
      pen.setLineDash([4 * scale, 3 * scale]);
      pen.beginPath();
      pen.moveTo(x, plot.bbox.top - 8 * scale);
      pen.lineTo(x, plot.bbox.top + plot.bbox.height);
      pen.stroke();
      pen.font = `500 ${12 * scale}px Roboto, sans-serif`;
      const leftHalf = x < plot.bbox.left + plot.bbox.width / 2;
      pen.textAlign = leftHalf ? "left" : "right";
      pen.fillText(figure.dataset.markText, x + (leftHalf ? 6 : -6) * scale, plot.bbox.top - 1 * scale);
      pen.restore();
    }];
  }

  function axes(table, width) {
    const quiet = token("--ink-2");
    const font = "12.5px Roboto, sans-serif";
    const fits = Math.max(2, Math.floor((width - 46) / 62));
    const every = 2 ** Math.max(0, Math.ceil(Math.log2(table.labels.length / fits)));
    return [
      {
        stroke: quiet, font, grid: { show: false }, ticks: { show: false }, size: 28, gap: 8,
        splits: () => table.labels.map((_, i) => i).filter((i) => i % every === 0),
        values: (_, splits) => splits.map((i) => table.labels[i] ?? ""),
      },
      {
        stroke: quiet, font, ticks: { show: false }, gap: 8, space: 32,
        // As wide as its longest figure; the texts are not known in the first round.
        size: (plot, texts) => Math.max(42, 16 + 7 * Math.max(0, ...(texts || []).map((text) => text.length))),
        grid: { stroke: token("--hair"), width: 1 },
        values: (_, splits) => splits.map(grouped),
      },
    ];
  }

  function seriesLook(kind, names) {
    const first = token("--chart-1");
    const second = token("--chart-2");
    const bars = uPlot.paths.bars({ size: [0.8, 60], radius: 0.06, align: 0 });
    if (kind === "bars") {
      return [
        { label: names[0], fill: first, stroke: first, width: 0, paths: bars, points: { show: false } },
        { label: names[0], fill: second, stroke: second, width: 0, paths: bars, points: { show: false } },
      ];
    }
    const steps = uPlot.paths.stepped({ align: 1 });
    return names.map((label, i) => ({
      label, stroke: i ? second : first, fill: i ? undefined : token("--primary-soft"), width: 2,
      paths: steps, points: { show: false },
    }));
  }

  function draw(figure) {
    const table = readTable(figure);
    if (!table.labels.length) { return; }
    const kind = figure.dataset.chart;
    const place = figure.querySelector(".plot");
    figure.classList.add("drawn");
    place.replaceChildren();
    const numbers = kind === "bars" ? barSeries(table) : table.series;
    const bounds = (_, low, high) => [Math.min(0, low ?? 0), Math.max(1, (high ?? 1) * 1.08)];
    const options = {
      width: place.clientWidth, height: place.clientHeight, legend: { show: false }, cursor: { show: false },
      // A narrow chart's last label stands over a narrow bar and needs room beside it.
      padding: [14, place.clientWidth < 500 ? 26 : 8, 0, 0],
      scales: {
        x: { time: false, range: () => (kind === "bars" ? [-0.6, table.labels.length - 0.4] : [0, table.labels.length - 1]) },
        y: { range: bounds },
      },
      axes: axes(table, place.clientWidth),
      series: [{}, ...seriesLook(kind, table.names)],
      hooks: { draw: markLine(figure, table.labels) },
    };
    new uPlot(options, [table.labels.map((_, i) => i), ...numbers], place);
  }

  function drawAll(root = document) {
    for (const figure of root.querySelectorAll("figure[data-chart]")) { draw(figure); }
  }

  let later;
  addEventListener("resize", () => { clearTimeout(later); later = setTimeout(drawAll, 150); });
  document.addEventListener("htmx:afterSettle", (event) => drawAll(event.target));
  document.fonts.ready.then(() => drawAll());
})();
