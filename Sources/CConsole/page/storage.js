// The file that was loaded last, kept in this browser (IndexedDB, by the page's origin) so that a reload
// finds it.

const database = "reprise";
const store = "files";
const key = "latest";

/** `{name, body, isFile}` of the file that is kept, or null; the body is a text or a blob. */
export async function storedFile() {
  const file = await transaction("readonly", (files) => files.get(key)).catch(() => null);
  return file ?? null;
}

/** Keeps a file in the place of the one before. Returns whether the browser has kept it. */
export async function storeFile({ name, body, isFile }) {
  try {
    await transaction("readwrite", (files) => files.put({ name, body, isFile }, key));
    return true;
  } catch {
    // Private windows and full disks keep nothing: the page works without.
    return false;
  }
}

export async function removeStoredFile() {
  await transaction("readwrite", (files) => files.delete(key)).catch(() => null);
}

async function transaction(mode, run) {
  const open = indexedDB.open(database, 1);
  open.onupgradeneeded = () => open.result.createObjectStore(store);
  const connection = await result(open);
  try {
    return await result(run(connection.transaction(store, mode).objectStore(store)));
  } finally {
    connection.close();
  }
}

const result = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = request.onblocked = () => reject(request.error);
});
