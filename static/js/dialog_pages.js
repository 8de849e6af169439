// A link[data-dialog-page] opens its page as a dialog over this one. The server gives the part of the page that belongs in
// it; its first element names the title, the size, and the style and the module that it needs (data-title, …).
const HEAD = { "HX-Request": "true" };

async function dress({ style, module }) {
  if (style && !document.querySelector(`link[href="${CSS.escape(style)}"]`)) {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = style;
    await new Promise((done) => {
      link.onload = link.onerror = done;
      document.head.append(link);
    });
  }
  if (module) await import(module);
}

function box() {
  const dialog = document.getElementById("dialog-page").content.firstElementChild.cloneNode(true);
  dialog.addEventListener("close", () => dialog.remove());
  return dialog;
}

async function fill(dialog, html) {
  const body = dialog.querySelector(".dialog-body");
  body.innerHTML = html;
  const part = body.firstElementChild;
  dialog.querySelector(".dialog-title").textContent = part.dataset.title;
  dialog.className = `dialog dialog-${part.dataset.size}`;
  await dress(part.dataset);
  if (!dialog.isConnected) document.body.append(dialog);
  if (!dialog.open) dialog.showModal();
  globalThis.htmx?.process(body);
  part.dispatchEvent(new Event("letter:shown", { bubbles: true }));
  body.querySelector("[data-error-summary]")?.focus();
}

async function open(link) {
  const there = new URL(link.href);
  there.searchParams.set("next", there.searchParams.get("next") ?? location.pathname + location.search);
  const answer = await fetch(there, { headers: HEAD });
  if (!answer.ok || answer.redirected) throw new Error(answer.status);
  const dialog = box();
  dialog.addEventListener("submit", (event) => send(event, dialog));
  dialog.addEventListener("click", (event) => {
    if (!event.target.closest(".form-foot a")) return; // "Cancel" leads back: here that is the page underneath
    event.preventDefault();
    dialog.close();
  });
  await fill(dialog, await answer.text());
}

async function send(event, dialog) {
  const form = event.target;
  if (form.getAttribute("method") !== "post") return;
  event.preventDefault();
  if (form.dataset.sent) return;
  form.dataset.sent = "true";
  event.submitter?.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(form.getAttribute("action"), { method: "post", body: new FormData(form), headers: HEAD });
    const onward = answer.headers.get("HX-Redirect");
    if (onward) {
      dialog.close();
      location.assign(onward);
    } else if (answer.status === 422) await fill(dialog, await answer.text());
    else throw new Error(answer.status);
  } catch {
    delete form.dataset.sent;
    dialog.close();
    location.assign(form.getAttribute("action")); // the page by itself tells what is wrong
  }
}

document.addEventListener("click", async (event) => {
  const link = event.target.closest?.("a[data-dialog-page]");
  if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (link.ariaBusy === "true") return;
  link.ariaBusy = "true";
  try {
    await open(link);
  } catch {
    location.assign(link.href);
  } finally {
    link.ariaBusy = null;
  }
});
