// The page around the app: one running terminal per browser profile, storage that the browser may not throw away,
// our one service worker, and what Python's worker cannot do itself (it asks over a BroadcastChannel).
"use strict";

const scanledger = {
  buildId: document.querySelector('meta[name="scanledger-build"]').content,
  words: JSON.parse(document.getElementById("splash-words").textContent),
  storagePersistent: false,
  registration: null,
  // The QR code of enrolment is our address with the code behind it. It leaves the address at once: the code is good
  // for one device, and Flutter would take it for a route.
  enrolmentCode: new URLSearchParams(location.hash.slice(1)).get("enrol") || "",
};
if (scanledger.enrolmentCode) history.replaceState(null, "", location.pathname + location.search);
scanledger.text = scanledger.words[navigator.language.startsWith("fr") ? "fr" : "en"];

scanledger.say = (sentence, detail) => {
  const place = document.getElementById("splash-text");
  if (!place) return;
  place.textContent = sentence;
  document.getElementById("splash-detail").textContent = detail || "";
};

scanledger.answers = {
  "get install id": () => localStorage.getItem("scanledger.install_id"),
  "set install id": (value) => localStorage.setItem("scanledger.install_id", value),
  "facts": () => ({
    build_id: scanledger.buildId,
    storage_persistent: scanledger.storagePersistent,
    has_new_build: Boolean(scanledger.registration && scanledger.registration.waiting),
    enrolment_code: scanledger.enrolmentCode,
  }),
  "shown": () => {
    const splash = document.getElementById("splash");
    if (splash) splash.remove();
    performance.mark("scanledger-shown");
  },
  "take new build": () => {
    const waiting = scanledger.registration && scanledger.registration.waiting;
    if (!waiting) return false;
    navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
    waiting.postMessage("take over");
    return true;
  },
};

scanledger.openBridge = () => {
  const channel = new BroadcastChannel("scanledger-terminal");
  channel.onmessage = (event) => {
    const asked = JSON.parse(event.data);
    const answer = scanledger.answers[asked.question];
    if (!answer) return;
    const value = answer(asked.value);
    channel.postMessage(JSON.stringify({ answers: asked.number, value: value === undefined ? null : value }));
  };
};

scanledger.keepStorage = async () => {
  if (!navigator.storage || !navigator.storage.persist) return;
  scanledger.storagePersistent = (await navigator.storage.persisted()) || (await navigator.storage.persist());
};

// Flet starts Python's worker when its own client stands. Both take seconds and there is more than one core, so the
// worker starts now and Flet is handed the one that runs. Only the first request is answered so: a restarted app gets
// a new worker.
scanledger.startPythonEarly = () => {
  const RealWorker = globalThis.Worker;
  const url = new URL("python-worker.js", document.baseURI).href;
  const worker = new RealWorker(url, { type: "module" });
  const early = [];
  worker.onmessage = (event) => early.push(event);
  worker.postMessage({
    pyodideUrl: flet.pyodideUrl,
    args: {},
    documentUrl: document.URL,
    appPackageUrl: flet.appPackageUrl,
    micropipIncludePre: flet.micropipIncludePre,
    pythonModuleName: flet.pythonModuleName,
  });
  const send = worker.postMessage;
  const handOver = () => {
    worker.postMessage = send;
    queueMicrotask(() => early.forEach((event) => worker.onmessage(event)));
  };
  globalThis.Worker = function (asked, options) {
    if (new URL(asked, document.baseURI).href !== url) return new RealWorker(asked, options);
    globalThis.Worker = RealWorker;
    worker.postMessage = handOver;
    return worker;
  };
};

// Registered after the first frame: 30 MB of precaching beside the first start would double the wait.
scanledger.registerWorker = async () => {
  if (!("serviceWorker" in navigator)) return;
  scanledger.registration = await navigator.serviceWorker.register("sw.js", { updateViaCache: "none" });
};

scanledger.startApp = () => {
  scanledger.say(scanledger.text.starting);
  scanledger.openBridge();
  scanledger.startPythonEarly();
  scanledger.keepStorage();
  window.addEventListener("flutter-first-frame", () => {
    scanledger.say(scanledger.text.opening);
    scanledger.registerWorker();
  }, { once: true });
  window.addEventListener("unhandledrejection", (event) => {
    scanledger.say(scanledger.text.failed, String(event.reason).slice(-400));
  });
  const script = document.createElement("script");
  script.src = "flutter_bootstrap.js";
  document.body.append(script);
};

// The lock is held until this page goes away, and a reload may overlap its predecessor for a moment.
scanledger.takeTurn = () => {
  if (!navigator.locks) return scanledger.startApp();
  const second = setTimeout(() => scanledger.say(scanledger.text.second_tab), 1500);
  navigator.locks.request("scanledger-terminal", () => {
    clearTimeout(second);
    scanledger.startApp();
    return new Promise(() => {});
  });
};

scanledger.takeTurn();
