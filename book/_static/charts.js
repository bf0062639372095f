// A playable chart takes the place of its static picture. Sliders and menus are the browser's own, so they work by keyboard.
// What a chart says in `usermeta`: said, the words for each value of a slider; play, the slider that can move by itself.
const STILL = window.matchMedia("(prefers-reduced-motion: reduce)");

document.querySelectorAll("figure.chart > script.chart-spec").forEach((script) => {
  const figure = script.parentElement;
  const view = figure.querySelector(".chart-view");
  const picture = view.firstElementChild;
  const play = document.createElement("div");
  const spec = JSON.parse(script.textContent);
  play.className = "chart-play";
  vegaEmbed(play, spec, { actions: false, renderer: "svg", tooltip: true })
    .then((result) => {
      picture.remove();
      view.removeAttribute("role");
      view.setAttribute("role", "group");
      view.appendChild(play);
      play.querySelector("svg")?.setAttribute("aria-hidden", "true");
      const meta = spec.usermeta ?? {};
      Object.entries(meta.said ?? {}).forEach(([name, words]) => sayValue(figure, result.view, name, words));
      if (meta.play) movable(figure, result.view, meta.play);
    })
    .catch((error) => console.warn("The static picture stays:", error));
});

const slider = (figure, name) => figure.querySelector(`input[type="range"][name="${name}"]`);

// A slider that counts through a list shows and speaks the list's own words, never the count.
function sayValue(figure, view, name, words) {
  const input = slider(figure, name);
  const shown = input.nextElementSibling;
  const long = words.some((word) => word.length > 24);
  const place = long ? document.createElement("p") : shown;
  if (long) {
    place.className = "chart-said";
    shown.hidden = true;
    figure.querySelector(".chart-view").append(place);
  }
  const say = () => {
    const word = words[Math.round((view.signal(name) - Number(input.min)) / Number(input.step))];
    place.textContent = word;
    input.setAttribute("aria-valuetext", word);
  };
  view.addSignalListener(name, say);
  input.addEventListener("input", () => setTimeout(say)); // Vega writes the number first
  say();
}

// Play, pause, one step back, one step on. Nobody who asked for less motion is shown any unasked.
function movable(figure, view, { param, seconds, begin }) {
  const input = slider(figure, param);
  const [low, high, step] = [input.min, input.max, input.step].map(Number);
  let timer = null;
  const set = (value) => {
    input.value = value;
    input.dispatchEvent(new Event("input"));
    return view.signal(param, value).runAsync();
  };
  const stop = () => {
    clearInterval(timer);
    timer = null;
    button.textContent = "▶ Play";
  };
  const start = () => {
    if (view.signal(param) >= high) set(low);
    button.textContent = "❚❚ Pause";
    timer = setInterval(() => {
      if (view.signal(param) >= high) stop();
      else set(view.signal(param) + step);
    }, (1000 * seconds * step) / (high - low));
  };
  const make = (text, label, act) => {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = text;
    if (label) made.setAttribute("aria-label", label);
    made.addEventListener("click", act);
    return made;
  };
  const by = (change) => () => {
    stop();
    set(Math.min(high, Math.max(low, view.signal(param) + change)));
  };
  const button = make("▶ Play", "", () => (timer ? stop() : start()));
  const bar = document.createElement("div");
  bar.className = "chart-player";
  bar.append(button, make("◀", "One step back", by(-step)), make("▶", "One step on", by(step)));
  input.closest(".vega-bindings").before(bar);
  input.addEventListener("keydown", stop);
  input.addEventListener("pointerdown", stop);
  if (begin) {
    set(low);
    if (!STILL.matches) new IntersectionObserver(([entry], seen) => {
      if (entry.isIntersecting) seen.disconnect(), start();
    }, { threshold: 0.6 }).observe(figure);
  }
}
