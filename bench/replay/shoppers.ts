import type { JsonClient } from "../support/json-client.ts";
import { inLanes } from "../support/lanes.ts";
import type { Invoice } from "./invoice.ts";

interface Session {
  accessToken: string;
  refreshToken: string;
  /** Seconds. */
  expiresIn: number;
}

/** A token is renewed this long before it ends. */
const EARLY = 60_000;

const COUNTRIES: Record<string, string> = {
  ...{ Australia: "AU", Austria: "AT", Bahrain: "BH", Belgium: "BE", Brazil: "BR", Canada: "CA", Cyprus: "CY" },
  ...{ "Channel Islands": "JE", "Czech Republic": "CZ", Denmark: "DK", EIRE: "IE", Finland: "FI", France: "FR" },
  ...{ Germany: "DE", Greece: "GR", "Hong Kong": "HK", Iceland: "IS", Israel: "IL", Italy: "IT", Japan: "JP" },
  ...{ Lebanon: "LB", Lithuania: "LT", Malta: "MT", Netherlands: "NL", Norway: "NO", Poland: "PL", Portugal: "PT" },
  ...{ RSA: "ZA", "Saudi Arabia": "SA", Singapore: "SG", Spain: "ES", Sweden: "SE", Switzerland: "CH", USA: "US" },
  ...{ "United Arab Emirates": "AE", "United Kingdom": "GB" },
};

/** Whom an invoice is for; the file has no names, and knows some countries as `Unspecified`. */
export function buyerOf({ no, customer, country }: Pick<Invoice, "no" | "customer" | "country">) {
  const email = customer ? `customer-${customer}@example.com` : `guest-${no}@example.com`;
  const name = customer ? `Customer ${customer}` : `Guest ${no}`;
  const code = COUNTRIES[country] ?? "GB";
  const shippingAddress = { name, line1: "1 High Street", city: "Anytown", postalCode: "AB1 2CD", country: code };
  return { email, shippingAddress };
}

/** The customers with their sessions: one access token for as long as it is good, then the next by refreshing. */
export class Shoppers {
  readonly #client: JsonClient;
  readonly #sessions = new Map<string, Session & { until: number }>();
  refreshed = 0;

  constructor(client: JsonClient) {
    this.#client = client;
  }

  get signedUp(): number {
    return this.#sessions.size;
  }

  async signUp(customers: readonly string[], width: number): Promise<void> {
    await inLanes(customers, { width, laneOf: (customer) => customer }, async (customer) => {
      const { email, shippingAddress } = buyerOf({ no: "", customer, country: "" });
      const body = { email, password: `replayed for ${customer}`, name: shippingAddress.name };
      this.#keep(customer, await this.#client.send("POST", "/api/v1/auth/register", body));
    });
  }

  /** What a customer's requests carry; nothing for a guest. */
  async headers(customer: string | null): Promise<Record<string, string>> {
    if (customer === null) return {};
    let session = this.#sessions.get(customer);
    if (!session) throw new Error(`Customer ${customer} has not signed up`);
    if (Date.now() > session.until) {
      const { refreshToken } = session;
      session = this.#keep(customer, await this.#client.send("POST", "/api/v1/auth/refresh", { refreshToken }));
      this.refreshed++;
    }
    return { Authorization: `Bearer ${session.accessToken}` };
  }

  #keep(customer: string, session: Session) {
    const kept = { ...session, until: Date.now() + session.expiresIn * 1_000 - EARLY };
    this.#sessions.set(customer, kept);
    return kept;
  }
}
