// A list of many texts in one: it goes from a worker to the page at once, and not text by text.

export class Texts {
  /** `ends` holds the end of each text in `joined`. */
  constructor({ joined, ends }) {
    Object.assign(this, { joined, ends });
  }

  /** What the constructor takes, of an array of texts. */
  static join(texts) {
    const ends = new Uint32Array(texts.length);
    let end = 0;
    texts.forEach((text, index) => (ends[index] = end += String(text).length));
    return { joined: texts.join(""), ends };
  }

  get length() {
    return this.ends.length;
  }

  at(index) {
    return index < this.length ? this.joined.slice(index ? this.ends[index - 1] : 0, this.ends[index]) : null;
  }
}
