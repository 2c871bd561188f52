# The exporter runs its TypeScript directly: there is nothing to build, so the image is the sources and their packages.
FROM node:24.21.0-bookworm-slim AS exporter

ENV NODE_ENV=production
WORKDIR /app
COPY package.json package-lock.json ./
# The base image has the pinned Node already; the optional packages would bring a second one.
RUN npm ci --omit=dev --omit=optional && npm cache clean --force
COPY exporter exporter
RUN install -d -o node -g node /data
USER node
VOLUME /data
EXPOSE 10464
ENTRYPOINT ["node", "exporter/main.ts"]
CMD ["--listen", "0.0.0.0:10464", "--data-dir", "/data"]
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:10464/-/ready').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]

# Sends the demo's traffic to an exporter and prints the alerts that come back.
FROM exporter AS traffic
COPY scripts/demo scripts/demo
EXPOSE 9095
ENTRYPOINT ["node", "scripts/demo/traffic-service.ts"]
CMD ["http://exporter:10464", "0.0.0.0:9095"]
HEALTHCHECK NONE

# What `docker build .` makes.
FROM exporter
