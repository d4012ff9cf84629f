/** What a disk may hold after the power went: everything that was flushed, and any part of what was not. */
import type { Dice } from '../../fuzz/dice.ts';
import type { DiskEvent, FileName } from './record.ts';

/** What a disk writes whole or not at all. */
const sectorBytes = 512;

type Change = Extract<DiskEvent, { kind: 'write' | 'truncate' }>;

export interface Disk {
  /** What the program did next. */
  apply(event: DiskEvent): void;
  /** The files as they may be found now: each sector that was not flushed is there or not. */
  afterPowerCut(dice: Dice): ReadonlyMap<FileName, Buffer>;
  /** As they are found when only the program died, with the first half of one more write. */
  afterHalf(write: Extract<DiskEvent, { kind: 'write' }>): ReadonlyMap<FileName, Buffer>;
}

class FileImage {
  #bytes = Buffer.alloc(1 << 20);
  size = 0;

  write(offset: number, bytes: Uint8Array): void {
    const end = offset + bytes.length;
    if (end > this.#bytes.length) {
      const larger = Buffer.alloc(Math.max(end, this.#bytes.length * 2));
      this.#bytes.copy(larger);
      this.#bytes = larger;
    }
    this.#bytes.set(bytes, offset);
    this.size = Math.max(this.size, end);
  }

  truncate(size: number): void {
    if (size < this.size) this.#bytes.fill(0, size, this.size);
    this.size = size;
  }

  copy(): FileImage {
    const other = new FileImage();
    other.#bytes = Buffer.from(this.#bytes.subarray(0, Math.max(this.size, 1)));
    other.size = this.size;
    return other;
  }

  content(): Buffer {
    return this.#bytes.subarray(0, this.size);
  }
}

function put(image: FileImage, change: Change): void {
  if (change.kind === 'truncate') image.truncate(change.size);
  else image.write(change.offset, change.bytes);
}

/** Each sector of a write by itself, by chance. */
function putSome(image: FileImage, change: Change, dice: Dice): void {
  if (change.kind === 'truncate') {
    if (dice.chance(0.5)) image.truncate(change.size);
    return;
  }
  const { offset, bytes } = change;
  for (let at = 0; at < bytes.length;) {
    const end = Math.min(bytes.length, at + sectorBytes - ((offset + at) % sectorBytes));
    if (dice.chance(0.5)) image.write(offset + at, bytes.subarray(at, end));
    at = end;
  }
}

export function createDisk(): Disk {
  const flushed = new Map<FileName, FileImage>();
  const pending: Change[] = [];
  const imageOf = (images: Map<FileName, FileImage>, file: FileName): FileImage => {
    const known = images.get(file) ?? new FileImage();
    images.set(file, known);
    return known;
  };
  const found = (putOne: (image: FileImage, change: Change) => void): Map<FileName, FileImage> => {
    const images = new Map([...flushed].map(([file, image]) => [file, image.copy()]));
    for (const change of pending) putOne(imageOf(images, change.file), change);
    return images;
  };
  const contents = (images: ReadonlyMap<FileName, FileImage>): ReadonlyMap<FileName, Buffer> =>
    new Map([...images].map(([file, image]) => [file, image.content()]));
  return {
    apply(event) {
      if (event.kind === 'write' || event.kind === 'truncate') pending.push(event);
      if (event.kind !== 'sync') return;
      const others: Change[] = [];
      for (const change of pending) {
        if (change.file === event.file) put(imageOf(flushed, event.file), change);
        else others.push(change);
      }
      pending.splice(0, pending.length, ...others);
    },
    afterPowerCut: (dice) => contents(found((image, change) => putSome(image, change, dice))),
    afterHalf({ file, offset, bytes }) {
      const images = found(put);
      imageOf(images, file).write(offset, bytes.subarray(0, bytes.length >> 1));
      return contents(images);
    },
  };
}
