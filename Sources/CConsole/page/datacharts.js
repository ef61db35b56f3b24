// The charts of the data, one for each feature: a few at first, and others that are drawn when they come into
// view.

import { ChartGroup } from "./chartgroup.js";
import { LineChart, legend, seriesColour } from "./charts.js";
import { byId, el, formatCount, formatNumber, plural, table, tableDetails } from "./dom.js";
import { on, state } from "./state.js";

/** The number of features that are shown at first, and the number that each press of a button adds. */
const [firstFeatures, moreFeatures] = [4, 12];
/** The number of points in the table. */
const maxTableRows = 200;

let group = null;
/** The functions that draw the charts that are not drawn so far, by their places. */
const undrawn = new Map();
/** The charts with what is marked in each. */
let charts = [];
const inView = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    if (!isIntersecting) continue;
    inView.unobserve(target);
    undrawn.get(target)?.();
    undrawn.delete(target);
  }
}, { rootMargin: "200px" });

on("range", () => {
  charts.forEach(markRows);
  updateLegend();
});

/** Draws the charts of a Dataset in place of others; with null, there are none. */
export function renderCharts(data) {
  group?.clear();
  group = null;
  charts = [];
  undrawn.clear();
  inView.disconnect();
  const host = byId("data-charts");
  host.replaceChildren();
  if (!data) return;
  const values = new Map();
  const valuesOf = (column) => values.get(column) ?? values.set(column, data.valuesOf(column)).get(column);
  group = new ChartGroup(data.axis, (index) => [
    [data.rowLabel(data.rowOfIndex(index)), null],
    ...data.features.slice(0, firstFeatures)
      .map((column) => [column.name, formatNumber(valuesOf(column)[index])]),
  ]);
  const places = el("div");
  const moreButtons = el("div", { class: "buttons" });
  host.replaceChildren(group.toolbar, places, moreButtons, tableDetails(() => pointTable(data)));
  let shown = 0;
  const showMore = (count) => {
    for (const [index, column] of data.features.slice(shown, shown + count).entries()) {
      places.append(chartPlace(data, column, shown + index, valuesOf));
    }
    shown = Math.min(shown + count, data.features.length);
    const left = data.features.length - shown;
    const button = (count) => el(
      "button", { type: "button", click: () => showMore(count) }, `Show ${plural(count, "more feature")}`);
    moreButtons.replaceChildren(
      ...(left > moreFeatures ? [button(moreFeatures)] : []), ...(left ? [button(left)] : []));
  };
  showMore(firstFeatures);
  updateLegend();
}

/** The place of a chart. Those that are not shown at first are drawn when they come into view. */
function chartPlace(data, column, index, valuesOf) {
  const colour = seriesColour(index);
  const place = el(
    "div", { class: "chart-place" },
    legend([[colour, column.name]], index ? [] : [
      ...(data.hasLabels ? [["label", "labelled anomaly"]] : []), ["outside", "not trained on"],
    ]));
  const draw = () => {
    const { minimum, maximum } = data.columns.find(({ name }) => name === column.name);
    const range = `from ${formatNumber(minimum)} to ${formatNumber(maximum)}`;
    const chart = new LineChart(place, {
      series: [{ name: column.name, colour }], axis: data.axis, columns: [valuesOf(column)],
      group, height: data.features.length > 2 ? "short" : "medium",
      description: `${column.name} over ${plural(data.rows, "row")}, ${range}.`,
    });
    charts.push(chart);
    markRows(chart);
  };
  if (index < firstFeatures) {
    draw();
  } else {
    undrawn.set(place, draw);
    inView.observe(place);
  }
  return place;
}

/** Marks labelled anomalies, and the other rows that are not trained on. */
function markRows(chart) {
  const { data, range } = state;
  const labelled = data.labelledIntervals();
  const mark = (rows, colour) => ({ rows: data.indicesOfRows(rows), colour });
  chart.setMarks([
    ...(range ? rowsOutside(range, labelled, data.rows).map((rows) => mark(rows, "outside")) : []),
    ...labelled.map((rows) => mark(rows, "label")),
  ]);
}

/** The colour of rows that are not trained on is named if there are such rows. */
function updateLegend() {
  const key = byId("data-charts").querySelector(".key-outside");
  if (key) key.hidden = state.range === null;
}

/** The stretches of rows outside a range that are not labelled. */
function rowsOutside([first, last], labelled, rows) {
  const outside = [];
  let next = 0;
  for (const [from, to] of [...labelled, [first, last]].sort(([a], [b]) => a - b)) {
    if (from > next) outside.push([next, from - 1]);
    next = Math.max(next, to + 1);
  }
  if (next < rows) outside.push([next, rows - 1]);
  return outside;
}

/** The points that the charts show. */
function pointTable(data) {
  const { features, rowsPerPoint } = data;
  const { timestamps } = data.report.preview;
  const points = features[0].minimum.length;
  const count = Math.min(points, maxTableRows);
  const range = (column, point) => {
    const [minimum, maximum] = [column.minimum, column.maximum].map((values) => formatNumber(values[point]));
    return minimum === maximum ? minimum : `${minimum} to ${maximum}`;
  };
  const name = rowsPerPoint === 1 ? "rows" : `points of ${plural(rowsPerPoint, "row")}`;
  return table(
    count < points ? `First ${count} of ${formatCount(points)} ${name}` : `All ${name}`,
    [rowsPerPoint === 1 ? "Row" : "First row", ...features.map((column) => column.name)],
    Array.from({ length: count }, (_, point) => [
      timestamps?.at(point) ?? `row ${point * rowsPerPoint}`,
      ...features.map((column) => range(column, point)),
    ]));
}
