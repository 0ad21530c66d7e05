"use strict";
/* The slider of a board moves the date field beside it; without this script the field alone does the same. */
(() => {
  const DAY = 86_400_000;
  const dayOf = (slider) => {
    const day = new Date(Date.parse(slider.dataset.first) + Number(slider.value) * DAY);
    return day.toISOString().slice(0, 10).split("-").reverse().join("/");
  };
  const told = (slider) => {
    const words = dayOf(slider);
    slider.setAttribute("aria-valuetext", words);
    slider.closest("form").elements.ngay.value = Number(slider.value) === Number(slider.max) ? "" : words;
    slider.form.querySelector("[data-day-shown]").textContent = words;
  };
  document.addEventListener("input", (event) => {
    if (event.target.matches("[data-first]")) told(event.target);
  });
  document.addEventListener("change", (event) => {
    if (!event.target.matches("[data-first]")) return;
    told(event.target);
    event.target.form.requestSubmit();
  });
  document.documentElement.classList.add("slides-days");
})();
