// Amounts beside invoices: what they settle together, what is left over, and one click to fill in what is due. No float.
import { parse, places, say } from "./amounts.js";

const PLACES = 4n;
const UNIT = 10n ** PLACES;
const FINE = 10n ** 8n; // so many parts of a unit are kept until the one rounding

function units(typed) {
  const plain = parse(typed);
  if (plain === null) return null;
  const [whole, part = ""] = plain.replace("-", "").split(".");
  const value = BigInt(whole) * UNIT + BigInt(part.padEnd(Number(PLACES), "0").slice(0, Number(PLACES)) || "0");
  return plain.startsWith("-") ? -value : value;
}

function text(value) {
  const size = value < 0n ? -value : value;
  const part = String(size % UNIT).padStart(Number(PLACES), "0").replace(/0+$/, "");
  return `${value < 0n ? "-" : ""}${size / UNIT}${part ? `.${part}` : ""}`;
}

/** Half away from zero to the currency's minor unit, of an amount that is not negative. */
function rounded(value, currency) {
  const step = 10n ** (PLACES - BigInt(places(currency)));
  return ((value / FINE + step / 2n) / step) * step;
}

class Allocation {
  constructor(form) {
    this.form = form;
    form.addEventListener("input", () => this.show());
    form.addEventListener("click", (event) => this.fill(event.target.closest("[data-fill]")));
    form.addEventListener("htmx:afterSwap", () => this.begin());
    this.watchCurrency();
    this.begin();
  }

  begin() {
    for (const button of this.form.querySelectorAll("[data-fill]")) button.hidden = false;
    for (const plain of this.form.querySelectorAll("[data-no-script]")) plain.remove();
    this.show();
  }

  get available() {
    const given = this.form.querySelector("[data-remainder]")?.dataset.available;
    if (given) return units(given) + (units(this.form.elements.fee?.value || "0") ?? 0n);
    const received = units(this.form.elements.amount?.value || "0");
    return typeof received === "bigint" ? received + this.withheld : received;
  }

  /** What the customer kept back: as typed, or at the rate of the net part of what is settled, as the server reckons. */
  get withheld() {
    const { withheld, withheld_rate: rate } = this.form.elements;
    const typed = units(withheld?.value || "0") ?? 0n;
    const percent = units(rate?.value || "0") ?? 0n;
    if (typed || percent <= 0n) return typed;
    const net = this.boxes().reduce((sum, box) => sum + this.netOf(box), 0n);
    return rounded((net * percent) / (100n * UNIT), this.form.querySelector("[data-remainder]").dataset.currency);
  }

  netOf(box) {
    const { net, total } = box.closest("tr").dataset;
    const whole = units(total);
    return whole > 0n ? ((units(box.value || "0") ?? 0n) * units(net) * FINE) / whole : 0n;
  }

  boxes() {
    return [...this.form.querySelectorAll("input[name^='invoice_']")];
  }

  settled(except) {
    return this.boxes().reduce((sum, box) => (box === except ? sum : sum + (units(box.value || "0") ?? 0n)), 0n);
  }

  fill(button) {
    if (!button) return;
    const box = this.form.elements[button.dataset.fill];
    const due = units(button.dataset.amount);
    box.value = text(due); // tax that is withheld at a rate depends on it
    const left = (this.available ?? 0n) - this.settled(box);
    const wanted = this.available && left < due ? left : due;
    box.value = wanted > 0n ? text(wanted) : "";
    box.dispatchEvent(new Event("input", { bubbles: true }));
    box.focus();
  }

  show() {
    const panel = this.form.querySelector("[data-remainder]");
    if (!panel) return;
    const { currency } = panel.dataset;
    const settled = this.settled();
    const left = (this.available ?? 0n) - settled;
    const over = panel.querySelector("[data-over]");
    const rest = panel.querySelector("[data-left]");
    panel.querySelector("[data-settles]").textContent = say(text(settled), currency) ?? "—";
    if (!rest) return;
    rest.querySelector("dd").textContent = left >= 0n ? (say(text(left), currency) ?? "—") : "—";
    over.hidden = left >= 0n;
    rest.hidden = left < 0n;
    if (left < 0n) over.querySelector("dd").textContent = say(text(-left), currency) ?? "—";
  }

  watchCurrency() {
    const select = this.form.elements.currency;
    const holder = this.form.querySelector("[data-reload-on]");
    if (!select || !holder) return;
    select.addEventListener("change", () => {
      const address = new URL(location.href);
      address.searchParams.set("customer", this.form.elements.customer.value);
      address.searchParams.set("currency", select.value);
      address.searchParams.delete("invoice");
      const amount = this.form.elements.amount;
      amount.dataset.currency = select.value;
      const code = amount.closest(".input-group, .field")?.querySelector(".input-group-text, .field-prefix");
      if (code) code.textContent = select.value;
      window.htmx.ajax("GET", `${address.pathname}${address.search}`, { target: holder, swap: "innerHTML" });
    });
  }
}

for (const form of document.querySelectorAll("form[data-allocate]")) new Allocation(form);
