// Calls services by their contract with the package `soap`: a JSON line in, a JSON line out.
"use strict";
const readline = require("node:readline");
const fs = require("node:fs");
const soap = require("soap");

// The package sends parts; what includes them is written by its users.
function attached(base64) {
  const attributes = { "xmlns:xop": "http://www.w3.org/2004/08/xop/include", href: "cid:content@town" };
  const part = { contentId: "content@town", mimetype: "application/octet-stream", name: "content" };
  const attachments = [{ ...part, body: Buffer.from(base64, "base64") }];
  return [{ content: { "xop:Include": { attributes } } }, { attachments, forceMTOM: true }];
}

// It reads parts; what they are included in is put together by its users.
function whole(value, parts) {
  if (value === null || typeof value !== "object" || value instanceof Date) return value;
  const href = value.Include?.attributes?.href;
  if (href) return parts.find((part) => part.headers["content-id"] === `<${href.slice(4)}>`).body.toString("base64");
  if (Array.isArray(value)) return value.map((one) => whole(one, parts));
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, whole(inner, parts)]));
}

async function answer(asked) {
  try {
    const client = await soap.createClientAsync(asked.wsdl, {
      forceSoap12Headers: asked.soap === "1.2",
      handleNilAsNull: true,
      parseResponseAttachments: true,
    });
    if (asked.basic) client.setSecurity(new soap.BasicAuthSecurity(...asked.basic));
    if (asked.token) {
      const [user, password, form] = asked.token;
      const passwordType = form === "digest" ? "PasswordDigest" : "PasswordText";
      client.setSecurity(new soap.WSSecurity(user, password, { passwordType, mustUnderstand: true }));
    }
    if (asked.sign) {
      const [key, certificate] = asked.sign.map((file) => fs.readFileSync(file));
      const options = {
        hasTimeStamp: true,
        signatureAlgorithm: "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
        digestAlgorithm: "http://www.w3.org/2001/04/xmlenc#sha256",
      };
      client.setSecurity(new soap.WSSecurityCert(key, certificate, "", options));
    }
    for (const [name, value] of Object.entries(asked.headers || {})) client.addHttpHeader(name, value);
    const service = asked.port ? Object.values(client).find((one) => one?.[asked.port])[asked.port] : client;
    const [arguments_, options] = asked.content ? attached(asked.content) : [asked.arguments, {}];
    const result = await new Promise((done, failed) =>
      service[asked.operation](arguments_, (error, found) => (error ? failed(error) : done(found)), options),
    );
    return { answer: whole(result ?? null, client.lastResponseAttachments?.parts) };
  } catch (error) {
    const fault = error.root?.Envelope?.Body?.Fault;
    if (!fault) return { error: String(error.message || error) };
    const text = fault.faultstring ?? fault.Reason?.Text;
    return {
      fault: {
        code: fault.faultcode ?? fault.Code?.Value,
        text: text?.$value ?? text,
        detail: fault.detail ?? fault.Detail ?? null,
      },
    };
  }
}

(async () => {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const said = await answer(JSON.parse(line));
    process.stdout.write(`${JSON.stringify(said, (key, value) => (key === "attributes" ? undefined : value))}\n`);
  }
})();
