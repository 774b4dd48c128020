// What is nicer with a script; every page works without it.

for (const here of document.querySelectorAll(".top-nav [aria-current], .tabs [aria-current]")) {
  here.scrollIntoView({ block: "nearest", inline: "center" });
}

// What this phone keeps of entries belongs to whoever made them (entry.js): who signs out is told of what is unsent,
// and the page for the time without network opens for nobody after them.
const leaving = document.querySelector("form[data-unsent]");
try {
  if (leaving && localStorage.getItem("entry.user") !== leaving.dataset.user) localStorage.removeItem("entry.user");
  leaving?.addEventListener("submit", (event) => {
    const { user, count } = JSON.parse(localStorage.getItem("entry.unsent")) ?? {};
    if (user === leaving.dataset.user && count && !confirm(leaving.dataset.unsent)) event.preventDefault();
    else localStorage.removeItem("entry.user");
  });
} catch {
  // a browser that keeps nothing has nothing to lose
}
