// What is nicer with a script; every page works without it.

for (const here of document.querySelectorAll(".top-nav [aria-current], .tabs [aria-current]")) {
  here.scrollIntoView({ block: "nearest", inline: "center" });
}
