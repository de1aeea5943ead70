// What an independent implementation, protobuf-es, understands of every field in a descriptor set: run once by scripts/corpora,
// compared by tests/conformance/test_features.c.
//
//   node fields.mjs NODE_MODULES SET.binpb >fields.tsv
//
// A line for each field and extension, in the order of the set:
//   full name | number | presence: 1 explicit, 2 implicit, 3 required | kind: singular, list, map | packed | UTF-8 checked
//   | delimited | JSON name | full name of its message or enum, or - | enum is open, or -
// A column is 0 or 1 where it is a yes or no. An extension's full name stands in brackets, as in text format. Fields of map
// entries are not listed: protobuf-es does not have them.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [modules, path] = process.argv.slice(2);
const resolve = createRequire(`${modules}/`).resolve;
const { createFileRegistry, fromBinary } = await import(pathToFileURL(resolve("@bufbuild/protobuf")));
const { FileDescriptorSetSchema } = await import(pathToFileURL(resolve("@bufbuild/protobuf/wkt")));

function kindOf(field) {
  return field.fieldKind === "list" || field.fieldKind === "map" ? field.fieldKind : "singular";
}

function lineOf(name, field) {
  const isString = field.fieldKind !== "map" && field.scalar === 9;
  const type = field.fieldKind === "map" ? undefined : (field.message ?? field.enum);
  const isOpen = field.fieldKind === "map" ? undefined : field.enum?.open;
  return [
    name,
    field.number,
    field.presence,
    kindOf(field),
    Number(field.packed === true),
    Number(isString && field.utf8Validation),
    Number(field.delimitedEncoding === true),
    field.jsonName,
    type?.typeName ?? "-",
    isOpen === undefined ? "-" : Number(isOpen),
  ].join("\t");
}

const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, readFileSync(path)));
const lines = [];
for (const type of registry) {
  if (type.kind === "message") {
    for (const field of type.fields) {
      lines.push(lineOf(`${type.typeName}.${field.name}`, field));
    }
  } else if (type.kind === "extension") {
    lines.push(lineOf(`[${type.typeName}]`, type));
  }
}
process.stdout.write(lines.join("\n") + "\n");
