/* Why: docs/browser.md */
export default async (app) => {
  const { $, all, store, home } = app;
  const act = await app.load("actions");
  const form = $(".write:not(.edit)");
  const drafts = "drafts:" + home.dataset.page;
  const saved = () => store(drafts) ?? {};
  const draft = (parent) => saved()[parent] ?? {};
  const keep = (parent, value) => {
    const list = saved();
    if (value) list[parent] = value;
    else delete list[parent];
    store(drafts, list);
  };
  const parent = () => form.elements.parent.value;
  const text = (of) => of.elements.text;

  /* Formatting: around the selection, or before its lines */
  const tools = [
    ["B", "Bold", "**", "b"],
    ["I", "Italic", "_", "i"],
    ["Quote", "Quote", "> "],
    ["Code", "Code", "`", "e"],
    ["Link", "Link", "[", "k"],
    ["List", "List", "- "],
  ];
  const format = (area, [, , mark]) => {
    const { value, selectionStart: start, selectionEnd: end } = area;
    const picked = value.slice(start, end);
    const lines = /^(> |- )$/.test(mark);
    let put = mark + picked + mark;
    if (mark === "`" && picked.includes("\n")) put = "```\n" + picked + "\n```";
    if (mark === "[") put = /^https?:\S+$/.test(picked) ? `[](${picked})` : `[${picked}](https://)`;
    if (lines) put = (start && value[start - 1] !== "\n" ? "\n" : "") + picked.replace(/^/gm, mark);
    area.focus();
    // Keeps the browser's undo, but in Firefox before 89.
    if (!document.execCommand("insertText", false, put)) area.setRangeText(put, start, end, "end");
    if (!picked && !lines) area.selectionStart = area.selectionEnd = start + (mark === "[" ? 1 : mark.length);
    if (mark === "[" && picked) {
      const inside = start + (put.startsWith("[]") ? 1 : picked.length + 3);
      area.setSelectionRange(inside, put.startsWith("[]") ? inside : start + put.length - 1);
    }
  };

  /* A form as written by the server becomes one in use. */
  const open = (of) => {
    of.classList.add("open");
    if ($(".tools", of)) return;
    const area = text(of);
    const bar = act.make("span", { className: "tools", role: "group", ariaLabel: "Formatting" });
    for (const tool of tools) {
      const [textContent, title] = tool;
      bar.append(act.make("button", { type: "button", textContent, title, ariaLabel: title, onclick: () => format(area, tool) }));
    }
    $(".text", of).after(bar);
    of.addEventListener("keydown", (event) => {
      const tool = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && tools.find((other) => other[3] === event.key);
      if (tool && event.target === area) format(area, tool);
      else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) $(".post", of).click();
      else if (event.key === "Escape" && $(".cancel", of)) $(".cancel", of).click();
      else return;
      event.preventDefault();
    });
    if (of !== form) return;
    for (const [name, value] of Object.entries(store("guest") ?? {})) if (of.elements[name]) of.elements[name].value ||= value;
    const remember = () => {
      keep(parent(), area.value && { ...draft(parent()), text: area.value });
      const guest = $(".guest", of);
      if (guest) store("guest", Object.fromEntries([...guest.elements].map((field) => [field.name, field.value])));
    };
    of.addEventListener("input", remember);
    if (area.value) remember(); // typed before this script came
    if (!app.alone && $("[form=signin]")) app.run("signin", "prepare");
  };

  /* Under a comment, or at its own place again */
  const title = (...words) => $("h3 span", form).replaceChildren(...words);
  const move = (li) => {
    if (text(form).value) keep(parent(), { ...draft(parent()), text: text(form).value }); // typed before this script came
    form.elements.parent.value = li ? act.id(li) : "";
    $(".cancel", form)?.remove();
    unsee(form);
    clear(form);
    if (li) {
      title("Leave a Reply to ", act.make("bdi", { textContent: $("b", li).textContent }));
      $("h3", form).insertAdjacentHTML("beforeend", ' <a class="cancel" href="#respond">Cancel reply</a>');
      $("article", li).after(form);
    } else {
      title("Leave a comment");
      $("#respond").append(form);
    }
    text(form).value = draft(parent()).text ?? "";
    store("at:" + home.dataset.page, li ? act.id(li) : null);
    open(form);
  };
  const cancel = (of) => {
    const li = act.item(of);
    if (of === form) {
      move(null);
      if (!text(form).value) form.classList.remove("open");
      if (li) act.back(li, ".reply");
      else text(form).focus();
    } else {
      $(".body", li).hidden = $(".acts", li).hidden = false;
      of.remove();
      act.back(li, ".edit");
    }
  };

  /* Errors at their fields */
  const clear = (of) => {
    act.note(of);
    for (const field of all("[aria-invalid]", of)) field.ariaInvalid = null;
    for (const sentence of all("label em", of)) sentence.remove();
  };
  const blame = (of, { message, fields = {} }) => {
    clear(of);
    let first;
    for (const field of of.elements) {
      const sentence = fields[field.name];
      if (!sentence || !field.labels?.length) continue;
      field.ariaInvalid = "true";
      field.labels[0].append(act.make("em", { textContent: sentence }));
      first ??= field;
    }
    if (first) first.focus();
    else act.note(of, message);
  };

  const unsee = (of) => $(".seen", of)?.remove();
  const preview = async (of) => {
    unsee(of);
    const part = await act.fragment(app.address, act.fields("preview", { text: text(of).value }));
    const box = act.make("div", { className: "seen body", dir: "auto", role: "region", ariaLabel: "Preview" });
    box.append(part);
    $(".rest", of).before(box);
  };

  /* A second try of the same has the same key. */
  const pause = (seconds) =>
    new Promise((go) => {
      setTimeout(go, seconds * 1000);
      addEventListener("online", go, { once: true });
    });
  const send = async (of, body) => {
    text(of).readOnly = true;
    for (let wait = 1; ; wait *= 2) {
      try {
        return await act.fragment(app.address, body);
      } catch (error) {
        if (error.code === "proof_needed" && !body.has("proof")) {
          const part = await app.load("proof").catch(() => null);
          body.set("proof", part ? await part.solve(of, error.challenge) : "-");
          continue;
        }
        const lost = error.status === 0 || error.status === 502 || error.status === 504;
        if (!lost) throw error;
        if (wait > 32) throw { message: "The connection is still lost. Your comment is kept here; post it again later. It will not appear twice." };
        act.note(of, "The connection was lost. Your comment is kept and is being sent again; it will not appear twice.");
        await pause(wait);
      }
    }
  };
  const post = async () => {
    const at = parent();
    const body = new URLSearchParams(new FormData(form));
    for (const name of ["key", "action"]) body.delete(name);
    body.set("title", app.title ?? body.get("title") ?? "");
    const sent = String(body);
    const old = draft(at);
    const key = old.sent === sent ? old.key : crypto.randomUUID();
    keep(at, { text: text(form).value, key, sent });
    body.set("key", key);
    body.set("action", "post");
    const part = await send(form, body);
    keep(at);
    text(form).value = "";
    move(null);
    form.classList.remove("open");
    const li = $("li", part);
    const status = li.dataset.status ?? "approved";
    if (status === "approved" && !act.find(act.id(li))) act.count(1);
    act.place(li);
    app.tell("comment", { id: act.id(li), status });
    act.show(li);
    act.say(status === "pending" ? "Your comment waits for a moderator." : "Your comment was posted.");
    app.ask().catch(() => {});
  };
  const save = async (of) => {
    const li = act.item(of);
    const part = await send(of, act.fields("edit", { comment: act.id(li), text: text(of).value }));
    const mine = app.me.own?.find((own) => own.id === act.id(li));
    if (mine) mine.text = text(of).value;
    const held = $(".held", part);
    if (held && !li.dataset.status) act.count(-1);
    if (held) li.dataset.status = "pending";
    $("article", li).replaceWith(part);
    act.show(li);
    act.say(held ? "Your comment waits for a moderator." : "Your comment was changed.");
  };

  const busy = async (of, work) => {
    if (of.ariaBusy === "true") return;
    of.ariaBusy = "true";
    clear(of);
    try {
      await work(of);
      clear(of);
    } catch (error) {
      blame(of, error);
    }
    text(of).readOnly = false;
    of.ariaBusy = "false";
  };
  /* What is being sent stays where it is. */
  const idle = (work) => (target) => ((target.closest(".write") ?? form)?.ariaBusy === "true" ? act.say("Your comment is being sent.") : work(target));

  return {
    open(target) {
      open(target.closest(".write"));
    },
    jump: idle(() => {
      if (act.item(form)) move(null);
      open(form);
      act.reveal(form);
      text(form).focus({ preventScroll: true });
    }),
    reply: idle((link) => {
      if (!form) return location.assign(link.href);
      const li = act.item(link);
      if (li.contains(form) && act.item(form) === li) return cancel(form);
      move(li);
      act.reveal(form);
      text(form).focus({ preventScroll: true });
    }),
    cancel: idle((link) => {
      const of = link.closest(".write");
      if (of !== form && !$(".body[hidden]", act.item(of))) return location.assign(link.href);
      cancel(of);
    }),
    edit: act.tried(async (link) => {
      const li = act.item(link);
      const own = app.me.own?.find((other) => other.id === act.id(li));
      const source = own?.text ?? $(".write textarea", await act.whole(link.href)).value;
      const of = act.make("form", { className: "write edit" });
      of.innerHTML =
        '<label class="text"><span class="vh">Comment</span><textarea name="text" rows="5" dir="auto" required></textarea></label><div class="rest"><p class="go"><button class="post">Save</button> <button class="preview">Preview</button> <a class="cancel" href="#">Cancel</a></p></div>';
      text(of).value = source;
      $(".body", li).before(of);
      $(".body", li).hidden = $(".acts", li).hidden = true;
      open(of);
      text(of).focus();
    }),
    post(button) {
      if (button.form.reportValidity()) return busy(button.form, button.form === form ? post : save);
    },
    preview: (button) => busy(button.form, preview),
    /* After a reload */
    restore() {
      if (!form) return;
      const at = store("at:" + home.dataset.page);
      if (act.item(form)) open(form);
      else if (at && draft(at).text && act.find(at)) move(act.find(at));
      else if (draft("").text) move(null);
    },
  };
};
