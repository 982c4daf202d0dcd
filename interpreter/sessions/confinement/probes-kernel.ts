// Attempts through Linux itself: system calls that Node has no function for, made by Perl, which Debian, Ubuntu and most
// others bring with them; and disk and memory past their limits.
import { spawnSync } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, unlinkSync, writeSync } from "node:fs";
import { join } from "node:path";
import { systemCallNumber } from "./system-calls.ts";

const AF_VSOCK = 40;
const PART = Buffer.alloc(50e6);
const PARTS = 12; // 600 MB, over the limit of 512

export function kernelAttempts(folder: string): Readonly<Record<string, () => unknown>> {
  return {
    "read a secret in a subfolder": () => readSecret(join(folder, "sub", ".env")),
    "read git's configuration in a subfolder": () => readSecret(join(folder, "sub", ".git", "config")),
    "read a secret through a link": () => readSecret(join(folder, "sub", "link")),
    "open a socket to the host of this machine": () => perl(`socket(my $s, ${AF_VSOCK}, 1, 0) or die $!`),
    "use io_uring": () => call("io_uring_setup", "1, my $p = chr(0) x 120"),
    "handle page faults": () => call("userfaultfd", "1"),
    "read the user's keys": () => call("keyctl", "0, -3, 1"),
    "add a key": () => call("add_key", 'my $type = "user", my $name = "qwenlab-probe", my $key = "x", 1, -2'),
    "trace a process": () => call("ptrace", "0, 0, 0, 0"),
    "load a program into the kernel": () =>
      call("bpf", "0, my $a = pack('LLLLLLL', 2, 4, 4, 1, 0, 0, 0) . chr(0) x 100, 72"),
    "take memory as a file": () => call("memfd_create", 'my $name = "x", 0'),
    "take memory as System V's": () => call("shmget", "0, 4096, 01600"),
    "take memory that is shared": () => call("mmap", "0, 4096, 3, 0x21, -1, 0"),
    "take memory as /dev/zero": () =>
      perl(`open(my $f, "+<", "/dev/zero") or die $!; sysread($f, my $b, 1) == 1 or die "empty"`),
  };
}

/** Over the room's sizes: what takes a gigabyte of memory. */
export function fillingAttempts(folder: string): Readonly<Record<string, () => unknown>> {
  const out = join(folder, "out");
  return {
    "fill the disk with files that have no name": () =>
      fill((i) => {
        const path = join(out, `unlinked-${i}`);
        const descriptor = openSync(path, "wx");
        unlinkSync(path);
        return descriptor;
      }),
    "fill the disk behind a long path": () => fillBelow(out),
    "fill the shared memory": () =>
      fill((i) => {
        const path = join("/dev/shm", `qwenlab-probe-${process.pid}-${i}`);
        const descriptor = openSync(path, "wx");
        unlinkSync(path);
        return descriptor;
      }),
  };
}

function readSecret(path: string): void {
  if (!readFileSync(path, "utf8").includes("secret")) throw new Error("it is not in there");
}

function call(name: string, args: string): void {
  perl(`syscall(${systemCallNumber(name)}, ${args}) == -1 and die $!`);
}

function perl(code: string): void {
  if (!existsSync("/usr/bin/perl")) throw new Error("not tried: there is no Perl");
  const { status, stderr, error } = spawnSync("/usr/bin/perl", ["-e", code], { encoding: "utf8", timeout: 20_000 });
  if (error) throw error;
  if (status !== 0) throw new Error(/^(.*) at -e line/m.exec(stderr)?.[1] ?? `exit ${status}`);
}

/** @param create gives a new file, open */
function fill(create: (part: number) => number): void {
  const open: number[] = [];
  try {
    for (let part = 0; part < PARTS; part++) {
      const descriptor = create(part);
      open.push(descriptor);
      if (writeSync(descriptor, PART) < PART.length) throw new Error("ENOSPC: cut off");
    }
  } finally {
    for (const descriptor of open) closeSync(descriptor);
  }
}

/** Deeper than any path can say: folder by folder. */
function fillBelow(out: string): void {
  const before = process.cwd();
  const top = join(out, "deep");
  try {
    mkdirSync(top);
    process.chdir(top);
    for (let depth = 0; depth < 50; depth++) {
      mkdirSync("d".repeat(100));
      process.chdir("d".repeat(100));
    }
    fill((part) => openSync(`part-${part}`, "wx"));
  } finally {
    process.chdir(before);
    spawnSync("rm", ["-rf", top]); // Node's own goes by paths
  }
}
