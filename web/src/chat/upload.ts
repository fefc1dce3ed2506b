// Handing in a résumé: choose a file, say that it is on its way, say what came of it. The file is never kept in the browser. No network here.
import { element } from "../shared/dom";
import { icon } from "../shared/icons";
import { relabel, says, type Lookup } from "../shared/words";
import type { SendResult } from "./api";

export const LARGEST_BYTES = 5_000_000;
export const KINDS = ".pdf,.docx,.txt";

/** Why a file need not be sent at all, as the key of a sentence; null where it may be tried. */
export function refusal(file: { readonly name: string; readonly size: number }): "uploadTooLarge" | "uploadWrongKind" | "uploadEmpty" | null {
  if (!KINDS.split(",").some((ending) => file.name.toLowerCase().endsWith(ending))) return "uploadWrongKind";
  if (file.size === 0) return "uploadEmpty";
  return file.size > LARGEST_BYTES ? "uploadTooLarge" : null;
}

export class UploadControl {
  readonly node: HTMLElement;
  private readonly input = element("input", { type: "file", accept: KINDS, hidden: true }) as HTMLInputElement;
  private readonly button: HTMLElement;
  private readonly state = element("p", { class: "upload-state", role: "status", hidden: true });
  private busy = false;

  constructor(
    private readonly lookup: Lookup,
    private readonly send: (file: File) => Promise<SendResult>,
    private readonly errorText: (code: string, message: unknown) => string,
  ) {
    this.button = element("button", { type: "button", class: "attach" }, icon("attach"), element("span", says("upload")));
    this.button.addEventListener("click", () => !this.busy && this.input.click());
    this.input.addEventListener("change", () => {
      const file = this.input.files?.[0];
      this.input.value = ""; // the same file may be chosen again
      if (file) void this.take(file);
    });
    this.node = element("div", { class: "upload" }, this.button, this.input, this.state);
  }

  /** Send it and tell how it went; a failure offers to try again with the same file. */
  async take(file: File): Promise<void> {
    const refused = refusal(file);
    if (refused) return this.show(refused, { name: file.name }, "problem");
    this.busy = true;
    this.button.setAttribute("aria-disabled", "true");
    this.show("uploading", { name: file.name });
    const result = await this.send(file);
    this.busy = false;
    this.button.removeAttribute("aria-disabled");
    if (result.kind === "taken") this.state.hidden = true;
    else if (result.kind === "refused") this.tell(this.errorText(result.failure.code, result.failure.message));
    else this.show("uploadFailed", { name: file.name }, "problem", file);
  }

  private show(key: string, values: Record<string, string>, kind = "", again?: File): void {
    this.state.replaceChildren(element("span", says(key, values)));
    if (again) {
      const retry = element("button", { type: "button", class: "choice", ...says("uploadAgain") });
      retry.addEventListener("click", () => void this.take(again));
      this.state.append(retry);
    }
    this.reveal(kind);
  }

  private tell(text: string): void {
    this.state.replaceChildren(element("span", {}, text));
    this.reveal("problem");
  }

  private reveal(kind: string): void {
    this.state.classList.toggle("problem", kind === "problem");
    this.state.hidden = false;
    relabel(this.state, this.lookup);
  }
}
