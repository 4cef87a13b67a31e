import type { KeyObject } from "node:crypto";
import type { Collection } from "../../mixins/store/collection.ts";
import { EnvironmentError } from "../shared/environment.ts";
import { typeOf } from "../shared/errors.ts";
import { generateKey, publicKeyOf, seal, unseal } from "./signing-key.ts";
import { LIFETIME, type SigningKey } from "./token.ts";
import type { KeyDocument } from "./user.documents.ts";
import type { PublicKey } from "./users.contract.ts";

const DAY = 24 * 3600_000;
/** How long a key signs before the next one takes over. */
export const SIGNS = 30 * DAY;
/** A new key is published for so long before it signs: gateways read the keys anew every ten minutes. */
export const AHEAD = 3600_000;
/** Tokens that the old key signed end within this, with a margin for clocks. */
const OUTLIVES = LIFETIME * 1000 + 5 * 60_000;
/** Another node may have made a key. */
const FRESH = 60_000;

interface Key {
  id: number;
  signsFrom: number;
  kid: string;
  privateKey: KeyObject;
  published: PublicKey;
}

const iso = (time: number): string => new Date(time).toISOString();

/** The shop's signing keys, the same on every node: one signs, the next is published ahead, the last one fades out. */
export class KeyRing {
  readonly #documents: Collection<KeyDocument>;
  readonly #secret: string;
  readonly #known = new Map<string, { privateKey: KeyObject; published: PublicKey }>();
  #keys: Key[] = [];
  #readAt = 0;

  constructor(documents: Collection<KeyDocument>, secret: string) {
    this.#documents = documents;
    this.#secret = secret;
  }

  /** Reads the keys, and makes the first where there has never been one. */
  async open(now = Date.now()): Promise<void> {
    await this.#read(now);
    if (this.#keys.length) return;
    await this.#make(1, now);
    await this.#read(now);
  }

  /** What tokens are signed with: the latest key whose time has come. */
  async signing(now = Date.now()): Promise<SigningKey> {
    const keys = await this.#current(now);
    return keys.findLast(({ signsFrom }) => signsFrom <= now) ?? (keys[0] as Key);
  }

  async published(now = Date.now()): Promise<PublicKey[]> {
    return (await this.#current(now)).map(({ published }) => published);
  }

  /** A key's due work: it makes its successor ahead of time, then is removed when nothing it signed is good any more. */
  async renew({ id }: Pick<KeyDocument, "id">, now = Date.now()): Promise<string | undefined> {
    const next = Number(id) + 1;
    const successor = (await this.#documents.get(String(next))) ?? (await this.#make(next, now + AHEAD));
    const over = Date.parse(successor.signsFrom) + OUTLIVES;
    if (now < over) return iso(over);
    await this.#documents.purge({ id }, 1);
    this.#readAt = 0;
    return undefined;
  }

  async #make(id: number, signsFrom: number): Promise<KeyDocument> {
    const dueAt = iso(signsFrom + SIGNS - AHEAD);
    const draft = { id: String(id), ...seal(generateKey(), this.#secret), signsFrom: iso(signsFrom), dueAt };
    await this.#documents.insert(draft).catch((error) => {
      // Another node was faster.
      if (typeOf(error) !== "SIGNINGKEYS_TAKEN") throw error;
    });
    this.#readAt = 0;
    return (await this.#documents.get(draft.id)) as KeyDocument;
  }

  async #current(now: number): Promise<Key[]> {
    if (Math.abs(now - this.#readAt) > FRESH) await this.#read(now);
    return this.#keys;
  }

  async #read(now: number): Promise<void> {
    const documents: KeyDocument[] = [];
    for await (const batch of this.#documents.all()) documents.push(...batch);
    const keys = documents.map((document) => ({
      id: Number(document.id),
      signsFrom: Date.parse(document.signsFrom),
      kid: document.kid,
      ...this.#opened(document),
    }));
    this.#keys = keys.sort((a, b) => a.id - b.id);
    this.#readAt = now;
  }

  #opened(document: KeyDocument) {
    const known = this.#known.get(document.kid);
    if (known) return known;
    try {
      const privateKey = unseal(document, this.#secret);
      const opened = { privateKey, published: publicKeyOf(privateKey) };
      this.#known.set(document.kid, opened);
      return opened;
    } catch {
      throw new EnvironmentError("SECRET_KEY: not the one that the signing keys in this data were stored with");
    }
  }
}
