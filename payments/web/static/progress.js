// Moves a progress bar by itself: the page is fetched again every second and its moving part put in
// place. When the page has none any more, what came of it is shown.
//
//   <div data-moves>…<progress>…</div>

const EVERY_MS = 1000;

async function move(part) {
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (answer.ok) {
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      const twin = fresh.querySelector("[data-moves]");
      if (!twin) {
        location.reload();
        return;
      }
      part.innerHTML = twin.innerHTML;
    }
  } catch {
    // The network is away for a moment: the next second asks again.
  }
  setTimeout(move, EVERY_MS, part);
}

const part = document.querySelector("[data-moves]");
if (part) setTimeout(move, EVERY_MS, part);
