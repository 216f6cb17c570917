// Shows the callback form in a frame, after the script element that loads this file. Passes on the utm parameters of
// the page and nothing else.
(() => {
  const TITLES = {};
  const script = document.currentScript;
  const { lang = document.documentElement.lang.split("-")[0], intent, campaign, title } = script.dataset;
  const query = new URLSearchParams(location.search);
  const utm = ["source", "medium", "campaign", "term", "content"].map((name) => `utm_${name}`);
  const form = new URL("../callback", script.src);
  const own = { lang: Object.hasOwn(TITLES, lang) && lang, intent, campaign };
  for (const [name, value] of [...Object.entries(own), ...utm.map((name) => [name, query.get(name)])]) {
    if (value) form.searchParams.set(name, value);
  }

  const frame = document.createElement("iframe");
  frame.src = form;
  frame.title = title ?? TITLES[lang] ?? TITLES.en;
  // The form gets the origin of the page, but not its address.
  frame.referrerPolicy = "strict-origin";
  frame.width = "100%";
  frame.height = 900;
  frame.style.border = 0;
  addEventListener("message", ({ source, origin, data }) => {
    if (source !== frame.contentWindow || origin !== form.origin) return;
    if (data?.type === "entente:height") frame.height = data.height;
  });
  script.after(frame);
})();
