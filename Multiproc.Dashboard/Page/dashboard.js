// Draws what the program tells. Each event has everything, so the page is drawn anew from the last one: a missed event does no harm. All text of users goes
// into text nodes and attributes, never into markup.
'use strict';

const byId = id => document.getElementById(id);
const svgTags = new Set(['svg', 'path', 'rect', 'text', 'line', 'g', 'defs', 'marker', 'title']);
let snapshot = null;
let chosen = null;

// ---- Elements

/** Makes an element: h('td', {class: 'number'}, text, child, [children]). What is null or false is left out. */
function h(tag, attributes, ...children) {
  const made = svgTags.has(tag) ? document.createElementNS('http://www.w3.org/2000/svg', tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value !== null && value !== undefined && value !== false) made.setAttribute(name, value === true ? '' : value);
  }
  made.append(...children.flat(Infinity).filter(each => each !== null && each !== undefined && each !== false));
  return made;
}

/** Makes an element on the page like a fresh one by the fewest changes, so that focus, selection and scrolling stay. */
function morph(old, fresh) {
  if (old.nodeName !== fresh.nodeName || old.nodeType !== fresh.nodeType) return old.replaceWith(fresh);
  if (old.nodeType === Node.TEXT_NODE) {
    if (old.data !== fresh.data) old.data = fresh.data;
    return;
  }
  for (const {name} of [...old.attributes]) if (!fresh.hasAttribute(name)) old.removeAttribute(name);
  for (const {name, value} of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  const wanted = [...fresh.childNodes];
  while (old.childNodes.length > wanted.length) old.lastChild.remove();
  wanted.forEach((each, i) => i < old.childNodes.length ? morph(old.childNodes[i], each) : old.append(each));
}

// ---- Numbers

const number = (value, digits = 0) => value.toLocaleString('en', {minimumFractionDigits: digits, maximumFractionDigits: digits});
const rate = value => value === null ? '–' : number(value, value < 10 && value > 0 ? 1 : 0);
const bytes = value => value < 1024 ? `${number(value)} B` : value < 1048576 ? `${number(value / 1024, 1)} KiB` : `${number(value / 1048576, 1)} MiB`;
const plural = (count, one, many = `${one}s`) => `${number(count)} ${count === 1 ? one : many}`;
const last = values => values?.length ? values[values.length - 1] : null;

function duration(seconds) {
  if (seconds < 0.9995) return `${number(seconds * 1000, seconds < 0.01 ? 1 : 0)} ms`;
  if (seconds < 60) return `${number(seconds, 1)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`;
  return seconds < 86400 ? `${Math.floor(seconds / 3600)} h ${Math.floor(seconds % 3600 / 60)} min` : `${Math.floor(seconds / 86400)} d ${Math.floor(seconds % 86400 / 3600)} h`;
}

/** How long ago something was, in one unit. */
function age(then) {
  const seconds = Math.max(0, (snapshot.time - then) / 1000);
  const [size, unit] = seconds < 90 ? [1, 's'] : seconds < 5400 ? [60, 'min'] : seconds < 172800 ? [3600, 'h'] : [86400, 'd'];
  return `${number(Math.floor(seconds / size))} ${unit}`;
}

// ---- Parts

/** A small curve from 0 to its highest value, or to `least` if that is higher; the right end is now. */
function curve(values, what, least = 1) {
  if (!values?.length) return h('svg', {class: 'curve', role: 'img', 'aria-label': `${what}: no values yet`});
  const slots = Math.max(60, values.length), top = Math.max(least, ...values), width = 100, height = 24;
  const x = i => ((slots - values.length + i) / (slots - 1) * width).toFixed(2);
  const points = values.map((value, i) => `${x(i)} ${(height - value / top * height).toFixed(2)}`).join(' L ');
  const span = duration(values.length * snapshot.intervalSeconds);
  return h('svg', {class: 'curve', viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: 'none', role: 'img',
    'aria-label': `${what}, last ${span}: now ${number(last(values), 1)}, at most ${number(Math.max(...values), 1)}`},
  h('title', null, `${what}, last ${span}: at most ${number(Math.max(...values), 1)}`),
  h('path', {class: 'area', d: `M ${x(0)} ${height} L ${points} L ${width} ${height} Z`}),
  h('path', {class: 'line', d: `M ${points}`}));
}

const badge = (text, kind = '') => h('span', {class: `badge ${kind}`}, text);
const section = (id, title, count, content, kind) => h('section', {id, class: kind, 'aria-labelledby': `${id}-title`},
  h('div', {class: 'title'}, h('h2', {id: `${id}-title`}, title), h('span', {class: 'count'}, count)), content);
const empty = (...text) => h('p', {class: 'empty'}, ...text);

/** A table. A column is [title, cell of a row, class]; the cell is text or an element. */
function table(caption, columns, rows) {
  return h('div', {class: 'scroll'}, h('table', {'aria-label': caption},
    h('thead', null, h('tr', null, columns.map(([title, , kind]) => h('th', {scope: 'col', class: kind}, title)))),
    h('tbody', null, rows.map(row => h('tr', null, columns.map(([, cell, kind]) => h('td', {class: kind}, cell(row))))))));
}

/** The name of a process, by what the program told. */
function partyName(names, party) {
  if (!party.pid) return 'an unknown process';
  const name = names.get(party.pid);
  return `${name ? `${name} (${party.pid})` : `process ${party.pid}`}${party.thread ? `, thread ${party.thread}` : ''}`;
}

// ---- Sections

function summary(view, curves) {
  const sum = prefix => Object.entries(curves).filter(([name]) => name.startsWith(prefix)).reduce((all, [, values]) => all + (last(values) ?? 0), 0);
  const died = view.pools.reduce((all, pool) => all + pool.died, 0);
  const waiting = view.objects.reduce((all, each) => all + each.waiters.length, 0);
  const tile = (title, value, unit) => h('div', {class: 'tile'}, h('dt', null, title), h('dd', null, value, unit && ' ', unit && h('small', null, unit)));
  return h('dl', {class: 'tiles', id: 'summary'},
    tile('Processes', number(view.processes.length)),
    tile('CPU', number(sum('cpu:')), `% of ${number(snapshot.processors * 100)}`),
    tile('Memory', number(sum('memory:')), 'MiB'),
    tile('Tasks', rate(sum('pool:')), 'per second'),
    tile('Waiting', number(waiting), waiting === 1 ? 'thread' : 'threads'),
    tile('Deaths of workers', died ? h('span', {class: 'bad'}, number(died)) : '0'));
}

function processes(view, curves) {
  const workers = new Set(view.pools.flatMap(pool => pool.workers.map(worker => worker.pid)));
  const parents = new Map(view.processes.map(each => [each.pid, each.parent]));
  const depth = pid => { let n = 0; while (parents.get(pid) && n < 3) { pid = parents.get(pid); n++; } return n; };
  const rows = view.processes;
  return section('processes', 'Processes', number(rows.length), table('Processes', [
    ['Name', each => h('div', {class: `indent-${depth(each.pid)}`}, each.name, each.state !== 'running' && [' ', badge(each.state, 'warn')]), 'name'],
    ['PID', each => String(each.pid), 'number'],
    ['Role', each => workers.has(each.pid) ? 'worker' : each.role, 'soft'],
    ['CPU', each => last(curves[`cpu:${each.pid}`]) === null ? '–' : `${number(last(curves[`cpu:${each.pid}`]))} %`, 'number'],
    ['', each => curve(curves[`cpu:${each.pid}`], `CPU of ${each.name} in %`, 100), 'curve'],
    ['Memory', each => bytes(each.memoryBytes), 'number'],
    ['', each => curve(curves[`memory:${each.pid}`], `Memory of ${each.name} in MiB`, 64), 'curve'],
    ['Tasks/s', each => workers.has(each.pid) ? rate(last(curves[`tasks:${each.pid}`])) : '', 'number'],
    ['', each => workers.has(each.pid) && curve(curves[`tasks:${each.pid}`], `Tasks per second of ${each.name}`), 'curve'],
    ['Running', each => each.started ? age(each.started) : '–', 'number'],
  ], rows));
}

function pools(view, curves) {
  return section('pools', 'Pools', number(view.pools.length), view.pools.length
    ? h('div', {class: 'pools'}, view.pools.map(pool => poolCard(pool, curves[`pool:${pool.pid}/${pool.number}`])))
    : empty('No pool. A pool appears here when the program calls ', h('code', null, 'Mp.Pool()'), '.'));
}

function poolCard(pool, values) {
  const known = pool.calls.filter(call => call.total !== 1);
  const single = pool.calls.length - known.length + pool.callsLeftOut;
  return h('article', {class: 'pool'},
    h('div', {class: 'head'}, h('h3', null, pool.name), badge(pool.state, pool.state === 'running' ? 'good' : pool.state === 'broken' ? 'bad' : ''),
      h('span', {class: 'soft'}, `${plural(pool.workers.length, 'worker')} · ${plural(pool.done, 'task')} done · ${number(pool.failed)} failed · ${number(pool.retried)} run again`),
      pool.died > 0 && h('span', {class: 'bad'}, `${plural(pool.died, 'worker')} died`)),
    pool.problem && h('p', {class: 'bad'}, pool.problem),
    h('div', {class: 'columns'},
      h('div', null, h('p', {class: 'rate'}, rate(last(values)), ' ', h('small', null, 'tasks per second')), curve(values, `Tasks per second of ${pool.name}`)),
      h('div', null,
        known.map(call), single > 0 && h('p', {class: 'soft'}, `${plural(single, 'other call')} in progress`),
        !pool.calls.length && empty('No call in progress.'),
        pool.slowTasks.length > 0 && [h('h4', null, 'Slowest tasks'), table('Slowest tasks', [
          ['Task', each => number(each.index), 'number'],
          ['Argument', each => h('code', null, each.argument), 'wide'],
          ['Time', each => duration(each.seconds), 'number']], pool.slowTasks)]),
      h('div', null,
        pool.deaths.length > 0 && h('h4', null, 'Last deaths'), pool.deaths.slice(0, 3).map(death),
        pool.advice.length > 0 && [h('h4', null, 'Advice'), h('ul', {class: 'plain'}, pool.advice.map(each => h('li', null, each)))])));
}

function call(each) {
  const share = each.total ? each.done / each.total : null;
  return h('div', {class: 'call'},
    h('div', {class: 'label'},
      h('span', null, h('b', null, each.kind), ` ${number(each.done)}${each.total ? ` of ${number(each.total)}` : ''}`, each.failed > 0 && h('span', {class: 'bad'}, `, ${number(each.failed)} failed`)),
      h('span', {class: 'soft'}, share === null ? '' : `${number(share * 100)} %, `, duration(each.seconds))),
    share !== null && h('progress', {max: 1, value: share, 'aria-label': `Progress of call ${each.number}`}));
}

const death = each => h('div', {class: 'death'},
  h('div', null, h('b', null, each.name), ` (${each.pid}${each.node ? ` on ${each.node}` : ''}) ended with ${each.ending}`,
    each.task !== null && `, lost task ${number(each.task)}`, each.outOfMemory && h('span', {class: 'bad'}, ', out of memory'),
    h('span', {class: 'soft'}, `, ${age(each.time)} ago`)),
  h('pre', null, each.lastWords || 'It wrote nothing to stderr.'));

function queues(view, curves, names) {
  const all = view.objects.filter(each => 'items' in each.counts);
  return section('queues', 'Queues', number(all.length), all.length ? table('Queues', [
    ['Object', each => `${each.type} ${each.id}`, 'name'],
    ['In', each => names.get(each.pid) ?? String(each.pid), 'soft'],
    ['Items', each => number(each.counts.items), 'number'],
    ['', each => curve(curves[`items:${each.pid}/${each.id}`], `Items of ${each.type} ${each.id}`), 'curve'],
    ['Waiting', each => each.waiters.length ? `${number(each.waiters.length)}, ${duration(each.waiters[0].waitedSeconds)}` : '–', 'number'],
  ], all) : empty('No queue. ', h('code', null, 'Mp.Queue<T>()'), ' makes one; its depth is drawn here.'));
}

const isLock = each => /lock|semaphore|condition/.test(each.type);

function locks(view, names) {
  const all = view.objects.filter(each => isLock(each)).sort((a, b) => b.waiters.length - a.waiters.length || b.holders.length - a.holders.length);
  const shown = all.slice(0, 40);
  const parties = (list, text) => list.length ? [list.slice(0, 3).map(each => h('div', null, text(each))), list.length > 3 && h('div', {class: 'soft'}, `and ${number(list.length - 3)} more`)] : '–';
  return section('locks', 'Locks', number(all.length), all.length ? [table('Locks', [
    ['Object', each => `${each.type} ${each.id}`, 'name'],
    ['Held by', each => parties(each.holders, holder => partyName(names, holder) + (holder.count > 1 ? ` ×${holder.count}` : ''))],
    ['Waiting', each => parties(each.waiters, waiter => `${partyName(names, waiter)}, ${duration(waiter.waitedSeconds)}`)],
  ], shown), all.length > shown.length && h('p', {class: 'soft'}, `and ${number(all.length - shown.length)} more, which nobody waits for`)]
    : empty('No lock. ', h('code', null, 'Mp.Lock()'), ' makes one; its holder and who waits for it appear here.'));
}

function deadlocks(list, names, id, title) {
  return list.length > 0 && section(id, title, number(list.length), list.map(each => h('div', {class: 'deadlock'}, graph(each, names),
    h('ol', null, each.steps.map((step, i) => h('li', null, h('b', null, partyName(names, step)), ` waits for ${step.lock}`,
      `, held by ${partyName(names, each.steps[(i + 1) % each.steps.length])}`, h('div', {class: 'soft'}, step.site ?? 'where is not known')))))), 'alarm');
}

/** A deadlock as a graph: threads on a circle, each with an arrow to the thread that holds what it waits for. */
function graph(each, names) {
  const steps = each.steps, size = {w: 460, h: steps.length > 3 ? 340 : steps.length === 3 ? 260 : 170}, box = {w: 150, h: 44};
  const at = i => {
    const angle = Math.PI * 2 * i / steps.length - (steps.length === 2 ? Math.PI : Math.PI / 2);
    return {x: size.w / 2 + Math.cos(angle) * (size.w / 2 - box.w / 2 - 6), y: size.h / 2 + Math.sin(angle) * (size.h / 2 - box.h / 2 - 14)};
  };
  const arrows = steps.map((step, i) => {
    const from = at(i), to = at((i + 1) % steps.length);
    if (steps.length === 1) return {path: `M ${from.x + 40} ${from.y + 22} C ${from.x + 130} ${from.y + 120} ${from.x - 130} ${from.y + 120} ${from.x - 40} ${from.y + 24}`, x: from.x, y: from.y + 96, lock: step.lock};
    const dx = to.x - from.x, dy = to.y - from.y, length = Math.hypot(dx, dy), side = {x: -dy / length, y: dx / length};
    const bend = steps.length === 2 ? -70 : -18, middle = {x: (from.x + to.x) / 2 + side.x * bend, y: (from.y + to.y) / 2 + side.y * bend};
    const start = edge(from, middle, box), end = edge(to, middle, {w: box.w + 10, h: box.h + 10});
    return {path: `M ${start.x} ${start.y} Q ${middle.x} ${middle.y} ${end.x} ${end.y}`, x: (start.x + 2 * middle.x + end.x) / 4, y: (start.y + 2 * middle.y + end.y) / 4, lock: step.lock};
  });
  return h('svg', {viewBox: `0 0 ${size.w} ${size.h}`, role: 'img', 'aria-label': `A deadlock of ${plural(steps.length, 'thread')}; the list beside it says the same`},
    h('defs', null, h('marker', {id: 'head', viewBox: '0 0 8 8', refX: 7, refY: 4, markerWidth: 8, markerHeight: 8, orient: 'auto-start-reverse'}, h('path', {class: 'head', d: 'M 0 0 L 8 4 L 0 8 Z'}))),
    arrows.map(arrow => [h('path', {class: 'arrow', d: arrow.path, 'marker-end': 'url(#head)'}), h('text', {class: 'lock', x: arrow.x, y: arrow.y}, short(arrow.lock, 22))]),
    steps.map((step, i) => h('g', null, h('rect', {class: 'thread', x: at(i).x - box.w / 2, y: at(i).y - box.h / 2, width: box.w, height: box.h, rx: 8}),
      h('text', {x: at(i).x, y: at(i).y - 9}, short(names.get(step.pid) ?? `process ${step.pid}`, 20)),
      h('text', {class: 'small', x: at(i).x, y: at(i).y + 10}, `${step.pid}, thread ${step.thread}`))));
}

/** Where the line from the centre of a box towards a point leaves the box. */
function edge(centre, towards, box) {
  const dx = towards.x - centre.x, dy = towards.y - centre.y;
  const scale = Math.min(box.w / 2 / Math.abs(dx || 1e-9), box.h / 2 / Math.abs(dy || 1e-9));
  return {x: centre.x + dx * scale, y: centre.y + dy * scale};
}

const short = (text, most) => text.length <= most ? text : `${text.slice(0, most - 1)}…`;
const counts = each => Object.entries(each.counts).map(([name, value]) => `${name} ${number(value)}`).join(', ') || '–';

function others(view, names) {
  const all = view.objects.filter(each => !isLock(each) && !('items' in each.counts));
  return all.length > 0 && section('objects', 'Other objects', number(all.length), [table('Other objects', [
    ['Object', each => `${each.type} ${each.id}`, 'name'],
    ['In', each => names.get(each.pid) ?? String(each.pid), 'soft'],
    ['Memory', each => each.bytes ? bytes(each.bytes) : '–', 'number'],
    ['Waiting', each => each.waiters.length ? number(each.waiters.length) : '–', 'number'],
    ['State', counts, 'wide'],
  ], all.slice(0, 40)), all.length > 40 && h('p', {class: 'soft'}, `and ${number(all.length - 40)} more`)]);
}

function cluster(view, curves) {
  const it = view.cluster;
  return it && [
    section('members', 'Cluster', plural(it.members.length, 'node'), [table('Members', [
      ['Node', each => [each.address, each.isSelf && [' ', badge('this program')]], 'name'],
      ['Status', each => each.isReachable ? each.status : h('span', {class: 'bad'}, `${each.status}, unreachable`)],
      ['Roles', each => each.roles.join(', ') || '–', 'soft'],
      ['Objects', each => number(it.objects.filter(object => object.node === each.address).length), 'number'],
    ], it.members), it.silent.length > 0 && h('p', {class: 'bad'}, `No answer from ${it.silent.join(', ')}: their objects are missing.`)]),
    section('cluster-objects', 'Objects of the cluster', number(it.objects.length), it.objects.length ? table('Objects of the cluster', [
      ['Name', each => each.name, 'name'],
      ['Type', each => each.type, 'soft'],
      ['Lives in', each => each.node],
      ['Held by', each => each.holders.length ? each.holders.map(who => h('div', null, who)) : '–'],
      ['Waiting', each => each.waiters.length ? number(each.waiters.length) : '–', 'number'],
      ['State', counts],
      ['', each => curves[`cluster:${each.name}`] && curve(curves[`cluster:${each.name}`], `Items of ${each.name}`), 'curve'],
    ], it.objects) : empty('No object of the cluster is in use.'))];
}

// ---- The page

function draw() {
  const programs = snapshot.programs;
  const program = programs.find(each => each.pid === chosen) ?? programs[0];
  morph(byId('programs'), h('nav', {id: 'programs', 'aria-label': 'Programs'}, programs.map(each =>
    h('button', {type: 'button', 'data-pid': each.pid, 'aria-pressed': String(each === program)}, `${each.view?.name ?? 'program'} ${each.pid}`))));
  const content = snapshot.problem ? [h('p', {class: 'notice'}, `The last look failed: ${snapshot.problem}`)] : program ? body(program) : [none()];
  morph(byId('content'), h('main', {id: 'content'}, content));
  document.title = program?.view ? `${program.view.name} – Multiproc` : 'Multiproc';
}

const none = () => h('div', {class: 'notice', id: 'none'}, h('h2', null, 'No program to look at'),
  h('p', null, 'A program of this user appears here when it starts its first process, by ', h('code', null, 'Mp.Process(…).Start()'), ', ', h('code', null, 'Mp.Pool()'), ' or ', h('code', null, 'Mp.Manager()'), '.'));

function body({view, curves, isStale, pid}) {
  if (!view) return [h('p', {class: 'notice'}, `Program ${pid} has not answered yet: it is stopped, or very busy.`)];
  const names = new Map(view.processes.map(each => [each.pid, each.name]));
  return [
    isStale && h('p', {class: 'bad', id: 'stale', role: 'status'}, 'The program did not answer in time: what follows is what it said last.'),
    summary(view, curves),
    deadlocks(view.deadlocks, names, 'deadlocks', 'Deadlocks'),
    view.cluster && deadlocks(view.cluster.deadlocks, names, 'cluster-deadlocks', 'Deadlocks in the cluster'),
    pools(view, curves),
    processes(view, curves),
    h('div', {class: 'pair'}, queues(view, curves, names), locks(view, names)),
    cluster(view, curves),
    others(view, names),
    view.objectsLeftOut > 0 && h('footer', null, `${plural(view.objectsLeftOut, 'further object')} of this program are not shown.`),
  ];
}

function say(text, kind) {
  const place = byId('connection');
  if (place.textContent !== text) place.textContent = text;
  place.className = kind;
}

// ---- The connection

function listen() {
  const events = new EventSource('events');
  events.onmessage = event => {
    snapshot = JSON.parse(event.data);
    byId('sign-in').hidden = true;
    say('Live', 'live');
    draw();
  };
  events.onerror = () => {
    say('Connection lost, trying again…', 'lost');
    if (events.readyState === EventSource.CLOSED) refused();
  };
}

/** The browser does not say why there are no events, and does not try again by itself. */
async function refused() {
  const status = await fetch('session').then(answer => answer.status, () => 0);
  if (status === 401) {
    say('Signed out', 'lost');
    byId('sign-in').hidden = false;
    byId('content').replaceChildren();
    byId('token').focus();
    return;
  }
  if (status === 503) say('Too many browsers are connected, trying again…', 'lost');
  setTimeout(listen, 3000);
}

async function signIn(token) {
  const answer = await fetch('login', {method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify({token})}).catch(() => null);
  return answer?.status ?? 0;
}

/** Browsers encode what an address may not contain. */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

byId('programs').addEventListener('click', event => {
  const button = event.target.closest('button');
  if (button) {
    chosen = Number(button.dataset.pid);
    draw();
  }
});

byId('sign-in').addEventListener('submit', async event => {
  event.preventDefault();
  const status = await signIn(byId('token').value.trim());
  byId('sign-in-problem').textContent = status === 204 ? '' : status === 401 ? 'That is not the token.' : 'The dashboard does not answer.';
  if (status === 204) {
    byId('token').value = '';
    byId('sign-in').hidden = true;
    listen();
  }
});

(async () => {
  // The token leaves the address bar, and so the history, before anything is drawn.
  const token = location.hash.slice(1);
  if (token) {
    history.replaceState(null, '', location.pathname);
    await signIn(decoded(token));
  }
  listen();
})();
