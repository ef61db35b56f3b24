// The scores of the windows, for the encodings and the layers: they are asked for when one of these is shown.

import { fetchDecoded } from "./decoding.js";
import { byId } from "./dom.js";
import { reportErrors } from "./problems.js";
import { emit, on, state } from "./state.js";
import { currentView } from "./views.js";

let abortController = null;

export function start() {
  on("scored", () => {
    abortController?.abort();
    abortController = null;
    state.windows = null;
    emit("windows");
    update();
  });
  on("view", update);
}

function update() {
  const view = currentView();
  if (!["encodings", "layers"].includes(view) || !state.scored || state.windows || abortController) return;
  abortController = new AbortController();
  const { signal } = abortController;
  const { data, model } = state.scored;
  reportErrors(byId(`${view}-problem`), async () => {
    const request = data.request("score", [["include", "windows"]], { model });
    const scores = await fetchDecoded("windows", request, { signal });
    state.windows = { data, starts: data.windowStarts(model.timesteps, "sliding"), scores };
    emit("windows");
  });
}
