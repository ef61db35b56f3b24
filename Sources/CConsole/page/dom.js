// Elements without markup in strings, so that text from a file or a server is never anything but text.

/** An element with attributes (functions are listeners) and children, which are nodes or texts. */
export const el = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);

/** The same of SVG. */
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
 * A table with a caption; numbers stand to the right. `rows` are arrays of texts, numbers or nodes. One that stacks has its
 * cells below each other on a phone, each with its column's name.
 */
export function table(caption, header, rows, { numeric = [], hiddenCaption = false, stacks = false } = {}) {
  const cell = (tag, value, index, scope) =>
    el(
      tag, { class: numeric.includes(index) ? "number" : null, scope, "data-column": scope === "col" ? null : header[index] },
      value ?? "–");
  return el(
    "div", { class: "scroller", tabindex: "0", role: "region", "aria-label": caption },
    el(
      "table", { class: stacks ? "stacks" : null },
      el("caption", { class: hiddenCaption ? "visually-hidden" : null }, caption),
      el("thead", {}, el("tr", {}, header.map((name, index) => cell("th", name, index, "col")))),
      el("tbody", {}, rows.map((row) =>
        el("tr", {}, row.map((value, index) => index ? cell("td", value, index) : cell("th", value, 0, "row")))))));
}

/** A picture of the server's. A wide one keeps its size on a small screen, where it is moved to be seen. */
export function drawing(src, alt) {
  const load = ({ target }) => target.classList.toggle("wide", target.naturalWidth > 560);
  return el(
    "div", { class: "scroller", tabindex: "0", role: "region", "aria-label": "Picture" },
    el("img", { class: "picture", src, alt, load }));
}

/** What a chart shows, as a table that is made when somebody opens it. */
export function asTable(make) {
  const details = el("details", { class: "as-table" }, el("summary", {}, "As a table"));
  details.addEventListener("toggle", () => {
    if (details.open) details.append(make());
    else details.lastElementChild.remove();
  });
  return details;
}

const plain = new Intl.NumberFormat("en", { maximumSignificantDigits: 4 });

/** A number for people. */
export function figure(number) {
  if (number == null || Number.isNaN(number)) return "–";
  const size = Math.abs(number);
  return size !== 0 && (size < 1e-4 || size >= 1e9) ? number.toExponential(2) : plain.format(number);
}

export const count = (number) => new Intl.NumberFormat("en").format(number);
export const percent = (share) => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;

/** A number of things, such as "1 window" and "2 windows". */
export const things = (number, name, names = `${name}s`) => `${count(number)} ${number === 1 ? name : names}`;

/** A list of facts: pairs of what it is and its value. */
export const facts = (pairs) =>
  el("dl", { class: "facts" }, pairs.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value))));

/** What the server warns of. */
export const warnings = (texts) =>
  texts?.length ? el("ul", { class: "warnings", "aria-label": "Warnings" }, texts.map((text) => el("li", {}, text))) : null;

export function bytes(size) {
  const unit = size < 1e6 ? ["KB", 1e3] : size < 1e9 ? ["MB", 1e6] : ["GB", 1e9];
  return `${figure(Number((size / unit[1]).toPrecision(3)))} ${unit[0]}`;
}

/** Shows a section or part that has something to show. */
export function reveal(node, isShown = true) {
  node.hidden = !isShown;
}

/** Runs a function once things have been quiet for a while. */
export function settled(run, milliseconds = 250) {
  let timer;
  return (...values) => {
    clearTimeout(timer);
    timer = setTimeout(() => run(...values), milliseconds);
  };
}
