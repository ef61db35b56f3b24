// The state that the steps share, and the events by which a step informs the others of a change.

const listeners = new Map();

/**
 * - `data`: the Dataset in use; null if there is none.
 * - `model`: the version in use, as returned by the server; null if there is none.
 * - `windows`: `{starts, scores}`, the first row and the score of each window of `data`, scored by `model`;
 *   null if there are none.
 */
export const state = { data: null, model: null, windows: null };

/**
 * Registers a listener for an event:
 * - `data`, `model`, `windows`: this part of the state has changed.
 * - `preset`: new data have been loaded; the value holds settings for them, by the names of the form's
 *   fields.
 * - `registry`: the server's models have changed.
 * - `selectedWindow`: the user has selected a window; the value is its number.
 */
export function on(event, listener) {
  listeners.set(event, [...(listeners.get(event) ?? []), listener]);
}

/** Calls the listeners of an event. */
export function emit(event, value) {
  for (const listener of listeners.get(event) ?? []) listener(value);
}
