// The state of the page in its URL, as `#view?name=value&…`: a link or a reload opens the page as it was.
//
// The parameters are the state, and not a copy of it: a step reads a parameter when it draws, and sets it
// when the user changes something. Parameters never hold an API key or data.

const listeners = [];
let { view, parameters } = parse(location.hash);

function parse(hash) {
  const [, view, query] = /^#([^?]*)(?:\?(.*))?$/.exec(hash) ?? [];
  return { view: view ?? "", parameters: query === undefined ? null : new URLSearchParams(query) };
}

parameters ??= new URLSearchParams();

/** The name in front of the parameters: that of a view, or the id of an element. */
export const viewName = () => view;

/** The value of a parameter, or null. */
export const parameter = (name) => parameters.get(name);

/** The parameters whose names begin with `prefix`, as pairs of the rest of the name and the value. */
export const parametersOf = (prefix) =>
  [...parameters].filter(([name]) => name.startsWith(prefix))
    .map(([name, value]) => [name.slice(prefix.length), value]);

/**
 * Sets parameters, or removes those whose value is null, undefined or empty. The browser's Back returns to
 * the state before if the change is a step of its own.
 */
export function setParameters(members, { isStep = false } = {}) {
  const before = parameters.toString();
  for (const [name, value] of Object.entries(members)) {
    if (value == null || value === "") parameters.delete(name);
    else parameters.set(name, String(value));
  }
  if (parameters.toString() !== before) write(isStep);
}

/** Replaces the parameters whose names begin with `prefix` by `members`. */
export function replaceParameters(prefix, members) {
  const removed = parametersOf(prefix).map(([name]) => [prefix + name, null]);
  const added = Object.entries(members).map(([name, value]) => [prefix + name, value]);
  setParameters(Object.fromEntries([...removed, ...added]));
}

/** Opens a view; the parameters stay. */
export function setView(name) {
  if (name === view) return;
  view = name;
  write(true);
}

/**
 * Registers a listener for what changes by Back, Forward, or a link: it gets the set of the names of the
 * parameters that have changed. The view may have changed, too.
 */
export function onNavigation(listener) {
  listeners.push(listener);
}

function write(isStep) {
  const query = parameters.toString().replace(/%2C/g, ",").replace(/%3A/g, ":");
  const hash = `#${view}${query ? `?${query}` : ""}`;
  history[isStep ? "pushState" : "replaceState"](null, "", hash);
}

addEventListener("hashchange", () => {
  const next = parse(location.hash);
  const names = new Set();
  if (next.parameters) {
    for (const name of [...parameters.keys(), ...next.parameters.keys()]) {
      if (parameters.get(name) !== next.parameters.get(name)) names.add(name);
    }
    parameters = next.parameters;
  }
  view = next.view;
  // A link such as `#layers` names a view only.
  write(false);
  for (const listener of listeners) listener(names);
});
