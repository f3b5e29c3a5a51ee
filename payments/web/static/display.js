// The citizen's display: keeps the screen awake, and full when it is touched.

async function stayAwake() {
  try {
    await navigator.wakeLock?.request("screen");
  } catch {
    // The device saves power or forbids it; the display works all the same.
  }
}

document.addEventListener("visibilitychange", () => {
  if (!document.hidden) stayAwake();
});
document.addEventListener("click", () => {
  document.documentElement.requestFullscreen?.().catch(() => {});
});
stayAwake();
