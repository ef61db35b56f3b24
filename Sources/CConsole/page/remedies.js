// What can be done about the warnings of a data report: options of the data and settings of the model.

/** The options that belong to warnings, by their codes. */
const optionsOfCodes = {
  constant_column: ["ignore"], monotone_column: ["ignore", "difference", "recording"],
  mostly_missing: ["ignore"], missing_values: ["missing"], outliers: ["scaling"],
  label_column: ["exclude", "ignore"], unordered: ["order"], duplicate_timestamps: ["duplicates"],
  irregular_intervals: ["interval"], short_recordings: ["timesteps"],
};

/** Suggestions of a report as pairs of an option and one value. */
export const suggestionsOf = ({ suggestions }) =>
  Object.entries(suggestions).flatMap(([option, values]) => [values].flat().map((value) => [option, value]));

/**
 * The remedies of a warning, as pairs of an option and a value: what the report suggests, and otherwise what
 * its code allows. A suggestion about columns belongs to the warnings about them.
 */
export function remediesOf({ code, columns = [] }, report) {
  const options = optionsOfCodes[code] ?? [];
  const suggested = suggestionsOf(report).filter(([option, value]) =>
    options.includes(option) && (!isOfColumn(option) || columns.includes(value)));
  if (suggested.length) return suggested;
  const own = {
    constant_column: columns.map((name) => ["ignore", name]),
    mostly_missing: columns.map((name) => ["ignore", name]),
    monotone_column: columns.flatMap((name) => [["difference", name], ["ignore", name]]),
    label_column: columns.flatMap((name) => [["exclude", name], ["ignore", name]]),
    outliers: [["outliers", "exclude"]], unordered: [["order", "sort"]],
    missing_values: [["missing", "linear"]], duplicate_timestamps: [["duplicates", "last"]],
    gaps: [["max_gap", "none"]],
  };
  return (own[code] ?? []).slice(0, maxRemedies);
}

/** The number of buttons for one warning. */
const maxRemedies = 6;

const isOfColumn = (option) => ["ignore", "difference", "exclude", "recording"].includes(option);
