"use strict";
// The search and the buttons that copy. All text is set as text, never as markup.
(() => {
  const MOST = 100;
  const search = document.querySelector(".search");
  const input = search.querySelector("input");
  const count = search.querySelector("p");
  const results = search.querySelector("ul");
  const groups = document.querySelector(".groups");
  let known;

  // A class, item or method, with the texts that it is found by.
  const entry = (element) => {
    const owner = element.closest("article");
    const name = element.dataset.name;
    const guid = element === owner ? owner.querySelector(".facts code") : null;
    const about = element === owner ? owner.querySelector(":scope > .description") : element;
    return {
      id: element.id,
      name,
      owner: element === owner ? "" : owner.dataset.name,
      key: name.toLowerCase(),
      text: `${guid ? guid.textContent : ""} ${about ? about.textContent : ""}`.toLowerCase(),
    };
  };

  const find = (words) => {
    known ??= Array.from(document.querySelectorAll("[data-name]"), entry);
    const has = (text) => words.every((word) => text.includes(word));
    const byName = known.filter((it) => has(it.key));
    const byText = known.filter((it) => !has(it.key) && has(`${it.key} ${it.text}`));
    return byName.concat(byText);
  };

  const show = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    results.replaceChildren();
    groups.hidden = words.length > 0;
    if (words.length === 0) {
      count.textContent = "";
      return;
    }
    const found = find(words);
    count.textContent = found.length === 1 ? "1 result" : `${found.length} results`;
    for (const it of found.slice(0, MOST)) {
      const link = document.createElement("a");
      link.href = `#${encodeURIComponent(it.id)}`;
      link.textContent = it.name;
      if (it.owner) {
        const owner = document.createElement("small");
        owner.textContent = it.owner;
        link.append(owner);
      }
      const item = document.createElement("li");
      item.append(link);
      results.append(item);
    }
  };

  search.hidden = false;
  input.addEventListener("input", show);
  input.addEventListener("keydown", (event) => {
    const first = results.querySelector("a");
    if (event.key === "Enter" && first) first.click();
    if (event.key === "Escape") {
      input.value = "";
      show();
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !/^(INPUT|TEXTAREA)$/.test(event.target.tagName)) {
      event.preventDefault();
      input.focus();
    }
  });

  for (const text of document.querySelectorAll("pre.copy")) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Copy";
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(text.querySelector("code").textContent);
      button.textContent = "Copied";
      setTimeout(() => (button.textContent = "Copy"), 2000);
    });
    text.append(button);
  }

  // What is folded is printed too.
  addEventListener("beforeprint", () => {
    for (const details of document.querySelectorAll("details")) details.open = true;
  });
})();
