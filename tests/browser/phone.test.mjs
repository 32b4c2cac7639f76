// The page on a phone, by touch, role and name.
import assert from 'node:assert/strict';
import {after, test} from 'node:test';
import {stop, until, withPage} from './page.mjs';

after(stop);

const kPhone = {size: [390, 844], ratio: 2, hasTouch: true, isMobile: true};
const kMoment = '#v1/quorum-loss/omnipaxos?seed=1&at=900';

/** Touches the middle of a mirrored item. */
async function tap(page, tools, name) {
  const {x, y} = await tools.middle(name);
  await page.touchscreen.tap(x, y);
  await tools.settled();
}

test('a phone has four pages, each by role and name and by touch', async () => {
  await withPage({...kPhone, hash: kMoment}, async (page, tools) => {
    const pages = {Logs: 'Timeline', Futures: 'History', Why: 'Inspect A', Stage: 'Play'};
    for (const [name, shows] of Object.entries(pages)) {
      const box = await tools.button(name).boundingBox();
      assert.ok(box.width >= 44 && box.height >= 44, `${name} is ${box.width} × ${box.height}`);
      await tap(page, tools, name);
      assert.equal(await tools.button(name).getAttribute('aria-pressed'), 'true');
      assert.ok(await tools.button(shows).isVisible(), `${name} shows ${shows}`);
    }
  });
});

test('the sheet opens to all steps and closes again', async () => {
  await withPage({...kPhone, hash: kMoment}, async (page, tools) => {
    const steps = page.getByRole('button', {name: /^Step \d+: /});
    assert.equal(await steps.count(), 0);
    await tap(page, tools, 'All steps');
    await until(() => tools.button('Hide the steps').isVisible(), 'the sheet is up');
    assert.ok(await steps.count() >= 3);
    await tap(page, tools, 'Hide the steps');
    assert.equal(await steps.count(), 0);
    assert.ok(await tools.button('Play').isVisible());
  });
});

test('a finger on the strip scrubs through the run', async () => {
  await withPage({...kPhone, hash: kMoment}, async (page, tools) => {
    const box = await page.getByRole('slider', {name: 'Whole run'}).boundingBox();
    assert.ok(box.height >= 44);
    const before = await tools.event();
    await page.touchscreen.tap(box.x + 12, box.y + box.height / 2);
    await tools.settled();
    assert.ok(await tools.event() < before);
  });
});
