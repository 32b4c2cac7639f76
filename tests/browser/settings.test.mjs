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
