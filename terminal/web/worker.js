// What Python's worker needs of JavaScript. It stands in a file because the page's policy forbids eval.

// Without "strict" Chromium answers as soon as the system has the bytes; a phone whose battery is pulled would lose
// scans that were confirmed. IDBFS opens its transactions itself, so the prototype is the only place to say it.
const openTransaction = IDBDatabase.prototype.transaction;
IDBDatabase.prototype.transaction = function (stores, mode, options) {
  const strict = mode === "readwrite" ? { durability: "strict", ...options } : options;
  return openTransaction.call(this, stores, mode, strict);
};

// FS.syncfs would copy every mount; a scan must not wait for the reference data.
self.scanledgerSync = (FS, folder, populate) => new Promise((resolve, reject) => {
  const mount = FS.lookupPath(folder).node.mount;
  mount.type.syncfs(mount, populate, (error) => (error ? reject(error) : resolve(null)));
});
