// Serves every contract of a folder with the package `soap`, by its name: node serve.js HOST PORT
"use strict";
const { createHash } = require("node:crypto");
const fs = require("node:fs");
const http = require("node:http");
const path = require("node:path");
const soap = require("soap");

// The package writes these prefixes into answers and does not declare them.
const NAMESPACES =
  ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"' +
  ' xmlns:soapenc="http://schemas.xmlsoap.org/soap/encoding/"';
const NOBODY = "0000000000000";
const [host, port] = process.argv.slice(2);
const folder = process.env.CONTRACTS;

function refusal(version, name) {
  const detail = { [name]: { number: 17, reason: "fără înscriere" } };
  if (version === "1.2") {
    const Code = { Value: "soap:Sender" };
    return { Fault: { Code, Reason: { Text: "nobody is called so" }, Detail: detail } };
  }
  return { Fault: { faultcode: "soap:Client", faultstring: "nobody is called so", detail } };
}

// What names its type comes as an object of attributes and value.
function plain(value) {
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== "object" || value instanceof Date) return value;
  if ("$value" in value) return value.$value;
  const named = Object.entries(value).filter(([name]) => name !== "attributes");
  return Object.fromEntries(named.map(([name, inner]) => [name, plain(inner)]));
}

function operations(version) {
  const register = (given) => {
    const person = plain(given.person ?? given);
    if (person.id === NOBODY) throw refusal(version, given.person?.id?.attributes ? "fault" : "Refusal");
    // The package reads a day as a moment and writes no moments.
    const born = person.born instanceof Date ? person.born.toISOString().slice(0, 10) : person.born;
    const entry = { ...person, born, number: 20260001, at: "2026-11-22T10:30:00Z" };
    if (given.office) return { registerReturn: entry };
    return given.person ? { RegisterResult: entry } : entry;
  };
  return {
    Register: register,
    register,
    Notify: ({ text }) => fs.appendFileSync(process.env.NOTIFIED, `${text}\n`),
    Attach: ({ content }) => ({
      AttachResult: Buffer.from(Buffer.from(content, "base64").reverse()).toString("base64"),
    }),
  };
}

// A call without a token is served; one with a token must hold it.
function proven(security) {
  const token = security?.UsernameToken;
  if (!token) return true;
  const text = (part) => part?.$value ?? part;
  const [user, shown, nonce] = [token.Username, token.Password, token.Nonce].map(text);
  const digest = createHash("sha1");
  if (nonce) digest.update(Buffer.from(nonce, "base64"));
  digest.update(`${text(token.Created) ?? ""}${process.env.PASSWORD}`);
  const hashed = String(token.Password.attributes.Type).endsWith("#PasswordDigest");
  return user === process.env.USER && shown === (hashed ? digest.digest("base64") : process.env.PASSWORD);
}

const server = http.createServer((request, response) => response.writeHead(404).end());
server.listen(Number(port), host, () => {
  for (const file of fs.readdirSync(folder).filter((name) => name.endsWith(".wsdl"))) {
    const name = path.basename(file, ".wsdl");
    const xml = fs.readFileSync(path.join(folder, file), "utf8");
    const version = name.includes("1.2") ? "1.2" : "1.1";
    const ports = new Proxy({}, { get: () => operations(version) });
    const services = new Proxy({}, { get: () => ports });
    const listening = soap.listen(server, {
      path: `/${name}`, services, xml, forceSoap12Headers: version === "1.2", handleNilAsNull: true,
      callback: () => (listening.wsdl.xmlnsInEnvelope += NAMESPACES),
    });
    listening.authenticate = proven;
  }
});
