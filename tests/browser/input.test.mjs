// Mouse, wheel, keys and touch at device pixel ratios 1, 1.5 and 2.
import assert from 'node:assert/strict';
import {after, test} from 'node:test';
import {stop, until, withPage} from './page.mjs';

after(stop);

const kHash = '#v1/quorum-loss/omnipaxos?seed=1&at=400';
const selected = (page) => page.locator('#mirror > h2', {hasText: /^Server [A-E]:/});
const expectSelected = (page, name) =>
  until(async () => (await selected(page).textContent()).startsWith(`Server ${name}:`), `server ${name} is selected`);
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Fingers through the browser's own input pipeline. */
async function touchscreen(page) {
  const session = await page.context().newCDPSession(page);
  const send = (type, points) => session.send('Input.dispatchTouchEvent', {type, touchPoints: points});
  return {
    down: (...points) => send('touchStart', points.map((point, id) => ({...point, id}))),
    move: (...points) => send('touchMove', points.map((point, id) => ({...point, id}))),
    up: () => send('touchEnd', []),
  };
}

// Software GL draws the larger ratios slowly, so their windows are smaller.
for (const [ratio, size] of [[1, [1440, 900]], [1.5, [1200, 760]], [2, [1200, 700]]]) {
  const open = (body, settings = {}) => withPage({hash: kHash, ratio, size, ...settings}, body);

  test(`ratio ${ratio}: one canvas pixel per device pixel, at every size`, async () => {
    await open(async (page, {settled}) => {
      for (const [width, height] of [[1024, 640], [1371, 777], ...(ratio === 1 ? [[2560, 1300]] : [])]) {
        await page.setViewportSize({width, height});
        const wanted = [Math.round(width * ratio), Math.round(height * ratio)];
        await until(async () => {
          const size = await page.evaluate(() => [document.getElementById('stage').width,
            document.getElementById('stage').height]);
          return Math.abs(size[0] - wanted[0]) <= 1 && Math.abs(size[1] - wanted[1]) <= 1;
        }, `the canvas is ${wanted}`);
        await settled();
        assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth), false);
      }
    });
  });

  test(`ratio ${ratio}: the mouse presses what is under it`, async () => {
    await open(async (page, {middle, settled}) => {
      for (const name of ['B', 'D']) {
        const at = await middle(`Server ${name}`);
        await page.mouse.click(at.x, at.y);
        await settled();
        await expectSelected(page, name);
      }
    });
  });

  test(`ratio ${ratio}: the right button opens a menu, Escape closes it`, async () => {
    await open(async (page, {middle, settled, button, position}) => {
      const at = await middle('Server C');
      await page.mouse.click(at.x, at.y, {button: 'right'});
      await settled();
      await button('Crash').waitFor();
      await page.keyboard.press('Escape');
      await until(async () => await button('Crash').count() === 0, 'the menu closes');
      assert.equal((await position()).journal, '');
      await page.mouse.click(at.x, at.y, {button: 'right'});
      await settled();
      await button('Crash').click();
      await until(async () => (await position()).journal === '400 crash C\n', 'C crashes');
    });
  });

  test(`ratio ${ratio}: dragging scrubs, also outside the window's edge`, async () => {
    await open(async (page, {settled, position}) => {
      const lane = await page.getByRole('slider', {name: 'Whole run'}).boundingBox();
      const y = lane.y + lane.height / 2;
      await page.mouse.move(lane.x + lane.width * 0.2, y);
      await page.mouse.down();
      await page.mouse.move(lane.x + lane.width * 0.5, y, {steps: 4});
      await settled();
      const middle = (await position()).timeUs;
      await page.mouse.move(lane.x - 2000, y, {steps: 4});
      await settled();
      await page.mouse.up();
      await settled();
      assert.ok(middle > 500_000, `${middle}`);
      assert.ok((await position()).timeUs < middle);
      const {event} = await position();
      await page.mouse.move(lane.x + lane.width * 0.8, y);
      await settled();
      assert.equal((await position()).event, event, 'the button is up again');
    });
  });

  test(`ratio ${ratio}: the wheel acts on the timeline and is left to the page elsewhere`, async () => {
    await open(async (page, {middle, settled}) => {
      await page.evaluate(() => {
        window.wheels = [];
        window.addEventListener('wheel', (event) => window.wheels.push(event.defaultPrevented));
      });
      const lane = await page.getByRole('slider', {name: 'Timeline'}).boundingBox();
      const picture = () => page.screenshot({clip: lane});
      await page.mouse.move(lane.x + lane.width / 2, lane.y + lane.height / 2);
      await settled();
      const before = await picture();
      await page.mouse.wheel(0, -300);
      await until(async () => !before.equals(await picture()), 'the timeline moves');
      const stage = await middle('Server A');
      await page.mouse.move(stage.x + 120, stage.y + 60);
      await settled();
      await page.mouse.wheel(0, 300);
      await until(async () => (await page.evaluate(() => window.wheels.length)) >= 2, 'the wheel is seen');
      assert.deepEqual(await page.evaluate(() => window.wheels), [true, false]);
    });
  });

  test(`ratio ${ratio}: keys step, play and select; quick taps are not lost`, async () => {
    await open(async (page, {settled, event, position}) => {
      await page.locator('#stage').focus();
      const at = await event();
      await page.keyboard.press('ArrowRight');
      await until(async () => (await event()) > at, 'a step forward');
      await page.keyboard.press('ArrowLeft');
      await settled();
      const back = await event();
      await page.keyboard.press('Control+ArrowRight');
      await until(async () => (await event()) === back + 1, 'one event');
      for (let i = 0; i < 4; ++i) await page.keyboard.press('Control+ArrowRight');
      await until(async () => (await event()) === back + 5, 'four more events');
      await page.keyboard.press('Home');
      await until(async () => (await event()) === 0, 'the start');
      await page.keyboard.press('e');
      await settled();
      await expectSelected(page, 'E');
      await page.keyboard.press('Space');
      await until(async () => (await position()).timeUs > 0, 'it plays');
      await page.keyboard.press('Space');
      await settled();
    });
  });

  test(`ratio ${ratio}: Tab leaves the canvas, reaches items, and Enter presses them`, async () => {
    await open(async (page, {settled, event, button}) => {
      await page.locator('#stage').focus();
      await page.keyboard.press('Tab');
      assert.equal(await page.evaluate(() => document.activeElement.closest('#mirror') !== null), true);
      let pressed = false;
      // The whole way once; at the other ratios from close by.
      if (ratio !== 1) await button('To start').focus();
      for (let i = 0; i < 90 && !pressed; ++i) {
        const label = await page.evaluate(() => document.activeElement.getAttribute('aria-label'));
        if (label === 'Step forward') {
          const before = await event();
          await page.keyboard.press('Enter');
          await until(async () => (await event()) > before, 'Enter steps');
          pressed = true;
        }
        await page.keyboard.press('Tab');
      }
      assert.ok(pressed, 'Step forward is reached by Tab');
      await page.locator('#stage').focus();
      // Backwards out of the canvas: the button of the Text view, then whatever is around the page.
      for (const id of ['text-view', '']) {
        await page.keyboard.press('Shift+Tab');
        await settled();
        assert.equal(await page.evaluate(() => document.activeElement.id), id, 'backwards out of the canvas');
      }
    });
  });

  test(`ratio ${ratio}: tap, drag and long press with a finger`, async () => {
    await open(async (page, {middle, settled, button, position}) => {
      const finger = await touchscreen(page);
      const server = await middle('Server D');
      // Sent together: on a slow machine the answer to the first could come after a long press's time.
      await Promise.all([finger.down(server), finger.up()]);
      await expectSelected(page, 'D');

      const lane = await page.getByRole('slider', {name: 'Whole run'}).boundingBox();
      const y = lane.y + lane.height / 2;
      await Promise.all([finger.down({x: lane.x + lane.width * 0.1, y}),
        ...[0.2, 0.35, 0.5].map((share) => finger.move({x: lane.x + lane.width * share, y})), finger.up()]);
      await until(async () => (await position()).timeUs > 900_000, 'the drag scrubs');
      await settled();

      const other = await middle('Server B');
      const {journal} = await position();
      await finger.down(other);
      await pause(700);
      await finger.up();
      await settled();
      await button('Crash').waitFor();
      assert.equal((await position()).journal, journal);
      await expectSelected(page, 'D');  // a long press is no tap
    }, {hasTouch: true});
  });

  test(`ratio ${ratio}: text is typed and pasted into the field of a proposal`, async () => {
    await open(async (page, {middle, settled, button, position}) => {
      const at = await middle('Server A');
      await page.mouse.click(at.x, at.y, {button: 'right'});
      await settled();
      await button('Propose…').click();
      await until(() => page.evaluate(() => document.activeElement.id === 'field'), 'the text field has the focus');
      await page.keyboard.press('Control+a');
      await page.keyboard.type('hello=ö1');
      await page.keyboard.press('Backspace');
      await page.keyboard.type('2');
      await page.keyboard.press('Enter');
      await until(async () => (await position()).journal === '400 propose A hello=ö2\n', 'the proposal is made');
    });
  });
}

