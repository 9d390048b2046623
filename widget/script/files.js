// Files up and down. Pictures are drawn, so that no policy of the page has to allow them.

const PICTURE_WIDTH = 240;

class Files {
  constructor(widget) {
    this.widget = widget;
  }

  get accepted() {
    return (this.widget.opening?.limits.types ?? []).map((type) => `.${type}`).join(",");
  }

  send(file) {
    const { words, outbox } = this.widget;
    const { types, upload } = this.widget.opening?.limits ?? {};
    if (types && !types.includes(file.name.split(".").pop().toLowerCase())) return this.widget.tell(words.wrongType);
    if (upload && file.size > upload) return this.widget.tell(words.tooLarge(Math.floor(upload / 2 ** 20)));
    outbox.add("", file.name, file);
    this.widget.tell(words.sendingFile(file.name));
    this.widget.board.showOutgoing();
    this.widget.board.toEnd(true);
  }

  async content(file) {
    return (await this.widget.api.within("GET", `files/${encodeURIComponent(file.id)}`)).blob();
  }

  async download(file) {
    try {
      offer(await this.content(file), file.name);
    } catch (error) {
      this.widget.tell(error instanceof Refused ? error.said(this.widget.words) : this.widget.words.lost);
    }
  }

  async picture(file) {
    try {
      const image = await createImageBitmap(await this.content(file));
      const scale = Math.min(1, PICTURE_WIDTH / image.width);
      const [width, height] = [image.width, image.height].map((length) => Math.max(1, Math.round(length * scale)));
      const canvas = make("canvas", { role: "img", "aria-label": `${this.widget.words.picture} ${file.name}`, width, height });
      canvas.getContext("2d").drawImage(image, 0, 0, width, height);
      return canvas;
    } catch {
      return null;
    }
  }
}
