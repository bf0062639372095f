// A playable chart takes the place of its static picture. Sliders and menus are the browser's own, so they work by keyboard.
document.querySelectorAll("figure.chart > script.chart-spec").forEach((script) => {
  const figure = script.parentElement;
  const view = figure.querySelector(".chart-view");
  const picture = view.firstElementChild;
  const play = document.createElement("div");
  play.className = "chart-play";
  vegaEmbed(play, JSON.parse(script.textContent), { actions: false, renderer: "svg", tooltip: true })
    .then(() => {
      picture.remove();
      view.removeAttribute("role");
      view.setAttribute("role", "group");
      view.appendChild(play);
      play.querySelector("svg")?.setAttribute("aria-hidden", "true");
    })
    .catch((error) => console.warn("The static picture stays:", error));
});
