// Being the network, in the page: by hand on the stage, and by role and name for everybody.
import assert from 'node:assert/strict';
import {after, test} from 'node:test';
import {stop, until, withPage} from './page.mjs';

after(stop);

const kHash = '#v1/quorum-loss/omnipaxos?seed=1&at=400';
const cutLinks = async (observe) => (await observe()).links.filter((link) => !link.up).map((link) => link.from + link.to);

/** The left button goes down at the first point, follows the others and stays down. */
async function drag(page, points) {
  await page.mouse.move(points[0].x, points[0].y);
  await page.mouse.down();
  for (const {x, y} of points.slice(1)) await page.mouse.move(x, y, {steps: 4});
}
const hint = (page) => page.locator('#mirror > p', {hasText: /^Letting go: /});
const says = (page, words) => until(async () => (await hint(page).count()) === 1 &&
  (await hint(page).textContent()) === `Letting go: ${words}`, `the hint says ${words}`);

test('a line drawn across a link cuts it, and undo takes that back', async () => {
  await withPage({hash: kHash}, async (page, {middle, observe, settled}) => {
    await settled();
    const a = await middle('Server A');
    const b = await middle('Server B');
    const at = {x: (a.x + b.x) / 2, y: (a.y + b.y) / 2};
    await drag(page, [{x: at.x + 25, y: at.y - 30}, {x: at.x - 25, y: at.y + 30}]);
    await says(page, 'Cut A–B');
    await page.mouse.up();
    await settled();
    assert.deepEqual(await cutLinks(observe), ['AB', 'BA']);
    await page.keyboard.press('Control+z');
    await settled();
    assert.deepEqual(await cutLinks(observe), []);
  });
});

test('Escape lets go of a message; let go at its receiver it is delivered', async () => {
  await withPage({hash: kHash}, async (page, {middle, observe, event, settled}) => {
    await settled();
    const message = (await observe()).messages.find((one) => one.name === 'Accepted');
    const name = `${message.name} ${message.value} from ${message.from} to ${message.to}`;
    const from = await middle(name);
    const to = await middle(`Server ${message.to}`);
    const before = await event();
    await drag(page, [from, to]);
    await says(page, 'Deliver now');
    await page.keyboard.press('Escape');
    await until(async () => await hint(page).count() === 0, 'the hint is gone');
    await page.mouse.up();
    await settled();
    assert.equal(await event(), before);
    await drag(page, [from, to]);
    await says(page, 'Deliver now');
    await page.mouse.up();
    await settled();
    assert.equal(await event(), before + 1);
    assert(!(await observe()).messages.some((one) => one.id === message.id));
  });
});

test('a finger draws a line on a phone', async () => {
  await withPage({hash: kHash, size: [390, 844], hasTouch: true, isMobile: true}, async (page, {middle, observe, settled}) => {
    await settled();
    const session = await page.context().newCDPSession(page);
    const touch = (type, ...touchPoints) => session.send('Input.dispatchTouchEvent', {type, touchPoints});
    const a = await middle('Server A');
    const b = await middle('Server B');
    const at = {x: (a.x + b.x) / 2, y: (a.y + b.y) / 2};
    await touch('touchStart', {x: at.x + 22, y: at.y - 26});
    for (let step = -20; step <= 26; step += 6) await touch('touchMove', {x: at.x - step * 0.8, y: at.y + step});
    await until(async () => /^Letting go: Cut /.test(await hint(page).textContent()), 'the hint says what is cut');
    await touch('touchEnd');
    await settled();
    assert((await cutLinks(observe)).includes('AB'));
  });
});

test('the keyboard parts servers, with toggles', async () => {
  await withPage({hash: kHash}, async (page, {button, observe, settled}) => {
    await settled();
    await button('Add fault').press('Enter');
    await button('Partition…').press('Enter');
    const toggle = button('B on the other side');
    assert.equal(await toggle.getAttribute('aria-pressed'), 'false');
    await toggle.press('Enter');
    await until(async () => await toggle.getAttribute('aria-pressed') === 'true', 'B is on the other side');
    await button('Partition B from A, C, D, E').press('Enter');
    await settled();
    assert.deepEqual(await cutLinks(observe), ['AB', 'BA', 'BC', 'BD', 'BE', 'CB', 'DB', 'EB']);
  });
});

test('a slider changes every link, by arrow keys', async () => {
  await withPage({hash: kHash}, async (page, {observe, event, settled}) => {
    await settled();
    const before = await event();
    await page.locator('#stage').focus();
    await page.keyboard.press('l');
    const latency = page.getByRole('slider', {name: 'Latency'});
    await latency.focus();
    assert.equal(await latency.getAttribute('aria-valuetext'), '10 ms');
    await page.keyboard.press('ArrowRight');
    await until(async () => await latency.getAttribute('aria-valuetext') === '20 ms', 'the latency is 20 ms');
    await settled();
    assert.equal(await event(), before + 1);
    assert((await observe()).links.every((link) => link.latencyUs === 20_000));
    await page.keyboard.press('Escape');
    await until(async () => await latency.count() === 0, 'the card is closed');
  });
});

test('a client is added and removed', async () => {
  await withPage({hash: kHash}, async (page, {press, observe, settled}) => {
    await settled();
    const before = (await observe()).clients.length;
    await press('Add fault');
    await press('Clients…');
    await press('Add a client at C');
    const {clients} = await observe();
    assert.equal(clients.length, before + 1);
    const {id, ...added} = clients.at(-1);
    assert.deepEqual(added, {server: 'C', gone: false, loop: 'closed', everyUs: 50_000, mix: 'put 1, get 1', waiting: 0});
    await press('History');
    await press(`Client ${id}`);
    await press(`Remove client ${id}`);
    assert.equal((await observe()).clients.at(-1).gone, true);
  });
});
