// TypeScript, for `import ts from`: by require(), since an import would first search its nine megabytes for names of
// exports, for twice the time that they take to be loaded.
const ts = require("typescript"); // not `module.exports = require()`, which would be searched, too
module.exports = ts;
