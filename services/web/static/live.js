// Keeps the parts of a page that are marked data-live up to date. Without it the page works and reloads itself.
"use strict";

const lost = document.getElementById("lost");

let changed = Date.now();

function swap(old, fresh) {
  changed = Date.now();
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  const keep = [...old.querySelectorAll("textarea, select, details, input[type=checkbox]")].filter((e) => e.id);
  old.replaceWith(fresh);
  for (const before of keep) {
    const after = document.getElementById(before.id);
    if (!after) continue;
    if (before.tagName === "TEXTAREA" && before.value) after.value = before.value;
    if (before.tagName === "SELECT") after.value = before.value;
    if (before.tagName === "DETAILS") after.open = before.open;
    if (before.tagName === "INPUT") after.checked = before.checked;
  }
  if (!focused?.id) return;
  const after = document.getElementById(focused.id);
  after?.focus({ preventScroll: true });
  if (after?.setSelectionRange && focused.tagName === "TEXTAREA") after.setSelectionRange(focused.selectionStart, focused.selectionEnd);
}

async function refresh() {
  const answer = await fetch(location.pathname + location.search, { cache: "no-store", credentials: "same-origin" });
  if (answer.status === 401 || answer.status === 404) return location.reload();
  if (!answer.ok) throw new Error(answer.status);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  document.title = page.title;
  for (const old of document.querySelectorAll("[data-live]")) {
    const fresh = page.getElementById(old.id);
    if (fresh && fresh.dataset.live !== old.dataset.live) swap(old, document.importNode(fresh, true));
  }
}

function follow(address) {
  const stream = new EventSource(address);
  const connected = (yes) => lost && (lost.hidden = yes);
  stream.addEventListener("changed", () => refresh().then(() => connected(true), () => connected(false)));
  stream.onopen = () => connected(true);
  stream.onerror = () => {
    connected(false);
    if (stream.readyState === EventSource.CLOSED) setTimeout(() => follow(address), 5000);
  };
}

function poll() {
  const seconds = Date.now() - changed < 60_000 ? 2 : 10;
  setTimeout(() => (document.hidden ? Promise.resolve() : refresh()).catch(() => {}).then(poll), seconds * 1000);
}

const streaming = document.querySelector("[data-stream]");
if (streaming) follow(streaming.dataset.stream);
else poll();
