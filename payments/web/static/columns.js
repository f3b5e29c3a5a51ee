// The page that names the columns of a statement: what comes of it is shown again after each change.
//
//   <form data-columns> <select name="column-0"> … <section id="preview">

const form = document.querySelector("form[data-columns]");
let newest = 0;

async function show() {
  const asked = new URLSearchParams(new FormData(form));
  asked.delete("csrf_token");
  const turn = ++newest;
  const answer = await fetch(`${form.action}?${asked}`, { credentials: "same-origin" });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("#preview");
  // An answer that comes after a newer question is of no use any more.
  if (fresh && turn === newest) document.querySelector("#preview").replaceWith(fresh);
}

// The name changes nothing that is shown.
form?.addEventListener("change", (event) => {
  if (event.target.name !== "name") show();
});
