// Moves a progress bar by itself: the page is fetched again every second and its moving parts put in
// place, each only when it has changed, so that a screen reader hears of a new step once. When the
// page has no such parts any more, what came of it is shown.
//
//   <h2 data-moves>…</h2> <p data-moves><progress>…</p>

const EVERY_MS = 1000;
const parts = document.querySelectorAll("[data-moves]");

async function move() {
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (answer.ok) {
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      const twins = fresh.querySelectorAll("[data-moves]");
      if (twins.length !== parts.length) {
        location.reload();
        return;
      }
      parts.forEach((part, place) => {
        if (part.innerHTML !== twins[place].innerHTML) part.innerHTML = twins[place].innerHTML;
      });
    }
  } catch {
    // The network is away for a moment: the next second asks again.
  }
  setTimeout(move, EVERY_MS);
}

if (parts.length) setTimeout(move, EVERY_MS);
