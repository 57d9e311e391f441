import { generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
import { isIP } from "node:net";

/** A certificate and its key, as PEM. */
export interface Certificate {
  readonly name: string;
  readonly certificate: string;
  readonly key: string;
}

interface CertificateOptions {
  /** Host names and addresses that it is for. */
  readonly hosts?: readonly string[];
  /** Who signs it; itself unless given. */
  readonly by?: Certificate;
  /** Its time was over yesterday. */
  readonly expired?: boolean;
}

const DAY = 86_400_000;
const OIDS = {
  ecdsaWithSha256: "06082a8648ce3d040302",
  commonName: "0603550403",
  basicConstraints: "0603551d13",
  subjectAltName: "0603551d11",
};

/** Makes an X.509 certificate: of an authority where it names no hosts. */
export function makeCertificate(name: string, { hosts = [], by, expired = false }: CertificateOptions): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const algorithm = sequence(oid("ecdsaWithSha256"));
  const now = Date.now();
  const signed = sequence(
    tagged(0xa0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    algorithm,
    nameOf(by?.name ?? name),
    sequence(time(now - 2 * DAY), time(expired ? now - DAY : now + DAY)),
    nameOf(name),
    publicKey.export({ type: "spki", format: "der" }),
    tagged(0xa3, sequence(...extensions(hosts))),
  );
  const key: KeyObject | string = by?.key ?? privateKey;
  const signature = sign("sha256", signed, key);
  const whole = sequence(signed, algorithm, bitString(signature));
  const text = whole.toString("base64").replace(/.{64}/g, "$&\n");
  return {
    name,
    certificate: `-----BEGIN CERTIFICATE-----\n${text}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}

function extensions(hosts: readonly string[]): Buffer[] {
  const authority = sequence(oid("basicConstraints"), octets(sequence(tagged(0x01, Buffer.from([0xff])))));
  if (hosts.length === 0) return [authority];
  const names = hosts.map((host) =>
    isIP(host) === 4 ? tagged(0x87, Buffer.from(host.split(".").map(Number))) : tagged(0x82, Buffer.from(host)),
  );
  return [sequence(oid("subjectAltName"), octets(sequence(...names)))];
}

/** A piece of DER: its kind, its length, and what is in it. */
function tagged(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const long = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...long]), content]);
}

const sequence = (...parts: readonly Buffer[]): Buffer => tagged(0x30, ...parts);
const integer = (bytes: Buffer): Buffer => tagged(0x02, bytes);
const octets = (bytes: Buffer): Buffer => tagged(0x04, bytes);
const bitString = (bytes: Buffer): Buffer => tagged(0x03, Buffer.from([0]), bytes);
const oid = (name: keyof typeof OIDS): Buffer => Buffer.from(OIDS[name], "hex");

function nameOf(name: string): Buffer {
  return sequence(tagged(0x31, sequence(oid("commonName"), tagged(0x0c, Buffer.from(name)))));
}

/** UTCTime: `260102030405Z`. */
function time(at: number): Buffer {
  const text = new Date(at)
    .toISOString()
    .replace(/[-:T]|\.\d+/g, "")
    .slice(2);
  return tagged(0x17, Buffer.from(text));
}
