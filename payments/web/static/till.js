// Adds up the notes while they are counted. What should be there is not known to this page.

const number = new Intl.NumberFormat("vi-VN");

for (const form of document.querySelectorAll("[data-count]")) {
  const total = form.querySelector("[data-total]");
  const update = () => {
    let sum = 0;
    for (const field of form.querySelectorAll("[data-value]")) {
      const quantity = /^[0-9]{1,6}$/.test(field.value) ? Number(field.value) : 0;
      const value = quantity * Number(field.dataset.value);
      form.querySelector(`[data-sum="${field.dataset.value}"]`).textContent =
        value ? number.format(value) : "";
      sum += value;
    }
    total.textContent = `${number.format(sum)} ₫`;
  };
  form.addEventListener("input", update);
  // Enter goes to the next note, as on a calculator; only the button sends the count.
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target.dataset.value === undefined) return;
    event.preventDefault();
    const fields = [...form.querySelectorAll("[data-value]")];
    (fields[fields.indexOf(event.target) + 1] ?? form.querySelector("button.primary")).focus();
  });
  update();
}
