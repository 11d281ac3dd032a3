// Usage: node check-manifest.cjs FILE
// Checks each Kubernetes object of a YAML file against the API's schema, required fields included. Prints the kind of each
// object that passes, and the errors of the others.
const { readFileSync } = require('node:fs');
const { parseAllDocuments } = require('yaml');

for (const document of parseAllDocuments(readFileSync(process.argv[2], 'utf8'))) {
  const object = document.toJS();
  const model = require(`kubernetes-models/${object.apiVersion}/${object.kind}`)[object.kind];
  try {
    new model(object).validate();
    console.log(object.kind);
  } catch (error) {
    console.log(`${object.kind}: ${error.message}`);
    process.exitCode = 1;
  }
}
