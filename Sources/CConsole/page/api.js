// Requests to the server that this page came from, and the key for it, which this variable alone holds.

let key = null;
let ask = null;
let asking = null;

/** Who asks a person for a key: gets the server's refusal and gives a promise of a key, or of null. */
export function askForKeyWith(question) {
  ask = question;
}

export const hasKey = () => key !== null;

export function forgetKey() {
  key = null;
}

/** What is wrong, as the server says it (RFC 9457). */
export class Problem extends Error {
  constructor({ title, detail, status = 0, pointer = null }) {
    super(detail ?? title);
    Object.assign(this, { title, detail, status, pointer });
  }

  static async of(response) {
    const text = await response.text();
    try {
      return new Problem({ status: response.status, ...JSON.parse(text) });
    } catch {
      return new Problem({ title: `${response.status} ${response.statusText}`, detail: text.slice(0, 500) });
    }
  }
}

/** The part behind the question mark; `pairs` are names and values. */
function queryText(pairs) {
  const encode = (text) => encodeURIComponent(text).replace(/%2C/g, ",").replace(/%3A/g, ":").replace(/'/g, "%27");
  return pairs.map(([name, value]) => `${encode(name)}=${encode(String(value))}`).join("&");
}

/** A path of the server, seen from the page, wherever a proxy has put it. */
export function url(path, query = []) {
  return new URL(path + (query.length ? `?${queryText(query)}` : ""), document.baseURI).href;
}

/**
 * Sends a request: `{method, path, query, body, type, accept, fields}`. Gives the response if it is a success and throws a Problem
 * otherwise. Where a key is needed, a person is asked for it.
 */
export async function send(request, { signal } = {}) {
  for (;;) {
    const used = key;
    const response = await attempt(request, used, signal);
    if (response.ok) return response;
    const problem = await Problem.of(response);
    if (response.status !== 401) throw problem;
    // Somebody else may have been given a key in the meantime.
    if (key === used) {
      asking ??= ask(used === null ? null : problem).finally(() => (asking = null));
      key = await asking;
    }
    if (key === null) throw problem;
  }
}

async function attempt({ method = "GET", path, query, body, type, accept, fields }, withKey, signal) {
  const headers = { ...fields };
  if (accept) headers.Accept = accept;
  if (type) headers["Content-Type"] = type;
  if (withKey !== null) headers.Authorization = `Bearer ${withKey}`;
  try {
    return await fetch(url(path, query), { method, headers, body, signal, credentials: "omit" });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem({ title: "No answer", detail: "The server can't be reached. Is it still running?" });
  }
}

export async function json(request, options) {
  return (await send({ accept: "application/json", ...request }, options)).json();
}

/** A request with a JSON body. */
export function post(path, members, accept) {
  return { method: "POST", path, body: JSON.stringify(members), type: "application/json", accept };
}

/** The address of a picture that the server draws; null if it doesn't. */
export async function picture(request) {
  try {
    const response = await send({ ...request, accept: "image/svg+xml" });
    const type = response.headers.get("Content-Type") ?? "";
    return type.startsWith("image/svg+xml") ? URL.createObjectURL(await response.blob()) : null;
  } catch (error) {
    if (error instanceof Problem && [404, 405, 406, 409, 422].includes(error.status)) return null;
    throw error;
  }
}

/** The events of a response (HTML Living Standard, 9.2) as they come: `{event, data}`, the data being JSON. */
export async function* events(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    text += value;
    for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
      const event = parseEvent(text.slice(0, end));
      text = text.slice(end + 2);
      if (event) yield event;
    }
  }
}

function parseEvent(block) {
  const fields = new Map(
    block.split("\n").map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trimStart()]));
  return fields.has("data") ? { event: fields.get("event"), data: JSON.parse(fields.get("data")) } : null;
}
