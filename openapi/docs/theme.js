// SPDX-License-Identifier: Apache-2.0
// Runs before the page is drawn, so that nobody who chose dark sees a flash of white.
"use strict";
try {
  const theme = localStorage.getItem("theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch { /* storage is forbidden: the system's choice it is */ }
