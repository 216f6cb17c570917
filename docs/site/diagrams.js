// Draws the Mermaid diagrams of the website; GitHub draws them itself. Mermaid is large, so only pages with a diagram
// load it. Without it, the source of the diagram stays.
(() => {
  const sources = [...document.querySelectorAll("code.language-mermaid")];
  if (sources.length === 0) return;
  const root = document.documentElement;
  const isDark = () => ["coal", "navy", "ayu"].some((theme) => root.classList.contains(theme));
  let diagrams;

  function replace(code) {
    const diagram = document.createElement("div");
    diagram.dataset.source = code.textContent;
    diagram.style.cssText = "margin-block: 1.5em; text-align: center";
    code.closest("pre").replaceWith(diagram);
    return diagram;
  }

  async function draw() {
    mermaid.initialize({ startOnLoad: false, theme: isDark() ? "dark" : "default" });
    diagrams ??= sources.map(replace);
    for (const [number, diagram] of diagrams.entries()) {
      const { svg } = await mermaid.render(`diagram-${number}`, diagram.dataset.source);
      diagram.innerHTML = svg;
    }
  }

  const script = document.createElement("script");
  script.src = `${path_to_root}mermaid.js`;
  script.onload = () => {
    let drawn = isDark();
    draw();
    new MutationObserver(() => {
      if (isDark() === drawn) return;
      drawn = isDark();
      draw();
    }).observe(root, { attributeFilter: ["class"] });
  };
  document.head.append(script);
})();
