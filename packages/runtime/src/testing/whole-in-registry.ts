import type { ImageManifest } from "@x/image";

/**
 * Whether all that an image of a registry on this machine needs is there; undefined if there is no
 * such image.
 */
export async function wholeInRegistry(name: string): Promise<boolean | undefined> {
  const [, host, path, tag] = /^([^/]+)\/(.+):([^:/]+)$/.exec(name)!;
  const base = `http://${host}/v2/${path}`;
  const accept = "application/vnd.oci.image.manifest.v1+json";
  const answer = await fetch(`${base}/manifests/${tag}`, { headers: { accept } });
  const body = await answer.text();
  if (answer.status === 404) return undefined;
  const { config, layers } = JSON.parse(body) as ImageManifest;
  const heads = [config, ...layers].map(async ({ digest, size }) => {
    const head = await fetch(`${base}/blobs/${digest}`, { method: "HEAD" });
    return head.ok && Number(head.headers.get("content-length")) === size;
  });
  return (await Promise.all(heads)).every(Boolean);
}
