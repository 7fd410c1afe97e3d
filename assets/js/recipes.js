// The call of the whole product in several languages, ready to run: each asks for a code and prints its status and picture.
// Pure; tests/http/recipes.rs runs every one.

const BODY = { channel: 'whatsapp_evolution', channelInstanceId: 'minha-loja', channelPhoneOrId: '5521991856227' };
const PATH = '/api/messaging/instance';
/** Seconds: a call for a code may take 120. */
const PATIENCE = 130;

const json = JSON.stringify(BODY);

const curl = (url, token) => `curl -sS -X POST '${url}' \\
  -H 'Authorization: Bearer ${token}' \\
  -H 'Content-Type: application/json' \\
  --max-time ${PATIENCE} \\
  -d '${json}'`;

const node = (url, token) => `// node loja.mjs (Node 18+)
const answer = await fetch('${url}', {
  method: 'POST',
  headers: { Authorization: 'Bearer ${token}', 'Content-Type': 'application/json' },
  body: JSON.stringify(${json}),
  signal: AbortSignal.timeout(${PATIENCE}_000),
});
const body = await answer.json();
if (!body.success) throw new Error(\`\${body.code}: \${body.error}\`);
console.log(body.data.status, body.data.qrCode);`;

const python = (url, token) => `# python3 loja.py
import json
import urllib.error
import urllib.request

request = urllib.request.Request(
    "${url}",
    data=json.dumps(${json}).encode(),
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

const php = (url, token) => `<?php // php loja.php
$answer = file_get_contents('${url}', false, stream_context_create(['http' => [
    'method' => 'POST',
    'header' => "Authorization: Bearer ${token}\\r\\nContent-Type: application/json",
    'content' => json_encode([
${Object.entries(BODY).map(([name, value]) => `        '${name}' => '${value}',`).join('\n')}
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
const n8n = (url, token) => JSON.stringify({
  name: 'pareia: QR Code',
  nodes: [
    { id: 'a1f0c1de-0001-4000-8000-000000000001', name: 'Start', type: 'n8n-nodes-base.manualTrigger', typeVersion: 1, position: [0, 0], parameters: {} },
    {
      id: 'a1f0c1de-0002-4000-8000-000000000002', name: 'pareia', type: 'n8n-nodes-base.httpRequest', typeVersion: 4.2, position: [220, 0],
      parameters: {
        method: 'POST', url,
        sendHeaders: true, headerParameters: { parameters: [{ name: 'Authorization', value: `Bearer ${token}` }] },
        sendBody: true, specifyBody: 'json', jsonBody: JSON.stringify(BODY, null, 2),
        options: { timeout: PATIENCE * 1000 },
      },
    },
  ],
  connections: { Start: { main: [[{ node: 'pareia', type: 'main', index: 0 }]] } },
  settings: { executionOrder: 'v1' },
}, null, 2);

/** recipes(base, token) → [{ key, label, text, file }]; `file`: what to call it where it is a file to import. */
export function recipes(base, token) {
  const url = base + PATH;
  return [
    { key: 'curl', label: 'curl', text: curl(url, token) },
    { key: 'n8n', label: 'n8n', text: n8n(url, token), file: 'pareia-n8n.json' },
    { key: 'node', label: 'Node', text: node(url, token) },
    { key: 'python', label: 'Python', text: python(url, token) },
    { key: 'php', label: 'PHP', text: php(url, token) },
  ];
}
