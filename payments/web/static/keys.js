// Function keys of the counter: the first element with data-key="F2" is focused, pressed or followed.

document.addEventListener("keydown", (event) => {
  if (!/^F[0-9]+$/.test(event.key) || event.ctrlKey || event.altKey || event.metaKey) return;
  const target = document.querySelector(`[data-key="${event.key}"]`);
  if (!target) return;
  event.preventDefault();
  if (target.matches("input, textarea, select")) {
    target.focus();
    target.select?.();
  } else {
    target.click();
  }
});

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
