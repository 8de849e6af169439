// What was understood, under the field: amounts ([data-money]) and weekdays ([data-weekday]).
import { parse, say } from "./amounts.js";

const words = document.querySelector("meta[name=app-words]")?.dataset ?? {};

function hintOf(input) {
  const ids = (input.getAttribute("aria-describedby") || "").split(" ");
  return ids.map((id) => document.getElementById(id)).find((node) => node?.hasAttribute("data-hint"));
}

function show(input, text, wrong = false) {
  const hint = hintOf(input);
  if (hint) {
    hint.textContent = text;
    hint.classList.toggle("is-wrong", wrong);
  } else {
    input.title = text;
  }
}

function showAmount(input) {
  if (!input.value.trim()) return show(input, "");
  const plain = parse(input.value);
  if (plain === null) return show(input, words.notAmount || "", true);
  const said = say(plain, input.dataset.currency || "");
  return said === null ? show(input, words.tooFine || "", true) : show(input, said);
}

function showDay(input) {
  const [year, month, day] = input.value.split("-").map(Number);
  if (!day) return show(input, "");
  const date = new Date(Date.UTC(year, month - 1, day));
  return show(input, date.toLocaleDateString(document.documentElement.lang, { weekday: "long", timeZone: "UTC" }));
}

document.addEventListener("input", ({ target }) => {
  if (target.matches?.("[data-money]")) showAmount(target);
  if (target.matches?.("[data-weekday]")) showDay(target);
});
