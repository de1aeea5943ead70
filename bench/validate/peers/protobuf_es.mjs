// bench/validate/peers/protobuf_es.mjs: @bufbuild/protobuf's side of bench_peers.py, and a service to protobuf-c's.
//
//   node protobuf_es.mjs NODE_MODULES SET.binpb MANIFEST FOLDER        slices, as slices.h has them
//   node protobuf_es.mjs NODE_MODULES SET.binpb --strip OUT.binpb      the set without what protoc-gen-c refuses or does not need:
//                                                                      options, proto3 `optional`, imports that bring only options
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const [modules, setPath, manifestPath, folder] = process.argv.slice(2);
const resolve = createRequire(`${modules}/`).resolve;
const { createFileRegistry, fromBinary, toBinary } = await import(pathToFileURL(resolve("@bufbuild/protobuf")));
const { FileDescriptorSetSchema } = await import(pathToFileURL(resolve("@bufbuild/protobuf/wkt")));
const set = fromBinary(FileDescriptorSetSchema, readFileSync(setPath));

// A field that is not set has its default value all the same, so being set is being its own.
function stripMessage(message) {
  const synthetic = new Set(message.field.filter((field) => field.proto3Optional).map((field) => field.oneofIndex));
  for (const field of message.field) {
    if (field.proto3Optional) delete field.oneofIndex;
    else if (Object.hasOwn(field, "oneofIndex"))
      field.oneofIndex -= [...synthetic].filter((index) => index < field.oneofIndex).length;
    delete field.proto3Optional;
    if (!field.options?.packed) delete field.options;
  }
  message.oneofDecl = message.oneofDecl.filter((_, index) => !synthetic.has(index));
  if (!message.options?.mapEntry) delete message.options;
  message.nestedType.forEach(stripMessage);
}

function strip(path) {
  const bringsOptions = (name) => name.endsWith("options.proto") || name.startsWith("google/protobuf/");
  set.file = set.file.filter((file) => !bringsOptions(file.name));
  for (const file of set.file) {
    file.dependency = file.dependency.filter((name) => !bringsOptions(name));
    delete file.options;
    file.extension = [];
    file.messageType.forEach(stripMessage);
  }
  writeFileSync(path, toBinary(FileDescriptorSetSchema, set));
}

function slice(payload, least) {
  let times = 0;
  let passed = 0;
  const begin = process.cpuUsage();
  for (let step = 1; payload.schema && passed * 1000 < least; step *= 2) {
    for (let i = 0; i < step; i++) fromBinary(payload.schema, payload.bytes);
    times += step;
    const used = process.cpuUsage(begin);
    passed = used.user + used.system;
  }
  return `${times} ${passed * 1000}`;
}

if (manifestPath === "--strip") {
  strip(folder);
} else {
  const registry = createFileRegistry(set);
  const payloads = readFileSync(manifestPath, "utf8")
    .split("\n")
    .map((line) => line.split(" "))
    .filter((columns) => columns.length >= 2)
    .map(([name, type]) => ({ schema: registry.getMessage(type), bytes: readFileSync(join(folder, name)) }));
  for await (const line of createInterface({ input: process.stdin })) {
    const [index, least] = line.split(" ").map(Number);
    console.log(slice(payloads[index], least));
  }
}
