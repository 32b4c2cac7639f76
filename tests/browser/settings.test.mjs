// What a person chose is there at the next visit; nonsense in the storage does no harm.
import assert from 'node:assert/strict';
import {after, test} from 'node:test';
import {start, stop, withPage} from './page.mjs';

await start();
after(stop);

test('a chosen theme survives a reload and a change of the system\'s', async () => {
  await withPage({}, async (page, {press, button, ready, settled}) => {
    await press('Light theme');
    await press('Projector theme');
    await page.emulateMedia({colorScheme: 'light', reducedMotion: 'no-preference'});
    await settled();
    assert.ok(await button('Dark theme').count());
    await page.reload();
    await ready();
    await settled();
    assert.ok(await button('Dark theme').count());
  });
});

for (const text of ['{', '7', 'null', '{"version":2,"settings":"theme=light"}', '{"version":1,"settings":7}',
  '{"version":1,"settings":"theme=pink\\nspeed-percent=-1"}', 'x'.repeat(100_000)]) {
  test(`stored contents are ignored: ${text.slice(0, 60)}`, async () => {
    const before = (page) => page.addInitScript((kept) => localStorage.setItem('paxoscope', kept), text);
    await withPage({before}, async (page, {button, settled}) => {
      await settled();
      assert.ok(await button('Light theme').count());
    });
  });
}

test('a boundary is dragged by mouse and finger, moved by arrows, found again, and put back by a double click', async () => {
  await withPage({hasTouch: true}, async (page, {ready, settled, event}) => {
    const side = page.getByRole('separator', {name: 'Width of the inspector', exact: true});
    const width = async () => {
      await settled();
      return Number(await side.getAttribute('aria-valuenow'));
    };
    const middle = async () => {
      const box = await side.boundingBox();
      return {x: box.x + box.width / 2, y: box.y + box.height * 0.7};
    };
    assert.equal(await width(), 336);
    assert.deepEqual(await side.evaluate((item) => ['aria-valuemin', 'aria-valuemax', 'aria-orientation', 'aria-valuetext']
      .map((name) => item.getAttribute(name))), ['240', '640', 'vertical', '336 pixels']);

    const from = await middle();
    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    await page.mouse.move(from.x - 100, from.y, {steps: 4});
    await page.mouse.up();
    assert.equal(await width(), 436);

    const session = await page.context().newCDPSession(page);
    const {x, y} = await middle();
    const touch = (type, ...touchPoints) => session.send('Input.dispatchTouchEvent', {type, touchPoints});
    await Promise.all([touch('touchStart', {x, y}), ...[15, 30, 60].map((by) => touch('touchMove', {x: x + by, y})), touch('touchEnd')]);
    assert.equal(await width(), 376);

    const at = await event();
    await side.focus();
    await page.keyboard.press('ArrowLeft');
    assert.equal(await width(), 392);
    assert.equal(await event(), at);

    await page.reload();
    await ready();
    assert.equal(await width(), 392);
    const place = await middle();
    await page.mouse.dblclick(place.x, place.y);
    assert.equal(await width(), 336);
  });
});
