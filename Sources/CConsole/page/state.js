// What the steps tell each other. A step listens for what it needs and says what it has.

const listeners = new Map();

/**
 * - `data`: the Dataset that there is now, plotted and trained on; null while there is none.
 * - `model`: the facts of the version in use, as the server has them; null while there is none.
 * - `windows`: of the scores of `data` by `model`, `{starts, scores}`: the first row of each window, and its score; null
 *   while there are none.
 */
export const state = { data: null, model: null, windows: null };

/**
 * Events: `data`, `model` and `windows`, when those have changed; `preset`, with settings that suit new data; `models`,
 * when the registry has changed; `window`, with the window that somebody points at.
 */
export function on(event, listener) {
  listeners.set(event, [...(listeners.get(event) ?? []), listener]);
}

export function emit(event, value) {
  for (const listener of listeners.get(event) ?? []) listener(value);
}
