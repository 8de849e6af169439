// select[data-search]: a box to search its options in. data-source is an address that answers ?q= with option elements.
let count = 0;

class Pick {
  constructor(select) {
    this.select = select;
    this.id = `pick-list-${(count += 1)}`;
    this.build();
    this.listen();
  }

  build() {
    const { select } = this;
    this.box = document.createElement("div");
    this.box.className = "pick";
    this.input = document.createElement("input");
    const old = select.id;
    select.id = `${old}_value`;
    Object.assign(this.input, { type: "text", id: old, className: select.className.replace("form-control", ""), autocomplete: "off" });
    for (const [name, value] of Object.entries({ role: "combobox", "aria-expanded": "false", "aria-controls": this.id, "aria-autocomplete": "list" })) {
      this.input.setAttribute(name, value);
    }
    for (const name of ["aria-describedby", "aria-invalid", "aria-label"]) {
      if (select.hasAttribute(name)) this.input.setAttribute(name, select.getAttribute(name));
    }
    this.input.required = select.required;
    this.input.disabled = select.disabled;
    this.input.placeholder = select.querySelector("option[value='']")?.textContent ?? "";
    select.required = false;
    this.list = document.createElement("ul");
    Object.assign(this.list, { id: this.id, className: "pick-list", hidden: true });
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", this.input.labels?.[0]?.textContent ?? this.input.placeholder);
    select.hidden = true;
    select.after(this.box);
    this.box.append(this.input, this.list);
    this.showChosen();
  }

  showChosen() {
    const option = this.select.selectedOptions[0];
    this.input.value = option?.value ? option.textContent.trim() : "";
  }

  listen() {
    this.input.addEventListener("focus", () => this.input.select());
    this.input.addEventListener("click", () => this.open(""));
    this.input.addEventListener("input", () => this.search());
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("blur", () => setTimeout(() => this.close(), 120));
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => this.choose(event.target.closest("[role=option]")));
    this.select.addEventListener("change", () => this.showChosen());
  }

  search() {
    const wanted = this.input.value;
    if (!this.select.dataset.source) return this.open(wanted);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.load(wanted), 200);
    return undefined;
  }

  async load(wanted) {
    const address = new URL(this.select.dataset.source, location.href);
    address.searchParams.set("q", wanted);
    const answer = await fetch(address, { headers: { "HX-Request": "true" } });
    if (!answer.ok || this.input.value !== wanted) return;
    const page = new DOMParser().parseFromString(`<select>${await answer.text()}</select>`, "text/html");
    const kept = this.select.selectedOptions[0];
    const fresh = [...page.querySelectorAll("option")].filter((option) => option.value !== kept?.value);
    this.select.replaceChildren(...(kept ? [kept] : []), ...fresh);
    this.open(wanted);
  }

  open(wanted) {
    const needle = wanted.trim().toLowerCase();
    const options = [...this.select.options].filter((option) => option.value && option.textContent.toLowerCase().includes(needle));
    this.list.replaceChildren(...options.slice(0, 100).map((option, index) => this.item(option, index)));
    this.list.hidden = options.length === 0;
    this.input.setAttribute("aria-expanded", String(options.length > 0));
    this.mark(this.list.querySelector("[aria-selected=true]") ?? this.list.firstElementChild);
  }

  item(option, index) {
    const item = document.createElement("li");
    Object.assign(item, { id: `${this.id}-${index}`, className: "pick-option", textContent: option.textContent.trim() });
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", String(option.selected));
    item.dataset.value = option.value;
    return item;
  }

  mark(item) {
    this.list.querySelector(".is-picked")?.classList.remove("is-picked");
    if (!item) return this.input.removeAttribute("aria-activedescendant");
    item.classList.add("is-picked");
    item.scrollIntoView({ block: "nearest" });
    return this.input.setAttribute("aria-activedescendant", item.id);
  }

  key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      if (this.list.hidden) return this.open("");
      const items = [...this.list.children];
      const at = items.findIndex((item) => item.classList.contains("is-picked"));
      return this.mark(items[(at + step + items.length) % items.length]);
    }
    if (event.key === "Enter" && !this.list.hidden) {
      event.preventDefault();
      return this.choose(this.list.querySelector(".is-picked"));
    }
    if (event.key === "Escape" && !this.list.hidden) {
      event.stopPropagation();
      return this.close();
    }
    return undefined;
  }

  choose(item) {
    if (!item) return;
    this.select.value = item.dataset.value;
    this.select.dispatchEvent(new Event("input", { bubbles: true }));
    this.select.dispatchEvent(new Event("change", { bubbles: true }));
    this.close();
  }

  close() {
    if (this.input.value.trim() === "" && this.select.querySelector("option[value='']") && this.select.value) {
      this.select.value = "";
      this.select.dispatchEvent(new Event("change", { bubbles: true }));
    }
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.showChosen();
  }
}

function enhance(root) {
  for (const select of root.querySelectorAll?.("select[data-search]:not([hidden])") ?? []) new Pick(select);
}

document.addEventListener("htmx:load", ({ detail }) => enhance(detail.elt));
enhance(document);
