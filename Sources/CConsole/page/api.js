// HTTP requests to the server that served this page. The API key is kept in this module's memory only.

let apiKey = null;
let promptForKey = null;
/** The prompt that is open, a promise of a key; requests that fail with 401 at the same time share it. */
let pendingPrompt = null;

/**
 * Sets the function that asks the user for an API key. It gets the Problem of the rejected key, or null if no
 * key was sent, and returns a promise of a key, or of null if the user gives none.
 */
export function setKeyPrompt(prompt) {
  promptForKey = prompt;
}

export const hasKey = () => apiKey !== null;

export function removeKey() {
  apiKey = null;
}

/** A problem document of the server (RFC 9457), or an error of the page in the same form. */
export class Problem extends Error {
  constructor({ title, detail, status = 0, pointer = null, remedies = [] }) {
    super(detail ?? title);
    Object.assign(this, { title, detail, status, pointer, remedies });
  }

  static async fromResponse(response) {
    const text = await response.text();
    try {
      return new Problem({ status: response.status, ...JSON.parse(text) });
    } catch {
      return new Problem({ title: `${response.status} ${response.statusText}`, detail: text.slice(0, 500) });
    }
  }
}

/**
 * The query string for pairs of names and values. Commas and colons stay readable; single quotes are escaped
 * for shells.
 */
function queryString(pairs) {
  const encode = (text) =>
    encodeURIComponent(text).replace(/%2C/g, ",").replace(/%3A/g, ":").replace(/'/g, "%27");
  return pairs.map(([name, value]) => `${encode(name)}=${encode(String(value))}`).join("&");
}

/**
 * The absolute URL of a path of the server. It is relative to the page, so that a proxy may add a path
 * prefix.
 */
export function url(path, query = []) {
  return new URL(path + (query.length ? `?${queryString(query)}` : ""), document.baseURI).href;
}

/**
 * Sends a request `{method, path, query, body, contentType, accept}`. Returns the response if it is a success
 * and throws a Problem otherwise. On a 401, asks the user for an API key and retries.
 */
export async function send(request, { signal } = {}) {
  for (;;) {
    const usedKey = apiKey;
    const response = await sendOnce(request, usedKey, signal);
    if (response.ok) return response;
    const problem = await Problem.fromResponse(response);
    if (response.status !== 401) throw problem;
    // If another request has obtained a new key in the meantime, retry with that.
    if (apiKey === usedKey) {
      pendingPrompt ??= promptForKey(usedKey === null ? null : problem).finally(() => (pendingPrompt = null));
      apiKey = await pendingPrompt;
    }
    if (apiKey === null) throw problem;
  }
}

async function sendOnce({ method = "GET", path, query, body, contentType, accept }, key, signal) {
  const headers = {};
  if (accept) headers.Accept = accept;
  if (contentType) headers["Content-Type"] = contentType;
  if (key !== null) headers.Authorization = `Bearer ${key}`;
  try {
    return await fetch(url(path, query), { method, headers, body, signal, credentials: "omit" });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    const detail = "The server cannot be reached. Check that it is running.";
    throw new Problem({ title: "No response", detail });
  }
}

/** Sends a request and returns the parsed JSON response. */
export async function fetchJSON(request, options) {
  return (await send({ accept: "application/json", ...request }, options)).json();
}

/** A POST request with a JSON body. */
export function jsonRequest(path, members, accept) {
  return { method: "POST", path, body: JSON.stringify(members), contentType: "application/json", accept };
}

/** The blob URL of an SVG image drawn by the server, or null if the server has no image for this request. */
export async function fetchImage(request) {
  try {
    const response = await send({ ...request, accept: "image/svg+xml" });
    const contentType = response.headers.get("Content-Type") ?? "";
    return contentType.startsWith("image/svg+xml") ? URL.createObjectURL(await response.blob()) : null;
  } catch (error) {
    if (error instanceof Problem && [404, 405, 406, 409, 422].includes(error.status)) return null;
    throw error;
  }
}

/** The Problem for a connection that closed before the response was complete. */
export const connectionLost = () =>
  new Problem({
    title: "Connection lost",
    detail: "The connection closed before the response was complete. Check that the server is running.",
  });

/**
 * The server-sent events of a response (HTML Living Standard, section 9.2) as they arrive: `{event, data}`,
 * where `data` is parsed JSON.
 */
export async function* serverSentEvents(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let buffer = "";
  for (;;) {
    const { done, value } = await reader.read().catch((error) => {
      throw error.name === "AbortError" ? error : connectionLost();
    });
    if (done) return;
    buffer += value;
    for (let end = buffer.indexOf("\n\n"); end >= 0; end = buffer.indexOf("\n\n")) {
      const event = parseEvent(buffer.slice(0, end));
      buffer = buffer.slice(end + 2);
      if (event) yield event;
    }
  }
}

function parseEvent(block) {
  const fields = new Map(block.split("\n").map((line) => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon), line.slice(colon + 1).trimStart()];
  }));
  return fields.has("data") ? { event: fields.get("event"), data: JSON.parse(fields.get("data")) } : null;
}
