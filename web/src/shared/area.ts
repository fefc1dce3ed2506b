// Where things are kept in the browser: localStorage, or memory where the browser forbids it (then a reload forgets).

export interface Area {
  readonly lasting: boolean;
  get(key: string): string | null;
  set(key: string, value: string): void;
  remove(key: string): void;
  /** Keys that start with `prefix`, sorted. */
  keys(prefix: string): string[];
}

export class MemoryArea implements Area {
  readonly lasting = false;
  private readonly values = new Map<string, string>();

  get(key: string): string | null {
    return this.values.get(key) ?? null;
  }
  set(key: string, value: string): void {
    this.values.set(key, value);
  }
  remove(key: string): void {
    this.values.delete(key);
  }
  keys(prefix: string): string[] {
    return [...this.values.keys()].filter((key) => key.startsWith(prefix)).sort();
  }
}

class BrowserArea implements Area {
  readonly lasting = true;
  constructor(private readonly storage: Storage) {}

  get(key: string): string | null {
    return this.storage.getItem(key);
  }
  set(key: string, value: string): void {
    this.storage.setItem(key, value);
  }
  remove(key: string): void {
    this.storage.removeItem(key);
  }
  keys(prefix: string): string[] {
    return Object.keys(this.storage)
      .filter((key) => key.startsWith(prefix))
      .sort();
  }
}

/** The storage asked for if it can be written to, else memory. Private windows and blocked third-party frames throw. */
export function openArea(kind: "localStorage" | "sessionStorage"): Area {
  try {
    const storage = window[kind];
    storage.setItem("job-chat:probe", "1");
    storage.removeItem("job-chat:probe");
    return new BrowserArea(storage);
  } catch {
    return new MemoryArea();
  }
}
