import { fastestPeer, type ImageFigures } from "./figures.ts";

const MOST = 0.6;
const MEMORY = 250e6;

/** One sentence for each target that these figures miss. */
export function missedImageTargets({ images }: ImageFigures): string[] {
  return images.flatMap((image) => {
    const { name, ratio } = fastestPeer(image);
    const slow =
      ratio <= MOST
        ? []
        : [
            `Missed: the pull of ${image.name} takes ${ratio.toFixed(2)} of the time of ${name} and should take ${MOST} at most.`,
          ];
    const large = Object.entries(image.memory).flatMap(([contestant, bytes]) =>
      bytes < MEMORY
        ? []
        : [
            `Missed: ${contestant} of ${image.name} has ${megabytes(bytes)} of memory and should have less than ${megabytes(MEMORY)}.`,
          ],
    );
    return [...slow, ...large];
  });
}

/** Bytes in words. */
export function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}
