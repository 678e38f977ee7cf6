// Shows the copy buttons and makes them copy. Without a script the line can be selected as text.
"use strict";

for (const button of document.querySelectorAll("button[data-copy]")) {
  const source = document.getElementById(button.dataset.copy);
  const said = button.parentElement.querySelector("[data-copied]");
  if (!source || !navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(source.textContent);
      button.textContent = "Copied";
      said.textContent = "Copied to the clipboard";
    } catch {
      getSelection().selectAllChildren(source);
      said.textContent = "Copying is not allowed here; the line is selected";
    }
    setTimeout(() => {
      button.textContent = "Copy";
      said.textContent = "";
    }, 2500);
  });
}
