/* Why: docs/browser.md */
export default async (app) => {
  const { $, all, store, site } = app;
  const act = await app.load("actions");
  const signin = $("#signin");
  const minutes = 6e5;
  let attempt, timer, again;

  const secret = () => {
    const bytes = String.fromCharCode(...crypto.getRandomValues(new Uint8Array(32)));
    return btoa(bytes).replace(/[+/=]/g, (c) => ({ "+": "-", "/": "_" })[c] ?? "");
  };
  const json = async (path, body) => {
    const headers = { "Content-Type": "application/json", ...app.auth() };
    const answer = await fetch(path, { method: "POST", headers, body: JSON.stringify({ site, ...body }) });
    return answer.status === 204 ? {} : answer.json();
  };
  const stored = () => {
    try {
      return !!localStorage;
    } catch {
      return false;
    }
  };

  /* The next click's secret is in the form before the click. */
  const renew = () => {
    let field = signin.elements.secret;
    if (!field) {
      field = act.make("input", { type: "hidden", name: "secret" });
      signin.append(field);
      app.root.classList.add("ready");
      if (!stored()) told("This browser keeps nothing for embedded pages: after a reload you will have to sign in again.");
    }
    field.value = secret();
  };
  const told = (text) => {
    const who = $(".write .who");
    if (!who) return;
    $(".told", who)?.remove();
    if (!text) return;
    who.insertAdjacentHTML("beforeend", '<p class="told" role="status"></p>');
    $(".told", who).textContent = text;
  };
  const connecting = (name) => {
    const who = $(".write .who");
    $(".connecting", who)?.remove();
    who.classList.toggle("busy", !!name);
    $(".write .post").disabled = !!name; // as whom, is open
    if (!name) return;
    who.insertAdjacentHTML("beforeend", '<p class="connecting" role="status"><span></span> <button class="stop link" type="button">Cancel</button></p>');
    $(".connecting span", who).textContent = `Connecting to ${name}…`;
    $(".stop", who).focus();
  };

  const end = (text) => {
    attempt = null;
    clearTimeout(timer);
    store("attempt", null);
    connecting();
    told(text);
  };
  const redeem = async () => {
    clearTimeout(timer);
    const mine = attempt;
    if (!mine || mine.asks) return;
    if (Date.now() - mine.time > minutes) return end("That took longer than ten minutes. Please try again.");
    if (document.visibilityState === "visible") {
      mine.asks = true;
      const answer = await json("/auth/redeem", { secret: mine.secret }).catch(() => ({ status: "waiting" }));
      mine.asks = false;
      if (mine !== attempt) return;
      if (answer.status === "done") {
        if (answer.token) store("token", answer.token);
        end();
        await app.ask().catch(() => {});
        app.tell("signin");
        act.say(`You are signed in as ${app.me.person?.name ?? ""}.`);
        $(".write textarea")?.focus({ preventScroll: true });
        return;
      }
      if (answer.status !== "waiting") {
        const text = { cancelled: "The sign-in was cancelled.", expired: "That took too long. Please try again." };
        return end(answer.message ?? answer.error?.message ?? text[answer.status] ?? "The sign-in did not work. Please try again.");
      }
    }
    timer = setTimeout(redeem, 1000);
  };
  const soon = () => attempt && redeem();
  addEventListener("focus", soon);
  document.addEventListener("visibilitychange", soon);

  signin.addEventListener("submit", ({ submitter }) => {
    attempt = { secret: signin.elements.secret.value, name: submitter.title, time: Date.now() };
    store("attempt", attempt);
    told();
    connecting(attempt.name);
    timer = setTimeout(redeem, 1000);
    setTimeout(renew); // after the form has taken the old one with it
  });

  return {
    prepare: () => signin.elements.secret || renew(),
    stop() {
      const { secret } = attempt ?? {};
      end();
      $(".write .icons button")?.focus();
      if (secret) json("/auth/cancel", { secret }).catch(() => {});
    },
    /* The frame was loaded again while a window was open. */
    async resume() {
      const kept = store("attempt");
      if (!kept || Date.now() - kept.time > minutes) return store("attempt", null);
      attempt = kept;
      await app.run("composer", "open", $(".write"));
      connecting(kept.name);
      redeem();
    },
    /* A token of the site's own accounts, or nothing */
    async sso(token) {
      clearTimeout(again);
      if (!token) return app.me.person?.sso && this.out();
      const answer = await json("/auth/sso", { token }).catch(() => ({}));
      if (answer.status !== "done") return app.tell("error", { message: answer.error?.message ?? "The connection failed." });
      if (answer.token) store("token", answer.token);
      again = setTimeout(() => app.tell("sso"), (answer.seconds - 300) * 1000);
      const before = app.me.person?.name;
      await app.ask().catch(() => {});
      if (app.me.person?.name !== before) app.tell("signin");
    },
    async out() {
      try {
        await json("/auth/logout", {});
      } catch {
        return act.note($(".write"), "The connection failed. You are still signed in.");
      }
      store("token", null);
      await app.ask().catch(() => {});
      app.tell("signout");
      act.say("You are logged out.");
      $(".write textarea")?.focus({ preventScroll: true });
    },
  };
};
