"use strict";
/* Before anything is drawn: that scripts run, and the theme that the reader chose last time. */
document.documentElement.classList.add("js");
try {
  const theme = localStorage.getItem("wsis-sdg-annotator-theme");
  if (["light", "dark"].includes(theme)) document.documentElement.dataset.theme = theme;
} catch { /* storage is not allowed here */ }
