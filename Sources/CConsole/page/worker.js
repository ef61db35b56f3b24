// The worker that reads large responses.

import { buffersOf, decoders } from "./decode.js";

addEventListener("message", ({ data: { id, kind, buffer } }) => {
  try {
    const value = decoders[kind](buffer);
    postMessage({ id, value }, { transfer: [...buffersOf(value)] });
  } catch (error) {
    postMessage({ id, error: error.message });
  }
});
