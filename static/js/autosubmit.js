// form[data-autosubmit] sends itself when a choice changes, and shortly after typing stops. Empty fields stay out of the address.
let timer;

const send = (form) => {
  clearTimeout(timer);
  form.requestSubmit();
};

document.addEventListener("change", ({ target }) => {
  if (target.form?.matches("[data-autosubmit]") && !target.matches("[type=search], [type=text]")) send(target.form);
});

document.addEventListener("input", ({ target }) => {
  if (!target.form?.matches("[data-autosubmit]") || !target.matches("[type=search], [type=text]")) return;
  clearTimeout(timer);
  timer = setTimeout(() => send(target.form), 350);
});

document.addEventListener("formdata", (event) => {
  if (!event.target.matches("[data-autosubmit]")) return;
  for (const [name, value] of [...event.formData]) {
    if (value === "") event.formData.delete(name);
  }
});
