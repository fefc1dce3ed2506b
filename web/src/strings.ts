// Every word of the chat's own interface, in the three varieties. What the assistant says comes from the server.
// Rules: plain words, nothing that is not true, no promise. "{name}" is filled in.

export const LANGUAGES = ["zh-Hant", "zh-Hans", "en"] as const;
export type Language = (typeof LANGUAGES)[number];

/** The value of the HTML `lang` attribute: picks the right glyphs for Han characters and the right voice. */
export const HTML_LANG: Record<Language, string> = { "zh-Hant": "zh-Hant-TW", "zh-Hans": "zh-Hans", en: "en" };

const zhHant = {
  title: "求職小幫手",
  subtitleBot: "自動程式，不是真人",
  subtitleQueued: "輔導員還沒接手，程式先回答",
  subtitleHuman: "輔導員{name}正在回覆您",
  noticeProgram: "和您對話的是電腦程式，不是真人。它說明一般規定，也可能讀錯您的意思。",
  noticeDecides: "能不能領、領多少，由就業中心或勞保局決定，不是這個程式。",
  noticePerson: "想找真人：按「找真人」，或打就業服務專線",
  noticeLabel: "使用前請先知道",
  talkToPerson: "找真人",
  talkToPersonQueued: "已在排隊等真人",
  talkToPersonHuman: "輔導員已接手",
  language: "語言",
  conversation: "對話內容",
  you: "您",
  bot: "小幫手（程式）",
  counsellor: "輔導員",
  counsellorNamed: "輔導員 {name}",
  system: "系統訊息",
  sources: "依據",
  newTab: "（另開新視窗）",
  choices: "可以選的回答",
  write: "輸入訊息",
  placeholder: "在這裡寫",
  send: "送出",
  keysHint: "按 Enter 送出，Shift + Enter 換行",
  left: "還可以寫 {count} 字",
  tooLong: "超過 {count} 字。一則最多 4,000 字，請分成幾則送出。",
  sending: "傳送中",
  waitingToSend: "還沒送出，連上線後會自動送出",
  notSent: "沒有送出",
  editAgain: "放回輸入框修改",
  remove: "刪除這則",
  preparing: "程式正在準備回答",
  preparingLong: "這次比較久。您的訊息已經收到，不用重送。",
  connecting: "連線中",
  connectionLost: "連線中斷，正在重新連線。您可以繼續打字，連上後會自動送出。",
  offline: "目前沒有網路。您可以繼續打字，恢復後會自動送出。要馬上找人，請撥",
  unreachable: "現在連不上服務，會一直重試。要馬上找人，請撥",
  backOnline: "已重新連線。",
  startedAnew: "找不到先前的對話，已經開始新的對話。還沒送出的文字都保留著。",
  clearedElsewhere: "這段對話已在另一個分頁清除或結束，這裡也開始新的對話。",
  notKept: "這個瀏覽器不允許保存資料，關閉或重新整理頁面後，這裡看不到先前的對話。",
  storageFull: "這個瀏覽器的儲存空間滿了，訊息送出前請不要關閉頁面。",
  newMessages: "有新訊息",
  details: "詳細說明",
  clear: "清除這台裝置上的對話",
  clearSure: "確定清除？這裡的對話會消失，還沒送出的文字也會。已送出的訊息，服務單位仍有保存。",
  clearYes: "清除",
  clearNo: "不要清除",
  cleared: "已從這台裝置清除，並開始新的對話。",
  cardEmployer: "雇主",
  cardPlace: "地點",
  cardPay: "薪資",
  cardHours: "工時",
  cardPosted: "刊登日期",
  cardSource: "資料來源",
  cardProvider: "開課單位",
  cardStarts: "開課",
  cardCourseHours: "時數",
  cardFee: "費用",
  cardSubsidy: "補助",
  cardCredential: "結訓可得",
  cardWhy: "為什麼推薦這個職缺",
  cardMissing: "還缺什麼",
  cardChanges: "什麼會改變結果",
  cardShared: "您已經會的",
  cardRemove: "移除「{label}」",
  cardCompare: "並排比較",
  cardActions: "「{title}」可以做的事",
  errorUnknown: "發生問題，請稍後再試。",
  errorTooMany: "送得太快了，{seconds} 秒後會自動再送。",
  errorRefused: "這則訊息無法送出。",
} as const;

export type StringKey = keyof typeof zhHant;
type Strings = Record<StringKey, string>;

