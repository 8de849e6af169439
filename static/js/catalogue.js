// The draft editor offers the catalogue while a description is typed, and fills unit, rate and tax of what is chosen.

const list = document.querySelector("[data-catalogue]");
const form = document.querySelector("[data-draft]");
const isDescription = (field) => field.matches("input[name^='lines-'][name$='-description']");
let waiting;
let asked;

async function offer(field) {
  const query = new URLSearchParams({ q: field.value, currency: form.elements.currency.value });
  asked?.abort();
  asked = new AbortController();
  try {
    const answer = await fetch(`${list.dataset.catalogue}?${query}`, {
      headers: { "HX-Request": "true" },
      signal: asked.signal,
    });
    if (answer.ok) list.innerHTML = await answer.text();
  } catch (error) {
    if (error.name !== "AbortError") list.replaceChildren();
  }
}

function priceOf(field) {
  return field.closest("[data-row]").querySelector("[name$='-unit_price']");
}

function fill(field) {
  const chosen = [...list.options].find((option) => option.value === field.value);
  if (!chosen) return false;
  const row = field.closest("[data-row]");
  const set = (name, value) => {
    const target = row.querySelector(`[name$='-${name}']`);
    if (value !== "" && (target.tagName !== "SELECT" || [...target.options].some((one) => one.value === value))) {
      target.value = value;
    }
  };
  set("item", chosen.dataset.item);
  set("unit", chosen.dataset.unit);
  set("unit_price", chosen.dataset.price);
  set("tax", chosen.dataset.tax);
  if (!row.querySelector("[name$='-quantity']").value) set("quantity", "1");
  priceOf(field).dispatchEvent(new Event("change", { bubbles: true }));
  return true;
}

if (list && form) {
  form.addEventListener("focusin", (event) => {
    if (!isDescription(event.target)) return;
    event.target.setAttribute("list", list.id);
    event.target.setAttribute("autocomplete", "off");
    offer(event.target);
  });
  form.addEventListener("input", (event) => {
    if (!isDescription(event.target)) return;
    clearTimeout(waiting);
    if (!event.target.value) event.target.closest("[data-row]").querySelector("[name$='-item']").value = "";
    if (event.inputType === "insertReplacementText" && fill(event.target)) return;
    waiting = setTimeout(() => offer(event.target), 200);
  });
  form.addEventListener("change", (event) => {
    if (isDescription(event.target) && !priceOf(event.target).value) fill(event.target);
  });
}
