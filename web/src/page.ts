// The chat's own page: its title and language follow the conversation. Everything else is the element.
import { JobChat } from "./job-chat";
import "./shared/theme.css";
import "./page.css";

function follow(chat: JobChat): void {
  if (!chat.current) return;
  document.documentElement.lang = chat.current.lang;
  document.title = chat.current.title;
  const heading = document.querySelector("h1");
  if (heading) heading.textContent = chat.current.title;
}

for (const chat of document.querySelectorAll("job-chat")) {
  if (!(chat instanceof JobChat)) continue;
  chat.addEventListener("job-chat-language", () => follow(chat));
  follow(chat);
}
