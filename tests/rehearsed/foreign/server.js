// A corner shop's application: Node's own modules and nothing else.
"use strict";

const { createServer } = require("node:http");
const { randomUUID } = require("node:crypto");

const { PORT, APP_ENV, DATABASE_URL, SHOP_VERSION } = process.env;
const VERSION = process.argv[2] || SHOP_VERSION;
const PAGE = "<!doctype html><title>Corner shop</title><h1>Corner shop</h1>\n";
const HEADERS = {
  "Content-Security-Policy": "default-src 'self'",
  "Strict-Transport-Security": "max-age=31536000",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
};

if (!DATABASE_URL) {
  console.error("DATABASE_URL is not set");
  process.exit(1);
}

const health = () => ({
  status: "healthy",
  timestamp: new Date().toISOString(),
  service: "corner-shop",
  version: VERSION,
  environment: APP_ENV,
  machine: Object.keys(process.env).filter((name) => /^FLY_|^PRIMARY_REGION$/.test(name)).sort(),
});

const ROUTES = {
  "/health": () => ["application/json", JSON.stringify(health())],
  "/": () => ["text/html; charset=utf-8", PAGE],
};

function answer(request, response) {
  const id = request.headers["x-request-id"] || randomUUID();
  const { pathname } = new URL(request.url, "http://shop.invalid");
  const broken = pathname === "/" && process.env.SHOP_BROKEN_PAGE;
  const route = ROUTES[pathname];
  const [kind, body] =
    route && !broken ? route() : ["application/json", JSON.stringify({ message: "no such page" })];
  const status = broken ? 500 : route ? 200 : 404;
  response.writeHead(status, { ...HEADERS, "Content-Type": kind, "X-Request-Id": id });
  response.end(request.method === "HEAD" ? undefined : body);
}

const server = createServer(answer).listen(Number(PORT), () => console.log(`shop on ${PORT}`));
process.on("SIGTERM", () => {
  server.close();
  server.closeIdleConnections();
});
