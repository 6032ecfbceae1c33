/** As much of a browser as the page of a profile uses, so that its script can run in a test. */
import vm from 'node:vm';

type Event = { readonly key?: string };

/** An element that keeps what it was given. */
export class StubElement {
  readonly tag: string;
  textContent = '';
  className = '';
  title = '';
  value = '';
  hidden = false;
  clientWidth = 1000;
  children: StubElement[] = [];
  readonly styles: Record<string, string> = {};
  readonly attributes: Record<string, string> = {};
  readonly #listeners: [string, (event: Event) => void][] = [];
  readonly style = {
    setProperty: (name: string, value: string): void => {
      this.styles[name] = value;
    },
  };

  constructor(tag: string) {
    this.tag = tag;
  }

  setAttribute(name: string, value: string): void {
    this.attributes[name] = value;
  }

  append(...children: StubElement[]): void {
    this.children.push(...children);
  }

  replaceChildren(...children: StubElement[]): void {
    this.children = children;
  }

  addEventListener(type: string, listener: (event: Event) => void): void {
    this.#listeners.push([type, listener]);
  }

  /** Calls the listeners of an event. */
  fire(type: string, event: Event = {}): void {
    for (const [name, listener] of this.#listeners) if (name === type) listener(event);
  }

  /** The text of the cells of all rows. */
  get rows(): string[][] {
    return this.children.map(({ children }) => children.map(({ textContent }) => textContent));
  }
}

/** A page whose script has run. */
export type RunningPage = {
  readonly element: (id: string) => StubElement;
  /** Listeners of the window. */
  readonly window: StubElement;
};

/** Runs the last script of a page over stubs of the elements that have an id. */
export function openPage(html: string): RunningPage {
  const elements = new Map<string, StubElement>();
  for (const [, tag = '', id = ''] of html.matchAll(/<(\w+)[^>]* id="([\w-]+)"/g))
    elements.set(id, new StubElement(tag));
  const element = (id: string): StubElement => {
    const found = elements.get(id);
    if (found === undefined) throw new Error(`the page has no element "${id}"`);
    return found;
  };
  const [data, script] = [...html.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g)].map(([, text = '']) => text);
  element('data').textContent = data ?? '';
  const window = new StubElement('window');
  const document = { getElementById: element, createElement: (tag: string) => new StubElement(tag) };
  vm.runInNewContext(script ?? '', { document, addEventListener: window.addEventListener.bind(window) });
  return { element, window };
}
