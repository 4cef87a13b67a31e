import { conflict, notFound } from "../shared/errors.ts";
import type { AddressChange, SavedAddress } from "./users.contract.ts";

export const MOST_ADDRESSES = 20;

/** The guard of a write that appends: there is room. */
export const room = { [`addresses.${MOST_ADDRESSES - 1}`]: { $exists: false } };

export const full = () => conflict("ADDRESSES_FULL", `There is room for ${MOST_ADDRESSES} addresses`);
export const noAddress = (addressId: string) =>
  notFound("ADDRESS_NOT_FOUND", "There is no such address", { addressId });

/** The address with these fields changed; null takes a field away. */
export function changed(address: SavedAddress, fields: AddressChange): SavedAddress {
  const named = Object.entries(fields).filter(([, value]) => value !== undefined);
  const merged = { ...address, ...Object.fromEntries(named) };
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null)) as SavedAddress;
}
