// The cash box: quick notes, and the change while the cashier types. The server computes it again.
//
//   <form data-cash="DUE"> <input name="tendered"> <button type="button" data-note="50000">
//   <output data-change data-missing="…%s" data-back="…%s">

const number = new Intl.NumberFormat("vi-VN");

// Reads what money.read_dong reads: 50000, 50.000, 50,000 and 50k; anything else is no amount.
function readDong(text) {
  const typed = text.trim().replace(/\s*(đồng|vnđ|vnd|đ|₫)$/i, "");
  const thousands = /^([0-9]{1,11})\s?k$/i.exec(typed);
  if (thousands) return Number(thousands[1]) * 1000;
  if (/^[0-9]{1,14}$/.test(typed)) return Number(typed);
  if (/^[0-9]{1,3}((\.[0-9]{3})+|(,[0-9]{3})+)$/.test(typed)) {
    return Number(typed.replace(/[.,]/g, ""));
  }
  return null;
}

function update(form) {
  const output = form.querySelector("[data-change]");
  const tendered = readDong(form.elements.tendered.value);
  if (tendered === null) {
    output.textContent = "";
    output.dataset.kind = "";
    return;
  }
  const change = tendered - Number(form.dataset.cash);
  const sentence = change < 0 ? output.dataset.missing : output.dataset.back;
  output.dataset.kind = change < 0 ? "missing" : "back";
  output.textContent = sentence.replace("%s", `${number.format(Math.abs(change))} ₫`);
}

document.addEventListener("input", (event) => {
  const form = event.target.closest?.("[data-cash]");
  if (form) update(form);
});

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-note]");
  if (!button) return;
  const form = button.closest("[data-cash]");
  const field = form.elements.tendered;
  const note = Number(button.dataset.note);
  const before = button.dataset.exact === undefined ? readDong(field.value) ?? 0 : 0;
  field.value = number.format(before + note);
  update(form);
  field.focus();
});

function begin() {
  for (const notes of document.querySelectorAll("[data-notes][hidden]")) notes.hidden = false;
  for (const form of document.querySelectorAll("[data-cash]")) update(form);
}

document.addEventListener("thuphi:changed", begin);
begin();
