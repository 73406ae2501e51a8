"use strict";
(() => {
  const root = document.documentElement;
  const find = (selector, from = document) => from.querySelector(selector);
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];

  /* Light and dark: the system's choice until the reader makes another. */
  const theme = find("#theme");
  const system = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => root.dataset.theme ? root.dataset.theme === "dark" : system.matches;
  const showTheme = () => theme.setAttribute("aria-pressed", isDark());
  theme.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    try { localStorage.setItem("wsis-sdg-annotator-theme", root.dataset.theme); } catch { /* not allowed here */ }
    showTheme();
  });
  system.addEventListener("change", showTheme);
  showTheme();

  /* What is folded away stands in <noscript>, which costs nothing to load; it is made on demand. */
  const words = (find("#texts") || root).dataset;
  const labels = new Map(all("#by-mark option[data-number]")
    .map((option) => [option.dataset.number, { id: option.value, name: option.text.slice(option.value.length) }]));
  const origins = { d: words.declared, k: words.keyword, c: words.classifier, r: words.reviewer };
  const make = (name, properties, ...children) => {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  };
  /* A paragraph says in data-why what rests on each passage; the list of it is made on demand. */
  const prepare = (paragraph) => {
    const source = find("p.src", paragraph);
    if (!source.dataset.why) return;
    const side = find(".side", paragraph);
    const quotes = [];
    for (const piece of all(".m", source)) {
      for (const number of piece.dataset.e.split(" ")) {
        quotes[number] = (quotes[number] || "") + piece.textContent;
      }
    }
    const items = source.dataset.why.split("|").map((passage, number) => {
      const quote = make("q", { lang: source.lang, dir: source.dir }, quotes[number] || "");
      const reasons = passage.split(";").map((reason) => {
        const [numbers, concept] = reason.slice(1).split(":");
        const marks = numbers.split(",").map((label) => make("i", { className: `a${label}` },
          make("b", {}, labels.get(label).id), " ", make("small", {}, find(`.a${label} b`, side).textContent), " "));
        const origin = origins[reason[0]];
        return make("span", {}, ...marks, concept ? `${origin} · ${decodeURIComponent(concept)}` : origin);
      });
      return make("li", { id: `${paragraph.id}e${number}` }, quote, ...reasons);
    });
    const summary = make("summary", {}, `${words.evidence} ${items.length}`);
    side.append(make("details", { className: "why" }, summary, make("ul", {}, ...items)));
    all("mark", source).forEach((mark, position) => {
      const numbers = new Set(all(".m", mark).flatMap((piece) => piece.dataset.e.split(" ")).map(Number));
      const ids = [...numbers].sort((one, other) => one - other).map((number) => `${paragraph.id}e${number}`);
      mark.setAttribute("aria-describedby", ids.join(" "));
      mark.tabIndex = position ? -1 : 0;
    });
  };
  const fill = (details) => {
    const source = find(":scope > .body > noscript", details);
    if (!source) return;
    const body = source.parentNode;
    body.innerHTML = source.textContent;
    all(".para", body).forEach(prepare);
  };
  document.addEventListener("toggle", (event) => {
    if (event.target.matches("details.lazy") && event.target.open) fill(event.target);
  }, true);
  const open = (details) => { fill(details); details.open = true; };
  const reveal = () => {
    const id = location.hash.slice(1);
    const owner = /^d\d+/.exec(id);
    const details = owner && document.getElementById(owner[0]);
    if (!details) return;
    details.hidden = false;
    open(details);
    const target = document.getElementById(id) || details;
    target.scrollIntoView();
    if (target === details) find("summary", details).focus({ preventScroll: true });
  };
  addEventListener("hashchange", reveal);
  document.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#d"]');
    if (link && link.hash === location.hash) reveal();
  });

  /* A small report prints whole, a large one as it is unfolded. */
  let unfolded = [];
  addEventListener("beforeprint", () => {
    if (document.body.dataset.few !== "yes") return;
    unfolded = all("details.lazy:not([open])");
    unfolded.forEach(open);
  });
  addEventListener("afterprint", () => {
    unfolded.forEach((details) => { details.open = false; });
    unfolded = [];
  });

  /* Evidence: what is pointed at, focused or tapped says what rests on it. */
  const tip = find("#tip");
  let shownFor = null;
  const hide = () => {
    tip.hidden = true;
    if (shownFor) shownFor.classList.remove("on");
    shownFor = null;
  };
  const place = (mark, piece) => {
    const box = (piece || mark).getClientRects()[0];
    if (!box) return;
    const width = root.clientWidth;
    const left = Math.min(Math.max(8, box.left), width - tip.offsetWidth - 8);
    const below = box.bottom + 8;
    const fits = below + tip.offsetHeight < innerHeight - 8;
    tip.style.left = `${Math.max(8, left)}px`;
    tip.style.top = `${fits ? below : Math.max(8, box.top - tip.offsetHeight - 8)}px`;
  };
  const show = (mark, piece) => {
    const numbers = piece && piece.dataset.e.split(" ");
    if (shownFor !== mark) {
      hide();
      const list = document.createElement("ul");
      for (const id of mark.getAttribute("aria-describedby").trim().split(" ")) {
        const item = document.getElementById(id).cloneNode(true);
        item.dataset.e = id.slice(id.lastIndexOf("e") + 1);
        item.removeAttribute("id");
        for (const label of all("i", item)) {
          label.firstChild.after(labels.get(label.className.slice(1)).name);
        }
        list.append(item);
      }
      tip.replaceChildren(list);
      mark.classList.add("on");
      shownFor = mark;
    }
    for (const item of tip.firstChild.children) {
      item.classList.toggle("beside", Boolean(numbers) && !numbers.includes(item.dataset.e));
    }
    tip.hidden = false;
    place(mark, piece);
  };
  const evidenceAt = (event) => {
    const target = event.target;
    return target instanceof Element ? [target.closest("mark"), target.closest(".m")] : [null, null];
  };
  document.addEventListener("pointerover", (event) => {
    if (event.pointerType === "touch") return;
    const [mark, piece] = evidenceAt(event);
    if (mark) show(mark, piece);
    else if (shownFor && !tip.contains(event.target) && document.activeElement !== shownFor) hide();
  });
  document.addEventListener("focusin", (event) => {
    const [mark] = evidenceAt(event);
    if (mark && mark.matches(":focus-visible")) show(mark, null);
    else if (!mark) hide();
  });
  document.addEventListener("click", (event) => {
    const [mark, piece] = evidenceAt(event);
    if (mark) show(mark, piece);
    else if (!tip.contains(event.target)) hide();
  });
  addEventListener("scroll", () => { if (shownFor) place(shownFor, null); }, { passive: true });
  addEventListener("resize", hide);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") hide();
    const mark = event.target instanceof Element && event.target.closest("mark");
    if (!mark) return;
    const marks = all("mark", mark.closest(".text"));
    const forward = mark.closest("[dir]").dir === "rtl" ? "ArrowLeft" : "ArrowRight";
    const steps = { ArrowDown: 1, ArrowUp: -1, ArrowLeft: -1, ArrowRight: 1, [forward]: 1 };
    if (forward === "ArrowLeft") steps.ArrowRight = -1;
    const next = event.key in steps ? marks[marks.indexOf(mark) + steps[event.key]] : null;
    if (!next) return;
    event.preventDefault();
    for (const other of all("mark", next.closest(".src"))) other.tabIndex = other === next ? 0 : -1;
    next.focus();
    show(next, null);
  });

  /* One label's evidence alone. */
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-alone]");
    if (!button) return;
    const body = button.closest(".body");
    const pressed = button.getAttribute("aria-pressed") === "true";
    for (const other of all("[data-alone]", body)) other.setAttribute("aria-pressed", "false");
    button.setAttribute("aria-pressed", !pressed);
    body.classList.toggle("alone", !pressed);
    for (const paragraph of all(".para", body)) {
      const resting = all(".why li", paragraph).map((item) => Boolean(find(`.a${button.dataset.alone}`, item)));
      for (const piece of all(".m", paragraph)) {
        piece.classList.toggle("lit", piece.dataset.e.split(" ").some((number) => resting[number]));
      }
    }
  });

  /* The table of documents. */
  const table = find("#table");
  if (table) {
    const PAGE = 100;
    const rows = all("tbody tr", table);
    const sections = new Map(rows.map((row) => [row, document.getElementById(`d${row.dataset.number}`)]));
    const texts = new Map();
    const written = { lt: "<", gt: ">", amp: "&", "#34": '"', "#39": "'" };
    /* The words of a document that nobody has opened: its markup is this page's own. */
    const plain = (markup) => [...markup.matchAll(/class="(?:gap )?src[^>]*>(.*?)<\/(?:p|div)>/gs)]
      .map((match) => match[1].replace(/<[^>]*>/g, "")).join(" ")
      .replace(/&(lt|gt|amp|#34|#39);/g, (_, name) => written[name]);
    const textOf = (row) => {
      if (!texts.has(row)) {
        const section = sections.get(row);
        const source = find(":scope > .body > noscript", section);
        const words = source ? plain(source.textContent)
          : all(".src", section).map((part) => part.textContent).join(" ");
        texts.set(row, `${row.cells[0].textContent} ${words}`.toLocaleLowerCase());
      }
      return texts.get(row);
    };
    const controls = {
      search: find("#search"), language: find("#by-language"), label: find("#by-mark"), state: find("#by-state"),
    };
    const shown = find("#shown");
    const more = find("#more");
    let limit = PAGE;
    const grouped = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, shown.dataset.thousands);
    const filter = () => {
      const wanted = controls.search.value.trim().toLocaleLowerCase();
      let matching = 0;
      for (const row of all("tbody tr", table)) {
        const { lang, labels, states } = row.dataset;
        const fits = (!controls.language.value || lang === controls.language.value)
          && (!controls.label.value || labels.split(" ").includes(controls.label.value))
          && (!controls.state.value || states.split(" ").includes(controls.state.value))
          && (!wanted || textOf(row).includes(wanted));
        matching += fits;
        row.hidden = !fits || matching > limit;
        sections.get(row).hidden = !fits;
      }
      more.hidden = matching <= limit;
      shown.textContent = shown.dataset.text
        .replace("{some}", grouped(matching)).replace("{all}", grouped(rows.length));
    };
    const begin = () => { limit = PAGE; filter(); };
    let waiting = 0;
    controls.search.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(begin, 150);
    });
    for (const name of ["language", "label", "state"]) controls[name].addEventListener("change", begin);
    const form = find("#filter");
    form.addEventListener("submit", (event) => { event.preventDefault(); begin(); });
    form.addEventListener("reset", () => setTimeout(begin));
    more.addEventListener("click", () => { limit += PAGE; filter(); });
    document.addEventListener("click", (event) => {
      const origin = event.target.closest("[data-filter]");
      if (!origin) return;
      controls.label.value = origin.dataset.filter;
      begin();
      if (!origin.matches("a")) find("#documents").scrollIntoView();
    });

    const compare = new Intl.Collator(root.lang, { numeric: true }).compare;
    const list = find("#list");
    for (const heading of all("[data-sort]", table)) {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...heading.childNodes);
      heading.append(button);
      button.addEventListener("click", () => {
        const key = heading.dataset.sort;
        const before = heading.getAttribute("aria-sort");
        const text = key === "id" || key === "lang";
        const falling = before ? before === "ascending" : !text;
        const value = (row) => key === "id" ? row.cells[0].textContent : row.dataset[key];
        const order = (one, other) => text ? compare(value(one), value(other)) : value(one) - value(other);
        rows.sort((one, other) => (falling ? -order(one, other) : order(one, other))
          || one.dataset.number - other.dataset.number);
        for (const other of all("[aria-sort]", table)) other.removeAttribute("aria-sort");
        heading.setAttribute("aria-sort", falling ? "descending" : "ascending");
        table.tBodies[0].append(...rows);
        list.append(...rows.map((row) => sections.get(row)));
        filter();
      });
    }
    find("#open-all").addEventListener("click", () => {
      all("details.doc", list).filter((details) => !details.hidden).forEach(open);
    });
    find("#close-all").addEventListener("click", () => {
      all("details.doc[open]", list).forEach((details) => { details.open = false; });
    });
    begin();
  }
  root.classList.add("ready");
  reveal();
})();
