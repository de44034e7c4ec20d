import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Paths of PEM files. */
export interface CertificateFiles {
  readonly certificate: string;
  readonly key: string;
}

/** Makes a certificate that signs itself, as `NAME.pem` and `NAME.key` in the directory. */
export async function selfSigned(directory: string, name: string): Promise<CertificateFiles> {
  return make(directory, name, ["-addext", "keyUsage=digitalSignature,keyCertSign"]);
}

/** Makes a certificate for 127.0.0.1, ::1 and localhost, which the authority signs. */
export async function signedBy(
  authority: CertificateFiles,
  directory: string,
  name: string,
): Promise<CertificateFiles> {
  const files = fileNames(directory, name);
  const request = join(directory, `${name}.csr`);
  const extensions = join(directory, `${name}.ext`);
  await writeFile(extensions, "subjectAltName=IP:127.0.0.1,IP:::1,DNS:localhost\n");
  await openssl(["req", ...newKey(files.key), "-out", request, "-subj", `/CN=${name}`]);
  await openssl([
    ...["x509", "-req", "-in", request, "-out", files.certificate, "-days", "2"],
    ...["-CA", authority.certificate, "-CAkey", authority.key, "-CAcreateserial"],
    ...["-extfile", extensions],
  ]);
  return files;
}

async function make(directory: string, name: string, more: string[]): Promise<CertificateFiles> {
  const files = fileNames(directory, name);
  await openssl([
    ...["req", "-x509", ...newKey(files.key), "-out", files.certificate, "-days", "2"],
    ...["-subj", `/CN=${name}`, ...more],
  ]);
  return files;
}

function newKey(file: string): string[] {
  return ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", file];
}

function fileNames(directory: string, name: string): CertificateFiles {
  return { certificate: join(directory, `${name}.pem`), key: join(directory, `${name}.key`) };
}

async function openssl(args: string[]): Promise<void> {
  await run("openssl", args);
}
