// What every page has: a form is sent once however often its button is pressed, and the reader is
// taken to the first mistake.

for (const form of document.querySelectorAll('form[method="post"]')) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
  });
}

// Going back shows the page from memory; its forms may be sent again.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
  }
});

// A file that would be refused is not sent first: <input type="file" data-most-megabytes data-too-large>.
for (const input of document.querySelectorAll("[data-most-megabytes]")) {
  input.addEventListener("change", () => {
    const most = input.dataset.mostMegabytes * 1024 * 1024;
    const isTooLarge = [...input.files].some((file) => file.size > most);
    input.setCustomValidity(isTooLarge ? input.dataset.tooLarge : "");
    input.reportValidity();
  });
}

document.querySelector('[aria-invalid="true"]')?.focus();