test('a second finger cancels the press', async () => {
  await withPage({hash: kHash, hasTouch: true}, async (page, {middle, settled, position}) => {
    const finger = await touchscreen(page);
    const before = await selected(page).textContent();
    const server = await middle('Server D');
    await finger.down(server);
    await finger.down(server, {x: server.x + 80, y: server.y});
    await pause(700);
    await finger.up();
    await settled();
    assert.equal(await selected(page).textContent(), before);
    assert.equal((await position()).journal, '');
  });
});

test('two fingers show stage and timeline from nearer and press nothing; so does the wheel with Ctrl', async () => {
  await withPage({hash: kHash, hasTouch: true}, async (page, {middle, settled, position, press}) => {
    const finger = await touchscreen(page);
    const apart = async () => (await middle('Server B')).x - (await middle('Server E')).x;
    const spread = async ({x, y}, from, to) => {
      const pair = (half) => [{x: x - half, y}, {x: x + half, y}];
      await Promise.all([finger.down(...pair(from)), ...[0.3, 0.7, 1].map((way) => finger.move(...pair(from + (to - from) * way))),
        finger.up()]);
      await settled();
    };
    const near = (found, wanted) => assert.ok(Math.abs(found / wanted - 1) < 0.05, `${found} is not about ${wanted}`);
    const [a, b, c] = await Promise.all(['A', 'B', 'C'].map((name) => middle(`Server ${name}`)));
    const stage = {x: a.x, y: (b.y + c.y) / 2};
    const before = await apart();
    const {timeUs} = await position();
    const chosen = await selected(page).textContent();
    await spread(stage, 60, 84);
    near(await apart(), before * 1.4);
    await press('Show the whole stage, now 140 %');
    near(await apart(), before);

    const lane = await page.getByRole('slider', {name: 'Timeline'}).boundingBox();
    const picture = () => page.screenshot({clip: lane});
    await page.mouse.move(stage.x, stage.y - 60);
    await settled();
    const wide = await picture();
    await spread({x: lane.x + lane.width / 3, y: lane.y + lane.height / 2}, 60, 120);
    assert.ok(!wide.equals(await picture()), 'the timeline has another scale');
    assert.equal(await selected(page).textContent(), chosen);
    assert.deepEqual([(await position()).timeUs, (await position()).journal], [timeUs, '']);

    await page.evaluate(() => {
      window.wheels = [];
      window.addEventListener('wheel', (event) => window.wheels.push(event.defaultPrevented));
    });
    await page.locator('#stage').focus();
    await page.mouse.move(stage.x, stage.y);
    await settled();
    await page.keyboard.down('Control');
    await page.mouse.wheel(0, -100);
    await until(async () => await apart() > before * 1.2, 'the wheel zooms');
    await page.mouse.move(lane.x, 10);
    await settled();
    await page.mouse.wheel(0, -100);
    await until(async () => (await page.evaluate(() => window.wheels.length)) >= 2, 'the wheel is seen');
    await page.keyboard.up('Control');
    assert.deepEqual(await page.evaluate(() => window.wheels), [true, false]);
  });
});

test('a change of the pixel ratio is followed', async () => {
  await withPage({hash: kHash}, async (page, {settled}) => {
    const session = await page.context().newCDPSession(page);
    await session.send('Emulation.setDeviceMetricsOverride', {width: 1440, height: 900, deviceScaleFactor: 2,
      mobile: false});
    await page.evaluate(() => window.paxoscope.wake());
    await until(() => page.evaluate(() => document.getElementById('stage').width === 2880), 'the canvas doubles');
    await settled();
  });
});
