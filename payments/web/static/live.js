// Keeps a page current. The server says that something changed; the page is then fetched again and
// its parts that differ are put in place, so every sentence is written in one place, the template.
//
//   <div data-live="VERSION" data-stream="ADDRESS" data-state="ADDRESS" [data-final]>
//     <p data-offline hidden>…</p>
//     <div data-part="NAME">…</div>
//
// While no stream is open (too many of them, an old proxy) the state is asked for every 3 seconds.
// A browser gives a site six connections, so a hidden page closes its stream; a display never does.

const POLL_MS = 3000;
const RETRY_STREAM_MS = 30000;

const page = document.querySelector("[data-live]");
const alwaysOn = page?.hasAttribute("data-always-on");
let stream = null;
let isOpen = false;
let isFetching = false;
let isStale = false;

const isFinal = () => page.hasAttribute("data-final");
const isResting = () => isFinal() || (document.hidden && !alwaysOn);

function showOffline(isOffline) {
  page.classList.toggle("is-offline", isOffline);
  const word = page.querySelector("[data-offline]");
  if (word) word.hidden = !isOffline;
}

function heard(state) {
  showOffline(false);
  if (state.version === page.dataset.live) return;
  refresh();
}

async function refresh() {
  isStale = true;
  if (isFetching) return;
  isFetching = true;
  try {
    while (isStale) {
      isStale = false;
      await fetchParts();
    }
  } catch {
    showOffline(true);
    setTimeout(refresh, POLL_MS);
  } finally {
    isFetching = false;
  }
  if (isFinal()) closeStream();
}

async function fetchParts() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok) throw new Error(answer.status);
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const other = fresh.querySelector("[data-live]");
  showOffline(false);
  if (other) {
    place(other);
  } else {
    // Another page has come, such as the sign-in: show it whole.
    location.reload();
  }
}

function place(other) {
  page.dataset.live = other.dataset.live;
  page.toggleAttribute("data-final", other.hasAttribute("data-final"));
  if (page.dataset.look !== undefined) page.dataset.look = other.dataset.look;
  for (const part of page.querySelectorAll("[data-part]")) {
    const twin = other.querySelector(`[data-part="${part.dataset.part}"]`);
    if (twin && twin.innerHTML !== part.innerHTML) part.innerHTML = twin.innerHTML;
  }
  document.dispatchEvent(new CustomEvent("thuphi:changed"));
}

function openStream() {
  if (stream || isResting() || !("EventSource" in window)) return;
  stream = new EventSource(page.dataset.stream);
  stream.onopen = () => { isOpen = true; };
  stream.onmessage = (event) => heard(JSON.parse(event.data));
  stream.onerror = () => {
    isOpen = false;
    // Refused for good (503): the browser does not try again by itself.
    if (stream.readyState === EventSource.CLOSED) {
      closeStream();
      setTimeout(openStream, RETRY_STREAM_MS);
    }
  };
}

function closeStream() {
  stream?.close();
  stream = null;
  isOpen = false;
}

async function poll() {
  if (isOpen || isResting()) return;
  try {
    const answer = await fetch(page.dataset.state);
    if (!answer.ok) throw new Error(answer.status);
    heard(await answer.json());
  } catch {
    showOffline(true);
  }
}

if (page && !isFinal()) {
  openStream();
  setInterval(poll, POLL_MS);
  document.addEventListener("visibilitychange", () => {
    if (isResting()) {
      closeStream();
    } else {
      openStream();
      poll();
    }
  });
  window.addEventListener("offline", () => showOffline(true));
  window.addEventListener("online", poll);
  window.addEventListener("pagehide", closeStream);
}
