// Looks at a screen the way people with bad eyes, a shaky hand or a screen reader meet it: axe-core's rules, nothing wider
// than the screen, nothing too small to be tapped. Findings are kept until the end, so that one walk finds them all.
import { createRequire } from 'node:module';
import { readFile } from 'node:fs/promises';

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const GRAVE = new Set(['serious', 'critical']);

export class Looking {
  findings = [];
  screens = 0;

  /** `tap`: the least side of what is tapped, CSS px (MIIT asks 44; 56 in elder mode); none at a desk. */
  async at(person, screen, { tap } = {}) {
    this.screens += 1;
    const name = `look-${screen}`;
    const { page } = person;
    // Half shown colours of a card that comes in would be measured as faults.
    await page.evaluate(() => Promise.all(document.getAnimations().filter((one) => one.effect?.getComputedTiming().iterations !== Infinity).map((one) => one.finished.catch(() => undefined))));
    await page.evaluate(`${axe};0`);
    const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
    for (const { id, impact, nodes } of violations.filter((one) => GRAVE.has(one.impact))) {
      for (const node of nodes) this.findings.push(`${screen}: ${impact} ${id}: ${node.target.join(' ')} ${node.any[0]?.message ?? ''}`);
    }
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (wide > 0) this.findings.push(`${screen}: ${wide} px wider than the screen`);
    if (tap) this.findings.push(...(await page.evaluate(small, tap)).map((one) => `${screen}: too small to tap: ${one}`));
    await person.shoot(name);
  }
}

/** In the page: what is tapped and is lower than `least`; links within a sentence are spared, as WCAG 2.5.8 does. */
function small(least) {
  const taps = [...document.querySelectorAll('button, a[href], select, input:not([type=hidden]), [role=switch], [role=button]')];
  return taps.filter((one) => {
    const box = one.getBoundingClientRect();
    const label = one.closest('label')?.getBoundingClientRect();
    const high = Math.max(box.height, label?.height ?? 0);
    return box.width > 0 && box.height > 0 && one.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && high < least - 0.5;
  }).map((one) => `${one.dataset.testid ?? one.className ?? one.tagName} ${Math.round(one.getBoundingClientRect().height)} px “${(one.textContent ?? '').trim().slice(0, 20)}”`);
}
