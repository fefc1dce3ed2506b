// Development only: answers /api/v1 (docs/contracts.md) from memory, so that the page can be worked on without the service.
// `npm run stub`, then `npm run dev`. The tests run against the real gateway, never against this.
import { randomBytes } from "node:crypto";
import { createServer } from "node:http";

const port = Number(process.env.STUB_PORT ?? 18311);
const conversations = new Map();

const json = (response, status, body) => {
  response.writeHead(status, { "Content-Type": "application/json" });
  response.end(JSON.stringify(body));
};
const error = (response, status, code, zh, en) => json(response, status, { error: { code, message: { zh, en } } });
const reply = (conversation, text, more = {}) => ({
  seq: ++conversation.seq, author: "bot", language: conversation.variety, text, buttons: [], cards: [], sources: [],
  act: "", topic: "", escalation: { level: "none", reasons: [] }, ...more,
});

function emit(conversation, event, data) {
  if (event !== "state") conversation.log.push([event, data]);
  for (const listener of conversation.listeners) write(listener, event, data);
}
function write(response, event, data) {
  response.write(`${event === "state" ? "" : `id: ${data.seq}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
}
const state = (c) => ({ owner: c.owner, counsellor_name: c.owner === "human" ? "林小姐" : null, case_id: null, variety: c.variety, chosen: c.chosen });

function greeting(conversation) {
  const en = conversation.variety === "en";
  return reply(conversation, en ? "Hello, I am an **automatic program**, not a person.\nJust write your question." : "您好，我是**自動程式**，不是真人。\n請直接打字問我，隨時可以說「真人」找輔導員。", {
    buttons: en ? [{ title: "How much is it?", payload: "/topic ui_amount" }, { title: "Talk to a person", payload: "/human" }] : [{ title: "可以領多少", payload: "/topic ui_amount" }, { title: "找真人輔導員", payload: "/human" }],
  });
}
function answer(c, text, payload) {
  if (payload?.startsWith("/language ")) {
    c.variety = payload.slice(10);
    c.chosen = true;
    emit(c, "state", state(c));
    return reply(c, c.variety === "en" ? "From now on I answer in English." : "接下來我用中文回答。");
  }
  if (payload === "/human") {
    c.owner = "queued";
    emit(c, "state", state(c));
    return reply(c, "已排入輔導員的等候名單，您前面有 0 位。", { author: "system" });
  }
  return reply(c, `每月是離職退保前6個月平均月投保薪資的60%。\n\n決定：勞保局。電話 02-2396-1266，1955（24小時）。\n\n您問的是：${text}`, {
    cards: [{ type: "details", title: "看詳細說明", text: "- 每月金額＝平均月投保薪資 × 60%。\n- 最高 NT$45,800。\n\n請看 https://www.bli.gov.tw/ 的說明。" }],
    sources: [{ title: "就業保險法第16條", url: "https://www.bli.gov.tw/en/0016409.html" }, { title: "就業保險法第38條", url: "" }],
    buttons: [{ title: "看詳細說明", payload: "/more ui_amount" }, { title: "可以領多久", payload: "/topic ui_duration" }],
  });
}

createServer((request, response) => {
  const url = new URL(request.url, "http://stub");
  const [, id, rest] = /^\/api\/v1\/conversations(?:\/([0-9a-f]+)(?:\/(\w+))?)?$/.exec(url.pathname) ?? [];
  let raw = "";
  request.on("data", (piece) => (raw += piece));
  request.on("end", () => {
    const body = raw ? JSON.parse(raw) : {};
    if (request.method === "POST" && url.pathname === "/api/v1/conversations") {
      const c = { id: randomBytes(16).toString("hex"), token: randomBytes(16).toString("hex"), variety: body.language ?? "zh-Hant", chosen: false, owner: "bot", seq: 0, log: [], listeners: new Set(), seen: new Map() };
      conversations.set(c.id, c);
      const first = greeting(c);
      emit(c, "reply", first);
      return json(response, 201, { id: c.id, token: c.token, language: c.variety, replies: [first] });
    }
    const c = conversations.get(id);
    if (!c || request.headers.authorization !== `Bearer ${c.token}`) return error(response, 404, "JS-ACC-001", "找不到這段對話。", "This conversation does not exist.");
    if (rest === "messages") {
      if (c.seen.has(body.client_message_id)) return json(response, 202, { inbox_id: 1, seq: c.seen.get(body.client_message_id), duplicate: true });
      const own = { seq: ++c.seq, author: "jobseeker", text: body.text, client_message_id: body.client_message_id, at: new Date().toISOString() };
      c.seen.set(body.client_message_id, own.seq);
      emit(c, "own", own);
      setTimeout(() => emit(c, "reply", answer(c, body.text, body.payload)), 600);
      return json(response, 202, { inbox_id: own.seq, seq: own.seq, duplicate: false });
    }
    if (rest === "events") {
      response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
      write(response, "state", state(c));
      for (const [event, data] of c.log) if (data.seq > Number(url.searchParams.get("after") ?? 0)) write(response, event, data);
      c.listeners.add(response);
      const beat = setInterval(() => response.write(": keep-alive\n\n"), 15_000);
      response.on("close", () => (c.listeners.delete(response), clearInterval(beat)));
      return undefined;
    }
    return json(response, 200, { id: c.id, language: c.variety, chosen: c.chosen, owner: c.owner, last_seq: c.seq });
  });
}).listen(port, "127.0.0.1", () => process.stdout.write(`stub gateway on http://127.0.0.1:${port}\n`));
