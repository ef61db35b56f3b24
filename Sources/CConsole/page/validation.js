// What is wrong with the settings of a form, in the words of the server, by the names of fields.

import { fields } from "./settings.js";

/** The errors of the values of a form, by the names of fields. `rows` is the number of rows of the data. */
export function errorsOf(values, rows) {
  const errors = new Map();
  for (const [name, field] of fields) {
    const error = field.applies(values) ? checks[field.kind]?.(values[name], field) : null;
    if (error) errors.set(name, error);
  }
  const add = (name, error) => {
    if (!errors.has(name) && fields.get(name).applies(values)) errors.set(name, error);
  };
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/.test(values.model)) {
    add("model", "A name has letters, digits, dots, underscores and hyphens, at most 128.");
  }
  if (rows !== null && Number(values.timesteps) > rows) {
    add("timesteps", `The training range has only ${rows} rows.`);
  }
  if (values.warm_start && !/^([1-9][0-9]*|[A-Za-z][A-Za-z0-9._-]*)$/.test(values.warm_start)) {
    add("warm_start", "This must be the number of a version, an alias or latest.");
  }
  if (values.threshold_rule === "quantile" && Number(values.threshold_value) > 1) {
    add("threshold_value", "A quantile must be from 0 to 1.");
  }
  if (values.threshold_rule === "threshold" && !(Number(values.threshold_value) > 0)) {
    add("threshold_value", "A threshold must be a number above 0.");
  }
  for (const member of ["early_stopping", "reduce_lr_on_plateau"]) {
    const monitor = values[`${member}.monitor`];
    if (monitor !== "loss" && !(Number(values.validation_split) > 0)) {
      add(`${member}.monitor`, "val_loss needs a validation split, for example 0.1; or monitor loss.");
    }
  }
  return errors;
}

const checks = {
  integer: (text, field) => checkNumber(text, field, /^\d+$/, "a whole number"),
  number: (text, field) => checkNumber(text, field, /^-?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i, "a number"),
  units: (text) => {
    if (text === "") return null;
    const sizes = text.split(",").map((size) => size.trim());
    return sizes.length <= 16 && sizes.every((size) => /^\d+$/.test(size) && size >= 1 && size <= 1_048_576)
      ? null : "Units are 1 to 16 whole numbers with commas between them, such as 64, 32.";
  },
  layers: (text) => {
    try {
      return Array.isArray(JSON.parse(text)) ? null : "The layers are a JSON array: [{…}, …].";
    } catch (error) {
      return `This is not JSON: ${error.message}.`;
    }
  },
};

function checkNumber(text, { min, above, max }, pattern, kind) {
  if (text === "") return null;
  const number = Number(text);
  const isIn = number >= (min ?? -Infinity) && number > (above ?? -Infinity) && number <= (max ?? Infinity);
  if (pattern.test(text) && isIn) return null;
  const lower = above === undefined ? `at least ${min}` : `above ${above}`;
  return `This must be ${kind} ${lower}${max === undefined ? "" : ` and at most ${max}`}.`;
}