const zhHans: Strings = {
  title: "求职小帮手",
  subtitleBot: "自动程序，不是真人",
  subtitleQueued: "辅导员还没接手，程序先回答",
  subtitleHuman: "辅导员{name}正在回复您",
  noticeProgram: "和您对话的是电脑程序，不是真人。它说明一般规定，也可能读错您的意思。",
  noticeDecides: "能不能领、领多少，由就业中心或劳保局决定，不是这个程序。",
  noticePerson: "想找真人：按“找真人”，或打就业服务专线",
  noticeLabel: "使用前请先知道",
  talkToPerson: "找真人",
  talkToPersonQueued: "已在排队等真人",
  talkToPersonHuman: "辅导员已接手",
  language: "语言",
  conversation: "对话内容",
  you: "您",
  bot: "小帮手（程序）",
  counsellor: "辅导员",
  counsellorNamed: "辅导员 {name}",
  system: "系统消息",
  sources: "依据",
  newTab: "（打开新窗口）",
  choices: "可以选的回答",
  write: "输入消息",
  placeholder: "在这里写",
  send: "发送",
  keysHint: "按 Enter 发送，Shift + Enter 换行",
  left: "还可以写 {count} 字",
  tooLong: "超过 {count} 字。一条最多 4,000 字，请分成几条发送。",
  sending: "发送中",
  waitingToSend: "还没发送，连上后会自动发送",
  notSent: "没有发送",
  editAgain: "放回输入框修改",
  remove: "删除这条",
  preparing: "程序正在准备回答",
  preparingLong: "这次比较久。您的消息已经收到，不用重发。",
  connecting: "连接中",
  connectionLost: "连接中断，正在重新连接。您可以继续打字，连上后会自动发送。",
  offline: "目前没有网络。您可以继续打字，恢复后会自动发送。要马上找人，请拨",
  unreachable: "现在连不上服务，会一直重试。要马上找人，请拨",
  backOnline: "已重新连接。",
  startedAnew: "找不到先前的对话，已经开始新的对话。还没发送的文字都保留着。",
  clearedElsewhere: "这段对话已在另一个标签页清除或结束，这里也开始新的对话。",
  notKept: "这个浏览器不允许保存数据，关闭或刷新页面后，这里看不到先前的对话。",
  storageFull: "这个浏览器的存储空间满了，消息发送前请不要关闭页面。",
  newMessages: "有新消息",
  details: "详细说明",
  clear: "清除这台设备上的对话",
  clearSure: "确定清除？这里的对话会消失，还没发送的文字也会。已发送的消息，服务单位仍有保存。",
  clearYes: "清除",
  clearNo: "不要清除",
  cleared: "已从这台设备清除，并开始新的对话。",
  cardEmployer: "雇主",
  cardPlace: "地点",
  cardPay: "薪资",
  cardHours: "工时",
  cardPosted: "发布日期",
  cardSource: "资料来源",
  cardProvider: "开课单位",
  cardStarts: "开课",
  cardCourseHours: "课时",
  cardFee: "费用",
  cardSubsidy: "补助",
  cardCredential: "结业可得",
  cardWhy: "为什么推荐这个职位",
  cardMissing: "还缺什么",
  cardChanges: "什么会改变结果",
  cardShared: "您已经会的",
  cardRemove: "移除“{label}”",
  cardCompare: "并排比较",
  cardActions: "“{title}”可以做的事",
  errorUnknown: "发生问题，请稍后再试。",
  errorTooMany: "发得太快了，{seconds} 秒后会自动再发。",
  errorRefused: "这条消息无法发送。",
};

