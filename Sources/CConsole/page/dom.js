// Makes DOM elements and formats values. Text from a file or a server becomes a text node and is never parsed
// as markup.

/**
 * An HTML element with attributes (a function is an event listener) and children, which are nodes or texts.
 */
export const el = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);

/** An SVG element with attributes and children. */
export const svg = (tag, attributes, ...children) =>
  fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);

function fill(node, attributes = {}, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") node.addEventListener(name, value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children.flat(2).filter((child) => child != null));
  return node;
}

export const byId = (id) => document.getElementById(id);

/**
 * A table with a caption. `rows` are arrays of texts, numbers or nodes; `numeric` are the indices of
 * right-aligned columns. On a narrow screen, a table that `stacks` shows the cells of a row below each other,
 * each with the name of its column.
 */
export function table(caption, header, rows, { numeric = [], hiddenCaption = false, stacks = false } = {}) {
  const cell = (tag, value, index, scope) => {
    const attributes = {
      class: [numeric.includes(index) ? "number" : "", value == null ? "none" : ""].join(" ").trim() || null,
      scope,
      "data-column": scope === "col" ? null : header[index],
    };
    return el(tag, attributes, value ?? "–");
  };
  return el(
    "div", { class: "scroller", tabindex: "0", role: "region", "aria-label": caption },
    el(
      "table", { class: stacks ? "stacks" : null },
      el("caption", { class: hiddenCaption ? "visually-hidden" : null }, caption),
      el("thead", {}, el("tr", {}, header.map((name, index) => cell("th", name, index, "col")))),
      el("tbody", {}, rows.map((row) =>
        el("tr", {}, row.map((value, index) =>
          index ? cell("td", value, index) : cell("th", value, 0, "row")))))));
}

/** An image drawn by the server. On a narrow screen, a wide image keeps its size and scrolls. */
export function diagram(src, alt) {
  const load = ({ target }) => target.classList.toggle("wide", target.naturalWidth > 560);
  return el(
    "div", { class: "scroller", tabindex: "0", role: "region", "aria-label": "Diagram" },
    el("img", { class: "diagram", src, alt, load }));
}

/** A details element whose table is made when it is opened. */
export function tableDetails(makeTable) {
  const details = el("details", { class: "data-table" }, el("summary", {}, "Show as table"));
  details.addEventListener("toggle", () => {
    if (details.open) details.append(makeTable());
    else details.lastElementChild.remove();
  });
  return details;
}

/** Number formats by their number of significant digits. */
const formats = new Map();

/**
 * Formats a number with enough digits (4 to 12) to distinguish values that differ by one part in
 * `resolution`.
 */
export function formatNumber(number, resolution = 1e4) {
  if (number == null || Number.isNaN(number)) return "–";
  const size = Math.abs(number);
  const digits = Math.min(Math.max(Math.ceil(Math.log10(resolution)), 4), 12) || 4;
  if (size !== 0 && (size < 1e-4 || (size >= 1e9 && digits === 4))) return number.toExponential(digits - 2);
  // Numbers with many digits have no thousands separators, to keep them short.
  if (!formats.has(digits)) {
    const options = { maximumSignificantDigits: digits, useGrouping: digits === 4 };
    formats.set(digits, new Intl.NumberFormat("en", options));
  }
  return formats.get(digits).format(number);
}

export const formatCount = (number) => new Intl.NumberFormat("en").format(number);
export const formatPercent = (share) => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;

export function formatBytes(size) {
  const [unit, factor] = size < 1e6 ? ["KB", 1e3] : size < 1e9 ? ["MB", 1e6] : ["GB", 1e9];
  return `${formatNumber(Number((size / factor).toPrecision(3)))} ${unit}`;
}

/** A number with a noun, such as "1 window" or "2 windows". */
export const plural = (number, singular, plural = `${singular}s`) =>
  `${formatCount(number)} ${number === 1 ? singular : plural}`;

/** A list of pairs of a term and its value. */
export const definitionList = (pairs) =>
  el(
    "dl", { class: "definitions" },
    pairs.map(([term, value]) => el("div", {}, el("dt", {}, term), el("dd", {}, value))));

/** A list of the server's warnings, or null if there are none. */
export const warningList = (warnings) =>
  warnings?.length
    ? el(
      "ul", { class: "warnings", "aria-label": "Warnings" },
      warnings.map(({ code, level, message }) =>
        el(
          "li", { class: `level-${level}` }, el("span", { class: "level" }, level), " ", el("code", {}, code),
          " ", message)))
    : null;

/** Shows or hides an element. */
export function setVisible(node, isVisible = true) {
  node.hidden = !isVisible;
}

/** Lets the page draw and take input before more work. */
export const nextTask = () => new Promise((resolve) => setTimeout(resolve));

/** A function that runs `run` after its calls have paused for `milliseconds`. */
export function debounce(run, milliseconds = 250) {
  let timer;
  return (...values) => {
    clearTimeout(timer);
    timer = setTimeout(() => run(...values), milliseconds);
  };
}
