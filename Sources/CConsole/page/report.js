// The report of the data: what the server has understood, what is odd about it, and what to do.

import {
  byId, definitionList, el, formatCount, formatNumber, formatPercent, plural, setVisible, table,
} from "./dom.js";
import { fields, choicesOf } from "./settings.js";
import { formValues } from "./form.js";
import { optionButton } from "./problems.js";
import { remediesOf, suggestionsOf } from "./remedies.js";
import { roleNames } from "./source.js";
import { emit } from "./state.js";

/** The number of warnings that are shown at first. */
const maxWarnings = 3;
const levels = ["error", "warning", "info"];

/** Shows the report. */
export function updateReport(data) {
  byId("data-facts").replaceChildren(facts(data.report, warningsOf(data)));
  updateColumns(data.source, data.columns);
  updateSuggestions(data);
}

/** The warnings that matter here: the page fills missing values unless the user wants them refused. */
const warningsOf = ({ report, source }) =>
  report.warnings.filter(({ code }) => code !== "missing_values" || source.missingRule === "error")
    .sort((a, b) => levels.indexOf(a.level) - levels.indexOf(b.level));

function facts({ rows, recordings, time }, warnings) {
  const pairs = [["Rows", formatCount(rows)]];
  if (recordings !== 1) pairs.push(["Recordings", formatCount(recordings)]);
  if (time) {
    pairs.push(
      ["Timestamps", time.format], ["Clock", time.clock === "utc" ? "UTC" : time.clock],
      ["Order", time.order.replaceAll("_", " ")],
      ["Interval", time.interval === null ? null : `${formatNumber(time.interval)} s`],
      ["Gaps", formatCount(time.gaps)], ["Duplicates", formatCount(time.duplicates)]);
  } else {
    pairs.push(["Timestamps", "none"]);
  }
  pairs.push(["Warnings", formatCount(warnings.length)]);
  return definitionList(pairs.map(([term, value]) => [term, value ?? "–"]));
}

/** Shows the columns, of which each has a field for its role. */
export function updateColumns(source, columns) {
  setVisible(byId("columns"), columns.length > 0);
  byId("columns-text").textContent = columnsText(source, columns);
  const header = ["Column", "Role", "Reason", "Missing", "Minimum", "Median", "Maximum", "Distinct"];
  const rows = columns.map((column, index) => {
    const range = Math.abs(column.maximum - column.minimum) || 1;
    const number = (value) =>
      value === undefined ? null : formatNumber(value, (1000 * Math.abs(value)) / range);
    return [
      column.name, roleSelect(source, column, index), column.reason,
      column.missing === undefined ? null : formatPercent(column.missing), number(column.minimum),
      number(column.median), number(column.maximum),
      column.distinct === undefined ? null : formatCount(column.distinct),
    ];
  });
  byId("roles").replaceChildren(
    table("Columns", header, rows, { numeric: [3, 4, 5, 6, 7], hiddenCaption: true, stacks: true }));
}

const roleOf = (source, column) => source.roles.get(column.name) ?? column.role;

/** "11 columns: 8 features, timestamp, anomaly label, 1 ignored". */
function columnsText(source, columns) {
  const count = (role) => columns.filter((column) => roleOf(source, column) === role).length;
  const parts = Object.keys(roleNames).filter(count).map((role) => {
    const number = count(role);
    if (role === "feature") return plural(number, "feature");
    return number === 1 && role !== "ignored" ? roleNames[role].toLowerCase()
      : `${formatCount(number)} ${role === "ignored" ? "ignored" : roleNames[role].toLowerCase()}`;
  });
  return `${plural(columns.length, "column")}: ${parts.join(", ")}`;
}

function roleSelect(source, column, index) {
  // Only CSV has columns that are no features.
  const choices = source.isCSV ? Object.keys(roleNames) : ["feature", "difference", "ignored"];
  const change = ({ target }) => {
    source.setRole(column.name, target.value);
    emit("options", `role-${index}`);
  };
  return el(
    "select", { id: `role-${index}`, "aria-label": `Role of ${column.name}`, change },
    choices.map((choice) =>
      el("option", { value: choice, selected: choice === roleOf(source, column) }, roleNames[choice])));
}

/** Shows the warnings with their remedies, and the suggestions that belong to no warning. */
export function updateSuggestions(data) {
  const offered = new Set();
  const button = ([option, value]) => {
    const key = `${option}=${value}`;
    if (offered.has(key) || isFollowed(data, option, value)) return null;
    offered.add(key);
    return fields.has(option)
      ? optionButton(option, value, () => emit("setting", { name: option, value }))
      : optionButton(option, value);
  };
  const warnings = warningsOf(data).map((warning) =>
    warningItem(warning, remediesOf(warning, data.report).map(button).filter(Boolean)));
  byId("data-warnings").replaceChildren(foldedList(warnings));
  const others = suggestionsOf(data.report).map(button).filter(Boolean);
  setVisible(byId("suggestions"), others.length > 0);
  byId("suggestions").replaceChildren(el("span", { class: "muted" }, "Suggestions:"), ...others);
}

/** Whether an option of the data or a setting of the model has a value already. */
function isFollowed(data, option, value) {
  if (!fields.has(option)) return data.source.has(option, value);
  const used = formValues()[option] || defaultOf(option);
  return used === String(value);
}

const defaultOf = (name) => {
  const field = fields.get(name);
  return field.kind === "choice" ? choicesOf(field)[0][0] : field.standard;
};

const warningItem = ({ code, level, message }, buttons) => el(
  "li", { class: `level-${level}` }, el("span", { class: "level" }, level), " ", el("code", {}, code), " ",
  message, buttons.length ? el("div", { class: "buttons" }, buttons) : null);

/** A list of warnings, of which the first are shown and the others are folded. */
function foldedList(items) {
  const list = (items, label) => el("ul", { class: "warnings", "aria-label": label }, items);
  if (items.length <= maxWarnings + 1) return items.length ? list(items, "Warnings") : "";
  const isOpen = byId("data-warnings").querySelector("details")?.open ?? false;
  const details = el(
    "details", {}, el("summary", {}, `${plural(items.length - maxWarnings, "more warning")}`),
    list(items.slice(maxWarnings), "More warnings"));
  details.open = isOpen;
  return el("div", {}, list(items.slice(0, maxWarnings), "Warnings"), details);
}
