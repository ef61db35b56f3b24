// Where data come from: a file that is chosen, dropped or kept by the browser, a text, or the example.

import { byId, setVisible } from "./dom.js";
import { parameter } from "./fragment.js";
import { reportErrors } from "./problems.js";
import { Source } from "./source.js";
import { removeStoredFile, storeFile, storedFile } from "./storage.js";
import { isModelFile, offerUpload } from "./upload.js";

/** The data of the article "Step-by-step understanding LSTM Autoencoder layers": x, and the cube of x. */
export const exampleCSV = [
  "x,cube", ...Array.from({ length: 9 }, (_, i) => `0.${i + 1},${((i + 1) ** 3 / 1000).toFixed(3)}`), "",
].join("\n");

/** Calls `load` with each source that the user chooses, or that the browser has kept (`isRestored`). */
export function start(load) {
  const loadNew = (source) => {
    byId("upload-offer").replaceChildren();
    storeFile(source).then((isStored) => showStored(isStored ? source : null));
    return load(source);
  };
  const loadFile = async (file) => {
    // The bytes as they are now. A blob is sent and kept without a copy.
    const body = await reportErrors(
      byId("data-problem"), async () => new Blob([await file.arrayBuffer()]));
    if (!body) return;
    const start = await startOf(body);
    if (isModelFile(file.name, start, body.size)) offerUpload(file.name, body);
    else loadNew(new Source(file.name, body, { isFile: true, start }));
  };
  const loadText = async (text) => loadNew(new Source("data.csv", text, { start: await startOf(text) }));

  byId("load-example").addEventListener("click", () => loadNew(new Source("article.csv", exampleCSV)));
  byId("file").addEventListener("change", (event) => {
    const [file] = event.target.files;
    event.target.value = "";
    if (file) loadFile(file);
  });
  byId("load-pasted").addEventListener("click", () => loadText(byId("pasted").value));
  byId("remove-file").addEventListener("click", async () => {
    await removeStoredFile();
    showStored(null);
    byId("data-title").focus();
  });
  acceptDrops(loadFile, loadText);
  return restore(load);
}

function acceptDrops(loadFile, loadText) {
  const zone = byId("drop-zone");
  const acceptDrag = (event) => {
    event.preventDefault();
    zone.classList.add("drag-over");
  };
  zone.addEventListener("dragenter", acceptDrag);
  zone.addEventListener("dragover", acceptDrag);
  zone.addEventListener("dragleave", () => zone.classList.remove("drag-over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("drag-over");
    const [file] = event.dataTransfer.files;
    const text = event.dataTransfer.getData("text/plain");
    if (file) loadFile(file);
    else if (text) loadText(text);
  });
  // By default, a browser opens a file that is dropped outside the drop zone and leaves the page.
  for (const name of ["dragover", "drop"]) {
    addEventListener(name, (event) => event.dataTransfer.types.includes("Files") && event.preventDefault());
  }
}

/** The first bytes of a text or a blob, each as a character. */
const startOf = async (body) =>
  String.fromCharCode(...new Uint8Array(await new Blob([body]).slice(0, 64).arrayBuffer()));

/** Loads the file that the URL names, if this browser has kept it. */
async function restore(load) {
  const name = parameter("file");
  const file = await storedFile();
  showStored(file);
  if (name === null || byId("drop-zone").classList.contains("has-file")) return;
  if (file?.name === name) {
    const start = await startOf(file.body);
    await load(new Source(file.name, file.body, { isFile: file.isFile, start }), { isRestored: true });
  } else {
    byId("data-summary").textContent = `Choose the file ${name} again: this browser has not kept it.`;
  }
}

/** Says which file this browser keeps. */
function showStored(file) {
  setVisible(byId("stored-file"), file !== null);
  byId("stored-file").querySelector("span").textContent =
    `${file?.name} stays in this browser, for a reload of this page, until you remove it.`;
}
