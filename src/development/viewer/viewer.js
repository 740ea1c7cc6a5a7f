// Shows the stream of inspection messages, and forwards it to the hosted inspector if that is open.
const HOSTED = 'https://stately.ai/inspect';
const MAX_LOG_LINES = 300;

const byId = (id) => document.getElementById(id);
const rows = new Map(); // by session ID
let source = null;
let hosted = null; // { window, origin } after the frame has connected

connect();
byId('hosted').addEventListener('click', openHosted);

// Each connection starts with all actors: the page is cleared.
function connect() {
  source?.close();
  source = new EventSource('/events');
  source.addEventListener('hello', () => {
    byId('connection').textContent = 'connected';
    rows.clear();
    byId('actors').replaceChildren();
    byId('log').replaceChildren();
  });
  source.addEventListener('error', () => {
    byId('connection').textContent = 'disconnected, reconnecting';
    // Actors of a restarted sidecar may have the same IDs: the hosted inspector is reloaded, too.
    if (hosted !== null) openHosted();
  });
  source.addEventListener('message', ({ data }) => {
    const message = JSON.parse(data);
    show(message);
    hosted?.window.postMessage(message, hosted.origin);
  });
}

function show(message) {
  const { sessionId, type, snapshot, event } = message;
  if (type === '@xstate.actor') addActor(message);
  // Before the row goes with its actor.
  const name = rows.get(sessionId)?.name ?? sessionId;
  if (snapshot !== undefined) rows.get(sessionId)?.show(snapshot);
  if (event === undefined) return;
  const what = type === '@xstate.snapshot' ? `${event.type} → ${stateOf(snapshot)}` : event.type;
  addLine(message, `${name}: ${what}`);
}

function addActor({ sessionId, name }) {
  rows.get(sessionId)?.row.remove();
  const row = byId('actors').insertRow();
  row.insertCell().textContent = name;
  const state = row.insertCell();
  const showState = (snapshot) => {
    state.textContent = stateOf(snapshot);
    if (snapshot.status === 'active') return;
    row.remove();
    rows.delete(sessionId);
  };
  rows.set(sessionId, { name, row, show: showState });
}

function stateOf({ status, value }) {
  if (value === undefined) return status;
  const text =
    typeof value === 'string' ? value : JSON.stringify(value).replace(/[{}"]/g, '').replaceAll(':', '.');
  return status === 'active' ? text : `${text} (${status})`;
}

function addLine(message, text) {
  const line = document.createElement('li');
  const details = line.appendChild(document.createElement('details'));
  const summary = details.appendChild(document.createElement('summary'));
  const time = summary.appendChild(document.createElement('time'));
  time.textContent = new Date(Number(message.createdAt)).toLocaleTimeString();
  summary.append(` ${text}`);
  details.addEventListener('toggle', () => {
    if (details.childElementCount > 1) return;
    details.appendChild(document.createElement('pre')).textContent = JSON.stringify(message, null, 2);
  });
  const log = byId('log');
  log.prepend(line);
  if (log.childElementCount > MAX_LOG_LINES) log.lastElementChild.remove();
}

function openHosted() {
  hosted = null;
  const frame = document.createElement('iframe');
  frame.title = 'Stately inspector';
  frame.referrerPolicy = 'no-referrer';
  frame.src = HOSTED;
  byId('frame').replaceChildren(frame);
}

// The protocol of @statelyai/inspect: the frame connects, then receives messages.
addEventListener('message', ({ data, origin, source: sender }) => {
  const frame = byId('frame').querySelector('iframe');
  if (data?.type !== '@statelyai.connected' || sender !== frame?.contentWindow) return;
  const { protocol, hostname } = new URL(origin);
  if (protocol !== 'https:' || !/(^|\.)stately\.ai$/.test(hostname)) return;
  hosted = { window: sender, origin };
  connect();
});
