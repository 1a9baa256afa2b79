# The daemon without a shell, a package manager or an embedded Postgres: set DATABASE_URL or DATABASE_URL_FILE.
#   docker build --tag cph-inventory .
# Where one of the two registries cannot be reached, another image takes its place. It needs glibc and Node 20.19 or later:
#   docker build --build-arg RUNTIME=node:24-trixie-slim --tag cph-inventory .
ARG BUILD=node:24-trixie-slim
ARG RUNTIME=gcr.io/distroless/nodejs24-debian13:nonroot

# Nothing in it is compiled for one processor, so these two stages run once, wherever the image will.
FROM --platform=$BUILDPLATFORM ${BUILD} AS modules
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund

FROM --platform=$BUILDPLATFORM ${BUILD} AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY scripts/build.js scripts/build-assets.js scripts/
COPY src src
RUN npm run build && rm dist/.built-from && find dist -name "*.map" -delete

FROM ${RUNTIME}
LABEL org.opencontainers.image.title="cph-inventory" \
      org.opencontainers.image.description="Keeps Postgres in step with the images of Huawei Cloud Phone Host projects" \
      org.opencontainers.image.licenses="MIT"
# Distroless has node in a folder that its own path leaves out. Probes and metrics are asked from outside the container.
ENV PATH=/nodejs/bin:/usr/local/bin:/usr/bin:/bin \
    CPH_HTTP_HOST=0.0.0.0
WORKDIR /app
COPY package.json LICENSE ./
COPY migrations migrations
# The page shows them where no other site can be reached.
COPY docs/runbooks docs/runbooks
COPY --from=modules /app/node_modules node_modules
COPY --from=build /app/dist dist
# By number, so that Kubernetes can see that it is not root. It is `nonroot` of distroless, and nobody in particular elsewhere.
USER 65532:65532
EXPOSE 8080
HEALTHCHECK --interval=15s --timeout=10s --start-period=60s --retries=3 \
  CMD ["node", "/app/dist/cli.js", "health"]
ENTRYPOINT ["node", "/app/dist/cli.js"]
CMD ["start"]
