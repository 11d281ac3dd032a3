'use strict';
(() => {
  const plot = document.querySelector('.plot');
  const names = document.querySelector('.names');
  const scroller = document.getElementById('scroller');
  const what = document.getElementById('what');
  const lines = document.getElementById('lines');
  const width = Number(plot.getAttribute('width'));
  const height = Number(plot.getAttribute('height'));
  const placed = Array.from(plot.querySelectorAll('[data-x]'));
  const marks = Array.from(plot.querySelectorAll('g.mark'));
  const ticks = Array.from(plot.querySelectorAll('.time'));
  const seconds = Math.max(1e-6, ...placed.map(one => Number(one.dataset.t2 ?? one.dataset.t)));
  const least = 0.1;
  const most = 4000;
  const tickDistance = 46;
  let zoom = 1;
  let trueDistances = false;
  let current = null;

  // ---------------------------------------------------------------- where things are

  const place = (x, t) => zoom * (trueDistances ? Number(t) / seconds * width : Number(x));

  const layOut = () => {
    for (const one of placed) {
      const x = place(one.dataset.x, one.dataset.t);
      if (one.dataset.x2 === undefined) {
        one.setAttribute('transform', one.getAttribute('transform').replace(/translate\([^,]*/, `translate(${x}`));
      } else {
        const end = place(one.dataset.x2, one.dataset.t2);
        if (one.tagName === 'line') {
          one.setAttribute('x1', x);
          one.setAttribute('x2', end);
        } else {
          one.setAttribute('x', x);
          one.setAttribute('width', Math.max(end - x, 0.5));
        }
      }
    }

    let free = -Infinity;
    let last = '';
    for (const tick of ticks) {
      const x = place(tick.dataset.x, tick.dataset.t);
      const text = tick.textContent;
      const fits = text !== last && x - tickDistance / 2 >= Math.max(free, 0) && x + tickDistance / 2 < width * zoom;
      tick.classList.toggle('off', !fits);
      free = fits ? x + tickDistance / 2 + 2 : free;
      last = fits ? text : last;
    }

    plot.setAttribute('width', width * zoom);
    document.getElementById('zoom').textContent = `${Math.round(zoom * 100)}%`;
  };

  // What is under the pointer, or in the middle, stays where it is.
  const zoomTo = (wanted, clientX) => {
    const view = scroller.getBoundingClientRect();
    const fixed = (clientX ?? (view.left + names.clientWidth + view.right) / 2) - plot.getBoundingClientRect().left;
    const share = fixed / (width * zoom);
    zoom = Math.min(most, Math.max(least, wanted));
    layOut();
    scroller.scrollLeft += share * width * zoom - fixed;
  };

  const fit = () => zoomTo((scroller.clientWidth - names.clientWidth - 20) / width);

  const changeScale = () => {
    trueDistances = !trueDistances;
    document.getElementById('scale').setAttribute('aria-pressed', String(trueDistances));
    layOut();
    if (current !== null) {
      reveal(current);
    }
  };

  // ---------------------------------------------------------------- what is shown of a mark

  const choose = file => {
    plot.classList.toggle('chosen', file !== undefined);
    for (const bar of plot.querySelectorAll('.bar')) {
      bar.classList.toggle('chosen', bar.dataset.file === file);
    }
  };

  const show = one => {
    what.textContent = one.getAttribute('aria-label') ?? 'the time from one call to another';
    lines.textContent = one.querySelector('title').textContent;
    choose(one.dataset.file);
  };

  const reveal = one => {
    const x = place(one.dataset.x, one.dataset.t);
    const room = scroller.clientWidth - names.clientWidth;
    if (x < scroller.scrollLeft + 40 || x > scroller.scrollLeft + room - 40) {
      scroller.scrollLeft = x - room / 2;
    }
  };

  const goTo = one => {
    if (one === undefined || one === null) {
      return;
    }

    current?.classList.remove('here');
    current = one;
    one.classList.add('here');
    one.focus({ preventScroll: true });
    reveal(one);
    show(one);
  };

  // The nearest mark in the next row up or down that has any.
  const vertical = direction => {
    if (current === null) {
      return marks[0];
    }

    const row = Number(current.dataset.row);
    const rows = [...new Set(marks.map(mark => Number(mark.dataset.row)))].filter(one => (one - row) * direction > 0);
    if (rows.length === 0) {
      return current;
    }

    const next = direction > 0 ? Math.min(...rows) : Math.max(...rows);
    const distance = mark => Math.abs(Number(mark.dataset.x) - Number(current.dataset.x));
    return marks.filter(mark => Number(mark.dataset.row) === next).reduce((best, mark) => distance(mark) < distance(best) ? mark : best);
  };

  // ---------------------------------------------------------------- pointer and keyboard

  plot.addEventListener('pointerover', event => {
    const one = event.target.closest('.mark, .bar, .sleep');
    if (one?.querySelector('title')) {
      show(one);
    }
  });
  plot.addEventListener('pointerleave', () => current === null ? choose(undefined) : show(current));
  plot.addEventListener('click', event => goTo(event.target.closest('.mark')));
  plot.addEventListener('focusin', event => {
    const one = event.target.closest('.mark');
    if (one !== null && one !== current) {
      goTo(one);
    }
  });

  // The wheel zooms; a wheel that goes sideways, or is held with shift, moves along as everywhere.
  scroller.addEventListener('wheel', event => {
    if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      return;
    }

    event.preventDefault();
    zoomTo(zoom * Math.exp(-event.deltaY / 400), event.clientX);
  }, { passive: false });

  const keys = {
    ArrowRight: () => goTo(current === null ? marks[0] : marks[Math.min(marks.indexOf(current) + 1, marks.length - 1)]),
    ArrowLeft: () => goTo(current === null ? marks[0] : marks[Math.max(marks.indexOf(current) - 1, 0)]),
    ArrowDown: () => goTo(vertical(1)),
    ArrowUp: () => goTo(vertical(-1)),
    Home: () => goTo(marks[0]),
    End: () => goTo(marks[marks.length - 1]),
    Escape: () => choose(undefined),
    '+': () => zoomTo(zoom * 1.25),
    '=': () => zoomTo(zoom * 1.25),
    '-': () => zoomTo(zoom / 1.25),
    '0': () => fit(),
    t: () => changeScale(),
  };
  document.addEventListener('keydown', event => {
    const isOnButton = event.target.closest('button, summary') !== null;
    if (event.ctrlKey || event.metaKey || event.altKey || !(event.key in keys) || (isOnButton && event.key.length > 1)) {
      return;
    }

    event.preventDefault();
    keys[event.key]();
  });

  document.getElementById('in').addEventListener('click', keys['+']);
  document.getElementById('out').addEventListener('click', keys['-']);
  document.getElementById('fit').addEventListener('click', fit);
  document.getElementById('scale').addEventListener('click', changeScale);
  for (const button of document.querySelectorAll('[data-target]')) {
    button.addEventListener('click', () => goTo(document.getElementById(button.dataset.target)));
  }

  for (const button of document.querySelectorAll('.legend button')) {
    button.addEventListener('click', () => choose(button.dataset.file));
  }

  // One stop for the tab key; from there the arrow keys go on.
  for (const mark of plot.querySelectorAll('.mark')) {
    mark.setAttribute('tabindex', '-1');
  }

  marks.sort((one, other) => Number(one.dataset.x) - Number(other.dataset.x));
  plot.setAttribute('height', height);
  layOut();
})();
