// Copy buttons: <button type="button" data-copy="TEXT" data-done="Copied" hidden>Copy</button>
// They are hidden until this script shows them, because without it they would do nothing.

const DONE_MS = 2000;

function show() {
  for (const button of document.querySelectorAll("[data-copy][hidden]")) button.hidden = false;
}

async function copy(text) {
  if (navigator.clipboard && window.isSecureContext) {
    await navigator.clipboard.writeText(text);
    return;
  }
  // Without HTTPS browsers offer only the old way.
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "visually-hidden";
  document.body.append(field);
  field.select();
  document.execCommand("copy");
  field.remove();
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-copy]");
  if (!button || button.dataset.before) return;
  await copy(button.dataset.copy);
  button.dataset.before = button.textContent;
  button.textContent = button.dataset.done;
  button.classList.add("is-done");
  setTimeout(() => {
    button.textContent = button.dataset.before;
    delete button.dataset.before;
    button.classList.remove("is-done");
  }, DONE_MS);
});

document.addEventListener("thuphi:changed", show);
show();
