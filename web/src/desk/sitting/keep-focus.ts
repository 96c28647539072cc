//! A sitting moves by itself: seats change lanes, buttons give way to others. Who works by keyboard must not be thrown back to
//! the top of the page each time: when what had the focus is gone, it goes to the same seat, or to what took its place.
import { onMounted, onUnmounted, type Ref } from 'vue';

const FOCUSABLE = 'a[href], button:not(:disabled), input:not(:disabled), select:not(:disabled), textarea:not(:disabled), [tabindex="0"]';
const within = (box: Element): HTMLElement[] => [...box.querySelectorAll<HTMLElement>(FOCUSABLE)].filter((one) => one.offsetParent !== null);

/** Where the focus was: the element, its seat, and its place in each of the boxes around it, the nearest first. */
interface Was { element: HTMLElement; seat: string | undefined; places: { box: Element; at: number }[] }

export function useKeptFocus(root: Ref<HTMLElement | null | undefined>): void {
  let was: Was | null = null;

  function remember(event: FocusEvent): void {
    const element = event.target as HTMLElement;
    // Only for the keyboard: after a click nobody expects a seat to be chosen by itself.
    if (!root.value?.contains(element) || !element.matches(':focus-visible')) {
      was = null;
      return;
    }
    const places: Was['places'] = [];
    for (let box = element.parentElement; box && root.value.contains(box); box = box.parentElement) places.push({ box, at: within(box).indexOf(element) });
    was = { element, seat: element.closest<HTMLElement>('[data-seat]')?.dataset['seat'], places };
  }

  function mend(): void {
    // Without the document's focus the keyboard is in the browser's own bar: nothing was lost.
    if (was === null || !document.hasFocus() || document.activeElement !== document.body) return;
    const { element, seat, places } = was;
    if (element.isConnected && element.matches(FOCUSABLE) && element.offsetParent !== null) return element.focus();
    // Busy for a moment: it comes back enabled.
    if (element.isConnected && element.offsetParent !== null) return;
    const chip = seat === undefined ? null : root.value?.querySelector<HTMLElement>(`[data-seat="${seat}"] button`);
    if (chip) return chip.focus();
    for (const { box, at } of places) {
      const all = box.isConnected ? within(box) : [];
      if (all.length > 0) return all[Math.min(Math.max(at, 0), all.length - 1)]?.focus();
    }
  }

  // A click beside everything means to leave; only what vanished is mended.
  const forget = (): void => { was = null; };
  const observer = new MutationObserver(mend);
  onMounted(() => {
    document.addEventListener('focusin', remember);
    document.addEventListener('pointerdown', forget, true);
    observer.observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ['disabled', 'style'] });
  });
  onUnmounted(() => {
    document.removeEventListener('focusin', remember);
    document.removeEventListener('pointerdown', forget, true);
    observer.disconnect();
  });
}