const en: Strings = {
  title: "Job assistant",
  subtitleBot: "A program, not a person",
  subtitleQueued: "No counsellor yet; the program answers meanwhile",
  subtitleHuman: "Counsellor {name} is answering you",
  noticeProgram: "This is a computer program, not a person. It explains general rules and can misread you.",
  noticeDecides: "Your benefit is decided by the employment centre or the Bureau of Labor Insurance, not here.",
  noticePerson: "For a person, press “Talk to a person” or call",
  noticeLabel: "Before you start",
  talkToPerson: "Talk to a person",
  talkToPersonQueued: "Waiting for a person",
  talkToPersonHuman: "A counsellor is here",
  language: "Language",
  conversation: "Conversation",
  you: "You",
  bot: "Assistant (program)",
  counsellor: "Counsellor",
  counsellorNamed: "{name}, counsellor",
  system: "System message",
  sources: "Sources",
  newTab: "(opens in a new tab)",
  choices: "Answers to choose from",
  write: "Your message",
  placeholder: "Write here",
  send: "Send",
  keysHint: "Enter sends, Shift + Enter starts a new line",
  left: "{count} characters left",
  tooLong: "{count} characters too many. One message holds up to 4,000; please send it in parts.",
  sending: "Sending",
  waitingToSend: "Not sent yet. It is sent as soon as you are connected.",
  notSent: "Not sent",
  editAgain: "Put back into the box",
  remove: "Delete this message",
  preparing: "The program is preparing an answer",
  preparingLong: "This takes longer than usual. Your message has arrived; there is no need to send it again.",
  connecting: "Connecting",
  connectionLost: "The connection was lost; reconnecting. You can go on writing. It is sent when you are connected again.",
  offline: "You are offline. You can go on writing; it is sent when the network is back. To reach someone now, call",
  unreachable: "The service cannot be reached right now. We keep trying. To reach someone now, call",
  backOnline: "Connected again.",
  startedAnew: "The earlier conversation was not found, so a new one has started. Text that was not sent is kept.",
  clearedElsewhere: "This conversation was cleared or ended in another tab, so a new one has started here too.",
  notKept: "This browser does not allow pages to keep data. After you close or reload the page, the earlier conversation is not shown here.",
  storageFull: "This browser has no room left to keep data. Please do not close the page before your message is sent.",
  newMessages: "New messages",
  details: "Details",
  clear: "Clear from this device",
  clearSure: "Clear it? The conversation disappears here, and so does text that was not sent. The service keeps the messages that were sent.",
  clearYes: "Clear",
  clearNo: "Keep it",
  cleared: "Cleared from this device. A new conversation has started.",
  cardEmployer: "Employer",
  cardPlace: "Place",
  cardPay: "Pay",
  cardHours: "Hours",
  cardPosted: "Posted",
  cardSource: "Source",
  cardProvider: "Provider",
  cardStarts: "Starts",
  cardCourseHours: "Length",
  cardFee: "Fee",
  cardSubsidy: "Subsidy",
  cardCredential: "Leads to",
  cardWhy: "Why this vacancy",
  cardMissing: "Still missing",
  cardChanges: "What would change this",
  cardShared: "What you already have",
  cardRemove: "Remove {label}",
  cardCompare: "Side by side",
  cardActions: "What you can do with {title}",
  errorUnknown: "Something went wrong. Please try again in a moment.",
  errorTooMany: "That was too fast. It is sent again in {seconds} seconds.",
  errorRefused: "This message could not be sent.",
};

export const STRINGS: Record<Language, Strings> = { "zh-Hant": zhHant, "zh-Hans": zhHans, en };

/** Errors of the API by their stable code, in the reader's words; a code that is not here shows the server's own sentence. */
const ERRORS: Record<string, Record<Language, string>> = {
  "JS-IN-001": {
    "zh-Hant": "訊息太長了（最多 4,000 字）。請分成幾則送出。",
    "zh-Hans": "消息太长了（最多 4,000 字）。请分成几条发送。",
    en: "The message is too long (at most 4,000 characters). Please send it in parts.",
  },
  "JS-IN-002": { "zh-Hant": "訊息是空的，請寫幾個字。", "zh-Hans": "消息是空的，请写几个字。", en: "The message is empty. Please write something." },
};

export interface ApiMessage {
  readonly zh?: string;
  readonly en?: string;
}

/** One string with its places filled in. */
export function say(language: Language, key: StringKey, values: Record<string, string | number> = {}): string {
  return STRINGS[language][key].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** What to tell the reader about an error of the API. */
export function errorText(language: Language, code: string, message: ApiMessage | undefined): string {
  return ERRORS[code]?.[language] ?? (language === "en" ? message?.en : message?.zh) ?? STRINGS[language].errorRefused;
}

export function isLanguage(value: unknown): value is Language {
  return typeof value === "string" && (LANGUAGES as readonly string[]).includes(value);
}

/** The best of the three for what the browser or the embedding page asks for. */
export function pickLanguage(wanted: readonly string[]): Language {
  for (const tag of wanted.map((tag) => tag.toLowerCase())) {
    if (/^zh\b.*\b(hans|cn|sg|my)\b/.test(tag)) return "zh-Hans";
    if (tag.startsWith("zh") || tag.startsWith("yue")) return "zh-Hant";
    if (tag.startsWith("en")) return "en";
  }
  return wanted.length ? "en" : "zh-Hant";
}
