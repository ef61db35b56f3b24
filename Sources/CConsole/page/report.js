// The report of the data: what the server has understood, what is odd about it, and what to do.

import {
  byId, definitionList, el, formatCount, formatNumber, formatPercent, setVisible, table, warningList,
} from "./dom.js";
import { optionButton } from "./problems.js";
import { roleNames } from "./source.js";
import { emit } from "./state.js";

/** Shows the report. */
export function updateReport(data) {
  byId("data-facts").replaceChildren(facts(data.report, warningsOf(data)));
  byId("data-warnings").replaceChildren(warningList(warningsOf(data)) ?? "");
  updateColumns(data.source, data.columns);
  updateSuggestions(data);
}

/** The warnings that matter here: the page fills missing values unless the user wants them refused. */
const warningsOf = ({ report, source }) =>
  report.warnings.filter(({ code }) => code !== "missing_values" || source.missingRule === "error");

function facts({ rows, recordings, time }, warnings) {
  const pairs = [["Rows", formatCount(rows)], ["Recordings", formatCount(recordings)]];
  if (time) {
    pairs.push(
      ["Timestamps", time.format], ["Clock", time.clock === "utc" ? "UTC" : time.clock],
      ["Order", time.order],
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

function roleSelect(source, column, index) {
  const role = source.roles.get(column.name) ?? column.role;
  // Only CSV has columns that are no features.
  const choices = source.isCSV ? Object.keys(roleNames) : ["feature", "difference", "ignored"];
  const change = ({ target }) => {
    source.setRole(column.name, target.value);
    emit("options", `role-${index}`);
  };
  return el(
    "select", { id: `role-${index}`, "aria-label": `Role of ${column.name}`, change },
    choices.map((choice) => el("option", { value: choice, selected: choice === role }, roleNames[choice])));
}

/** Shows the suggestions that have not been followed: options of the data, and settings of the model. */
export function updateSuggestions(data) {
  const { timesteps, scaling, ...options } = data.report.suggestions;
  const settings = Object.entries({ timesteps, scaling }).filter(([name, value]) =>
    value !== undefined && byId("settings").elements[name].value !== String(value));
  const buttons = [
    ...Object.entries(options)
      .flatMap(([option, values]) => [values].flat().map((value) => [option, value]))
      .filter(([option, value]) => !data.source.has(option, value))
      .map(([option, value]) => optionButton(option, value)),
    ...settings.map(([name, value]) => optionButton(name, value, () => emit("setting", { name, value }))),
  ];
  setVisible(byId("suggestions"), buttons.length > 0);
  byId("suggestions").replaceChildren(el("span", { class: "muted" }, "Suggestions:"), ...buttons);
}
