// What the theme leaves to the page: a reader without a mouse reaches what scrolls, and hears what opens.
const WIDE = "mjx-container[display='true'], .pst-scrollable-table-container, div.math, .highlight pre, .cell_output pre, .chart-view";

function reachWhatScrolls() {
  document.querySelectorAll(WIDE).forEach((box) => {
    const scrolls = box.scrollWidth > box.clientWidth + 1 && getComputedStyle(box).overflowX !== "visible";
    if (scrolls) box.tabIndex = 0;
    else if (box.tabIndex === 0) box.removeAttribute("tabindex");
    hintAtMore(box);
    if (scrolls && !box.dataset.heard) {
      box.dataset.heard = "yes";
      box.addEventListener("scroll", () => hintAtMore(box), { passive: true });
    }
  });
}

// What goes on beyond the edge fades there, so that nobody takes a cut formula for a whole one.
function hintAtMore(box) {
  box.classList.toggle("goes-on", box.scrollLeft + box.clientWidth < box.scrollWidth - 2);
}

function nameWhatOpens() {
  document.querySelectorAll(".bd-sidenav details > summary").forEach((summary) => {
    const chapter = summary.closest("li").querySelector("a");
    summary.setAttribute("aria-label", `Pages of ${chapter ? chapter.textContent.trim() : "this chapter"}`);
  });
}

// The panels of a narrow screen: a link to a place on this page closes them, and so does Escape wherever the focus is.
// Sphinx's own listener for Escape keeps the browser from closing them.
const closePanel = () => document.querySelector("dialog[open]")?.close();
document.addEventListener("click", (event) => event.target.closest("dialog a[href^='#']") && closePanel());
document.addEventListener("keydown", (event) => event.key === "Escape" && closePanel(), true);

window.addEventListener("load", async () => {
  nameWhatOpens();
  await window.MathJax?.startup?.promise;
  const article = document.querySelector(".bd-article") ?? document.body;
  new ResizeObserver(reachWhatScrolls).observe(article);
  await document.fonts?.ready; // the letters of the text come late, and a formula is as wide as they let it be
  reachWhatScrolls();
});
