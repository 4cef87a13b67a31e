import { defineMixin, type Mixin } from "../../services/cluster.ts";
import { platformOf } from "../platform.ts";
import type { Collection, CollectionSpec, Doc } from "./collection.ts";

/** Lends `this.<name>`, the only way to the documents of that collection. */
export function store<const Name extends string, T extends Doc>(
  spec: CollectionSpec<T> & { name: Name },
): Mixin<{ [N in Name]: Collection<T> }> {
  return defineMixin<Record<Name, Collection<T>>>({
    created() {
      Object.assign(this, { [spec.name]: platformOf(this.broker).collection(spec) });
    },
    started() {
      return (this[spec.name] as Collection<T>).ready();
    },
  }) as Mixin<{ [N in Name]: Collection<T> }>;
}
