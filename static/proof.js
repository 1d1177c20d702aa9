/* Proof of work: tries one number after another until the key that it makes begins as the server asks. Browsers derive
   keys beside the page, which stays as quick as it is. Loaded when the server asks. Why: docs/spam.md */
export default async (app) => {
  const act = await app.load("actions");
  const bytes = (hex) => Uint8Array.from(hex.match(/../g), (pair) => parseInt(pair, 16));
  const hex = (buffer) => [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, "0")).join("");

  const derive = async ({ nonce, salt, cost, keyLength }, counter) => {
    const password = new Uint8Array([...bytes(nonce), ...[24, 16, 8, 0].map((shift) => counter >> shift)]);
    const key = await crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
    const how = { name: "PBKDF2", hash: "SHA-256", salt: bytes(salt), iterations: cost };
    return { counter, derivedKey: hex(await crypto.subtle.deriveBits(how, key, keyLength * 8)) };
  };
  const search = async ({ parameters }, cancelled) => {
    for (let counter = 0; ; counter += 4) {
      if (cancelled()) throw { message: "Your comment was not sent. It is kept here." };
      const tried = await Promise.all([0, 1, 2, 3].map((more) => derive(parameters, counter + more)));
      const found = tried.find(({ derivedKey }) => derivedKey.startsWith(parameters.keyPrefix));
      if (found) return found;
    }
  };

  return {
    /* What is sent as `proof`: the solution, or "-" where a browser derives no keys (a page that came without https). */
    async solve(form, challenge) {
      if (!crypto.subtle) return "-";
      let cancelled = false;
      const line = Object.assign(document.createElement("p"), { className: "told", textContent: "Your browser does a short calculation, to keep machines out. " });
      const button = Object.assign(document.createElement("button"), { className: "link", type: "button", textContent: "Cancel" });
      button.onclick = () => (cancelled = true);
      line.append(button);
      app.$(".go", form).before(line);
      act.say(line.firstChild.data);
      try {
        return btoa(JSON.stringify({ challenge, solution: await search(challenge, () => cancelled) }));
      } finally {
        if (line.contains(document.activeElement)) app.$(".post", form).focus();
        line.remove();
      }
    },
  };
};
