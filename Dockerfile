# syntax=docker/dockerfile:1

FROM node:26-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The optional packages bring Node along for machines that have an older one; no package needs its install script.
RUN npm ci --omit=dev --omit=optional --ignore-scripts

FROM node:26-slim AS sources
WORKDIR /app
COPY package.json moleculer.config.ts moleculer.cluster.ts LICENSE ./
COPY deploy/healthy.js deploy/
COPY demo demo
COPY public public
COPY mixins mixins
COPY bin bin
COPY services services
# A checkout made under a strict umask has files that only its owner reads.
RUN chmod -R a+rX .

FROM node:26-slim
LABEL org.opencontainers.image.title="Molecart" \
      org.opencontainers.image.description="An e-commerce backend: a cluster of Moleculer services" \
      org.opencontainers.image.licenses="MIT"
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 DATA_DIR=/data
# The only folder that is written to: with a volume it holds an embedded shop, in a cluster nothing that must last.
RUN install -d -o node -g node -m 0700 /data
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
COPY --from=sources /app ./
# `node`, by number: Kubernetes has to see that it is not root.
USER 1000:1000
EXPOSE 3000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --start-interval=5s --retries=3 \
  CMD ["node", "deploy/healthy.js"]
CMD ["node", "bin/start.ts"]
