/** A JSON Schema, as contracts of other releases come. */
export type Json = Record<string, unknown>;

export const isJson = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);
export const fieldsOf = ({ properties }: Json): Record<string, Json> => (properties ?? {}) as Record<string, Json>;
export const isRequired = ({ required }: Json, name: string): boolean =>
  Array.isArray(required) && required.includes(name);

/** The schemas of which a value fits one. */
function variantsOf(schema: Json): Json[] {
  const variants = (schema.anyOf ?? schema.oneOf) as Json[] | undefined;
  return variants ? variants.flatMap(variantsOf) : [schema];
}

const typesOf = ({ type }: Json): string[] =>
  Array.isArray(type) ? (type as string[]) : typeof type === "string" ? [type] : [];

/** The JSON types of a value; empty where any will do. */
export const kindsOf = (schema: Json): Set<string> => new Set(variantsOf(schema).flatMap(typesOf));

export const variantsOfKind = (schema: Json, kind: string): Json[] =>
  variantsOf(schema).filter((variant) => typesOf(variant).includes(kind));
