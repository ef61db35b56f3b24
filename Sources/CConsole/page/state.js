// The state that the steps share, and the events by which a step informs the others of a change.

const listeners = new Map();

/**
 * - `data`: the Dataset in use; null if there is none.
 * - `range`: the training range, the first and the last of the rows of `data` that are trained on; null for
 *   all.
 * - `model`: the version in use, as returned by the server; null if there is none.
 * - `scored`: `{data, model}`, the Dataset as the model reads it, after its rows were scored; null if there
 *   are no results.
 * - `windows`: `{data, starts, scores}`, the Dataset as `model` reads it, and the first row and the score of
 *   each window; null if there are none.
 */
export const state = { data: null, range: null, model: null, scored: null, windows: null };

/**
 * Registers a listener for an event:
 * - `data`, `range`, `model`, `scored`, `windows`: this part of the state has changed.
 * - `option`: the user has chosen an option for the data, `{option, value}`.
 * - `options`: options of the data have changed; the value is the id of the element to focus, if any.
 * - `setting`: the user has chosen a setting of the model, `{name, value}`.
 * - `settings`: the settings of the model have changed.
 * - `preset`: new data have been loaded; the value holds settings for them, by the names of the form's
 *   fields.
 * - `registry`: the server's models have changed.
 * - `view`: another view is shown; the value is its name.
 * - `selectedWindow`: the user has selected a window; the value is its number.
 */
export function on(event, listener) {
  listeners.set(event, [...(listeners.get(event) ?? []), listener]);
}

/** Calls the listeners of an event. */
export function emit(event, value) {
  for (const listener of listeners.get(event) ?? []) listener(value);
}
