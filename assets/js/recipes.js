// The call of the whole product in several languages, ready to run: each asks for a code and prints its status and picture.
// Pure; tests/http/recipes.rs runs every one.

/** Letters that a name has at most. */
const LONGEST = 64;
const bodyFor = (prefix) => ({ channel: 'whatsapp_evolution', channelInstanceId: `${prefix}minha-loja`.slice(0, LONGEST), channelPhoneOrId: '5521991856227' });
const PATH = '/api/messaging/instance';
/** Seconds: a call for a code may take 120. */
const PATIENCE = 130;

const curl = (url, token, body) => `curl -sS -X POST '${url}' \\
  -H 'Authorization: Bearer ${token}' \\
  -H 'Content-Type: application/json' \\
  --max-time ${PATIENCE} \\
  -d '${JSON.stringify(body)}'`;

const node = (url, token, body) => `// node loja.mjs (Node 18+)
const answer = await fetch('${url}', {
  method: 'POST',
  headers: { Authorization: 'Bearer ${token}', 'Content-Type': 'application/json' },
  body: JSON.stringify(${JSON.stringify(body)}),
  signal: AbortSignal.timeout(${PATIENCE}_000),
});
const body = await answer.json();
if (!body.success) throw new Error(\`\${body.code}: \${body.error}\`);
console.log(body.data.status, body.data.qrCode);`;

const python = (url, token, body) => `# python3 loja.py
import json
import urllib.error
import urllib.request

request = urllib.request.Request(
    "${url}",
    data=json.dumps(${JSON.stringify(body)}).encode(),
    headers={"Authorization": "Bearer ${token}", "Content-Type": "application/json"},
)
try:
    answer = urllib.request.urlopen(request, timeout=${PATIENCE})
except urllib.error.HTTPError as refused:
    answer = refused
body = json.load(answer)
if not body["success"]:
    raise SystemExit(f"{body['code']}: {body['error']}")
print(body["data"]["status"], body["data"]["qrCode"])`;

const php = (url, token, body) => `<?php // php loja.php
$answer = file_get_contents('${url}', false, stream_context_create(['http' => [
    'method' => 'POST',
    'header' => "Authorization: Bearer ${token}\\r\\nContent-Type: application/json",
    'content' => json_encode([
${Object.entries(body).map(([name, value]) => `        '${name}' => '${value}',`).join('\n')}
    ]),
    'timeout' => ${PATIENCE},
    'ignore_errors' => true,
]]));
$body = json_decode($answer, true);
if (!$body['success']) {
    file_put_contents('php://stderr', $body['code'] . ': ' . $body['error'] . PHP_EOL);
    exit(1);
}
echo $body['data']['status'], ' ', $body['data']['qrCode'], PHP_EOL;`;

/** A workflow that n8n imports from a file, or takes as pasted: press the button, call. */
const n8n = (url, token, body) => JSON.stringify({
  name: 'pareia: QR Code',
  nodes: [
    { id: 'a1f0c1de-0001-4000-8000-000000000001', name: 'Start', type: 'n8n-nodes-base.manualTrigger', typeVersion: 1, position: [0, 0], parameters: {} },
    {
      id: 'a1f0c1de-0002-4000-8000-000000000002', name: 'pareia', type: 'n8n-nodes-base.httpRequest', typeVersion: 4.2, position: [220, 0],
      parameters: {
        method: 'POST', url,
        sendHeaders: true, headerParameters: { parameters: [{ name: 'Authorization', value: `Bearer ${token}` }] },
        sendBody: true, specifyBody: 'json', jsonBody: JSON.stringify(body, null, 2),
        options: { timeout: PATIENCE * 1000 },
      },
    },
  ],
  connections: { Start: { main: [[{ node: 'pareia', type: 'main', index: 0 }]] } },
  settings: { executionOrder: 'v1' },
}, null, 2);

/** recipes(base, token, prefix) → [{ key, label, text, file }]; `file`: what to call it where it is a file to import, `prefix`: how the name begins. */
export function recipes(base, token, prefix = '') {
  const [url, body] = [base + PATH, bodyFor(prefix)];
  return [
    { key: 'curl', label: 'curl', text: curl(url, token, body) },
    { key: 'n8n', label: 'n8n', text: n8n(url, token, body), file: 'pareia-n8n.json' },
    { key: 'node', label: 'Node', text: node(url, token, body) },
    { key: 'python', label: 'Python', text: python(url, token, body) },
    { key: 'php', label: 'PHP', text: php(url, token, body) },
  ];
}
